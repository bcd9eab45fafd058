// Subset construction: the selectors of all rules -> one deterministic automaton (minimized in minimize.ts).
// A position is a place between two segments of one selector. A set of positions is a state; positions at the end of
// their selector are kept as one number, the first rule, which is all that can be told apart later.
// Invariant: equal sets are one state; state 0 is the empty set.

import { type Automaton, AutomatonLimit, type State } from "./automaton.ts";
import { MAX } from "./constants.ts";
import { pieces, type Stride, strideOf } from "./elements.ts";
import type { Query, Segment } from "./jsonpath/ast.ts";
import { minimize } from "./minimize.ts";

export interface RuleQuery {
  query: Query;
  /** Lower decides over higher. */
  rule: number;
}

/** One automaton with a root for each group of queries (a group is a direction). */
export function buildAutomaton(groups: readonly (readonly RuleQuery[])[]): Automaton {
  const machine = new Construction();
  const roots = groups.map((group) => machine.root(group));
  machine.run();
  return minimize({ states: machine.states, roots });
}

const NONE = -1;

class Construction {
  readonly states: State[] = [];
  /** Position -> its segment, or the rule where a selector ends. */
  readonly #positions: (Segment | number)[] = [];
  readonly #sets: number[][] = [];
  readonly #known = new Map<string, number>();

  constructor() {
    this.#state([]);
  }

  root(group: readonly RuleQuery[]): number {
    const starts = group.map(({ query, rule }) => {
      const start = this.#positions.length;
      this.#positions.push(...query.segments, rule);
      return start;
    });
    return this.#state(starts);
  }

  run(): void {
    for (let at = 0; at < this.states.length; at++) this.#expand(at);
  }

  /** The state of a set of positions. */
  #state(positions: readonly number[]): number {
    let rule: number | undefined;
    const open = new Set<number>();
    for (const position of positions) {
      const segment = this.#positions[position]!;
      if (typeof segment !== "number") open.add(position);
      else if (rule === undefined || segment < rule) rule = segment;
    }
    const set = [...open].sort((a, b) => a - b);
    const key = `${rule ?? NONE}:${set.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= MAX.STATES) {
      throw new AutomatonLimit(
        "too-many-states",
        `the JSON selectors together need more than ${MAX.STATES} states`,
        "use fewer wildcards after a descendant segment (..)",
      );
    }
    this.#known.set(key, this.states.length);
    this.#sets.push(set);
    return this.states.push({ rule, live: false, names: new Map(), other: 0, ranges: [] }) - 1;
  }

  #expand(at: number): void {
    /** Positions that any member name reaches, and those that a listed name reaches besides. */
    const always: number[] = [];
    const named = new Map<string, number[]>();
    const strides: Stride[] = [];
    for (const position of this.#sets[at]!) {
      const { descendant, selectors } = this.#positions[position] as Segment;
      const next = position + 1;
      if (descendant) {
        always.push(position);
        strides.push(strideOf({ kind: "wildcard", at: 0 }, position)!);
      }
      for (const selector of selectors) {
        if (selector.kind === "wildcard") always.push(next);
        if (selector.kind === "name") {
          const list = named.get(selector.name);
          if (list) list.push(next);
          else named.set(selector.name, [next]);
        } else {
          const stride = strideOf(selector, next);
          if (stride) strides.push(stride);
        }
      }
    }
    const state = this.states[at]!;
    state.other = this.#state(always);
    const more = this.#shared(always);
    for (const [name, extra] of named) state.names.set(name, more(extra));
    state.ranges = pieces(strides).map(({ from, targets }) => ({
      from,
      targets: targets.map((set) => this.#state(set)),
    }));
  }

  /** The states of `base` plus something. Many names add the same, so that big sets are built once, not once a name. */
  #shared(base: readonly number[]): (extra: readonly number[]) => number {
    const cache = new Map<string, number>();
    return (extra) => {
      const ends = extra.map((position) => this.#positions[position]!);
      const key = extra
        .map((position, index) => (typeof ends[index] === "number" ? `r${ends[index]}` : position))
        .join();
      const known = cache.get(key);
      if (known !== undefined) return known;
      const made = this.#state([...base, ...extra]);
      cache.set(key, made);
      return made;
    };
  }
}
