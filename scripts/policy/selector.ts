// Selectors: `location:expression` as text -> what the automaton or the field table needs.
// Invariant: a returned selector can be enforced in full; what this version cannot enforce is a diagnostic.

import { type Inside, parseChain, splitChain } from "./decoders.ts";
import { type GraphqlPart, graphqlSelectors } from "./graphql.ts";
import { JsonPathError, type Query, type Selector as Step } from "./jsonpath/ast.ts";
import { parseJsonPath } from "./jsonpath/parser.ts";
import { type ProtoPath, ProtoPathError, parseProtoPath } from "./protobuf/path.ts";
import type { Place, Source } from "./source.ts";
import { isListedName, parseXPath } from "./xpath.ts";

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
  /** What else stands behind |: how the value, or what was selected in that document, is decoded, and what is selected in it. */
  inside?: readonly Inside[];
  /** Present for json, xml, nested and inside: what the path says; where `path` is, what it says of texts there. */
  query?: Query;
  /** Present for grpc, proto, and proto-name: fields of a name in whatever message, which `named:` alone spells. */
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

/** What a selector selects: nothing where it was refused, several selectors where it is short for them. */
export function resolveSelector(source: Source, place: Place, text: string): ResolvedSelector[] {
  const name = /^named:(.*)$/s.exec(text)?.[1];
  if (name !== undefined) return resolveNamed(source, place, name);
  if (text.startsWith("graphql:")) return resolveGraphql(source, place, text.slice("graphql:".length));
  const selector = resolveOne(source, place, text);
  return selector ? [selector] : [];
}

/** `named:cardNumber`: members, parameters, fields, parts, elements, attributes and protobuf fields of the name, wherever they stand. */
function resolveNamed(source: Source, place: Place, name: string): ResolvedSelector[] {
  if (name.startsWith("[")) return resolveNamedPath(source, place, name);
  if (!isNameAnywhere(name)) return refuseName(source, place, name);
  return resolveNames(source, place, `['${name}']`, [name]);
}

/** What can be the name of a field and a member, and without blanks of an element, and is written as it is. */
const isNameAnywhere = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.-]+)*$/u.test(name);

function refuseName(source: Source, place: Place, name: string): [] {
  const message = name === "" ? "the name is empty" : "no such name can stand in every format";
  const remedy =
    "write letters, digits, _ - . and single blanks alone; select other names by their location, as in json: and form:";
  source.error("invalid-selector", { ...place, inside: "named:".length }, message, remedy);
  return [];
}

/** One of several names: in JSON and XML one path tells them all. */
function resolveNames(source: Source, place: Place, list: string, names: readonly string[]): ResolvedSelector[] {
  const json = resolveJson(source, place, `$..${list}`, "named:".length - "$..".length);
  const plain = names.flatMap((name) =>
    ["query", "form", "multipart"].flatMap((location) => resolveOne(source, place, `${location}:${name}`) ?? []),
  );
  if (json?.query === undefined) return plain;
  const others = [...xmlPaths(place, [names]), ...fieldPaths(place, json.query), ...messagePaths(place, [names])];
  return [{ ...json, isNamed: true }, ...plain, ...others];
}

/**
 * `named:['card','payment']['number']`: what has one of the names right below one of the others: members, fields whose
 * names are paths, elements and attributes. `named:['card','payment']`: each of the names as it would be alone.
 */
function resolveNamedPath(source: Source, place: Place, tail: string): ResolvedSelector[] {
  const json = resolveJson(source, place, `$..${tail}`, "named:".length - "$..".length);
  if (json?.query === undefined) return [];
  const names = json.query.segments.map(({ selectors }) =>
    selectors.flatMap((step) => (step.kind === "name" ? [step.name] : [])),
  );
  const isPlain = json.query.segments.every(
    ({ descendant, selectors }, index) =>
      descendant === (index === 0) && selectors.every(({ kind }) => kind === "name" || kind === "wildcard"),
  );
  if (!isPlain || json.inside !== undefined || names.at(-1)!.length === 0) {
    const message = "this is no path of names";
    source.error("invalid-selector", { ...place, inside: "named:".length }, message, "write named:['card']['number']");
    return [];
  }
  const [one, ...below] = names;
  if (below.length === 0) {
    const refused = one!.find((name) => !isNameAnywhere(name));
    return refused === undefined ? resolveNames(source, place, tail, one!) : refuseName(source, place, refused);
  }
  return [
    { ...json, isNamed: true },
    ...fieldPaths(place, json.query),
    ...xmlPaths(place, names),
    ...messagePaths(place, names),
  ];
}

const fieldPaths = (place: Place, query: Query): ResolvedSelector[] =>
  PATH_LOCATIONS.map((location) => ({ location: `${location}-path`, expression: location, query, place }));

/** The same for elements and their attributes; what XML has no name for, and lists of lists, cannot stand there. */
function xmlPaths(place: Place, names: readonly (readonly string[])[]): ResolvedSelector[] {
  const tests = names.map((step) => step.filter(isListedName));
  if (tests.some((step) => step.length === 0)) return [];
  const last = tests.length - 1;
  const path = (mark: string) =>
    tests.map((step, index) => `${index === 0 ? "//" : "/"}${index === last ? mark : ""}(${step.join("|")})`).join("");
  return ["", "@"].map((mark) => ({ location: "xml", expression: path(mark), query: parseXPath(path(mark)), place }));
}

/**
 * The same for the fields of protobuf messages; a step without names is any field. Elements of a list have no step there, so
 * that where it may be one it may be none.
 */
function messagePaths(place: Place, names: readonly (readonly string[])[]): ResolvedSelector[] {
  const steps = names.map((step) => step.filter((name) => /^[A-Za-z_]\w*$/.test(name)));
  if (steps.some((step, index) => step.length === 0 && names[index]!.length > 0)) return [];
  const paths = steps.every((step) => step.length > 0) ? [steps] : [steps, steps.filter((step) => step.length > 0)];
  return paths.map((path) => ({
    location: "proto-name",
    expression: path.map((step) => step.join("|") || "*").join("."),
    path: {
      scope: "*",
      steps: path.map((step) => (step.length > 0 ? { kind: "names", names: step, at: 0 } : { kind: "any", at: 0 })),
    },
    place,
  }));
}

/**
 * `graphql:variables.card.number`: variables of GraphQL over HTTP; `graphql:arguments.card.number`: literals in the text of
 * its query, defaults of variables among them, whatever field the argument is of. Both wherever requests have them.
 */
function resolveGraphql(source: Source, place: Place, expression: string): ResolvedSelector[] {
  const [, part, tail] = /^(variables|arguments)([.[].*)$/s.exec(expression) ?? [];
  if (part === undefined || tail === undefined) {
    const message = "graphql: selects variables, and arguments in the text of a query";
    const remedy = "write graphql:variables.card.number or graphql:arguments.card.number";
    source.error("invalid-selector", place, message, remedy);
    return [];
  }
  const [first, ...others] = graphqlSelectors(part as GraphqlPart, tail);
  const body = resolveOne(source, place, first!);
  // What is wrong with the path is wrong in all places, and said once.
  return body === undefined ? [] : [body, ...others.flatMap((other) => resolveOne(source, place, other) ?? [])];
}

function resolveOne(source: Source, place: Place, text: string): ResolvedSelector | undefined {
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
    const selector = resolveTexts(source, { location: "xml", expression, place }, split);
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
function resolveJson(source: Source, place: Place, text: string, inside: number): ResolvedSelector | undefined {
  const { first: expression, rest } = splitChain(text);
  try {
    const path = parseJsonPath(expression);
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
