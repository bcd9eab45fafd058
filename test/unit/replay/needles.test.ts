// A value is found in every encoding, at every alignment and in any mix of escapes, and never by chance.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Encoding, Haystack, isDistinctive, leakedAs } from "../../../scripts/replay/needles.ts";

const nothing = new Haystack("");
const found = (text: string, value: string) => leakedAs(new Haystack(text), nothing, value);
const values = fc
  .string({ unit: "grapheme", minLength: 8, maxLength: 30 })
  .filter((value) => value.isWellFormed() && isDistinctive(value));
const around = fc.uint8Array({ maxLength: 7 });

describe("every value", () => {
  test.each(["base64", "base64url"] as const)("in %s, whatever stands before and behind it", (encoding) => {
    fc.assert(
      fc.property(values, around, around, (value, before, behind) => {
        const encoded = Buffer.concat([before, Buffer.from(value), behind]).toString(encoding);
        expect(found(`"${encoded}"`, value)).toMatch(/^base64/);
      }),
    );
  });

  test("in JSON, escaped letter by letter or not", () => {
    const spellOut = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.boolean()), (value, choices) => {
        const spelled = value
          .split("")
          .map((unit) => (choices.next().value || /["\\\p{Cc}]/u.test(unit) ? spellOut(unit) : unit));
        expect(found(`{"x":"${spelled.join("")}"}`, value)).toBeDefined();
      }),
    );
  });

  test("percent-encoded, in capitals or not", () => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, isCapital) => {
        const encoded = Buffer.from(value).toString("hex").replace(/../g, "%$&");
        expect(found(`/p?x=${isCapital ? encoded.toUpperCase() : encoded}&y=1`, value)).toBe("percent-encoded");
      }),
    );
  });
});

test.each<[string, string, Encoding | undefined]>([
  ["4111111111111111", "n=4111111111111111;", "raw"],
  ["a b+c/d é", "a+b%2Bc%2Fd+%C3%A9", "percent-encoded"],
  ["12/31", '"12\\/31"', "json-escaped"],
  ["737", "cvc 737.", "raw"],
  ["737", "order 17371", undefined],
  ["1111", "411111******1111", "raw"],
  ["abcdef", "abc def", undefined],
  ['{"pa', '{"partial_json":""}', undefined],
])("%s in %s: %s", (value, text, encoding) => {
  expect(found(text, value)).toBe(encoding);
});

test("as often as it may stand, and no more", () => {
  const twice = new Haystack("secret secret");
  expect(leakedAs(twice, new Haystack("secret, secret"), "secret")).toBeUndefined();
  expect(leakedAs(twice, new Haystack("secret"), "secret")).toBe("raw");
});

test("many values in a large text take no time for each", () => {
  const hay = new Haystack(Array.from({ length: 200_000 }, (_, i) => `"field${i}":${i}`).join());
  const start = performance.now();
  for (let i = 0; i < 20_000; i++) expect(leakedAs(hay, nothing, `customer-${i}@mail.example`)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(20_000);
});
