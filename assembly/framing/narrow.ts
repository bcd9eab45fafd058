// Bodies in charsets of one byte a character: read as UTF-8, written back in their own (WHATWG Encoding, windows-1252).
// Invariants: a byte that two receivers could read as two characters is refused, so that a text has one reading: those of
// 0x80 to 0x9f in ISO-8859-1, which browsers take for windows-1252, and several that together are UTF-8, for receivers
// that look at no charset; what no rule changes leaves byte for byte.

import { Buffer, newBuffer } from "../bytes/buffer";
import { CHARSET_ASCII, CHARSET_LATIN1, CHARSET_WINDOWS } from "../bytes/charset";
import { findWide } from "../bytes/scan";
import { FORMAT_EVENTS, FORMAT_JSON, FORMAT_LINES, FORMAT_SEQUENCE, FORMAT_XML } from "../policy/format.gen";
import { INTERNAL, UNSUPPORTED_CHARSET } from "../policy/outcomes.gen";

@unmanaged
export class Narrow {
  charset: u32; // CHARSET_UTF8, CHARSET_LATIN1, CHARSET_WINDOWS, or CHARSET_ASCII, in which no other byte is read
  named: u32; // 1: content-type named it
  missing: u32; // bytes without which those before are no character of UTF-8
  point: u32; // of a character on its way out, as far as it has come
  due: u32; // bytes of it that are still to come
}

// What windows-1252 has from 0x80 to 0x9f; 0 is nothing.
const WINDOWS: usize = memory.data<u16>([
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
  0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
]);

/** The chunk in UTF-8, where it came as something else. */
export const wide: Buffer = newBuffer();
const narrowed: Buffer = newBuffer();

/** The character of a byte from 0x80 on, 0 when it has none that all receivers agree on. */
function pointOf(charset: u32, byte: u32): u32 {
  if (charset == CHARSET_ASCII) return 0;
  if (byte >= 0xa0) return byte;
  return charset == CHARSET_WINDOWS ? <u32>load<u16>(WINDOWS + ((byte - 0x80) << 1)) : 0;
}

/** Bytes of the character of UTF-8 that begins with this one. */
@inline
function lengthOf(byte: u32): u32 {
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** Whether a chunk is more than ASCII, which is the same in every charset that is read. */
export function isWide(n: Narrow, at: usize, length: u32): bool {
  if (findWide(at, at + length) != at + length) return true;
  if (length) n.missing = 0;
  return false;
}

/**
 * Puts a text into `to` as UTF-8, with room for `padding` bytes behind it. Returns an outcome: when a byte is refused, what stands
 * before it has been put there, so that a fault in that comes first however the body was cut.
 */
export function widen(n: Narrow, at: usize, length: u32, to: Buffer, padding: u32): u32 {
  const end = at + length;
  let fault: u32 = 0;
  to.clear();
  while (at < end) {
    const next = findWide(at, end);
    if (next > at) n.missing = 0;
    to.append(at, <u32>(next - at));
    at = next;
    if (at == end) break;
    const byte = <u32>load<u8>(at++);
    const point = pointOf(n.charset, byte);
    const isCharacter = byte < 0xc0 && n.missing == 1;
    if (point == 0 || isCharacter) {
      fault = UNSUPPORTED_CHARSET;
      break;
    }
    n.missing = byte >= 0xc0 ? lengthOf(byte) - 1 : n.missing ? n.missing - 1 : 0;
    putPoint(to, point);
  }
  to.reserve(padding);
  return to.failed ? INTERNAL : fault;
}

/** Appends a character of the basic plane from 0x80 on in UTF-8. */
function putPoint(to: Buffer, point: u32): void {
  if (point < 0x800) {
    to.byte(0xc0 | (point >> 6));
  } else {
    to.byte(0xe0 | (point >> 12));
    to.byte(0x80 | ((point >> 6) & 0x3f));
  }
  to.byte(0x80 | (point & 0x3f));
}

/** The byte of a character, 0 when the charset has none. */
function byteOf(charset: u32, point: u32): u32 {
  if (point - 0xa0 < 0x60 && charset != CHARSET_ASCII) return point;
  if (charset != CHARSET_WINDOWS) return 0;
  for (let byte: u32 = 0; byte < 32; byte++) {
    if (<u32>load<u16>(WINDOWS + (byte << 1)) == point) return 0x80 + byte;
  }
  return 0;
}

@inline
function putEscape(unit: u32): void {
  narrowed.byte(0x5c);
  narrowed.byte(0x75);
  for (let shift: i32 = 12; shift >= 0; shift -= 4) {
    const digit = (unit >> shift) & 15;
    narrowed.byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
}

/** Puts out a character, in the escape of the format where the charset has none of it. */
function put(charset: u32, format: u32, point: u32): void {
  const byte = byteOf(charset, point);
  if (byte) {
    narrowed.byte(byte);
  } else if (format == FORMAT_JSON || format == FORMAT_LINES || format == FORMAT_SEQUENCE || format == FORMAT_EVENTS) {
    if (point > 0xffff) putEscape(0xd7c0 + (point >> 10));
    putEscape(point > 0xffff ? 0xdc00 | (point & 0x3ff) : point);
  } else if (format == FORMAT_XML) {
    narrowed.byte(0x26);
    narrowed.byte(0x23);
    let divisor: u32 = 100;
    while (point / divisor >= 10) divisor *= 10;
    for (; divisor; divisor /= 10) narrowed.byte(0x30 + (point / divisor) % 10);
    narrowed.byte(0x3b);
  } else {
    narrowed.byte(0x3f);
  }
}

/** What has become of a chunk, in the charset of the body. */
export function narrow(n: Narrow, format: u32, at: usize, length: u32): Buffer {
  const end = at + length;
  narrowed.clear();
  while (at < end) {
    const next = findWide(at, end);
    narrowed.append(at, <u32>(next - at));
    at = next;
    if (at == end) break;
    const byte = <u32>load<u8>(at++);
    if (byte >= 0xc0) {
      n.due = lengthOf(byte) - 1;
      n.point = byte & (0x3f >> n.due);
    } else {
      n.point = (n.point << 6) | (byte & 0x3f);
      if (--n.due == 0) put(n.charset, format, n.point);
    }
  }
  return narrowed;
}
