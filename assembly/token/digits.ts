// digits: every digit becomes a digit, but for the kept ends; any other ASCII character except a letter stays.
// As a JSON number, only a plain integer (whole.ts).

import { isDigit, isLetter } from "../bytes/text";
import { TOKEN_KEEP_FIRST, TOKEN_KEEP_LAST } from "../policy/format.gen";
import { keep } from "./permutation";
import { addSlot, permuteSlots } from "./slots";
import { NO_CLASS, classOf, isRoomy } from "./whole";

export function digits(spec: usize, isNumber: bool, at: usize, length: u32, to: usize): bool {
  const first = <u32>load<u16>(spec, TOKEN_KEEP_FIRST);
  const last = <u32>load<u16>(spec, TOKEN_KEEP_LAST);
  let n: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isDigit(byte)) n++;
    else if (isNumber || isLetter(byte) || byte >= 0x80) return false;
  }
  if (first + last >= n) return false;
  for (let i: u32 = 0, k: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte)) continue;
    if (k < first || k >= n - last) keep(byte);
    else addSlot(i, byte, 0x30, 10);
    k++;
  }
  const whole = isNumber ? classOf(at, n, last, false) : NO_CLASS;
  if (isNumber && (whole == NO_CLASS || !isRoomy(at, n, first, last, false))) return false;
  do {
    if (!permuteSlots(to)) return false;
  } while (isNumber && classOf(to, n, last, false) != whole);
  return true;
}
