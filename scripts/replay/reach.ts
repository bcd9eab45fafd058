// Whether queries that came to a node could still select something below it: where one can, `unmatched` looks further.

import { jsonpath } from "json-p3";

/** `segment` segments of a query are behind, the rest lies ahead. */
export interface Place {
  readonly query: jsonpath.JSONPathQuery;
  readonly segment: number;
}

/** How far each query has come on the way to a node, to know whether it could still select something below. */
export class Reach {
  private readonly queries: readonly jsonpath.JSONPathQuery[];

  constructor(queries: readonly jsonpath.JSONPathQuery[]) {
    // A segment whose selectors can never hold (an empty slice) keeps the whole query from selecting anything.
    this.queries = queries.filter((query) => query.segments.every((segment) => segment.selectors.some(canHold)));
  }

  start(): Place[] {
    return this.queries.map((query) => ({ query, segment: 0 }));
  }

  step(places: readonly Place[], key: string | number): Place[] {
    const next: Place[] = [];
    for (const { query, segment } of places) {
      const ahead = query.segments[segment];
      if (ahead === undefined) continue;
      if (isDescendant(ahead)) next.push({ query, segment });
      if (ahead.selectors.some((selector) => holds(selector, key))) next.push({ query, segment: segment + 1 });
    }
    return next.filter(
      (place, at) => next.findIndex((other) => other.query === place.query && other.segment === place.segment) === at,
    );
  }

  isLive(places: readonly Place[]): boolean {
    return places.some(({ query, segment }) => segment < query.segments.length);
  }
}

const { selectors } = jsonpath;
type Selector = jsonpath.JSONPathSelector;

const isDescendant = (segment: jsonpath.JSONPathSegment): boolean => segment.toString().startsWith("..");

function canHold(selector: Selector): boolean {
  if (!(selector instanceof selectors.SliceSelector)) return true;
  const { start = 0, stop = Number.POSITIVE_INFINITY, step = 1 } = selector;
  return step > 0 && start < stop;
}

function holds(selector: Selector, key: string | number): boolean {
  if (selector instanceof selectors.NameSelector) return selector.name === key;
  if (selector instanceof selectors.IndexSelector) return selector.index === key;
  if (selector instanceof selectors.WildcardSelector) return true;
  if (selector instanceof selectors.SliceSelector) {
    const { start = 0, stop = Number.POSITIVE_INFINITY, step = 1 } = selector;
    return typeof key === "number" && canHold(selector) && key >= start && key < stop && (key - start) % step === 0;
  }
  throw new Error(`the selector ${selector} cannot be followed`);
}
