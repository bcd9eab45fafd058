// Whether queries that came to a node could still select something below it: where one can, `unmatched` looks further.

import { jsonpath } from "json-p3";
import { takesName } from "../policy/endings.ts";
import type { DocumentQuery } from "./queries.ts";

/** A query that came to a node with some of its segments; `at` is the next one. */
export interface Place {
  readonly query: readonly Segment[];
  readonly at: number;
}

interface Segment {
  readonly selectors: readonly Selector[];
  readonly isDescendant: boolean;
}

/** How far each query has come on the way to a node, to know whether it could still select something below. */
export class Reach {
  private readonly queries: readonly (readonly Segment[])[];

  constructor(queries: readonly DocumentQuery[]) {
    // A segment whose selectors can never hold (an empty slice) keeps the whole query from selecting anything.
    this.queries = queries
      .filter((query) => query.segments.every((segment) => segment.selectors.some(canHold)))
      .map(({ segments }) => segments.map(segmentOf));
  }

  start(): Place[] {
    return this.queries.map((query) => ({ query, at: 0 }));
  }

  /** The places below the member or item `key`; those of one query stand together. */
  step(places: readonly Place[], key: string | number): Place[] {
    const next: Place[] = [];
    const add = (query: readonly Segment[], at: number): void => {
      for (let last = next.length - 1; next[last]?.query === query; last--) if (next[last]!.at === at) return;
      next.push({ query, at });
    };
    for (const { query, at } of places) {
      const ahead = query[at];
      if (ahead === undefined) continue;
      if (ahead.isDescendant) add(query, at);
      if (ahead.selectors.some((selector) => holds(selector, key))) add(query, at + 1);
    }
    return next;
  }

  isLive(places: readonly Place[]): boolean {
    return places.some(({ query, at }) => at < query.length);
  }
}

const { selectors } = jsonpath;
type Selector = jsonpath.JSONPathSelector;

// Presets have thousands of segments, each asked at every node: their spelling is written once.
const known = new WeakMap<jsonpath.JSONPathSegment, Segment>();

function segmentOf(segment: jsonpath.JSONPathSegment): Segment {
  let read = known.get(segment);
  if (read === undefined) {
    read = { selectors: segment.selectors, isDescendant: segment.toString().startsWith("..") };
    known.set(segment, read);
  }
  return read;
}

function canHold(selector: Selector): boolean {
  if (!(selector instanceof selectors.SliceSelector)) return true;
  const { start = 0, stop = Number.POSITIVE_INFINITY, step = 1 } = selector;
  return step > 0 && start < stop;
}

function holds(selector: Selector, key: string | number): boolean {
  if (selector instanceof selectors.NameSelector) return typeof key === "string" && takesName(selector.name, key);
  if (selector instanceof selectors.IndexSelector) return selector.index === key;
  if (selector instanceof selectors.WildcardSelector) return true;
  if (selector instanceof selectors.SliceSelector) {
    const { start = 0, stop = Number.POSITIVE_INFINITY, step = 1 } = selector;
    return typeof key === "number" && canHold(selector) && key >= start && key < stop && (key - start) % step === 0;
  }
  throw new Error(`the selector ${selector} cannot be followed`);
}
