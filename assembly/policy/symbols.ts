// The names that states list: their text in the policy, and the index that finds them, which the filter makes behind the
// policy when it loads one. A policy carries no index, since nothing packs worse, and words for their spellings.
// Endings stand among the names: what no state lists is looked up by what it ends with (scripts/policy/endings.ts). Few names
// come so far: of all endings the last three letters are known in a set of bits.
// Invariants: index and spelled names lie behind all bytes of the policy, so that nothing that was checked is written over;
// the index has a free slot, so that a search for an unknown name ends.
//
//     slot (8): 0 u32 offset of the name, 0 for a free slot, 4 u16 its length, with the highest bit for an ending,
//     6 u16 its class
//     set of bits: 512 bytes, where there are endings

import { isCapital } from "../bytes/text";
import {
  HEADER_BYTES,
  HEADER_ENDINGS,
  HEADER_SLOTS_LOG2,
  HEADER_SYMBOLS,
  HEADER_SYMBOL_COUNT,
  HEADER_SYMBOL_LENGTHS,
  MAX_SYMBOLS,
  SLOTS_MAX_LOG2,
  SLOTS_MIN_LOG2,
  SYMBOL_CLASS_END,
  SYMBOL_ENDING,
  SYMBOL_WORDS,
} from "./format.gen";
import { refInside } from "./inside";
import { FORM_COUNT, spell } from "./spell";

/** Odd multiplier (2^64 / golden ratio) and rotation of the hash. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const ROTATION: u64 = 29;
const SLOT: u32 = 8;
/** Bytes of a name, and of words. */
const MAX_NAME: usize = 0x7fff;
const IS_ENDING: u32 = 0x8000;
/** Bytes of an ending. */
const SHORTEST: u32 = 3;
/** Which three letters endings have last, by twelve bits of their hash. */
const LAST_LETTERS: u32 = 512;
const LETTERS_MULTIPLIER: u32 = 0x9e3779b1;
const LETTERS_SHIFT: u32 = 20;

@inline
function lengthBit(length: u32): u64 {
  return (<u64>1) << <u64>min<u32>(length, 63);
}

/** What the text of a policy held that was read last. */
let names: u32 = 0;
let endings: u32 = 0;
let classes: u32 = 0;
let lengths: u64 = 0;
let spelled: u32 = 0; // bytes of names that stand in the text as words

/** Reads the names of a policy, into the index and what is behind it where there is one; false when they are not as drawn. */
function readSymbols(policy: usize, slots: usize): bool {
  names = 0;
  endings = 0;
  classes = 0;
  lengths = 0;
  spelled = 0;
  let out = slots + slotBytes(policy) + letterBytes(policy);
  let start = policy + load<u32>(policy, HEADER_SYMBOLS);
  const end = start + load<u32>(policy, HEADER_SYMBOLS + 4);
  if (start != end && load<u8>(end - 1) != SYMBOL_CLASS_END) return false;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte < SYMBOL_CLASS_END) continue;
    if (at - start > MAX_NAME) return false;
    const kind: u32 = at != start && load<u8>(start) == SYMBOL_ENDING ? IS_ENDING : 0;
    if (kind != 0) start++;
    if (at == start || load<u8>(start) != SYMBOL_WORDS) {
      if (!take(policy, slots, start, <u32>(at - start), kind)) return false;
    } else {
      for (let form: u32 = 0; form < FORM_COUNT; form++) {
        const length = spell(start + 1, at, form, slots == 0 ? 0 : out);
        if (length == 0) continue;
        if (!take(policy, slots, out, length, kind)) return false;
        out += length;
        spelled += length;
      }
    }
    if (byte == SYMBOL_CLASS_END) classes++;
    start = at + 1;
  }
  return true;
}

/** Counts a name of the current class, and puts it into the index where there is one; false for an ending that is too short. */
function take(policy: usize, slots: usize, at: usize, length: u32, kind: u32): bool {
  names++;
  if (kind == 0) lengths |= lengthBit(length);
  else if (length < SHORTEST) return false;
  else endings++;
  if (slots == 0) return true;
  const log2 = load<u32>(policy, HEADER_SLOTS_LOG2);
  let slot = slotOf(at, length, log2);
  while (load<u32>(slots + slot * SLOT) != 0) slot = (slot + 1) & ((1 << log2) - 1);
  const record = slots + slot * SLOT;
  store<u32>(record, <u32>(at - policy));
  store<u16>(record, <u16>(length | kind), 4);
  store<u16>(record, <u16>classes, 6);
  if (kind != 0) {
    const bit = lastLetters(at, length);
    const byte = slots + slotBytes(policy) + (bit >> 3);
    store<u8>(byte, <u8>(<u32>load<u8>(byte) | (1 << (bit & 7))));
  }
  return true;
}

/** The last three letters of a name in whatever case, as the number of their bit. */
@inline
function lastLetters(at: usize, length: u32): u32 {
  const last = at + length - SHORTEST;
  const letters = <u32>load<u16>(last) | (<u32>load<u8>(last, 2) << 16) | 0x202020;
  return (letters * LETTERS_MULTIPLIER) >> LETTERS_SHIFT;
}

/** How many classes the names have; -1 when their text is not as it is drawn. */
export function symbolClasses(policy: usize): i32 {
  const log2 = load<u32>(policy, HEADER_SLOTS_LOG2);
  const isSound =
    refInside(policy, policy + HEADER_SYMBOLS) &&
    log2 >= SLOTS_MIN_LOG2 &&
    log2 <= SLOTS_MAX_LOG2 &&
    readSymbols(policy, 0) &&
    classes <= MAX_SYMBOLS &&
    names == load<u32>(policy, HEADER_SYMBOL_COUNT) &&
    endings == load<u32>(policy, HEADER_ENDINGS) &&
    lengths == load<u64>(policy, HEADER_SYMBOL_LENGTHS) &&
    (<u32>1) << log2 >= names << 1;
  return isSound ? <i32>classes : -1;
}

@inline
function slotsOf(policy: usize): usize {
  return policy + ((load<u32>(policy, HEADER_BYTES) + 7) & ~7);
}

@inline
function slotBytes(policy: usize): u32 {
  return SLOT << load<u32>(policy, HEADER_SLOTS_LOG2);
}

@inline
function letterBytes(policy: usize): u32 {
  return load<u32>(policy, HEADER_ENDINGS) == 0 ? 0 : LAST_LETTERS;
}

/** Bytes of a policy that is sound, with its index and the names that are spelled. */
export function loadedBytes(policy: usize): u32 {
  readSymbols(policy, 0);
  return <u32>(slotsOf(policy) - policy) + slotBytes(policy) + letterBytes(policy) + spelled;
}

/** Fills the index of a policy that is sound, in `loadedBytes` of memory. */
export function indexSymbols(policy: usize): void {
  memory.fill(slotsOf(policy), 0, slotBytes(policy) + letterBytes(policy));
  readSymbols(policy, slotsOf(policy));
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
  if (load<u64>(policy, HEADER_SYMBOL_LENGTHS) & lengthBit(length)) {
    const number = find(policy, at, length, 0);
    if (number >= 0) return number;
  }
  return load<u32>(policy, HEADER_ENDINGS) == 0 ? -1 : endingClass(policy, at, length);
}

/** Class of the longest ending that a name has which is none itself. */
function endingClass(policy: usize, at: usize, length: u32): i32 {
  length = withoutNumber(at, length);
  if (length < SHORTEST) return -1;
  const bit = lastLetters(at, length);
  if ((<u32>load<u8>(slotsOf(policy) + slotBytes(policy) + (bit >> 3)) & (1 << (bit & 7))) == 0) return -1;
  const last = at + length - SHORTEST;
  for (let p = at; p <= last; p++) {
    if (p != at && !beginsWord(p)) continue;
    const number = find(policy, p, <u32>(last - p) + SHORTEST, IS_ENDING);
    if (number >= 0) return number;
  }
  return -1;
}

/** Bytes of a name but for a number behind it, and one sign between the two. */
function withoutNumber(at: usize, length: u32): u32 {
  let end = length;
  while (end > 0 && <u32>load<u8>(at + end - 1) - 0x30 < 10) end--;
  if (end == length || end == 0) return end;
  const sign = <u32>load<u8>(at + end - 1);
  return sign == 0x5f || sign == 0x2d || sign == 0x20 ? end - 1 : end;
}

/** Whether a word begins at the letter there, of which bytes beyond ASCII are small ones; one byte before it and one behind are read. */
function beginsWord(p: usize): bool {
  const before = <u32>load<u8>(p - 1);
  if (!isCapital(<u32>load<u8>(p))) return !isCapital(before) && !isSmall(before);
  return !isCapital(before) || isSmall(<u32>load<u8>(p, 1));
}

@inline
function isSmall(byte: u32): bool {
  return byte - 0x61 < 26 || byte >= 0x80;
}

/** Class of a name, or of an ending, that is listed; -1 for others. */
function find(policy: usize, at: usize, length: u32, kind: u32): i32 {
  if (<usize>length > MAX_NAME) return -1;
  const log2 = load<u32>(policy, HEADER_SLOTS_LOG2);
  const slots = slotsOf(policy);
  let slot = slotOf(at, length, log2);
  while (true) {
    const record = slots + slot * SLOT;
    const offset = load<u32>(record);
    if (offset == 0) return -1;
    if (<u32>load<u16>(record, 4) == (length | kind) && sameBytes(at, policy + offset, length)) {
      return <i32>load<u16>(record, 6);
    }
    slot = (slot + 1) & ((1 << log2) - 1);
  }
}
