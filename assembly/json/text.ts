// Text of a JSON string: escapes to UTF-8 and back (RFC 8259, section 7).
// Invariants: the input of `unescape` is the inside of a string that `scanString` accepted; nothing behind it is read. Text
// is never longer than what spells it, so room for that is asked for once, and sixteen bytes that may be copied in vain.

import { Buffer } from "../bytes/buffer";

function hexValue(at: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = <u32>load<u8>(at + i);
    value = (value << 4) | (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return value;
}

/** Writes a character as UTF-8; where it ends. */
function putCodePoint(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return to + 1;
  }
  let length: usize = 2;
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
  } else if (code < 0x10000) {
    length = 3;
    store<u8>(to, 0xe0 | (code >> 12));
  } else {
    length = 4;
    store<u8>(to, 0xf0 | (code >> 18));
  }
  for (let i: usize = 1; i < length; i++) store<u8>(to + i, 0x80 | ((code >> (<u32>(length - 1 - i) * 6)) & 0x3f));
  return to + length;
}

/** Appends a character as UTF-8. */
export function appendCodePoint(out: Buffer, code: u32): void {
  if (out.reserve(4)) out.length = <u32>(putCodePoint(out.at + out.length, code) - out.at);
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
  if (!out.reserve(length + 16)) return true;
  const end = at + length;
  let to = out.at + out.length;
  let clean = true;
  while (at < end) {
    if (at + 16 <= end) {
      const bytes = v128.load(at);
      v128.store(to, bytes);
      const escapes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x5c)));
      const plain: usize = escapes ? ctz(escapes) : 16;
      at += plain;
      to += plain;
      if (escapes == 0) continue;
    } else if (load<u8>(at) != 0x5c) {
      store<u8>(to++, load<u8>(at++));
      continue;
    }
    const escape = <u32>load<u8>(at + 1);
    if (escape != 0x75) {
      store<u8>(to++, simpleEscape(escape));
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
    to = putCodePoint(to, code);
  }
  out.length = <u32>(to - out.at);
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
    const stop = unescapedUntil(at, end);
    out.append(at, <u32>(stop - at));
    if (stop == end) return;
    const byte = <u32>load<u8>(stop);
    at = stop + 1;
    if (byte < 0x20) {
      appendUnicodeEscape(out, byte);
    } else if (byte != 0xed) {
      out.byte(0x5c);
      out.byte(byte);
    } else if (at + 1 < end && <u32>load<u8>(at) >= 0xa0) {
      appendUnicodeEscape(out, 0xd000 | ((<u32>load<u8>(at) & 0x3f) << 6) | (<u32>load<u8>(at + 1) & 0x3f));
      at += 2;
    } else {
      out.byte(byte);
    }
  }
}

/** Where the first byte stands that may need an escape: a quote, a backslash, a control, the first of a surrogate. */
function unescapedUntil(at: usize, end: usize): usize {
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at);
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
    const others = v128.or(i8x16.lt_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(<i8>0xed)));
    const found = v128.or(marks, others);
    if (v128.any_true(found)) return at + ctz(i8x16.bitmask(found));
  }
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x22 || byte == 0x5c || byte < 0x20 || byte == 0xed) return at;
  }
  return end;
}
