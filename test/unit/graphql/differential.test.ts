// Queries against the parser of the package `graphql`: whatever is written, however it is spelled and cut, the document that
// leaves has the tree of the one that came, but for the selected literals; and what that parser refuses is refused.

import fc from "fast-check";
import { type ASTNode, Kind, parse, print, type ValueNode, visit } from "graphql";
import { beforeAll, expect, test } from "vitest";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { isQuery } from "./oracle.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
  use("redact");
});

const use = (action: unknown) =>
  engine.use(binaryOf({ rules: [{ name: "pan", select: "graphql:arguments.card.number", action }] }));

const SEED = 20261125;
const name = fc.constantFrom("card", "number", "note", "id", "on", "query", "true_", "_x1");
const blank = fc.constantFrom(" ", "\n", ",", "\t ", " , ", "\ufeff", "\r\n");

/** Texts with blanks between their tokens, wherever they may stand. */
type Text = fc.Arbitrary<string>;
const all = (...parts: (Text | string)[]): Text =>
  fc
    .tuple(
      ...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)),
      fc.array(blank, { maxLength: 2 }),
    )
    .map((texts) => texts.slice(0, -1).join((texts.at(-1) as string[]).join("") || " "));
const some = (part: Text, min = 0): Text =>
  fc.array(part, { minLength: min, maxLength: 3 }).map((parts) => parts.join(" "));
const maybe = (part: Text): Text => fc.oneof(fc.constant(""), part);

const characters = fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !/[\p{Surrogate}\p{Cc}]/u.test(text));
const quoted = characters.map((text) => JSON.stringify(text));
const spelled = fc.constantFrom('"\\u0041\\n"', '"\\u{1F600}\\/"', '"\\uD83D\\uDE00"', '"a\\tb\\\\"', '"#"', '""');
const block = fc
  .array(fc.constantFrom("a", "  b", "\t", " ", "\n", "\r\n", "\\", '\\"""', '"', "#", "é"), { maxLength: 8 })
  .map((parts) => `"""${parts.join("")}\n"""`);
const number = fc.constantFrom("0", "-1", "4111111111111111", "1.5e3", "-0.0", "2E+2");
const scalar: Text = fc.oneof(quoted, spelled, block, number, fc.constantFrom("true", "false", "null", "VISA", "$v"));
const valueTo = (depth: number): Text =>
  depth === 0
    ? scalar
    : fc.oneof(
        { weight: 3, arbitrary: scalar },
        { weight: 1, arbitrary: all("[", some(valueTo(depth - 1)), "]") },
        { weight: 2, arbitrary: all("{", some(all(name, ":", valueTo(depth - 1))), "}") },
      );
/** Defaults hold no variables. */
const constant = valueTo(2).map((text) => text.replaceAll("$v", "VISA"));
const given = all("(", some(all(name, ":", valueTo(3)), 1), ")");
const directives = some(all("@", name, maybe(given)));
const field = (depth: number): Text =>
  all(maybe(all(name, ":")), name, maybe(given), directives, depth === 0 ? "" : maybe(selections(depth - 1)));
function selections(depth: number): Text {
  const spread = fc.oneof(
    all("...", maybe(all("on", name)), directives, depth === 0 ? fc.constant("{ id }") : selections(depth - 1)),
    all("...", fc.constantFrom("F", "card"), directives),
  );
  return all("{", some(fc.oneof({ weight: 3, arbitrary: field(depth) }, { weight: 1, arbitrary: spread }), 1), "}");
}
const variable = all(
  "$",
  name,
  ":",
  fc.constantFrom("Int", "[Card!]!", "[[ID]]"),
  maybe(all("=", constant)),
  directives.map((text) => text.replaceAll("$v", "VISA")),
);
const operation = all(
  fc.constantFrom("query", "mutation", "subscription"),
  maybe(name),
  maybe(all("(", some(variable, 1), ")")),
  directives,
  selections(2),
);
const fragment = all("fragment", fc.constantFrom("F", "G"), "on", name, directives, selections(1));
const documents = fc
  .array(fc.oneof(selections(2), operation, fragment), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("\n"));

/** Variables and names of enumerations are no literals. */
function hasLiteral(node: ValueNode): boolean {
  if (node.kind === Kind.LIST) return node.values.some(hasLiteral);
  if (node.kind === Kind.OBJECT) return node.fields.some(({ value }) => hasLiteral(value));
  return node.kind !== Kind.VARIABLE && node.kind !== Kind.ENUM;
}

/** Whether the rule acts on lists and objects as a whole. */
let isWhole = true;

/** What the rule makes of a selected value. */
function redacted(node: ValueNode): ValueNode {
  if (!hasLiteral(node)) return node;
  if (!isWhole && node.kind === Kind.LIST) return { ...node, values: node.values.map(redacted) };
  if (!isWhole && node.kind === Kind.OBJECT) {
    return { ...node, fields: node.fields.map((field) => ({ ...field, value: redacted(field.value) })) };
  }
  if (node.kind === Kind.LIST) return { ...node, values: [] };
  if (node.kind === Kind.OBJECT) return { ...node, fields: node.fields.filter(({ value }) => !hasLiteral(value)) };
  if (node.kind === Kind.STRING) return { ...node, value: node.value === "" ? "" : "[redacted]" };
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return { kind: Kind.INT, value: "0" };
  return node.kind === Kind.BOOLEAN ? { ...node, value: false } : node;
}

/** The names that lead into a node from the one around it. */
function namesOf(node: ASTNode): string[] {
  switch (node.kind) {
    case Kind.FIELD:
    case Kind.ARGUMENT:
    case Kind.OBJECT_FIELD:
      return [node.name.value];
    case Kind.DIRECTIVE:
      return [`@${node.name.value}`];
    case Kind.VARIABLE_DEFINITION:
      return ["variables", node.variable.name.value];
    case Kind.LIST:
      return ["[]"];
    default:
      return [];
  }
}

/** The tree as it must leave, blocks spelled as strings. */
function expected(query: string): string {
  const path: string[] = [];
  let selectedFields = 0;
  const isSelected = () => path.at(-1) === "number" && path.at(-2) === "card";
  const tree = visit(parse(query), {
    enter(node) {
      // A field that is selected goes with all that its arguments say.
      const isTaken = node.kind === Kind.ARGUMENT && selectedFields > 0 && hasLiteral(node.value);
      if (isTaken && isWhole) return null;
      path.push(...namesOf(node));
      if (isTaken) return { ...node, value: redacted(node.value) };
      if (node.kind === Kind.FIELD && isSelected()) selectedFields++;
      if ((node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) && isSelected()) {
        return { ...node, value: redacted(node.value) };
      }
      return undefined;
    },
    leave(node) {
      if (node.kind === Kind.FIELD && isSelected()) selectedFields--;
      path.length -= namesOf(node).length;
      return node.kind === Kind.STRING ? { ...node, block: false } : undefined;
    },
  });
  return print(tree);
}

const plain = (query: string): string =>
  print(visit(parse(query), { StringValue: (node) => ({ ...node, block: false }) }));

function rewrite(query: string, cut: number): { error?: string; query?: string } {
  const bytes = Buffer.from(JSON.stringify({ query }));
  const at = cut % bytes.length;
  const { error, output } = engine.rewrite(
    [bytes.subarray(0, at), bytes.subarray(at)].filter(({ length }) => length > 0),
  );
  return error === undefined ? { query: JSON.parse(Buffer.from(output).toString()).query } : { error };
}

test.each(["redact", { redact: { keepStructure: true } }])("the tree stays, but for what is selected: %j", (action) => {
  isWhole = action === "redact";
  use(action);
  fc.assert(
    fc.property(documents.filter(isQuery), fc.nat(), (query, cut) => {
      const result = rewrite(query, cut);
      expect(result.error).toBeUndefined();
      expect(plain(result.query!)).toBe(expected(query));
      if (expected(query) === plain(query)) expect(result.query).toBe(query);
    }),
    { numRuns: 600, seed: SEED },
  );
});

test("what the parser refuses is refused, and the other way round", () => {
  const tokens = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "=",
    "!",
    "...",
    "@",
    "$",
    "a",
    "on",
    "query",
    "fragment",
    "1",
    "1.",
    "0x",
    '"s"',
    '"',
    '"""',
    "\\u",
    "#c\n",
    "&",
    "é",
    " ",
  ];
  const damaged = fc
    .tuple(documents, fc.nat(), fc.constantFrom(...tokens), fc.nat(6))
    .map(([query, at, token, gone]) => {
      const place = at % (query.length + 1);
      return query.slice(0, place) + token + query.slice(place + gone);
    });
  fc.assert(
    fc.property(
      damaged.filter((text) => !/\p{Surrogate}/u.test(text) && text !== ""),
      (query) => {
        const { error } = rewrite(query, 0);
        expect([error === undefined, error ?? "nested_value"]).toEqual([isQuery(query), "nested_value"]);
      },
    ),
    { numRuns: 2_000, seed: SEED },
  );
});
