// Every example of every built-in detector: what it finds, where, and what it ignores at the default threshold.
import { describe, expect, it } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { DETECTOR_TYPES, DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { marked } from "./support.ts";

const scanner = new Scanner(builtInProgram());

it("has at least eighty types", () => {
  expect(DETECTOR_TYPES.length).toBeGreaterThanOrEqual(80);
});

describe.each(DETECTORS.map((detector, index) => ({ ...detector, index })))("$type ($index)", ({ type, examples }) => {
  it.each(examples.finds)("finds %j", (example) => {
    const { text, spans } = marked(example);
    const found = scanner.scan(text, { rivals: "type", types: [type] });
    expect(found.map(({ start, end }) => [start, end])).toEqual(spans);
  });

  it.each(examples.ignores)("ignores %j", (text) => {
    expect(scanner.scan(text, { rivals: "type", types: [type] })).toEqual([]);
  });
});
