// Name patterns.

import { expect, test } from "vitest";
import { matchesPattern, TRANSPORT_HEADERS } from "../../../scripts/policy/fields.ts";

test.each([
  ["a", "a", true],
  ["a", "A", false],
  ["a*", "a", true],
  ["*a", "ba", true],
  ["a*a", "a", false],
  ["a*b*c", "a-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a**b", "ab", true],
  ["*", "", true],
  ["a?", "ab", false],
  ["*ab", "aab", true],
])("%s on %s: %s", (pattern, name, expected) => {
  expect(matchesPattern(pattern, name)).toBe(expected);
});

test("transport headers are lower case and stand once", () => {
  expect([...new Set(TRANSPORT_HEADERS.map((name) => name.toLowerCase()))]).toEqual(TRANSPORT_HEADERS);
});
