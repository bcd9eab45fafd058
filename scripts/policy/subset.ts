// Subset construction: the selectors of all rules -> one deterministic automaton (minimized in minimize.ts).
// A position is a place before one segment of one selector; a set of positions is a state. Positions at the end of
// their selector count only as one number, the first rule, which is all that can be told apart later. Positions before
// a descendant segment (`..`) loop: once reached they stay in every set below, so that a state refers to its loops as
// a whole, and the work for them is done once, not once a state.
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
  /** It selects the names of the members, not what they hold. */
  byName?: boolean;
  /** It acts on what it detects: where that is nothing, the next rule decides. */
  detects?: boolean;
}

/** One automaton with a root for each group of queries (a group is a direction). */
export function buildAutomaton(groups: readonly (readonly RuleQuery[])[]): Automaton {
  const machine = new Construction();
  const roots = groups.map((group) => machine.root(group));
  machine.run();
  return minimize({ states: machine.states, roots });
}

/** Where one step leads from some positions: by any name, by a listed name, by an element. */
interface Steps {
  always: number[];
  named: Map<string, number[]>;
  strides: Stride[];
}

/** Positions that stay, and the steps out of them. */
interface Loops {
  id: number;
  positions: Set<number>;
  steps: Steps;
}

/** The end of a selector: the rule, and whether it is about the name. */
type End = Omit<RuleQuery, "query">;

const isEnd = (position: Segment | End): position is End => "rule" in position;

/** Which rules act on a value or a name: those that detect, up to the first that does not. */
class Acting {
  rule: number | undefined;
  readonly #detects = new Set<number>();

  add({ rule, detects }: End): void {
    if (detects) this.#detects.add(rule);
    else this.rule = Math.min(this.rule ?? rule, rule);
  }

  get detects(): number[] {
    const { rule } = this;
    return [...this.#detects].filter((number) => rule === undefined || number < rule).sort((a, b) => a - b);
  }
}

class Construction {
  readonly states: State[] = [];
  /** Position -> its segment, or what stands where a selector ends. */
  readonly #positions: (Segment | End)[] = [];
  readonly #sets: { loops: Loops; rest: number[] }[] = [];
  readonly #known = new Map<string, number>();
  readonly #loops = new Map<string, Loops>();
  #transitions = 0;

  constructor() {
    this.#state(this.#loopsOf([]), []);
  }

  root(group: readonly RuleQuery[]): number {
    const starts = group.map(({ query, ...end }) => {
      const start = this.#positions.length;
      for (const segment of query.segments) this.#positions.push(segment);
      this.#positions.push(end);
      return start;
    });
    return this.#state(this.#loopsOf([]), starts);
  }

  run(): void {
    for (let at = 0; at < this.states.length; at++) this.#expand(at);
  }

  /** The state of some loops and further positions. */
  #state(loops: Loops, positions: readonly number[]): number {
    const own = new Acting();
    const ofName = new Acting();
    const rest = new Set<number>();
    const fresh: number[] = [];
    for (const position of positions) {
      const segment = this.#positions[position]!;
      if (isEnd(segment)) (segment.byName ? ofName : own).add(segment);
      else if (!segment.descendant) rest.add(position);
      else if (!loops.positions.has(position)) fresh.push(position);
    }
    const all = fresh.length > 0 ? this.#loopsOf([...loops.positions, ...fresh]) : loops;
    const sorted = [...rest].sort((a, b) => a - b);
    const { rule, detects } = own;
    const { rule: nameRule, detects: nameDetects } = ofName;
    const key = `${rule} ${nameRule} ${detects} ${nameDetects} ${all.id} ${sorted.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= MAX.STATES) tooBig("too-many-states", `${MAX.STATES} states`);
    this.#known.set(key, this.states.length);
    this.#sets.push({ loops: all, rest: sorted });
    const acting = { rule, nameRule, detects, nameDetects };
    return this.states.push({ ...acting, live: false, names: new Map(), other: 0, ranges: [] }) - 1;
  }

  #loopsOf(positions: readonly number[]): Loops {
    const set = new Set([...positions].sort((a, b) => a - b));
    const key = [...set].join();
    const known = this.#loops.get(key);
    if (known) return known;
    const steps: Steps = { always: [], named: new Map(), strides: [] };
    for (const position of set) this.#addSteps(steps, position);
    const loops = { id: this.#loops.size, positions: set, steps };
    this.#loops.set(key, loops);
    return loops;
  }

  #addSteps({ always, named, strides }: Steps, position: number): void {
    const next = position + 1;
    for (const selector of (this.#positions[position] as Segment).selectors) {
      if (selector.kind === "name") {
        named.set(selector.name, [...(named.get(selector.name) ?? []), next]);
      } else {
        if (selector.kind === "wildcard" || selector.kind === "element") always.push(next);
        const stride = strideOf(selector, next);
        if (stride) strides.push(stride);
      }
    }
  }

  #expand(at: number): void {
    const { loops, rest } = this.#sets[at]!;
    const { always, named, strides } = loops.steps;
    const steps: Steps = { always: [...always], named: new Map(named), strides: [...strides] };
    for (const position of rest) this.#addSteps(steps, position);
    this.#transitions += steps.named.size;
    if (this.#transitions > MAX.TRANSITIONS) tooBig("too-many-transitions", `${MAX.TRANSITIONS} transitions`);
    const state = this.states[at]!;
    state.other = this.#state(loops, steps.always);
    for (const [name, positions] of steps.named) {
      state.names.set(name, this.#state(loops, steps.always.concat(positions)));
    }
    const below = this.#isXml(loops) ? this.#loopsOf([]) : loops;
    state.ranges = pieces(steps.strides).map(({ from, targets }) => ({
      from,
      targets: targets.map((positions) => this.#state(below, positions)),
    }));
  }

  /** Groups do not mix, so that one position tells for all. */
  #isXml({ positions }: Loops): boolean {
    const [first] = positions;
    return first !== undefined && (this.#positions[first] as Segment).xml === true;
  }
}

function tooBig(code: string, limit: string): never {
  throw new AutomatonLimit(
    code,
    `the selectors together need more than ${limit}`,
    "use fewer wildcards after a descendant segment (..), and fewer full paths beside descendant ones",
  );
}
