// Base64 of RFC 4648: section 4 and, as base64url, section 5; with padding or without.
// Invariants: strict, so that a text has one spelling a style: no blanks, no digits of the other alphabet, padding whole or
// absent, no bits left over; what is encoded again is in the style in which it came.

import { Buffer } from "../bytes/buffer";
import { decodeBase64 } from "../bytes/encoding";

const EQUALS: u8 = 0x3d;

/** Whether the last text that was decoded had padding, or gave no sign of its style and is plain base64. */
export let isPadded: bool = false;

/** Whether a digit of the other alphabet stands in the text. */
function isMixed(at: usize, length: u32, isUrl: bool): bool {
  const first: u32 = isUrl ? 0x2b : 0x2d;
  const second: u32 = isUrl ? 0x2f : 0x5f;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == first || byte == second) return true;
  }
  return false;
}

/** Writes what the text spells to `into`; false when it is no base64 of that alphabet. */
export function decode(at: usize, length: u32, isUrl: bool, into: Buffer): bool {
  const hasPadding = length != 0 && load<u8>(at + length - 1) == EQUALS;
  if (hasPadding && length % 4 != 0) return false;
  isPadded = hasPadding || (!isUrl && length % 4 == 0);
  return !isMixed(at, length, isUrl) && decodeBase64(at, length, into) && !into.failed;
}

@inline
function digit(value: u32, isUrl: bool): u32 {
  if (value < 26) return value + 0x41;
  if (value < 52) return value + 0x47;
  if (value < 62) return value - 4;
  return value == 62 ? (isUrl ? 0x2d : 0x2b) : isUrl ? 0x5f : 0x2f;
}

/** Appends the bytes in base64. */
export function encode(at: usize, length: u32, isUrl: bool, padded: bool, into: Buffer): void {
  let held: u32 = 0;
  let bits: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    held = (held << 8) | <u32>load<u8>(at + i);
    for (bits += 8; bits >= 6; ) {
      bits -= 6;
      into.byte(digit((held >> bits) & 63, isUrl));
    }
  }
  if (bits) into.byte(digit((held << (6 - bits)) & 63, isUrl));
  if (padded) for (let rest = length % 3; rest != 0 && rest < 3; rest++) into.byte(EQUALS);
}
