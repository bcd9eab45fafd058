// One character of a text, as it is spelled and as it reads: what stands for a digit, a space or nothing whatever its code
// point, references of HTML, and escapes of JSON and of addresses (scripts/detect/fold.ts says which).
// Invariants: nothing is read at or past `end`; a spelling that may go on behind `end` is never judged before it has come.

import { isLetter } from "../bytes/text";
import { characterLength } from "../action/text";
import {
  FOLD_COUNT,
  FOLD_ROWS,
  MATH_DIGITS,
  MATH_DIGITS_COUNT,
  MAX_REFERENCE,
  REFERENCES,
} from "./fold.gen";

/** What `spelling` says of a character that stands for itself. */
export const ITSELF: u32 = 0xffffffff;

/** What the character whose spelling was measured last reads as: ITSELF, 0 for nothing, or a code point. */
export let reading: u32 = ITSELF;

/** Length in bytes of the spelling at `at` (at < end); 0 when it may go on behind `end`, which is not the `last` of the text. */
export function spelling(at: usize, end: usize, last: bool): u32 {
  reading = ITSELF;
  const first = <u32>load<u8>(at);
  if (first == 0x26) return reference(at, end, last);
  if (first == 0x25) return percentEscape(at, end, last);
  if (first == 0x5c) return backslashEscape(at, end, last);
  if (first < 0x80) return 1;
  const length = characterLength(at, end);
  if (length == 1) {
    const need: usize = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return !last && first >= 0xc2 && end - at < need ? 0 : 1;
  }
  reading = foldOf(pointAt(at, length));
  return length;
}

/** The value of a hexadecimal digit; 16 or more for what is none. */
@inline
function hexOf(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** `%40`: of what an address has, the characters that stand in numbers and names of mailboxes, and mean nothing to it. */
function percentEscape(at: usize, end: usize, last: bool): u32 {
  if (end - at < 3) return last ? 1 : 0;
  const high = hexOf(load<u8>(at, 1));
  const low = hexOf(load<u8>(at, 2));
  if ((high | low) > 15) return 1;
  const point = (high << 4) | low;
  const isPlain = isLetter(point) || point - 0x30 < 10 || point == 0x2d || point == 0x2e || point == 0x5f || point == 0x40;
  if (!isPlain) return 1;
  reading = point;
  return 3;
}

/** `\u0040` and `\/`, in a document that is a text to us. */
function backslashEscape(at: usize, end: usize, last: bool): u32 {
  if (end - at < 2) return last ? 1 : 0;
  if (load<u8>(at, 1) == 0x2f) {
    reading = 0x2f;
    return 2;
  }
  if (load<u8>(at, 1) != 0x75) return 1;
  if (end - at < 6) return last ? 1 : 0;
  let point: u32 = 0;
  for (let i: usize = 2; i < 6; i++) {
    const digit = hexOf(load<u8>(at + i));
    if (digit > 15) return 1;
    point = (point << 4) | digit;
  }
  return isText(point) ? readAs(point, 6) : 1;
}

/** Whether a text can have the code point, which is in a reference or an escape. */
@inline
function isText(point: u32): bool {
  if (point > 0x10ffff || point - 0xd800 < 0x800) return false;
  return point < 0x80 ? point >= 0x20 || point == 9 || point == 10 || point == 13 : point >= 0xa0;
}

/** The code point is spelled in `length` bytes, and read like any other. */
@inline
function readAs(point: u32, length: u32): u32 {
  const folded = foldOf(point);
  reading = folded == ITSELF ? point : folded;
  return length;
}

@inline
function pointAt(at: usize, length: u32): u32 {
  const second = <u32>load<u8>(at, 1) & 0x3f;
  const first = <u32>load<u8>(at);
  if (length == 2) return ((first & 0x1f) << 6) | second;
  const third = <u32>load<u8>(at, 2) & 0x3f;
  if (length == 3) return ((first & 0x0f) << 12) | (second << 6) | third;
  return ((first & 0x07) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(at, 3) & 0x3f);
}

/** What a character reads as: ITSELF, 0 for nothing, or a code of ASCII. */
function foldOf(point: u32): u32 {
  if (point - MATH_DIGITS < MATH_DIGITS_COUNT) return 0x30 + ((point - MATH_DIGITS) % 10);
  // Most of what is written in other scripts is in rows without a fold.
  if (point > 0xffff || point - 0xae < 0x34f - 0xae || point - 0x3003 < 0xa620 - 0x3003) return ITSELF;
  let low: u32 = 0;
  let high = FOLD_COUNT;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (<u32>load<u16>(FOLD_ROWS + (<usize>middle << 3)) <= point) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return ITSELF;
  const row = FOLD_ROWS + (<usize>(low - 1) << 3);
  const index = point - <u32>load<u16>(row);
  if (index >= <u32>load<u16>(row, 2)) return ITSELF;
  const base = <u32>load<u16>(row, 4);
  return base == 0 ? 0 : base + (index % <u32>load<u16>(row, 6));
}

/** A reference at an ampersand: by number, with or without its semicolon, or by one of the names. */
function reference(at: usize, end: usize, last: bool): u32 {
  const stop = min<usize>(end, at + MAX_REFERENCE);
  let p = at + 1;
  if (p < stop && load<u8>(p) == 0x23) return byNumber(at, p + 1, stop, last);
  while (p < stop && isLetter(load<u8>(p))) p++;
  if (p == stop) return stop == end && !last && stop - at < MAX_REFERENCE ? 0 : 1;
  if (load<u8>(p) != 0x3b) return 1;
  const target = named(at + 1, <u32>(p - at) - 1);
  if (target == ITSELF) return 1;
  reading = target;
  return <u32>(p - at) + 1;
}

function byNumber(at: usize, p: usize, stop: usize, last: bool): u32 {
  const mayGoOn = !last && stop - at < MAX_REFERENCE;
  if (p == stop) return mayGoOn ? 0 : 1;
  const isHex = (<u32>load<u8>(p) | 0x20) == 0x78;
  if (isHex) p++;
  const digits = p;
  let point: u32 = 0;
  for (; p < stop; p++) {
    const value = hexOf(load<u8>(p));
    if (value >= (isHex ? 16 : 10)) break;
    point = min<u32>(point * (isHex ? 16 : 10) + value, 0x110000);
  }
  // A number of the greatest length goes on behind it, or does not: none is so long.
  if (p == stop) {
    if (mayGoOn) return 0;
    if (stop - at == MAX_REFERENCE) return 1;
  }
  if (p == digits) return 1;
  if (!isText(point)) return 1;
  return readAs(point, <u32>(p - at) + (p < stop && load<u8>(p) == 0x3b ? 1 : 0));
}

/** What the name of a reference stands for, or ITSELF. In the list a letter is never what a name stands for. */
function named(name: usize, length: u32): u32 {
  const list = changetype<usize>(REFERENCES);
  const end = list + (<usize>REFERENCES.length << 1);
  for (let entry = list; entry < end; ) {
    let size: u32 = 0;
    let isSame = true;
    for (; isLetter(load<u16>(entry)); entry += 2) {
      isSame = isSame && size < length && <u32>load<u8>(name + size) == <u32>load<u16>(entry);
      size++;
    }
    if (isSame && size == length) return <u32>load<u16>(entry);
    entry += 2;
  }
  return ITSELF;
}
