// A selector of one location, `location:expression`, as text -> what the automaton or the field table needs.
// Invariant: a returned selector can be enforced in full; what this version cannot enforce is a diagnostic.

import { type Inside, parseChain, splitChain } from "./decoders.ts";
import { JsonPathError, type Query, type Selector as Step } from "./jsonpath/ast.ts";
import { parseJsonPath } from "./jsonpath/parser.ts";
import { type ProtoPath, ProtoPathError, parseProtoPath } from "./protobuf/path.ts";
import type { Place, Source } from "./source.ts";
import { parseXPath, withSpellings } from "./xpath.ts";

export type FieldLocation = "header" | "cookie" | "query" | "form" | "multipart" | "multipart-filename" | "path";

/** Fields whose names are paths (name-path.ts): `query` selects steps of the path. */
export type PathLocation = `${(typeof PATH_LOCATIONS)[number]}-path`;
export const PATH_LOCATIONS = ["query", "form", "multipart"] as const;

export interface ResolvedSelector {
  location:
    | "json"
    | "json-key"
    | "xml"
    | "text"
    | "any"
    | "grpc"
    | "proto"
    | "proto-name"
    | PathLocation
    | FieldLocation;
  /**
   * JSONPath, XPath, path of protobuf fields, the name pattern (`*` is a glob; header patterns are lower case), or
   * nothing.
   */
  expression: string;
  /** The JSONPath behind `|json:`, into the document that a form field or part holds. */
  nested?: string;
  /** `named:` is short for it: it selects in texts of GraphQL requests too (documents.ts). */
  isNamed?: true;
  /** The same, in XML. */
  isNamedXml?: true;
  /** It selects in a text only where that begins as its first decoder says (soft.ts). */
  isSoft?: true;
  /** What else stands behind |: how the value, or what was selected in that document, is decoded, and what is selected in it. */
  inside?: readonly Inside[];
  /** Present for json, xml, nested and inside: what the path says; where `path` is, what it says of texts there. */
  query?: Query;
  /** Present for grpc, proto, and proto-name: by their names what whatever messages and maps hold, which `named:` alone spells. */
  path?: ProtoPath;
  place: Place;
}

const fields: ReadonlySet<string> = new Set<FieldLocation>([
  "header",
  "cookie",
  "query",
  "form",
  "multipart",
  "multipart-filename",
  "path",
]);

const isField = (location: string): location is FieldLocation => fields.has(location);

/** Locations whose values may hold a document that is read as it comes, behind "|json:". */
const holding: ReadonlySet<string> = new Set<FieldLocation>(["form", "multipart"]);
/** Locations whose values may be decoded. */
const nestable: ReadonlySet<string> = new Set<FieldLocation>(["header", "cookie", "query", "form", "multipart"]);

/** Locations in whose expressions | is nothing, or means something else. */
const undecoded: ReadonlySet<string> = new Set(["text", "any"]);

/** Where a decoder begins, in locations in whose expressions | means something else. */
const DECODER = /\|(?:(?:json|jwt|graphql):|base64(?:url)?(?:\||$))/;

/** What the text selects; undefined where it was refused. */
export function resolveLocation(source: Source, place: Place, text: string): ResolvedSelector | undefined {
  const [, location, expression] = /^([a-z-]+):(.*)$/s.exec(text) ?? [];
  if (location === undefined || expression === undefined) {
    const message = `the selector ${JSON.stringify(text)} has no location`;
    source.error("invalid-selector", place, message, 'write location:expression, as in "json:$.card.number"');
    return undefined;
  }
  const decoder = undecoded.has(location) ? expression.search(DECODER) : -1;
  if (decoder >= 0) {
    const message = `a decoder after | is not enforced by this version for ${location}`;
    const at = { ...place, inside: location.length + 1 + decoder };
    source.error("unsupported-feature", at, message, "select the value as a whole");
    return undefined;
  }
  if (location === "json") return resolveJson(source, place, expression, "json:".length);
  if (location === "json-key") {
    const members = resolveJson(source, place, expression, "json-key:".length);
    const isOfGraphql = members?.inside?.findLast((step) => step.expression !== undefined)?.decoder === "graphql";
    if (!isOfGraphql) return members && { ...members, location };
    const message = "names in GraphQL are not selected one by one";
    source.error("unsupported-feature", place, message, 'look into all of them with "any:" and "detect"');
    return undefined;
  }
  if (location === "text" || location === "any") return resolveWhole(source, place, location, expression);
  if (location === "path") return resolvePath(source, place, expression);
  if (location === "xml") return resolveXml(source, place, expression);
  if (location === "grpc" || location === "proto") return resolveProto(source, place, location, expression);
  if (isField(location)) return resolveField(source, place, location, expression);
  const message = `there is no location ${JSON.stringify(location)}`;
  const remedy = `use named, json, json-key, xml, text, any, grpc, proto, graphql, ${[...fields].join(", ")}`;
  source.error("invalid-selector", place, message, remedy);
  return undefined;
}

function resolveWhole(
  source: Source,
  place: Place,
  location: "text" | "any",
  expression: string,
): ResolvedSelector | undefined {
  if (expression === "") return { location, expression, place };
  const message = `nothing stands behind ${location}:`;
  source.error("invalid-selector", { ...place, inside: location.length + 1 }, message, `write "${location}:"`);
  return undefined;
}

/** The path, and the rest from the first decoder on: a | of something else is part of the path, which says why it cannot be. */
function splitDecoders(text: string): { expression: string; rest: string } {
  const bar = text.search(DECODER);
  return bar < 0 ? { expression: text, rest: "" } : { expression: text.slice(0, bar), rest: text.slice(bar) };
}

/** What is selected in what texts there spell: with the query that begins at the text. */
function resolveTexts(
  source: Source,
  outer: ResolvedSelector,
  { expression, rest }: { expression: string; rest: string },
): ResolvedSelector | undefined {
  if (rest === "") return outer;
  const inner = resolveJson(source, outer.place, `$${rest}`, outer.location.length + expression.length);
  return inner && { ...inner, ...outer, query: inner.query! };
}

function resolveXml(source: Source, place: Place, text: string): ResolvedSelector | undefined {
  const split = splitDecoders(text);
  const { expression } = split;
  try {
    const query = parseXPath(expression);
    refuseBlanks(query);
    const outer: ResolvedSelector = { location: "xml", expression: withSpellings(expression), place };
    const selector = resolveTexts(source, outer, split);
    const segments = [...query.segments, ...(selector?.query?.segments ?? [])];
    return selector && { ...selector, query: { segments } };
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    source.error(error.code, { ...place, inside: "xml:".length + error.at }, error.message, error.remedy);
    return undefined;
  }
}

/** A list holds names with blanks beside those of its elements; alone they select nothing. */
function refuseBlanks({ segments }: Query): void {
  for (const { selectors } of segments) {
    const [first] = selectors;
    if (first === undefined || !selectors.every((step) => step.kind === "name" && step.name.includes(" "))) continue;
    throw new JsonPathError(first.at, "no XML name has a blank", "write it as the elements have it", "invalid-xpath");
  }
}

function resolveProto(
  source: Source,
  place: Place,
  location: "grpc" | "proto",
  text: string,
): ResolvedSelector | undefined {
  const split = splitDecoders(text);
  const { expression } = split;
  try {
    return resolveTexts(source, { location, expression, path: parseProtoPath(location, expression), place }, split);
  } catch (error) {
    if (!(error instanceof ProtoPathError)) throw error;
    const remedy = "write grpc:shop.Checkout/Pay:card.number, or proto:shop.Card:number";
    source.error("invalid-selector", { ...place, inside: location.length + 1 + error.at }, error.message, remedy);
    return undefined;
  }
}

/** `inside` is where the JSONPath begins in the selector. */
export function resolveJson(
  source: Source,
  place: Place,
  text: string,
  inside: number,
  hasWords = false,
): ResolvedSelector | undefined {
  const { first: expression, rest } = splitChain(text);
  try {
    const path = parseJsonPath(expression, hasWords);
    const chain = parseChain(rest, expression.length);
    const query = { segments: [...path.segments, ...chain.segments] };
    let streamable = true;
    for (const step of query.segments.flatMap((segment) => segment.selectors)) {
      const reason = notStreamable(step);
      if (!reason) continue;
      streamable = false;
      source.error("not-streamable", { ...place, inside: inside + step.at }, ...reason);
    }
    const decoders = chain.inside.length > 0 ? { inside: chain.inside } : {};
    return streamable ? { location: "json", expression, query, place, ...decoders } : undefined;
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    source.error(error.code, { ...place, inside: inside + error.at }, error.message, error.remedy);
    return undefined;
  }
}

/** What stands behind the first | of a field. */
function resolveInside(
  source: Source,
  place: Place,
  outer: ResolvedSelector,
  rest: string,
  inside: number,
): ResolvedSelector | undefined {
  if (holding.has(outer.location) && rest.startsWith("|json:")) {
    const { first, rest: more } = splitChain(rest.slice("|json:".length));
    const inner = resolveJson(source, place, first + more, inside + "|json:".length);
    return inner && { ...inner, location: outer.location, expression: outer.expression, nested: first };
  }
  // A document that begins where the value does: the path of nothing at all, and then the decoders.
  const inner = resolveJson(source, place, `$${rest}`, inside - 1);
  return inner && { ...inner, location: outer.location, expression: outer.expression };
}

/** Cause and remedy, where a stream would have to know what comes later. */
export function notStreamable(step: Step): [message: string, remedy: string] | undefined {
  if (step.kind === "filter") {
    return ["a filter needs the whole element before its first byte can leave", "select by path alone, or use [*]"];
  }
  if (step.kind === "index" && step.index < 0) {
    return ["a negative index counts from an end that is not known yet", "count from the start, or use [*]"];
  }
  if (step.kind === "slice" && step.step !== 0) {
    if ((step.step ?? 1) < 0) {
      return ["a negative step starts at an end that is not known yet", "use a positive step from the start"];
    }
    if ((step.start ?? 0) < 0 || (step.end ?? 0) < 0) {
      return ["a negative bound counts from an end that is not known yet", "count from the start, or use [*]"];
    }
  }
  return undefined;
}

function resolveField(
  source: Source,
  place: Place,
  location: FieldLocation,
  expression: string,
): ResolvedSelector | undefined {
  const at = (index: number): Place => ({ ...place, inside: location.length + 1 + index });
  const bar = expression.indexOf("|");
  if (bar >= 0) {
    if (nestable.has(location)) {
      const outer = resolveField(source, place, location, expression.slice(0, bar));
      return outer && resolveInside(source, place, outer, expression.slice(bar), location.length + 1 + bar);
    }
    const message = `a decoder after | is not enforced by this version for ${location}`;
    source.error("unsupported-feature", at(bar), message, "select the value as a whole");
    return undefined;
  }
  // RFC 9110, 5.1: a field name is a token; HTTP/2 pseudo-headers are not fields of their own here.
  const bad = location === "header" ? expression.search(/[^A-Za-z0-9!#$%&'*+.^_`~-]/) : loneSurrogate(expression);
  if (expression === "" || bad >= 0) {
    const message = expression === "" ? `the ${location} name is empty` : `no ${location} name holds this character`;
    source.error(
      "invalid-selector",
      at(Math.max(bad, 0)),
      message,
      `write ${location}:NAME, with * for any characters`,
    );
    return undefined;
  }
  return { location, expression: location === "header" ? expression.toLowerCase() : expression, place };
}

/** A template is written decoded: what stands in it is compared with decoded segments. */
function resolvePath(source: Source, place: Place, text: string): ResolvedSelector | undefined {
  const split = splitDecoders(text);
  const { expression } = split;
  const segments = expression.split("/").slice(1);
  const problem = pathProblem(expression, segments);
  if (problem === undefined) return resolveTexts(source, { location: "path", expression, place }, split);
  source.error(
    "invalid-selector",
    place,
    problem,
    "write path:/users/{id}/cards/{pan}: {name} selects, * is any segment",
  );
  return undefined;
}

function pathProblem(expression: string, segments: readonly string[]): string | undefined {
  if (!expression.startsWith("/")) return "a path begins with /";
  if (/[?#|\\]/.test(expression) || loneSurrogate(expression) >= 0) return "no path holds this character";
  if (segments.some((segment) => /[{}]/.test(segment) && !/^\{\w+\}$/.test(segment))) {
    return "braces stand around a whole segment and hold a name";
  }
  if (segments.some((segment) => segment.includes("*") && segment !== "*" && segment !== "**")) {
    return "* stands for a whole segment";
  }
  if (segments.slice(0, -1).includes("**")) return "** stands at the end only";
  if (!segments.some((segment) => segment.startsWith("{"))) return "the path selects no segment";
  return undefined;
}

const loneSurrogate = (text: string) => text.search(/\p{Surrogate}/u);
