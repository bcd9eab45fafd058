// The positions of the subset construction: the places before segments of selectors, and the ends behind the last ones.
// What looks at the same as an earlier rule, and finds no more than that, is no position that counts (acting.ts).

import { finding, type LeavesNothing } from "./acting.ts";
import type { Segment } from "./jsonpath/ast.ts";
import type { RuleQuery } from "./subset.ts";

/** The place before a segment, and the positions behind it. */
export interface Place {
  segment: Segment;
  /** Of the names among its selectors. */
  names: Set<number>;
  next: readonly number[];
}

/** The end of a selector: the rule, and whether it is about the name, or what stands for one. */
export type End = Omit<RuleQuery, "query" | "into" | "pairs">;

export type Position = Place | End;

export const isEnd = (position: Position): position is End => "rule" in position;

export const placeOf = (segment: Segment, next: readonly number[]): Place => ({ segment, names: new Set(), next });

/** What a segment selects, wherever it stands in its expression. */
export const keyOf = ({ selectors, ...segment }: Segment): string =>
  JSON.stringify({ ...segment, selectors: selectors.map(({ at: _, ...selector }) => selector) });

/** Segments without names, one behind the other, and the rules behind the last. */
interface Way {
  readonly key: string;
  readonly ends: readonly End[];
}

export class Ways {
  readonly #positions: readonly Position[];
  readonly #leavesNothing: LeavesNothing;
  readonly #ways = new Map<number, { way: Way | undefined }>();

  /** `positions` may grow; what is there stays. */
  constructor(positions: readonly Position[], leavesNothing: LeavesNothing) {
    this.#positions = positions;
    this.#leavesNothing = leavesNothing;
  }

  /** Of rules that detect in one value, or its name, those that are left something to find; who looks into names looks into all. */
  ends(looking: readonly End[]): End[] {
    return finding(
      looking,
      (first, later) =>
        first.byName === later.byName && (first.names || !later.names) && this.#leavesNothing(first.rule, later.rule),
    );
  }

  /** The places but for those from which the same way leads to rules that find nothing beside the others, each once. */
  finding(places: readonly number[]): number[] {
    const all = [...new Set(places)];
    const ways = new Map<string, End[]>();
    for (const place of all) {
      const way = this.#from(place);
      if (way) ways.set(way.key, [...(ways.get(way.key) ?? []), ...way.ends]);
    }
    const found = new Map([...ways].map(([key, ends]) => [key, this.ends(ends)]));
    return all.filter((place) => {
      const way = this.#from(place);
      return way === undefined || way.ends.some((end) => found.get(way.key)!.includes(end));
    });
  }

  /** The way from a place, if it is one. */
  #from(place: number): Way | undefined {
    const known = this.#ways.get(place);
    if (known) return known.way;
    const way = this.#wayOf(this.#positions[place] as Place);
    this.#ways.set(place, { way });
    return way;
  }

  #wayOf({ segment, next }: Place): Way | undefined {
    if (segment.selectors.some(({ kind }) => kind === "name")) return undefined;
    const behind = next.map((position) => this.#positions[position]!);
    const ends = behind.filter(isEnd);
    if (ends.length === behind.length) return { key: keyOf(segment), ends };
    const way = next.length === 1 ? this.#from(next[0]!) : undefined;
    return way && { key: `${keyOf(segment)} ${way.key}`, ends: way.ends };
  }
}
