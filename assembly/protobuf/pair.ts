// Names that stand in values: KeyValue{key: "cvv", value: "737"}, or members of a google.protobuf.Struct with such keys. What rules
// by name say of such a name holds for what stands beside it and is a value by its own name, wherever it stands in the message.
// Invariants: each name that is told counts, since receivers choose among several, by the order of their fields or by their own
// types; one that passes, where no other says anything; a name of which receivers make different texts is refused.

import { isUtf8 } from "../bytes/utf8";
import { pathDetects, pathRule } from "../fields/name-path";
import { LONGEST_NAME, isUntold, tellsName } from "../fields/told-name";
import { pairKind } from "../policy/cursor";
import {
  ACTION_PASS,
  KIND_MAP,
  KIND_STRING,
  MEMBER_FLAGS,
  MEMBER_FLAG_HOLDING,
  MEMBER_FLAG_NAMING,
  MEMBER_KIND,
  MESSAGE_KEYS,
  NO_RULE,
  PAIR_NAME,
  PAIR_VALUE,
} from "../policy/format.gen";
import { nameClass } from "../policy/symbols";
import { INTERNAL, PROTOBUF_ENTRY, PROTOBUF_SYNTAX } from "../policy/outcomes.gen";
import { closed, closing, endGroup, skipGroup } from "./group";
import { ProtoState } from "./state";
import { KEY, VALUE, memberOf } from "./tables";
import { WIRE_END, WIRE_LENGTH, WIRE_START, fieldNumber, fieldWire, readField, valueAt, valueEnd } from "./wire";
import { actionOf } from "./value";

// What the names of the message say that was read last.
export let toldRule: u32 = NO_RULE;
export let toldDetects: u64 = 0;

// The same of names that pass.
let passRule: u32 = NO_RULE;
let passDetects: u64 = 0;
/** Receivers could read another name. */
let isUnclear: bool = false;
/** Something is there that may be named. */
let isHeld: bool = false;

// The texts of `google.protobuf.StringValue` and of `google.protobuf.Value`.
const WRAPPED: u32 = 1;
const STRING_VALUE: u32 = 3;

/**
 * Looks up what the message [at, end) tells, or the group with that number that begins at `at` and ends before. Returns an
 * outcome.
 */
export function lookUpNames(s: ProtoState, message: usize, at: usize, end: usize, depth: u32, group: u32): u32 {
  const pairs = <u32>load<u16>(message, MESSAGE_KEYS);
  toldRule = NO_RULE;
  toldDetects = 0;
  passRule = NO_RULE;
  passDetects = 0;
  isUnclear = false;
  isHeld = false;
  let fault: u32 = 0;
  for (let p = at; p < end && fault == 0; ) {
    const start = p;
    if (!readField(p, end)) return PROTOBUF_SYNTAX;
    if (fieldWire == WIRE_END) {
      fault = endGroup(group, start);
      break;
    }
    p = valueEnd;
    const from = valueAt;
    const isGroup = fieldWire == WIRE_START;
    const isSized = fieldWire == WIRE_LENGTH;
    const member = memberOf(s.policy, message, fieldNumber);
    let to = p;
    if (isGroup) {
      fault = skipGroup(p, end, fieldNumber, depth + 1, s.depthLimit);
      if (fault) break;
      to = closing;
      p = closed;
    }
    if (member == 0) continue;
    const flags = <u32>load<u8>(member, MEMBER_FLAGS);
    if (flags & MEMBER_FLAG_HOLDING) isHeld = true;
    if ((flags & MEMBER_FLAG_NAMING) == 0) continue;
    const kind = <u32>load<u8>(member, MEMBER_KIND);
    if (kind == KIND_MAP) fault = isSized ? tellMember(s, pairs, from, to, depth) : 0;
    else if (kind != KIND_STRING) fault = tellWrapped(s, pairs, from, to, depth, WRAPPED);
    else if (isSized) fault = tell(s, pairs, from, to);
  }
  if (fault == 0 && isHeld && isUnclear) fault = PROTOBUF_ENTRY;
  if (toldRule == NO_RULE && toldDetects == 0) toldRule = passRule;
  toldDetects |= passDetects;
  return fault;
}

/** The member of a document in the entry [at, end). Returns an outcome. */
function tellMember(s: ProtoState, pairs: u32, at: usize, end: usize, depth: u32): u32 {
  const kinds = keyKinds(s, at, end, depth + 1);
  if (kinds & PAIR_VALUE) isHeld = true;
  if ((kinds & PAIR_NAME) == 0) return 0;
  for (let p = at; p < end; ) {
    if (!readField(p, end)) return PROTOBUF_SYNTAX;
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      const fault = skipGroup(p, end, fieldNumber, depth + 2, s.depthLimit);
      if (fault) return fault;
      p = closed;
    } else if (fieldNumber == VALUE && fieldWire == WIRE_LENGTH) {
      const fault = tellWrapped(s, pairs, valueAt, valueEnd, depth + 1, STRING_VALUE);
      if (fault) return fault;
    }
  }
  return 0;
}

/** What the entry [at, end) is in a pair by any of its keys; one that cannot be read is refused when it is walked. */
export function keyKinds(s: ProtoState, at: usize, end: usize, depth: u32): u32 {
  let kinds: u32 = 0;
  for (let p = at; p < end; ) {
    if (!readField(p, end) || fieldWire == WIRE_END) break;
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      if (skipGroup(p, end, fieldNumber, depth + 1, s.depthLimit)) break;
      p = closed;
    } else if (fieldNumber == KEY && fieldWire == WIRE_LENGTH) {
      const key = behindMark(valueAt, valueEnd);
      kinds |= pairKind(s.policy, nameClass(s.policy, key, <u32>(valueEnd - key)));
    }
  }
  return kinds;
}

/** Some receivers take a byte order mark off a text. */
function behindMark(at: usize, end: usize): usize {
  return end - at >= 3 && load<u16>(at) == 0xbbef && load<u8>(at, 2) == 0xbf ? at + 3 : at;
}

/** The text that a message [at, end) holds in the field of the number. Returns an outcome. */
function tellWrapped(s: ProtoState, pairs: u32, at: usize, end: usize, depth: u32, number: u32): u32 {
  for (let p = at; p < end; ) {
    if (!readField(p, end) || fieldWire == WIRE_END) return PROTOBUF_SYNTAX;
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      const fault = skipGroup(p, end, fieldNumber, depth + 2, s.depthLimit);
      if (fault) return fault;
      p = closed;
    } else if (fieldNumber == number && fieldWire == WIRE_LENGTH) {
      const fault = tell(s, pairs, valueAt, valueEnd);
      if (fault) return fault;
    }
  }
  return 0;
}

/** The text [at, end). Returns an outcome. */
function tell(s: ProtoState, pairs: u32, at: usize, end: usize): u32 {
  at = behindMark(at, end);
  const length = <u32>(end - at);
  if (length > LONGEST_NAME) return 0;
  if (!isUtf8(at, end)) isUnclear = true;
  if (!tellsName(s.policy, pairs, at, length)) return isUntold ? INTERNAL : 0;
  if (pathRule != NO_RULE && actionOf(s, pathRule) == ACTION_PASS) {
    passRule = min<u32>(passRule, pathRule);
    passDetects |= pathDetects;
  } else {
    toldRule = min<u32>(toldRule, pathRule);
    toldDetects |= pathDetects;
  }
  return 0;
}
