// The documents that selectors look into: bodies of each direction, documents in named fields (`form:NAME|json:`), and
// texts of named fields that are decoded (`header:NAME|jwt:`). Each is a group of queries with a root of its own in the
// automaton; that of a text is the state of the text, not of what it spells.
// Plain names of fields are groups too, one step deep, so that a name is looked up once, whatever their number; names that
// are paths are looked up in another one, step by step.
// Invariants: the bodies come first (request, response), then the fields, then XML bodies, then the names; of fields of one location and direction the
// first whose pattern matches a name has all queries for it, so narrower patterns stand before wider ones.

import { matchesPattern } from "./fields.ts";
import type { Decoder, Query } from "./jsonpath/ast.ts";
import { type FieldLocation, PATH_LOCATIONS, type ResolvedSelector } from "./location.ts";
import { isSameTemplate, shareSegment } from "./path-template.ts";
import type { Direction, ResolvedRule } from "./resolve.ts";
import { softElements, softFields, softGroup, softMembers } from "./soft.ts";
import type { RuleQuery } from "./subset.ts";
import { parseXPath } from "./xpath.ts";

export interface DocumentField {
  readonly direction: Direction;
  readonly location: FieldLocation;
  readonly pattern: string;
  /** The value is the document; else it is a text that is decoded. */
  readonly isDocument: boolean;
  readonly queries: readonly RuleQuery[];
}

/** Fields that are selected by plain names, without globs; several locations where all their names are the same. */
export interface NamedFields {
  readonly direction: Direction;
  readonly locations: readonly FieldLocation[];
  /** Their names are paths, of which the queries select steps. */
  readonly isPaths: boolean;
  readonly queries: readonly RuleQuery[];
}

export interface Documents {
  readonly bodies: readonly (readonly RuleQuery[])[];
  readonly fields: readonly DocumentField[];
  /** XML bodies of each direction. */
  readonly xml: readonly (readonly RuleQuery[])[];
  readonly names: readonly NamedFields[];
  /** What selects in texts of each direction that are decoded softly; none where no rule is by name. */
  readonly soft: Readonly<Record<Direction, readonly RuleQuery[] | undefined>>;
  /** In what names are looked up that stand in values; none where no rule is by name. */
  readonly pairs: Readonly<Record<Direction, readonly RuleQuery[] | undefined>>;
}

/** The groups in the order of the roots; `others` are those of protobuf (protobuf/index.ts). */
export const groupsOf = (
  { bodies, fields, xml, names }: Documents,
  others: readonly (readonly RuleQuery[])[],
): (readonly RuleQuery[])[] => [
  ...bodies,
  ...fields.map(({ queries }) => queries),
  ...xml,
  ...names.map(({ queries }) => queries),
  ...others,
];

/** Whether the selector names fields of one exact name. */
export const isPlainName = ({ location, expression, nested, query }: ResolvedSelector): boolean =>
  (namedLocations as readonly string[]).includes(location) &&
  nested === undefined &&
  query === undefined &&
  !expression.includes("*");

/** Whether names of members are selected there. A document has none. */
export const isOfNames = (location: ResolvedSelector["location"], { segments }: Query): boolean =>
  location === "json-key" && segments.length > 0;

interface Entry extends RuleQuery {
  readonly selector: ResolvedSelector;
  readonly from: ResolvedRule;
  /** It selects in texts that are decoded softly, too. */
  readonly isShared: boolean;
  /** It is such a text. */
  readonly softly?: Decoder;
}

const namedLocations = ["header", "cookie", "query", "form", "multipart", "multipart-filename"] as const;
const directions: readonly Direction[] = ["request", "response"];

export function documentsOf(rules: readonly ResolvedRule[]): Documents {
  // Names that stand in values are looked up as those of fields are: they may be paths.
  const pairs = directions.map((direction) => pathsIn(rules, direction, "form"));
  const all = directions.map((direction, index) => entriesOf(rules, direction, pairs[index]!));
  const known: NameQueries = new Map();
  const bodies = all.map((entries) =>
    entries
      .filter(({ selector: { location }, query }) => location === "json" || isOfNames(location, query))
      .map((entry) => ({ ...entry, byName: entry.selector.location === "json-key" })),
  );
  const softly = bodies.map((body, index) => softlyIn(body, directions[index]!));
  return {
    bodies: bodies.map((body, index) => [
      ...(softly[index] ? body.filter(({ isShared }) => !isShared) : body),
      ...(softly[index]?.body ?? []),
      ...everywhereIn(
        body,
        body.filter(({ isShared, selector }) => isShared && !selector.isNamed),
      ),
    ]),
    fields: all.flatMap((entries, index) =>
      fieldsOf([...entries, ...(softly[index]?.fields ?? [])], directions[index]!, rules),
    ),
    xml: all.map((entries, index) => {
      const selecting = entries.filter(({ selector }) => selector.location === "xml");
      return selecting.length > 0 ? [...selecting, ...(softly[index]?.elements ?? [])] : [];
    }),
    names: directions.flatMap((direction) => [
      ...namesOf(direction, namedLocations, (location) => namesIn(rules, direction, location, known), false),
      ...namesOf(direction, PATH_LOCATIONS, (location) => pathsIn(rules, direction, location), true),
    ]),
    soft: { request: softly[0]?.group, response: softly[1]?.group },
    pairs: { request: someOf(pairs[0]), response: someOf(pairs[1]) },
  };
}

const someOf = (queries: readonly RuleQuery[] | undefined) => (queries?.length ? queries : undefined);

/** The query of a plain name, one for all places where it stands. */
type NameQueries = Map<string, Query>;

function namesIn(
  rules: readonly ResolvedRule[],
  direction: Direction,
  location: FieldLocation,
  known: NameQueries,
): RuleQuery[] {
  const queryOf = (name: string): Query => {
    const query = known.get(name) ?? { segments: [{ descendant: false, selectors: [{ kind: "name", at: 0, name }] }] };
    known.set(name, query);
    return query;
  };
  return rules.flatMap((from, rule) => {
    if (!from.directions.includes(direction)) return [];
    const names = from.selectors.filter((selector) => selector.location === location && isPlainName(selector));
    return names.map(({ expression }) => ({
      query: queryOf(expression),
      rule,
      detects: from.detect !== undefined,
    }));
  });
}

function pathsIn(rules: readonly ResolvedRule[], direction: Direction, location: FieldLocation): RuleQuery[] {
  return rules.flatMap((from, rule) => {
    if (!from.directions.includes(direction)) return [];
    const paths = from.selectors.filter((selector) => selector.location === `${location}-path`);
    return paths.map(({ query }) => ({ query: query!, rule, detects: from.detect !== undefined }));
  });
}

/** `named:` selects the same names in several locations: one group of queries serves all that are alike. */
function namesOf(
  direction: Direction,
  locations: readonly FieldLocation[],
  queriesIn: (location: FieldLocation) => RuleQuery[],
  isPaths: boolean,
): NamedFields[] {
  const groups: (NamedFields & { locations: FieldLocation[] })[] = [];
  for (const location of locations) {
    const queries = queriesIn(location);
    if (queries.length === 0) continue;
    const same = groups.find((group) => areAlike(group.queries, queries));
    if (same) same.locations.push(location);
    else groups.push({ direction, locations: [location], isPaths, queries });
  }
  return groups;
}

/** What a rule selects in several locations is the same query, not one like it. */
const areAlike = (some: readonly RuleQuery[], others: readonly RuleQuery[]): boolean =>
  some.length === others.length &&
  some.every(({ query, rule }, index) => query === others[index]!.query && rule === others[index]!.rule);

function entriesOf(rules: readonly ResolvedRule[], direction: Direction, pairs: readonly RuleQuery[]): Entry[] {
  return rules.flatMap((from, rule) =>
    from.directions.includes(direction)
      ? from.selectors.flatMap((selector) =>
          (from.detect ? detectingQueries(selector) : queriesOf(selector)).map((entry) => ({
            ...entry,
            rule,
            from,
            detects: from.detect !== undefined,
            names: from.detect !== undefined && from.selectors.some(({ location }) => location === "any"),
            isShared: selector.isNamed === true || selector.location === "any",
            ...((entry.selector.isNamed || entry.selector.isNamedXml) && { pairs }),
          })),
        )
      : [],
  );
}

type Selecting = Pick<Entry, "selector" | "query">;

const queriesOf = (selector: ResolvedSelector): Selecting[] =>
  selector.query ? [{ selector, query: selector.query }] : [];

const below: Query["segments"] = [{ descendant: true, selectors: [{ kind: "wildcard", at: 0 }] }];
const scalars: Query[] = [{ segments: [] }, { segments: below }];

/** A rule that detects looks into every scalar in what it selects, so that nothing has to be remembered on the way down. */
function detectingQueries(selector: ResolvedSelector): Selecting[] {
  const { location, query } = selector;
  const at = (place: "json" | "json-key" | "xml", queries: readonly Query[]): Selecting[] =>
    queries.map((one) => ({ selector: { ...selector, location: place }, query: one }));
  if (location === "any") {
    return [
      ...at("json", scalars),
      ...at("json-key", [{ segments: below }]),
      ...at("xml", ["//*", "//@*"].map(parseXPath)),
    ];
  }
  if (query === undefined) return [];
  const { segments } = query;
  if (location === "json" || decodable.has(location) || selector.inside !== undefined) {
    return [query, { segments: [...segments, ...below] }].map((one) => ({ selector, query: one }));
  }
  const isElement = location === "xml" && segments.at(-2)?.selectors[0]?.kind !== "attributes";
  if (!isElement) return [{ selector, query }];
  const inside = ["//*", "//*/@*"].map((rest) => ({ segments: [...segments, ...parseXPath(rest).segments] }));
  return at(location, [query, ...inside]);
}

interface Softly {
  readonly group: readonly RuleQuery[];
  readonly body: readonly RuleQuery[];
  readonly elements: readonly RuleQuery[];
  readonly fields: readonly Entry[];
}

/**
 * Rules by name, and those that look everywhere, select in texts too: what they are there, in a body, in one of XML, and the
 * fields whose values are texts. Undefined where no rule is by name.
 */
function softlyIn(body: readonly Entry[], direction: Direction): Softly | undefined {
  if (!body.some(({ selector }) => selector.isNamed)) return undefined;
  const shared = body.filter(({ isShared }) => isShared);
  const group = softGroup(shared);
  const inBody = [
    { query: { segments: [] }, rule: 0, into: group },
    ...(direction === "request" ? softMembers(group) : []),
  ];
  const [first] = shared;
  const fields = softFields(direction, group, inBody).map(({ location, name, decoder, query, into }) => ({
    ...first!,
    selector: { location, expression: name, query, place: first!.selector.place },
    query,
    into,
    detects: false,
    names: false,
    softly: decoder,
  }));
  return { group, body: inBody, elements: softElements(group), fields };
}

function fieldsOf(entries: readonly Entry[], direction: Direction, rules: readonly ResolvedRule[]): DocumentField[] {
  const nested = entries.filter(({ selector }) => isInField(selector));
  const firsts = nested.filter(
    (entry, index) => nested.findIndex((other) => isSameField(entry.selector, other.selector)) === index,
  );
  firsts.forEach((entry, index) => {
    const clash = firsts.slice(0, index).find((other) => isHalfShared(entry.selector, other.selector));
    if (clash) reportClash(entry, clash);
  });
  const widthOf = ({ selector }: Entry) => firsts.filter((other) => covers(other.selector, selector)).length;
  return firsts
    .map((entry) => ({ entry, width: widthOf(entry) }))
    .sort((a, b) => b.width - a.width)
    .map(({ entry: { selector } }) => {
      const queries = nested.filter((other) => covers(other.selector, selector));
      const place = { direction, location: selector.location as FieldLocation, pattern: selector.expression };
      const told = queries.filter(({ softly }) => softly === undefined);
      if (told.length > 0 && told.every((entry) => entry.selector.nested !== undefined)) {
        const finding = detectingIn(selector, rules, direction).flatMap(inDocument);
        const softly = queries.filter((entry) => entry.softly === "json").map(asDocument);
        return {
          ...place,
          isDocument: true,
          queries: [...told, ...softly, ...finding, ...everywhereIn(told, finding)],
        };
      }
      return {
        ...place,
        isDocument: false,
        queries: [...queries.map(fromText), ...detectingIn(selector, rules, direction)],
      };
    });
}

/** What looks at all of a document looks into what texts in it spell, too, which selectors read softly. */
function everywhereIn<T extends RuleQuery>(entries: readonly Entry[], looking: readonly T[]): T[] {
  const texts = new Map<string, Query["segments"]>();
  for (const { selector, query } of entries) {
    if (!selector.isSoft) continue;
    const end = query.segments.findIndex(({ selectors }) => selectors[0]?.kind === "decoded") + 1;
    const path = query.segments.slice(0, end);
    texts.set(JSON.stringify(path), path);
  }
  return [...texts.values()].flatMap((path) =>
    looking.map((one) => ({ ...one, query: { segments: [...path, ...one.query.segments] } })),
  );
}

/** Whether the selector is about what the value of a field spells. */
const isInField = ({ location, query, nested }: ResolvedSelector) =>
  nested !== undefined || (query !== undefined && decodable.has(location));

/** Rules that detect in the whole field look into what it spells, too. */
function detectingIn(field: ResolvedSelector, rules: readonly ResolvedRule[], direction: Direction): RuleQuery[] {
  return rules.flatMap((from, rule): RuleQuery[] => {
    if (!from.detect || !from.directions.includes(direction)) return [];
    const names = from.selectors.some(({ location }) => location === "any");
    const whole = from.selectors.filter(({ query }) => query === undefined);
    for (const selector of whole.filter((one) => isHalfShared(one, field))) {
      reportClash({ selector, from }, { selector: field });
    }
    const isIn = names || whole.some((selector) => covers(selector, field));
    return isIn ? [{ query: { segments: [] }, rule, detects: true, names }] : [];
  });
}

/** The same where the value is the document: every scalar in it, and every name where the rule looks into names. */
const inDocument = (one: RuleQuery): RuleQuery[] => [
  ...scalars.map((query) => ({ ...one, query })),
  ...(one.names ? [{ ...one, query: { segments: below }, byName: true }] : []),
];

const decodable: ReadonlySet<string> = new Set<FieldLocation>([
  "header",
  "cookie",
  "query",
  "form",
  "multipart",
  "path",
]);

const asJson: Query["segments"] = [{ descendant: false, selectors: [{ kind: "decoded", at: 0, decoder: "json" }] }];

/** A text that is decoded softly, where its value is told to be a document. */
const asDocument = (entry: Entry): Entry => ({ ...entry, query: { segments: [] } });

/** A query into a document, as one that begins at the text. */
const fromText = (entry: Entry): Entry =>
  entry.selector.nested === undefined ? entry : { ...entry, query: { segments: [...asJson, ...entry.query.segments] } };

const isSameField = (a: ResolvedSelector, b: ResolvedSelector) =>
  a.location === b.location && (a.expression === b.expression || (a.location === "path" && covers(a, b)));

/** Whether each name that `narrow` matches is matched by `wide`. */
const covers = (wide: ResolvedSelector, narrow: ResolvedSelector) =>
  wide.location === narrow.location &&
  (wide.location === "path" ? isSameTemplate : matchesPattern)(wide.expression, narrow.expression);

/** Whether some names fit both patterns, and other names only one or the other. */
const isHalfShared = (a: ResolvedSelector, b: ResolvedSelector) =>
  a.location === b.location &&
  !covers(a, b) &&
  !covers(b, a) &&
  (a.location === "path" ? shareSegment : canShare)(a.expression, b.expression);

/** Whether one name can fit both patterns. Row by row: what of `b` can be behind when so much of `a` is. */
function canShare(a: string, b: string): boolean {
  let row = [true, ...b.split("").map((_, at) => /^\*+$/.test(b.slice(0, at + 1)))];
  for (const character of a) {
    const next = [row[0]! && character === "*"];
    for (let at = 1; at < row.length; at++) {
      const other = b[at - 1];
      next[at] = character === "*" || other === "*" ? row[at]! || next[at - 1]! : row[at - 1]! && character === other;
    }
    row = next;
  }
  return row.at(-1)!;
}

function reportClash({ selector, from }: Pick<Entry, "selector" | "from">, other: Pick<Entry, "selector">): void {
  const message = `a ${selector.location} name can fit both ${selector.expression} and ${other.selector.expression}, and each looks for other values in it`;
  from.source.error("overlapping-documents", selector.place, message, "use the same pattern for both, or plain names");
}
