/**
 * The selectors of a rule by their location and name. Presets have some hundred thousand, and every field of a message asks.
 *
 * Invariants: they come in the order of the rule; a rule is looked through once for each location.
 */
import { Endings } from "../policy/endings.ts";
import { matchesPattern } from "../policy/fields.ts";
import type { RuleView } from "./oracle.ts";

export type Selector = RuleView["selectors"][number];

interface Located {
  readonly all: readonly Selector[];
  /** Places in `all` of those whose pattern is a name, and of the others. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  readonly endings: Endings;
  readonly patterns: readonly number[];
}

const known = new WeakMap<RuleView, Map<string, Located>>();

function locatedAt(rule: RuleView, location: string): Located {
  const locations = known.get(rule) ?? new Map<string, Located>();
  known.set(rule, locations);
  let located = locations.get(location);
  if (located === undefined) {
    const all = rule.selectors.filter((selector) => selector.location === location);
    const byName = new Map<string, number[]>();
    const patterns: number[] = [];
    for (const [at, { expression }] of all.entries()) {
      if (expression.includes("*")) patterns.push(at);
      else if (byName.has(expression)) byName.get(expression)!.push(at);
      else byName.set(expression, [at]);
    }
    located = { all, byName, endings: new Endings(byName.keys()), patterns };
    locations.set(location, located);
  }
  return located;
}

export const selectorsAt = (rule: RuleView, location: string): readonly Selector[] => locatedAt(rule, location).all;

export const looksEverywhere = (rule: RuleView): boolean => selectorsAt(rule, "any").length > 0;

/** Those at the location whose pattern fits one of the names. */
export function selectorsOf(rule: RuleView, location: string, ...names: readonly string[]): Selector[] {
  const { all, byName, endings, patterns } = locatedAt(rule, location);
  const listed = names.flatMap((name) => [name, ...endings.of(name)]);
  const places = new Set(listed.flatMap((name) => byName.get(name) ?? []));
  for (const at of patterns) if (names.some((name) => matchesPattern(all[at]!.expression, name))) places.add(at);
  return [...places].sort((a, b) => a - b).map((at) => all[at]!);
}
