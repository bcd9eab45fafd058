// A protobuf message: which rule acts on each of its fields, down through the messages in it (semantics: docs/internals.md,
// "Rules on protobuf").
// Invariants: a field that is not written as its type is refused; a field that the descriptor set does not know goes the way
// that the policy says, and never stays where something acts on all there is; nesting is bounded by limits.depth; a group is
// walked up to its end tag, so that each byte is looked at once, however deep it stands; two messages that receivers merge
// are each decided as if they were alone, and refused where that is not the same.

import { before } from "../action/detect";
import { spells } from "../bytes/text";
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
  MEMBER_FLAG_ONCE,
  MEMBER_FLAG_REPEATED,
  MEMBER_KIND,
  MEMBER_RULE,
  MEMBER_TARGET,
  MESSAGE_FLAGS,
  MESSAGE_FLAG_ANY,
  MESSAGE_FLAG_ENTRY,
  MESSAGE_FLAG_LIVE,
  MESSAGE_FLAG_NAMED,
  MESSAGE_FLAG_VALUE,
  MESSAGE_MEMBERS,
  MESSAGE_MEMBER_COUNT,
  MESSAGE_UNKNOWN,
  NO_MESSAGE,
  NO_RULE,
  SIZE_MEMBER,
  SIZE_RULE,
  UNKNOWN_BLOCK,
  UNKNOWN_STRIP,
} from "../policy/format.gen";
import { INTERNAL, LIMIT_DEPTH, PROTOBUF_ANY, PROTOBUF_SYNTAX, PROTOBUF_UNKNOWN, PROTOBUF_WIRE } from "../policy/outcomes.gen";
import { takesWhole } from "../policy/whole";
import { entryRule, fieldDetects } from "../fields/match";
import { isPlain, isSoft, opens } from "../nested/open";
import { closed, closing, endGroup, skipGroup } from "./group";
import { wireOf } from "./number";
import { NO_MARKS, beginMarks, closeMarks, mark, openMarks } from "./once";
import { beginMessage, endMessage, endSized, leaveOut, out, placeOf, replaceSized } from "./output";
import { ProtoState } from "./state";
import { isOpened, openText } from "./text";
import { memberOf, messageAt, typeState } from "./tables";
import { actionOf, block, judgeNumber, judgePacked, judgeText } from "./value";
import { WIRE_END, WIRE_LENGTH, WIRE_START, fieldNumber, fieldWire, lengthAt, readField, valueAt, valueEnd } from "./wire";

const TYPE_URL: u32 = 1;
const VALUE: u32 = 2;
const KEY: u32 = 1;

/** The rule that acts: the earlier of the own and the covering one; a covering pass yields to any own rule. */
@inline
function ruleFor(s: ProtoState, own: u32, cover: u32): u32 {
  return own != NO_RULE && (own < cover || actionOf(s, cover) == ACTION_PASS) ? own : cover;
}

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
    namedBy = NO_RULE;
    namedDetects = 0;
    outcome = walk(s, s.root, s.unmatched, 0, at, end, 1, 0);
  }
  endMessage(end);
  return outcome == 0 && out.failed ? INTERNAL : outcome;
}

@inline
function isLive(s: ProtoState, state: u32): bool {
  return (load<u8>(messageAt(s.policy, state), MESSAGE_FLAGS) & MESSAGE_FLAG_LIVE) != 0;
}

// Of the entry that is walked next: the rule on the value by its key, and those that detect in it.
let namedBy: u32 = NO_RULE;
let namedDetects: u64 = 0;

/** Looks up the key of the entry [at, end). Returns an outcome. */
function lookUpKey(s: ProtoState, at: usize, end: usize, depth: u32): u32 {
  namedBy = NO_RULE;
  namedDetects = 0;
  for (let p = at; p < end; ) {
    if (!readField(p, end) || fieldWire == WIRE_END) return PROTOBUF_SYNTAX;
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      const fault = skipGroup(p, end, fieldNumber, depth, s.depthLimit);
      if (fault) return fault;
      p = closed;
    } else if (fieldNumber == KEY && fieldWire == WIRE_LENGTH) {
      // Of several keys the last one counts to receivers; what one of them names is acted on.
      namedBy = min<u32>(namedBy, entryRule(s.policy, <usize>s.table, valueAt, <u32>(valueEnd - valueAt)));
      namedDetects |= fieldDetects;
    }
  }
  return 0;
}

/**
 * The fields [at, end) of a message in `state`, under the rule that covers it and with those that detect in all of it; of a
 * group with that number those up to its end tag, and 0 is no group. Returns an outcome.
 */
function walk(s: ProtoState, state: u32, cover: u32, finding: u64, at: usize, end: usize, depth: u32, group: u32): u32 {
  if (depth > s.depthLimit) return LIMIT_DEPTH;
  const message = messageAt(s.policy, state);
  const flags = <u32>load<u8>(message, MESSAGE_FLAGS);
  // Another entry's key says nothing here.
  const isNamed = (flags & MESSAGE_FLAG_NAMED) != 0;
  const named = isNamed ? namedBy : <u32>NO_RULE;
  const valueDetects = isNamed ? finding | namedDetects : finding;
  let content = NO_MESSAGE;
  let isTyped = false;
  if (flags & MESSAGE_FLAG_ANY) {
    const outcome = readAny(s, message, at, end, depth, group);
    if (outcome) return outcome;
    content = anyContent;
    isTyped = anyIsTyped;
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
    if (member == 0) {
      outcome = isGroup ? skipGroup(p, end, fieldNumber, depth + 1, s.depthLimit) : 0;
      if (outcome == 0) outcome = judgeUnknown(s, message, cover, start, isGroup ? closed : p);
    } else if (flags & MESSAGE_FLAG_ANY && fieldNumber == VALUE) {
      outcome = judgeContent(s, message, member, content, cover, finding, start, depth);
    } else {
      // A type_url is what makes the rest readable, and the key of an entry is a name: no cover acts on them.
      const isEntry = (flags & MESSAGE_FLAG_ENTRY) != 0;
      const isName = isEntry ? fieldNumber == KEY : isTyped && fieldNumber == TYPE_URL;
      outcome = isEntry && fieldNumber == VALUE
        ? judgeMember(s, member, named, cover, valueDetects, start, end, depth)
        : judgeMember(s, member, NO_RULE, isName ? NO_RULE : cover, isName ? 0 : finding, start, end, depth);
    }
    if (outcome) return outcome;
    if (isGroup) p = closed;
  }
  if (marks != NO_MARKS) closeMarks(marks);
  // The end tag of a group is not there.
  return group ? PROTOBUF_SYNTAX : 0;
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
 * The field that was read, which begins at `at` in a message that ends at `end`: under its own rule or that by the key of its
 * entry, and with the rules of `finding`, which detect in it. Returns an outcome.
 */
function judgeMember(
  s: ProtoState,
  member: usize,
  named: u32,
  cover: u32,
  finding: u64,
  at: usize,
  end: usize,
  depth: u32,
): u32 {
  const kind = <u32>load<u8>(member, MEMBER_KIND);
  const own = min<u32>(load<u16>(member, MEMBER_RULE), named);
  const rule = ruleFor(s, own, cover);
  if (finding != 0) finding = before(s.rules, finding, own);
  let set = load<u64>(member, MEMBER_DETECTS) | finding;
  if (named != NO_RULE) set = before(s.rules, set, own);
  // A covering pass yields to rules that detect, and what the own rule leaves to them is counted off already.
  if (set != 0 && actionOf(s, rule) != ACTION_PASS) set = before(s.rules, set, rule);
  if (kind >= KIND_STRING) {
    if (fieldWire != (kind == KIND_GROUP ? WIRE_START : WIRE_LENGTH)) return PROTOBUF_WIRE;
    const target = <u32>load<u16>(member, MEMBER_TARGET);
    if (kind == KIND_GROUP) return judgeGroup(s, rule, finding, target, at, end, depth);
    if (kind >= KIND_MESSAGE) return judgeMessage(s, rule, finding, kind, target, at, depth);
    // A pass that covers exempts from `unmatched` alone, and says nothing of the text.
    const isFree = rule == NO_RULE || (rule != own && actionOf(s, rule) == ACTION_PASS);
    const isText = target != 0 && opens(s.policy, s.rules, target, isFree ? <u32>NO_RULE : rule);
    if (isText && !isPlain(s.policy, target, NO_RULE, valueAt, <u32>(valueEnd - valueAt))) {
      // What begins as it should is meant to be that, whoever looks into it as it stands.
      const unruled = isFree && (set == 0 || isSoft(s.policy, target));
      const outcome = openText(s, target, rule, unruled, lengthAt, valueAt, valueEnd);
      if (isOpened) return outcome;
    }
    return judgeText(s, set, rule, kind, at, lengthAt, valueAt, valueEnd);
  }
  if (fieldWire == WIRE_LENGTH && load<u8>(member, MEMBER_FLAGS) & MEMBER_FLAG_REPEATED) {
    return judgePacked(s, set, rule, kind, at, lengthAt, valueAt, valueEnd);
  }
  if (fieldWire != wireOf(kind)) return PROTOBUF_WIRE;
  return judgeNumber(s, set, rule, kind, at, valueAt, valueEnd);
}

/** Whether the rule acts on a message in the state as on one thing. A Value that holds nothing is none: what it holds is redacted. */
@inline
function takesMessage(s: ProtoState, rule: u32, action: u32, target: u32): bool {
  if (action == ACTION_PASS || !takesWhole(s.rules + rule * SIZE_RULE)) return false;
  const flags = <u32>load<u8>(messageAt(s.policy, target), MESSAGE_FLAGS);
  if (action == ACTION_REDACT && flags & MESSAGE_FLAG_VALUE) return false;
  return rule != s.unmatched || (flags & MESSAGE_FLAG_LIVE) == 0;
}

/** The message that was read, in the field that begins at `at`, under its acting rule. Returns an outcome. */
function judgeMessage(s: ProtoState, rule: u32, finding: u64, kind: u32, target: u32, at: usize, depth: u32): u32 {
  const from = valueAt;
  const end = valueEnd;
  const sizeAt = lengthAt;
  const action = actionOf(s, rule);
  if (takesMessage(s, rule, action, target)) {
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
  if (load<u8>(messageAt(s.policy, target), MESSAGE_FLAGS) & MESSAGE_FLAG_NAMED) {
    const fault = lookUpKey(s, from, end, depth + 2);
    if (fault) return fault;
    const named = namedBy;
    if (named != NO_RULE && ruleFor(s, named, rule) == named) {
      // The value does not go without its name.
      const action = actionOf(s, named);
      if (action == ACTION_BLOCK) return block(s, named);
      if (action == ACTION_STRIP) {
        s.count(named);
        leaveOut(at, end);
        return 0;
      }
    }
  }
  const place = placeOf(sizeAt);
  const outcome = walk(s, target, rule, finding, from, end, depth + 1, 0);
  if (outcome == 0) endSized(place, sizeAt, from, end);
  return outcome;
}

/** The group whose start tag was read at `at`, in a message that ends at `end`, under its acting rule. Returns an outcome. */
function judgeGroup(s: ProtoState, rule: u32, finding: u64, target: u32, at: usize, end: usize, depth: u32): u32 {
  const from = valueEnd;
  const action = actionOf(s, rule);
  const isWhole = takesMessage(s, rule, action, target);
  if (!isWhole && target != 0) return walk(s, target, rule, finding, from, end, depth + 1, fieldNumber);
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

// What `readAny` has found.
let anyContent: u32 = NO_MESSAGE;
/** The type_url says no more than the type. */
let anyIsTyped: bool = false;

/** Finds the type of the Any [at, end), or that ends before as the group with that number does. Returns an outcome. */
function readAny(s: ProtoState, message: usize, at: usize, end: usize, depth: u32, group: u32): u32 {
  let values: u32 = 0;
  let urls: u32 = 0;
  anyContent = NO_MESSAGE;
  anyIsTyped = false;
  for (let p = at; p < end; ) {
    const start = p;
    if (!readField(p, end)) return PROTOBUF_SYNTAX;
    if (fieldWire == WIRE_END) {
      const fault = endGroup(group, start);
      if (fault) return fault;
      break;
    }
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      if (fieldNumber <= VALUE) return PROTOBUF_WIRE;
      const fault = skipGroup(p, end, fieldNumber, depth + 1, s.depthLimit);
      if (fault) return fault;
      p = closed;
      continue;
    }
    if (fieldNumber == VALUE) values++;
    if (fieldNumber != TYPE_URL) continue;
    if (fieldWire != WIRE_LENGTH) return PROTOBUF_WIRE;
    urls++;
    let name = valueEnd;
    while (name > valueAt && load<u8>(name - 1) != 0x2f) name--;
    // Full names may begin with a dot, and some receivers look them up without.
    while (name < valueEnd && load<u8>(name) == 0x2e) name++;
    // Without a slash it is no type_url, but some receivers take all of it for the name.
    anyContent = typeState(s.policy, message, name, <u32>(valueEnd - name));
    anyIsTyped = anyContent != NO_MESSAGE && spells(valueAt, <u32>(name - valueAt), "type.googleapis.com/");
  }
  return values > 1 || urls > 1 ? PROTOBUF_ANY : 0;
}

/** What an Any holds, in the field that was read and begins at `at`. Returns an outcome. */
function judgeContent(
  s: ProtoState,
  message: usize,
  member: usize,
  content: u32,
  cover: u32,
  finding: u64,
  at: usize,
  depth: u32,
): u32 {
  if (fieldWire != WIRE_LENGTH) return PROTOBUF_WIRE;
  const own = <u32>load<u16>(member, MEMBER_RULE);
  if (own != NO_RULE && ruleFor(s, own, cover) == own) {
    return judgeText(s, 0, own, KIND_BYTES, at, lengthAt, valueAt, valueEnd);
  }
  if (content == NO_MESSAGE) return judgeUnknown(s, message, cover, at, valueEnd);
  return judgeMessage(s, cover, finding, KIND_MESSAGE, content, at, depth);
}
