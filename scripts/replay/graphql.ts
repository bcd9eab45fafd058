/**
 * A GraphQL document that a policy decodes, read without the filter's help: `graphql` parses it, and each argument is asked
 * about as the JSON document of its literals (docs/nested.md).
 *
 * Invariants: whatever is no literal is the same before and after, comments, descriptions and names in which something was
 * found aside; a literal is gone, or what the rules make of it in the place of its names; where nothing changed, the text is
 * the same byte for byte.
 */
import {
  type ASTNode,
  type DocumentNode,
  Kind,
  Lexer,
  parse,
  print,
  Source,
  type Token,
  TokenKind,
  type ValueNode,
  visit,
} from "graphql";
import type { BodyReading } from "./bodies/reading.ts";
import { differ, merge } from "./bodies/reading.ts";
import type { Comparison } from "./compare.ts";
import { Names } from "./graphql-names.ts";
import type { Secret } from "./needles.ts";
import type { RuleView } from "./oracle.ts";

/** An argument or the default of a variable: the names that lead to it, the last its own. */
interface Argument {
  readonly path: readonly string[];
  readonly value: ValueNode;
}

export interface QueryReading {
  /** All names in it. */
  readonly names: readonly string[];
  readonly secrets: readonly Secret[];
  readonly passing: string;
  compare(after: string): Comparison;
}

/**
 * `read` reads a document of literals, `find` says what rules find in a name. Undefined when the text is no document of
 * operations, or one of its literals cannot be read.
 */
export function readQuery(
  text: string,
  read: (json: Buffer) => BodyReading | undefined,
  find: (name: string) => RuleView | undefined = () => undefined,
): QueryReading | undefined {
  const query = parsed(text);
  if (query === undefined) return undefined;
  const owners = ownersOf(query);
  const readings = new Map<Argument, BodyReading>();
  for (const one of owners.flat()) {
    const value = literal(one.value);
    if (value === undefined) continue;
    const reading = read(Buffer.from(around(one.path, value)));
    if (reading === undefined) return undefined;
    readings.set(one, reading);
  }
  const all = namesOf(text);
  const names = new Names(all, find);
  const frame = names.print(frameOf(query));
  const inside = [...readings.values()];
  return {
    names: all,
    secrets: [...names.secrets, ...inside.flatMap(({ secrets }) => secrets)],
    passing: [
      frame,
      ...all.map((name) => names.kept(name)),
      ...inside.map(({ passing }) => names.without(passing)),
    ].join("\n"),
    compare(after) {
      const left = parsed(after);
      if (left === undefined) return differ("", "no GraphQL document any more");
      if (names.print(frameOf(left)) !== frame) return differ("", "what is no argument must stay as it is");
      const kept = ownersOf(left);
      const parts = owners.map((list, index) => compareArguments(list, kept[index]!, readings, names));
      const { allowed, ...comparison } = merge([names.compare(namesOf(after)), ...parts]);
      const valuesOf = (list: Argument[][]) => JSON.stringify(list.flat().map((one) => plain(one, names)));
      if (valuesOf(owners) === valuesOf(kept) && comparison.differences.length === 0) {
        const spellings = [text, withoutComments(text, query)].map((one) => withNames(one, names));
        if (!spellings.includes(withNames(after, names)))
          return differ("", "nothing changed, so that all must stay as it is spelled");
      }
      return { ...comparison, allowed: allowed.map((one) => names.without(one)) };
    },
  };
}

const namesOf = (text: string): string[] =>
  tokensOf(text).flatMap(({ kind, value }) => (kind === TokenKind.NAME ? value : []));

/** The text with the names that are kept. */
function withNames(text: string, names: Names): string {
  const tokens = tokensOf(text).filter(({ kind }) => kind === TokenKind.NAME);
  return tokens.reduceRight(
    (result, { start, end, value }) => result.slice(0, start) + names.kept(value) + result.slice(end),
    text,
  );
}

/**
 * The document when it is one of operations and fragments; control characters are not in its alphabet (section 2.1.1), and
 * all servers have to see the same strings in it.
 */
function parsed(text: string): DocumentNode | undefined {
  try {
    const query = parse(text);
    const isQuery = query.definitions.every(
      ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
    );
    const isAlphabet = tokensOf(text).every(({ kind, start, end }) => {
      return kind === TokenKind.COMMENT || ![...text.slice(start, end)].some(isControl);
    });
    return isQuery && isAlphabet && !hasDoubtfulString(text, query) ? query : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a string is one that servers end at different places: with a quote right behind it, with quotes escaped in a block, or
 * with any in a block that may as well be a row of strings in a list.
 */
function hasDoubtfulString(text: string, query: DocumentNode): boolean {
  const spelled = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  let isDoubtful = tokensOf(text).some((token) => {
    const isBlock = token.kind === TokenKind.BLOCK_STRING;
    if (isBlock && spelled(token).includes('\\"""')) return true;
    return (isBlock || token.kind === TokenKind.STRING) && text[token.end] === '"';
  });
  visit(query, {
    ListValue({ values }) {
      for (const item of values) {
        if (item.kind === Kind.STRING && item.block && spelled(rangeOf(item)).slice(3, -3).includes('"'))
          isDoubtful = true;
      }
    },
  });
  return isDoubtful;
}

const isControl = (character: string): boolean => character < " " && !"\t\n\r".includes(character);

function tokensOf(text: string): Token[] {
  const lexer = new Lexer(new Source(text));
  let token: Token | null = lexer.token;
  while (lexer.advance().kind !== TokenKind.EOF);
  const tokens: Token[] = [];
  for (; token !== null; token = token.next) tokens.push(token);
  return tokens;
}

/** With a blank for each byte of a comment, and without descriptions: free text that means nothing to a server. */
function withoutComments(text: string, query: DocumentNode): string {
  const gone: { start: number; end: number; blanks: string }[] = [];
  for (const { kind, start, end } of tokensOf(text)) {
    const blanks = " ".repeat(Buffer.byteLength(text.slice(start, end)));
    if (kind === TokenKind.COMMENT) gone.push({ start, end, blanks });
  }
  visit(query, {
    enter(node) {
      if ("description" in node && node.description) gone.push({ ...rangeOf(node.description), blanks: "" });
    },
  });
  gone.sort((a, b) => b.start - a.start);
  return gone.reduce((result, { start, end, blanks }) => result.slice(0, start) + blanks + result.slice(end), text);
}

const rangeOf = ({ loc }: ASTNode): { start: number; end: number } => ({ start: loc!.start, end: loc!.end });

/** The document without arguments, defaults and descriptions. */
function frameOf(query: DocumentNode): DocumentNode {
  return visit(query, {
    Argument: () => null,
    OperationDefinition: { leave: ({ description: _, ...node }) => node },
    FragmentDefinition: { leave: ({ description: _, ...node }) => node },
    VariableDefinition: { leave: ({ description: _, defaultValue: __, ...node }) => node },
  });
}

/** For each field, directive and definition of a variable its arguments, in the order of the document. */
function ownersOf(query: DocumentNode): Argument[][] {
  const owners: Argument[][] = [];
  const path: string[] = [];
  const nameOf = (node: ASTNode): string | undefined => {
    if (node.kind === Kind.FIELD) return node.name.value;
    if (node.kind === Kind.DIRECTIVE) return `@${node.name.value}`;
    return node.kind === Kind.VARIABLE_DEFINITION ? "variables" : undefined;
  };
  visit(query, {
    enter(node) {
      const name = nameOf(node);
      if (name === undefined) return;
      path.push(name);
      if (node.kind === Kind.VARIABLE_DEFINITION) {
        const { defaultValue: value, variable } = node;
        owners.push(value ? [{ path: [...path, variable.name.value], value }] : []);
      } else if (node.kind === Kind.FIELD || node.kind === Kind.DIRECTIVE) {
        owners.push((node.arguments ?? []).map(({ name, value }) => ({ path: [...path, name.value], value })));
      }
    },
    leave(node) {
      if (nameOf(node) !== undefined) path.pop();
    },
  });
  return owners;
}

const plain = ({ path, value }: Argument, names: Names): unknown => [
  path.map((name) => names.kept(name)),
  names.print(visit(value, { StringValue: oneLine })),
];
const oneLine = (node: ValueNode & { kind: Kind.STRING }): ValueNode => ({ ...node, block: false });

/** The document of the value in the place of its names. */
const around = (path: readonly string[], value: string): string =>
  path.map((name) => `{${JSON.stringify(name)}:`).join("") + value + "}".repeat(path.length);

/** Arguments are paired by their names, in their order; one without a partner is gone. */
function compareArguments(
  before: readonly Argument[],
  after: readonly Argument[],
  readings: ReadonlyMap<Argument, BodyReading>,
  names: Names,
): Comparison {
  const left = [...after];
  const nameOf = ({ path }: Argument): string => names.kept(path.at(-1)!);
  const parts = before.map((one) => {
    const partner = left[0] && nameOf(left[0]) === nameOf(one) ? left.shift() : undefined;
    const reading = readings.get(one);
    if (reading !== undefined) return partner ? compareValues(one, partner, reading, names) : compareGone(one, reading);
    const isSame = partner !== undefined && names.print(partner.value) === names.print(one.value);
    return isSame ? merge([]) : differ(one.path.join("."), "no literal, and must stay as it is");
  });
  return left.length === 0 ? merge(parts) : differ(left[0]!.path.join("."), "an argument that was not there");
}

function compareValues({ path, value }: Argument, after: Argument, reading: BodyReading, names: Names): Comparison {
  const json = became(value, after.value, names);
  if (json === undefined) return differ(path.join("."), "what is no literal must stay as it is");
  return reading.compare(Buffer.from(around(path, json)));
}

/** What is around an argument may have gone with it: as far out as the rules say. */
function compareGone({ path }: Argument, reading: BodyReading): Comparison {
  const ways = path.map((_, depth) => reading.compare(Buffer.from(around(path.slice(0, depth), "{}"))));
  return ways.find(({ differences }) => differences.length === 0) ?? ways.at(-1)!;
}

/** The JSON of a value; undefined when nothing of it is a literal. In a list null stands for what is none. */
function literal(node: ValueNode): string | undefined {
  switch (node.kind) {
    case Kind.STRING:
      return JSON.stringify(node.value);
    case Kind.INT:
    case Kind.FLOAT:
    case Kind.BOOLEAN:
      return `${node.value}`;
    case Kind.NULL:
      return "null";
    case Kind.LIST: {
      const items = node.values.map(literal);
      return items.every((item) => item === undefined) ? undefined : `[${items.map((item) => item ?? "null").join()}]`;
    }
    case Kind.OBJECT: {
      const members = node.fields.flatMap(({ name, value }) => member(name.value, literal(value)));
      return members.length === 0 ? undefined : `{${members.join()}}`;
    }
    default:
      return undefined;
  }
}

const member = (name: string, json: string | undefined): string[] =>
  json === undefined ? [] : [`${JSON.stringify(name)}:${json}`];

/** The JSON of what became of a value that has literals; undefined when what is no literal did not stay. */
function became(before: ValueNode, after: ValueNode, names: Names): string | undefined {
  if (before.kind === Kind.OBJECT && after.kind === Kind.OBJECT) {
    const left = [...after.fields];
    const members: string[] = [];
    for (const { name, value } of before.fields) {
      const isHere = left[0] && names.kept(left[0].name.value) === names.kept(name.value);
      const partner = isHere ? left.shift() : undefined;
      if (literal(value) === undefined) {
        if (partner === undefined || names.print(partner.value) !== names.print(value)) return undefined;
      } else if (partner !== undefined) {
        const json = became(value, partner.value, names);
        if (json === undefined) return undefined;
        members.push(...member(name.value, json));
      }
    }
    return left.length === 0 ? `{${members.join()}}` : undefined;
  }
  if (before.kind === Kind.LIST && after.kind === Kind.LIST) return itemsLeft(before.values, after.values, names);
  return literal(after) ?? print(after);
}

/** Items that are left come in their order; each is one of which it can have become what it is. */
function itemsLeft(before: readonly ValueNode[], after: readonly ValueNode[], names: Names): string | undefined {
  const left = [...before];
  const items: string[] = [];
  for (const item of after) {
    let json: string | undefined;
    while (json === undefined && left.length > 0) {
      const one = left.shift()!;
      if (literal(one) !== undefined)
        json = one.kind === item.kind || before.length === after.length ? became(one, item, names) : undefined;
      else if (names.print(one) === names.print(item)) json = "null";
    }
    if (json === undefined) return undefined;
    items.push(json);
  }
  return `[${items.join()}]`;
}
