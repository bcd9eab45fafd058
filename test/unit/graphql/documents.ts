// GraphQL documents with operations, as lists of tokens with all that may stand between two of them: nothing at all
// wherever two tokens stay two, and otherwise blanks, commas, comments and byte order marks.
// Invariant: every document is one that `graphql` parses, and that all servers read so; names are few, so that rules meet them often.

import fc from "fast-check";

type Tokens = fc.Arbitrary<string[]>;

export const names = ["card", "number", "list", "note", "id", "on", "query", "_x1", "true_"] as const;
const name = fc.constantFrom(...names);
const ignored = fc.constantFrom("", "", "", " ", "\n", ",", "\t,", "\ufeff", "\r\n", '#4111 "é\n', " # {\r");

/** Whether two tokens, with nothing between them, could be read as other tokens. */
export function growTogether(left: string, right: string): boolean {
  return (/\w$/.test(left) && /^\w/.test(right)) || (left.endsWith('"') && right.startsWith('"'));
}

const seq = (...parts: (fc.Arbitrary<string | string[]> | string)[]): Tokens =>
  fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part))).map((lists) => lists.flat());
const some = (part: Tokens, minLength = 0): Tokens =>
  fc.array(part, { minLength, maxLength: 3 }).map((lists) => lists.flat());
const none: Tokens = fc.constant([]);
const maybe = (part: Tokens): Tokens => fc.oneof(none, part);
const one = (text: fc.Arbitrary<string>): Tokens => text.map((token) => [token]);

const written = fc.constantFrom(
  '""',
  '"x"',
  '"4111 1111"',
  '"#"',
  '"a\tb\\\\"',
  '"\\u0041\\n\\/"',
  '"\\u{1F600}\\u{0}é"',
  '"\\uD83D\\uDE00𝒳"',
  '"{\\"card\\":{\\"number\\":\\"4111\\"}}"',
);
const quoted = fc
  .string({ unit: "grapheme", maxLength: 6 })
  .filter((text) => text.isWellFormed() && ![...text].some((character) => character < " "))
  .map((text) => JSON.stringify(text));
const block = fc
  .array(fc.constantFrom("a", "  b", "\t", " ", "\n", "\n   ", "\r\n", "\r", "\\", '"', "#", "é"), {
    maxLength: 8,
  })
  .map((parts) => `"""${parts.join("")}\n"""`)
  // Quotes that stand in a row close it early, or leave that to servers.
  .filter((text) => !text.slice(3, -3).includes('"""'));
/** A block string that is a row of strings to a server that knows none. */
export const isRow = (text: string): boolean => text.startsWith('"""') && text.slice(3, -3).includes('"');
const number = fc.constantFrom("0", "-1", "7", "4111111111111111", "1.5e3", "-0.0", "2E+2", "-2");
const scalar = one(fc.oneof(written, quoted, block, number, fc.constantFrom("true", "false", "null", "VISA", "E")));
const variable = seq("$", name);

/** Values with names, each of which comes once. */
const named = (value: Tokens, minLength = 0): Tokens =>
  fc.uniqueArray(name, { minLength, maxLength: 3 }).chain((list) => seq(...list.map((key) => seq(key, ":", value))));

function valuesOf(depth: number, isConstant: boolean): Tokens {
  const leaf = isConstant ? scalar : fc.oneof({ weight: 5, arbitrary: scalar }, { weight: 1, arbitrary: variable });
  if (depth === 0) return leaf;
  const inside = valuesOf(depth - 1, isConstant);
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: seq("[", some(inside.filter(([first]) => !isRow(first!))), "]") },
    { weight: 2, arbitrary: seq("{", named(inside), "}") },
  );
}

const given = (isConstant: boolean): Tokens => seq("(", named(valuesOf(3, isConstant), 1), ")");
const directives = (isConstant: boolean): Tokens => some(seq("@", name, maybe(given(isConstant))));
const variedDirectives = directives(false);

const field = (depth: number): Tokens =>
  seq(
    maybe(seq(name, ":")),
    name,
    maybe(given(false)),
    variedDirectives,
    depth === 0 ? none : maybe(selections(depth - 1)),
  );

function selections(depth: number): Tokens {
  const inner = depth === 0 ? seq("{", "id", "}") : selections(depth - 1);
  const spread = fc.oneof(
    seq("...", maybe(seq("on", name)), variedDirectives, inner),
    seq("...", one(fc.constantFrom("F", "card")), variedDirectives),
  );
  const selection = fc.oneof({ weight: 4, arbitrary: field(depth) }, { weight: 1, arbitrary: spread });
  return seq("{", some(selection, 1), "}");
}

const type: Tokens = fc.constantFrom(["Int"], ["Card", "!"], ["[", "Int", "!", "]", "!"], ["[", "[", "ID", "]", "]"]);
const description = maybe(fc.constantFrom('"of Jane Roe"', '"""\nof Jane Roe"""').map((text) => [text]));
const definition = seq(description, "$", name, ":", type, maybe(seq("=", valuesOf(2, true))), directives(true));
const operation = seq(
  description,
  one(fc.constantFrom("query", "mutation", "subscription")),
  maybe(one(name)),
  maybe(seq("(", some(definition, 1), ")")),
  variedDirectives,
  selections(2),
);
const fragment = seq(
  description,
  "fragment",
  one(fc.constantFrom("F", "card")),
  "on",
  one(name),
  variedDirectives,
  selections(1),
);

/** Documents as texts. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(
    some(fc.oneof(selections(2), operation, fragment), 1),
    fc.array(fc.tuple(ignored, ignored), { minLength: 1, maxLength: 12 }),
  )
  .map(([tokens, between]) => {
    let text = between[0]![0];
    tokens.forEach((token, index) => {
      const [first, second] = between[index % between.length]!;
      const gap = first + second;
      const next = tokens[index + 1];
      text += token + (gap === "" && next !== undefined && growTogether(token, next) ? " " : gap);
    });
    return text;
  });
