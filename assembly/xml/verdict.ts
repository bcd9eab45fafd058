// What rules make of a text of an XML document, be it between tags or in an attribute.
// Invariants: a text that does not fit its action, or is longer than limits.value, is redacted; of two rules the earlier one
// acts, and a covering pass yields to any own rule.

import { before, firstOf } from "../action/detect";
import { redactedText } from "../action/redact";
import { Buffer, newBuffer } from "../bytes/buffer";
import { BROKEN, DROP, KEEP, REFUSE, actOnText, acted } from "../fields/value";
import { enterFor, fault, faultRule, isPlain, isUnruled, judge, openLimit } from "../nested/open";
import {
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  NO_RULE,
  SIZE_RULE,
  STATE_DETECTS,
} from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { out } from "./output";
import { XmlState } from "./state";
import { decode, encode } from "./text";

const plain: Buffer = newBuffer();
const replacement: Buffer = newBuffer();

@inline
export function actionOf(s: XmlState, rule: u32): u32 {
  return rule == NO_RULE ? ACTION_PASS : <u32>load<u8>(s.rules + rule * SIZE_RULE);
}

@inline
export function count(s: XmlState, rule: u32): void {
  const at = s.counts + (rule << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** The rule that acts: the earlier of the own and the covering one; a covering pass yields to any own rule. */
@inline
export function ruleFor(s: XmlState, own: u32, cover: u32): u32 {
  return own != NO_RULE && (own < cover || actionOf(s, cover) == ACTION_PASS) ? own : cover;
}

/**
 * The rules of a state, and those `named` by a name beside it, that detect before the own rule and `rule`, which acts in it and may
 * come from above, do.
 */
@inline
export function detectsOf(s: XmlState, state: usize, own: u32, rule: u32, named: u64): u64 {
  const set = before(s.rules, load<u64>(state, STATE_DETECTS) | named, own);
  // A covering pass yields to them.
  return actionOf(s, rule) == ACTION_PASS ? set : before(s.rules, set, rule);
}

/** Whether no rule is about the text in the state on which `rule` acts, by its place or, where that may be, by a name beside it. */
@inline
export function isFreeOf(s: XmlState, state: u32, rule: u32, isNamed: bool): bool {
  if (isNamed && rule != NO_RULE && rule == s.tagRule) return false;
  return isUnruled(s.policy, s.rules, state, rule);
}

export function block(s: XmlState, rule: u32): void {
  count(s, rule);
  s.rule = rule;
  s.error = rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
}

export function putRedacted(s: XmlState, rule: u32, quote: u32): void {
  count(s, rule);
  replacement.clear();
  redactedText(s.rules + rule * SIZE_RULE, s.policy, replacement);
  if (replacement.failed) s.error = INTERNAL;
  encode(replacement.at, replacement.length, quote, out);
}

/** Puts out what `rule` makes of the text in place of its spelling; false when that stays. */
export function replace(s: XmlState, set: u64, rule: u32, at: usize, length: u32, quote: u32, isTooLong: bool): bool {
  plain.clear();
  decode(at, length, quote != 0, plain);
  return replacePlain(s, set, rule, quote, isTooLong);
}

function replacePlain(s: XmlState, set: u64, rule: u32, quote: u32, isTooLong: bool): bool {
  const limit = isTooLong ? 0 : s.limitValue;
  const fate = actOnText(s.policy, s.rules, s.keys, limit, set, rule, s.counts, plain.at, plain.length, replacement);
  if (fate == REFUSE) block(s, acted);
  else if (fate != KEEP) count(s, acted);
  return put(s, fate, quote);
}

/** The same for a text in an automaton state that says how it is decoded. */
export function replaceOpened(s: XmlState, state: u32, set: u64, rule: u32, at: usize, length: u32, quote: u32): bool {
  checkOpened(s, length);
  if (s.error) return false;
  plain.clear();
  decode(at, length, quote != 0, plain);
  enterFor(s.policy, s.rules, s.keys, s.limitValue, s.unmatched, s.unsupported, s.counts);
  const unruled = isUnruled(s.policy, s.rules, state, rule);
  // It begins as base64 of JSON, and its end says that it is none.
  if (isPlain(s.policy, state, unruled ? <u32>NO_RULE : rule, plain.at, plain.length)) {
    return replacePlain(s, set, rule, quote, length > s.limitValue);
  }
  const fate = judge(state, rule, set, unruled, plain.at, plain.length, replacement);
  if (fate == REFUSE) {
    s.error = fault;
    s.rule = faultRule;
  }
  return put(s, fate, quote);
}

function put(s: XmlState, fate: u32, quote: u32): bool {
  if (plain.failed || fate == BROKEN) s.error = INTERNAL;
  if (fate == KEEP) {
    if (!s.torn) return false;
    encode(plain.at, plain.length, quote, out);
  } else if (fate != DROP) {
    encode(replacement.at, replacement.length, quote, out);
  }
  return true;
}

/** Whether a text that will be decoded may wait at this length. */
export function checkOpened(s: XmlState, length: u64): void {
  if (length > <u64>openLimit(s.policy, s.limitValue)) s.error = LIMIT_VALUE;
}

/** Whether nothing but redacting, or leaving out, becomes of a text of this length under the rules. */
export function isSimple(s: XmlState, set: u64, action: u32, length: u64): bool {
  // Nobody can say what a text hides that is too long to be looked into.
  if (set != 0) return length > <u64>s.limitValue;
  if (action == ACTION_REDACT || action == ACTION_STRIP) return true;
  return length > <u64>s.limitValue && action != ACTION_REVEAL;
}

/** Puts what becomes of such a text. */
export function putSimple(s: XmlState, set: u64, rule: u32, quote: u32): void {
  if (set != 0) putRedacted(s, firstOf(s.policy, set), quote);
  else if (actionOf(s, rule) == ACTION_STRIP) count(s, rule);
  else putRedacted(s, rule, quote);
}
