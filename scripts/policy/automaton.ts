// The selector automaton: one deterministic machine over the steps of a path, for all JSON rules of both directions.
// Invariants: state 0 is dead (no rule, not live, leads to itself); `rule` is the first rule that selects the node and
// does not detect;
// names that no state tells apart are one class; `names` lists only classes that lead elsewhere than `other`; ranges ascend from 0, and none means that every element
// leads to state 0. The interpreter here is the meaning of the machine, for tests and for lint.

import { Endings } from "./endings.ts";
import type { Decoder } from "./jsonpath/ast.ts";

export interface Range {
  /** The first element of the range; it ends where the next one starts. */
  from: number;
  /** Element i leads to targets[(i - from) % targets.length]. */
  targets: number[];
}

export interface State {
  rule: number | undefined;
  /** The first rule that selects the member's name (json-key). */
  nameRule: number | undefined;
  /** Rules that detect in the value before `rule` decides, and in the name before `nameRule` does. */
  detects: readonly number[];
  nameDetects: readonly number[];
  /** A rule can select something below. */
  live: boolean;
  /** By the class of the name. */
  names: Map<number, number>;
  other: number;
  ranges: Range[];
  /** How a text here is decoded, and the state of what it spells. */
  decoder: Decoder | undefined;
  /** Only a text that begins so is. */
  isSoft: boolean;
  decoded: number;
  /** The state in which names that stand in values are looked up, 0 where no rule is by name. */
  pairs: number;
  /** Behind the key of an entry of a protobuf map, where it is none of the field. */
  held: Held | undefined;
}

/** What an entry holds: a message in this state, or a text into which this group of queries of protobuf leads. */
export type Held = { readonly message: number } | { readonly text: number };

export interface Automaton {
  states: State[];
  /** Names that a state lists, by their class: a preset has thousands of names and a few dozen classes. */
  classes: Map<string, number>;
  /** The root state of each group that was built together. */
  roots: number[];
}

/** Too big for the binary policy, or for a sensible filter. */
export class AutomatonLimit extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The state after a member name or an element index. */
export function step({ classes }: Automaton, state: State, key: string | number): number {
  // No class is negative.
  if (typeof key === "string") return state.names.get(classOf(classes, key) ?? -1) ?? state.other;
  const range = state.ranges.findLast(({ from }) => from <= key);
  return range ? range.targets[(key - range.from) % range.targets.length]! : 0;
}

const endingsIn = new WeakMap<ReadonlyMap<string, number>, Endings>();

/** The class of a name; of one that no state lists that of its longest ending. */
function classOf(classes: ReadonlyMap<string, number>, name: string): number | undefined {
  const known = classes.get(name);
  if (known !== undefined) return known;
  const endings = endingsIn.get(classes) ?? new Endings(classes.keys());
  endingsIn.set(classes, endings);
  const [longest] = endings.of(name);
  return longest === undefined ? undefined : classes.get(longest);
}

export interface Match {
  path: (string | number)[];
  value: unknown;
  rule: number;
}

/** Every node of the document that has an own rule, in document order. */
export function* matches(automaton: Automaton, root: number, document: unknown): Generator<Match> {
  yield* visit(automaton, automaton.roots[root]!, [], document);
}

function* visit(automaton: Automaton, at: number, path: (string | number)[], value: unknown): Generator<Match> {
  const state = automaton.states[at]!;
  if (state.rule !== undefined) yield { path, value, rule: state.rule };
  if (typeof value !== "object" || value === null || !state.live) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, child] of entries) yield* visit(automaton, step(automaton, state, key), [...path, key], child);
}
