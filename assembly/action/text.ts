// Characters of a value: code points of UTF-8 text, decimal digits.
// RFC 3629, section 4, except that a surrogate (ED A0..BF xx) is a character too: JSON strings may hold a lone one.
// Invariants: nothing is read at or past `end`; every byte belongs to exactly one character, an invalid one alone.

import { isDigit } from "../bytes/text";
import { Buffer } from "../bytes/buffer";

@inline
function continues(at: usize, end: usize): bool {
  return at < end && (load<u8>(at) & 0xc0) == 0x80;
}

/** Length in bytes of the character at `at` (at < end). */
export function characterLength(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0xc2 || lead > 0xf4 || !continues(at + 1, end)) return 1;
  if (lead < 0xe0) return 2;
  const second = <u32>load<u8>(at + 1);
  if ((lead == 0xe0 && second < 0xa0) || !continues(at + 2, end)) return 1;
  if (lead < 0xf0) return 3;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f) || !continues(at + 3, end)) return 1;
  return 4;
}

/** Appends a code point as UTF-8. */
export function appendCodePoint(out: Buffer, code: u32): void {
  if (code < 0x80) {
    out.byte(code);
    return;
  }
  if (code < 0x800) out.byte(0xc0 | (code >> 6));
  else {
    if (code < 0x10000) out.byte(0xe0 | (code >> 12));
    else {
      out.byte(0xf0 | (code >> 18));
      out.byte(0x80 | ((code >> 12) & 0x3f));
    }
    out.byte(0x80 | ((code >> 6) & 0x3f));
  }
  out.byte(0x80 | (code & 0x3f));
}

/** True when [at, at+length) is one digit or more and nothing else. */
export function allDigits(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (!isDigit(load<u8>(at + i))) return false;
  return length > 0;
}

/** The number that at most 19 digits spell. */
export function parseDigits(at: usize, length: u32): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) value = value * 10 + (load<u8>(at + i) - 0x30);
  return value;
}

/** Appends `value` in decimal, with zeros in front up to `width` digits. */
export function appendDecimal(out: Buffer, value: u64, width: u32): void {
  let divisor: u64 = 1;
  let digits: u32 = 1;
  while (digits < 20 && (digits < width || value / divisor >= 10)) {
    divisor *= 10;
    digits++;
  }
  for (; divisor > 0; divisor /= 10) out.byte(0x30 + <u32>((value / divisor) % 10));
}
