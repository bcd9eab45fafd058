/** Fields whose names are paths, seen from outside: which selectors of `named:` select them (docs/internals.md, "By name"). */
import type { Query } from "../policy/jsonpath/ast.ts";
import { selectedSteps, selectsName, stepsOfName } from "../policy/name-path.ts";
import { readingsOf } from "./names.ts";
import type { RuleView } from "./oracle.ts";
import { type Selector, selectorsAt } from "./selectors.ts";

const queriesAt = (rule: RuleView, location: string): Query[] =>
  selectorsAt(rule, `${location}-path`).flatMap(({ query }) => query ?? []);

/**
 * Whether the rule selects the field of the location by a path of names, or what it is in; `pass` on that is no verdict on the
 * field, but as on an object the first rule is its own: what `pass` has, no rule behind it takes as a whole. `rules` are all
 * of the direction, in policy order.
 */
export function selectsPath(rules: readonly RuleView[], rule: RuleView, location: string, name: string): boolean {
  if (stepsOfName(name) === undefined) return false;
  const selecting = queriesAt(rule, location).filter((query) => selectsName(query, name) !== undefined);
  if (selecting.some((query) => selectsName(query, name) === "own")) return true;
  if (rule.action.kind === "pass" && rule.detect === undefined) return false;
  const earlier = rules.slice(0, rules.indexOf(rule)).filter(({ action, detect }) => action.kind === "pass" && !detect);
  const isTaken = (step: number): boolean =>
    earlier.some((other) => queriesAt(other, location).some((query) => selectedSteps(query, name).includes(step)));
  return selecting.some((query) => selectedSteps(query, name).some((step) => !isTaken(step)));
}

/** What stands for such a selector, which decodes nothing, beside those that name the field: none where there is none. */
export const pathsNaming = (
  rules: readonly RuleView[],
  rule: RuleView,
  location: string,
  name: string,
): Pick<Selector, "inside">[] =>
  readingsOf(location, name).some((reading) => selectsPath(rules, rule, location, reading)) ? [{}] : [];
