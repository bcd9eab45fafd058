// uuid: the hexadecimal digits but for version and variant change (RFC 9562, sections 4.1 and 4.2), with hyphens in their
// places or without any. Small letters only, capitals only, or both: each stays as it is.
// Invariants: a UUID without capitals has a token without; one with capitals alone has a token with at least one (the walk
// goes on until there is), so that neither kind is taken for the other; one with both keeps each digit in its class.
// Nil, Max and other values of versions 0 and 15 stand for no one and do not fit.

import { isDigit } from "../bytes/text";
import { keep } from "./permutation";
import { addSlot, permuteSlots } from "./slots";

const DIGITS: u32 = 32;
const VERSION: u32 = 12;
const VARIANT: u32 = 16;

export function uuid(at: usize, length: u32, to: usize): bool {
  const hasHyphens = length == DIGITS + 4;
  if (!hasHyphens && length != DIGITS) return false;
  // Bit 0: a small letter, bit 1: a capital.
  let cases: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (hasHyphens && (i == 8 || i == 13 || i == 18 || i == 23)) {
      if (byte != 0x2d) return false;
    } else if ((byte | 0x20) - 0x61 < 6) cases |= byte & 0x20 ? 1 : 2;
    else if (!isDigit(byte)) return false;
  }
  for (let i: u32 = 0, k: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x2d) continue;
    if (k == VERSION || k == VARIANT) {
      if (k == VERSION && (byte == 0x30 || (byte | 0x20) == 0x66)) return false;
      keep(byte | 0x20);
    } else if (cases != 3) addSlot(i, isDigit(byte) ? byte : (byte | 0x20) - 0x27, 0x30, 16);
    else if (isDigit(byte)) addSlot(i, byte, 0x30, 10);
    else addSlot(i, byte, 0x41 | (byte & 0x20), 6);
    k++;
  }
  do {
    if (!permuteSlots(to)) return false;
  } while (cases != 3 && !spell(to, length, cases == 2) && cases == 2);
  return true;
}

/** Turns the characters behind "9" into letters; whether there is one. */
function spell(at: usize, length: u32, isCapital: bool): bool {
  let found = false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte - 0x3a < 6) store<u8>(at + i, byte + (isCapital ? 0x07 : 0x27));
    found = found || byte >= 0x3a;
  }
  return found;
}
