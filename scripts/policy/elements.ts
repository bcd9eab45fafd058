// Array elements: which steps of a set of selectors an element index takes, as ranges with periods.
// Invariant: indexes stay below 2^32, the width of the filter's element counter; what lies beyond is never reached.

import { AutomatonLimit } from "./automaton.ts";
import { MAX } from "./constants.ts";
import type { Selector } from "./jsonpath/ast.ts";

/** Elements from `from` up to but not including `to`, each `step`th, go to position `target`. */
export interface Stride {
  from: number;
  to: number;
  step: number;
  target: number;
}

const BEYOND = 2 ** 32;

/** The elements that a streamable selector takes, if any. */
export function strideOf(selector: Selector, target: number): Stride | undefined {
  // The attributes of an element stand where an array has its elements, as one for all.
  if (selector.kind === "wildcard" || selector.kind === "attributes") return { from: 0, to: BEYOND, step: 1, target };
  if (selector.kind === "index") return { from: selector.index, to: selector.index + 1, step: 1, target };
  if (selector.kind !== "slice" || selector.step === 0) return undefined;
  const { start: from = 0, end = BEYOND, step = 1 } = selector;
  const to = Math.min(end, BEYOND);
  // A step that leaves the slice takes its first element only; as an index it costs no period.
  return from < to && from + step >= to ? { from, to: from + 1, step: 1, target } : { from, to, step, target };
}

/** Cuts the index line where strides begin and end; within a piece the taken targets repeat with a period. */
export function pieces(strides: readonly Stride[]): { from: number; targets: number[][] }[] {
  const useful = strides.filter(({ from, to }) => from < to);
  const cuts = new Set([0, ...useful.flatMap(({ from, to }) => [from, to])]);
  const starts = [...cuts].filter((cut) => cut < BEYOND).sort((a, b) => a - b);
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? BEYOND;
    const active = useful.filter((stride) => stride.from <= from && stride.to > from);
    const period = Math.min(
      to - from,
      active.reduce((common, stride) => lcm(common, stride.step), 1),
    );
    if (period > MAX.PERIOD) {
      throw new AutomatonLimit(
        "too-long-period",
        `the slice steps repeat together only every ${period} elements`,
        `keep their least common multiple at ${MAX.PERIOD} or below`,
      );
    }
    const targets = Array.from({ length: period }, (_, offset) =>
      active.filter((stride) => (from + offset - stride.from) % stride.step === 0).map((stride) => stride.target),
    );
    return { from, targets };
  });
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y) [x, y] = [y, x % y];
  return (a / x) * b;
}
