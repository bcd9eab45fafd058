// number: the largest multiple of the bucket that is not above the value, with the fraction as zeros.
// Invariants: integer arithmetic only, exact up to 18 digits; floor goes toward negative infinity; the result has the
// value's number of fraction digits, and of integer digits where zeros in front filled them.

import { Buffer } from "../../bytes/buffer";
import { appendDecimal, parseDigits } from "../text";
import { DONE, REDACT } from "../types";
import { fractionLength, integerLength, readDecimal, signLength } from "./decimal";

const MAX_DIGITS: u32 = 18;

export function generalizeNumber(bucket: u32, at: usize, length: u32, out: Buffer): u32 {
  if (bucket == 0 || !readDecimal(at, length) || integerLength > MAX_DIGITS) return REDACT;
  const digits = at + signLength;
  let magnitude = parseDigits(digits, integerLength);
  const below = hasFraction(digits + integerLength + 1);
  // Below zero the floor lies farther from zero: round the magnitude up.
  if (signLength != 0) magnitude = ((magnitude + <u64>below + bucket - 1) / bucket) * bucket;
  else magnitude -= magnitude % bucket;
  if (signLength != 0 && magnitude != 0) out.byte(0x2d);
  appendDecimal(out, magnitude, load<u8>(digits) == 0x30 ? integerLength : 1);
  if (fractionLength != 0) out.byte(0x2e);
  for (let i: u32 = 0; i < fractionLength; i++) out.byte(0x30);
  return DONE;
}

/** True when a digit of the fraction at `at` is not 0. */
function hasFraction(at: usize): bool {
  for (let i: u32 = 0; i < fractionLength; i++) if (load<u8>(at + i) != 0x30) return true;
  return false;
}
