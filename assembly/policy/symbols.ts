// The names that states list: their text in the policy, and the index that finds them, which the filter makes behind the
// policy when it loads one. A policy carries no index, since nothing packs worse.
// Invariants: the index lies behind all bytes of the policy, so that nothing that was checked is written over; it has a
// free slot, so that a search for an unknown name ends.
//
//     slot (8): 0 u32 offset of the name, 0 for a free slot, 4 u16 its length, 6 u16 its class

import {
  HEADER_BYTES,
  HEADER_SLOTS_LOG2,
  HEADER_SYMBOLS,
  HEADER_SYMBOL_COUNT,
  HEADER_SYMBOL_LENGTHS,
  MAX_SYMBOLS,
  SLOTS_MAX_LOG2,
  SLOTS_MIN_LOG2,
  SYMBOL_CLASS_END,
} from "./format.gen";
import { refInside } from "./inside";

/** Odd multiplier (2^64 / golden ratio) and rotation of the hash. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const ROTATION: u64 = 29;
const SLOT: u32 = 8;

@inline
function lengthBit(length: u32): u64 {
  return (<u64>1) << <u64>min<u32>(length, 63);
}

/** How many classes the names have; -1 when their text is not as it is drawn. */
export function symbolClasses(policy: usize): i32 {
  if (!refInside(policy, policy + HEADER_SYMBOLS)) return -1;
  let start = policy + load<u32>(policy, HEADER_SYMBOLS);
  const end = start + load<u32>(policy, HEADER_SYMBOLS + 4);
  if (start != end && load<u8>(end - 1) != SYMBOL_CLASS_END) return -1;
  let classes: u32 = 0;
  let names: u32 = 0;
  let lengths: u64 = 0;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte < SYMBOL_CLASS_END) continue;
    const length = <u32>(at - start);
    if (length > 0xffff) return -1;
    lengths |= lengthBit(length);
    names++;
    if (byte == SYMBOL_CLASS_END) classes++;
    start = at + 1;
  }
  const log2 = load<u32>(policy, HEADER_SLOTS_LOG2);
  const isSound =
    names == load<u32>(policy, HEADER_SYMBOL_COUNT) &&
    names <= MAX_SYMBOLS &&
    lengths == load<u64>(policy, HEADER_SYMBOL_LENGTHS) &&
    log2 >= SLOTS_MIN_LOG2 &&
    log2 <= SLOTS_MAX_LOG2 &&
    (<u32>1) << log2 >= names << 1;
  return isSound ? <i32>classes : -1;
}

@inline
function slotsOf(policy: usize): usize {
  return policy + ((load<u32>(policy, HEADER_BYTES) + 7) & ~7);
}

/** Bytes of a policy with its index. */
export function loadedBytes(policy: usize): u32 {
  return <u32>(slotsOf(policy) - policy) + (SLOT << load<u32>(policy, HEADER_SLOTS_LOG2));
}

/** Fills the index of a policy that is sound, in `loadedBytes` of memory. */
export function indexSymbols(policy: usize): void {
  const log2 = load<u32>(policy, HEADER_SLOTS_LOG2);
  const slots = slotsOf(policy);
  memory.fill(slots, 0, SLOT << log2);
  let start = policy + load<u32>(policy, HEADER_SYMBOLS);
  const end = start + load<u32>(policy, HEADER_SYMBOLS + 4);
  let number: u32 = 0;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte < SYMBOL_CLASS_END) continue;
    const length = <u32>(at - start);
    let slot = slotOf(start, length, log2);
    while (load<u32>(slots + slot * SLOT) != 0) slot = (slot + 1) & ((1 << log2) - 1);
    const record = slots + slot * SLOT;
    store<u32>(record, <u32>(start - policy));
    store<u16>(record, <u16>length, 4);
    store<u16>(record, <u16>number, 6);
    if (byte == SYMBOL_CLASS_END) number++;
    start = at + 1;
  }
}

/** Where a search for the bytes begins: their first and last eight count, and their length. */
@inline
function slotOf(at: usize, length: u32, log2: u32): u32 {
  let a: u64 = 0;
  let b: u64 = 0;
  if (length >= 8) {
    a = load<u64>(at);
    b = load<u64>(at + length - 8);
  } else if (length >= 4) {
    a = <u64>load<u32>(at);
    b = <u64>load<u32>(at + length - 4);
  } else if (length >= 1) {
    a =
      <u64>load<u8>(at) | (<u64>load<u8>(at + (length >> 1)) << 8) | (<u64>load<u8>(at + length - 1) << 16);
  }
  return <u32>(((a + rotl<u64>(b, ROTATION) + <u64>length) * MULTIPLIER) >> <u64>(64 - log2));
}

function sameBytes(a: usize, b: usize, length: u32): bool {
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}

/** Class of the name spelled by the bytes, -1 when no rule names it. Reads at most the bytes given. */
export function nameClass(policy: usize, at: usize, length: u32): i32 {
  if ((load<u64>(policy, HEADER_SYMBOL_LENGTHS) & lengthBit(length)) == 0) return -1;
  const log2 = load<u32>(policy, HEADER_SLOTS_LOG2);
  const slots = slotsOf(policy);
  let slot = slotOf(at, length, log2);
  while (true) {
    const record = slots + slot * SLOT;
    const offset = load<u32>(record);
    if (offset == 0) return -1;
    if (<u32>load<u16>(record, 4) == length && sameBytes(at, policy + offset, length)) {
      return <i32>load<u16>(record, 6);
    }
    slot = (slot + 1) & ((1 << log2) - 1);
  }
}
