// Slots: the characters of a value that its token changes, each within its class.
// Invariants: which class a character is of (digit, small or capital letter), and where it stands, is public, for the token
// shows it; a character never leaves its class. At most 512 slots (SP 800-38G as built in crypto/ff1.ts).

import { isDigit } from "../bytes/text";
import { wipe } from "../bytes/secret";
import { FF1_MAX_NUMERALS } from "../crypto/ff1";
import { permuteNumerals } from "./permutation";

@lazy const numerals = memory.data(512, 16);
@lazy const radices = memory.data(512, 16);
@lazy const bases = memory.data(512, 16);
@lazy const places = memory.data(2048, 16);
let count: u32 = 0;
let overflow: bool = false;

export function clearSlots(): void {
  wipe(numerals, count);
  count = 0;
  overflow = false;
}

/** A slot at `place` for a character from `base` to `base + radix - 1`. */
export function addSlot(place: u32, byte: u32, base: u32, radix: u32): void {
  if (count == FF1_MAX_NUMERALS) {
    overflow = true;
    return;
  }
  store<u8>(numerals + count, byte - base);
  store<u8>(radices + count, radix);
  store<u8>(bases + count, base);
  store<u32>(places + (count << 2), place);
  count++;
}

/** A slot for a digit or letter among those of its class. */
export function addCharacter(place: u32, byte: u32): void {
  if (isDigit(byte)) addSlot(place, byte, 0x30, 10);
  else addSlot(place, byte, 0x41 | (byte & 0x20), 26);
}

/** Permutes all slots as one number, and writes them over the value at `to`; false when they are too few or too many. */
export function permuteSlots(to: usize): bool {
  if (overflow || !permuteNumerals(numerals, radices, count)) return false;
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(to + load<u32>(places + (i << 2)), load<u8>(bases + i) + load<u8>(numerals + i));
  }
  return true;
}
