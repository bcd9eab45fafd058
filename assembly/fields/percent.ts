// Percent-encoding of query strings as receivers read it (WHATWG URL, application/x-www-form-urlencoded).
// Invariant: decoding never fails: a "%" that is not followed by two hex digits stands for itself.

import { Buffer } from "../bytes/buffer";

function hexDigit(byte: u32): i32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const low = byte | 0x20;
  return low - 0x61 < 6 ? low - 0x57 : -1;
}

/** Decodes escapes, and plus signs to `plus`; what stands before them in runs. */
@inline
function decode(at: usize, length: u32, plus: u32, out: Buffer): void {
  // What comes out is no longer than what went in.
  if (!out.reserve(length)) return;
  let to = out.at + out.length;
  const end = at + length;
  while (at < end) {
    if (at + 16 <= end) {
      const bytes = v128.load(at);
      const hits = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(0x25)), i8x16.eq(bytes, i8x16.splat(0x2b))));
      const plain = hits ? ctz(hits) : 16;
      v128.store(to, bytes);
      at += plain;
      to += plain;
      if (hits == 0) continue;
    }
    const byte = <u32>load<u8>(at++);
    if (byte == 0x25 && at + 1 < end) {
      const high = hexDigit(<u32>load<u8>(at));
      const low = hexDigit(<u32>load<u8>(at, 1));
      if ((high | low) >= 0) {
        store<u8>(to++, (<u32>high << 4) | <u32>low);
        at += 2;
        continue;
      }
    }
    store<u8>(to++, byte == 0x2b ? plus : byte);
  }
  out.length = <u32>(to - out.at);
}

@inline
function isEscape(at: usize, end: usize): bool {
  return load<u8>(at) == 0x25 && at + 2 < end && (hexDigit(<u32>load<u8>(at, 1)) | hexDigit(<u32>load<u8>(at, 2))) >= 0;
}

export function hasEscape(at: usize, end: usize): bool {
  for (; at < end; at++) if (isEscape(at, end)) return true;
  return false;
}

/**
 * Where the query of an address begins, in which plus signs stand for blanks; `end` where the text is none: an address has
 * no blanks.
 */
export function queryIn(at: usize, end: usize): usize {
  let query = end;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte <= 0x20) return end;
    if (byte == 0x3f && query == end) query = at + 1;
  }
  return query;
}

export function hasPlus(at: usize, end: usize): bool {
  for (; at < end; at++) if (load<u8>(at) == 0x2b) return true;
  return false;
}

/** Where the spelling of the first `count` decoded bytes of [at, end) ends, a plus sign standing for itself. */
export function skipSpelled(at: usize, end: usize, count: u32): usize {
  for (; count > 0 && at < end; count--) at += isEscape(at, end) ? 3 : 1;
  return at;
}

/**
 * Appends a part of a spelling. A percent sign at the end of what stands there is escaped where the two would spell a
 * character together.
 */
export function appendSpelled(at: usize, length: u32, out: Buffer): void {
  const joint = out.length;
  out.append(at, length);
  if (out.failed || length == 0) return;
  for (let from = joint > 2 ? joint - 2 : 0; from < joint; from++) {
    if (!isEscape(out.at + from, out.at + out.length)) continue;
    if (!out.reserve(2)) return;
    memory.copy(out.at + from + 3, out.at + from + 1, out.length - from - 1);
    store<u16>(out.at + from + 1, 0x3532);
    out.length += 2;
    return;
  }
}

export function decodePercent(at: usize, length: u32, out: Buffer): void {
  decode(at, length, 0x20, out);
}

/** The same where a plus sign stands for itself. */
export function decodePercentOnly(at: usize, length: u32, out: Buffer): void {
  decode(at, length, 0x2b, out);
}

@inline
function needsNoEscape(byte: u32): bool {
  return (
    byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 ||
    byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e || byte == 0x2a
  );
}

function escaped(byte: u32, out: Buffer): void {
  const high = byte >> 4;
  const low = byte & 15;
  out.byte(0x25);
  out.byte(high < 10 ? 0x30 + high : 0x37 + high);
  out.byte(low < 10 ? 0x30 + low : 0x37 + low);
}

export function encodePercent(at: usize, length: u32, out: Buffer): void {
  if (!out.reserve(length)) return;
  for (const end = at + length; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (needsNoEscape(byte)) out.byte(byte);
    else escaped(byte, out);
  }
}

/** Appends text as a cookie value: what RFC 6265, section 4.1.1 does not allow there is percent-encoded. */
export function encodeCookie(at: usize, length: u32, out: Buffer): void {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x2c || byte == 0x3b || byte == 0x5c) escaped(byte, out);
    else out.byte(byte);
  }
}

/** Appends text as the inside of a quoted parameter: what would end it, and controls, are percent-encoded (WHATWG HTML). */
export function encodeQuoted(at: usize, length: u32, out: Buffer): void {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte < 0x20 || byte == 0x7f || byte == 0x22 || byte == 0x5c) escaped(byte, out);
    else out.byte(byte);
  }
}

/** Appends text as a header value: control characters but tabs, which no header may hold, are percent-encoded. */
export function encodeHeader(at: usize, length: u32, out: Buffer): void {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if ((byte < 0x20 && byte != 0x09) || byte == 0x7f) escaped(byte, out);
    else out.byte(byte);
  }
}
