// The Americas: numbers of persons, taxpayers and medical providers.

import { dayExists, two } from "./calendar";
import { at, digits, number, numeric, symbols, uniform, value, weighted } from "./digits";
import { luhnHolds } from "./luhn";

/** SSA: areas 000, 666 and 900-999, group 00 and serial 0000 were never given out; some numbers stand for all. */
export function ssn(text: usize, length: u32): bool {
  if (digits(text, length) != 9 || uniform(9)) return false;
  // One kind of separator, in both places or in none.
  if (length == 11 && load<u8>(text, 3) != load<u8>(text, 6)) return false;
  const area = <u32>number(0, 3);
  if (area == 0 || area == 666 || area >= 900 || number(3, 2) == 0 || number(5, 4) == 0) return false;
  const whole = <u32>number(0, 9);
  return whole != 78051120 && whole != 219099999 && whole != 457555462 && whole != 123456789;
}

/** CMS: Luhn over the number behind the prefix 80840. */
export function npi(text: usize, length: u32): bool {
  if (digits(text, length) != 10 || uniform(9) || (at(0) != 1 && at(0) != 2)) return false;
  // The prefix adds 24 to the sum: luhnHolds is asked for a sum that ends in 6.
  let sum: u32 = 24;
  for (let i: u32 = 0; i < 10; i++) {
    const digit = at(i);
    sum += (i & 1) == 0 ? (digit < 5 ? digit << 1 : (digit << 1) - 9) : digit;
  }
  return sum % 10 == 0;
}

/** DEA: two letters, seven digits, the last one of them from the other six. */
export function dea(text: usize, length: u32): bool {
  const count = digits(text + 2, length - 2);
  return count == 7 && !uniform(7) && (at(0) + at(2) + at(4) + 2 * (at(1) + at(3) + at(5))) % 10 == at(6);
}

export function caSin(text: usize, length: u32): bool {
  return digits(text, length) == 9 && at(0) != 0 && at(0) != 8 && !uniform(9) && luhnHolds(0, 9);
}

/** Digit `count` of a Brazilian number: weights from `top` down to 2, going round at 9 where `isRound`. */
function brazilian(count: u32, isRound: bool): bool {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const weight = count + 1 - i;
    sum += at(i) * (isRound && weight > 9 ? weight - 8 : weight);
  }
  const rest = sum % 11;
  return at(count) == (rest < 2 ? 0 : 11 - rest);
}

export function brCpf(text: usize, length: u32): bool {
  return digits(text, length) == 11 && !uniform(11) && brazilian(9, false) && brazilian(10, false);
}

/** Brazil: number of a worker's social integration programme. */
export function brPis(text: usize, length: u32): bool {
  return digits(text, length) == 11 && !uniform(11) && brazilian(10, true);
}

export function brCnpj(text: usize, length: u32): bool {
  return digits(text, length) == 14 && !uniform(14) && brazilian(12, true) && brazilian(13, true);
}

// RENAPO: values of the characters in the alphabet 0-9A-NÑO-Z, in which letters behind N stand one higher.
export function mxCurp(text: usize, length: u32): bool {
  if (symbols(text, length) != 18) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 17; i++) {
    const byte = at(i);
    sum += (byte > 0x4e ? value(i) + 1 : value(i)) * (18 - i);
  }
  if ((10 - (sum % 10)) % 10 != value(17) || !isState(11)) return false;
  // A letter before the check digit is that of someone born in this century.
  const century: u32 = at(16) < 0x41 ? 1900 : 2000;
  return numeric(4, 10) && dayExists(century + two(4), two(6), two(8));
}

/** The states of Mexico as RENAPO writes them, and NE for those who were born abroad. */
const STATES = "ASBCBSCCCHCLCMCSDFDGGRGTHGJCMCMNMSNENLNTOCPLQRQTSLSPSRTCTLTSVZYNZS";

function isState(from: u32): bool {
  for (let i = 0; i < STATES.length; i += 2) {
    if (<u32>STATES.charCodeAt(i) == at(from) && <u32>STATES.charCodeAt(i + 1) == at(from + 1)) return true;
  }
  return false;
}

const NIT = memory.data<u8>([41, 37, 29, 23, 19, 17, 13, 7, 3]);

/** Colombia, DIAN: weights of primes, mod 11. */
export function coNit(text: usize, length: u32): bool {
  if (digits(text, length) != 10 || uniform(10)) return false;
  const rest = weighted(NIT, 9) % 11;
  return at(9) == (rest < 2 ? rest : 11 - rest);
}

/** Chile: weights 2 to 7 from the right, mod 11, K for 10. */
export function clRut(text: usize, length: u32): bool {
  const count = symbols(text, length);
  let sum: u32 = 0;
  for (let i: u32 = 0; i + 1 < count; i++) sum += value(count - 2 - i) * (2 + (i % 6));
  const check = (11 - (sum % 11)) % 11;
  return count > 7 && at(count - 1) == (check == 10 ? 0x4b : 0x30 + check);
}

const CUIT = memory.data<u8>([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);

export function arCuit(text: usize, length: u32): bool {
  return digits(text, length) == 11 && !uniform(11) && (11 - (weighted(CUIT, 10) % 11)) % 11 == at(10);
}
