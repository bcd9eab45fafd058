// A protobuf message: which rule acts on each of its fields, down through the messages in it (semantics: docs/internals.md,
// "Rules on protobuf").
// Invariants: a field that is not written as its type is refused; a field that the descriptor set does not know goes the way
// that the policy says, and never stays where something acts on all there is; nesting is bounded by limits.depth; a group is
// walked up to its end tag, so that each byte is looked at once, however deep it stands; two messages that receivers merge
// are each decided as if they were alone, and refused where that is not the same.

import { before } from "../action/detect";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  KIND_GROUP,
  KIND_MAP,
  KIND_MESSAGE,
  KIND_STRING,
  KIND_BYTES,
  MEMBER_DETECTS,
  MEMBER_FLAGS,
  MEMBER_FLAG_HOLDING,
  MEMBER_FLAG_NAMING,
  MEMBER_FLAG_ONCE,
  MEMBER_FLAG_REPEATED,
  MEMBER_KIND,
  MEMBER_RULE,
  MEMBER_TARGET,
  MESSAGE_FLAGS,
  MESSAGE_FLAG_ANY,
  MESSAGE_FLAG_ENTRY,
  MESSAGE_FLAG_LIVE,
  MESSAGE_FLAG_PAIR,
  MESSAGE_FLAG_VALUE,
  MESSAGE_KEYS,
  MESSAGE_MEMBERS,
  MESSAGE_MEMBER_COUNT,
  MESSAGE_UNKNOWN,
  NO_MESSAGE,
  NO_RULE,
  PAIR_VALUE,
  SIZE_MEMBER,
  SIZE_RULE,
  UNKNOWN_BLOCK,
  UNKNOWN_STRIP,
} from "../policy/format.gen";
import { INTERNAL, LIMIT_DEPTH, PROTOBUF_ANY, PROTOBUF_SYNTAX, PROTOBUF_UNKNOWN, PROTOBUF_WIRE } from "../policy/outcomes.gen";
import { takesWhole } from "../policy/whole";
import { isPlain, isSoft, opens } from "../nested/open";
import { anyContent, anyIsTyped, readAny } from "./any";
import { endEntry, entryGoes, forgetKey, keysOf, leaveEntry, lookUpKey, namedBy, namedDetects, namedState } from "./entry";
import { closed, closing, endGroup, skipGroup } from "./group";
import { isHeld, wireOf } from "./number";
import { NO_MARKS, beginMarks, closeMarks, mark, openMarks } from "./once";
import { keyKinds, lookUpNames, toldDetects, toldRule } from "./pair";
import { beginMessage, endMessage, endSized, leaveOut, leaveOutFrom, out, placeOf, replaceSized } from "./output";
import { ProtoState } from "./state";
import { isOpened, openText } from "./text";
import { KEY, TYPE_URL, VALUE, memberOf, messageAt } from "./tables";
import { actionOf, block, judgeNumber, judgePacked, judgeText, ruleFor } from "./value";
import { WIRE_END, WIRE_LENGTH, WIRE_START, fieldNumber, fieldWire, lengthAt, readField, valueAt, valueEnd } from "./wire";

/** What stands in most messages is a field like any other. */
const SPECIAL: u32 = MESSAGE_FLAG_ANY | MESSAGE_FLAG_ENTRY | MESSAGE_FLAG_VALUE | MESSAGE_FLAG_PAIR;

/** Rewrites the message [at, end) as a whole: `out` has it when it was edited. Returns an outcome. */
export function rewriteMessage(s: ProtoState, at: usize, end: usize): u32 {
  beginMessage(at);
  beginMarks();
  let outcome: u32 = 0;
  const action = actionOf(s, s.unmatched);
  if (s.unmatched != NO_RULE && !isLive(s, s.root) && at != end) {
    if (action == ACTION_BLOCK) return block(s, s.unmatched);
    s.count(s.unmatched);
    leaveOut(at, end);
  } else {
    forgetKey();
    valueRule = NO_RULE;
    looking = 0;
    besideRule = NO_RULE;
    besideDetects = 0;
    outcome = walk(s, s.root, s.unmatched, at, end, 1, 0);
  }
  endMessage(end);
  return outcome == 0 && out.failed ? INTERNAL : outcome;
}

@inline
function isLive(s: ProtoState, state: u32): bool {
  return (load<u8>(messageAt(s.policy, state), MESSAGE_FLAGS) & MESSAGE_FLAG_LIVE) != 0;
}

/** The rule on the Value that is walked next, which is a rule on what it holds. */
let valueRule: u32 = NO_RULE;
/** The rule on the value of the entry that is walked next, by its key or by a name that a member beside it tells. */
let entryRule: u32 = NO_RULE;
// What such a name says of the member of a document that is judged next, if that is a value by its key.
let besideRule: u32 = NO_RULE;
let besideDetects: u64 = 0;

/** The rules that detect in what is walked, by a name that a text beside it tells. */
let looking: u64 = 0;

/**
 * The fields [at, end) of a message in `state`, under the rule that covers it; of a group with that number those up to its end
 * tag, and 0 is no group. Returns an outcome.
 */
function walk(s: ProtoState, state: u32, cover: u32, at: usize, end: usize, depth: u32, group: u32): u32 {
  if (depth > s.depthLimit) return LIMIT_DEPTH;
  const message = messageAt(s.policy, state);
  const flags = <u32>load<u8>(message, MESSAGE_FLAGS);
  // Another entry's key says nothing here, nor another Value's rule.
  const isEntry = (flags & MESSAGE_FLAG_ENTRY) != 0;
  const isKeyed = isEntry && load<u16>(message, MESSAGE_KEYS) != 0;
  const holds = (flags & MESSAGE_FLAG_VALUE) != 0;
  const named: u32 = isEntry ? entryRule : holds ? valueRule : NO_RULE;
  const finding: u64 = isKeyed ? namedDetects : 0;
  const held: u32 = isKeyed ? namedState : 0;
  let hasValue = false;
  let isLeft = false;
  let content = NO_MESSAGE;
  let isTyped = false;
  if (flags & MESSAGE_FLAG_ANY) {
    const outcome = readAny(s, message, at, end, depth, group);
    if (outcome) return outcome;
    content = anyContent;
    isTyped = anyIsTyped;
  }
  const outer = looking;
  let pairRule: u32 = NO_RULE;
  let pairDetects = outer;
  if (flags & MESSAGE_FLAG_PAIR) {
    const outcome = lookUpNames(s, message, at, end, depth, group);
    if (outcome) return outcome;
    pairRule = toldRule;
    pairDetects |= toldDetects;
  }
  let marks = NO_MARKS;
  for (let p = at; p < end; ) {
    const start = p;
    if (!readField(p, end)) return PROTOBUF_SYNTAX;
    if (fieldWire == WIRE_END) {
      if (marks != NO_MARKS) closeMarks(marks);
      return endGroup(group, start);
    }
    p = valueEnd;
    let outcome: u32;
    const isGroup = fieldWire == WIRE_START;
    const member = memberOf(s.policy, message, fieldNumber);
    if (member != 0 && load<u8>(member, MEMBER_FLAGS) & MEMBER_FLAG_ONCE) {
      if (marks == NO_MARKS) marks = openMarks(<u32>load<u16>(message, MESSAGE_MEMBER_COUNT));
      if (marks == NO_MARKS) return INTERNAL;
      const index = <u32>(member - s.policy - load<u32>(message, MESSAGE_MEMBERS)) / SIZE_MEMBER;
      if (!mark(marks, index)) return PROTOBUF_ANY;
    }
    if (member != 0 && (flags & SPECIAL) == 0) {
      outcome = judgeMember(s, member, NO_RULE, 0, 0, cover, start, end, depth);
    } else if (member == 0) {
      const rule = holds ? ruleFor(s, named, cover) : cover;
      outcome = isGroup ? skipGroup(p, end, fieldNumber, depth + 1, s.depthLimit) : 0;
      if (outcome == 0) outcome = judgeUnknown(s, message, rule, start, isGroup ? closed : p);
    } else if (flags & MESSAGE_FLAG_PAIR) {
      outcome = judgeInPair(s, member, pairRule, pairDetects, cover, start, end, depth);
      looking = outer;
    } else if (flags & MESSAGE_FLAG_ANY && fieldNumber == VALUE) {
      outcome = judgeContent(s, message, member, content, cover, start, depth);
    } else if (isEntry && fieldNumber == VALUE) {
      const place = placeOf(start);
      outcome = judgeMember(s, member, named, finding, held, cover, start, end, depth);
      hasValue = true;
      if (placeOf(p) != place) isLeft = true;
    } else {
      // A type_url is what makes the rest readable, and the key of an entry is a name: no cover acts on them.
      const isName = isEntry ? fieldNumber == KEY : isTyped && fieldNumber == TYPE_URL;
      const own: u32 = isEntry ? NO_RULE : named;
      // In a Value the scalars alone are looked into, as in JSON.
      const isBelow = holds && <u32>load<u8>(member, MEMBER_KIND) >= KIND_MESSAGE;
      if (isEntry || isBelow) looking = 0;
      outcome = judgeMember(s, member, own, 0, 0, isName ? NO_RULE : cover, start, end, depth);
      looking = outer;
    }
    if (outcome) return outcome;
    if (isGroup) p = closed;
  }
  if (marks != NO_MARKS) closeMarks(marks);
  if (isEntry) leaveEntry(hasValue, isLeft);
  // The end tag of a group is not there.
  return group ? PROTOBUF_SYNTAX : 0;
}

/** The field that was read, in a message whose names say these of what they name. Returns an outcome. */
function judgeInPair(
  s: ProtoState,
  member: usize,
  rule: u32,
  detects: u64,
  cover: u32,
  at: usize,
  end: usize,
  depth: u32,
): u32 {
  const flags = <u32>load<u8>(member, MEMBER_FLAGS);
  const isHolding = (flags & MEMBER_FLAG_HOLDING) != 0;
  if (isHolding) looking = detects;
  else if (flags & MEMBER_FLAG_NAMING && <u32>load<u8>(member, MEMBER_KIND) == KIND_MAP) {
    besideRule = rule;
    besideDetects = detects;
  }
  const outcome = judgeMember(s, member, isHolding ? rule : <u32>NO_RULE, 0, 0, cover, at, end, depth);
  besideRule = NO_RULE;
  besideDetects = 0;
  return outcome;
}

/** The field that was read, which the descriptor set does not know. Returns an outcome. */
function judgeUnknown(s: ProtoState, message: usize, cover: u32, at: usize, end: usize): u32 {
  const action = actionOf(s, cover);
  if (action == ACTION_BLOCK) return block(s, cover);
  const unknown = <u32>load<u8>(message, MESSAGE_UNKNOWN);
  if (action == ACTION_PASS || action == ACTION_REVEAL) {
    if (unknown == UNKNOWN_BLOCK) return PROTOBUF_UNKNOWN;
    if (unknown == UNKNOWN_STRIP) leaveOut(at, end);
    return 0;
  }
  s.count(cover);
  leaveOut(at, end);
  return 0;
}

/**
 * The field that was read, which begins at `at` in a message that ends at `end`: under its own rule or the one by the key of its
 * entry or on its Value, which is `named`; by that key the rules of `finding` detect in it, and it is in the state `held`, or 0
 * for its own. Returns an outcome.
 */
function judgeMember(
  s: ProtoState,
  member: usize,
  named: u32,
  finding: u64,
  held: u32,
  cover: u32,
  at: usize,
  end: usize,
  depth: u32,
): u32 {
  const kind = <u32>load<u8>(member, MEMBER_KIND);
  const own = min<u32>(load<u16>(member, MEMBER_RULE), named);
  const rule = ruleFor(s, own, cover);
  const target = held == 0 ? <u32>load<u16>(member, MEMBER_TARGET) : held;
  if (kind >= KIND_MESSAGE) {
    if (fieldWire != (kind == KIND_GROUP ? WIRE_START : WIRE_LENGTH)) return PROTOBUF_WIRE;
    if (kind == KIND_GROUP) return judgeGroup(s, own, cover, target, at, end, depth);
    return judgeMessage(s, own, cover, kind, target, at, depth);
  }
  let set = load<u64>(member, MEMBER_DETECTS) | finding | looking;
  if (named != NO_RULE || (finding | looking) != 0) set = before(s.rules, set, own);
  // A covering pass yields to rules that detect, and what the own rule leaves to them is counted off already.
  if (set != 0 && actionOf(s, rule) != ACTION_PASS) set = before(s.rules, set, rule);
  if (kind >= KIND_STRING) {
    if (fieldWire != WIRE_LENGTH) return PROTOBUF_WIRE;
    // A pass that covers exempts from `unmatched` alone, and says nothing of the text.
    const isFree = rule == NO_RULE || (rule != own && actionOf(s, rule) == ACTION_PASS);
    // What looks into it by such a name looks into it as it stands.
    const isWhole = looking != 0 && isSoft(s.policy, target);
    const isText = target != 0 && !isWhole && opens(s.policy, s.rules, target, isFree ? <u32>NO_RULE : rule);
    if (isText && !isPlain(s.policy, target, NO_RULE, valueAt, <u32>(valueEnd - valueAt))) {
      // What begins as it should is meant to be that, whoever looks into it as it stands.
      const unruled = isFree && (set == 0 || isSoft(s.policy, target));
      const outcome = openText(s, target, rule, unruled, cover == NO_RULE, lengthAt, valueAt, valueEnd);
      if (isOpened) return outcome;
    }
    return judgeText(s, set, rule, kind, at, lengthAt, valueAt, valueEnd);
  }
  if (fieldWire == WIRE_LENGTH && load<u8>(member, MEMBER_FLAGS) & MEMBER_FLAG_REPEATED) {
    return judgePacked(s, set, rule, kind, at, lengthAt, valueAt, valueEnd);
  }
  if (fieldWire != wireOf(kind) || !isHeld(kind, valueAt, valueEnd)) return PROTOBUF_WIRE;
  return judgeNumber(s, set, rule, kind, at, valueAt, valueEnd);
}

/** Whether the rule acts on a message in the state as on one thing. */
@inline
function takesMessage(s: ProtoState, rule: u32, action: u32, target: u32): bool {
  if (action == ACTION_PASS || !takesWhole(s.rules + rule * SIZE_RULE)) return false;
  return rule != s.unmatched || !isLive(s, target);
}

@inline
function isValue(s: ProtoState, target: u32): bool {
  return (load<u8>(messageAt(s.policy, target), MESSAGE_FLAGS) & MESSAGE_FLAG_VALUE) != 0;
}

/** The message that was read, in the field that begins at `at`, under its own rule or the covering one. Returns an outcome. */
function judgeMessage(s: ProtoState, own: u32, cover: u32, kind: u32, target: u32, at: usize, depth: u32): u32 {
  const rule = ruleFor(s, own, cover);
  const from = valueAt;
  const end = valueEnd;
  const sizeAt = lengthAt;
  const action = actionOf(s, rule);
  // A Value is what it holds: rules may detect in that, and what is redacted keeps its kind.
  const isHeld = from != end && isValue(s, target);
  const isWhole = takesMessage(s, rule, action, target);
  if (isWhole && !isHeld) {
    if (action == ACTION_BLOCK) return block(s, rule);
    s.count(rule);
    if (action == ACTION_STRIP || kind == KIND_MAP) leaveOut(at, end);
    else if (from != end) replaceSized(sizeAt, end, from, 0);
    return 0;
  }
  if (target == 0) {
    // Nothing acts in a dead state. Were a rule to cover it, what is in there could not be judged.
    if (action != ACTION_PASS) leaveOut(at, end);
    return 0;
  }
  const keys = keysOf(s, target);
  if (keys != 0) {
    const fault = lookUpKey(s, keys, from, end, depth + 2);
    if (fault) return fault;
  }
  let named: u32 = keys == 0 ? NO_RULE : namedBy;
  const outer = looking;
  if (besideRule != NO_RULE || besideDetects != 0) {
    if (kind == KIND_MAP && keyKinds(s, from, end, depth + 1) & PAIR_VALUE) {
      named = min<u32>(named, besideRule);
      looking |= besideDetects;
    }
    besideRule = NO_RULE;
    besideDetects = 0;
  }
  entryRule = named;
  const start = placeOf(at);
  const place = placeOf(sizeAt);
  valueRule = own;
  let outcome = walk(s, target, isHeld ? cover : rule, from, end, depth + 1, 0);
  looking = outer;
  if (outcome) return outcome;
  let isGone = isHeld && placeOf(end) == place + <u32>(from - sizeAt);
  if (kind == KIND_MAP) {
    outcome = endEntry(s, named, rule, target);
    isGone = entryGoes;
  }
  if (isGone) leaveOutFrom(start, at, end);
  else endSized(place, sizeAt, from, end);
  return outcome;
}

/**
 * The group whose start tag was read at `at`, in a message that ends at `end`, under its own rule or the covering one. Returns
 * an outcome.
 */
function judgeGroup(s: ProtoState, own: u32, cover: u32, target: u32, at: usize, end: usize, depth: u32): u32 {
  const rule = ruleFor(s, own, cover);
  const from = valueEnd;
  const action = actionOf(s, rule);
  const isHeld = isValue(s, target);
  const isWhole = takesMessage(s, rule, action, target) && !(action == ACTION_REDACT && isHeld);
  if (!isWhole && target != 0) {
    valueRule = own;
    return walk(s, target, isHeld ? cover : rule, from, end, depth + 1, fieldNumber);
  }
  const outcome = skipGroup(from, end, fieldNumber, depth + 1, s.depthLimit);
  if (outcome) return outcome;
  if (isWhole) {
    if (action == ACTION_BLOCK) return block(s, rule);
    s.count(rule);
  }
  if (isWhole && action == ACTION_REDACT) {
    if (from != closing) leaveOut(from, closing);
  } else if (action != ACTION_PASS) {
    leaveOut(at, closed);
  }
  return 0;
}

/** What an Any holds, in the field that was read and begins at `at`. Returns an outcome. */
function judgeContent(
  s: ProtoState,
  message: usize,
  member: usize,
  content: u32,
  cover: u32,
  at: usize,
  depth: u32,
): u32 {
  if (fieldWire != WIRE_LENGTH) return PROTOBUF_WIRE;
  const own = <u32>load<u16>(member, MEMBER_RULE);
  if (own != NO_RULE && ruleFor(s, own, cover) == own) {
    const action = actionOf(s, own);
    // Bytes of a message that do not stay go as a whole, whatever would be found in them.
    const looks = action == ACTION_PASS || action == ACTION_REVEAL;
    const set: u64 = looks ? before(s.rules, load<u64>(member, MEMBER_DETECTS) | looking, own) : 0;
    return judgeText(s, set, own, KIND_BYTES, at, lengthAt, valueAt, valueEnd);
  }
  if (content == NO_MESSAGE) return judgeUnknown(s, message, cover, at, valueEnd);
  return judgeMessage(s, NO_RULE, cover, KIND_MESSAGE, content, at, depth);
}
