// truncate: golden cases, and an oracle over code points.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result, UNCHANGED } from "../../support/actions.ts";

const actions = await Actions.load();
const truncate = (keepFirst: number, keepLast: number, type: "string" | "text" | "number", value: string): Result =>
  actions.transform({ action: "truncate", keepFirst, keepLast }, type, value);

describe("truncate", () => {
  it.each<[number, number, string, Result]>([
    [6, 4, "4111111111111111", "4111111111"],
    [0, 4, "4111111111110042", "0042"],
    [3, 0, "é😀漢字", "é😀漢"],
    [2, 2, "abcd", UNCHANGED],
    [3, 2, "abcd", UNCHANGED],
    [0xffffffff, 0xffffffff, "abcd", UNCHANGED],
    [0, 0, "abcd", REDACT],
  ])("keeps %i and %i characters of the text %j", (first, last, value, expected) => {
    expect(truncate(first, last, "string", value)).toEqual(expected);
    expect(truncate(first, last, "text", value)).toEqual(expected);
  });

  it.each<[number, number, string, Result]>([
    [6, 4, "4111111111111111", "4111111111"],
    [0, 4, "4111111111111234", "1234"],
    [0, 4, "4111111111110042", REDACT],
    [0, 1, "120", "0"],
    [1, 1, "100", "10"],
    [2, 2, "1234", UNCHANGED],
    [0, 0, "1234", REDACT],
    [1, 1, "-123", REDACT],
    [1, 1, "1.25", REDACT],
    [1, 1, "1e10", REDACT],
    [9, 9, "1.5", REDACT],
  ])("keeps %i and %i digits of the number %s", (first, last, value, expected) => {
    expect(truncate(first, last, "number", value)).toEqual(expected);
  });

  it("agrees with an oracle", () => {
    const characters = fc.string({ unit: fc.constantFrom("a", "é", "漢", "😀"), minLength: 1 });
    const kept = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(characters, kept, kept, (value, first, last) => {
        const all = [...value];
        const short = all.slice(0, first).join("") + all.slice(all.length - last).join("");
        const expected = first + last >= all.length ? UNCHANGED : first + last === 0 ? REDACT : short;
        expect(truncate(first, last, "string", value)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("makes only JSON of a number", () => {
    const kept = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.maxSafeNat(), kept, kept, (value, first, last) => {
        const result = truncate(first, last, "number", String(value));
        if (typeof result === "string") expect(String(JSON.parse(result))).toBe(result);
      }),
      { numRuns: 2000 },
    );
  });
});
