// Whether bytes are UTF-8 (RFC 3629, section 4), and texts of JSON that are none but for lone surrogates.

import { findWide } from "./scan";

@inline
function isTail(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

/** Whether [p, end) is UTF-8. Reads nothing behind `end`. */
export function isUtf8(p: usize, end: usize): bool {
  while ((p = findWide(p, end)) < end) {
    const first = <u32>load<u8>(p++);
    const tails: u32 = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (first < 0xc2 || first > 0xf4 || end - p < tails) return false;
    const second = <u32>load<u8>(p);
    // Overlong spellings, surrogates, and what is beyond the last character.
    const low: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const high: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let i: u32 = 1; i < tails; i++) {
      if (!isTail(<u32>load<u8>(p + i))) return false;
    }
    p += tails;
  }
  return true;
}

/** Puts U+FFFD, which is as long, in the place of each lone surrogate of [p, end) (WTF-8). */
export function replaceSurrogates(p: usize, end: usize): void {
  while ((p = findWide(p, end)) + 2 < end) {
    if ((<u32>load<u16>(p) & 0xe0ff) == 0xa0ed) {
      store<u16>(p, 0xbfef);
      store<u8>(p + 2, 0xbd);
    }
    p++;
  }
}
