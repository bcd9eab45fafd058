// generalize date up to an age: years that tell an age over 89 come out as one, in every form of a date.

import { beforeEach, expect, it } from "vitest";
import { Actions, REDACT, type Result, UNCHANGED } from "../../../support/actions.ts";

const actions = await Actions.load();
const seconds = (day: string): bigint => BigInt(Date.parse(day) / 1000);
const aged = (value: string, type: "string" | "text" | "number" = "string", age = 90): Result =>
  actions.transform({ action: "generalize", to: "aged", age }, type, value);

beforeEach(() => actions.wasm.tellTime(seconds("2026-07-01T00:00:00Z")));

it.each<[string, Result]>([
  ["1987-04-23", "1987-01-01"],
  ["1936-12-31", "1936-01-01"],
  ["1935-12-31", "1936-01-01"],
  ["1920/05/05", "1936/01/01"],
  ["19200505", "19360101"],
  ["05.05.1920", "01.01.1936"],
  ["05/25/1920", "01/01/1936"],
  ["1920-05", "1936-01"],
  ["1920", "1936"],
  ["0001", "1936"],
  ["1936", UNCHANGED],
  ["1987", UNCHANGED],
  ["1920-05-05T10:11:12.5+02:00", "1936-01-01T00:00:00.0+00:00"],
  ["05.05.1920 10:11", "01.01.1936 00:00"],
  ["1920-13-05", REDACT],
  ["born in 1920", REDACT],
])("%s", (value, expected) => {
  expect(aged(value)).toEqual(expected);
  expect(aged(value, "text")).toEqual(expected);
});

it("takes numbers likewise, points in time among them", () => {
  expect(aged("1920", "number")).toBe("1936");
  expect(aged("1987", "number")).toEqual(UNCHANGED);
  expect(aged("19200505", "number")).toBe("19360101");
  expect(aged(String(seconds("1987-04-23")), "number")).toBe(String(seconds("1987-01-01")));
  expect(aged(String(seconds("1987-04-23")), "number", 30)).toBe(String(seconds("1996-01-01")));
  expect(aged(`${seconds("1987-04-23")}000`, "number", 30)).toBe(`${seconds("1996-01-01")}000`);
  expect(aged(`${seconds("2001-04-23")}000`, "number", 30)).toBe(`${seconds("2001-01-01")}000`);
});

it("goes by the year that it is told, and redacts while it is told none", () => {
  actions.wasm.tellTime(seconds("2027-01-01T00:00:00Z"));
  expect(aged("1936-12-31")).toBe("1937-01-01");
  actions.wasm.tellTime(0n);
  expect(aged("1987-04-23")).toEqual(REDACT);
  expect(aged("1987")).toEqual(REDACT);
});
