/**
 * Random JSON texts, made as text: every spelling that RFC 8259 allows for the same value has its chance. White space
 * anywhere, escaped letters, equal names, lone surrogates, numbers of any form. A share of them is damaged by one byte.
 */
import fc from "fast-check";

/** Few names, so that selectors of `policies.ts` meet them. Some differ only in what an escape hides. */
export const names = ["a", "b", "c", "card", "cvc", "é", "x y", "", "0", "😀"];

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const space = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: some(" ", "\n", "\t", "\r\n  ") },
);

/** One character of a string, spelled in one of its ways. */
const character = fc.oneof(
  { weight: 8, arbitrary: some("a", "Z", "7", "4", "-", " ", "@", "/", "'", "{", "]", ",", ":") },
  { weight: 2, arbitrary: some("ß", "é", "漢", "\u2028", "😀", "\u{10ffff}", "\u007f", "\ufeff") },
  { weight: 2, arbitrary: some('\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001F") },
  { weight: 1, arbitrary: some("\\u0061", "\\u00E9", "\\ud83d\\ude00", "\\uFFFF", "\\ud800", "\\udc00", "\\uD83D") },
);

const text = fc.oneof(
  { weight: 6, arbitrary: fc.array(character, { maxLength: 8 }) },
  { weight: 1, arbitrary: fc.array(character, { minLength: 15, maxLength: 90 }) },
);
const string = text.map((characters) => `"${characters.join("")}"`);

const escapedFirst = (name: string) =>
  name === "" ? name : `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`;
/** An escaped half of a pair and the other half raw would be another name: escape both. */
const escapedAll = (name: string) =>
  name
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`)
    .join("");

const name = fc.oneof(
  { weight: 12, arbitrary: some(...names) },
  { weight: 2, arbitrary: some(...names.slice(0, 8)).map(escapedFirst) },
  { weight: 1, arbitrary: some(...names).map(escapedAll) },
  {
    weight: 1,
    arbitrary: some("aa", "__proto__", "constructor", "a much longer name than sixteen bytes", "\\/", "\\n"),
  },
);
/** Rare, since it refuses the whole document where a rule can act. */
const anyName = fc.oneof({ weight: 300, arbitrary: name }, { weight: 1, arbitrary: some("\\ud800", "a\\udfff") });

const number = fc.oneof(
  some("0", "-0", "7", "42", "4111111111111111", "1.50", "-0.0", "1e5", "1E+05", "12e-0007", "100", "1007"),
  some("123456789012345678901234567890", "-1.7976931348623157e+400", "0.1e1"),
);
const scalar = fc.oneof(
  { weight: 5, arbitrary: string },
  { weight: 3, arbitrary: number },
  { weight: 2, arbitrary: some("null", "true", "false", '""') },
);

const { value } = fc.letrec<{ value: string; array: string; object: string }>((tie) => {
  const item = fc.tuple(space, tie("value"), space).map((parts) => parts.join(""));
  const member = fc
    .tuple(space, anyName, space, space, tie("value"), space)
    .map(([before, key, behind, lead, inner, after]) => `${before}"${key}"${behind}:${lead}${inner}${after}`);
  const list = (open: string, arbitrary: fc.Arbitrary<string>, close: string) =>
    fc
      .tuple(space, fc.array(arbitrary, { maxLength: 5, depthIdentifier: "json" }))
      .map(([empty, items]) => open + (items.length === 0 ? empty : items.join(",")) + close);
  return {
    value: fc.oneof(
      { depthIdentifier: "json", maxDepth: 5, withCrossShrink: true },
      { weight: 3, arbitrary: scalar },
      { weight: 2, arbitrary: tie("array") },
      { weight: 4, arbitrary: tie("object") },
    ),
    array: list("[", item, "]"),
    object: list("{", member, "}"),
  };
});

export interface Doc {
  bytes: Uint8Array;
  /** Sizes of the chunks in turn, repeated to the end. */
  chunks: number[];
}

const damage = fc.option(
  fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 2 }),
    insert: fc.constantFrom("", '"', ",", "}", "]", "\\", "0", "\x00", "\x80", "\xff", "\xed", " "),
  }),
  { freq: 8 },
);

export const documents: fc.Arbitrary<Doc> = fc
  .record({
    before: space,
    value,
    after: space,
    broken: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: damage }),
    chunks: fc.array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 80 })), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ before, value, after, broken, chunks }) => {
    const bytes = Buffer.from(before + value + after);
    if (!broken) return { bytes, chunks };
    const at = broken.at % (bytes.length + 1);
    const parts = [bytes.subarray(0, at), Buffer.from(broken.insert, "latin1"), bytes.subarray(at + broken.remove)];
    return { bytes: Buffer.concat(parts), chunks };
  });
