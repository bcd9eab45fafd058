// Whether a rule takes an object, array, element or message as one thing, or acts on the scalars in it.
// Invariant: whatever is not known to act on scalars takes the whole.

import {
  ACTION_BLOCK,
  ACTION_REDACT,
  ACTION_STRIP,
  RULE_ACTION,
  RULE_FLAGS,
  RULE_FLAG_KEEP_STRUCTURE,
} from "./format.gen";

/** `rule` is the record of a rule. Whether `unmatched` does depends on what else could act inside: that is for the caller. */
@inline
export function takesWhole(rule: usize): bool {
  const action = <u32>load<u8>(rule, RULE_ACTION);
  if (action == ACTION_REDACT) return (load<u8>(rule, RULE_FLAGS) & RULE_FLAG_KEEP_STRUCTURE) == 0;
  return action == ACTION_STRIP || action == ACTION_BLOCK;
}
