// The automaton against JavaScript's RegExp of the same pattern: at each start the longest text that matches as a whole
// and stands between its boundaries.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Detector } from "../../../scripts/detect/detector.ts";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { marked } from "./support.ts";

/** What a pattern finds, without overlaps, the longest first, as the wasm decides between spans of equal score. */
function oracle(detector: Detector, text: string): [number, number][] {
  const pattern = new RegExp(`^(?:${detector.pattern})$`, detector.ignoreCase === false ? "u" : "iu");
  const left = new RegExp(`[${detector.left ?? "\\w"}]`);
  const right = new RegExp(`[${detector.right ?? "\\w"}]`);
  const isIn = (boundary: RegExp, source: string | undefined, character: string | undefined) =>
    source !== "" && character !== undefined && boundary.test(character);
  const found: [number, number][] = [];
  for (let start = 0; start < text.length; start++) {
    if (isIn(left, detector.left, text[start - 1])) continue;
    for (let end = Math.min(text.length, start + (detector.max ?? text.length)); end > start; end--) {
      if (isIn(right, detector.right, text[end]) || !pattern.test(text.slice(start, end))) continue;
      found.push([start, end]);
      break;
    }
  }
  found.sort((a, b) => b[1] - b[0] - (a[1] - a[0]) || a[0] - b[0]);
  const kept: [number, number][] = [];
  for (const span of found) if (kept.every(([start, end]) => span[0] >= end || start >= span[1])) kept.push(span);
  return kept.sort((a, b) => a[0] - b[0]);
}

/** The detector without what an expression cannot say. */
function bare({ type, pattern, ignoreCase, left, right, max }: Detector): Detector {
  const examples = { finds: [], ignores: [] };
  return {
    type,
    pattern,
    score: 0.9,
    examples,
    ...(ignoreCase === false && { ignoreCase }),
    ...(left !== undefined && { left }),
    ...(right !== undefined && { right }),
    ...(max !== undefined && { max }),
  };
}

// ASCII only: an expression with the flag `i` takes some letters beyond it for letters of it.
const simple = DETECTORS.filter(({ pattern, lead }) => lead === undefined && /^[\x20-\x7e]*$/.test(pattern));

/** Examples, cut, doubled and mixed with what often stands beside them. */
function texts(detector: Detector): fc.Arbitrary<string> {
  const examples = [...detector.examples.finds, ...detector.examples.ignores].map((example) => marked(example).text);
  const ascii = examples.filter((example) => /^[\x20-\x7e\n]*$/.test(example));
  const piece = fc.oneof(
    fc.constantFrom(...(ascii.length > 0 ? ascii : ["1"])),
    fc
      .constantFrom(...(ascii.length > 0 ? ascii : ["1"]))
      .chain((example) => fc.integer({ min: 0, max: example.length }).map((cut) => example.slice(cut))),
    fc.string({ unit: fc.constantFrom(..."0123456789 -./:ABCabcxyzXYZ_@=\n"), maxLength: 8 }),
  );
  return fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("").slice(0, 120));
}

describe.each(simple.map((detector, index) => ({ detector, name: `${detector.type} ${index}` })))(
  "$name",
  ({ detector }) => {
    it("finds what RegExp finds", () => {
      const own = bare(detector);
      const scanner = new Scanner(compileProgram([own]));
      fc.assert(
        fc.property(texts(detector), (text) => {
          expect(scanner.scan(text).map(({ start, end }) => [start, end])).toEqual(oracle(own, text));
        }),
        { numRuns: 25 },
      );
    });
  },
);
