// Europe, numbers with letters in them.

import { dayExists, two } from "./calendar";
import { COLLECTED, at, digits, number, numeric, placeIn, symbols, value, weighted } from "./digits";

/** HMRC: prefixes that are not used. The shape is the pattern's matter. */
export function ukNino(text: usize, length: u32): bool {
  symbols(text, length);
  const a = at(0);
  const b = at(1);
  const pair = (a << 8) | b;
  return (
    b != 0x4f && // no O
    pair != 0x4247 && // BG
    pair != 0x4742 && // GB
    pair != 0x4b4e && // KN
    pair != 0x4e4b && // NK
    pair != 0x4e54 && // NT
    pair != 0x544e && // TN
    pair != 0x5a5a // ZZ
  );
}

/** ICAO 9303, part 3: weights 7 3 1 over letters and digits, the last one the check digit. */
export function icao(text: usize, length: u32): bool {
  const count = symbols(text, length);
  let sum: u32 = 0;
  for (let i: u32 = 0; i + 1 < count; i++) sum += value(i) * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
  return count > 2 && sum % 10 == value(count - 1);
}

const RVNR = memory.data<u8>([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);

/** VKVV, paragraph 4: area, date of birth, letter as two digits, serial; digits of each product added. */
export function deSocialSecurity(text: usize, length: u32): bool {
  if (symbols(text, length) != 12) return false;
  const letter = at(8) - 0x40;
  const day = (value(2) * 10 + value(3)) % 50;
  const month = value(4) * 10 + value(5);
  if (letter - 1 > 25 || day > 31 || month == 0 || month > 12) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 12; i++) {
    const digit = i < 8 ? value(i) : i == 8 ? letter / 10 : i == 9 ? letter % 10 : value(i - 1);
    const product = digit * <u32>load<u8>(RVNR + i);
    sum += product / 10 + (product % 10);
  }
  return sum % 10 == value(11);
}

/** SGB V, paragraph 290: letter as two digits, weights 1 and 2, digits of each product added. */
export function deHealthInsurance(text: usize, length: u32): bool {
  if (symbols(text, length) != 10) return false;
  const letter = at(0) - 0x40;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 10; i++) {
    const digit = i == 0 ? letter / 10 : i == 1 ? letter % 10 : value(i - 1);
    const product = digit * (1 + (i & 1));
    sum += product / 10 + (product % 10);
  }
  return sum % 10 == value(9);
}

/** Physicians of the German health insurers: weights 4 and 9 over six digits. */
export function deLanr(text: usize, length: u32): bool {
  if (digits(text, length) != 9) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 6; i++) sum += at(i) * ((i & 1) == 0 ? 4 : 9);
  return (10 - (sum % 10)) % 10 == at(6);
}

/** INSEE: 97 less the rest of thirteen digits; Corsica's 2A and 2B count as 19 and 18. */
export function frNir(text: usize, length: u32): bool {
  if (symbols(text, length) != 15) return false;
  const island = at(6);
  if (island == 0x41 || island == 0x42) {
    store<u8>(COLLECTED + 5, 0x31);
    store<u8>(COLLECTED + 6, island == 0x41 ? 0x39 : 0x38);
  }
  return numeric(0, 15) && 97 - (number(0, 13) % 97) == number(13, 2);
}

// Decreto ministeriale 23 December 1976: values of the characters in odd places, from 0 or A.
const ODD = memory.data<u8>([1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]);

export function itFiscalCode(text: usize, length: u32): bool {
  if (symbols(text, length) != 16) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 15; i++) {
    const index = at(i) >= 0x41 ? at(i) - 0x41 : at(i) - 0x30;
    sum += (i & 1) == 0 ? <u32>load<u8>(ODD + index) : index;
  }
  if ((sum % 26) + 0x41 != at(15)) return false;
  // 40 is added to the day of birth of a woman.
  const written = omocodic(9) * 10 + omocodic(10);
  const day = written > 40 ? written - 40 : written;
  const year = omocodic(6) * 10 + omocodic(7);
  const month = 1 + placeIn("ABCDEHLMPRST", at(8));
  return dayExists(1900 + year, month, day) || dayExists(2000 + year, month, day);
}

/** A digit, or the letter that takes its place where two persons would have the same code. */
function omocodic(index: u32): u32 {
  return at(index) < 0x41 ? at(index) - 0x30 : placeIn("LMNPQRSTUV", at(index));
}

const NIF = "TRWAGMYFPDXBNJZSQVHLCKE";

/** DNI of eight digits, or NIE, whose X, Y, Z count as 0, 1, 2. */
export function esNif(text: usize, length: u32): bool {
  const count = symbols(text, length);
  if (count < 8 || count > 9) return false;
  const check = at(count - 1);
  if (at(0) >= 0x58) store<u8>(COLLECTED, at(0) - 0x58 + 0x30);
  return numeric(0, count - 1) && <u32>NIF.charCodeAt(<i32>(number(0, count - 1) % 23)) == check;
}

const CIF = "JABCDEFGHI";

/** Letter, seven digits, and a digit or a letter from their Luhn sum. */
export function esCif(text: usize, length: u32): bool {
  if (symbols(text, length) != 9) return false;
  const check = at(8);
  if (!numeric(1, 8)) return false;
  let sum: u32 = 0;
  for (let i: u32 = 1; i < 8; i++) {
    const digit = at(i);
    sum += (i & 1) == 1 ? (digit < 5 ? digit << 1 : (digit << 1) - 9) : digit;
  }
  const right = (10 - (sum % 10)) % 10;
  return check == 0x30 + right || check == <u32>CIF.charCodeAt(<i32>right);
}

const HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY";

/** Date of birth and serial modulo 31. */
export function fiHetu(text: usize, length: u32): bool {
  const check = <u32>load<u8>(text + length - 1);
  if (digits(text, 6) != 6) return false;
  const day = two(0);
  const month = two(2);
  if (!dayExists(2000, month, day)) return false;
  const date = number(0, 6);
  if (digits(text + 7, 3) != 3) return false;
  const serial = number(0, 3);
  const index = <i32>((date * 1000 + serial) % 31);
  return serial >= 2 && <u32>HETU.charCodeAt(index) == (check - 0x61 < 26 ? check - 0x20 : check);
}

const PPSN = memory.data<u8>([8, 7, 6, 5, 4, 3, 2]);

/** Seven digits and one or two letters, modulo 23. */
export function iePpsn(text: usize, length: u32): bool {
  const count = symbols(text, length);
  if (count != 8 && count != 9) return false;
  const check = at(7);
  // The letters of the years before 2013, T, W and X, do not count.
  const second = count == 9 && at(8) < 0x54 ? (at(8) - 0x40) * 9 : 0;
  if (!numeric(0, 7)) return false;
  const rest = (weighted(PPSN, 7) + second) % 23;
  return check == (rest == 0 ? 0x57 : 0x40 + rest);
}
