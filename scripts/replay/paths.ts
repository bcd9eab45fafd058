/** Fields whose names are paths, seen from outside: which selectors of `named:` select them (docs/internals.md, "By name"). */
import { selectedSteps, selectsName } from "../policy/name-path.ts";
import type { RuleView } from "./oracle.ts";

/**
 * Whether a selector of the rule selects the field of the location, or what it is in; `pass` on that is no verdict on the
 * field, but as on an object the first rule is its own: what `pass` has, no rule behind it takes as a whole. `rules` are all
 * of the direction, in policy order.
 */
export function isPathOf(
  rules: readonly RuleView[],
  rule: RuleView,
  selector: RuleView["selectors"][number],
  location: string,
  name: string,
): boolean {
  if (selector.location !== `${location}-path` || selector.query === undefined) return false;
  const how = selectsName(selector.query, name);
  if (how === "own") return true;
  const earlier = rules.slice(0, rules.indexOf(rule)).filter(({ action, detect }) => action.kind === "pass" && !detect);
  const isTaken = (step: number): boolean =>
    earlier.some(({ selectors }) =>
      selectors.some(
        ({ location: other, query }) =>
          other === selector.location && query !== undefined && selectedSteps(query, name).includes(step),
      ),
    );
  return (
    (rule.action.kind !== "pass" || rule.detect !== undefined) &&
    selectedSteps(selector.query, name).some((step) => !isTaken(step))
  );
}
