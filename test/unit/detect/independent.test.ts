// Rows that were written without looking at the detectors: values and near misses (mostly one digit changed) of an
// independent implementation of each number's check digits (python-stdnum 2.2, phonenumbers 9.0, Faker 40.63; seed 737), in
// sentences, behind field names and alone, and the telephone numbers that phonenumbers has as examples of 40 regions, as they
// are written there. `spans` are code points; a row without any is a near miss.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";

interface Row {
  type: string;
  text: string;
  spans: [number, number][];
}

const rows = readFileSync(join(import.meta.dirname, "independent.ndjson"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);
const scanner = new Scanner(builtInProgram());

describe.each([...new Set(rows.map(({ type }) => type))])("%s", (type) => {
  test.each(rows.filter((row) => row.type === type))("$text", ({ text, spans }) => {
    const found = scanner.scan(text, { threshold: 0, rivals: "type", types: [type] });
    expect(found.map(({ start, end }) => [start, end])).toEqual(spans);
  });
});
