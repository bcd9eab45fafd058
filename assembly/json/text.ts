// Text of a JSON string: escapes to UTF-8 and back (RFC 8259, section 7).
// Invariant: the input of `unescape` is the inside of a string that `scanString` accepted.

import { Buffer } from "../bytes/buffer";

function hexValue(at: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = <u32>load<u8>(at + i);
    value = (value << 4) | (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return value;
}

/** Appends a character as UTF-8. */
export function appendCodePoint(out: Buffer, code: u32): void {
  if (code < 0x80) {
    out.byte(code);
  } else if (code < 0x800) {
    out.byte(0xc0 | (code >> 6));
    out.byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out.byte(0xe0 | (code >> 12));
    out.byte(0x80 | ((code >> 6) & 0x3f));
    out.byte(0x80 | (code & 0x3f));
  } else {
    out.byte(0xf0 | (code >> 18));
    out.byte(0x80 | ((code >> 12) & 0x3f));
    out.byte(0x80 | ((code >> 6) & 0x3f));
    out.byte(0x80 | (code & 0x3f));
  }
}

@inline
function simpleEscape(byte: u32): u32 {
  switch (byte) {
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return byte;
  }
}

/**
 * Appends the text of a string's inside, as UTF-8. Returns whether it is all characters: a lone surrogate escape, which
 * is none, is appended in its three bytes (as in WTF-8) and makes the answer false.
 */
export function unescape(at: usize, length: u32, out: Buffer): bool {
  const end = at + length;
  let clean = true;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte != 0x5c) {
      out.byte(byte);
      at++;
      continue;
    }
    const escape = <u32>load<u8>(at + 1);
    if (escape != 0x75) {
      out.byte(simpleEscape(escape));
      at += 2;
      continue;
    }
    let code = hexValue(at + 2);
    at += 6;
    if ((code & 0xf800) == 0xd800) {
      let low: u32 = 0;
      if (code < 0xdc00 && at + 6 <= end && load<u16>(at) == 0x755c) low = hexValue(at + 2);
      if ((low & 0xfc00) == 0xdc00) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        at += 6;
      } else {
        clean = false;
      }
    }
    appendCodePoint(out, code);
  }
  return clean;
}

@inline
function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

function appendUnicodeEscape(out: Buffer, code: u32): void {
  out.byte(0x5c);
  out.byte(0x75);
  for (let shift: i32 = 12; shift >= 0; shift -= 4) out.byte(hexDigit((code >> shift) & 15));
}

/** Appends a whole string literal, quotes included. */
export function appendString(at: usize, length: u32, out: Buffer): void {
  out.byte(0x22);
  appendEscaped(at, length, out);
  out.byte(0x22);
}

/** Appends the inside of a literal, for UTF-8 text in which surrogates may stand alone (WTF-8). */
export function appendEscaped(at: usize, length: u32, out: Buffer): void {
  const end = at + length;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x22 || byte == 0x5c) {
      out.byte(0x5c);
      out.byte(byte);
    } else if (byte < 0x20) {
      appendUnicodeEscape(out, byte);
    } else if (byte == 0xed && at + 2 < end && <u32>load<u8>(at + 1) >= 0xa0) {
      appendUnicodeEscape(out, 0xd000 | ((<u32>load<u8>(at + 1) & 0x3f) << 6) | (<u32>load<u8>(at + 2) & 0x3f));
      at += 2;
    } else {
      out.byte(byte);
    }
    at++;
  }
}
