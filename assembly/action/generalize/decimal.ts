// A plain decimal: -? digit+ (. digit+)?, what age, number and geo read. An exponent is not one.
// Invariants: the lengths are those of the value that `readDecimal` accepted last; integer >= 1.

import { isDigit } from "../../bytes/text";


/** Bytes of the sign (0 or 1), of the integer digits, and of the fraction digits behind the point. */
export let signLength: u32 = 0;
export let integerLength: u32 = 0;
export let fractionLength: u32 = 0;

export function readDecimal(at: usize, length: u32): bool {
  signLength = <u32>(length > 0 && load<u8>(at) == 0x2d);
  let i = signLength;
  while (i < length && isDigit(load<u8>(at + i))) i++;
  integerLength = i - signLength;
  fractionLength = 0;
  if (integerLength == 0) return false;
  if (i == length) return true;
  if (load<u8>(at + i) != 0x2e) return false;
  for (let j = i + 1; j < length; j++) if (!isDigit(load<u8>(at + j))) return false;
  fractionLength = length - i - 1;
  return fractionLength > 0;
}
