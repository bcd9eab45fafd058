// A selector as text -> the selectors of one location that it stands for: itself, or for `named:` and `graphql:` those of all
// places where the names, or the parts of a request, can stand.

import { hasMark, isEnding, spellingIn } from "./endings.ts";
import { type GraphqlPart, graphqlSelectors, textSelectors } from "./graphql.ts";
import type { Query, Selector } from "./jsonpath/ast.ts";
import { PATH_LOCATIONS, type ResolvedSelector, resolveJson, resolveLocation } from "./location.ts";
import type { Place, Source } from "./source.ts";
import { isListedName, parseXPath } from "./xpath.ts";

/** What a selector selects: nothing where it was refused, several selectors where it is short for them. */
export function resolveSelector(source: Source, place: Place, text: string): ResolvedSelector[] {
  if (hasMark(text)) {
    source.error("invalid-selector", place, "U+FFFF is no character", "write the name without it");
    return [];
  }
  const name = /^named:(.*)$/s.exec(text)?.[1];
  if (name !== undefined) return resolveNamed(source, place, name);
  if (text.startsWith("graphql:")) return resolveGraphql(source, place, text.slice("graphql:".length));
  const selector = resolveLocation(source, place, text);
  return selector ? [selector] : [];
}

/** `named:cardNumber`: members, parameters, fields, parts, elements, attributes and protobuf fields of the name, wherever they stand. */
function resolveNamed(source: Source, place: Place, name: string): ResolvedSelector[] {
  if (name.startsWith("[")) return resolveNamedPath(source, place, name);
  if (name.startsWith("~")) return resolveNamedPath(source, place, `[${name}]`, 1);
  if (!isNameAnywhere(name)) return refuseName(source, place, name);
  return resolveNames(source, place, { segments: [{ descendant: true, selectors: [{ kind: "name", at: 0, name }] }] });
}

/** What can be the name of a field and a member, and without blanks of an element, and is written as it is. */
const isNameAnywhere = (name: string): boolean =>
  /^[\p{L}_][\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.-]+)*$/u.test(spellingIn(name));

function refuseName(source: Source, place: Place, name: string): [] {
  const message = name === "" ? "the name is empty" : "no such name can stand in every format";
  const remedy =
    "write letters, digits, _ - . and single blanks alone; select other names by their location, as in json: and form:";
  source.error("invalid-selector", { ...place, inside: "named:".length }, message, remedy);
  return [];
}

/** One of several names: in JSON and XML one path tells them all. */
function resolveNames(source: Source, place: Place, query: Query): ResolvedSelector[] {
  const [names] = namesOf(query);
  const plain = names!.flatMap((name) =>
    ["query", "form", "multipart"].flatMap((location) => resolveLocation(source, place, `${location}:${name}`) ?? []),
  );
  const others = [...xmlPaths(place, [names!]), ...fieldPaths(place, query), messagePath(place, query)];
  return [namedPath(place, query), ...plain, ...others];
}

/**
 * `named:['card','payment']['number']`: what has one of the names right below one of the others: members, fields whose
 * names are paths, elements and attributes; `[*]` between them is any name or element, `[:]` any element.
 * `named:['card','payment']`: each of the names as it would be alone. `~'card number'` among them: the name in each of its
 * spellings; `~'* card number'` among the last ones: all names that end so. `added`: how many characters the tail has in
 * front that the policy does not.
 */
function resolveNamedPath(source: Source, place: Place, tail: string, added = 0): ResolvedSelector[] {
  const json = resolveJson(source, place, `$..${tail}`, "named:".length - "$..".length - added, true);
  if (json?.query === undefined) return [];
  const names = namesOf(json.query);
  const isPlain = json.query.segments.every(
    ({ descendant, selectors }, index) =>
      descendant === (index === 0) &&
      selectors.every((one) => one.kind === "name" || one.kind === "wildcard" || isEachElement(one)),
  );
  if (!isPlain || json.inside !== undefined || names.at(-1)!.length === 0) {
    const message = "this is no path of names";
    source.error("invalid-selector", { ...place, inside: "named:".length }, message, "write named:['card']['number']");
    return [];
  }
  if (names.slice(0, -1).some((step) => step.some(isEnding))) {
    const message = "what names end with is told of the last step alone";
    source.error(
      "invalid-selector",
      { ...place, inside: "named:".length },
      message,
      "list the names of the other steps",
    );
    return [];
  }
  const [one, ...below] = names;
  if (below.length === 0) {
    const refused = one!.find((name) => !isNameAnywhere(name));
    return refused === undefined ? resolveNames(source, place, json.query) : refuseName(source, place, refused);
  }
  return [
    namedPath(place, json.query),
    ...fieldPaths(place, withoutElements(json.query)),
    ...xmlPaths(place, names),
    messagePath(place, json.query),
  ];
}

/** The names that each step of a path takes; none where it takes any. */
const namesOf = ({ segments }: Query): string[][] =>
  segments.map(({ selectors }) => selectors.flatMap((step) => (step.kind === "name" ? [step.name] : [])));

/** The same in JSON, with the spellings of words written out, since other readers of JSONPath know no words. */
function namedPath(place: Place, query: Query): ResolvedSelector {
  return { location: "json", expression: writtenPath(query), query, place, isNamed: true };
}

const writtenPath = ({ segments }: Query): string =>
  `$..${segments.map(({ selectors }) => `[${selectors.map(writtenStep).join(",")}]`).join("")}`;

function writtenStep(step: Selector): string {
  if (step.kind !== "name") return step.kind === "wildcard" ? "*" : ":";
  return /[\\'\p{Cc}]/u.test(step.name) ? JSON.stringify(step.name) : `'${step.name}'`;
}

const isEachElement = (one: Selector): boolean =>
  one.kind === "slice" && one.start === undefined && one.end === undefined && one.step === undefined;

/** An index in the name of a field is a step like any other. */
const withoutElements = ({ segments }: Query): Query => ({
  segments: segments.map((segment) => ({
    ...segment,
    selectors: segment.selectors.map((one) => (isEachElement(one) ? { kind: "wildcard", at: one.at } : one)),
  })),
});

const fieldPaths = (place: Place, query: Query): ResolvedSelector[] =>
  PATH_LOCATIONS.map((location) => ({ location: `${location}-path`, expression: location, query, place }));

/** The same for elements and their attributes; what XML has no name for, and lists of lists, cannot stand there. */
function xmlPaths(place: Place, names: readonly (readonly string[])[]): ResolvedSelector[] {
  const tests = names.map((step) => step.filter(isListedName));
  if (tests.some((step) => step.length === 0)) return [];
  const last = tests.length - 1;
  const path = (mark: string) =>
    tests.map((step, index) => `${index === 0 ? "//" : "/"}${index === last ? mark : ""}(${step.join("|")})`).join("");
  return ["", "@"].map((mark) => ({
    location: "xml",
    expression: path(mark),
    query: parseXPath(path(mark)),
    place,
    isNamedXml: true,
  }));
}

/** The same for the fields of protobuf messages, and for what maps hold by their keys. */
function messagePath(place: Place, query: Query): ResolvedSelector {
  const steps = query.segments.map(({ selectors }) => ({
    kind: "names" as const,
    names: selectors.flatMap((one) => (one.kind === "name" ? [one.name] : [])),
    isAny: selectors.some(({ kind }) => kind === "wildcard"),
    isElement: selectors.some((one) => one.kind === "wildcard" || isEachElement(one)),
    at: 0,
  }));
  return { location: "proto-name", expression: writtenPath(query), path: { scope: "*", steps }, place };
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
  const body = resolveLocation(source, place, first!);
  // What is wrong with the path is wrong in all places, and said once.
  if (body === undefined) return [];
  const resolve = (text: string) => resolveLocation(source, place, text) ?? [];
  const texts = part === "variables" ? textSelectors(tail).flatMap(resolve).map(softly) : [];
  return [body, ...others.flatMap(resolve), ...texts];
}

/** The same where the first of its decoders is soft: where the text is none that begins so, nothing is selected. */
function softly(selector: ResolvedSelector): ResolvedSelector {
  const { segments } = selector.query!;
  const first = segments.findIndex(({ selectors }) => selectors[0]?.kind === "decoded");
  const soften = (one: Selector): Selector => (one.kind === "decoded" ? { ...one, soft: true } : one);
  const softened = segments.map((segment, index) =>
    index === first ? { ...segment, selectors: segment.selectors.map(soften) } : segment,
  );
  return { ...selector, query: { segments: softened }, isSoft: true };
}
