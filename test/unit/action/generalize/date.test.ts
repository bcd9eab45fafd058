// generalize date: every form against Date, golden cases, and near misses.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result, UNCHANGED } from "../../../support/actions.ts";

const actions = await Actions.load();
const date = (to: "year" | "month", value: string, type: "string" | "text" | "number" = "string"): Result =>
  actions.transform({ action: "generalize", to }, type, value);

describe("date in text", () => {
  it.each<[string, Result, Result]>([
    ["1984-07-23", "1984-01-01", "1984-07-01"],
    ["1984/07/23", "1984/01/01", "1984/07/01"],
    ["19840723", "19840101", "19840701"],
    ["23.07.1984", "01.01.1984", "01.07.1984"],
    ["23/07/1984", "01/01/1984", "01/07/1984"],
    ["07/23/1984", "01/01/1984", "07/01/1984"],
    ["03/04/2020", "01/01/2020", REDACT],
    ["05/05/2020", "01/01/2020", REDACT],
    ["1984-07", "1984-01", UNCHANGED],
    ["1984", UNCHANGED, UNCHANGED],
    ["0000", UNCHANGED, UNCHANGED],
    ["2024-02-29T23:59:60Z", "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"],
    ["2024-02-29t23:59:59.123456z", "2024-01-01t00:00:00.000000z", "2024-02-01t00:00:00.000000z"],
    ["2024-02-29 10:11:12", "2024-01-01 00:00:00", "2024-02-01 00:00:00"],
    ["2024-12-31T10:11:12.5-05:30", "2024-01-01T00:00:00.0+00:00", "2024-12-01T00:00:00.0+00:00"],
    ["2024-12-31T10:11", "2024-01-01T00:00", "2024-12-01T00:00"],
    ["2024-12-31T10:11+02:00", "2024-01-01T00:00+00:00", "2024-12-01T00:00+00:00"],
    ["31.12.2024 10:11:12", "01.01.2024 00:00:00", "01.12.2024 00:00:00"],
  ])("%s", (value, year, month) => {
    expect(date("year", value)).toEqual(year);
    expect(date("month", value)).toEqual(month);
    expect(date("year", value, "text")).toEqual(year);
  });

  it.each([
    ..."2023-02-29 2023-02-30 2023-13-01 2023-00-10 2023-01-00 2023-04-31 1900-02-29 20231301 20230230".split(" "),
    ..."2023-1-1 2023-01-1 23-01-01 2023-01/01 2023.01.01 01-02-2023 32.01.2023 01.13.2023 13/13/2023".split(" "),
    ..."01.02/2023 2023-13 2023-00 2023/07 202 20234 202312 1700000000 1700000000000".split(" "),
    ..."2023-01-01T 2023-01-01T1 2023-01-01T10 2023-01-01T24:00:00Z 2023-01-01T10:60:00Z".split(" "),
    ..."2023-01-01T10:10:61Z 2023-01-01T10:10:10.Z 2023-01-01T10:10:10+0100 2023-01-01T10:10:10+01".split(" "),
    ..."2023-01-01T10:10:10+24:00 2023-01-01T10:10:10+01:60 2023-01-01T10:10:1 2023-01-01T10:10:".split(" "),
    ..."2023-01-01T10:10:10ZZ 2023-01-01T10:10:10+01:000 2023-01-01X10:10:10 20230101T101010Z".split(" "),
    ..."2023-01-01T10:10:10.5x 2023-01-01T10.10.10 2023-01-01T1010 2023-01-01-10:10 2023-01-01Z".split(" "),
  ])("%s is no date", (value) => {
    expect(date("year", value)).toEqual(REDACT);
    expect(date("month", value)).toEqual(REDACT);
  });

  it("agrees with Date about every form of a day, and about which days there are", () => {
    const two = (n: number) => String(n).padStart(2, "0");
    const forms: ((y: string, m: string, d: string) => string)[] = [
      (y, m, d) => `${y}-${m}-${d}`,
      (y, m, d) => `${y}/${m}/${d}`,
      (y, m, d) => y + m + d,
      (y, m, d) => `${d}.${m}.${y}`,
      (y, m, d) => `${y}-${m}-${d}T12:34:56Z`,
    ];
    const year = fc.integer({ min: 1, max: 9999 });
    fc.assert(
      fc.property(year, fc.nat(14), fc.nat(33), fc.constantFrom(...forms), (y, m, d, form) => {
        const day = new Date(0);
        day.setUTCFullYear(y, m - 1, d);
        const exists = day.getUTCFullYear() === y && day.getUTCMonth() === m - 1 && day.getUTCDate() === d;
        const yyyy = String(y).padStart(4, "0");
        const value = form(yyyy, two(m), two(d));
        const midnight = (text: string) => text.replace("12:34:56", "00:00:00");
        expect(date("year", value)).toEqual(exists ? midnight(form(yyyy, "01", "01")) : REDACT);
        expect(date("month", value)).toEqual(exists ? midnight(form(yyyy, two(m), "01")) : REDACT);
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps the length of whatever it takes, takes its own result, and lets no other digit through", () => {
    const value = fc.stringMatching(/^[0-9]{2,4}[-/.]?[0-9]{2}[-/.]?[0-9]{2,4}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}Z?)?)?$/);
    fc.assert(
      fc.property(value, (text) => {
        const result = date("year", text);
        if (typeof result !== "string") return;
        expect(result.length).toBe(text.length);
        expect(date("year", result)).toBe(result);
        expect(result).toMatch(
          /^\d{4}(-01|0101)$|^(\d{4}(?<s>[-/])01\k<s>01|01(?<t>[./])01\k<t>\d{4})([T ]00:00(:00Z?)?)?$/,
        );
      }),
      { numRuns: 5000 },
    );
  });
});

describe("date as a number", () => {
  it.each<[string, Result, Result]>([
    ["19840723", "19840101", "19840701"],
    ["19841323", REDACT, REDACT],
    ["1984", UNCHANGED, UNCHANGED],
    ["1700000000", "1672531200", "1698796800"],
    ["1700000000123", "1672531200000", "1698796800000"],
    ["100000000", "94694400", "99792000"],
    ["17000000001", REDACT, REDACT],
    ["-1700000000", REDACT, REDACT],
    ["1700000000.5", REDACT, REDACT],
    ["17000000e2", REDACT, REDACT],
    ["198407", REDACT, REDACT],
    ["0", REDACT, REDACT],
  ])("%s", (value, year, month) => {
    expect(date("year", value, "number")).toEqual(year);
    expect(date("month", value, "number")).toEqual(month);
  });

  it("agrees with Date about every day that seconds can name, and about milliseconds", () => {
    const wrong: number[] = [];
    for (let seconds = 100_000_000; seconds <= 9_999_999_999; seconds += 86_399) {
      const day = new Date(seconds * 1000);
      const month = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1) / 1000;
      if (date("month", String(seconds), "number") !== String(month)) wrong.push(seconds);
    }
    expect(wrong).toEqual([]);
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000_000, max: 9_999_999_999_999 }), (ms) => {
        const day = new Date(ms);
        const month = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
        expect(date("year", String(ms), "number")).toBe(String(Date.UTC(day.getUTCFullYear(), 0, 1)));
        expect(date("month", String(ms), "number")).toBe(String(month));
      }),
      { numRuns: 3000 },
    );
  });
});
