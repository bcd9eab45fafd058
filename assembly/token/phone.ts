// phone: an international number keeps its country code, a national one its trunk prefix 0; then up to three leading
// digits stay as long as six others change. Separators stay: space, hyphen, dot, slash, parentheses.
// Invariants: at most 15 digits (ITU-T E.164, section 6). In numbers of the North American plan, a fourth digit from 2 to 9
// stays in 2 to 9, and 0 or 1 in 0 and 1: an exchange code begins with 2 to 9.

import { isDigit } from "../bytes/text";
import { keep } from "./permutation";
import { addSlot, permuteSlots } from "./slots";

const MOST: u32 = 15;
const LEAST_FREE: u32 = 6;
const MOST_KEPT: u32 = 3;
/** National digits in the North American plan, and where among them the exchange code begins. */
const NANP: u32 = 10;
const EXCHANGE: u32 = 3;

// Country codes (ITU-T E.164, annex: list of assigned codes): 1 and 7 have one digit; those below have two, a bit for
// each: 20 27 30 to 34 36 39 to 41 43 to 49 51 to 58 60 to 66 81 82, and from 84 on 84 86 90 to 95 98; all else has three.
const FROM_20: u64 = 0x60007f7fbfb97c81;
const FROM_84: u64 = 0x4fc5;

/** Digits of the country code that begins with these two, 0 when none does. */
function codeLength(first: u32, second: u32): u32 {
  if (first == 0) return 0;
  if (first == 1 || first == 7) return 1;
  const pair = first * 10 + second;
  const bit = pair < 84 ? FROM_20 >> (pair - 20) : FROM_84 >> (pair - 84);
  return bit & 1 ? 2 : 3;
}

function isSeparator(byte: u32): bool {
  return byte == 0x20 || byte == 0x28 || byte == 0x29 || byte - 0x2d < 3;
}

export function phone(at: usize, length: u32, to: usize): bool {
  let n: u32 = 0;
  let hasPlus = false;
  let leading: u64 = 0; // the first eight digits, the first one lowest
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isDigit(byte)) {
      if (n < 8) leading |= <u64>(byte - 0x30) << (n << 3);
      n++;
    } else if (byte == 0x2b && n == 0 && !hasPlus) hasPlus = true;
    else if (!isSeparator(byte)) return false;
  }
  // Digits before the code; of the code or the trunk prefix.
  const dialled: u32 = !hasPlus && (leading & 0xffff) == 0 ? 2 : 0;
  leading >>= dialled << 3;
  const first = <u32>leading & 0xff;
  const second = <u32>(leading >> 8) & 0xff;
  const isInternational = hasPlus || dialled != 0;
  let code: u32 = 0;
  if (isInternational) {
    code = codeLength(first, second);
    if (code == 0) return false;
  } else if (first == 0 || (first == 1 && n == NANP + 1)) code = 1;
  const head = dialled + code;
  // The first digit of a national number decides how it is read, so there it is always kept.
  if (n > MOST + dialled || n < head + LEAST_FREE + u32(!isInternational)) return false;
  const national = n - head;
  const end = head + min(national - LEAST_FREE, MOST_KEPT);
  const isNanp = national == NANP && (first == 1 || (!isInternational && code == 0));
  if (isInternational) keep(0x2b);
  for (let i: u32 = 0, k: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte)) continue;
    if (k >= dialled && k < end) keep(byte);
    else if (k >= end) {
      if (!isNanp || k != head + EXCHANGE) addSlot(i, byte, 0x30, 10);
      else if (byte < 0x32) addSlot(i, byte, 0x30, 2);
      else addSlot(i, byte, 0x32, 8);
    }
    k++;
  }
  return permuteSlots(to);
}
