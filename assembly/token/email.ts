// email: local part and domain change together, character by character in its class; the top-level domain, and all that
// is neither digit nor letter, stays (RFC 5321, section 4.1.2, in ASCII).
// Invariants: dots, hyphens and lengths stay where they are, so that a valid address stays one and an invalid one stays
// invalid. Labels with a prefix such as "xn--" (RFC 5890, section 2.3.1) and address literals do not fit: their
// characters obey a code of their own.

import { isDigit, isLetter } from "../bytes/text";
import { keep } from "./permutation";
import { addCharacter, permuteSlots } from "./slots";

const HYPHENS: u16 = 0x2d2d;

export function email(at: usize, length: u32, to: usize): bool {
  // Where the domain begins, and its last dot.
  let domain: u32 = 0;
  let dot: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte - 0x20 > 0x5e) return false;
    if (byte == 0x40) domain = i + 1;
    else if (byte == 0x2e) dot = i;
  }
  if (domain < 2 || dot <= domain || dot + 1 == length || !isLetter(load<u8>(at + dot + 1))) return false;
  let label = domain;
  for (let i = domain; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x2e) label = i + 1;
    else if (!isDigit(byte) && !isLetter(byte) && byte != 0x2d) return false;
    if (i == label + 3 && load<u16>(at + i - 1) == HYPHENS && i < dot) return false;
  }
  for (let i: u32 = 0; i < dot; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isDigit(byte) || isLetter(byte)) addCharacter(i, byte);
  }
  for (let i = dot + 1; i < length; i++) keep(load<u8>(at + i));
  return permuteSlots(to);
}
