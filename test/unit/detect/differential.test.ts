// The automaton against JavaScript's RegExp of the same pattern: at each start the longest text that matches as a whole
// and stands between its boundaries.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Detector } from "../../../scripts/detect/detector.ts";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner, type Span } from "../../../scripts/detect/scanner.ts";
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

/** All of them in one program, where they share groups of the filter and of the sieve; a type for each. */
const together = new Scanner(
  compileProgram(simple.map((detector, index) => ({ ...bare(detector), type: `T${index}` }))),
);

describe.each(simple.map((detector, index) => ({ detector, index, name: `${detector.type} ${index}` })))(
  "$name",
  ({ detector, index }) => {
    it("finds what RegExp finds, alone and among all others", () => {
      const own = bare(detector);
      const alone = new Scanner(compileProgram([own]));
      const places = (spans: readonly Span[]) => spans.map(({ start, end }) => [start, end]);
      fc.assert(
        fc.property(texts(detector), (text) => {
          const expected = oracle(own, text);
          expect(places(alone.scan(text))).toEqual(expected);
          expect(places(together.scan(text, { rivals: "type", types: [`T${index}`] }))).toEqual(expected);
        }),
        { numRuns: 25 },
      );
    });
  },
);
