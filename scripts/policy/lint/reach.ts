// Rules and selectors that can never decide, found by walking the automaton as the filter would.
// Rule semantics (docs/internals.md): the first selector wins a node; what takes it as a whole ends the walk; all other
// actions but pass cover what is below them, so that only earlier rules still act there.

import { type ResolvedAction, takesWhole } from "../action.ts";
import { type Automaton, AutomatonLimit } from "../automaton.ts";
import { NO_MESSAGE } from "../constants.ts";
import { isOfNames } from "../documents.ts";
import { matchesPattern } from "../fields.ts";
import type { CompiledPolicy, Direction, ResolvedRule, ResolvedSelector } from "../index.ts";
import { GraphLimit } from "../protobuf/graph.ts";
import { followBodies } from "../protobuf/index.ts";
import { buildAutomaton, type RuleQuery } from "../subset.ts";
import type { Check, Finding } from "./index.ts";

/** A selector with its rule; of a large policy all selectors of a rule at once. */
interface Entry {
  rule: ResolvedRule;
  selectors: readonly ResolvedSelector[];
}

/** Own selectors up to which each is judged by itself: the automaton grows with them, and with it the time. */
const MANY_SELECTORS = 3000;

export const unreachable: Check = (compiled) => {
  const own = compiled.rules.filter((rule) => isOwn(rule, compiled));
  const isLarge = own.reduce((sum, { selectors }) => sum + selectors.length, 0) > MANY_SELECTORS;
  return (isLarge ? undefined : deadSelectors(own, compiled)) ?? deadRules(own, compiled);
};

/** Undefined where selector by selector the automaton is too large. */
function deadSelectors(own: readonly ResolvedRule[], compiled: CompiledPolicy): Finding[] | undefined {
  const entries = compiled.rules.flatMap((rule): Entry[] =>
    own.includes(rule)
      ? rule.selectors.filter(isJudged).map((selector) => ({ rule, selectors: [selector] }))
      : [{ rule, selectors: rule.selectors }],
  );
  try {
    const reached = reachedOf(entries, compiled);
    return own.flatMap((rule) => {
      const all = entries.filter((entry) => entry.rule === rule);
      const dead = all.filter((entry) => !reached.has(entry));
      if (dead.length === all.length) return [finding(rule, namePlace(rule), true, compiled)];
      // What `named:` selects in protobuf need not be there.
      const missed = dead.filter(({ selectors: [selector] }) => selector!.location !== "proto-name");
      return missed.map(({ selectors }) => finding(rule, selectors[0]!.place, false, compiled));
    });
  } catch (error) {
    if (!(error instanceof AutomatonLimit || error instanceof GraphLimit)) throw error;
    return undefined;
  }
}

/** Of a large policy the rules alone are judged. */
function deadRules(own: readonly ResolvedRule[], compiled: CompiledPolicy): Finding[] {
  const entries = compiled.rules.map((rule): Entry => ({ rule, selectors: rule.selectors }));
  const reached = reachedOf(entries, compiled);
  return entries
    .filter((entry) => own.includes(entry.rule) && !reached.has(entry))
    .map(({ rule }) => finding(rule, namePlace(rule), true, compiled));
}

/** What `named:` selects of names that are paths, it selects of documents too: those speak for all. */
const isJudged = ({ location }: ResolvedSelector): boolean => !location.endsWith("-path");

const namePlace = ({ path }: ResolvedRule): Finding["place"] => ({ path: [...path, "name"] });

const reachedOf = (entries: readonly Entry[], compiled: CompiledPolicy): Set<Entry> =>
  new Set(
    (["request", "response"] as const).flatMap((direction) => [
      ...reachedIn(direction, entries),
      ...reachedInMessages(direction, entries, compiled),
    ]),
  );

/**
 * A rule for another place in the gateway never decides here, and is not dead for that. Nor is one of a preset or another
 * file: whoever extends it writes rules that go before it.
 */
const isOwn = ({ directions, source }: ResolvedRule, compiled: CompiledPolicy) =>
  source === compiled.source && (directions.includes("request") || directions.includes("response"));

function finding(rule: ResolvedRule, place: Finding["place"], isRule: boolean, compiled: CompiledPolicy): Finding {
  const first = compiled.rules[0] === rule;
  const what = isRule ? `the rule ${rule.name} never decides` : `this selector of ${rule.name} never decides`;
  const why = first ? "it selects nothing" : "it selects nothing, or earlier ones take every value it selects";
  return {
    code: isRule ? "unreachable-rule" : "unreachable-selector",
    rule,
    place,
    message: `${what}: ${why}`,
    remedy: "move it up, narrow the earlier ones, or remove it",
  };
}

function reachedIn(direction: Direction, all: readonly Entry[]): Entry[] {
  const entries = all.filter(({ rule }) => rule.directions.includes(direction));
  return [
    ...walk(buildAutomaton([queriesAt(entries, isAt("json"))]), entries, false),
    ...walk(buildAutomaton([queriesAt(entries, isAt("xml"))]), entries, true),
    ...namesIn(entries),
    ...documentsIn(entries),
    ...textsIn(entries),
    ...fields(entries),
  ];
}

/** Queries of selectors of one kind, numbered by their entries. */
const queriesAt = (entries: readonly Entry[], isOfKind: (selector: ResolvedSelector) => boolean): RuleQuery[] =>
  entries.flatMap(({ rule: { detect }, selectors }, rule) =>
    selectors.filter(isOfKind).map(({ query }) => ({ query: query!, rule, detects: detect !== undefined })),
  );

const isAt =
  (location: ResolvedSelector["location"]) =>
  (selector: ResolvedSelector): boolean =>
    selector.location === location;

const isName = ({ location, query }: ResolvedSelector): boolean => query !== undefined && isOfNames(location, query);

/** Names of members, apart from values: a rule on a name takes nothing from rules on what stands below. */
function namesIn(entries: readonly Entry[]): Entry[] {
  const passing = entries.map(
    ({ rule, selectors }): Entry => ({ rule: { ...rule, action: { kind: "pass" } }, selectors }),
  );
  const reached = walk(buildAutomaton([queriesAt(entries, isName)]), passing, false);
  return entries.filter((_, index) => reached.has(passing[index]!));
}

interface Placed {
  entry: Entry;
  selector: ResolvedSelector;
}

const placed = (entries: readonly Entry[]): Placed[] =>
  entries.flatMap((entry) => entry.selectors.map((selector) => ({ entry, selector })));

/** Documents in the values of fields, pattern by pattern; `pass` on the whole value is not in the way of what is inside. */
function documentsIn(entries: readonly Entry[]): Entry[] {
  const all = placed(entries);
  const nested = all.filter(({ selector }) => selector.nested !== undefined);
  const reached = nested.flatMap(({ selector: { location, expression } }) => {
    const isWhole = ({ entry, selector }: Placed) =>
      selector.location === location && selector.query === undefined && entry.rule.action.kind !== "pass";
    if (all.some((one) => isWhole(one) && matchesPattern(one.selector.expression, expression))) return [];
    const inside = nested.filter(
      ({ selector }) => selector.location === location && matchesPattern(selector.expression, expression),
    );
    const queries = inside.map(({ selector }, index) => ({ query: selector.query!, rule: index }));
    return [
      ...walk(
        buildAutomaton([queries]),
        inside.map(({ entry }) => entry),
        false,
      ),
    ];
  });
  return [...new Set(reached)];
}

/** Locations of documents, whose automaton leads on into the texts in them. */
const ofDocuments: ReadonlySet<string> = new Set(["json", "json-key", "xml"]);

/** What texts of fields and messages spell, whatever rules act on the texts as a whole: those may stand behind. */
function textsIn(entries: readonly Entry[]): Entry[] {
  const isText = ({ selector: { location, nested, inside } }: Placed) =>
    inside !== undefined && nested === undefined && !ofDocuments.has(location);
  const texts = placed(entries).filter(isText);
  const placeOf = ({ selector }: Placed) => `${selector.location}:${selector.expression}`;
  return [...new Set(texts.map(placeOf))].flatMap((place) => {
    const here = texts.filter((one) => placeOf(one) === place);
    const queries = here.map(({ selector }, rule) => ({ query: selector.query!, rule }));
    const found = here.map(({ entry }) => entry);
    return [...walk(buildAutomaton([queries]), found, false)];
  });
}

/** Each selector stands as a rule of its own here, in final order. A cover is the selector that covers a node, or the
 * number of selectors for none. It only gets stronger (lower) on the way down, so that walking the weakest first visits
 * each state once, with the cover under which most can be reached. */
function walk(automaton: Automaton, entries: readonly Entry[], isXml: boolean): Set<Entry> {
  const reached = new Set<Entry>();
  const walked = new Set([0]);
  // What a text spells is judged by its own rules: it begins anew, without a cover.
  const starts = new Set([automaton.roots[0]!]);
  for (const start of starts) walkFrom(automaton, entries, start, { isXml, reached, walked, starts });
  return reached;
}

function walkFrom(
  automaton: Automaton,
  entries: readonly Entry[],
  start: number,
  { isXml, reached, walked, starts }: { isXml: boolean; reached: Set<Entry>; walked: Set<number>; starts: Set<number> },
): void {
  const pending: number[][] = Array.from({ length: entries.length + 1 }, () => []);
  pending[entries.length]!.push(start);
  for (let cover = entries.length; cover >= 0; cover--) {
    for (let at = pending[cover]!.pop(); at !== undefined; at = pending[cover]!.pop()) {
      if (walked.has(at)) continue;
      walked.add(at);
      const state = automaton.states[at]!;
      starts.add(state.decoded);
      const ranges = state.ranges.flatMap((range) => range.targets);
      let below = cover;
      // A rule on an XML element acts on what is between its tags, and its attributes stand beside that.
      if (isXml) pending[cover]!.push(...ranges);
      for (const detecting of state.detects) if (detecting < cover) reached.add(entries[detecting]!);
      if (state.rule !== undefined && state.rule < cover) {
        const entry = entries[state.rule]!;
        reached.add(entry);
        const { action } = entry.rule;
        if (takesWhole(action)) continue;
        if (action.kind !== "pass") below = state.rule;
      }
      pending[below]!.push(state.other, ...state.names.values(), ...ranges);
    }
  }
}

/** The same over the states of messages. A rule that detects never takes a value from later ones. */
function reachedInMessages(direction: Direction, entries: readonly Entry[], { policy, role }: CompiledPolicy): Entry[] {
  if (policy.protobuf === undefined) return [];
  const rules = entries.map(({ rule, selectors }) => ({ ...rule, selectors: [...selectors] }));
  const { bodies, states } = followBodies({ protobuf: policy.protobuf, rules, unmatched: "pass", role });
  const reached = new Set<Entry>();
  const walked = new Set<number>();
  const pending: number[][] = Array.from({ length: entries.length + 1 }, () => []);
  pending[entries.length]!.push(...bodies.map((body) => body.states[direction]).filter((at) => at !== NO_MESSAGE));
  for (let cover = entries.length; cover >= 0; cover--) {
    for (let at = pending[cover]!.pop(); at !== undefined; at = pending[cover]!.pop()) {
      if (walked.has(at)) continue;
      walked.add(at);
      const { members, types } = states[at]!;
      for (const { rule, detects, target } of members) {
        for (const detecting of detects) if (detecting < cover) reached.add(entries[detecting]!);
        const isActing = rule !== undefined && rule < cover;
        if (isActing) reached.add(entries[rule]!);
        const action: ResolvedAction = isActing ? entries[rule]!.rule.action : { kind: "pass" };
        if (!takesWhole(action)) pending[action.kind === "pass" ? cover : rule!]!.push(target);
      }
      pending[cover]!.push(...types.values());
    }
  }
  return [...reached];
}

/** An earlier pattern that matches a later one as text, stars and all, matches whatever the later one does. */
function fields(entries: readonly Entry[]): Set<Entry> {
  const reached = new Set<Entry>();
  const plain = new Set<string>();
  const patterns = new Map<string, string[]>();
  for (const { entry, selector } of placed(entries)) {
    const { location, expression, query, path } = selector;
    if (query !== undefined || path !== undefined) continue;
    const earlier = patterns.get(location) ?? [];
    const key = `${location} ${expression}`;
    const matches = location === "path" ? matchesTemplate : matchesPattern;
    // Of an entry with many selectors one that decides is enough.
    const isTaken = () => plain.has(key) || earlier.some((pattern) => matches(pattern, expression));
    if (!reached.has(entry) && !isTaken()) reached.add(entry);
    // A rule that detects leaves to later ones what it finds nothing in.
    if (entry.rule.detect !== undefined) continue;
    plain.add(key);
    if (expression.includes("*")) patterns.set(location, [...earlier, expression]);
  }
  return reached;
}

/** Whether a template selects its parameter in all paths in which another does; a star is one segment. */
function matchesTemplate(template: string, other: string): boolean {
  const [parts, others] = [template.split("/"), other.split("/")];
  if (parts.length !== others.length && parts.at(-1) !== "**") return false;
  return parts.every((part, index) => {
    const there = others[index];
    if (part === "**") return others.length >= parts.length;
    if (part.startsWith("{") || there?.startsWith("{")) return part.startsWith("{") && there?.startsWith("{") === true;
    return part === "*" ? there !== "**" : part === there;
  });
}
