// The canonical form against RFC 8785's own examples and an independent implementation.
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "../../../scripts/audit/canonical.ts";

/** Numbers as IEEE 754 bits, and their text: RFC 8785, appendix B. */
const numbers: [bits: string, text: string][] = [
  ["0000000000000000", "0"],
  ["8000000000000000", "0"],
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["4340000000000000", "9007199254740992"],
  ["c340000000000000", "-9007199254740992"],
  ["4430000000000000", "295147905179352830000"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef4e", "999999999999999700000"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555555", "333333333.3333333"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
];

describe("RFC 8785", () => {
  test.each(numbers)("number %s is %s", (bits, text) => {
    expect(canonical(Buffer.from(bits, "hex").readDoubleBE())).toBe(text);
  });

  test("section 3.2.2, its example", () => {
    const input = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`;
    expect(canonical(JSON.parse(input))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("section 3.2.3, names in the order of their UTF-16 units", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const sorted = Object.keys(JSON.parse(canonical(Object.fromEntries(names.map((name) => [name, 0])))));
    // A name that is an array index comes first in every object, so it is left out of the comparison.
    expect(sorted.filter((name) => name !== "1")).toEqual([
      "\r",
      "\u0080",
      "\u00f6",
      "\u20ac",
      "\ud83d\ude00",
      "\ufb33",
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, "\ud800", { "\udc00": 1 }, 1n, undefined])("refuses %o", (value) => {
    expect(() => canonical(value)).toThrow(TypeError);
  });

  test("agrees with an independent implementation", () => {
    const property = fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }), (value) => {
      expect(canonical(value)).toBe(canonicalize(value));
    });
    fc.assert(property, { seed: 8785, numRuns: 2000 });
  });
});
