// Program text (ASCII string literals) as bytes. Literals are static data, so nothing is allocated.

import { Buffer } from "../bytes/buffer";

export { lower, spells, spellsAnyCase, spellsOneOf } from "../bytes/text";

/** Appends an ASCII literal. */
export function ascii(buffer: Buffer, text: string): void {
  const length = text.length;
  if (!buffer.reserve(length)) return;
  const from = changetype<usize>(text);
  const to = buffer.at + buffer.length;
  for (let i = 0; i < length; i++) store<u8>(to + i, load<u16>(from + (i << 1)));
  buffer.length += length;
}

/** Appends a number in decimal digits. */
export function decimal(buffer: Buffer, value: u64): void {
  let divisor: u64 = 1;
  while (value / divisor >= 10) divisor *= 10;
  while (divisor != 0) {
    buffer.byte(0x30 + <u32>((value / divisor) % 10));
    divisor /= 10;
  }
}
