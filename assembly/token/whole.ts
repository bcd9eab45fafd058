// JSON numbers as tokens: plain non-negative integers, whose tokens have as many digits, no leading zero (RFC 8259,
// section 6), and are at most 2^53 - 1 exactly when the original is, so that every reader holds both or neither.
// Invariants: the digits in front of and behind the middle are kept; the class of a number is a set of middles, and a
// digit that a check sum solves has no part in it: numbers which that digit alone would move across 2^53 - 1 have no
// class. So the walk through the class is the same whatever that digit becomes.

import { FF1_MIN_DOMAIN } from "../crypto/ff1";

const GREATEST: u64 = 9007199254740991;
/** Its digits. */
const WIDTH: u32 = 16;
/** Fewer digits never make 1,000,000 numbers. */
const LEAST_FREE: u32 = 6;

export const NO_CLASS: u32 = 0;
export const SAFE: u32 = 1;
export const UNSAFE: u32 = 2;

function power(exponent: u32): u64 {
  let result: u64 = 1;
  while (exponent-- != 0) result *= 10;
  return result;
}

/** The class of the integer of `n` digits at `at`, of which the one `n - last - 1` is solved when `isSolved`. */
export function classOf(at: usize, n: u32, last: u32, isSolved: bool): u32 {
  if (load<u8>(at) == 0x30) return NO_CLASS;
  if (n != WIDTH) return n < WIDTH ? SAFE : UNSAFE;
  let least: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    least = least * 10 + (isSolved && i == n - last - 1 ? 0 : load<u8>(at + i) - 0x30);
  }
  if (least > GREATEST) return UNSAFE;
  return least + (isSolved ? 9 * power(last) : 0) <= GREATEST ? SAFE : NO_CLASS;
}

/** Whether that class has 1,000,000 numbers with the same `first` and `last` digits. */
export function isRoomy(at: usize, n: u32, first: u32, last: u32, isSolved: bool): bool {
  const free = n - first - last - u32(isSolved);
  if (free < LEAST_FREE) return false;
  // The middles from `from` to before `to` are the class.
  let from: u64 = 0;
  if (first == 0) {
    if (free > WIDTH) return true;
    from = power(free - 1);
  }
  if (n != WIDTH) return free > WIDTH || power(free) - from >= FF1_MIN_DOMAIN;
  let to = power(free);
  let base: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    base = base * 10 + (i < first || i >= n - last ? load<u8>(at + i) - 0x30 : 0);
  }
  const unit = power(last + u32(isSolved));
  if (classOf(at, n, last, isSolved) == SAFE) {
    to = min(to, middles(base + (isSolved ? 9 * power(last) : 0), unit));
  } else from = max(from, middles(base, unit));
  return to > from && to - from >= FF1_MIN_DOMAIN;
}

/** How many middles keep base + middle * unit at most 2^53 - 1. */
function middles(base: u64, unit: u64): u64 {
  return base > GREATEST ? 0 : (GREATEST - base) / unit + 1;
}
