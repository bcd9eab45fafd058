// Rules and selectors that can never decide, found by walking the automaton as the filter would.
// Rule semantics (docs/internals.md): the first selector wins a node; strip, redact and block end the walk; mask, hash,
// truncate and generalize cover what is below them, so that only earlier rules still act there.

import { type Automaton, AutomatonLimit } from "../automaton.ts";
import { NO_MESSAGE } from "../constants.ts";
import { matchesPattern } from "../fields.ts";
import type { CompiledPolicy, Direction, ResolvedRule, ResolvedSelector } from "../index.ts";
import { GraphLimit } from "../protobuf/graph.ts";
import { followBodies } from "../protobuf/index.ts";
import { buildAutomaton } from "../subset.ts";
import type { Check, Finding } from "./index.ts";

interface Entry {
  rule: ResolvedRule;
  selector: ResolvedSelector;
}

const whole = new Set(["strip", "redact", "block"]);

export const unreachable: Check = (compiled) => {
  const entries = compiled.rules.flatMap((rule) => rule.selectors.map((selector): Entry => ({ rule, selector })));
  const reached = new Set<Entry>();
  try {
    for (const direction of ["request", "response"] as const) {
      for (const entry of reachedIn(direction, entries)) reached.add(entry);
      for (const entry of reachedInMessages(direction, entries, compiled)) reached.add(entry);
    }
  } catch (error) {
    // Selector by selector the automaton is larger than rule by rule, so that this can happen to a valid policy.
    const isLimit = error instanceof AutomatonLimit;
    if (!isLimit && !(error instanceof GraphLimit)) throw error;
    const message = `reach cannot be checked: ${isLimit ? error.message : "there are too many message states"}`;
    const remedy = isLimit ? error.remedy : "write a descriptor set of the services that the policy is for";
    return [{ code: "reach-unknown", place: { path: ["rules"] }, message, remedy }];
  }
  return compiled.rules.filter(actsHere).flatMap((rule) => {
    const dead = entries.filter((entry) => entry.rule === rule && !reached.has(entry));
    if (dead.length === rule.selectors.length) return [finding(rule, { path: [...rule.path, "name"] }, true, compiled)];
    return dead.map(({ selector }) => finding(rule, selector.place, false, compiled));
  });
};

/** A rule for another place in the gateway never decides here, and is not dead for that. */
const actsHere = ({ directions }: ResolvedRule) => directions.includes("request") || directions.includes("response");

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
  const json = entries.filter(({ selector }) => selector.location === "json");
  const queries = json.map(({ selector }, index) => ({ query: selector.query!, rule: index }));
  const xml = entries.filter(({ selector }) => selector.location === "xml");
  const paths = xml.map(({ selector }, index) => ({ query: selector.query!, rule: index }));
  return [
    ...walk(buildAutomaton([queries]), json),
    ...walk(buildAutomaton([paths]), xml),
    ...documentsIn(entries),
    ...fields(entries),
  ];
}

/** Documents in the values of fields, pattern by pattern; `pass` on the whole value is not in the way of what is inside. */
function documentsIn(entries: readonly Entry[]): Entry[] {
  const nested = entries.filter(({ selector }) => selector.nested !== undefined);
  const reached = nested.flatMap(({ selector: { location, expression } }) => {
    const isWhole = ({ rule, selector }: Entry) =>
      selector.location === location && selector.nested === undefined && rule.action.kind !== "pass";
    if (entries.some((entry) => isWhole(entry) && matchesPattern(entry.selector.expression, expression))) return [];
    const inside = nested.filter(
      ({ selector }) => selector.location === location && matchesPattern(selector.expression, expression),
    );
    const queries = inside.map(({ selector }, index) => ({ query: selector.query!, rule: index }));
    return [...walk(buildAutomaton([queries]), inside)];
  });
  return [...new Set(reached)];
}

/** Each selector stands as a rule of its own here, in final order. A cover is the selector that covers a node, or the
 * number of selectors for none. It only gets stronger (lower) on the way down, so that walking the weakest first visits
 * each state once, with the cover under which most can be reached. */
function walk(automaton: Automaton, entries: readonly Entry[]): Set<Entry> {
  const reached = new Set<Entry>();
  const walked = new Set([0]);
  const pending: number[][] = Array.from({ length: entries.length + 1 }, () => []);
  pending[entries.length]!.push(automaton.roots[0]!);
  for (let cover = entries.length; cover >= 0; cover--) {
    for (let at = pending[cover]!.pop(); at !== undefined; at = pending[cover]!.pop()) {
      if (walked.has(at)) continue;
      walked.add(at);
      const state = automaton.states[at]!;
      const ranges = state.ranges.flatMap((range) => range.targets);
      let below = cover;
      // A rule on an XML element acts on what is between its tags, and its attributes stand beside that.
      if (entries[0]?.selector.location === "xml") pending[cover]!.push(...ranges);
      if (state.rule !== undefined && state.rule < cover) {
        const entry = entries[state.rule]!;
        reached.add(entry);
        const { kind } = entry.rule.action;
        if (whole.has(kind)) continue;
        if (kind !== "pass") below = state.rule;
      }
      pending[below]!.push(state.other, ...state.names.values(), ...ranges);
    }
  }
  return reached;
}

/** The same over the states of messages. A rule that detects never takes a value from later ones. */
function reachedInMessages(direction: Direction, entries: readonly Entry[], { policy, role }: CompiledPolicy): Entry[] {
  if (policy.protobuf === undefined) return [];
  const rules = entries.map(({ rule, selector }) => ({ ...rule, selectors: [selector] }));
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
        const kind = isActing ? entries[rule]!.rule.action.kind : "pass";
        if (!whole.has(kind)) pending[kind === "pass" ? cover : rule!]!.push(target);
      }
      pending[cover]!.push(...types.values());
    }
  }
  return [...reached];
}

/** An earlier pattern that matches a later one as text, stars and all, matches whatever the later one does. */
function fields(entries: readonly Entry[]): Entry[] {
  const named = entries.filter(({ selector: { query, path } }) => query === undefined && path === undefined);
  return named.filter(
    ({ selector }, index) =>
      !named
        .slice(0, index)
        .some(
          (earlier) =>
            earlier.selector.location === selector.location &&
            matchesPattern(earlier.selector.expression, selector.expression),
        ),
  );
}
