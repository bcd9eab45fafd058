// date: a day becomes the first of its year or of its month, a time becomes midnight UTC.
// 45 CFR 164.514(b)(2)(i)(C): of a date only the year may stay. Forms: ISO 8601 (extended with - or /, basic YYYYMMDD,
// YYYY-MM, YYYY), DD.MM.YYYY, and DD/MM/YYYY or MM/DD/YYYY, each full date with or without a time (RFC 3339 shape).
// Invariants: the result has the form and the length of the value; the calendar is checked, so 2023-02-30 is no date.

import { Buffer } from "../../bytes/buffer";
import { isDigit, parseDigits } from "../text";
import { DONE, NUMBER, REDACT, UNCHANGED } from "../types";
import { generalizeEpoch } from "./epoch";

const DATE_LENGTH: u32 = 10;

export function generalizeDate(month: bool, type: u32, at: usize, length: u32, out: Buffer): u32 {
  // A year says no more than the policy lets through.
  if (length == 4 && shaped(at, 0)) return UNCHANGED;
  if (length == 7 && shaped(at, 0) && load<u8>(at, 4) == 0x2d && pair(at + 5) - 1 < 12) {
    if (month) return UNCHANGED;
    out.append(at, length);
    setFirst(out, 5);
    return DONE;
  }
  if (length == 8 && isDay(at, 0, 4, 6)) return write(month ? NONE : 4, 6, at, length, out);
  if (type == NUMBER) return generalizeEpoch(month, at, length, out);
  if (length < DATE_LENGTH || (length > DATE_LENGTH && !isTime(at + DATE_LENGTH, length - DATE_LENGTH))) return REDACT;
  const first = load<u8>(at, 2);
  const separator = first == 0x2e || first == 0x2f ? first : load<u8>(at, 4);
  if (load<u8>(at, 4) == separator && load<u8>(at, 7) == separator && separator != 0x2e) {
    if (separator != 0x2d && separator != 0x2f) return REDACT;
    return isDay(at, 0, 5, 8) ? write(month ? NONE : 5, 8, at, length, out) : REDACT;
  }
  if (first != separator || load<u8>(at, 5) != separator) return REDACT;
  const dayFirst = isDay(at, 6, 3, 0);
  if (separator == 0x2e) return dayFirst ? write(month ? NONE : 3, 0, at, length, out) : REDACT;
  const monthFirst = isDay(at, 6, 0, 3);
  if (!dayFirst && !monthFirst) return REDACT;
  if (!month) return write(0, 3, at, length, out);
  // 03/04: which half is the day cannot be told, and the wrong one would keep it.
  if (dayFirst && monthFirst) return REDACT;
  return write(NONE, dayFirst ? 0 : 3, at, length, out);
}
