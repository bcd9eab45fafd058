// geo: a coordinate keeps some decimals; the rest is cut off, toward zero.
// Invariant: no digit is rounded, so a coordinate never moves into the neighbouring cell.

import { Buffer } from "../../bytes/buffer";
import { DONE, REDACT, UNCHANGED } from "../types";
import { fractionLength, integerLength, readDecimal, signLength } from "./decimal";

export function generalizeGeo(decimals: u32, at: usize, length: u32, out: Buffer): u32 {
  if (!readDecimal(at, length)) return REDACT;
  if (fractionLength <= decimals) return UNCHANGED;
  out.append(at, signLength + integerLength + (decimals == 0 ? 0 : 1 + decimals));
  return DONE;
}
