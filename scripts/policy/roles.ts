// The rules of a policy, as they act where the filter stands.
//
// edge: requests enter the tunnel, responses come back from it: rules on "request" and "response".
// egress: the hotfix calls another service. What it sends on is turned back: "egress-request" rules, and every tokenize
// on "request" undone at the same places. What comes back to it is anonymized like what it got in the first place:
// "egress-response" rules, and the rules on "request".
// Invariant: no rule of the result reveals anything in the direction of the hotfix.

import type { ResolvedRule, Role } from "./resolve.ts";

export function rulesForRole(rules: readonly ResolvedRule[], role: Role): ResolvedRule[] {
  if (role === "edge") return [...rules];
  return rules.flatMap((rule): ResolvedRule[] => {
    const { action, directions } = rule;
    const sent = directions.includes("egress-request");
    const isUndone = action.kind === "tokenize" && directions.includes("request") && !sent;
    const back = directions.includes("egress-response") || directions.includes("request");
    const acting: ResolvedRule = {
      ...rule,
      directions: [...(sent ? (["request"] as const) : []), ...(back ? (["response"] as const) : [])],
    };
    if (!isUndone) return [acting];
    const undo: ResolvedRule = {
      ...rule,
      action: { kind: "reveal", rule: rule.name, anywhere: false, token: action.token },
      directions: ["request"],
    };
    return [undo, acting];
  });
}
