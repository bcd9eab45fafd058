// The verdict on a held scalar: what stands in its place. What it spells is asked first, then detectors, then its rule.
// Invariants: a value that does not fit its action, or is longer than limits.value, is redacted; `replacement` is whole
// when the answer is REPLACED.

import { transform } from "../action/apply";
import { NOTHING, detect, finder, firstOf } from "../action/detect";
import { redactedJson } from "../action/redact";
import { BLOCKED, BOOLEAN, DONE, FAILED, NUMBER, STRING, UNCHANGED } from "../action/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import {
  CHANGED,
  FAULT,
  UNREADABLE,
  enterFor,
  fault,
  faultRule,
  isJson,
  isPlain,
  isSoft,
  isSoftJson,
  open,
  openJoined,
  openLimit,
} from "../nested/open";
import { APART, LONG, NO_MEMORY, Pieces, WAITS, WHOLE, forget, isNext, take, textOf } from "../nested/pieces";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  NO_RULE,
  SIZE_RULE,
  UNSUPPORTED_BLOCK,
  UNSUPPORTED_EMPTY,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE, NESTED_VALUE, RULE_BLOCK } from "../policy/outcomes.gen";
import { mayBeginJson } from "./begin";
import { NULL, actionOf, block, count, isUndecided, isUnruledHere, leadWaits } from "./rule";
import { JsonState } from "./state";
import { appendString, unescape } from "./text";

const plain: Buffer = newBuffer();
export const replacement: Buffer = newBuffer();
const textBuffer: Buffer = newBuffer();

// What becomes of a held scalar.
export const STAYS: u32 = 0;
export const REPLACED: u32 = 1;
export const STRIPPED: u32 = 2;
/** Replaced in places, as what it spells says (nested/). */
export const OPENED: u32 = 3;
/** Replaced by nothing, though no rule says so. */
export const EMPTIED: u32 = 4;

/** The inside of the string [at, at+length), unescaped; its place and length. */
let textAt: usize = 0;
let textLength: u32 = 0;

function readText(s: JsonState, at: usize, length: u32): void {
  textAt = at + 1;
  textLength = length - 2;
  if (!s.escaped) return;
  plain.clear();
  unescape(textAt, textLength, plain);
  textAt = plain.at;
  textLength = plain.length;
  if (plain.failed) s.error = INTERNAL;
}

/** The verdict on the held scalar; `replacement` is what stands in its place. */
export function judgeScalar(s: JsonState, at: usize, length: u32): u32 {
  if (!leadWaits(s)) return replaceScalar(s, s.rule, at, length);
  const isEmpty = s.kind == STRING && length == 2;
  if (s.opens && !isEmpty) {
    const fate = openScalar(s, at, length);
    if (fate != REPLACED) return fate;
  }
  const verdict = isEmpty || s.detects == 0 ? NOTHING : detectScalar(s, at, length);
  if (verdict == DONE) return REPLACED;
  if (verdict == UNCHANGED || s.error) return STAYS;
  if (s.rule == NO_RULE) return STAYS;
  const action = actionOf(s, s.rule);
  if (action == ACTION_PASS) {
    count(s, s.rule);
    return STAYS;
  }
  if (action == ACTION_BLOCK) {
    block(s, s.rule);
    return STAYS;
  }
  if (action == ACTION_STRIP && s.depth != 0) return STRIPPED;
  return replaceScalar(s, s.rule, at, length);
}

/** Whether the held string may be a piece of a document that others go on with. */
function mayBePiece(s: JsonState): bool {
  if (s.pieces == 0 || s.unsupported == UNSUPPORTED_PASS) return false;
  return isJson(s.policy, s.target) && isUnruledHere(s, s.rule);
}

/** Whether the held string becomes empty when it cannot be read: not where it must be, nor where somebody looks into it as it stands. */
function isEmptied(s: JsonState): bool {
  const isLookedAt = !isSoft(s.policy, s.target) && s.detects != 0;
  return !isLookedAt && s.unsupported == UNSUPPORTED_EMPTY;
}

/** What becomes of the held string that is decoded; REPLACED when it cannot be, and a rule on the whole decides. */
function openScalar(s: JsonState, at: usize, length: u32): u32 {
  const most = openLimit(s.policy, s.limitValue);
  if (length > most) {
    const isAwaited = mayBePiece(s) && isNext(changetype<Pieces>(s.pieces), at);
    if (!isAwaited && isPlainFrom(s, at, most)) return REPLACED;
    s.error = LIMIT_VALUE;
    return STAYS;
  }
  readText(s, at, length);
  if (s.error) return STAYS;
  enterFor(s.policy, s.rules, s.keys, s.limitValue, s.unmatched, s.unsupported, s.counts);
  if (mayBePiece(s)) {
    const pieces = changetype<Pieces>(s.pieces);
    const part = take(pieces, at, textAt, textLength, !isSoft(s.policy, s.target), most);
    if (part == WAITS) {
      pieces.isFirm = !isEmptied(s);
      return EMPTIED;
    }
    if (part == WHOLE) {
      const text = textOf(pieces);
      const verdict = openJoined(s.target, s.rule, text.at, text.length, pieces.sent);
      forget(pieces);
      if (verdict != UNREADABLE) return fateOf(s, verdict);
      if (isEmptied(s)) return EMPTIED;
      s.error = NESTED_VALUE;
      return STAYS;
    }
    if (part != APART) {
      s.error = part == LONG ? LIMIT_VALUE : part == NO_MEMORY ? INTERNAL : NESTED_VALUE;
      return STAYS;
    }
  }
  if (isPlain(s.policy, s.target, NO_RULE, textAt, textLength)) return REPLACED;
  return fateOf(s, open(s.target, s.rule, textAt, textLength));
}

/** What becomes of the held string that has been decoded. */
function fateOf(s: JsonState, verdict: u32): u32 {
  if (verdict == CHANGED) return OPENED;
  if (verdict == UNREADABLE) {
    const unsupported = s.unsupported;
    // What begins as it should is meant to be that, whoever looks into it as it stands.
    const isLeft = isSoft(s.policy, s.target) ? unsupported == UNSUPPORTED_PASS : !isUndecided(s);
    if (isLeft) return REPLACED;
    if (unsupported == UNSUPPORTED_BLOCK) s.error = NESTED_VALUE;
    return unsupported == UNSUPPORTED_PASS || s.error ? STAYS : EMPTIED;
  }
  if (verdict == FAULT) {
    s.error = fault;
    s.rule = faultRule;
  }
  return STAYS;
}

/** The longest escape, of a character beyond the first 65,536. */
const LONGEST_ESCAPE: u32 = 12;
/** Bytes of a string, its quotes among them, that say how it begins. */
const BEGINNING: u32 = 4096;

/**
 * Whether the first `length` bytes of the held string at `at`, of which more has come or will, say that it is none that its
 * soft decoder would read.
 */
export function isPlainFrom(s: JsonState, at: usize, length: u32): bool {
  if (!isSoft(s.policy, s.target)) return false;
  // What its first byte says it says in one piece, too (value.ts).
  if (length <= LONGEST_ESCAPE) return isSoftJson(s.policy, s.target) && !mayBeginJson(<u32>load<u8>(at, 1));
  readText(s, at, min<u32>(length - LONGEST_ESCAPE + 1, BEGINNING));
  return !s.error && isPlain(s.policy, s.target, NO_RULE, textAt, textLength, true);
}

/** What detectors make of the held scalar: DONE, UNCHANGED, or that `s.rule` acts on the whole of it. */
function detectScalar(s: JsonState, at: usize, length: u32): u32 {
  replacement.clear();
  if (length > s.limitValue) {
    // Nobody can say what a value hides that is too long to be looked into.
    s.rule = firstOf(s.policy, s.detects);
    redactedJson(s.rules + s.rule * SIZE_RULE, s.policy, s.kind, replacement);
    return DONE;
  }
  textAt = at;
  textLength = length;
  if (s.kind == STRING) readText(s, at, length);
  if (s.error) return UNCHANGED;
  const text = textBuffer;
  const verdict = detect(s.policy, s.rules, s.keys, s.counts, s.detects, s.kind, textAt, textLength, text);
  if (verdict == NOTHING) return NOTHING;
  s.rule = finder;
  if (verdict == FAILED) s.error = INTERNAL;
  else if (verdict == BLOCKED) s.error = RULE_BLOCK;
  else if (verdict == DONE) appendString(text.at, text.length, replacement);
  return verdict;
}

/** Writes what the rule puts in the place of the held scalar. */
function replaceScalar(s: JsonState, number: u32, at: usize, length: u32): u32 {
  const kind = s.kind;
  if (kind == NULL || (kind == STRING && length == 2)) return STAYS;
  const rule = s.rules + number * SIZE_RULE;
  const action = <u32>load<u8>(rule);
  replacement.clear();
  // What is not revealed is a token at most, and may go on.
  if (action == ACTION_REVEAL && (kind == BOOLEAN || length > s.limitValue)) return STAYS;
  if (action == ACTION_REDACT || action == ACTION_STRIP || kind == BOOLEAN || length > s.limitValue) {
    redactedJson(rule, s.policy, kind, replacement);
    return REPLACED;
  }
  let verdict: u32;
  if (kind == STRING) {
    readText(s, at, length);
    const text = textBuffer;
    text.clear();
    verdict = s.error ? FAILED : transform(rule, s.policy, STRING, textAt, textLength, s.keys, text);
    if (verdict == DONE) appendString(text.at, text.length, replacement);
    if (text.failed) verdict = FAILED;
  } else {
    verdict = transform(rule, s.policy, NUMBER, at, length, s.keys, replacement);
  }
  if (verdict == UNCHANGED) return STAYS;
  if (verdict == FAILED) s.error = INTERNAL;
  else if (verdict == BLOCKED) s.error = RULE_BLOCK;
  else if (verdict != DONE) {
    replacement.clear();
    redactedJson(rule, s.policy, kind, replacement);
  }
  return REPLACED;
}
