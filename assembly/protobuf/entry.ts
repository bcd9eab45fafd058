// Entries of maps by their keys, which are names to rules by name: members of a google.protobuf.Struct are such.
// Invariants: a key counts before and behind the value; what acts by the key of one entry acts in no other one; an entry of
// which receivers could read another key, which leads elsewhere, is refused.

import { isUtf8 } from "../bytes/utf8";
import { memberState, stateAt } from "../policy/cursor";
import {
  ACTION_BLOCK,
  ACTION_STRIP,
  KIND_MESSAGE,
  MEMBER_KIND,
  MEMBER_RULE,
  MESSAGE_FLAGS,
  MESSAGE_FLAG_ENTRY,
  MESSAGE_KEYS,
  NO_RULE,
  STATE_DETECTS,
  STATE_HELD,
} from "../policy/format.gen";
import { PROTOBUF_ENTRY, PROTOBUF_SYNTAX } from "../policy/outcomes.gen";
import { closed, skipGroup } from "./group";
import { ProtoState } from "./state";
import { KEY, VALUE, memberOf, messageAt } from "./tables";
import { actionOf, block, ruleFor } from "./value";
import { WIRE_END, WIRE_LENGTH, WIRE_START, fieldNumber, fieldWire, readField, valueAt, valueEnd } from "./wire";

// Of the entry that is walked next: the rule on the value by its key, those that detect in it, and the state of the message or
// text that it holds, or 0 for that of the field.
export let namedBy: u32 = NO_RULE;
export let namedDetects: u64 = 0;
export let namedState: u32 = 0;

/** Forgets the key of the last entry. */
export function forgetKey(): void {
  namedBy = NO_RULE;
  namedDetects = 0;
  namedState = 0;
}

/** The state in which the keys of an entry in the state are looked up, or 0. */
@inline
export function keysOf(s: ProtoState, target: u32): u32 {
  const message = messageAt(s.policy, target);
  return load<u8>(message, MESSAGE_FLAGS) & MESSAGE_FLAG_ENTRY ? <u32>load<u16>(message, MESSAGE_KEYS) : 0;
}

/** Looks up the key of the entry [at, end) in the automaton state. Returns an outcome. */
export function lookUpKey(s: ProtoState, keys: u32, at: usize, end: usize, depth: u32): u32 {
  forgetKey();
  keyState = 0;
  for (let p = at; p < end; ) {
    if (!readField(p, end) || fieldWire == WIRE_END) return PROTOBUF_SYNTAX;
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      const fault = skipGroup(p, end, fieldNumber, depth, s.depthLimit);
      if (fault) return fault;
      p = closed;
    } else if (fieldNumber == KEY && fieldWire == WIRE_LENGTH) {
      const fault = addKey(s, keys, valueAt, <u32>(valueEnd - valueAt));
      if (fault) return fault;
    }
  }
  return keyState != 0 ? 0 : addKey(s, keys, at, 0);
}

/** The automaton's record of the key that was read last, or 0. */
let keyState: usize = 0;

/** Some receivers take a byte order mark off a text, and some read other characters in what is no UTF-8. */
function addKey(s: ProtoState, keys: u32, key: usize, length: u32): u32 {
  if (length >= 3 && load<u16>(key) == 0xbbef && load<u8>(key, 2) == 0xbf) {
    key += 3;
    length -= 3;
  }
  const state = stateAt(s.policy, memberState(s.policy, stateAt(s.policy, keys), key, length));
  if ((keyState != 0 && state != keyState) || !isUtf8(key, key + length)) return PROTOBUF_ENTRY;
  keyState = state;
  namedBy = <u32>load<u16>(state);
  namedDetects = load<u64>(state, STATE_DETECTS);
  namedState = <u32>load<u16>(state, STATE_HELD);
  return 0;
}

// Of the entry that was walked last: it has come with a value, and of that something is left.
let hasValue: bool = false;
let isLeft: bool = false;

/** An entry has been walked. */
export function leaveEntry(withValue: bool, withSomeLeft: bool): void {
  hasValue = withValue;
  isLeft = withSomeLeft;
}

/** The entry in the state that was walked last, under a cover, goes or stays. */
export let entryGoes: bool = false;

/**
 * Whether it goes, since nothing of its value is left, and `named` is the rule by its key: the value does not go without its name,
 * but by a selector of `value`, and one that is not there is an empty one. Returns an outcome.
 */
export function endEntry(s: ProtoState, named: u32, cover: u32, target: u32): u32 {
  entryGoes = false;
  if (isLeft) return 0;
  const value = memberOf(s.policy, messageAt(s.policy, target), VALUE);
  if (value == 0) return 0;
  const own = <u32>load<u16>(value, MEMBER_RULE);
  const rule = ruleFor(s, min<u32>(own, named), cover);
  const action = actionOf(s, rule);
  const isOfField = rule == own && rule != named;
  if (hasValue) {
    entryGoes = !isOfField || action != ACTION_STRIP;
    return 0;
  }
  if (isOfField || (rule == s.unmatched && <u32>load<u8>(value, MEMBER_KIND) >= KIND_MESSAGE)) return 0;
  if (action == ACTION_BLOCK) return block(s, rule);
  entryGoes = action == ACTION_STRIP;
  if (entryGoes) s.count(rule);
  return 0;
}
