// Texts of a message that the policy decodes (nested/): what they spell is judged by its own rules.
// Invariant: a text that cannot be decoded is left to the rules on the whole of it, and where there are none to `unsupported`.

import { CHANGED, FAULT, SAME, enterFor, fault, faultRule, isSoft, open, opened } from "../nested/open";
import { NO_RULE, UNSUPPORTED_BLOCK, UNSUPPORTED_PASS } from "../policy/format.gen";
import { NESTED_VALUE } from "../policy/outcomes.gen";
import { replaceSized } from "./output";
import { ProtoState } from "./state";

/** The last text has its verdict; else the rules on the whole of it decide. */
export let isOpened: bool = false;

/**
 * The text [from, end) in the automaton state, whose length begins at `lengthAt`; `rule` acts on the whole of it, unless
 * there is none that is about it: `unruled`. Of a name, which `unmatched` leaves alone, it is `exempt`. Returns an outcome.
 */
export function openText(
  s: ProtoState,
  state: u32,
  rule: u32,
  unruled: bool,
  exempt: bool,
  lengthAt: usize,
  from: usize,
  end: usize,
): u32 {
  isOpened = false;
  if (from == end) return 0;
  isOpened = true;
  enterFor(s.policy, s.rules, s.keys, s.limit, exempt ? <u32>NO_RULE : s.unmatched, s.unsupported, s.counts);
  const verdict = open(state, rule, from, <u32>(end - from));
  if (verdict == SAME) return 0;
  if (verdict == CHANGED) {
    replaceSized(lengthAt, end, opened.at, opened.length);
    return 0;
  }
  if (verdict == FAULT) {
    s.rule = faultRule;
    return fault;
  }
  isOpened = unruled;
  if (!unruled) return 0;
  const unsupported = s.unsupported;
  if (unsupported == UNSUPPORTED_BLOCK) return NESTED_VALUE;
  if (unsupported != UNSUPPORTED_PASS) replaceSized(lengthAt, end, from, 0);
  else if (isSoft(s.policy, state)) isOpened = false;
  return 0;
}
