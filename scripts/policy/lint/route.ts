// Headers without which a gateway knows no way: in a listener Envoy looks for the route again once the filter has changed a header,
// and finds none without x-forwarded-proto (404), as seen in 1.40.0. Behind the route, in a cluster, it is of no account.

import { matchesPattern } from "../fields.ts";
import type { CompiledPolicy, ResolvedRule } from "../index.ts";
import type { Check } from "./index.ts";

const routed = "x-forwarded-proto";

/** Whether the rule is about the header as it stands, or about what it spells. */
const selects = ({ selectors }: ResolvedRule, how: "whole" | "decoded"): boolean =>
  selectors.some(
    ({ location, expression, inside }) =>
      location === "header" && (inside === undefined) === (how === "whole") && matchesPattern(expression, routed),
  );

function leavesNothing({ action }: ResolvedRule): boolean {
  if (action.kind === "redact") return action.with === "";
  return action.kind === "strip" || (action.kind === "truncate" && action.keepFirst + action.keepLast === 0);
}

/** The rule that takes the header; its value spells nothing, so that one which decodes it leaves it to the others. */
function taking({ policy, rules }: CompiledPolicy): ResolvedRule | undefined {
  const asked = rules.filter(({ directions }) => directions.includes("request"));
  const about = asked.filter((rule) => selects(rule, "whole"));
  const deciding = about.find(({ detect }) => detect === undefined);
  if (deciding) return leavesNothing(deciding) ? deciding : undefined;
  if (policy.unsupported.request !== "empty" || about.length > 0) return undefined;
  return asked.find((rule) => selects(rule, "decoded"));
}

export const unrouted: Check = (compiled) => {
  if (compiled.role !== "edge" || compiled.policy.activation.clusters.length > 0) return [];
  const rule = taking(compiled);
  if (rule === undefined) return [];
  return [
    {
      code: "unrouted",
      rule,
      place: { path: [...rule.path, "select"] },
      message: `${rule.name} takes ${routed}, without which Envoy finds no route in a listener: all requests get 404`,
      remedy: `let an earlier rule pass it ({"select": "header:${routed}", "action": "pass"}); it says http or https`,
    },
  ];
};
