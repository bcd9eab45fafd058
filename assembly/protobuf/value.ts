// The verdict on a field that holds no message: text, bytes, numbers alone or packed (semantics: docs/internals.md, "Rules on
// protobuf").
// Invariants: what does not fit its action, or is longer than limits.value, is redacted; an empty text stays empty; a
// number is replaced by one that its type can hold.

import { transform } from "../action/apply";
import { NOTHING, detect, finder } from "../action/detect";
import { BLOCKED, DONE, FAILED, NUMBER, UNCHANGED } from "../action/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import { isUtf8, replaceSurrogates } from "../bytes/utf8";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE, actOnText, acted } from "../fields/value";
import {
  ACTION_BLOCK,
  ACTION_GENERALIZE,
  ACTION_MASK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  ACTION_TRUNCATE,
  KIND_BYTES,
  KIND_STRING,
  NO_RULE,
  RULE_FLAGS,
  RULE_FLAG_WHOLE,
  RULE_P0,
  RULE_P1,
  SIZE_RULE,
} from "../policy/format.gen";
import { INTERNAL, PROTOBUF_SYNTAX, PROTOBUF_WIRE, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { appendDigits, appendNumber, appendZero, hasDigits, isHeldEach, isInteger, wireOf } from "./number";
import { endSized, leaveOut, placeOf, replace, replaceSized } from "./output";
import { ProtoState } from "./state";
import { WIRE_64, WIRE_VARINT, readVarint } from "./wire";

const value: Buffer = newBuffer();
const digits: Buffer = newBuffer();
const replacement: Buffer = newBuffer();

@inline
export function actionOf(s: ProtoState, rule: u32): u32 {
  return rule == NO_RULE ? ACTION_PASS : <u32>load<u8>(s.rules + rule * SIZE_RULE);
}

/** The rule that acts: the earlier of the own and the covering one; a covering pass yields to any own rule. */
@inline
export function ruleFor(s: ProtoState, own: u32, cover: u32): u32 {
  return own != NO_RULE && (own < cover || actionOf(s, cover) == ACTION_PASS) ? own : cover;
}

/** Counts a refusal by the rule, and answers its outcome. */
export function block(s: ProtoState, rule: u32): u32 {
  s.count(rule);
  s.rule = rule;
  return rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
}

/** The actions that look at no value: whether the action is one of them. */
function isPlain(action: u32): bool {
  return action == ACTION_PASS || action == ACTION_BLOCK || action == ACTION_STRIP;
}

/** Does such an action on the field [at, end). Returns an outcome. */
function actPlainly(s: ProtoState, rule: u32, action: u32, at: usize, end: usize): u32 {
  if (action == ACTION_BLOCK) return block(s, rule);
  if (rule != NO_RULE) s.count(rule);
  if (action == ACTION_STRIP) leaveOut(at, end);
  return 0;
}

/** Whether the action counts characters. */
function counts(action: u32): bool {
  return action == ACTION_MASK || action == ACTION_TRUNCATE || action == ACTION_GENERALIZE;
}

/** A string or bytes: the field [at, end), whose length begins at `lengthAt` and whose value at `from`. Returns an outcome. */
export function judgeText(
  s: ProtoState,
  set: u64,
  rule: u32,
  kind: u32,
  at: usize,
  lengthAt: usize,
  from: usize,
  end: usize,
): u32 {
  const length = <u32>(end - from);
  if (set != 0) {
    // Of a string that is no UTF-8 receivers make different texts: what it hides is as unknown as in one that is too long.
    const most = kind == KIND_STRING && !isUtf8(from, end) ? 0 : s.limit;
    const found = actOnText(s.policy, s.rules, s.keys, most, set, NO_RULE, s.counts, from, length, value);
    if (acted != NO_RULE) {
      const isWhole = (load<u8>(s.rules + acted * SIZE_RULE, RULE_FLAGS) & RULE_FLAG_WHOLE) != 0;
      if (kind != KIND_BYTES || !isWhole || !counts(actionOf(s, acted))) {
        return putText(s, acted, found, kind, at, lengthAt, end);
      }
      rule = acted;
    }
  }
  const action = actionOf(s, rule);
  if (isPlain(action)) return actPlainly(s, rule, action, at, end);
  // Bytes have no characters: what counts them does not fit.
  const limit = kind == KIND_BYTES && counts(action) ? 0 : s.limit;
  const fate = actOnText(s.policy, s.rules, s.keys, limit, 0, rule, s.counts, from, length, value);
  return putText(s, rule, fate, kind, at, lengthAt, end);
}

/** Does what became of a text. Returns an outcome. */
function putText(s: ProtoState, rule: u32, fate: u32, kind: u32, at: usize, lengthAt: usize, end: usize): u32 {
  if (fate == KEEP) return 0;
  if (fate == REFUSE) return block(s, rule);
  if (fate == BROKEN) return INTERNAL;
  s.count(rule);
  if (fate == DROP) {
    leaveOut(at, end);
    return 0;
  }
  // What comes back may be of a JSON string: for half a surrogate pair receivers would refuse all of the message.
  if (kind == KIND_STRING) replaceSurrogates(value.at, value.at + value.length);
  replaceSized(lengthAt, end, value.at, value.length);
  return 0;
}

/** Writes to `value` what becomes of the number [at, end): KEEP, REPLACE, REFUSE or BROKEN. */
function actOnNumber(s: ProtoState, rule: u32, kind: u32, at: usize, end: usize): u32 {
  const record = s.rules + rule * SIZE_RULE;
  const action = <u32>load<u8>(record);
  value.clear();
  if (action == ACTION_REDACT) {
    const given = load<u32>(record, RULE_P1);
    if (given == 0 || !appendNumber(kind, s.policy + load<u32>(record, RULE_P0), given, value)) appendZero(kind, value);
    return value.failed ? BROKEN : REPLACE;
  }
  if (hasDigits(kind)) {
    digits.clear();
    replacement.clear();
    appendDigits(kind, at, end, digits);
    const verdict = transform(record, s.policy, NUMBER, digits.at, digits.length, s.keys, replacement);
    if (verdict == UNCHANGED) return KEEP;
    if (verdict == FAILED) return BROKEN;
    if (verdict == BLOCKED) return REFUSE;
    if (verdict == DONE && appendNumber(kind, replacement.at, replacement.length, value)) {
      return value.failed ? BROKEN : REPLACE;
    }
  }
  if (action == ACTION_REVEAL) return KEEP;
  appendZero(kind, value);
  return value.failed ? BROKEN : REPLACE;
}

/**
 * The number [at, end), which goes with what is before it from `start` on when it is left out: what the rules of the set
 * make of it, and where they find nothing `rule`. Returns an outcome.
 */
export function judgeNumber(s: ProtoState, set: u64, rule: u32, kind: u32, start: usize, at: usize, end: usize): u32 {
  if (set != 0 && isInteger(kind, at)) {
    digits.clear();
    appendDigits(kind, at, end, digits);
    const verdict = detect(s.policy, s.rules, s.keys, s.counts, set, NUMBER, digits.at, digits.length, replacement);
    if (digits.failed || verdict == FAILED) return INTERNAL;
    // Numbers are always acted on as a whole.
    if (verdict != NOTHING) rule = finder;
  }
  const action = actionOf(s, rule);
  if (isPlain(action)) return actPlainly(s, rule, action, start, end);
  const fate = actOnNumber(s, rule, kind, at, end);
  if (fate == KEEP) return 0;
  if (fate == REFUSE) return block(s, rule);
  if (fate == BROKEN) return INTERNAL;
  s.count(rule);
  replace(at, end, value.at, value.length);
  return 0;
}

/**
 * Packed numbers: as a string, but each is judged on its own. Where nothing acts on them their end counts too, since some
 * receivers read on behind it. Returns an outcome.
 */
export function judgePacked(
  s: ProtoState,
  set: u64,
  rule: u32,
  kind: u32,
  at: usize,
  lengthAt: usize,
  from: usize,
  end: usize,
): u32 {
  const action = actionOf(s, rule);
  if (!isHeldEach(kind, from, end)) return PROTOBUF_WIRE;
  if (set == 0 && isPlain(action)) return actPlainly(s, rule, action, at, end);
  const place = placeOf(lengthAt);
  const wire = wireOf(kind);
  for (let p = from; p < end; ) {
    const next = wire == WIRE_VARINT ? readVarint(p, end) : p + (wire == WIRE_64 ? 8 : 4);
    if (next == 0) return PROTOBUF_SYNTAX;
    const outcome = judgeNumber(s, set, rule, kind, p, p, next);
    if (outcome) return outcome;
    p = next;
  }
  endSized(place, lengthAt, from, end);
  return 0;
}
