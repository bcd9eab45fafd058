// zip: a postal code keeps its first characters; hidden digits become 0, hidden letters X, separators stay.
// 45 CFR 164.514(b)(2)(i)(B): three digits of a US code may stay unless their area is restricted, then none.
// Invariants: at least one character is hidden; the areas are looked up for every code that begins with three digits, since
// nothing in it tells its country; up to five digits are a US code that may have lost its leading zeros, so 2138 is 02138.

import { isDigit } from "../../bytes/text";
import { Buffer } from "../../bytes/buffer";
import { allDigits, parseDigits } from "../text";
import { DONE, NUMBER, REDACT } from "../types";

const US_DIGITS: u32 = 5;
const AREA_DIGITS: u32 = 3;
/** The longest code in use: ten digits and a hyphen (Iran). Longer text is an address, not a code. */
const MAX_LENGTH: u32 = 11;

export function generalizeZip(
  keep: u32,
  areas: usize,
  count: u32,
  type: u32,
  at: usize,
  length: u32,
  out: Buffer,
): u32 {
  const digitsOnly = allDigits(at, length);
  if (type == NUMBER && (!digitsOnly || length > US_DIGITS)) return REDACT;
  const lost = digitsOnly && length < US_DIGITS ? US_DIGITS - length : 0;
  if (length > MAX_LENGTH || !isCode(at, length)) return REDACT;
  const area = areaOf(at, length, lost);
  if (area >= 0 && isRestricted(areas, count, area)) keep = 0;
  keep = keep > lost ? keep - lost : 0;
  // A number of zeros only is 0: more of them are not JSON.
  if (type == NUMBER && keep == 0) {
    out.byte(0x30);
    return DONE;
  }
  let seen: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isSeparator(byte)) out.byte(byte);
    else out.byte(seen++ < keep ? byte : isDigit(byte) ? 0x30 : 0x58);
  }
  return seen > keep ? DONE : REDACT;
}

/** ASCII letters, digits and separators, with a digit among them: every country's codes have one, names have none. */
function isCode(at: usize, length: u32): bool {
  let digits: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isDigit(byte)) digits++;
    else if (!isSeparator(byte) && (byte | 0x20) - 0x61 >= 26) return false;
  }
  return digits > 0;
}

/** The number that the first three characters spell behind `lost` zeros; -1 when they are not three digits. */
function areaOf(at: usize, length: u32, lost: u32): i32 {
  if (lost != 0) return <i32>(parseDigits(at, length) / 100);
  let area: i32 = 0;
  let digits: u32 = 0;
  for (let i: u32 = 0; i < length && digits < AREA_DIGITS; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isSeparator(byte)) continue;
    if (!isDigit(byte)) return -1;
    area = area * 10 + <i32>(byte - 0x30);
    digits++;
  }
  return digits == AREA_DIGITS ? area : -1;
}

@inline
function isSeparator(byte: u32): bool {
  return byte == 0x20 || byte == 0x2d;
}

function isRestricted(areas: usize, count: u32, area: i32): bool {
  for (let i: u32 = 0; i < count; i++) if (<i32>load<u16>(areas + (<usize>i << 1)) == area) return true;
  return false;
}
