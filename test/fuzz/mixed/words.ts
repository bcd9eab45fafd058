/** The few names that selectors and messages share, so that they meet, in spellings that `~` and receivers take for one. */
import fc from "fast-check";

export const some = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Names that can stand in every format. */
export const names = [
  "pan",
  "cardNumber",
  "card",
  "note",
  "data",
  "cvc",
  "items",
  "altPan",
  "my-card_number-2",
] as const;
/** Others, where a format has them. */
export const oddNames = ["card_number", "card number", "é", "a.b", "x[y]", "", "query", "variables", "*"] as const;

export const plainName: fc.Arbitrary<string> = some(...names);
export const anyName: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: plainName },
  { weight: 1, arbitrary: some(...oddNames) },
);

/** Words for all spellings of a name, as `~` has them. */
export const words: fc.Arbitrary<string> = some("card number", "pan", "note text");
/** The same of what names end with. */
export const endings: fc.Arbitrary<string> = some("* card number", "* number", "* pan", "* note");
