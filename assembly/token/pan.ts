// pan: a card number of 13 to 19 digits (ISO/IEC 7812-1) becomes another one, with its separators and the kept ends.
// luhn valid: the token's check digit is as far from the right one as the original's, so a bug about a bad number still
// shows. invalid: the sum of a token is that of its original plus 1 and never 0, so no token can be a card; a number whose
// sum is 9 has no token. any: the digits alone.
// Invariants: with valid and invalid the last digit that is not kept is solved, the others are permuted; the sum is as
// good as kept and goes into the tweak.

import { isDigit } from "../bytes/text";
import { LUHN_ANY, LUHN_INVALID, TOKEN_KEEP_FIRST, TOKEN_KEEP_LAST, TOKEN_LUHN } from "../policy/format.gen";
import { luhnSum, solveLuhn } from "./luhn";
import { keep } from "./permutation";
import { addSlot, permuteSlots } from "./slots";
import { NO_CLASS, classOf, isRoomy } from "./whole";

const LEAST: u32 = 13;
const MOST: u32 = 19;

export function pan(spec: usize, isNumber: bool, undo: bool, at: usize, length: u32, to: usize): bool {
  const first = <u32>load<u16>(spec, TOKEN_KEEP_FIRST);
  const last = <u32>load<u16>(spec, TOKEN_KEEP_LAST);
  let n: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isDigit(byte)) n++;
    else if (isNumber || (byte != 0x20 && byte != 0x2d)) return false;
  }
  if (n < LEAST || n > MOST || first + last >= n) return false;
  const luhn = <u32>load<u8>(spec, TOKEN_LUHN);
  const isSolved = luhn != LUHN_ANY;
  const solved = isSolved ? n - last - 1 : n;
  let place: u32 = 0;
  for (let i: u32 = 0, k: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte)) continue;
    if (k < first || k >= n - last) keep(byte);
    else if (k == solved) place = i;
    else addSlot(i, byte, 0x30, 10);
    k++;
  }
  let wanted: u32 = 0;
  if (isSolved) {
    const sum = luhnSum(at, length, n);
    wanted = sum;
    if (luhn == LUHN_INVALID) {
      if (sum == (undo ? 0 : 9)) return false;
      wanted = undo ? sum - 1 : sum + 1;
    }
    keep(0x30 + (undo ? wanted : sum));
  }
  const whole = isNumber ? classOf(at, n, last, isSolved) : NO_CLASS;
  if (isNumber && (whole == NO_CLASS || !isRoomy(at, n, first, last, isSolved))) return false;
  do {
    if (!permuteSlots(to)) return false;
    if (isSolved) {
      store<u8>(to + place, 0x30);
      store<u8>(to + place, 0x30 + solveLuhn(luhnSum(to, length, n), wanted, solved, n));
    }
  } while (isNumber && classOf(to, n, last, isSolved) != whole);
  return true;
}
