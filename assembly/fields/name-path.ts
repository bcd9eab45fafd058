// Names of fields that are paths, as frameworks nest them: card[number], items[0][note], user.email, tags[]. They are looked
// up step by step in an automaton, as the members of a document would be.
// Invariants: a step is what stands between brackets and dots; empty ones are none. A rule on a step acts on all fields
// below it, as it would on an object; `pass` exempts the field of its own name alone.

import { memberState, stateAt } from "../policy/cursor";
import { ACTION_PASS, HEADER_RULES, NO_RULE, SIZE_RULE, STATE_DETECTS } from "../policy/format.gen";

/** Of the name that `followPath` was asked for: the first rule on one of its steps, and the rules that detect in it. */
export let pathRule: u32 = 0;
export let pathDetects: u64 = 0;

@inline
function parts(byte: u32): bool {
  return byte == 0x5b || byte == 0x5d || byte == 0x2e;
}

/** Whether the name is a path; one without brackets and dots is a plain name. */
export function isPath(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (parts(<u32>load<u8>(at + i))) return true;
  }
  return false;
}

/** Looks a path up from a state of the automaton on. */
export function followPath(policy: usize, root: u32, at: usize, length: u32): void {
  const rules = policy + load<u32>(policy, HEADER_RULES);
  const end = at + length;
  let state = root;
  pathRule = NO_RULE;
  pathDetects = 0;
  let passing: u32 = NO_RULE;
  while (at < end) {
    let stop = at;
    while (stop < end && !parts(<u32>load<u8>(stop))) stop++;
    if (stop != at) {
      state = memberState(policy, stateAt(policy, state), at, <u32>(stop - at));
      const record = stateAt(policy, state);
      const own = <u32>load<u16>(record);
      const isPass = own != NO_RULE && <u32>load<u8>(rules + own * SIZE_RULE) == ACTION_PASS;
      passing = isPass ? own : NO_RULE;
      if (!isPass) pathRule = min<u32>(pathRule, own);
      pathDetects |= load<u64>(record, STATE_DETECTS);
    }
    at = stop + 1;
  }
  pathRule = min<u32>(pathRule, passing);
}
