// Program text (ASCII string literals) as bytes. Literals are static data, so nothing is allocated.

import { Buffer } from "../bytes/buffer";

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

/** Whether the bytes spell the ASCII literal. */
export function spells(at: usize, length: u32, text: string): bool {
  if (length != <u32>text.length) return false;
  const from = changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) {
    if (<u32>load<u8>(at + i) != <u32>load<u16>(from + (i << 1))) return false;
  }
  return true;
}

@inline
export function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Whether the bytes spell the lower-case ASCII literal in any case. */
export function spellsAnyCase(at: usize, length: u32, text: string): bool {
  if (length != <u32>text.length) return false;
  const from = changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) {
    if (lower(<u32>load<u8>(at + i)) != <u32>load<u16>(from + (i << 1))) return false;
  }
  return true;
}
