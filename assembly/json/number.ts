// Numbers of RFC 8259, section 6, as a table of states. The spelling is checked and never changed.
// Invariant: resumable at any byte; `sub` is the state.

import { JSON_SYNTAX } from "../policy/outcomes.gen";
import { JsonState } from "./state";

export const NUMBER_START: u32 = 0;
const MINUS: u32 = 1; // a digit must follow
const ZERO: u32 = 2; // complete; no digit may follow
const INTEGER: u32 = 3; // complete
const POINT: u32 = 4; // a digit must follow
const FRACTION: u32 = 5; // complete
const EXPONENT: u32 = 6; // a sign or a digit must follow
const EXPONENT_SIGN: u32 = 7; // a digit must follow
const EXPONENT_DIGITS: u32 = 8; // complete

/** Whether a number may end in this state. */
export function numberMayEnd(state: u32): bool {
  return state == ZERO || state == INTEGER || state == FRACTION || state == EXPONENT_DIGITS;
}

@inline
function behindDigits(p: usize): usize {
  while (<u32>load<u8>(p) - 0x30 < 10) p++;
  return p;
}

/**
 * Behind the number at `p` when it is a plain decimal that surely ends in this chunk; 0 when only `scanNumber` can tell.
 * Behind the chunk stand zeros.
 */
@inline
export function behindDecimal(p: usize): usize {
  if (load<u8>(p) == 0x2d) p++;
  const first = <u32>load<u8>(p++) - 0x30;
  if (first >= 10) return 0;
  if (first) p = behindDigits(p);
  if (load<u8>(p) == 0x2e) {
    const from = ++p;
    p = behindDigits(p);
    if (p == from) return 0;
  }
  const next = <u32>load<u8>(p);
  // A digit is left where one stands behind a leading zero.
  return next == 0 || next - 0x30 < 10 || (next | 0x20) == 0x65 ? 0 : p;
}

/**
 * Reads on in a number from `p`. Returns the address of the first byte that is not of it, or 0: then either `error` is
 * set or the chunk ended, and the number may go on in the next one.
 */
export function scanNumber(s: JsonState, p: usize, end: usize): usize {
  let state = s.sub;
  while (true) {
    const byte = <u32>load<u8>(p);
    const digit = byte - 0x30 < 10;
    switch (state) {
      case NUMBER_START:
        if (byte == 0x2d) {
          state = MINUS;
          p++;
          continue;
        }
      // A number without a sign starts as one behind its sign.
      case MINUS:
        if (digit) {
          state = byte == 0x30 ? ZERO : INTEGER;
          p = byte == 0x30 ? p + 1 : behindDigits(p + 1);
          continue;
        }
        break;
      case INTEGER:
        if (digit) {
          p = behindDigits(p + 1);
          continue;
        }
      // Behind its integer part a number goes on in the same way, whether that was 0 or not.
      case ZERO:
        if (byte == 0x2e) {
          state = POINT;
          p++;
          continue;
        }
        if ((byte | 0x20) == 0x65) {
          state = EXPONENT;
          p++;
          continue;
        }
        break;
      case POINT:
        if (digit) {
          state = FRACTION;
          p = behindDigits(p + 1);
          continue;
        }
        break;
      case FRACTION:
        if (digit) {
          p = behindDigits(p + 1);
          continue;
        }
        if ((byte | 0x20) == 0x65) {
          state = EXPONENT;
          p++;
          continue;
        }
        break;
      case EXPONENT:
        if (byte == 0x2b || byte == 0x2d) {
          state = EXPONENT_SIGN;
          p++;
          continue;
        }
      // The sign of an exponent may be left out.
      case EXPONENT_SIGN:
        if (digit) {
          state = EXPONENT_DIGITS;
          p = behindDigits(p + 1);
          continue;
        }
        break;
      default:
        if (digit) {
          p = behindDigits(p + 1);
          continue;
        }
        break;
    }
    if (p >= end) {
      s.sub = state;
      return 0;
    }
    if (numberMayEnd(state)) {
      s.sub = NUMBER_START;
      return p;
    }
    s.error = JSON_SYNTAX;
    return 0;
  }
}
