// generalize zip: golden cases, every US code against the list of 45 CFR 164.514, and what always holds.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result } from "../../../support/actions.ts";

const actions = await Actions.load();
// The 17 areas of the 2000 census with 20,000 people or fewer (HHS guidance on de-identification).
const restricted = [36, 59, 63, 102, 203, 556, 692, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893];
const zip = (value: string, type: "string" | "text" | "number" = "string", digits = 3): Result =>
  actions.transform({ action: "generalize", to: "zip", digits, restricted }, type, value);

describe("zip in text", () => {
  it.each<[string, string, Result]>([
    ["a US code", "94110", "94100"],
    ["ZIP+4", "94110-1234", "94100-0000"],
    ["ZIP+4 without its hyphen", "941101234", "941000000"],
    ["a restricted area", "03601", "00000"],
    ["a restricted area of ZIP+4", "82101-1234", "00000-0000"],
    ["a leading zero lost", "2138", "2100"],
    ["two leading zeros lost", "501", "500"],
    ["a restricted area with its zero lost", "3601", "0000"],
    ["Germany", "10115", "10100"],
    ["Britain", "SW1A 1AA", "SW1X 0XX"],
    ["Canada", "h3z-2y7", "h3z-0X0"],
    ["Japan", "100-0001", "100-0000"],
    ["Sweden, which reads like a US code", "114 55", "114 00"],
    ["a separator does not hide a restricted area", "102 34", "000 00"],
    ["nor does one inside the area", "10-234", "00-000"],
    ["Iran, the longest", "11936-12345", "11900-00000"],
    ["too long for a code", "119366-123456", REDACT],
    ["a name", "Springfield", REDACT],
    ["an address", "12 Main St, X", REDACT],
    ["nothing to hide", "AB1", REDACT],
    ["separators only", "- -", REDACT],
    ["letters outside ASCII", "10115 Ü", REDACT],
  ])("%s", (_title, value, expected) => {
    expect(zip(value)).toEqual(expected);
    expect(zip(value, "text")).toEqual(expected);
  });

  it.each<[number, string, Result]>([
    [0, "94110", "00000"],
    [2, "94110", "94000"],
    [5, "94110", REDACT],
    [5, "94110-1234", "94110-0000"],
    [5, "2138", REDACT],
    [0xffffffff, "94110", REDACT],
  ])("with %i digits kept, %s", (digits, value, expected) => {
    expect(zip(value, "string", digits)).toEqual(expected);
  });

  it("keeps three digits of every US code but those of restricted areas", () => {
    for (let code = 0; code < 100_000; code += 7) {
      const text = String(code).padStart(5, "0");
      const hidden = restricted.includes(Math.floor(code / 100));
      expect(zip(text)).toBe(hidden ? "00000" : `${text.slice(0, 3)}00`);
      expect(zip(String(code), "number")).toBe(String(hidden ? 0 : code - (code % 100)));
    }
  });

  it("keeps length and separators, and shows three characters at most", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z -]{1,12}$/), (value) => {
        const result = zip(value);
        if (typeof result !== "string") return;
        expect(result.replace(/[^ -]/g, "x")).toBe(value.replace(/[^ -]/g, "x"));
        const shown = result.replace(/[ -]/g, "").slice(3);
        expect(shown).toMatch(/^[0X]*$/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("zip as a number", () => {
  it.each<[string, Result]>([
    ["94110", "94100"],
    ["2138", "2100"],
    ["501", "500"],
    ["99", "0"],
    ["0", "0"],
    ["3601", "0"],
    ["941101234", REDACT],
    ["-2138", REDACT],
    ["2138.0", REDACT],
    ["2e3", REDACT],
  ])("%s", (value, expected) => {
    expect(zip(value, "number")).toEqual(expected);
  });
});
