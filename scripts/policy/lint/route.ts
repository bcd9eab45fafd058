// Headers without which a gateway knows no way: in a listener Envoy looks for the route again once the filter has changed a header,
// and finds none without x-forwarded-proto (404), as seen in 1.40.0. Behind the route, in a cluster, it is of no account.

import { matchesPattern } from "../fields.ts";
import type { Check } from "./index.ts";

const routed = "x-forwarded-proto";

export const unrouted: Check = ({ policy, rules, role }) => {
  if (role !== "edge" || policy.activation.clusters.length > 0) return [];
  const deciding = rules.find(
    ({ directions, selectors, detect }) =>
      directions.includes("request") &&
      detect === undefined &&
      selectors.some(
        ({ location, expression, inside }) =>
          location === "header" && inside === undefined && matchesPattern(expression, routed),
      ),
  );
  if (deciding === undefined) return [];
  const { action } = deciding;
  const leavesNothing =
    action.kind === "strip" ||
    (action.kind === "redact" && action.with === "") ||
    (action.kind === "truncate" && action.keepFirst + action.keepLast === 0);
  if (!leavesNothing) return [];
  return [
    {
      code: "unrouted",
      rule: deciding,
      place: { path: [...deciding.path, "select"] },
      message: `${deciding.name} takes ${routed}, without which Envoy finds no route in a listener: all requests get 404`,
      remedy: `let an earlier rule pass it ({"select": "header:${routed}", "action": "pass"}); it says http or https`,
    },
  ];
};
