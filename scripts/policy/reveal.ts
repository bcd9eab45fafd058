// A rule that turns tokens back, and the rule whose tokens they are.
// Invariant: no originals go to the hotfix.

import type { ResolvedRule } from "./resolve.ts";
import { unrecognized } from "./token.ts";

/** Gives a reveal the tokenize that it undoes, and refuses one that would undo it towards the tunnel. */
export function resolveReveal(rule: ResolvedRule, names: Map<string, ResolvedRule>): void {
  const { action, detect, directions, source, path } = rule;
  if (action.kind !== "reveal") return;
  const place = { path: [...path, "action", "reveal"] };
  const undone = names.get(action.rule)?.action;
  if (undone?.kind === "tokenize") {
    action.token = undone.token;
    const fault = detect && unrecognized(undone.token, detect.types);
    if (fault) source.error("token-not-found", { path: [...path, "detect"] }, fault.message, fault.remedy);
  } else {
    const message = undone ? `the rule ${action.rule} does not tokenize` : `there is no rule ${action.rule}`;
    source.error("unknown-rule", place, message, "name a rule whose action is tokenize");
  }
  const exposed = directions.find((direction) => direction === "request" || direction === "egress-response");
  if (exposed === undefined) return;
  const message = `on ${exposed} a reveal would send originals to the hotfix`;
  source.error("reveal-to-tunnel", place, message, 'let it act "on": "response" or "egress-request"');
}
