// What becomes of a member name that a rule selects (json-key): maps are keyed by addresses and card numbers too.
// Invariants: the name is judged as text, decoded; its replacement stands in the held lead, so that it leaves with the
// value's verdict or not at all. Two names may get the same replacement: what must tell members apart is tokenized.

import { Buffer, newBuffer } from "../bytes/buffer";
import { BROKEN, DROP, KEEP, REFUSE, actOnText, acted } from "../fields/value";
import { INTERNAL, LIMIT_VALUE, RULE_BLOCK } from "../policy/outcomes.gen";
import { flush, heldLength } from "./output";
import { JsonState, carryOf } from "./state";
import { appendString } from "./text";

const text: Buffer = newBuffer();

/** The name [at, at+length), decoded, ends before `p`: the held lead gets what the rule makes of it. */
export function actOnName(s: JsonState, p: usize, detects: u64, rule: u32, at: usize, length: u32): void {
  // Before the replacement changes the length: how a body was cut must not decide.
  if (heldLength(s, p) > <u64>s.limitValue) {
    s.error = LIMIT_VALUE;
    return;
  }
  const fate = actOnText(s.policy, s.rules, s.keys, s.limitValue, detects, rule, s.counts, at, length, text);
  if (fate == KEEP) return;
  const count = s.counts + (acted << 2);
  store<u32>(count, load<u32>(count) + 1);
  if (fate == REFUSE) {
    s.rule = acted;
    s.error = RULE_BLOCK;
    return;
  }
  if (fate == BROKEN || fate == DROP) {
    s.error = INTERNAL;
    return;
  }
  const carry = carryOf(s);
  if (s.carryLength) {
    carry.length = s.nameAt;
  } else {
    flush(s, s.mark);
    carry.append(s.mark, s.nameAt);
    s.mark = p;
    s.copyFrom = p;
  }
  appendString(text.at, text.length, carry);
  s.edited = true;
}
