// Subset construction: the selectors of all rules -> one deterministic automaton (minimized in minimize.ts).
// A position is a place before one segment of a selector; a set of positions is a state. Positions at the end of
// their selector count only as one number, the first rule, which is all that can be told apart later. Positions before
// a descendant segment (`..`) loop: once reached they stay in every set below, so that a state refers to its loops as
// a whole, and the work for them is done once, not once a state.
// Selectors that begin alike, or end alike, share the positions of what is alike: a rule with a thousand names has one.
// Names that the same positions list are one class.
// Invariant: equal sets are one state; state 0 is the empty set.

import { Acting, type LeavesNothing } from "./acting.ts";
import { type Automaton, AutomatonLimit, type Held, type State } from "./automaton.ts";
import { MAX } from "./constants.ts";
import { pieces, type Stride, strideOf } from "./elements.ts";
import { addEndings } from "./endings.ts";
import type { Decoder, Query, Segment } from "./jsonpath/ast.ts";
import { minimize } from "./minimize.ts";
import { pairKind, pairNames } from "./pairs.ts";
import { type End, isEnd, keyOf, type Place, type Position, placeOf, Ways } from "./positions.ts";

export interface RuleQuery {
  query: Query;
  /** Lower decides over higher. */
  rule: number;
  /** It selects the names of the members, not what they hold. */
  byName?: boolean;
  /** It acts on what it detects: where that is nothing, the next rule decides. */
  detects?: boolean;
  /** It detects in names too, wherever it looks. */
  names?: boolean;
  /** What it selects is the beginning of these, and no rule acts on it. */
  into?: readonly RuleQuery[];
  /** It selects by names, which are looked up in these where they stand in values. */
  pairs?: readonly RuleQuery[];
  /** What it selects is in this state, and no rule acts on it: behind keys of a protobuf map. */
  held?: Held;
}

/** One automaton with a root for each group of queries (a group is a direction). */
export function buildAutomaton(
  groups: readonly (readonly RuleQuery[])[],
  leavesNothing: LeavesNothing = () => false,
): Automaton {
  const { states, classes, roots } = new Construction(groups, leavesNothing);
  return minimize({ states, classes, roots });
}

/** Where one step leads from some positions: by any name, by a class of names, by an element. */
interface Steps {
  always: number[];
  named: Map<number, number[]>;
  strides: Stride[];
  decoded: Map<Decoder, number[]>;
  soft: Map<Decoder, number[]>;
}

/** Positions that stay, and the steps out of them. */
interface Loops {
  id: number;
  positions: Set<number>;
  steps: Steps;
  /** Where names that stand in values are looked up, if one of them selects by name. */
  pairs: readonly RuleQuery[] | undefined;
  /** Where lists of positions lead from them alone: from most states, whose further positions know few names. */
  targets: Map<readonly number[], number>;
}

/** So many rules that look below names of their own are most of the states, whatever else there is. */
const MANY_DETECTING = 8;

const below: Segment = { descendant: true, selectors: [{ kind: "wildcard", at: 0 }] };

class Construction {
  readonly states: State[] = [];
  readonly roots: number[];
  readonly classes: Map<string, number>;
  readonly #positions: Position[] = [];
  /** Positions by what they and all behind them are. */
  readonly #shared = new Map<string, number>();
  readonly #sets: { loops: Loops; rest: number[]; detecting: End[] }[] = [];
  /** Where a rule that detects begins in what a text spells. */
  readonly #inside = new Map<number, number[]>();
  /** Where groups begin that several lead to. */
  readonly #begun = new Map<readonly RuleQuery[], number[]>();
  /** Positions at which selectors by name begin. */
  readonly #pairs = new Map<number, readonly RuleQuery[]>();
  readonly #known = new Map<string, number>();
  readonly #loops = new Map<string, Loops>();
  readonly #ways: Ways;
  #transitions = 0;

  constructor(groups: readonly (readonly RuleQuery[])[], leavesNothing: LeavesNothing) {
    this.#ways = new Ways(this.#positions, leavesNothing);
    const starts = groups.map((group) => this.#begin(group));
    this.classes = this.#classify();
    const nothing = this.#loopsOf([]);
    this.#state(nothing, []);
    this.roots = starts.map((positions) => this.#state(nothing, positions));
    for (let at = 0; at < this.states.length; at++) this.#expand(at);
  }

  /**
   * The positions at which the selectors of a group begin, all of them at once. So selectors that differ in the names of
   * their first segment alone are one, and those that have a first segment without names in common part behind it.
   */
  #begin(group: readonly RuleQuery[]): number[] {
    const starts = new Set<number>();
    const named = new Map<string, Place>();
    const open = new Map<string, { segment: Segment; rest: RuleQuery[]; pairs?: readonly RuleQuery[] }>();
    for (const { query, into, pairs, ...end } of group) {
      const [segment, ...others] = query.segments;
      if (into !== undefined && segment !== undefined && others.length === 0) {
        starts.add(this.#positions.push(placeOf(segment, this.#ends(end, into))) - 1);
      } else if (segment === undefined) {
        for (const position of this.#ends(end, into)) starts.add(position);
      } else if (segment.selectors.some(({ kind }) => kind === "name")) {
        const next = this.#before(others, this.#ends(end, into));
        const key = `${segment.descendant} ${segment.xml} ${next} ${pairs !== undefined}`;
        const place = named.get(key);
        if (place) place.segment.selectors.push(...segment.selectors);
        else {
          const begun = placeOf({ ...segment, selectors: [...segment.selectors] }, next);
          named.set(key, begun);
          starts.add(this.#beginAt(begun, pairs));
        }
      } else {
        const key = keyOf(segment);
        const entry = open.get(key) ?? { segment, rest: [] };
        if (pairs) entry.pairs = pairs;
        entry.rest.push({ ...end, ...(into && { into }), query: { segments: others } });
        open.set(key, entry);
      }
    }
    for (const { segment, rest, pairs } of open.values()) {
      starts.add(this.#beginAt(placeOf(segment, this.#begin(rest)), pairs));
    }
    return [...starts];
  }

  #beginAt(place: Place, pairs: readonly RuleQuery[] | undefined): number {
    const position = this.#positions.push(place) - 1;
    if (pairs === undefined) return position;
    this.#pairs.set(position, pairs);
    this.#begunOf(pairs);
    return position;
  }

  #end({ rule, byName = false, detects = false, names = false, held }: End): number {
    const end = { rule, byName, detects, names, ...(held && { held }) };
    return this.#share(JSON.stringify(end), end);
  }

  /** What is behind the last segment: the end of the selector, or where the others begin. */
  #ends(end: End, into: readonly RuleQuery[] | undefined): readonly number[] {
    return into === undefined ? [this.#end(end)] : this.#begunOf(into);
  }

  /** The positions at which a group begins to which others lead. */
  #begunOf(group: readonly RuleQuery[]): readonly number[] {
    const known = this.#begun.get(group);
    if (known) return known;
    // A group may lead to itself, from texts in what its texts spell: it is the same positions, known or not.
    const begun: number[] = [];
    this.#begun.set(group, begun);
    begun.push(...this.#begin(group));
    return begun;
  }

  /** The positions before some segments, behind which come `next`. */
  #before(segments: readonly Segment[], next: readonly number[]): readonly number[] {
    return segments.reduceRight<readonly number[]>(
      (behind, segment) => [this.#share(`${keyOf(segment)} ${behind}`, placeOf(segment, behind))],
      next,
    );
  }

  #share(key: string, position: Position): number {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    this.#shared.set(key, this.#positions.length);
    return this.#positions.push(position) - 1;
  }

  /** Numbers names by the positions that list them, and by what they are in a pair, in the order in which they first occur. */
  #classify(): Map<string, number> {
    const listing = new Map<string, Set<Place>>();
    for (const position of this.#positions) {
      if (isEnd(position)) continue;
      for (const selector of position.segment.selectors) {
        if (selector.kind !== "name") continue;
        const places = listing.get(selector.name);
        if (places) places.add(position);
        else listing.set(selector.name, new Set([position]));
      }
    }
    const isPaired = this.#pairs.size > 0;
    if (isPaired) for (const name of pairNames) if (!listing.has(name)) listing.set(name, new Set());
    // A name that is listed is what its endings are, too: it is not looked up by them.
    addEndings(listing);
    const numberOf = new Map(this.#positions.map((position, index) => [position, index]));
    const numbers = new Map<string, number>();
    const classes = new Map<string, number>();
    for (const [name, places] of listing) {
      const key = `${isPaired ? pairKind(name) : 0} ${Array.from(places, (place) => numberOf.get(place)).join()}`;
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      classes.set(name, number);
      for (const place of places) place.names.add(number);
    }
    return classes;
  }

  /** The state of some loops and further positions. */
  #state(loops: Loops, positions: readonly number[]): number {
    const own = new Acting();
    const ofName = new Acting();
    const rest = new Set<number>();
    const fresh: number[] = [];
    const looking = new Set<End>();
    let held: Held | undefined;
    for (const position of positions) {
      const place = this.#positions[position]!;
      if (isEnd(place) && place.held) held = place.held;
      else if (isEnd(place)) {
        if (place.detects) looking.add(place);
        else (place.byName ? ofName : own).add(place);
      } else if (!place.segment.descendant) rest.add(position);
      else if (!loops.positions.has(position)) fresh.push(position);
    }
    const ends = this.#ways.ends([...looking]);
    for (const end of ends) (end.byName ? ofName : own).add(end);
    const detecting = ends.filter(({ byName }) => !byName);
    const all = fresh.length > 0 ? this.#loopsOf([...loops.positions, ...fresh]) : loops;
    const sorted = [...rest].sort((a, b) => a - b);
    const { rule, detects } = own;
    const { rule: nameRule, detects: nameDetects } = ofName;
    const inside = [...new Set(detecting.map((end) => end.rule))].sort((a, b) => a - b);
    const key = `${rule} ${nameRule} ${inside} ${nameDetects} ${JSON.stringify(held)} ${all.id} ${sorted.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= MAX.STATES) this.#tooBig("too-many-states", `${MAX.STATES} states`);
    this.#known.set(key, this.states.length);
    this.#sets.push({ loops: all, rest: sorted, detecting });
    const acting = { rule, nameRule, detects, nameDetects, held };
    const nowhere = {
      names: new Map<number, number>(),
      other: 0,
      ranges: [],
      decoder: undefined,
      isSoft: false,
      decoded: 0,
      pairs: 0,
    };
    return this.states.push({ ...acting, live: false, ...nowhere }) - 1;
  }

  #loopsOf(positions: readonly number[]): Loops {
    const set = new Set(this.#ways.finding(positions).sort((a, b) => a - b));
    const key = [...set].join();
    const known = this.#loops.get(key);
    if (known) return known;
    const steps: Steps = { always: [], named: new Map(), strides: [], decoded: new Map(), soft: new Map() };
    for (const position of set) this.#addSteps(steps, position);
    const pairs = [...set].map((position) => this.#pairs.get(position)).find((group) => group !== undefined);
    const targets = new Map<readonly number[], number>();
    const loops = { id: this.#loops.size, positions: set, steps, pairs, targets };
    this.#loops.set(key, loops);
    return loops;
  }

  #addSteps({ always, named, strides, decoded, soft }: Steps, position: number): void {
    const { segment, names, next } = this.#positions[position] as Place;
    // Of thousands of names most lead alike: they share one list, and below one look for its state.
    const longer = new Map<readonly number[] | undefined, number[]>();
    for (const name of names) {
      const before = named.get(name);
      const after = longer.get(before) ?? [...(before ?? []), ...next];
      longer.set(before, after);
      named.set(name, after);
    }
    for (const selector of segment.selectors) {
      if (selector.kind === "decoded") {
        const steps = selector.soft ? soft : decoded;
        steps.set(selector.decoder, [...(steps.get(selector.decoder) ?? []), ...next]);
      } else if (selector.kind !== "name") {
        if (selector.kind === "wildcard" || selector.kind === "element") always.push(...next);
        strides.push(...next.flatMap((target) => strideOf(selector, target) ?? []));
      }
    }
  }

  #expand(at: number): void {
    const { loops, rest, detecting } = this.#sets[at]!;
    const { always, named, strides } = loops.steps;
    const steps: Steps = {
      always: [...always],
      named: new Map(named),
      strides: [...strides],
      decoded: new Map(),
      soft: new Map(),
    };
    for (const position of rest) this.#addSteps(steps, position);
    this.#transitions += steps.named.size;
    if (this.#transitions > MAX.TRANSITIONS) {
      this.#tooBig("too-many-transitions", `${MAX.TRANSITIONS} transitions`);
    }
    const state = this.states[at]!;
    state.other = this.#state(loops, steps.always);
    const isOfLoops = steps.always.length === always.length;
    const own = new Map<readonly number[], number>();
    for (const [name, positions] of steps.named) {
      const targets = isOfLoops && positions === named.get(name) ? loops.targets : own;
      const target = targets.get(positions) ?? this.#state(loops, steps.always.concat(positions));
      targets.set(positions, target);
      state.names.set(name, target);
    }
    const within = this.#isXml(loops) ? this.#loopsOf([]) : loops;
    state.ranges = pieces(steps.strides).map(({ from, targets }) => ({
      from,
      targets: targets.map((positions) => this.#state(within, positions)),
    }));
    if (loops.pairs) state.pairs = this.#state(this.#loopsOf([]), this.#begunOf(loops.pairs));
    this.#decode(state, steps, detecting);
  }

  /**
   * What a text spells is not below it: selectors begin anew there, and rules that detect in the text look into all of it.
   * A text that may be a query is GraphQL or a text, since JSON is soft everywhere.
   * A decoder that is told comes before a soft one, whose selectors have what looks everywhere among them.
   */
  #decode(state: State, { decoded, soft }: Steps, detecting: readonly End[]): void {
    const [told, other] = decoded;
    if (told !== undefined && other !== undefined) twoReadings(told[0], other[0]);
    const [decoder] = told ?? (soft.has("graphql") ? ["graphql" as const] : ([...soft][0] ?? []));
    if (decoder === undefined) return;
    const looking = told ? detecting : detecting.filter(({ names }) => !names);
    const inside = looking.flatMap((end) => this.#insideOf(end));
    state.decoder = decoder;
    state.isSoft = told === undefined;
    state.decoded = this.#state(this.#loopsOf([]), [...(told?.[1] ?? []), ...(soft.get(decoder) ?? []), ...inside]);
  }

  #insideOf(end: End): number[] {
    const known = this.#inside.get(end.rule);
    if (known) return known;
    const value = this.#end({ ...end, byName: false });
    const starts = [value, ...this.#before([below], [value])];
    if (end.names) starts.push(...this.#before([below], [this.#end({ ...end, byName: true })]));
    this.#inside.set(end.rule, starts);
    return starts;
  }

  #tooBig(code: string, limit: string): never {
    const detecting = this.#positions.flatMap((one) => (isEnd(one) && one.detects ? [one.rule] : []));
    const remedy =
      new Set(detecting).size >= MANY_DETECTING
        ? "let fewer rules detect below names of their own, since each more doubles the states: list the names in one rule, or select any:"
        : "use fewer wildcards after a descendant segment (..), and fewer full paths beside descendant ones";
    throw new AutomatonLimit(code, `the selectors together need more than ${limit}`, remedy);
  }

  /** Groups do not mix, so that one position tells for all. */
  #isXml({ positions }: Loops): boolean {
    const [first] = positions;
    return first !== undefined && (this.#positions[first] as Place).segment.xml === true;
  }
}

function twoReadings(one: Decoder, other: Decoder): never {
  throw new AutomatonLimit(
    "overlapping-decoders",
    `two selectors read the same value in two ways, as ${one} and as ${other}`,
    "read a value in one way only",
  );
}
