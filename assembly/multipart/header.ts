// The headers of a part (RFC 7578, section 4.8; RFC 2046, section 5.1): what they say of it.
// Invariants: strict lines (CRLF, a token, a colon; no folding, no controls); what decides about the part stands there
// once; encodings, parts in parts and charsets that do not contain ASCII are refused.

import { CHARSET_OTHER, charsetOf } from "../bytes/charset";
import { findControl } from "../bytes/scan";
import { spellsAnyCase } from "../bytes/text";
import { MULTIPART_ENCODING, MULTIPART_HEADER, UNSUPPORTED_CHARSET } from "../policy/outcomes.gen";
import { readDisposition } from "./disposition";

// What a line is.
export const DISPOSITION: u32 = 1;
export const TYPE: u32 = 2;
export const LENGTH: u32 = 4;
const ENCODING: u32 = 8;
export const OTHER: u32 = 0;

// The line that `readLine` has read: its value without blanks around it, and where the next one begins.
export let lineKind: u32 = 0;
export let lineValue: usize = 0;
export let lineEnd: usize = 0;
export let lineNext: usize = 0;

@inline
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}

/** Bytes of header names that occur: letters, digits, hyphen, underscore. */
@inline
function isNameByte(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 || byte == 0x2d || byte == 0x5f;
}

/** The kinds of lines that `readHeaders` has read, and whether one was of no kind. */
export let headerKinds: u32 = 0;
export let hasOthers: bool = false;

/** The media type of the part that `readHeaders` has read; no end: it names none. */
export let typeAt: usize = 0;
export let typeEnd: usize = 0;

/** Reads the line at `at` of headers that end before `end`, each line with its CRLF; may be scanned (bytes/scan.ts). */
export function readLine(at: usize, end: usize): bool {
  let p = at;
  while (p < end && isNameByte(<u32>load<u8>(p))) p++;
  const length = <u32>(p - at);
  if (length == 0 || p == end || load<u8>(p) != 0x3a) return false;
  lineValue = p + 1;
  while (isBlank(<u32>load<u8>(lineValue))) lineValue++;
  p = findControl(lineValue, end);
  if (p + 1 >= end || load<u16>(p) != 0x0a0d) return false;
  lineNext = p + 2;
  lineEnd = p;
  while (lineEnd > lineValue && isBlank(<u32>load<u8>(lineEnd - 1))) lineEnd--;
  lineKind = spellsAnyCase(at, length, "content-disposition")
    ? DISPOSITION
    : spellsAnyCase(at, length, "content-type")
      ? TYPE
      : spellsAnyCase(at, length, "content-length")
        ? LENGTH
        : spellsAnyCase(at, length, "content-transfer-encoding")
          ? ENCODING
          : OTHER;
  return true;
}

/** Whether the media type is fit for a part; one without a name is read as a body of it, and its charset then. Returns an outcome. */
function typeFault(at: usize, end: usize, isForm: bool): u32 {
  if (end - at >= 10 && spellsAnyCase(at, 10, "multipart/")) return MULTIPART_ENCODING;
  if (!isForm) return 0;
  let p = at;
  let seen = false;
  while (p < end) {
    while (p < end && load<u8>(p) != 0x3b) {
      // A semicolon in quotes, or what looks like one, could hide a charset.
      if (load<u8>(p) == 0x5c) return MULTIPART_HEADER;
      p++;
    }
    if (p == end) break;
    p++;
    while (p < end && isBlank(<u32>load<u8>(p))) p++;
    if (end - p < 7 || !spellsAnyCase(p, 7, "charset")) continue;
    p += 7;
    while (p < end && (isBlank(<u32>load<u8>(p)) || load<u8>(p) == 0x3d || load<u8>(p) == 0x22)) p++;
    let stop = p;
    while (stop < end && load<u8>(stop) != 0x3b && load<u8>(stop) != 0x22 && !isBlank(<u32>load<u8>(stop))) stop++;
    if (seen || !containsAscii(p, <u32>(stop - p))) return UNSUPPORTED_CHARSET;
    seen = true;
    p = stop;
  }
  return 0;
}

/** Whether a charset reads ASCII bytes as ASCII, whatever stands around them. */
export function containsAscii(at: usize, length: u32): bool {
  return charsetOf(at, length) != CHARSET_OTHER;
}

/** Reads all lines; an outcome. Afterwards the disposition of a part of a form is the one of the part (disposition.ts). */
export function readHeaders(at: usize, end: usize, isForm: bool): u32 {
  let kinds: u32 = 0;
  hasOthers = false;
  typeEnd = 0;
  while (at < end) {
    if (!readLine(at, end) || kinds & lineKind) return MULTIPART_HEADER;
    kinds |= lineKind;
    if (lineKind == DISPOSITION && !isForm) {
      // One of form-data, which no other begins like: some servers read its name whatever the body is called.
      if ((load<u8>(lineValue) | 0x20) == 0x66) return MULTIPART_HEADER;
      lineKind = OTHER;
    }
    if (lineKind == OTHER) hasOthers = true;
    if (lineKind == DISPOSITION && !readDisposition(lineValue, lineEnd)) return MULTIPART_HEADER;
    if (lineKind == TYPE) {
      const fault = typeFault(lineValue, lineEnd, isForm);
      if (fault) return fault;
      typeAt = lineValue;
      typeEnd = lineEnd;
    }
    if (lineKind == ENCODING) {
      const length = <u32>(lineEnd - lineValue);
      const isIdentity =
        spellsAnyCase(lineValue, length, "binary") ||
        spellsAnyCase(lineValue, length, "8bit") ||
        spellsAnyCase(lineValue, length, "7bit");
      if (!isIdentity) return MULTIPART_ENCODING;
    }
    at = lineNext;
  }
  headerKinds = kinds;
  return !isForm || kinds & DISPOSITION ? 0 : MULTIPART_HEADER;
}
