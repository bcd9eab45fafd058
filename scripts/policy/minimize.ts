// Minimization by Moore's refinement: states that no path can tell apart become one, and then names that no state can.
// Invariants: the result keeps the order in which classes first occur, so that equal input gives equal output and the
// dead state stays 0; lists and ranges are in their shortest form.

import type { Automaton, Range, State } from "./automaton.ts";
import { pairKind } from "./pairs.ts";

export function minimize({ states, classes: names, roots }: Automaton): Automaton {
  const lists = transitionLists(states);
  let classes = classify(
    states,
    ({ rule, nameRule, detects, nameDetects, decoder, isSoft, held }) =>
      `${rule} ${nameRule} ${detects} ${nameDetects} ${decoder} ${isSoft} ${JSON.stringify(held)}`,
  );
  for (let count = 0, next = countOf(classes); next > count; next = countOf(classes)) {
    const coarse = classes;
    classes = classify(states, (state, at) => `${coarse[at]} ${signature(state, lists[at]!, coarse)}`);
    count = next;
  }
  const merged: State[] = [];
  states.forEach((state, at) => {
    if (classes[at] === merged.length) merged.push(renumber(state, classes));
  });
  for (const state of merged) state.live = leadsOn(state);
  return { states: merged, classes: mergeNames(merged, names), roots: roots.map((root) => classes[root]!) };
}

/** The named transitions of each state, in the order of the classes. */
const transitionLists = (states: readonly State[]): [name: number, target: number][][] =>
  states.map(({ names }) => [...names].sort((a, b) => a[0] - b[0]));

/**
 * Makes one class of names that lead alike from every state, and are the same in a pair where states ask for that; names of
 * which neither can be said have none.
 */
function mergeNames(states: readonly State[], classes: ReadonlyMap<string, number>): Map<string, number> {
  const columns = columnsOf(states);
  const isPaired = states.some(({ pairs }) => pairs !== 0);
  const numbers = new Map<string, number>();
  const renumbered = new Map<number, number>();
  const merged = new Map<string, number>();
  for (const [name, before] of classes) {
    const column = columns.get(before);
    const kind = isPaired ? pairKind(name) : 0;
    if (column === undefined && kind === 0) continue;
    const key = `${kind} ${column}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    renumbered.set(before, number);
    merged.set(name, number);
  }
  for (const state of states) {
    state.names = new Map([...state.names].map(([name, target]) => [renumbered.get(name)!, target]));
  }
  return merged;
}

/** By its number, which names lead alike: a number stands for all transitions so far, so that none is looked at twice. */
function columnsOf(states: readonly State[]): Map<number, number> {
  const columns = new Map<number, number>();
  let count = 0;
  for (const { names } of states) {
    const longer = new Map<number, number>();
    for (const [name, target] of names) {
      const key = (columns.get(name) ?? 0) * states.length + target;
      const column = longer.get(key) ?? ++count;
      longer.set(key, column);
      columns.set(name, column);
    }
  }
  return columns;
}

/** Numbers states by equal keys, in order of first occurrence. */
function classify(states: readonly State[], keyOf: (state: State, at: number) => string): number[] {
  const numbers = new Map<string, number>();
  return states.map((state, at) => {
    const key = keyOf(state, at);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
}

const countOf = (classes: readonly number[]) => new Set(classes).size;

/** The state with the numbers of classes as targets, in shortest form. */
function renumber(state: State, classes: readonly number[]): State {
  const other = classes[state.other]!;
  const names = new Map<number, number>();
  for (const [name, target] of state.names) if (classes[target] !== other) names.set(name, classes[target]!);
  const decoded = classes[state.decoded]!;
  const decoder = decoded === 0 ? undefined : state.decoder;
  const isSoft = decoder !== undefined && state.isSoft;
  const pairs = classes[state.pairs]!;
  return { ...state, other, names, decoder, isSoft, decoded, pairs, ranges: shortest(state.ranges, classes) };
}

/** Equal for states that agree on the class that every step leads to. */
function signature(state: State, list: readonly [number, number][], classes: readonly number[]): string {
  const other = classes[state.other]!;
  let text = `${other} ${classes[state.decoded]} ${classes[state.pairs]}`;
  for (const [name, target] of list) if (classes[target] !== other) text += ` ${name}>${classes[target]}`;
  for (const { from, targets } of shortest(state.ranges, classes)) text += ` ${from}:${targets.join()}`;
  return text;
}

function shortest(ranges: readonly Range[], classes: readonly number[]): Range[] {
  const result: Range[] = [];
  for (const { from, targets } of ranges) {
    const short = shortestPeriod(targets.map((target) => classes[target]!));
    const before = result.at(-1);
    if (!before || !continues(before, from, short)) result.push({ from, targets: short });
  }
  return result.length === 1 && result[0]!.targets.every((target) => target === 0) ? [] : result;
}

function shortestPeriod(targets: number[]): number[] {
  for (let period = 1; period < targets.length; period++) {
    if (targets.length % period === 0 && targets.every((target, index) => target === targets[index % period])) {
      return targets.slice(0, period);
    }
  }
  return targets;
}

const continues = (before: Range, from: number, targets: readonly number[]) =>
  before.targets.length === targets.length &&
  targets.every((target, index) => target === before.targets[(from - before.from + index) % targets.length]);

/** After minimization, whatever is not dead selects something or leads to it. What a text spells is not below it. */
const leadsOn = ({ other, names, ranges }: State) =>
  other !== 0 || names.size > 0 || ranges.some(({ targets }) => targets.some((target) => target !== 0));
