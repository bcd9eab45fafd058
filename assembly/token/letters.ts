// alphanumeric: digit to digit, small letter to small letter, capital to capital, but for the kept ends; other printable
// ASCII stays. name: the same without digits, and only a space, hyphen, apostrophe or dot may stand between the letters.

import { isDigit, isLetter } from "../bytes/text";
import { TOKEN_KEEP_FIRST, TOKEN_KEEP_LAST } from "../policy/format.gen";
import { keep } from "./permutation";
import { addCharacter, permuteSlots } from "./slots";

export function alphanumeric(spec: usize, at: usize, length: u32, to: usize): bool {
  const first = <u32>load<u16>(spec, TOKEN_KEEP_FIRST);
  const last = <u32>load<u16>(spec, TOKEN_KEEP_LAST);
  let n: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte - 0x20 > 0x5e) return false;
    n += u32(isDigit(byte) || isLetter(byte));
  }
  if (first + last >= n) return false;
  for (let i: u32 = 0, k: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte) && !isLetter(byte)) continue;
    if (k < first || k >= n - last) keep(byte);
    else addCharacter(i, byte);
    k++;
  }
  return permuteSlots(to);
}

export function name(at: usize, length: u32, to: usize): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isLetter(byte)) addCharacter(i, byte);
    else if (byte != 0x20 && byte != 0x2d && byte != 0x27 && byte != 0x2e) return false;
  }
  return permuteSlots(to);
}
