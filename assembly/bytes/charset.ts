// Charsets by their labels (IANA character sets, WHATWG Encoding), as far as bodies in them can be read.
// Invariant: a label that is not listed is OTHER. UTF-7, ISO-2022 and HZ spell other texts in ASCII bytes, UTF-16 and EBCDIC
// spell ASCII in other bytes: none of them is listed.

import { spellsAnyCase, spellsOneOf } from "./text";

export const CHARSET_UTF8: u32 = 0;
export const CHARSET_ASCII: u32 = 1;
export const CHARSET_LATIN1: u32 = 2;
export const CHARSET_WINDOWS: u32 = 3; // windows-1252
/** One of another region, of which ASCII is read. */
export const CHARSET_REGIONAL: u32 = 4;
export const CHARSET_OTHER: u32 = 5;

/** Whether the bytes are the number of a part of ISO 8859. */
function isNumber(at: usize, length: u32): bool {
  if (length == 0 || length > 2 || load<u8>(at) == 0x30) return false;
  for (let i: u32 = 0; i < length; i++) if (<u32>load<u8>(at + i) - 0x30 > 9) return false;
  return true;
}

/** The charset that a label names. */
export function charsetOf(at: usize, length: u32): u32 {
  if (spellsOneOf(at, length, "utf-8 utf8 ")) return CHARSET_UTF8;
  if (spellsOneOf(at, length, "iso-8859-1 latin1 ")) return CHARSET_LATIN1;
  if (spellsOneOf(at, length, "windows-1252 cp1252 ")) return CHARSET_WINDOWS;
  if (spellsOneOf(at, length, "us-ascii ascii ")) return CHARSET_ASCII;
  if (length > 9 && spellsAnyCase(at, 9, "iso-8859-") && isNumber(at + 9, length - 9)) return CHARSET_REGIONAL;
  if (length == 12 && spellsAnyCase(at, 11, "windows-125") && <u32>load<u8>(at + 11) - 0x30 < 9) return CHARSET_REGIONAL;
  return CHARSET_OTHER;
}
