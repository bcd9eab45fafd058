// A JSON number as a point in time: 9 or 10 digits are seconds since 1970, 12 or 13 are milliseconds (1973 to 2286).
// Invariant: the unit stays; any other number is no time, since seconds and milliseconds could not be told apart.

import { Buffer } from "../../bytes/buffer";
import { allDigits, appendDecimal, parseDigits } from "../text";
import { DONE, REDACT } from "../types";
import { firstOfPeriod } from "./calendar";

export const SECONDS_A_DAY: u64 = 86400;

export function generalizeEpoch(month: bool, at: usize, length: u32, out: Buffer): u32 {
  if (!allDigits(at, length)) return REDACT;
  let day = SECONDS_A_DAY;
  if (length == 12 || length == 13) day *= 1000;
  else if (length != 9 && length != 10) return REDACT;
  appendDecimal(out, <u64>firstOfPeriod(<u32>(parseDigits(at, length) / day), month) * day, 1);
  return DONE;
}
