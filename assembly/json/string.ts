// Strings of RFC 8259, section 7, in UTF-8 as RFC 3629 has it: the part behind the opening quote.
// Invariants: resumable at any byte (`sub` says what is due); bytes behind the chunk are zeros, which no string may hold,
// so the loops need no bounds check; every byte of an accepted string has been checked.

import { JSON_SYNTAX, JSON_UTF8 } from "../policy/outcomes.gen";
import { JsonState } from "./state";

// What is due inside a string.
const PLAIN: u32 = 0;
const ESCAPE: u32 = 1; // the byte behind a backslash
const HEX: u32 = 2; // HEX + 1 .. HEX + 4: that many hex digits of \u
const TAIL: u32 = 8; // TAIL + 1 .. TAIL + 3: that many continuation bytes 80..BF
const AFTER_E0: u32 = 12; // A0..BF, then one tail
const AFTER_ED: u32 = 13; // 80..9F, then one tail: surrogates are no characters
const AFTER_F0: u32 = 14; // 90..BF, then two tails
const AFTER_F4: u32 = 15; // 80..8F, then two tails

/** 16 flags: bit i is set when byte i ends a run of plain ASCII (quote, backslash, control, or 80 and above). */
@inline
function special(at: usize): i32 {
  const bytes = v128.load(at);
  // Signed "less than space" holds for controls and for every byte from 80 on.
  return i8x16.bitmask(
    v128.or(
      i8x16.lt_s(bytes, i8x16.splat(0x20)),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
    ),
  );
}

/** Behind the run of plain ASCII from `p` on; zeros behind the chunk end it. */
@inline
export function behindPlain(p: usize): usize {
  let mask = special(p);
  while (mask == 0) {
    p += 16;
    mask = special(p);
  }
  return p + ctz(mask);
}

@inline
function isTail(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

@inline
function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

@inline
function isEscape(byte: u32): bool {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

/** What is due behind the lead byte of a multi-byte character, 0 when no character starts so. */
@inline
function dueBehind(lead: u32): u32 {
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return TAIL + 1;
  if (lead == 0xe0) return AFTER_E0;
  if (lead == 0xed) return AFTER_ED;
  if (lead < 0xf0) return TAIL + 2;
  if (lead == 0xf0) return AFTER_F0;
  if (lead < 0xf4) return TAIL + 3;
  if (lead == 0xf4) return AFTER_F4;
  return 0;
}

/** One byte further inside an escape or a character; sets `error` when it does not fit. */
function stepInside(s: JsonState, byte: u32): void {
  const due = s.sub;
  if (due == ESCAPE) {
    if (byte == 0x75) s.sub = HEX + 4;
    else if (isEscape(byte)) s.sub = PLAIN;
    else s.error = JSON_SYNTAX;
  } else if (due <= HEX + 4) {
    if (!isHex(byte)) s.error = JSON_SYNTAX;
    else s.sub = due == HEX + 1 ? PLAIN : due - 1;
  } else if (due <= TAIL + 3) {
    if (!isTail(byte)) s.error = JSON_UTF8;
    else s.sub = due == TAIL + 1 ? PLAIN : due - 1;
  } else {
    const low: u32 = due == AFTER_E0 ? 0xa0 : due == AFTER_F0 ? 0x90 : 0x80;
    const high: u32 = due == AFTER_ED ? 0x9f : due == AFTER_F4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) s.error = JSON_UTF8;
    else s.sub = due <= AFTER_ED ? TAIL + 1 : TAIL + 2;
  }
}

/**
 * Reads on in a string from `p`. Returns the address behind its closing quote, or 0: then either `error` is set or the
 * chunk ended inside the string.
 */
export function scanString(s: JsonState, p: usize, end: usize): usize {
  while (true) {
    while (s.sub != PLAIN) {
      if (p >= end) return 0;
      stepInside(s, <u32>load<u8>(p++));
      if (s.error) return 0;
    }
    const mask = special(p);
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    let byte = <u32>load<u8>(p);
    if (byte == 0x22) return p + 1;
    if (byte == 0x5c) {
      s.escaped = true;
      if (isEscape(<u32>load<u8>(p + 1))) {
        p += 2;
      } else {
        s.sub = ESCAPE;
        p++;
      }
      continue;
    }
    if (byte < 0x20) {
      if (p < end) s.error = JSON_SYNTAX;
      return 0;
    }
    // Runs of two- and three-byte characters, the usual non-ASCII text, without a detour through the step table.
    while (byte >= 0x80) {
      const next = <u32>load<u8>(p + 1);
      if (byte - 0xc2 < 0x1e && isTail(next)) {
        p += 2;
      } else if (byte - 0xe1 < 12 && isTail(next) && isTail(<u32>load<u8>(p + 2))) {
        p += 3;
      } else {
        s.sub = dueBehind(byte);
        p++;
        if (s.sub == 0) {
          s.error = JSON_UTF8;
          return 0;
        }
        break;
      }
      byte = <u32>load<u8>(p);
    }
  }
  return 0;
}
