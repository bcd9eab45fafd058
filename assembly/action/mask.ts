// mask: the characters between the first and the last few become one character; separators stay.
// Policy language, Actions; docs/internals.md, rule parameters of action 4.
// Invariants: as many characters come out as went in; a number stays a JSON number of the same shape; when the kept ends
// would cover the whole value every character is masked, since a mask that hides nothing must not pass a short secret.

import { isDigit } from "../bytes/text";
import { Buffer } from "../bytes/buffer";
import { RULE_P0, RULE_P1, RULE_P2, RULE_P3, RULE_P4 } from "../policy/format.gen";
import { appendCodePoint, characterLength } from "./text";
import { DONE, NUMBER, UNCHANGED } from "./types";

/** True when the character of `length` bytes at `at` is in the UTF-8 set [set, set+size). */
function contains(set: usize, size: u32, at: usize, length: u32): bool {
  const end = set + size;
  while (set < end) {
    const step = characterLength(set, end);
    if (step == length && load<u8>(set) == load<u8>(at) && memory.compare(set, at, length) == 0) return true;
    set += step;
  }
  return false;
}

export function mask(rule: usize, policy: usize, type: u32, at: usize, length: u32, out: Buffer): u32 {
  if (type == NUMBER) return maskNumber(rule, at, length, out);
  const skip = policy + load<u32>(rule, RULE_P3);
  const skipSize = load<u32>(rule, RULE_P4);
  const char = load<u32>(rule, RULE_P2);
  const end = at + length;
  let count: u32 = 0;
  for (let p = at, step: u32 = 0; p < end; p += step) {
    step = characterLength(p, end);
    if (!contains(skip, skipSize, p, step)) count++;
  }
  if (count == 0) return UNCHANGED;
  const from = keptFirst(rule, count);
  const to = keptEnd(rule, count);
  let index: u32 = 0;
  for (let p = at, step: u32 = 0; p < end; p += step) {
    step = characterLength(p, end);
    if (contains(skip, skipSize, p, step)) out.append(p, step);
    else {
      if (index >= from && index < to) appendCodePoint(out, char);
      else out.append(p, step);
      index++;
    }
  }
  return DONE;
}

/** The digits are the characters. A masked digit becomes 0, the leading one 1, since 0 before another digit would not be JSON. */
function maskNumber(rule: usize, at: usize, length: u32, out: Buffer): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i++) if (isDigit(load<u8>(at + i))) count++;
  const from = keptFirst(rule, count);
  const to = keptEnd(rule, count);
  let index: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte)) out.byte(byte);
    else {
      out.byte(index >= from && index < to ? 0x30 + <u32>(index == 0) : byte);
      index++;
    }
  }
  return DONE;
}

@inline
function hidesNothing(rule: usize, count: u32): bool {
  return <u64>load<u32>(rule, RULE_P0) + <u64>load<u32>(rule, RULE_P1) >= <u64>count;
}

/** Index of the first masked character. */
function keptFirst(rule: usize, count: u32): u32 {
  return hidesNothing(rule, count) ? 0 : load<u32>(rule, RULE_P0);
}

/** Index behind the last masked character. */
function keptEnd(rule: usize, count: u32): u32 {
  return hidesNothing(rule, count) ? count : count - load<u32>(rule, RULE_P1);
}
