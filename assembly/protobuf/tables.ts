// The protobuf tables of the binary policy (drawn in docs/internals.md): paths, message states, their fields and types.
// Invariant: the blob has passed `check` (policy/check.ts), so loads here are unchecked.

import { globMatches, same } from "../bytes/glob";
import {
  HEADER_MESSAGES,
  HEADER_METHODS,
  MEMBER_NUMBER,
  MESSAGE_MEMBERS,
  MESSAGE_MEMBER_COUNT,
  MESSAGE_TYPES,
  MESSAGE_TYPE_COUNT,
  MESSAGE_TYPE_TARGET,
  METHOD_FLAGS,
  METHOD_FLAG_CLIENT_STREAMS,
  METHOD_FLAG_GLOB,
  METHOD_FLAG_SERVER_STREAMS,
  METHOD_FLAG_TYPED_REQUEST,
  METHOD_FLAG_TYPED_RESPONSE,
  METHOD_REQUEST,
  METHOD_RESPONSE,
  NO_MESSAGE,
  SIZE_MEMBER,
  SIZE_MESSAGE,
  SIZE_MESSAGE_TYPE,
  SIZE_METHOD,
} from "../policy/format.gen";

/** Fields of an Any, and of an entry of a map. */
export const TYPE_URL: u32 = 1;
export const KEY: u32 = 1;
export const VALUE: u32 = 2;

/** Whether the policy knows anything of protobuf. */
export function hasTypes(policy: usize): bool {
  return load<u32>(policy, HEADER_METHODS + 4) != 0;
}

/** The record of the path, without its query, or 0. */
export function methodOf(policy: usize, path: usize, length: u32): usize {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(path + i) == 0x3f) length = i;
  }
  const count = load<u32>(policy, HEADER_METHODS + 4);
  let method = policy + load<u32>(policy, HEADER_METHODS);
  for (let i: u32 = 0; i < count; i++, method += SIZE_METHOD) {
    const pattern = policy + load<u32>(method);
    const size = load<u32>(method, 4);
    const isGlob = (load<u8>(method, METHOD_FLAGS) & METHOD_FLAG_GLOB) != 0;
    if (isGlob ? globMatches(pattern, size, path, length) : size == length && same(pattern, path, length)) return method;
  }
  return 0;
}

/** The message state of a direction's bodies; NO_MESSAGE when their type is not known. */
export function bodyState(method: usize, response: bool): u32 {
  if (method == 0) return NO_MESSAGE;
  return response ? <u32>load<u16>(method, METHOD_RESPONSE) : <u32>load<u16>(method, METHOD_REQUEST);
}

/** Whether the messages of a direction come one by one, each to be answered before the next. */
export function isStreamed(method: usize, response: bool): bool {
  if (method == 0) return false;
  return (load<u8>(method, METHOD_FLAGS) & (response ? METHOD_FLAG_SERVER_STREAMS : METHOD_FLAG_CLIENT_STREAMS)) != 0;
}

/** Whether selectors of protobuf alone select in the messages of a direction, which would miss them in another form. */
export function missesJson(method: usize, response: bool): bool {
  if (method == 0) return false;
  return (load<u8>(method, METHOD_FLAGS) & (response ? METHOD_FLAG_TYPED_RESPONSE : METHOD_FLAG_TYPED_REQUEST)) != 0;
}

/** Whether something acts in the messages of a unary call, which may come by GET; of paths that are no methods nobody knows. */
export function isCallByGet(method: usize): bool {
  const state = bodyState(method, false);
  return state != 0 && state != NO_MESSAGE && !(isStreamed(method, false) && isStreamed(method, true));
}

/** Record of a message state. */
@inline
export function messageAt(policy: usize, state: u32): usize {
  return policy + load<u32>(policy, HEADER_MESSAGES) + state * SIZE_MESSAGE;
}

/** Record of the field with the number, or 0. */
export function memberOf(policy: usize, message: usize, number: u32): usize {
  const members = policy + load<u32>(message, MESSAGE_MEMBERS);
  let high = <u32>load<u16>(message, MESSAGE_MEMBER_COUNT);
  // Most types number their fields from 1 on without gaps.
  const likely = members + (number - 1) * SIZE_MEMBER;
  if (number - 1 < high && load<u32>(likely) == number) return likely;
  let low: u32 = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    const member = members + middle * SIZE_MEMBER;
    const found = load<u32>(member, MEMBER_NUMBER);
    if (found == number) return member;
    if (found < number) low = middle + 1;
    else high = middle;
  }
  return 0;
}

/** The state of the type with the name in an Any; NO_MESSAGE when it is not known. */
export function typeState(policy: usize, message: usize, name: usize, length: u32): u32 {
  const types = policy + load<u32>(message, MESSAGE_TYPES);
  let low: u32 = 0;
  let high = <u32>load<u16>(message, MESSAGE_TYPE_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    const type = types + middle * SIZE_MESSAGE_TYPE;
    const size = load<u32>(type, 4);
    let order = memory.compare(policy + load<u32>(type), name, min<u32>(size, length));
    if (order == 0) order = <i32>size - <i32>length;
    if (order == 0) return <u32>load<u16>(type, MESSAGE_TYPE_TARGET);
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NO_MESSAGE;
}
