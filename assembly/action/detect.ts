// Rules that detect: the spans that detectors find in a value, and what the rules make of them (docs/internals.md,
// "Which rule acts on a value", sentence 10).
// One scan for all rules that look at a value; each span goes to the first of them that wants it, and what no better span
// covers of one that lost is redacted, since a part of a number fits no format and may be its last four digits.
// Invariants: nothing is replaced before the whole value has been scanned; there is one scanner for all values, since each is
// scanned as a whole; a policy without such rules never opens it.

import { Buffer, newBuffer } from "../bytes/buffer";
import { SPAN_END, SPAN_PART, SPAN_RULE, SPAN_SIZE, SPAN_START, SPAN_TYPE } from "../detect/layout.gen";
import { read } from "../detect/read";
import { RIVALS_ALL, Scan, close, open, start } from "../detect/state";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  DETECT_RULE,
  DETECT_THRESHOLD,
  DETECT_WANTED,
  HEADER_DETECTOR_PROGRAM,
  HEADER_DETECTS,
  NO_RULE,
  RULE_ACTION,
  RULE_DETECTS,
  RULE_FLAGS,
  RULE_FLAG_WHOLE,
  SIZE_DETECT,
  SIZE_RULE,
} from "../policy/format.gen";
import { appendSpelled, encodePercent, skipSpelled } from "../fields/percent";
import { transform } from "./apply";
import { integerOf } from "./integer";
import { redactedText } from "./redact";
import { BLOCKED, DONE, FAILED, NUMBER, TEXT, UNCHANGED } from "./types";

/** Verdicts of `detect`, beside those of types.ts: nothing was found; `finder` acts on the value as a whole. */
export const NOTHING: u32 = 5;
export const WHOLE: u32 = 6;

/** The rule to which the first span went. */
export let finder: u32 = NO_RULE;

const scanner: Scan = changetype<Scan>(memory.data(offsetof<Scan>(), 16));
/** A byte for each type: whether a rule of the set that was asked last wants it. */
const wanted: Buffer = newBuffer();
const spans: Buffer = newBuffer();
const piece: Buffer = newBuffer();
const written: Buffer = newBuffer();
const escaped: Buffer = newBuffer();
const integer: Buffer = newBuffer();
/** The set and the policy that `wanted` and the scanner's threshold are for. */
let preparedFor: u64 = 0;
let preparedPolicy: usize = 0;

@inline
function recordAt(policy: usize, index: u32): usize {
  return policy + load<u32>(policy, HEADER_DETECTS) + index * SIZE_DETECT;
}

/** The rules of the set that come before `rule`. */
@inline
export function before(rules: usize, set: u64, rule: u32): u64 {
  if (set == 0 || rule == NO_RULE) return set;
  const count = <u64>load<u16>(rules + rule * SIZE_RULE, RULE_DETECTS);
  return count >= 64 ? set : set & (((<u64>1) << count) - 1);
}

/** The first rule of a set that is not empty. */
@inline
export function firstOf(policy: usize, set: u64): u32 {
  return <u32>load<u16>(recordAt(policy, <u32>ctz(set)), DETECT_RULE);
}

/** A policy goes: a scanner that runs its program closes. */
export function forget(policy: usize): void {
  if (preparedPolicy != policy) return;
  close(scanner);
  scanner.program = 0;
  preparedPolicy = 0;
  preparedFor = 0;
}

/** Readies a scanner for the rules of the set; false when memory ran out. */
export function prepare(s: Scan, policy: usize, set: u64, types: Buffer): bool {
  let threshold: u32 = 100;
  types.clear();
  for (let rest = set; rest != 0; rest &= rest - 1) {
    const record = recordAt(policy, <u32>ctz(rest));
    const at = policy + load<u32>(record, DETECT_WANTED);
    const count = load<u32>(record, DETECT_WANTED + 4);
    if (types.length == 0) types.append(at, count);
    else if (!types.failed) {
      for (let i: u32 = 0; i < count; i++) store<u8>(types.at + i, load<u8>(types.at + i) | load<u8>(at + i));
    }
    threshold = min<u32>(threshold, <u32>load<u16>(record, DETECT_THRESHOLD));
  }
  s.wanted = types.at;
  s.policy = policy;
  s.set = set;
  s.threshold = threshold;
  s.rivalry = RIVALS_ALL;
  return !types.failed;
}

/** Finds the spans of a value; false when memory ran out. Those of a number lie in its digits. */
function find(policy: usize, set: u64, type: u32, at: usize, length: u32): bool {
  if (preparedPolicy != policy) {
    if (preparedPolicy != 0) forget(preparedPolicy);
    scanner.spans = spans;
    if (!open(scanner, policy + load<u32>(policy, HEADER_DETECTOR_PROGRAM))) return false;
    preparedPolicy = policy;
  }
  if (preparedFor != set) {
    // Of a set that was not readied to the end nothing may be asked again.
    preparedFor = 0;
    if (!prepare(scanner, policy, set, wanted)) return false;
    preparedFor = set;
  }
  spans.clear();
  const isInteger = type == NUMBER && integerOf(at, length, integer);
  if (type == NUMBER && integer.failed) return false;
  // An exponent spells more digits than it has characters; a text never reads longer than it is.
  if (!isInteger && length < scanner.shortest) return true;
  start(scanner);
  if (isInteger) read(scanner, integer.at, integer.length, true);
  else read(scanner, at, length, true);
  return !spans.failed;
}

@inline
function count(counts: usize, rule: u32): void {
  const at = counts + (rule << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Appends what its rule makes of the span, whose text is [at, at+length). DONE, UNCHANGED (appended as it is), FAILED or BLOCKED. */
export function putSpan(policy: usize, rules: usize, keys: usize, span: usize, at: usize, length: u32, into: Buffer): u32 {
  const record = rules + <u32>load<u16>(span, SPAN_RULE) * SIZE_RULE;
  const action = <u32>load<u8>(record, RULE_ACTION);
  const isPart = (<u32>load<u16>(span, SPAN_TYPE) & SPAN_PART) != 0;
  if (action == ACTION_BLOCK) return BLOCKED;
  if (action == ACTION_STRIP) return DONE;
  if (action == ACTION_PASS || (isPart && action == ACTION_REVEAL)) {
    into.append(at, length);
    return UNCHANGED;
  }
  if (action != ACTION_REDACT && !isPart) {
    piece.clear();
    const verdict = transform(record, policy, TEXT, at, length, keys, piece);
    if (verdict == FAILED || verdict == BLOCKED) return verdict;
    if (verdict == UNCHANGED) {
      into.append(at, length);
      return UNCHANGED;
    }
    if (verdict == DONE) {
      into.append(piece.at, piece.length);
      return DONE;
    }
  }
  redactedText(record, policy, into);
  return DONE;
}

/**
 * What the rules of the set make of the value [at, at+length), decoded text or the spelling of a number. DONE: the new
 * text stands in `into`. WHOLE: `finder` acts on the value as a whole, as it always does on numbers. UNCHANGED: it was
 * found and stays. NOTHING: the next rule decides. FAILED, BLOCKED. Every span but the first is counted here.
 * `spelled` to `spelledEnd`: how the value is spelled where it was percent-decoded, or 0; then `into` is the new spelling,
 * in which what becomes of a span is escaped where that was, or with `escapes` always.
 */
export function detect(
  policy: usize,
  rules: usize,
  keys: usize,
  counts: usize,
  set: u64,
  type: u32,
  at: usize,
  length: u32,
  into: Buffer,
  spelled: usize = 0,
  spelledEnd: usize = 0,
  escapes: bool = false,
): u32 {
  finder = firstOf(policy, set);
  if (!find(policy, set, type, at, length)) return FAILED;
  let whole: u32 = NO_RULE;
  let first: u32 = NO_RULE;
  for (let offset: u32 = 0; offset < spans.length; offset += SPAN_SIZE) {
    const span = spans.at + offset;
    const rule = <u32>load<u16>(span, SPAN_RULE);
    if (first == NO_RULE) first = rule;
    const isWhole = type == NUMBER || (load<u8>(rules + rule * SIZE_RULE, RULE_FLAGS) & RULE_FLAG_WHOLE) != 0;
    if (isWhole && rule < whole) whole = rule;
  }
  if (first == NO_RULE) return NOTHING;
  finder = whole != NO_RULE ? whole : first;
  if (whole != NO_RULE) return WHOLE;
  if (spelled != 0) return putSpelled(policy, rules, keys, counts, spelled, spelledEnd, escapes, at, into);
  return putSpans(policy, rules, keys, counts, at, length, into);
}

function putSpans(policy: usize, rules: usize, keys: usize, counts: usize, at: usize, length: u32, into: Buffer): u32 {
  into.clear();
  let done: u32 = 0;
  let isFirst = true;
  let isChanged = false;
  for (let offset: u32 = 0; offset < spans.length; offset += SPAN_SIZE) {
    const span = spans.at + offset;
    const rule = <u32>load<u16>(span, SPAN_RULE);
    const from = load<u32>(span, SPAN_START);
    const to = load<u32>(span, SPAN_END);
    into.append(at + done, from - done);
    const verdict = putSpan(policy, rules, keys, span, at + from, to - from, into);
    if (verdict == FAILED || verdict == BLOCKED) {
      finder = rule;
      return verdict;
    }
    if (!isFirst) count(counts, rule);
    isFirst = false;
    if (verdict == DONE) isChanged = true;
    done = to;
  }
  into.append(at + done, length - done);
  if (into.failed) return FAILED;
  return isChanged ? DONE : UNCHANGED;
}

/** The same for a value that is spelled with escapes: what stays keeps its spelling. */
function putSpelled(
  policy: usize,
  rules: usize,
  keys: usize,
  counts: usize,
  raw: usize,
  end: usize,
  escapes: bool,
  at: usize,
  into: Buffer,
): u32 {
  into.clear();
  let done: u32 = 0;
  let isChanged = false;
  for (let offset: u32 = 0; offset < spans.length; offset += SPAN_SIZE) {
    const span = spans.at + offset;
    const from = load<u32>(span, SPAN_START);
    const size = load<u32>(span, SPAN_END) - from;
    const rawFrom = skipSpelled(raw, end, from - done);
    const rawTo = skipSpelled(rawFrom, end, size);
    appendSpelled(raw, <u32>(rawFrom - raw), into);
    written.clear();
    const verdict = putSpan(policy, rules, keys, span, at + from, size, written);
    if (verdict == FAILED || verdict == BLOCKED || written.failed) {
      finder = <u32>load<u16>(span, SPAN_RULE);
      return verdict == BLOCKED ? BLOCKED : FAILED;
    }
    if (offset != 0) count(counts, <u32>load<u16>(span, SPAN_RULE));
    if (verdict == UNCHANGED) appendSpelled(rawFrom, <u32>(rawTo - rawFrom), into);
    else if (escapes || <u32>(rawTo - rawFrom) != size || memory.compare(rawFrom, at + from, size) != 0) {
      escaped.clear();
      encodePercent(written.at, written.length, escaped);
      appendSpelled(escaped.at, escaped.length, into);
    } else {
      appendSpelled(written.at, written.length, into);
    }
    if (verdict == DONE) isChanged = true;
    done = from + size;
    raw = rawTo;
  }
  appendSpelled(raw, <u32>(end - raw), into);
  if (into.failed || escaped.failed) return FAILED;
  return isChanged ? DONE : UNCHANGED;
}
