// generalize geo: decimals are cut off, never rounded.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result, UNCHANGED } from "../../../support/actions.ts";

const actions = await Actions.load();
const geo = (value: string, decimals: number, type: "string" | "text" | "number" = "number"): Result =>
  actions.transform({ action: "generalize", to: "geo", decimals }, type, value);

describe("geo", () => {
  it.each<[string, number, Result]>([
    ["52.520008", 2, "52.52"],
    ["13.409999", 2, "13.40"],
    ["-0.1278", 1, "-0.1"],
    ["-0.0278", 1, "-0.0"],
    ["-0.1278", 0, "-0"],
    ["52.5", 2, UNCHANGED],
    ["52.52", 2, UNCHANGED],
    ["52", 2, UNCHANGED],
    ["5.25e1", 2, REDACT],
  ])("%s to %i decimals", (value, decimals, expected) => {
    expect(geo(value, decimals)).toEqual(expected);
    expect(geo(value, decimals, "string")).toEqual(expected);
    expect(geo(value, decimals, "text")).toEqual(expected);
  });

  it.each(["52.520008,13.404954", "52°31'", "+52.52", "52.", ".52", "N52.52", "52.52 "])("the text %s", (value) => {
    expect(geo(value, 1, "string")).toEqual(REDACT);
  });

  it("is a prefix of the value, of the asked length", () => {
    const value = fc.stringMatching(/^-?(0|[1-9][0-9]{0,2})\.[0-9]{1,12}$/);
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 6 }), (text, decimals) => {
        const [whole, fraction] = text.split(".") as [string, string];
        const short = decimals === 0 ? whole : `${whole}.${fraction.slice(0, decimals)}`;
        expect(geo(text, decimals)).toEqual(fraction.length <= decimals ? UNCHANGED : short);
      }),
      { numRuns: 2000 },
    );
  });
});
