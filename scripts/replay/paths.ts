/** Fields whose names are paths, seen from outside: which selectors of `named:` select them (docs/internals.md, "By name"). */
import { selectsName } from "../policy/name-path.ts";
import type { RuleView } from "./oracle.ts";

/** Whether a selector of the rule selects the field of the location, or what it is in; `pass` on that is no verdict on the field. */
export function isPathOf(
  { action }: RuleView,
  selector: RuleView["selectors"][number],
  location: string,
  name: string,
): boolean {
  if (selector.location !== `${location}-path` || selector.query === undefined) return false;
  const how = selectsName(selector.query, name);
  return how === "own" || (how === "around" && action.kind !== "pass");
}
