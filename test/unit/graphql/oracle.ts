// What must become of a GraphQL document under a policy whose selectors stand behind `|graphql:`, computed a second time.
//
// Independent of the filter: `graphql` says what is a document and where each literal stands, and the oracle of JSON
// (support/oracle.ts) what becomes of the document of literals that an argument is. The answer is the text, byte for byte.

import {
  type ArgumentNode,
  type ConstArgumentNode,
  type DefinitionNode,
  type DirectiveNode,
  Kind,
  Lexer,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  type Token,
  TokenKind,
  type ValueNode,
  visit,
} from "graphql";
import { type Edit, Oracle, type OraclePolicy } from "../../support/oracle.ts";
import { growTogether, isRow } from "./documents.ts";

/** A value in the document, and where it stands in the JSON that it is read as. */
interface Placed {
  node: ValueNode;
  /** Where what goes with it begins: its name, or the sign of a default. */
  begin: number;
  from: number;
  to: number;
}

export type Expected = { error: string } | { text: string };

/** Whether this is a document, one of operations and fragments alone, in which all servers see the same strings. */
export function isQuery(text: string): boolean {
  try {
    const query = parse(text);
    const isExecutable = query.definitions.every(
      ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
    );
    let isPlain = !tokensOf(text).some((token) => isDoubtful(text, token));
    visit(query, {
      ListValue: ({ values }) => {
        isPlain &&= !values.some(({ kind, loc }) => kind === Kind.STRING && isRow(text.slice(loc!.start, loc!.end)));
      },
    });
    return isExecutable && isPlain;
  } catch {
    return false;
  }
}

/** Strings that some servers end elsewhere: at quotes behind a backslash in a block, or behind a quote more. */
function isDoubtful(text: string, { kind, start, end }: Token): boolean {
  if (kind === TokenKind.BLOCK_STRING && text.slice(start, end).includes('\\"""')) return true;
  return (kind === TokenKind.BLOCK_STRING || kind === TokenKind.STRING) && text.startsWith('"', end);
}

export class QueryOracle {
  readonly #oracle: Oracle;

  constructor(policy: OraclePolicy) {
    this.#oracle = new Oracle(policy);
  }

  expect(text: string): Expected {
    const run = new Run(text, this.#oracle);
    try {
      for (const definition of parse(text).definitions) run.definition(definition);
    } catch (error) {
      if (error instanceof Refused) return { error: error.message };
      throw error;
    }
    return { text: spliced(text, run.tokens, run.edits) };
  }
}

class Refused extends Error {}

class Run {
  readonly edits: Edit[] = [];
  readonly tokens: readonly Token[];
  readonly #oracle: Oracle;

  constructor(text: string, oracle: Oracle) {
    this.tokens = tokensOf(text);
    this.#oracle = oracle;
  }

  definition(node: DefinitionNode): void {
    if (node.kind !== Kind.OPERATION_DEFINITION && node.kind !== Kind.FRAGMENT_DEFINITION) return;
    this.#description(node.description);
    for (const { description, variable, type, defaultValue, directives } of node.variableDefinitions ?? []) {
      this.#description(description);
      const path = ["variables", variable.name.value];
      if (defaultValue) this.#value(path, defaultValue, this.#behind(type.loc!.end).start);
      this.#directives(directives ?? [], ["variables"]);
    }
    this.#directives(node.directives ?? [], []);
    this.#selections(node.selectionSet, []);
  }

  /** Free text, which goes as comments do. */
  #description(node: ValueNode | undefined): void {
    if (node) this.edits.push({ from: node.loc!.start, to: node.loc!.end, text: "" });
  }

  #selections(set: SelectionSetNode | undefined, path: readonly string[]): void {
    for (const selection of set?.selections ?? []) this.#selection(selection, path);
  }

  #selection(node: SelectionNode, path: readonly string[]): void {
    const inside = node.kind === Kind.FIELD ? [...path, node.name.value] : path;
    if (node.kind === Kind.FIELD) this.#arguments(node.arguments ?? [], inside);
    this.#directives(node.directives ?? [], inside);
    if (node.kind !== Kind.FRAGMENT_SPREAD) this.#selections(node.selectionSet, inside);
  }

  #directives(nodes: readonly DirectiveNode[], path: readonly string[]): void {
    for (const { name, arguments: list } of nodes) this.#arguments(list ?? [], [...path, `@${name.value}`]);
  }

  /** Parentheses around nothing are no GraphQL: they go with the last argument. */
  #arguments(nodes: readonly (ArgumentNode | ConstArgumentNode)[], path: readonly string[]): void {
    const before = this.edits.length;
    const gone = nodes.filter(({ name, value, loc }) => this.#value([...path, name.value], value, loc!.start));
    if (nodes.length === 0 || gone.length < nodes.length) return;
    const open = this.tokens.findLast(({ kind, end }) => kind === TokenKind.PAREN_L && end <= nodes[0]!.loc!.start)!;
    const close = this.#behind(nodes.at(-1)!.loc!.end);
    this.edits.splice(before, Number.POSITIVE_INFINITY, { from: open.start, to: close.end, text: "" });
  }

  /** The first token from there on that is no comment. */
  #behind(from: number): Token {
    return this.tokens.find(({ kind, start }) => kind !== TokenKind.COMMENT && start >= from)!;
  }

  /** What becomes of the value of an argument or a default; whether nothing is left of it. */
  #value(path: readonly string[], node: ValueNode, begin: number): boolean {
    const head = path.map((name) => `{${JSON.stringify(name)}:`).join("");
    const places: Placed[] = [];
    const value = literal(node, begin, head.length, places);
    if (value === undefined) return false;
    const expected = this.#oracle.expect(head + value + "}".repeat(path.length));
    if ("error" in expected) throw new Refused(expected.error);
    if (!expected.text.startsWith(head)) {
      this.edits.push({ from: begin, to: node.loc!.end, text: "" });
      return true;
    }
    for (const { from, to, text } of expected.edits) {
      const place = places.find((one) => one.to === to && (text === "" || one.from === from));
      if (place === undefined || text === value.slice(from - head.length, to - head.length)) continue;
      const { start, end } = place.node.loc!;
      if (text === "") this.edits.push({ from: place.begin, to: end, text });
      else if (text === "{}" || text === "[]") this.#emptied(place.node, places);
      else this.edits.push({ from: start, to: end, text: asGraphql(text) });
    }
    return false;
  }

  /** Braces and brackets stay with what is no literal; items are gone, whatever they are. */
  #emptied(node: ValueNode, places: readonly Placed[]): void {
    const inside = node.kind === Kind.OBJECT ? node.fields.map(({ value }) => value) : [];
    for (const one of node.kind === Kind.LIST ? node.values : inside) {
      const place = places.find(({ node: other }) => other === one);
      if (place) this.edits.push({ from: place.begin, to: one.loc!.end, text: "" });
    }
  }
}

/** The JSON of a value, noted with all in it in `places`; undefined when nothing of it is a literal. */
function literal(node: ValueNode, begin: number, from: number, places: Placed[]): string | undefined {
  const before = places.length;
  const json = spelled(node, from, places);
  if (json === undefined) places.length = before;
  else places.push({ node, begin, from, to: from + json.length });
  return json;
}

function spelled(node: ValueNode, from: number, places: Placed[]): string | undefined {
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
      let json = "[";
      let isLiteral = false;
      node.values.forEach((item, index) => {
        if (index > 0) json += ",";
        const at = from + json.length;
        const value = literal(item, item.loc!.start, at, places);
        isLiteral ||= value !== undefined;
        // Null stands for what is no literal, so that items keep their places.
        if (value === undefined) places.push({ node: item, begin: item.loc!.start, from: at, to: at + 4 });
        json += value ?? "null";
      });
      return isLiteral ? `${json}]` : undefined;
    }
    case Kind.OBJECT: {
      let json = "{";
      for (const { name, value, loc } of node.fields) {
        const key = `${json === "{" ? "" : ","}${JSON.stringify(name.value)}:`;
        const inside = literal(value, loc!.start, from + json.length + key.length, places);
        if (inside !== undefined) json += key + inside;
      }
      return json === "{" ? undefined : `${json}}`;
    }
    default:
      return undefined;
  }
}

/** JSON whose objects are empty, or hold names that GraphQL has, too. */
const asGraphql = (json: string): string => json.replace(/"(\w+)":/g, "$1:");

/** All tokens, comments among them. */
function tokensOf(text: string): Token[] {
  const lexer = new Lexer(new Source(text));
  const first = lexer.token;
  while (lexer.advance().kind !== TokenKind.EOF);
  const tokens: Token[] = [];
  for (let token = first.next; token && token.kind !== TokenKind.EOF; token = token.next) tokens.push(token);
  return tokens;
}

/** The text with its edits, with blanks for comments, and a blank where tokens would grow together. */
function spliced(text: string, tokens: readonly Token[], edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  let last = "";
  let gap = "";
  let isSeam = false;
  const put = (from: number, to: number, token: string, isEdit = true) => {
    gap += text.slice(at, from);
    at = to;
    isSeam ||= isEdit;
    if (token === "") return;
    result += (gap === "" && isSeam && growTogether(last, token) ? " " : gap) + token;
    gap = "";
    last = token;
    isSeam = isEdit;
  };
  const left = edits.toSorted((a, b) => a.from - b.from);
  for (const { kind, start, end } of tokens) {
    while (left[0] && left[0].from <= start) {
      const edit = left.shift()!;
      put(edit.from, edit.to, edit.text);
    }
    if (start < at) continue;
    const own = text.slice(start, end);
    if (kind !== TokenKind.COMMENT) put(start, end, own, false);
    else {
      put(start, end, "", false);
      gap += " ".repeat(Buffer.byteLength(own));
    }
  }
  return result + gap + text.slice(at);
}
