// Integers that are spelled with a point or an exponent (RFC 8259, section 6): 4.242424242424242e15 and 4242424242424242.0
// are one number to every receiver, so detectors look at its digits.

import { isDigit } from "../bytes/text";
import { Buffer } from "../bytes/buffer";

/** Longest integer of interest: no number that a detector knows is longer. */
const MOST_DIGITS: i32 = 64;

/** Writes the digits of the number spelled at [at, at+length) to `into`; false when it is spelled so already, or no integer. */
export function integerOf(at: usize, length: u32, into: Buffer): bool {
  into.clear();
  const end = at + length;
  if (at < end && load<u8>(at) == 0x2d) into.byte(<u32>load<u8>(at++));
  const sign = into.length;
  let point: i32 = -1;
  let p = at;
  for (; p < end; p++) {
    const byte = <u32>load<u8>(p);
    if (byte == 0x2e) point = <i32>(into.length - sign);
    else if (isDigit(byte)) into.byte(byte);
    else break;
  }
  if (p == end && point < 0) return false;
  const count = <i32>(into.length - sign);
  const places = (point < 0 ? count : point) + exponent(p, end);
  if (places <= 0 || places > MOST_DIGITS) return false;
  for (let i = places; i < count; i++) if (load<u8>(into.at + sign + i) != 0x30) return false;
  for (let i = count; i < places; i++) into.byte(0x30);
  into.length = sign + places;
  return !into.failed;
}

/** The exponent at `p`, which may be the end; what is far out of reach is only that. */
function exponent(p: usize, end: usize): i32 {
  if (p == end) return 0;
  const sign = <u32>load<u8>(++p);
  if (sign == 0x2b || sign == 0x2d) p++;
  let value: i32 = 0;
  for (; p < end; p++) value = min<i32>(value * 10 + <i32>load<u8>(p) - 0x30, 0xffff);
  return sign == 0x2d ? -value : value;
}
