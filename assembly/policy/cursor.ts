// Steps of the selector automaton over the binary policy.
// Invariants: the blob has passed `check` (policy/check.ts), so every offset and state is in range and loads
// here are unchecked. State 0 is dead and leads only to itself.

import {
  HEADER_PAIRS,
  HEADER_STATES,
  RANGE_PERIOD,
  RANGE_TARGETS,
  SIZE_RANGE,
  SIZE_STATE,
  STATE_BASE,
  STATE_COUNT,
  STATE_OTHER,
  STATE_PAIRS,
  STATE_RANGES,
  STATE_TRANSITIONS,
} from "./format.gen";
import { nameClass } from "./symbols";

/** Address of the record of a state. */
@inline
export function stateAt(policy: usize, state: u32): usize {
  return policy + load<u32>(policy, HEADER_STATES) + state * SIZE_STATE;
}

/** Target of a class of names in the list of a state, or -1. */
export function listed(policy: usize, state: usize, number: i32): i32 {
  const list = policy + load<u32>(state, STATE_TRANSITIONS);
  let low: u32 = 0;
  let high = <u32>load<u16>(state, STATE_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    const pair = load<u32>(list + (middle << 2));
    const found = <i32>(pair & 0xffff);
    if (found == number) return <i32>(pair >> 16);
    if (found < number) low = middle + 1;
    else high = middle;
  }
  return -1;
}

/** State of a member whose name is no symbol. */
@inline
export function otherState(state: usize): u32 {
  return <u32>load<u16>(state, STATE_OTHER);
}

/** State of the member with the given (unescaped) name. */
export function memberState(policy: usize, state: usize, at: usize, length: u32): u32 {
  return isListing(state) ? classState(policy, state, nameClass(policy, at, length)) : otherState(state);
}

/** Whether it matters how a member is named. */
@inline
export function isListing(state: usize): bool {
  return load<u16>(state, STATE_COUNT) != 0 || load<u16>(state, STATE_BASE) != 0;
}

/** State of the member whose name is of the class, or of none when that is negative. */
export function classState(policy: usize, state: usize, number: i32): u32 {
  if (number < 0) return otherState(state);
  const base = <u32>load<u16>(state, STATE_BASE);
  let target = listed(policy, state, number);
  if (target < 0 && base != 0) target = listed(policy, stateAt(policy, base), number);
  return target < 0 ? otherState(state) : <u32>target;
}

/** State in which the names that stand in values of an object are looked up, or 0. */
@inline
export function pairsOf(state: usize): u32 {
  return <u32>load<u16>(state, STATE_PAIRS);
}

/** What a member is in a pair whose name is of the class: PAIR_NAME, PAIR_VALUE, or 0 for neither. */
@inline
export function pairKind(policy: usize, number: i32): u32 {
  return number < 0 ? 0 : <u32>load<u8>(policy + load<u32>(policy, HEADER_PAIRS) + number);
}

/** State of every element, whatever its index, or -1 when indexes differ. */
export function uniformElement(policy: usize, state: usize): i32 {
  const offset = load<u32>(state, STATE_RANGES);
  if (offset == 0) return 0;
  const range = policy + offset + 4;
  if (load<u32>(policy + offset) != 1 || load<u32>(range, RANGE_PERIOD) != 1) return -1;
  return <i32>load<u16>(policy + load<u32>(range, RANGE_TARGETS));
}

/** State of the element with the given index. */
export function elementState(policy: usize, state: usize, index: u32): u32 {
  const offset = load<u32>(state, STATE_RANGES);
  if (offset == 0) return 0;
  let left = load<u32>(policy + offset);
  let range = policy + offset + 4;
  while (left > 1 && load<u32>(range, SIZE_RANGE) <= index) {
    range += SIZE_RANGE;
    left--;
  }
  const period = load<u32>(range, RANGE_PERIOD);
  const targets = policy + load<u32>(range, RANGE_TARGETS);
  const step = period == 1 ? 0 : (index - load<u32>(range)) % period;
  return <u32>load<u16>(targets + (step << 1));
}
