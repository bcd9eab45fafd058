/**
 * JSONPath queries of json-p3, asked about a document with the names that it has.
 *
 * Presets select tens of thousands of names in every text that is decoded, and json-p3 tries each name at each node. One that
 * no member has selects nothing (RFC 9535, 2.3.1.2), so it is left out before. An ending selects the names of the document that
 * end so.
 * Invariant: the nodes selected are those that json-p3 selects by the query in full.
 */
import { jsonpath } from "json-p3";
import { Endings } from "../policy/endings.ts";

// The recursion limit of json-p3 is far below limits.depth; what is walked here was parsed before, so it is finite.
const environment = new jsonpath.JSONPathEnvironment({ maxRecursionDepth: 1_000_000 });

type Segment = jsonpath.JSONPathSegment;
type Selector = jsonpath.JSONPathSelector;
const { NameSelector } = jsonpath.selectors;

/** The selectors of a segment: those by name, by these, which of them are endings, and the others. */
interface Parts {
  readonly names: ReadonlyMap<string, Selector>;
  readonly endings: Endings;
  readonly others: readonly Selector[];
}

/** Each text that is decoded has an oracle of its own, of the same rules. */
const known = new Map<string, DocumentQuery>();

export class DocumentQuery {
  readonly segments: readonly Segment[];
  private readonly parts: readonly Parts[];

  /** Throws what json-p3 throws when the expression is none of RFC 9535. */
  static of(expression: string): DocumentQuery {
    let query = known.get(expression);
    if (query === undefined) {
      query = new DocumentQuery(environment.compile(expression).segments);
      known.set(expression, query);
    }
    return query;
  }

  private constructor(segments: readonly Segment[]) {
    this.segments = segments;
    this.parts = segments.map(({ selectors }) => {
      const names = new Map<string, Selector>();
      const others: Selector[] = [];
      for (const selector of selectors) {
        if (selector instanceof NameSelector) names.set(selector.name, selector);
        else others.push(selector);
      }
      return { names, endings: new Endings(names.keys()), others };
    });
  }

  /** The locations of the nodes of `value` that the query selects, as a set; `names` are those of all members in it. */
  locations(value: unknown, names: ReadonlySet<string>): (string | number)[][] {
    const segments: Segment[] = [];
    for (const [at, segment] of this.segments.entries()) {
      const selectors = selectorsIn(this.parts[at]!, names);
      if (selectors.length === 0) return [];
      segments.push(withSelectors(segment, selectors));
    }
    const { nodes } = new jsonpath.JSONPathQuery(environment, segments).query(value as never);
    return nodes.map(({ location }) => location);
  }
}

/** Those by names that stand in the document, and all that are by none. */
function selectorsIn(parts: Parts, names: ReadonlySet<string>): Selector[] {
  const byName = [...names].flatMap((name) => {
    const selector = parts.names.get(name);
    if (selector !== undefined) return [selector];
    const [ending] = parts.endings.of(name);
    return ending === undefined ? [] : [withName(parts.names.get(ending)!, name)];
  });
  return [...parts.others, ...byName];
}

function withName(selector: Selector, name: string): Selector {
  const Kind = selector.constructor as new (environment: unknown, token: unknown, name: string) => Selector;
  return new Kind(selector.environment, selector.token, name);
}

function withSelectors(segment: Segment, selectors: Selector[]): Segment {
  const Kind = segment.constructor as new (environment: unknown, token: unknown, selectors: Selector[]) => Segment;
  return new Kind(segment.environment, segment.token, selectors);
}
