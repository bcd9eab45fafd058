// Member names: the automaton state that each leads to, and what becomes of one that a rule selects (json-key): maps are
// keyed by addresses and card numbers too.
// Invariants: the name is judged as text, decoded; its replacement stands in the held lead, so that it leaves with the
// value's verdict or not at all. Two names may get the same replacement: what must tell members apart is tokenized.

import { Buffer, newBuffer } from "../bytes/buffer";
import { BROKEN, DROP, KEEP, REFUSE, actOnText, acted } from "../fields/value";
import { classState, isListing, memberState, otherState, pairKind, pairsOf, stateAt } from "../policy/cursor";
import { nameClass } from "../policy/symbols";
import { NO_RULE, STATE_FLAGS, STATE_FLAG_NAMED, STATE_NAME_DETECTS, STATE_NAME_RULE } from "../policy/format.gen";
import { INTERNAL, JSON_NAME, LIMIT_VALUE, RULE_BLOCK } from "../policy/outcomes.gen";
import { flush, heldLength, joinCarry } from "./output";
import { settlesPair } from "./pair";
import { DROP_SEPARATOR, FLOW, HOLD_LEAD, JsonState, KEPT_FLAG, PLAIN_FLAG, carryOf } from "./state";
import { appendString, unescape } from "./text";
import { settleQuiet } from "./value";

const text: Buffer = newBuffer();
const nameText: Buffer = newBuffer();

/**
 * Whether the member whose name stands plain between the quotes at `from` and `to` is one of those that no rule knows by
 * name and none acts on: most are. Then it is kept.
 */
export function passesBy(s: JsonState, from: usize, to: usize): bool {
  if (!(s.flags & PLAIN_FLAG) || s.carryLength != 0 || s.mode == DROP_SEPARATOR) return false;
  const lead = s.mode == HOLD_LEAD ? s.mark : from;
  if (to - lead >= <usize>s.limitValue) return false;
  if (nameClass(s.policy, from + 1, <u32>(to - from) - 1) >= 0) return false;
  s.target = otherState(stateAt(s.policy, s.state));
  s.quiet = true;
  s.mode = FLOW;
  s.flags |= KEPT_FLAG;
  return true;
}

/**
 * Ends the member name that ends before `p`: finds the automaton state of its value, and what a name beside it says of that.
 * Where the chunk, which ends before `end`, does not tell, `pairWaits` says so, and `settleName` goes on.
 */
export function endName(s: JsonState, p: usize, end: usize, last: bool): void {
  joinCarry(s, p);
  let from: usize;
  let length: u32;
  if (s.carryLength) {
    from = s.carryAt + s.nameAt + 1;
    length = s.carryLength - s.nameAt - 2;
  } else {
    from = s.mark + s.nameAt + 1;
    length = <u32>(p - from) - 1;
  }
  if (s.escaped) {
    nameText.clear();
    if (!unescape(from, length, nameText)) s.error = JSON_NAME;
    if (nameText.failed) s.error = INTERNAL;
    from = nameText.at;
    length = nameText.length;
  }
  const state = stateAt(s.policy, s.state);
  const pairs = pairsOf(state);
  const number = pairs != 0 || isListing(state) ? nameClass(s.policy, from, length) : -1;
  const kind = pairs != 0 ? pairKind(s.policy, number) : 0;
  s.target = classState(s.policy, state, number);
  if (s.escaped && endsEarly(from, length) && memberState(s.policy, state, from, earlyLength) != s.target) s.error = JSON_NAME;
  const target = stateAt(s.policy, s.target);
  if (load<u16>(target, STATE_FLAGS) & STATE_FLAG_NAMED && !s.isNameless) {
    actOnName(s, p, load<u64>(target, STATE_NAME_DETECTS), <u32>load<u16>(target, STATE_NAME_RULE), from, length);
  }
  s.pairRule = NO_RULE;
  s.pairDetects = 0;
  if (kind == 0) settleQuiet(s, p);
  else settleName(s, kind, p, end, last);
}

/** The same for a member of a pair, when more of it has come: its name ends before `p`. */
export function settleName(s: JsonState, kind: u32, p: usize, end: usize, last: bool): void {
  if (s.error) return;
  const isSettled = settlesPair(s, kind, pairsOf(stateAt(s.policy, s.state)), p, end, last);
  s.pairWaits = isSettled ? 0 : kind;
  if (isSettled) settleQuiet(s, p);
}

let earlyLength: u32 = 0;

/** Whether a name holds NUL: a receiver that keeps names as C strings reads only the `earlyLength` bytes before it. */
function endsEarly(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(at + i)) continue;
    earlyLength = i;
    return true;
  }
  return false;
}

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
  if (carry.failed) s.error = INTERNAL;
  s.edited = true;
}
