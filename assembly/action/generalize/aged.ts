// date up to an age: the year stays, but earlier ones become that in which whoever has reached the age was born at the latest.
// 45 CFR 164.514(b)(2)(i)(C): years that tell an age over 89 are one category, 90 or older.
// Invariants: no year before that one comes out; an action asks no host, so whoever admits a stream says what year it is, and
// while nobody has said so every date is redacted.

import { Buffer } from "../../bytes/buffer";
import { allDigits, appendDecimal, parseDigits } from "../text";
import { DONE, NUMBER, REDACT, UNCHANGED } from "../types";
import { firstOfMonth, monthOf } from "./calendar";
import { generalizeDate } from "./date";
import { SECONDS_A_DAY } from "./epoch";

let currentYear: u32 = 0;

/** Says what time it is, in seconds since 1970; 0 when nobody knows. */
export function tellTime(seconds: u64): void {
  currentYear = seconds == 0 ? 0 : monthOf(<u32>(seconds / SECONDS_A_DAY)) >> 4;
}

export function generalizeAged(age: u32, type: u32, at: usize, length: u32, out: Buffer): u32 {
  if (currentYear <= age) return REDACT;
  const earliest = currentYear - age;
  const verdict = generalizeDate(false, type, at, length, out);
  if (verdict != DONE && verdict != UNCHANGED) return verdict;
  if (type == NUMBER && length > 8) return moveEpoch(earliest, length, out);
  // A year stands first, but in DD.MM.YYYY.
  const year: u32 = allDigits(at, 4) ? 0 : 6;
  if (<u32>parseDigits(at + year, 4) >= earliest) return verdict;
  if (verdict == UNCHANGED) out.append(at, length);
  if (out.failed) return DONE;
  for (let i: u32 = 4, rest = earliest; i > 0; rest /= 10) store<u8>(out.at + year + --i, 0x30 + (rest % 10));
  return DONE;
}

/** The same with the start of a year as seconds, or milliseconds, since 1970. */
function moveEpoch(earliest: u32, length: u32, out: Buffer): u32 {
  // No point in time that is read as one lies before 1970.
  if (earliest <= 1970 || out.failed) return DONE;
  const start = <u64>firstOfMonth(earliest, 1) * (length > 10 ? SECONDS_A_DAY * 1000 : SECONDS_A_DAY);
  if (parseDigits(out.at, out.length) >= start) return DONE;
  out.length = 0;
  appendDecimal(out, start, 1);
  return DONE;
}
