// A value on its way: which rule acts on it, what waits, and what stands in its place (semantics: docs/internals.md).
// Invariants: no byte of a value that a rule changes leaves before its replacement is complete; a value that does not
// fit its action, or is longer than limits.value, is redacted.

import { before, firstOf } from "../action/detect";
import { redactedJson } from "../action/redact";
import { ARRAY, NUMBER, OBJECT, STRING } from "../action/types";
import { putLiteral } from "../nested/literal";
import { mayBeginJson } from "./begin";
import { isSoft, isSoftJson, openLimit, opened, openedSpans, opens } from "../nested/open";
import { Pieces } from "../nested/pieces";
import { isPaired } from "./pair";
import { elementState, otherState, stateAt, uniformElement } from "../policy/cursor";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  NO_RULE,
  SIZE_RULE,
  STATE_DETECTS,
  STATE_FLAGS,
  STATE_FLAG_ACTS,
  STATE_FLAG_LIVE,
  STATE_FLAG_NAMED,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE, NESTED_VALUE } from "../policy/outcomes.gen";
import { takesWhole } from "../policy/whole";
import { dropHeld, endDrop, flush, heldLength, joinCarry, keepHeld, keepLead, out } from "./output";
import { NULL, actionOf, block, count, isUndecided, isUnruledHere, leadWaits } from "./rule";
import {
  DROP_SEPARATOR,
  DROP_VALUE,
  FRAME_COVER,
  FRAME_FLAGS,
  FRAME_INDEX,
  FRAME_NAMED_DETECTS,
  FRAME_NAMED_RULE,
  FRAME_STATE,
  HOLD_LEAD,
  HOLD_VALUE,
  JsonState,
  KEPT_FLAG,
  LIVE_FLAG,
  OBJECT_FLAG,
  PLAIN_FLAG,
  QUIET_FLAG,
  SIZE_FRAME,
  carryOf,
} from "./state";
import { appendString } from "./text";
import { EMPTIED, OPENED, STAYS, STRIPPED, isPlainFrom, judgeScalar, replacement } from "./verdict";

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
  const flags = load<u16>(stateAt(s.policy, target), STATE_FLAGS);
  return (flags & STATE_FLAG_ACTS) == 0 && actionOf(s, s.cover) == ACTION_PASS;
}

/** The rules that detect in a scalar before its own rule, and `rule`, which acts on it and may come from above, do. */
@inline
function detectsOf(s: JsonState, own: u32, rule: u32, isNamed: bool): u64 {
  if (s.kind != STRING && s.kind != NUMBER) return 0;
  let set = load<u64>(stateAt(s.policy, s.target), STATE_DETECTS);
  // What its own rule in one state leaves to them is counted off already.
  if (isNamed) set = before(s.rules, set | s.pairDetects, own);
  // A covering pass yields to them.
  return set == 0 || actionOf(s, rule) == ACTION_PASS ? set : before(s.rules, set, rule);
}

/** Behind a member name: a value that nothing acts on is kept at once, so that nothing waits for it. */
export function settleQuiet(s: JsonState, p: usize): void {
  s.quiet = isQuiet(s, s.target) && !isPaired(s);
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
  const state = stateAt(s.policy, s.target);
  const isNamed = isPaired(s);
  if ((load<u16>(state, STATE_FLAGS) & STATE_FLAG_ACTS) == 0 && !isNamed) {
    s.rule = s.cover;
    s.detects = 0;
    s.opens = false;
  } else if (!decideOwn(s, p, isNamed ? min<u32>(<u32>load<u16>(state), s.pairRule) : <u32>load<u16>(state), isNamed)) {
    return false;
  }
  const rule = s.rule;
  if (actionOf(s, rule) == ACTION_BLOCK && s.detects == 0 && !s.opens) {
    const whole = rule != s.unmatched || !(load<u16>(stateAt(s.policy, s.target), STATE_FLAGS) & STATE_FLAG_LIVE);
    if (whole || (s.kind != OBJECT && s.kind != ARRAY)) {
      block(s, rule);
      return false;
    }
  }
  return true;
}

/** What a state that is about the value itself, at `p`, or a name beside it, says of it; false when the request is refused. */
function decideOwn(s: JsonState, p: usize, own: u32, isNamed: bool): bool {
  const rule = ruleFor(s, own);
  s.rule = rule;
  s.detects = detectsOf(s, own, rule, isNamed);
  s.opens = opens(s.policy, s.rules, s.target, isUnruledHere(s, rule) ? <u32>NO_RULE : rule);
  // What looks into it by its name looks into it as it stands.
  if (isNamed && s.pairDetects != 0 && isSoft(s.policy, s.target)) s.opens = false;
  if (!s.opens) return true;
  if (s.kind == STRING) {
    // Most strings say with their first byte that they are none that a soft decoder reads; they need not wait.
    s.opens = !isSoftJson(s.policy, s.target) || mayBeginJson(<u32>load<u8>(p, 1)) || awaitsPiece(s);
    return true;
  }
  s.opens = false;
  if (isSoft(s.policy, s.target)) return true;
  // It spells nothing, and cannot be emptied without another type in its place.
  const isRefused = isUndecided(s) && s.kind != NULL && s.unsupported != UNSUPPORTED_PASS;
  if (isRefused) s.error = NESTED_VALUE;
  return !isRefused;
}

@inline
function awaitsPiece(s: JsonState): bool {
  return s.pieces != 0 && changetype<Pieces>(s.pieces).awaits;
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

/** Puts out the lead that was held with a value which stays or is replaced; what is held is one run. */
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
    joinCarry(s, end);
    const most = <u64>openLimit(s.policy, s.limitValue);
    if (!isPlainFrom(s, (s.carryLength ? s.carryAt : s.mark) + s.valueAt, <u32>min<u64>(length, most))) {
      if (length > most) s.error = LIMIT_VALUE;
      return;
    }
    s.opens = false;
    if (s.detects == 0) {
      if (s.rule != NO_RULE) count(s, s.rule);
      keepLead(s);
      return;
    }
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
  // Of the lead a part may have come with this chunk.
  joinCarry(s, end);
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
  store<u16>(frame, s.namedRule, FRAME_NAMED_RULE);
  store<u64>(frame, s.namedDetects, FRAME_NAMED_DETECTS);
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
  const isWhole = action != ACTION_PASS && takesWhole(s.rules + rule * SIZE_RULE);
  if (isWhole && !(rule == s.unmatched && stateLive)) {
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
  s.cover = rule;
  enter(s, flags, stateLive || action != ACTION_PASS);
}

/** Enters an object (`OBJECT_FLAG`) or array (0) of a live container that nothing acts on. The caller has checked the depth. */
export function enterQuiet(s: JsonState, flags: u32): void {
  if (!(s.flags & OBJECT_FLAG)) enterElement(s);
  push(s);
  enter(s, flags, (load<u16>(stateAt(s.policy, s.target), STATE_FLAGS) & STATE_FLAG_LIVE) != 0);
}

/** What holds in a container from its start on. */
function enter(s: JsonState, flags: u32, isLive: bool): void {
  s.state = s.target;
  s.index = 0;
  s.flags = flags;
  if (!isLive) return;
  const state = stateAt(s.policy, s.state);
  if (flags & OBJECT_FLAG) {
    const other = otherState(state);
    const isPlain = !(load<u16>(stateAt(s.policy, other), STATE_FLAGS) & STATE_FLAG_NAMED) && isQuiet(s, other);
    s.flags = isPlain ? flags | LIVE_FLAG | PLAIN_FLAG : flags | LIVE_FLAG;
  } else {
    const target = uniformElement(s.policy, state);
    s.flags = target >= 0 && isQuiet(s, <u32>target) ? LIVE_FLAG | QUIET_FLAG | KEPT_FLAG : LIVE_FLAG;
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
  s.namedRule = <u32>load<u16>(frame, FRAME_NAMED_RULE);
  s.namedDetects = load<u64>(frame, FRAME_NAMED_DETECTS);
  if (s.mode == DROP_VALUE && s.dropDepth == s.depth) endDrop(s, p);
}

