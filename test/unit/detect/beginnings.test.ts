import { describe, expect, it } from "vitest";
import { beginnings } from "../../../scripts/detect/beginnings.ts";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import type { Slots } from "../../../scripts/detect/groups.ts";
import { parsePattern } from "../../../scripts/detect/pattern.ts";
import { Positions } from "../../../scripts/detect/positions.ts";
import { marked } from "./support.ts";

const PLACES = 7;
const anything = new Uint8Array(256).fill(1);

function beginningsOf(pattern: string, least = 0, ignoreCase = true): Slots[] {
  const positions = new Positions();
  const first = positions.add(parsePattern(pattern, ignoreCase).node, 0);
  return first.flatMap((position) => beginnings(anything, position, positions, PLACES, least));
}

/** Whether a text, of which the first byte stands before the match, can begin as one of the beginnings does. */
const fits = (slots: readonly Slots[], text: string): boolean => {
  const bytes = Buffer.alloc(PLACES + 1, text);
  return slots.some((places) => places.every((isIn, place) => isIn[bytes[place]!] === 1));
};

describe("beginnings of patterns", () => {
  it("are those of all that matches", () => {
    let matches = 0;
    for (const { pattern, ignoreCase = true, examples, lead, min = 0 } of DETECTORS) {
      if (lead !== undefined) continue;
      const slots = beginningsOf(pattern, min, ignoreCase);
      const expression = new RegExp(pattern, ignoreCase ? "giu" : "gu");
      for (const text of examples.finds.map((example) => marked(example).text)) {
        for (const [match] of text.matchAll(expression)) {
          if (match.length < min || !/^[\x20-\x7e]*$/.test(match)) continue;
          matches++;
          expect(fits(slots, ` ${match}${"~".repeat(PLACES)}`), `${match} of ${pattern}`).toBe(true);
        }
      }
    }
    expect(matches).toBeGreaterThan(300);
  });

  it("let no mixtures of a pattern through that are frequent in texts", () => {
    const plate = beginningsOf("[A-Z]{1,3}[ -][A-Z]{1,2}[ -][0-9]{1,4}");
    for (const text of [" B-X 1", " ABC-XY 1", " AB X-12"]) expect(fits(plate, text), text).toBe(true);
    for (const text of [" or other", " AND CONDI", " as a who"]) expect(fits(plate, text), text).toBe(false);
    const either = beginningsOf("addr:[0-9]{8}|address:[0-9]{8}");
    expect(fits(either, " addr:12345678")).toBe(true);
    expect(fits(either, " address:12345678")).toBe(true);
    expect(fits(either, " addre12")).toBe(false);
  });

  it("ask for what must come where an end would be too early to count", () => {
    const open = "[0-9][0-9 ]*[0-9][^0-9]";
    expect(fits(beginningsOf(open), " 12, and more")).toBe(true);
    expect(fits(beginningsOf(open, 8), " 12, and more")).toBe(false);
    expect(fits(beginningsOf(open, 8), " 12 34 5 6,")).toBe(true);
  });
});
