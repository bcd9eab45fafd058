// How long a match of a state can be: against all texts of a small alphabet, and what it is for: a detector of long matches
// does not lengthen the walks of one that shares its automaton.
import { describe, expect, it } from "vitest";
import { buildAutomaton } from "../../../scripts/detect/automaton.ts";
import { parsePattern } from "../../../scripts/detect/pattern.ts";
import { Positions } from "../../../scripts/detect/positions.ts";
import { reachOf } from "../../../scripts/detect/reach.ts";

const patterns = ["a[ab]*", "b(a|bb)*c", "ab{1,3}c", "c"];
const longest = [7, 300, 5, 1];

function automatonOf(patterns: readonly string[]) {
  const positions = new Positions();
  const first = patterns.flatMap((pattern, index) => positions.add(parsePattern(pattern, false).node, index));
  return buildAutomaton(positions, [first]);
}

describe("the reach of a state", () => {
  const automaton = automatonOf(patterns);
  const { accepts, classes, classCount, transitions, entries } = automaton;
  const reach = reachOf(automaton, longest);
  const step = (state: number, character: string) =>
    transitions[state * classCount + classes[character.charCodeAt(0)]!]!;

  it("is the greatest length of the detectors that it can still lead to", () => {
    for (let state = 1; state < accepts.length; state++) {
      const seen = new Set([state]);
      for (const from of seen)
        for (const character of "abc") if (step(from, character)) seen.add(step(from, character));
      const detectors = [...seen].flatMap((from) => accepts[from]!);
      expect(reach[state]).toBe(Math.max(0, ...detectors.map((detector) => longest[detector]!)));
    }
  });

  it("forgets a detector that its text has left behind", () => {
    const behind = (text: string) => [...text].reduce(step, entries[0]!);
    expect(reach[behind("a")]).toBe(7);
    expect(reach[behind("ba")]).toBe(300);
    expect(reach[behind("bac")]).toBe(300);
    expect(reach[behind("c")]).toBe(1);
    expect(reach[0]).toBe(0);
  });
});
