// generalize number: floor to a bucket, against BigInt.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result } from "../../../support/actions.ts";

const actions = await Actions.load();
const number = (value: string, bucket: number, type: "string" | "text" | "number" = "number"): Result =>
  actions.transform({ action: "generalize", to: "number", bucket }, type, value);

describe("number", () => {
  it.each<[string, number, Result]>([
    ["12345", 1000, "12000"],
    ["7", 10, "0"],
    ["-7", 10, "-10"],
    ["-10", 10, "-10"],
    ["-0", 10, "0"],
    ["12.75", 5, "10.00"],
    ["12.00", 1, "12.00"],
    ["-12.5", 1, "-13.0"],
    ["-12.0", 1, "-12.0"],
    ["-0.5", 10, "-10.0"],
    ["-0.0", 10, "0.0"],
    ["999999999999999999", 1, "999999999999999999"],
    ["-999999999999999999", 0xffffffff, "-1000000001253787980"],
    ["1000000000000000000", 10, REDACT],
    ["1e3", 10, REDACT],
    ["12", 0, REDACT],
  ])("%s in buckets of %i", (value, bucket, expected) => {
    expect(number(value, bucket)).toEqual(expected);
    expect(number(value, bucket, "string")).toEqual(expected);
    expect(number(value, bucket, "text")).toEqual(expected);
  });

  it.each<[string, Result]>([
    ["0042", "0040"],
    ["007", "000"],
    ["-007", "-010"],
    ["1,000", REDACT],
    ["12.", REDACT],
    [".5", REDACT],
    ["1.2.3", REDACT],
    ["--1", REDACT],
    ["+1", REDACT],
    ["12a", REDACT],
  ])("the text %s", (value, expected) => {
    expect(number(value, 10, "string")).toEqual(expected);
  });

  it("agrees with BigInt", () => {
    const limit = 10n ** 18n - 1n;
    const integer = fc.bigInt({ min: -limit, max: limit });
    const fraction = fc.oneof(fc.constant(""), fc.stringMatching(/^[0-9]{1,4}$/));
    fc.assert(
      fc.property(integer, fraction, fc.integer({ min: 1, max: 0xffffffff }), (value, digits, bucket) => {
        const size = BigInt(bucket);
        const whole = value < 0n && /[1-9]/.test(digits) ? value - 1n : value;
        const floor = whole - (((whole % size) + size) % size);
        const text = digits === "" ? String(value) : `${value}.${digits}`;
        expect(number(text, bucket)).toBe(digits === "" ? String(floor) : `${floor}.${"0".repeat(digits.length)}`);
      }),
      { numRuns: 5000 },
    );
  });
});
