// What rules say of a value of a JSON document, as far as more than one file asks.

import { isUnruled } from "../nested/open";
import { ACTION_PASS, NO_RULE, SIZE_RULE } from "../policy/format.gen";
import { RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { isPaired } from "./pair";
import { JsonState } from "./state";

/** The kind of `null`, beside the kinds of action/types.ts. */
export const NULL: u32 = 6;

@inline
export function actionOf(s: JsonState, rule: u32): u32 {
  return rule == NO_RULE ? ACTION_PASS : <u32>load<u8>(s.rules + rule * SIZE_RULE);
}

@inline
export function count(s: JsonState, rule: u32): void {
  const at = s.counts + (rule << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Whether no rule is about the value on which `rule` acts, by its place or by a name beside it: a pass around it is none. */
export function isUnruledHere(s: JsonState, rule: u32): bool {
  if (rule != NO_RULE && isPaired(s) && rule == s.pairRule) return false;
  return isUnruled(s.policy, s.rules, s.target, rule);
}

/** Whether no rule is about the value, should it not be what the policy decodes. */
@inline
export function isUndecided(s: JsonState): bool {
  return s.detects == 0 && isUnruledHere(s, s.rule);
}

/** Whether the lead waits with the value, since what becomes of the member is open until that has been looked into. */
@inline
export function leadWaits(s: JsonState): bool {
  return s.detects != 0 || s.opens;
}

export function block(s: JsonState, rule: u32): void {
  count(s, rule);
  s.error = rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
}
