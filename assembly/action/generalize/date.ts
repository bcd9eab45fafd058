// date: a day becomes the first of its year or of its month, a time becomes midnight UTC.
// 45 CFR 164.514(b)(2)(i)(C): of a date only the year may stay. Forms: YYYY, YYYY-MM, YYYYMMDD, YYYY-MM-DD, YYYY/MM/DD,
// DD.MM.YYYY, and DD/MM/YYYY or MM/DD/YYYY; behind each of ten characters a time as in RFC 3339; numbers also as epoch.
// Invariants: the result has the form and the length of the text; the calendar is checked, so 2023-02-30 is no date; a year
// alone says no more than the policy lets through and stays.

import { isDigit } from "../../bytes/text";
import { Buffer } from "../../bytes/buffer";
import { allDigits, parseDigits } from "../text";
import { DONE, FAILED, NUMBER, REDACT, UNCHANGED } from "../types";
import { daysInMonth } from "./calendar";
import { generalizeEpoch } from "./epoch";

const DATE_LENGTH: u32 = 10;
/** Where the digits of YYYY?MM?DD and of DD?MM?YYYY stand, a bit a character. */
const YEAR_FIRST: u32 = 0b1101101111;
const YEAR_LAST: u32 = 0b1111011011;

/** Keeps the year, or with `month` the year and the month. */
export function generalizeDate(month: bool, type: u32, at: usize, length: u32, out: Buffer): u32 {
  if (length == 4 && allDigits(at, 4)) return UNCHANGED;
  if (length == 8 && allDigits(at, 8)) {
    return isDay(at, at + 4, at + 6) ? replace(month, 4, 6, at, length, out) : REDACT;
  }
  if (type == NUMBER) return generalizeEpoch(month, at, length, out);
  if (length == 7 && allDigits(at, 4) && load<u8>(at, 4) == 0x2d && isPair(at + 5, 1, 12)) {
    return month ? UNCHANGED : replace(false, 5, 5, at, length, out);
  }
  if (length < DATE_LENGTH || (length > DATE_LENGTH && !isTime(at + DATE_LENGTH, length - DATE_LENGTH))) return REDACT;
  let digits: u32 = 0;
  for (let i: u32 = 0; i < DATE_LENGTH; i++) digits |= <u32>isDigit(load<u8>(at + i)) << i;
  if (digits == YEAR_FIRST) {
    const separator = load<u8>(at, 4);
    if ((separator != 0x2d && separator != 0x2f) || load<u8>(at, 7) != separator) return REDACT;
    return isDay(at, at + 5, at + 8) ? replace(month, 5, 8, at, length, out) : REDACT;
  }
  if (digits != YEAR_LAST || load<u8>(at, 2) != load<u8>(at, 5)) return REDACT;
  const separator = load<u8>(at, 2);
  const dayFirst = (separator == 0x2e || separator == 0x2f) && isDay(at + 6, at + 3, at);
  const monthFirst = separator == 0x2f && isDay(at + 6, at, at + 3);
  // 03/04/2020: which half is the day cannot be told, and the wrong one would keep it.
  if (dayFirst && monthFirst && month) return REDACT;
  if (dayFirst) return replace(month, 3, 0, at, length, out);
  return monthFirst ? replace(month, 0, 3, at, length, out) : REDACT;
}

/** Writes the value with 01 for the day, for the month as well unless it stays, and with the time of midnight UTC. */
function replace(keepMonth: bool, month: u32, day: u32, at: usize, length: u32, out: Buffer): u32 {
  if (!out.reserve(length)) return FAILED;
  out.append(at, length);
  const to = out.at + out.length - length;
  store<u16>(to + day, 0x3130);
  if (!keepMonth) store<u16>(to + month, 0x3130);
  for (let i = DATE_LENGTH + 1; i < length; i++) {
    const byte = <u32>load<u8>(to + i);
    if (isDigit(byte)) store<u8>(to + i, 0x30);
    else if (byte == 0x2d) store<u8>(to + i, 0x2b);
  }
  return DONE;
}

/** True when month and day are of the calendar; the year is four digits. */
export function isDay(year: usize, month: usize, day: usize): bool {
  if (!isPair(month, 1, 12)) return false;
  return isPair(day, 1, daysInMonth(<i32>parseDigits(year, 4), <u32>parseDigits(month, 2)));
}

/** True when two digits at `at` spell a number from `low` to `high`. */
export function isPair(at: usize, low: u32, high: u32): bool {
  if (!allDigits(at, 2)) return false;
  const value = <u32>parseDigits(at, 2);
  return value >= low && value <= high;
}

/** RFC 3339, section 5.6, from the separator on; seconds and the offset may be missing, as in ISO 8601. */
export function isTime(at: usize, length: u32): bool {
  const separator = <u32>load<u8>(at);
  if (length < 6 || ((separator | 0x20) != 0x74 && separator != 0x20)) return false;
  const end = at + length;
  if (!isPair(at + 1, 0, 23) || load<u8>(at, 3) != 0x3a || !isPair(at + 4, 0, 59)) return false;
  let p = at + 6;
  if (p + 3 <= end && load<u8>(p) == 0x3a) {
    if (!isPair(p + 1, 0, 60)) return false;
    p += 3;
    if (p < end && load<u8>(p) == 0x2e) {
      const fraction = ++p;
      while (p < end && isDigit(load<u8>(p))) p++;
      if (p == fraction) return false;
    }
  }
  if (p == end) return true;
  const zone = <u32>load<u8>(p);
  if ((zone | 0x20) == 0x7a) return p + 1 == end;
  if ((zone != 0x2b && zone != 0x2d) || p + 6 != end) return false;
  return isPair(p + 1, 0, 23) && load<u8>(p, 3) == 0x3a && isPair(p + 4, 0, 59);
}
