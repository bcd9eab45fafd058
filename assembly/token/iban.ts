// iban: the country and the spaces stay, the account number changes character by character in its class, and the check
// digits are as far from the right ones as the original's (ISO 13616-1; ISO/IEC 7064, MOD 97-10).
// Invariants: right stays right, and wrong stays wrong; check digits 00, 01 and 99, which are never right but have the same
// remainder as right ones, do not fit. No branch or division depends on the digits. Check digits that some countries have
// inside the account number are not kept right.

import { isDigit, isLetter } from "../bytes/text";
import { keep } from "./permutation";
import { addCharacter, permuteSlots } from "./slots";

const LEAST: u32 = 15;
const MOST: u32 = 34;

export function iban(at: usize, length: u32, to: usize): bool {
  // Places of the four characters in front.
  let place: u32 = 0;
  let checks: u32 = 0;
  let n: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x20) continue;
    if (n < 2 ? !isLetter(byte) : n < 4 ? !isDigit(byte) : !isDigit(byte) && !isLetter(byte)) return false;
    if (n < 2) keep(byte);
    else if (n == 2) place = i;
    else if (n == 3) checks = i;
    else addCharacter(i, byte);
    n++;
  }
  if (n < LEAST || n > MOST) return false;
  const found = (load<u8>(at + place) - 0x30) * 10 + (load<u8>(at + checks) - 0x30);
  if (found - 2 > 96) return false;
  const offset = mod97(found + 97 - checkOf(at, length));
  if (!permuteSlots(to)) return false;
  const rest = mod97(checkOf(to, length) + offset);
  const check = rest + (97 & (0 - ((rest - 2) >>> 31)));
  const tens = (check * 205) >> 11;
  store<u8>(to + place, 0x30 + tens);
  store<u8>(to + checks, 0x30 + check - tens * 10);
  return true;
}

/** The right check digits, 2 to 98, for country and account number. */
function checkOf(at: usize, length: u32): u32 {
  let rest: u32 = 0;
  let head: u32 = 0; // the two letters in front, which count last
  let n: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x20) continue;
    if (n < 2) head = head * 100 + valueOf(byte);
    else if (n >= 4) rest = isDigit(byte) ? mod97(rest * 10 + byte - 0x30) : mod97(rest * 100 + valueOf(byte));
    n++;
  }
  return 98 - mod97(mod97(mod97(rest * 100) * 100 + mod97(head)) * 100);
}

/** A is 10, Z is 35. */
@inline
function valueOf(letter: u32): u32 {
  return (letter | 0x20) - 0x57;
}

/** Remainder by 97 of a number below 9800. */
@inline
function mod97(value: u32): u32 {
  return value - ((value * 10811) >> 20) * 97;
}
