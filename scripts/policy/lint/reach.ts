// Rules and selectors that can never decide, found by walking the automaton as the filter would.
// Rule semantics (docs/internals.md): the first selector wins a node; strip, redact and block end the walk; mask, hash,
// truncate and generalize cover what is below them, so that only earlier rules still act there.

import type { Automaton } from "../automaton.ts";
import { matchesPattern } from "../fields.ts";
import type { CompiledPolicy, Direction, ResolvedRule, ResolvedSelector } from "../index.ts";
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
  for (const direction of ["request", "response"] as const) {
    for (const entry of reachedIn(direction, entries)) reached.add(entry);
  }
  return compiled.rules.flatMap((rule) => {
    const dead = entries.filter((entry) => entry.rule === rule && !reached.has(entry));
    if (dead.length === rule.selectors.length) return [finding(rule, { path: [...rule.path, "name"] }, true, compiled)];
    return dead.map(({ selector }) => finding(rule, selector.place, false, compiled));
  });
};

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
  return [...walk(buildAutomaton([queries]), json), ...fields(entries)];
}

/** Each selector stands as a rule of its own here, in final order. */
function walk(automaton: Automaton, entries: readonly Entry[]): Set<Entry> {
  const reached = new Set<Entry>();
  const seen = new Set<string>();
  const pending: [at: number, cover: number][] = [[automaton.roots[0]!, entries.length]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    let [at, cover] = next;
    if (seen.has(`${at} ${cover}`)) continue;
    seen.add(`${at} ${cover}`);
    const state = automaton.states[at]!;
    if (state.rule !== undefined && state.rule < cover) {
      const entry = entries[state.rule]!;
      reached.add(entry);
      const { kind } = entry.rule.action;
      if (whole.has(kind)) continue;
      if (kind !== "pass") cover = state.rule;
    }
    const targets = new Set([state.other, ...state.names.values(), ...state.ranges.flatMap((range) => range.targets)]);
    for (const target of targets) if (target !== 0) pending.push([target, cover]);
  }
  return reached;
}

/** An earlier pattern that matches a later one as text, stars and all, matches whatever the later one does. */
function fields(entries: readonly Entry[]): Entry[] {
  const named = entries.filter(({ selector }) => selector.location !== "json");
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
