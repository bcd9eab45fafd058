// date: a day becomes another day, a time another second, in the spelling of the original: YYYY-MM-DD, YYYYMMDD,
// DD.MM.YYYY, MM/DD/YYYY or DD/MM/YYYY, and YYYY-MM-DD with a time to the second as in RFC 3339.
// Days are those of the years 1000 to 9999: fewer would not make 1,000,000, the least that may be permuted (SP 800-38G
// Rev. 1, section 5.2), so tokens lie far in past and future. Times are the seconds of the years 1900 to 2099; fraction
// and offset stay.
// Invariants: a date that is not in the calendar, or a leap second, does not fit: it would become valid. Between slashes,
// 03/04/2020 is a date in both orders and stays one in both; 25/12/2020 and 12/25/2020 are dates in one order and stay so.
// The calendar divides: its time may depend on the date, the permutation's does not.

import { daysInMonth, firstOfMonth, monthOf } from "../action/generalize/calendar";
import { isDay, isPair, isTime } from "../action/generalize/date";
import { allDigits, parseDigits } from "../action/text";
import { keep, permuteNumber } from "./permutation";

const DATE: u32 = 10;
const MONTHS: u64 = 12;
const FIRST_YEAR: u32 = 1000;
const YEARS: u64 = 9000;
const FIRST_TIME_YEAR: u32 = 1900;
const END_TIME_YEAR: u32 = 2100;
const SECONDS_A_DAY: u64 = 86400;

export function date(at: usize, length: u32, to: usize): bool {
  if (length == 8) return isDate(at, at + 4, at + 6) && days(at, 0, 4, 6, false, to);
  if (length < DATE) return false;
  const separator = <u32>load<u8>(at, 2);
  if (length > DATE) return isDashed(at) && isTime(at + DATE, length - DATE) && times(at, length, to);
  if (isDashed(at)) return days(at, 0, 5, 8, false, to);
  if (separator != <u32>load<u8>(at, 5)) return false;
  if (separator == 0x2e) return isDate(at + 6, at + 3, at) && days(at, 6, 3, 0, false, to);
  if (separator != 0x2f) return false;
  const dayFirst = isDate(at + 6, at + 3, at);
  const monthFirst = isDate(at + 6, at, at + 3);
  if (dayFirst && monthFirst) return pairs(at, to);
  if (dayFirst) return days(at, 6, 3, 0, true, to);
  return monthFirst && days(at, 6, 0, 3, true, to);
}

function isDashed(at: usize): bool {
  return load<u8>(at, 4) == 0x2d && load<u8>(at, 7) == 0x2d && isDate(at, at + 5, at + 8);
}

function isDate(year: usize, month: usize, day: usize): bool {
  return allDigits(year, 4) && load<u8>(year) != 0x30 && isDay(year, month, day);
}

@inline
function numberAt(at: usize, width: u32): u32 {
  return <u32>parseDigits(at, width);
}

function put(at: usize, value: u32, width: u32): void {
  while (width-- != 0) {
    const tenth = value / 10;
    store<u8>(at + width, 0x30 + value - tenth * 10);
    value = tenth;
  }
}

function dayAt(at: usize, year: u32, month: u32, day: u32): u32 {
  return firstOfMonth(numberAt(at + year, 4), numberAt(at + month, 2)) + numberAt(at + day, 2) - 1;
}

function putDay(to: usize, year: u32, month: u32, day: u32, number: u32): void {
  const found = monthOf(number);
  put(to + year, found >> 4, 4);
  put(to + month, found & 15, 2);
  put(to + day, number - firstOfMonth(found >> 4, found & 15) + 1, 2);
}

/** Permutes all days, or with `late` those behind the 12th. */
function days(at: usize, year: u32, month: u32, day: u32, late: bool, to: usize): bool {
  const start = firstOfMonth(FIRST_YEAR, 1);
  let number = <u64>(dayAt(at, year, month, day) - start);
  do {
    number = permuteNumber(number, firstOfMonth(FIRST_YEAR + <u32>YEARS, 1) - start);
    if (number == u64.MAX_VALUE) return false;
    putDay(to, year, month, day, start + <u32>number);
  } while (late && numberAt(to + day, 2) <= 12);
  return true;
}

/** Permutes the dates whose day and month could change places. */
function pairs(at: usize, to: usize): bool {
  const pair = (numberAt(at, 2) - 1) * MONTHS + numberAt(at + 3, 2) - 1;
  const number = permuteNumber(pair * YEARS + numberAt(at + 6, 4) - FIRST_YEAR, MONTHS * MONTHS * YEARS);
  if (number == u64.MAX_VALUE) return false;
  const found = <u32>(number / YEARS);
  put(to, found / <u32>MONTHS + 1, 2);
  put(to + 3, found % <u32>MONTHS + 1, 2);
  put(to + 6, FIRST_YEAR + <u32>(number % YEARS), 4);
  return true;
}

function times(at: usize, length: u32, to: usize): bool {
  const year = numberAt(at, 4);
  if (year < FIRST_TIME_YEAR || year >= END_TIME_YEAR) return false;
  if (length < 19 || load<u8>(at, 16) != 0x3a || !isPair(at + 17, 0, 59)) return false;
  for (let i: u32 = 19; i < length; i++) keep(load<u8>(at + i));
  const start = firstOfMonth(FIRST_TIME_YEAR, 1);
  const seconds = (numberAt(at + 11, 2) * 60 + numberAt(at + 14, 2)) * 60 + numberAt(at + 17, 2);
  const number = permuteNumber(
    <u64>(dayAt(at, 0, 5, 8) - start) * SECONDS_A_DAY + seconds,
    <u64>(firstOfMonth(END_TIME_YEAR, 1) - start) * SECONDS_A_DAY,
  );
  if (number == u64.MAX_VALUE) return false;
  putDay(to, 0, 5, 8, start + <u32>(number / SECONDS_A_DAY));
  const second = <u32>(number % SECONDS_A_DAY);
  put(to + 11, second / 3600, 2);
  put(to + 14, (second / 60) % 60, 2);
  put(to + 17, second % 60, 2);
  return true;
}
