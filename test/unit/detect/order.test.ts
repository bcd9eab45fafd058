// How states and classes are numbered, and where a program puts them: what a walk along a number reads lies side by side.
import { describe, expect, it } from "vitest";
import { type Automaton, buildAutomaton } from "../../../scripts/detect/automaton.ts";
import { AUTOMATON, SLICE_ROW } from "../../../scripts/detect/layout.ts";
import { parsePattern } from "../../../scripts/detect/pattern.ts";
import { Positions } from "../../../scripts/detect/positions.ts";
import { writeAutomaton } from "../../../scripts/detect/sections.ts";
import { Writer } from "../../../scripts/policy/writer.ts";

function automatonOf(patterns: readonly string[]): Automaton {
  const positions = new Positions();
  const first = patterns.flatMap((pattern, index) => positions.add(parsePattern(pattern, false).node, index));
  return buildAutomaton(positions, [first]);
}

const stepOf =
  ({ classes, classCount, transitions }: Automaton) =>
  (state: number, character: string): number =>
    transitions[state * classCount + classes[character.charCodeAt(0)]!]!;

describe("states", () => {
  const automaton = automatonOf(["\\d{9}x", "[a-f]{6}\\d{3}", "[g-m]{3}-\\d{9}"]);
  const step = stepOf(automaton);

  it("that follow each other along a number have numbers that do", () => {
    let state = automaton.entries[0]!;
    for (const digit of "123456789") {
      const next = step(state, digit);
      expect(next).toBe(state + 1);
      state = next;
    }
  });

  it("begin with the dead one, and end with all that accept", () => {
    const { accepts, transitions, classCount } = automaton;
    expect(transitions.subarray(0, classCount).every((target) => target === 0)).toBe(true);
    const firstAccepting = accepts.findIndex((list) => list.length > 0);
    expect(firstAccepting).toBeGreaterThan(0);
    expect(accepts.slice(firstAccepting).every((list) => list.length > 0)).toBe(true);
  });
});

it("classes of what numbers are made of come first", () => {
  const { classes } = automatonOf(["[a-z]0", "b1", "c-"]);
  const last = Math.max(...[..."01-"].map((character) => classes[character.charCodeAt(0)]!));
  for (const character of "abcxyz") expect(classes[character.charCodeAt(0)]).toBeGreaterThan(last);
});

it("a program parts transitions into slices of a line of memory for each state", () => {
  // Each letter has a class of its own: more than a slice has room for.
  const letters = [...Array(80).keys()].map((index) => String.fromCharCode(0x2d + index)).filter((c) => /\w/.test(c));
  const automaton = automatonOf(letters.map((letter, index) => `${letter}0{${index + 1}}`));
  expect(automaton.classCount * 2).toBeGreaterThan(1 << SLICE_ROW);
  const writer = new Writer();
  const at = writeAutomaton(writer, automaton, () => 0);
  const image = writer.finish();
  const view = new DataView(image.buffer, image.byteOffset);
  const field = (offset: number) => view.getUint32(at + offset, true);
  const step = stepOf(automaton);
  expect(field(AUTOMATON.row)).toBe(SLICE_ROW);
  expect(field(AUTOMATON.slices)).toBe(Math.ceil((automaton.classCount * 2) / (1 << SLICE_ROW)));
  for (const character of ["0", ...letters, "~", "\0"]) {
    const column = view.getUint32(field(AUTOMATON.columns) + character.charCodeAt(0) * 4, true);
    const targets = automaton.accepts.map((_, state) =>
      view.getUint16(field(AUTOMATON.transitions) + column + (state << SLICE_ROW), true),
    );
    expect(targets).toEqual(automaton.accepts.map((_, state) => step(state, character)));
  }
});
