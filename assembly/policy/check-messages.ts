// The bounds check of the protobuf tables of a binary policy (drawn in docs/internals.md).
// Invariant: no load below happens before its bytes are known to lie inside the blob.

import {
  HEADER_MESSAGES,
  HEADER_METHODS,
  KIND_BYTES,
  KIND_GROUP,
  KIND_MESSAGE,
  KIND_STRING,
  MAX_MESSAGES,
  MEMBER_KIND,
  MEMBER_NUMBER,
  MEMBER_RULE,
  MEMBER_TARGET,
  MESSAGE_FLAGS,
  MESSAGE_FLAG_ENTRY,
  MESSAGE_KEYS,
  MESSAGE_MEMBERS,
  MESSAGE_MEMBER_COUNT,
  MESSAGE_TYPES,
  MESSAGE_TYPE_COUNT,
  MESSAGE_TYPE_TARGET,
  MESSAGE_UNKNOWN,
  METHOD_REQUEST,
  METHOD_RESPONSE,
  NO_MESSAGE,
  NO_RULE,
  SIZE_MEMBER,
  SIZE_MESSAGE,
  SIZE_MESSAGE_TYPE,
  SIZE_METHOD,
  SIZE_TRANSITION,
  STATE_BASE,
  STATE_COUNT,
  STATE_HELD,
  STATE_TRANSITIONS,
  TRANSITION_TARGET,
  UNKNOWN_PASS,
} from "./format.gen";
import { VALUE, memberOf } from "../protobuf/tables";
import { listed, otherState, stateAt } from "./cursor";
import { inside, refInside } from "./inside";

function methodsSound(policy: usize, messages: u32): bool {
  const offset = load<u32>(policy, HEADER_METHODS);
  const count = load<u32>(policy, HEADER_METHODS + 4);
  if (!inside(policy, offset, count, SIZE_METHOD)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const method = policy + offset + i * SIZE_METHOD;
    if (!refInside(policy, method)) return false;
    const request = <u32>load<u16>(method, METHOD_REQUEST);
    const response = <u32>load<u16>(method, METHOD_RESPONSE);
    if ((request != NO_MESSAGE && request >= messages) || (response != NO_MESSAGE && response >= messages)) return false;
  }
  return true;
}

/** Whether what the keys of a message lead to, in automaton states that are sound, is in range whatever its value is. */
function keysSound(policy: usize, message: usize, states: u32, messages: u32): bool {
  const keys = <u32>load<u16>(message, MESSAGE_KEYS);
  if (keys >= states) return false;
  // Those of a pair lead to rules alone.
  if (keys == 0 || (load<u8>(message, MESSAGE_FLAGS) & MESSAGE_FLAG_ENTRY) == 0) return true;
  const value = memberOf(policy, message, VALUE);
  if (value == 0) return false;
  const isText = <u32>load<u8>(value, MEMBER_KIND) < KIND_MESSAGE;
  const most = isText ? states : messages;
  const root = stateAt(policy, keys);
  const base = stateAt(policy, <u32>load<u16>(root, STATE_BASE));
  return heldIn(policy, otherState(root)) < most && heldSound(policy, root, root, most) && heldSound(policy, base, root, most);
}

@inline
function heldIn(policy: usize, state: u32): u32 {
  return <u32>load<u16>(stateAt(policy, state), STATE_HELD);
}

/** The same for what a state lists, the root itself or its base: of that only what the root does not list is looked up. */
function heldSound(policy: usize, state: usize, root: usize, most: u32): bool {
  const list = policy + load<u32>(state, STATE_TRANSITIONS);
  const count = <u32>load<u16>(state, STATE_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const pair = list + i * SIZE_TRANSITION;
    if (state != root && listed(policy, root, <i32>load<u16>(pair)) >= 0) continue;
    if (heldIn(policy, <u32>load<u16>(pair, TRANSITION_TARGET)) >= most) return false;
  }
  return true;
}

/** Whether the tables of protobuf can be read unchecked; `rules` and `states` are how many rules and automaton states there are. */
export function messagesSound(policy: usize, rules: u32, states: u32): bool {
  const messages = load<u32>(policy, HEADER_MESSAGES + 4);
  if (!methodsSound(policy, messages)) return false;
  const offset = load<u32>(policy, HEADER_MESSAGES);
  if (messages > MAX_MESSAGES || !inside(policy, offset, messages, SIZE_MESSAGE)) return false;
  for (let i: u32 = 0; i < messages; i++) {
    const message = policy + offset + i * SIZE_MESSAGE;
    const members = load<u32>(message, MESSAGE_MEMBERS);
    const memberCount = <u32>load<u16>(message, MESSAGE_MEMBER_COUNT);
    if (<u32>load<u8>(message, MESSAGE_UNKNOWN) > UNKNOWN_PASS || !inside(policy, members, memberCount, SIZE_MEMBER)) return false;
    for (let k: u32 = 0; k < memberCount; k++) {
      const member = policy + members + k * SIZE_MEMBER;
      const kind = <u32>load<u8>(member, MEMBER_KIND);
      const rule = <u32>load<u16>(member, MEMBER_RULE);
      if (kind == 0 || kind > KIND_GROUP || (rule != NO_RULE && rule >= rules - 1)) return false;
      // A text has the automaton state in which it is decoded.
      const isText = kind == KIND_STRING || kind == KIND_BYTES;
      if (<u32>load<u16>(member, MEMBER_TARGET) >= (isText ? states : messages)) return false;
      // Members are searched in halves.
      if (k != 0 && load<u32>(member, MEMBER_NUMBER) <= load<u32>(member - SIZE_MEMBER, MEMBER_NUMBER)) return false;
    }
    if (!keysSound(policy, message, states, messages)) return false;
    const types = load<u32>(message, MESSAGE_TYPES);
    const typeCount = <u32>load<u16>(message, MESSAGE_TYPE_COUNT);
    if (!inside(policy, types, typeCount, SIZE_MESSAGE_TYPE)) return false;
    for (let k: u32 = 0; k < typeCount; k++) {
      const type = policy + types + k * SIZE_MESSAGE_TYPE;
      if (!refInside(policy, type) || <u32>load<u16>(type, MESSAGE_TYPE_TARGET) >= messages) return false;
    }
  }
  return true;
}
