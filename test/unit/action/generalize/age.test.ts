// generalize age: 90 or older is 90.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result, UNCHANGED } from "../../../support/actions.ts";

const actions = await Actions.load();
const age = (value: string, type: "string" | "text" | "number" = "number", cap = 90): Result =>
  actions.transform({ action: "generalize", to: "age", cap }, type, value);

describe("age", () => {
  it.each<[string, Result, Result]>([
    ["0", UNCHANGED, UNCHANGED],
    ["89", UNCHANGED, UNCHANGED],
    ["90", "90", "90"],
    ["104", "90", "90"],
    ["99999999999999999999999999", "90", "90"],
    ["89.99", UNCHANGED, REDACT],
    ["90.5", "90", REDACT],
    ["-1", REDACT, REDACT],
    ["-0", REDACT, REDACT],
    ["1e2", REDACT, REDACT],
  ])("%s as a number and as text", (value, number, text) => {
    expect(age(value)).toEqual(number);
    expect(age(value, "string")).toEqual(text);
    expect(age(value, "text")).toEqual(text);
  });

  it.each<[string, Result]>([
    ["007", UNCHANGED],
    ["00000000000000000000104", "90"],
    ["+5", REDACT],
    ["5 years", REDACT],
    [" 5", REDACT],
  ])("the text %j", (value, expected) => {
    expect(age(value, "string")).toEqual(expected);
  });

  it("agrees with a comparison", () => {
    const cap = fc.integer({ min: 1, max: 0xffffffff });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), cap, (value, limit) => {
        expect(age(String(value), "number", limit)).toEqual(value >= BigInt(limit) ? String(limit) : UNCHANGED);
      }),
      { numRuns: 2000 },
    );
  });
});
