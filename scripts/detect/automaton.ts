// One deterministic automaton for all patterns: subset construction over classes of bytes that no pattern tells apart.
// A state knows which patterns end in it. State 0 is dead; accepting states have the highest numbers.

import { minimize } from "./minimize.ts";
import type { Positions } from "./positions.ts";

export interface Automaton {
  /** Byte -> class. */
  classes: Uint8Array;
  classCount: number;
  /** `transitions[state * classCount + class]`. */
  transitions: Uint16Array;
  /** Start state of each entry. */
  entries: number[];
  /** Patterns that end in a state. */
  accepts: (readonly number[])[];
}

export const MAX_AUTOMATON_STATES = 0xffff;

/** More states than a transition can name. */
export class TooManyStates extends Error {}

/** `entries` are sets of positions that a walk may start with. */
export function buildAutomaton(positions: Positions, entries: readonly (readonly number[])[]): Automaton {
  const { classes, classCount, members } = byteClasses(positions);
  const rows: Uint16Array[] = [new Uint16Array(classCount)];
  const accepts: (readonly number[])[] = [[]];
  const ready: number[][] = [[]];
  const known = new Map<string, number>();
  const stateOf = (next: number[], ends: number[]): number => {
    if (next.length === 0 && ends.length === 0) return 0;
    next.sort((a, b) => a - b);
    ends.sort((a, b) => a - b);
    const key = `${next.join()};${ends.join()}`;
    let state = known.get(key);
    if (state === undefined) {
      state = ready.push(next) - 1;
      if (state > MAX_AUTOMATON_STATES) throw new TooManyStates();
      known.set(key, state);
      accepts.push(ends);
      rows.push(new Uint16Array(classCount));
    }
    return state;
  };
  const starts = entries.map((first) => stateOf([...new Set(first)], []));
  const seen = new Int32Array(positions.reads.length);
  let stamp = 0;
  for (let state = 1; state < ready.length; state++) {
    const byClass = new Map<number, number[]>();
    for (const position of ready[state]!) {
      for (const member of members[position]!) {
        const list = byClass.get(member);
        if (list === undefined) byClass.set(member, [position]);
        else list.push(position);
      }
    }
    // Classes that read the same positions lead to the same state: the common case for digits and letters.
    const done = new Map<string, number>();
    for (const [member, reading] of byClass) {
      const key = reading.join();
      let target = done.get(key);
      if (target === undefined) {
        stamp++;
        const next: number[] = [];
        const ends = new Set<number>();
        for (const position of reading) {
          const pattern = positions.ends[position]!;
          if (pattern >= 0) ends.add(pattern);
          for (const follower of positions.follow[position]!) {
            if (seen[follower] === stamp) continue;
            seen[follower] = stamp;
            next.push(follower);
          }
        }
        target = stateOf(next, [...ends]);
        done.set(key, target);
      }
      rows[state]![member] = target;
    }
  }
  const transitions = new Uint16Array(rows.length * classCount);
  rows.forEach((row, state) => {
    transitions.set(row, state * classCount);
  });
  return minimize({ classes, classCount, transitions, entries: starts, accepts });
}

/** Bytes in the same class are read by the same positions; the classes of each position. */
function byteClasses(positions: Positions) {
  const sets = new Map<string, number[]>();
  positions.reads.forEach((ranges, position) => {
    const key = ranges.map(([from, to]) => `${from}-${to}`).join();
    const list = sets.get(key);
    if (list === undefined) sets.set(key, [position]);
    else list.push(position);
  });
  const signatures: string[] = Array.from({ length: 256 }, () => "");
  let index = 0;
  for (const [, [position]] of sets) {
    const inSet = new Set<number>();
    for (const [from, to] of positions.reads[position!]!) for (let byte = from; byte <= to; byte++) inSet.add(byte);
    for (const byte of inSet) signatures[byte] += `,${index}`;
    index++;
  }
  const numbers = new Map<string, number>();
  const classes = new Uint8Array(256);
  signatures.forEach((signature, byte) => {
    if (!numbers.has(signature)) numbers.set(signature, numbers.size);
    classes[byte] = numbers.get(signature)!;
  });
  const members: number[][] = new Array(positions.reads.length);
  for (const [, list] of sets) {
    const own = new Set<number>();
    for (const [from, to] of positions.reads[list[0]!]!)
      for (let byte = from; byte <= to; byte++) own.add(classes[byte]!);
    for (const position of list) members[position] = [...own];
  }
  return { classes, classCount: numbers.size, members };
}
