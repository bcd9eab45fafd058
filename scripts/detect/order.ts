// How the classes and states of an automaton are numbered: what a walk reads one after the other stands side by side, since
// a program of many detectors is larger than what a processor has at hand, and a walk waits for memory more than for anything.

import type { Automaton } from "./automaton.ts";

/** Bytes that numbers are made of. Most walks are along them: few matches that start with a letter go far. */
const NUMERAL = Buffer.from("0123456789 -./:,+()@_");
const LETTERS = Buffer.from("etaoinsrhldcumfpgwybvkxjqz");

/** All bytes, in the order of their classes: those of numbers share the first slice of the transitions. */
export const BY_USE: readonly number[] = [...new Set([...NUMERAL, ...LETTERS, ...Array(256).keys()])];

/** The same automaton, its states numbered anew: the dead one first, accepting ones last. */
export function inOrder(automaton: Automaton): Automaton {
  const { classCount, transitions, accepts, entries } = automaton;
  const states = asWalked(automaton);
  const isLive = (state: number) => accepts[state]!.length === 0;
  const order = [0, ...states.filter(isLive), ...states.filter((state) => !isLive(state))];
  const number = new Uint16Array(accepts.length);
  order.forEach((state, index) => {
    number[state] = index;
  });
  const moved = new Uint16Array(transitions.length);
  order.forEach((state, index) => {
    for (let member = 0; member < classCount; member++) {
      moved[index * classCount + member] = number[transitions[state * classCount + member]!]!;
    }
  });
  return {
    ...automaton,
    transitions: moved,
    entries: entries.map((state) => number[state]!),
    accepts: order.map((state) => accepts[state]!),
  };
}

/**
 * All states but the dead one: those that the bytes of numbers lead to depth first, the others as they were, which is nearly
 * as fast as all of them depth first and compresses better.
 */
function asWalked({ classes, classCount, transitions, accepts, entries }: Automaton): number[] {
  const members = [...new Set([...NUMERAL].map((byte) => classes[byte]!))].reverse();
  const found = new Set<number>();
  const waiting = [...entries].reverse();
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (state === 0 || found.has(state)) continue;
    found.add(state);
    for (const member of members) waiting.push(transitions[state * classCount + member]!);
  }
  return [...found, ...accepts.keys()].filter(
    (state, index) => state !== 0 && (index < found.size || !found.has(state)),
  );
}
