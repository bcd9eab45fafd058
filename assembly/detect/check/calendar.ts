// Dates in numbers: which days there are.

import { at, digits, number } from "./digits";

/** Whether the day exists; a year of 0 stands for an unknown one, in which February has 29 days. */
export function dayExists(year: u32, month: u32, day: u32): bool {
  if (month - 1 > 11 || day == 0) return false;
  if (month == 2) {
    const isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= (isLeap ? 29 : 28);
  }
  return day <= 30 + ((month + (month >> 3)) & 1);
}

/** Two collected digits as a number. */
@inline
export function two(from: u32): u32 {
  return at(from) * 10 + at(from + 1);
}

/** YYMMDD at `from`. */
@inline
export function yymmdd(from: u32): bool {
  return dayExists(two(from) + 2000, two(from + 2), two(from + 4)) || dayExists(two(from) + 1900, two(from + 2), two(from + 4));
}

/** DDMMYY at `from`. */
@inline
export function ddmmyy(from: u32): bool {
  return dayExists(two(from + 4) + 2000, two(from + 2), two(from)) || dayExists(two(from + 4) + 1900, two(from + 2), two(from));
}

/** YYYYMMDD at `from`, of a person that may live. */
@inline
export function yyyymmdd(from: u32): bool {
  const year = <u32>number(from, 4);
  return year >= 1880 && year < 2100 && dayExists(year, two(from + 4), two(from + 6));
}

/** A date in numbers: year first, or day and month in either order. Other spellings hold a letter and pass. */
export function date(text: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if ((<u32>load<u8>(text + i) | 0x20) - 0x61 < 26) return true;
  }
  // Digits up to the first separator say which part comes first.
  let lead: u32 = 0;
  while (lead < length && <u32>load<u8>(text + lead) - 0x30 < 10) lead++;
  let parts0: u32 = 0;
  let parts1: u32 = 0;
  let parts2: u32 = 0;
  let part: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = <u32>load<u8>(text + i) - 0x30;
    if (digit > 9) {
      if (part == 2) break;
      part++;
    } else if (part == 0) parts0 = parts0 * 10 + digit;
    else if (part == 1) parts1 = parts1 * 10 + digit;
    else parts2 = parts2 * 10 + digit;
  }
  if (lead == 4) return dayExists(parts0, parts1, parts2 == 0 ? 1 : parts2);
  if (part == 0) return digits(text, length) == 8 && yyyymmdd(0);
  return dayExists(parts2, parts1, parts0) || dayExists(parts2, parts0, parts1);
}
