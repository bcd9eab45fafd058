// The verdict on a value: which rule acts on it, and what stands in its place (semantics: docs/internals.md).
// Invariants: no byte of a value that a rule changes leaves before its replacement is complete; a value that does not
// fit its action, or is longer than limits.value, is redacted.

import { transform } from "../action/apply";
import { NOTHING, WHOLE, before, detect, finder, firstOf } from "../action/detect";
import { redactedJson } from "../action/redact";
import { ARRAY, BLOCKED, BOOLEAN, DONE, FAILED, NUMBER, OBJECT, STRING, UNCHANGED } from "../action/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import { putLiteral } from "../nested/literal";
import { CHANGED, FAULT, UNREADABLE, fault, faultRule, open, opened, openedSpans, opens, scope } from "../nested/open";
import { INTERNAL, LIMIT_VALUE, NESTED_VALUE, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { elementState, stateAt, uniformElement } from "../policy/cursor";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  HEADER_LIMIT_HOLD,
  HEADER_UNSUPPORTED,
  NO_RULE,
  SIZE_RULE,
  STATE_DECODER,
  STATE_DETECTS,
  STATE_FLAGS,
  STATE_FLAG_LIVE,
  UNSUPPORTED_BLOCK,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { dropHeld, endDrop, flush, heldLength, joinCarry, keepHeld, keepLead, out } from "./output";
import {
  DROP_SEPARATOR,
  DROP_VALUE,
  FRAME_COVER,
  FRAME_FLAGS,
  FRAME_INDEX,
  FRAME_STATE,
  HOLD_LEAD,
  HOLD_VALUE,
  JsonState,
  KEPT_FLAG,
  LIVE_FLAG,
  OBJECT_FLAG,
  QUIET_FLAG,
  SIZE_FRAME,
  carryOf,
} from "./state";
import { appendString, unescape } from "./text";

/** The kind of `null`, beside the kinds of action/types.ts. */
export const NULL: u32 = 6;

const plain: Buffer = newBuffer();
const replacement: Buffer = newBuffer();

@inline
function actionOf(s: JsonState, rule: u32): u32 {
  return rule == NO_RULE ? ACTION_PASS : <u32>load<u8>(s.rules + rule * SIZE_RULE);
}

@inline
function count(s: JsonState, rule: u32): void {
  const at = s.counts + (rule << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** The rule that acts on a value: the earlier of its own and the covering one; a covering pass yields to any own rule. */
@inline
function ruleFor(s: JsonState, own: u32): u32 {
  const cover = s.cover;
  if (own != NO_RULE && (own < cover || actionOf(s, cover) == ACTION_PASS)) return own;
  return cover;
}

/** Whether nothing acts on a value that leads to `target` in the current container: neither an own rule nor the cover. */
@inline
function isQuiet(s: JsonState, target: u32): bool {
  const state = stateAt(s.policy, target);
  if (<u32>load<u16>(state) != NO_RULE || load<u64>(state, STATE_DETECTS) != 0) return false;
  return load<u16>(state, STATE_DECODER) == 0 && actionOf(s, s.cover) == ACTION_PASS;
}

/** The rules that detect in a scalar before `rule`, which acts on it and may come from above, does. */
@inline
function detectsOf(s: JsonState, rule: u32): u64 {
  if (s.kind != STRING && s.kind != NUMBER) return 0;
  const set = load<u64>(stateAt(s.policy, s.target), STATE_DETECTS);
  // A covering pass yields to them, and what the own rule leaves to them is counted off already.
  return set == 0 || actionOf(s, rule) == ACTION_PASS ? set : before(s.rules, set, rule);
}

/** Behind a member name: a value that nothing acts on is kept at once, so that nothing waits for it. */
export function settleQuiet(s: JsonState, p: usize): void {
  s.quiet = isQuiet(s, s.target);
  if (!s.quiet) return;
  if (heldLength(s, p) > <u64>s.limitValue) s.error = LIMIT_VALUE;
  else keepLead(s);
}

/** Finds the automaton state of the element that starts at `p`. */
@inline
function enterElement(s: JsonState): void {
  s.target = elementState(s.policy, stateAt(s.policy, s.state), s.index);
  s.index++;
}

/** The name or element at `p` begins what its verdict will keep or strip, unless a separator has begun it already. */
export function startMember(s: JsonState, p: usize): void {
  if (s.mode == HOLD_LEAD) return;
  if (s.mode == DROP_SEPARATOR) {
    s.copyFrom = p;
    s.edited = true;
  }
  s.mark = p;
  s.mode = HOLD_LEAD;
}

/** Common start of every value of a live container; false when the request is refused. */
function decide(s: JsonState, p: usize): bool {
  if (s.depth == 0) s.mark = p;
  else if (!(s.flags & OBJECT_FLAG)) {
    startMember(s, p);
    enterElement(s);
  } else if (s.mode != HOLD_LEAD) {
    s.mark = p;
  }
  if (heldLength(s, p) > <u64>s.limitValue && s.depth != 0) {
    s.error = LIMIT_VALUE;
    return false;
  }
  const own = <u32>load<u16>(stateAt(s.policy, s.target));
  const rule = ruleFor(s, own);
  s.rule = rule;
  s.detects = detectsOf(s, rule);
  s.opens = opens(s.policy, s.rules, s.target, rule);
  if (s.opens && s.kind != STRING) {
    s.opens = false;
    // It spells nothing, and cannot be emptied without another type in its place.
    if (isUndecided(s) && s.kind != NULL && load<u32>(s.policy, HEADER_UNSUPPORTED) != UNSUPPORTED_PASS) {
      s.error = NESTED_VALUE;
      return false;
    }
  }
  if (actionOf(s, rule) == ACTION_BLOCK && s.detects == 0 && !s.opens) {
    const whole = rule != s.unmatched || !(load<u16>(stateAt(s.policy, s.target), STATE_FLAGS) & STATE_FLAG_LIVE);
    if (whole || (s.kind != OBJECT && s.kind != ARRAY)) {
      block(s, rule);
      return false;
    }
  }
  return true;
}

/** Whether no rule is about the value, should it not be what the policy decodes. */
@inline
function isUndecided(s: JsonState): bool {
  return s.rule == NO_RULE && s.detects == 0;
}

/** Whether the lead waits with the value, since what becomes of the member is open until that has been looked into. */
@inline
function leadWaits(s: JsonState): bool {
  return s.detects != 0 || s.opens;
}

/** Longest value that waits to be decoded. */
@inline
function openLimit(s: JsonState): u32 {
  return max<u32>(s.limitValue, load<u32>(s.policy, HEADER_LIMIT_HOLD));
}

function block(s: JsonState, rule: u32): void {
  count(s, rule);
  s.error = rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
}

/** Starts a scalar of the given kind at `p` in a live container. */
export function startScalar(s: JsonState, p: usize, kind: u32): void {
  s.kind = kind;
  if (!decide(s, p)) return;
  if (leadWaits(s)) {
    s.valueAt = <u32>heldLength(s, p);
    s.mode = HOLD_VALUE;
    return;
  }
  const action = actionOf(s, s.rule);
  if (action == ACTION_STRIP && s.depth != 0) {
    count(s, s.rule);
    dropHeld(s);
    return;
  }
  s.valueAt = 0;
  keepLead(s);
  if (action == ACTION_PASS) {
    if (s.rule != NO_RULE) count(s, s.rule);
    return;
  }
  s.mode = HOLD_VALUE;
  s.mark = p;
}

// What becomes of a held scalar.
const STAYS: u32 = 0;
const REPLACED: u32 = 1;
const STRIPPED: u32 = 2;
/** Replaced in places, as what it spells says (nested/). */
const OPENED: u32 = 3;
/** Replaced by nothing, though no rule says so. */
const EMPTIED: u32 = 4;

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
function judgeScalar(s: JsonState, at: usize, length: u32): u32 {
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

/** What becomes of the held string that is decoded; REPLACED when it cannot be, and a rule on the whole decides. */
function openScalar(s: JsonState, at: usize, length: u32): u32 {
  if (length > openLimit(s)) {
    s.error = LIMIT_VALUE;
    return STAYS;
  }
  readText(s, at, length);
  if (s.error) return STAYS;
  scope.policy = s.policy;
  scope.rules = s.rules;
  scope.keys = s.keys;
  scope.limit = s.limitValue;
  scope.unmatched = s.unmatched;
  scope.counts = s.counts;
  const verdict = open(s.target, s.rule, textAt, textLength);
  if (verdict == CHANGED) return OPENED;
  if (verdict == UNREADABLE) {
    if (!isUndecided(s)) return REPLACED;
    const unsupported = load<u32>(s.policy, HEADER_UNSUPPORTED);
    if (unsupported == UNSUPPORTED_BLOCK) s.error = NESTED_VALUE;
    return unsupported == UNSUPPORTED_PASS || s.error ? STAYS : EMPTIED;
  }
  if (verdict == FAULT) {
    s.error = fault;
    s.rule = faultRule;
  }
  return STAYS;
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

const textBuffer: Buffer = newBuffer();

/** Puts out the lead that was held with a value which stays or is replaced. */
function releaseLead(s: JsonState): void {
  if (!leadWaits(s)) return;
  if (s.carryLength) out.append(s.carryAt, s.valueAt);
  else s.mark += s.valueAt;
  s.flags |= KEPT_FLAG;
}

/** Ends a scalar whose bytes were held or dropped; `p` is the first byte behind it. */
export function endScalar(s: JsonState, p: usize): void {
  if (s.mode == DROP_VALUE) {
    if (s.dropDepth == s.depth) endDrop(s, p);
    return;
  }
  joinCarry(s, p);
  const carried = s.carryLength != 0;
  const at = (carried ? s.carryAt : s.mark) + s.valueAt;
  const length = (carried ? s.carryLength : <u32>(p - s.mark)) - s.valueAt;
  const fate = judgeScalar(s, at, length);
  if (fate == STAYS) {
    if (leadWaits(s)) keepLead(s);
    else keepHeld(s);
    return;
  }
  if (fate == OPENED || fate == EMPTIED) {
    releaseLead(s);
    if (!carried) flush(s, s.mark);
    if (fate == OPENED) putLiteral(at, length, opened, openedSpans);
    else appendString(at, 0, out);
    if (carried) carryOf(s).wipe();
    endDrop(s, p);
    return;
  }
  count(s, s.rule);
  if (fate == STRIPPED) {
    dropHeld(s);
    endDrop(s, p);
    return;
  }
  if (replacement.failed) s.error = INTERNAL;
  releaseLead(s);
  if (carried) carryOf(s).wipe();
  else flush(s, s.mark);
  out.append(replacement.at, replacement.length);
  endDrop(s, p);
}

/**
 * At a chunk border inside a held scalar: a value that will be redacted whatever follows need not be kept, so that its
 * length does not matter. A lone opening quote is kept, since "" would stay.
 */
export function spillScalar(s: JsonState, end: usize): void {
  const length = heldLength(s, end) - <u64>s.valueAt;
  if (s.kind != STRING && s.kind != NUMBER) return;
  if (s.kind == STRING && length < 2) return;
  if (s.opens) {
    if (length > <u64>openLimit(s)) s.error = LIMIT_VALUE;
    return;
  }
  if (s.detects != 0) {
    if (length <= <u64>s.limitValue) return;
    s.rule = firstOf(s.policy, s.detects);
  }
  const rule = s.rules + s.rule * SIZE_RULE;
  const action = <u32>load<u8>(rule);
  if (s.detects == 0) {
    if (action != ACTION_REDACT && action != ACTION_STRIP && length <= <u64>s.limitValue) return;
    if (action == ACTION_REVEAL) {
      keepHeld(s);
      return;
    }
  }
  count(s, s.rule);
  releaseLead(s);
  replacement.clear();
  redactedJson(rule, s.policy, s.kind, replacement);
  if (replacement.failed) s.error = INTERNAL;
  dropHeld(s);
  out.append(replacement.at, replacement.length);
}

function push(s: JsonState): void {
  const frame = s.frames + s.depth * SIZE_FRAME;
  store<u16>(frame, s.state, FRAME_STATE);
  store<u16>(frame, s.cover, FRAME_COVER);
  store<u32>(frame, s.index, FRAME_INDEX);
  store<u32>(frame, s.flags, FRAME_FLAGS);
  s.depth++;
}

/** Enters a container in which no rule can act. The caller has checked the depth. */
export function enterSkipped(s: JsonState, flags: u32): void {
  push(s);
  s.flags = flags;
}

/** Starts an object (`OBJECT_FLAG`) or array (0) at `p` in a live container. The caller has checked the depth. */
export function startContainer(s: JsonState, p: usize, flags: u32): void {
  s.kind = flags ? OBJECT : ARRAY;
  if (!decide(s, p)) return;
  const rule = s.rule;
  const action = actionOf(s, rule);
  const stateLive = (load<u16>(stateAt(s.policy, s.target), STATE_FLAGS) & STATE_FLAG_LIVE) != 0;
  const whole = action == ACTION_STRIP || action == ACTION_REDACT;
  if (whole && !(rule == s.unmatched && stateLive)) {
    count(s, rule);
    if (action == ACTION_STRIP && s.depth != 0) {
      dropHeld(s);
    } else {
      keepLead(s);
      s.mark = p;
      dropHeld(s);
      replacement.clear();
      redactedJson(s.rules + rule * SIZE_RULE, s.policy, s.kind, replacement);
      if (replacement.failed) s.error = INTERNAL;
      out.append(replacement.at, replacement.length);
    }
    enterSkipped(s, flags);
    return;
  }
  keepLead(s);
  if (action == ACTION_PASS && rule != NO_RULE && rule != s.cover) count(s, rule);
  push(s);
  s.state = s.target;
  s.cover = rule;
  s.index = 0;
  s.flags = flags | (stateLive || action != ACTION_PASS ? LIVE_FLAG : 0);
  if (s.flags == LIVE_FLAG) {
    const target = uniformElement(s.policy, stateAt(s.policy, s.state));
    if (target >= 0 && isQuiet(s, <u32>target)) s.flags = LIVE_FLAG | QUIET_FLAG | KEPT_FLAG;
  }
}

/** Leaves the current container; `p` is the first byte behind it. */
export function leaveContainer(s: JsonState, p: usize): void {
  s.depth--;
  const frame = s.frames + s.depth * SIZE_FRAME;
  s.state = <u32>load<u16>(frame, FRAME_STATE);
  s.cover = <u32>load<u16>(frame, FRAME_COVER);
  s.index = load<u32>(frame, FRAME_INDEX);
  s.flags = load<u32>(frame, FRAME_FLAGS);
  if (s.mode == DROP_VALUE && s.dropDepth == s.depth) endDrop(s, p);
}

