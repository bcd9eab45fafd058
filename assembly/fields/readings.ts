// The other names that receivers read in the name of a field: trimmed, as the name of a variable or of a header, without
// the points and brackets that part a path, in windows-1252, and of a cookie without escapes.
// Invariant: they are looked up beside the name as it stands, and only ever add what acts on the value.

import { Buffer, newBuffer } from "../bytes/buffer";
import { CHARSET_WINDOWS } from "../bytes/charset";
import { findWide } from "../bytes/scan";
import { Narrow, widen } from "../framing/narrow";
import { LOCATION_COOKIE, LOCATION_COOKIE_TEXT, LOCATION_HEADER, LOCATION_HEADER_TEXT } from "../policy/format.gen";
import { decodePercentOnly } from "./percent";

const name: Buffer = newBuffer();
const plain: Buffer = newBuffer();
const narrow = changetype<Narrow>(memory.data(offsetof<Narrow>(), 16));

/** A name could not be read, since memory ran out: what would act on its value is not known. */
let isUnread: bool = false;

/** Whether that was so since this was asked last; what was read then must not leave. */
export function takeUnread(): bool {
  const was = isUnread;
  isUnread = false;
  return was;
}

/** The name that `trimmed` or `mangled` has read. */
export let otherAt: usize = 0;
export let otherLength: u32 = 0;

/**
 * Whether the name is one that all receivers read as it stands, as most are: letters, digits, hyphens, underscores but in
 * headers, and brackets that are opened and closed behind them.
 */
export function isCommon(location: u32, at: usize, length: u32): bool {
  if (length == 0) return true;
  const hasUnderscores = !isHeader(location);
  let hasBrackets = false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if ((byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x2d || (byte == 0x5f && hasUnderscores)) continue;
    if (i == 0 || (byte != 0x5b && (byte != 0x5d || !hasBrackets))) return false;
    hasBrackets = true;
  }
  return !hasBrackets || load<u8>(at + length - 1) == 0x5d;
}

@inline
export function isHeader(location: u32): bool {
  return location == LOCATION_HEADER || location == LOCATION_HEADER_TEXT;
}

@inline
export function isCookie(location: u32): bool {
  return location == LOCATION_COOKIE || location == LOCATION_COOKIE_TEXT;
}

/** What some receivers leave out in front of a name: ! # , / : ; = ? [ \ ] */
function isLeading(byte: u32): bool {
  switch (byte) {
    case 0x21:
    case 0x23:
    case 0x2c:
    case 0x2f:
    case 0x3a:
    case 0x3b:
    case 0x3d:
    case 0x3f:
    case 0x5b:
    case 0x5c:
    case 0x5d:
      return true;
    default:
      return false;
  }
}

/** What some leave out behind it: , : ; = */
@inline
function isTrailing(byte: u32): bool {
  return byte == 0x2c || byte == 0x3a || byte == 0x3b || byte == 0x3d;
}

/** The end of a name without a position in parentheses: digits, and a letter for the type. */
export function beforePosition(at: usize, end: usize): usize {
  if (end == at || load<u8>(end - 1) != 0x29) return end;
  let p = end - 1;
  if (p > at && (<u32>load<u8>(p - 1) | 0x20) - 0x61 < 26) p--;
  const digits = p;
  while (p > at && <u32>load<u8>(p - 1) - 0x30 < 10) p--;
  return p < digits && p > at + 1 && load<u8>(p - 1) == 0x28 ? p - 1 : end;
}

/**
 * Reads the name up to a NUL, without what receivers leave out around it: blanks, controls, marks and all else that is no
 * visible ASCII, some signs, brackets behind it that close none in it, and the position of a part of a value, as in
 * birth_date(1i) (Django, Netty, PHP, Rack, Rails, aiohttp, Spring). False where that is the name as it stands, or nothing.
 */
export function trimmed(at: usize, length: u32): bool {
  const end = at + length;
  let from = at;
  let to = at;
  let isOpened = false;
  for (let p = at; p < end; ) {
    const byte = <u32>load<u8>(p++);
    if (byte == 0 && to > from) break;
    if (byte == 0x5b && to > from) isOpened = true;
    if (byte - 0x21 < 0x5e && (to > from ? !isTrailing(byte) : !isLeading(byte))) to = p;
    else if (to <= from) from = p;
  }
  while (!isOpened && to > from && load<u8>(to - 1) == 0x5d) to--;
  to = beforePosition(from, to);
  otherAt = from;
  otherLength = to > from ? <u32>(to - from) : 0;
  return otherLength != 0 && otherLength != length;
}

/**
 * Reads the name as PHP makes one of a variable of it, with underscores for points, blanks and a bracket that nothing closes,
 * or of a header as CGI does, for which underscores, points and hyphens are the same. False where that is the same name.
 */
export function mangled(location: u32, at: usize, length: u32): bool {
  const inHeader = isHeader(location);
  let changed = false;
  let isClosed = false;
  name.clear();
  name.append(at, length);
  if (name.failed) {
    isUnread = true;
    return false;
  }
  for (let p = name.at + length; p > name.at; ) {
    const byte = <u32>load<u8>(--p);
    if (byte == 0x5d) isClosed = true;
    if (byte != 0x2e && (inHeader ? byte != 0x5f : byte != 0x20 && (byte != 0x5b || isClosed))) continue;
    store<u8>(p, inHeader ? 0x2d : 0x5f);
    changed = true;
  }
  otherAt = name.at;
  otherLength = length;
  return changed;
}

/**
 * Reads the name without points around it and opening brackets behind it, between which there is nothing in a path of names
 * (Rocket). False where that is the name as it stands, or nothing.
 */
export function bared(at: usize, length: u32): bool {
  let from = at;
  let to = at + length;
  while (from < to && (load<u8>(from) == 0x2e || isLeading(<u32>load<u8>(from)))) from++;
  while (to > from && (load<u8>(to - 1) == 0x2e || load<u8>(to - 1) == 0x5b)) to--;
  let isOpened = false;
  for (let p = from; p < to; p++) if (load<u8>(p) == 0x5b) isOpened = true;
  while (!isOpened && to > from && load<u8>(to - 1) == 0x5d) to--;
  otherAt = from;
  otherLength = <u32>(to - from);
  return otherLength != 0 && otherLength != length;
}

/** Reads the name of a cookie without its percent escapes, as actix, axum and salvo do; false where it has none. */
export function unescaped(at: usize, length: u32): bool {
  plain.clear();
  decodePercentOnly(at, length, plain);
  if (plain.failed) isUnread = true;
  otherAt = plain.at;
  otherLength = plain.length;
  return !plain.failed && otherLength != length;
}

/** Reads a name that is no UTF-8 in windows-1252, which some receivers do whatever the charset says; false where it is UTF-8. */
export function widened(at: usize, length: u32): bool {
  if (findWide(at, at + length) == at + length) return false;
  narrow.charset = CHARSET_WINDOWS;
  narrow.missing = 0;
  const isRead = widen(narrow, at, length, name, 0) == 0;
  if (name.failed) isUnread = true;
  otherAt = name.at;
  otherLength = name.length;
  return isRead;
}
