// Asia, the Pacific and Africa: numbers of persons, taxpayers and companies.

import { yymmdd, yyyymmdd } from "./calendar";
import { COLLECTED, DOWN10, at, digits, number, numeric, placeIn, symbols, uniform, value, weighted } from "./digits";
import { mod112 } from "./iso7064";
import { luhnHolds } from "./luhn";

const TFN = memory.data<u8>([1, 4, 3, 7, 5, 8, 6, 9, 10]);
const TFN8 = memory.data<u8>([10, 7, 8, 4, 6, 3, 5, 1]);
const ABN = memory.data<u8>([10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
const ACN = memory.data<u8>([8, 7, 6, 5, 4, 3, 2, 1]);
const MEDICARE = memory.data<u8>([1, 3, 7, 9, 1, 3, 7, 9]);
const IRD = memory.data<u8>([3, 2, 7, 6, 5, 4, 3, 2]);
const IRD_AGAIN = memory.data<u8>([7, 4, 3, 2, 5, 2, 7, 6]);

export function auTfn(text: usize, length: u32): bool {
  const count = digits(text, length);
  if (uniform(count)) return false;
  return count == 9 ? weighted(TFN, 9) % 11 == 0 : count == 8 && weighted(TFN8, 8) % 11 == 0;
}

/** Australian Business Register: one less in the first place, mod 89. */
export function auAbn(text: usize, length: u32): bool {
  // The first two digits are the check digits, from 11 to 99.
  if (digits(text, length) != 11 || number(0, 2) < 11) return false;
  return (weighted(ABN, 11) - 10) % 89 == 0;
}

export function auAcn(text: usize, length: u32): bool {
  return digits(text, length) == 9 && !uniform(9) && (10 - (weighted(ACN, 8) % 10)) % 10 == at(8);
}

export function auMedicare(text: usize, length: u32): bool {
  const count = digits(text, length);
  return count >= 10 && at(0) >= 2 && at(0) <= 6 && weighted(MEDICARE, 8) % 10 == at(8);
}

const UEN_BUSINESS = memory.data<u8>([10, 4, 9, 3, 8, 2, 7, 1]);
const UEN_COMPANY = memory.data<u8>([10, 8, 6, 4, 9, 7, 5, 3, 1]);
const UEN_OTHER = memory.data<u8>([4, 3, 5, 3, 10, 2, 2, 5, 7]);
const UEN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWX0123456789";

/** Singapore: businesses, companies by the year of their registration, and other entities by their kind. */
export function sgUen(text: usize, length: u32): bool {
  const count = symbols(text, length);
  const check = at(count - 1);
  if (at(0) < 0x41) {
    if (!numeric(0, count - 1)) return false;
    return count == 9
      ? check == <u32>"XMKECAWLJDB".charCodeAt(weighted(UEN_BUSINESS, 8) % 11)
      : count == 10 && check == <u32>"ZKCMDNERGWH".charCodeAt(weighted(UEN_COMPANY, 9) % 11);
  }
  if (count != 10) return false;
  let sum: u32 = 6; // 5 less, mod 11
  for (let i: u32 = 0; i < 9; i++) sum += placeIn(UEN_LETTERS, at(i)) * <u32>load<u8>(UEN_OTHER + i);
  return check == <u32>UEN_LETTERS.charCodeAt(sum % 11);
}

/** Inland Revenue, RWT specification: a second set of weights where the first gives 10. */
export function nzIrd(text: usize, length: u32): bool {
  const count = digits(text, length);
  if (count != 8 && count != 9) return false;
  const whole = <u32>number(0, count);
  if (whole < 10000000 || whole > 150000000) return false;
  // An eight-digit number has a 0 before it.
  const skip: u32 = 9 - count;
  let check = (11 - (weighted(IRD + skip, count - 1) % 11)) % 11;
  if (check == 10) check = (11 - (weighted(IRD_AGAIN + skip, count - 1) % 11)) % 11;
  return check == at(count - 1);
}

/** Base 36, weights 1 and 2, digits of each product added. */
export function inGstin(text: usize, length: u32): bool {
  if (symbols(text, length) != 15) return false;
  const state = (at(0) - 0x30) * 10 + at(1) - 0x30;
  if (state == 0 || (state > 38 && state < 96)) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 14; i++) {
    const product = value(i) * (1 + (i & 1));
    sum += product / 36 + (product % 36);
  }
  return (36 - (sum % 36)) % 36 == value(14);
}

const NRIC = memory.data<u8>([2, 7, 6, 5, 4, 3, 2]);
const NRIC_ST = "JZIHGFEDCBA";
const NRIC_FG = "XWUTRQPNMLK";
const NRIC_M = "XWUTRQPNJLK";

export function sgNric(text: usize, length: u32): bool {
  if (symbols(text, length) != 9) return false;
  const kind = at(0);
  const check = at(8);
  if (!numeric(1, 8)) return false;
  const sum = weighted(NRIC, 7, 1);
  if (kind == 0x53) return <u32>NRIC_ST.charCodeAt(sum % 11) == check;
  if (kind == 0x54) return <u32>NRIC_ST.charCodeAt((sum + 4) % 11) == check;
  if (kind == 0x46) return <u32>NRIC_FG.charCodeAt(sum % 11) == check;
  if (kind == 0x47) return <u32>NRIC_FG.charCodeAt((sum + 4) % 11) == check;
  return kind == 0x4d && <u32>NRIC_M.charCodeAt((sum + 3) % 11) == check;
}

const RRN = memory.data<u8>([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
const BRN = memory.data<u8>([1, 3, 7, 1, 3, 7, 1, 3]);

/** Resident (1-4, 9, 0) and foreign (5-8) registration numbers, which count the digit modulo 13 instead of 11. */
export function krRrn(text: usize, length: u32): bool {
  if (digits(text, length) != 13 || !yymmdd(0)) return false;
  const sum = weighted(RRN, 12) % 11;
  const isForeign = at(6) >= 5 && at(6) <= 8;
  return ((isForeign ? 13 : 11) - sum) % 10 == at(12);
}

export function krBrn(text: usize, length: u32): bool {
  // The first three digits are a tax office.
  if (digits(text, length) != 10 || uniform(10) || number(0, 3) < 101) return false;
  const sum = weighted(BRN, 8) + (at(8) * 5) / 10 + at(8) * 5;
  return (10 - (sum % 10)) % 10 == at(9);
}

const MY_NUMBER = memory.data<u8>([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);

export function jpMyNumber(text: usize, length: u32): bool {
  if (digits(text, length) != 12 || uniform(12)) return false;
  const rest = weighted(MY_NUMBER, 11) % 11;
  return at(11) == (rest <= 1 ? 0 : 11 - rest);
}

/** Corporate number: the check digit stands first, mod 9, weights 1 and 2 from the right. */
export function jpCorporate(text: usize, length: u32): bool {
  if (digits(text, length) != 13 || uniform(13)) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 12; i++) sum += at(12 - i) * (1 + (i & 1));
  return 9 - (sum % 9) == at(0);
}

/** GB 11643-1999: region, date of birth, serial, mod 11-2. */
export function cnResident(text: usize, length: u32): bool {
  if (symbols(text, length) != 18) return false;
  if (!numeric(0, 17)) return false;
  store<u8>(COLLECTED + 17, at(17) - 0x30);
  const region = at(0) * 10 + at(1);
  return region >= 11 && region <= 91 && yyyymmdd(6) && mod112();
}

// Letters of the Taiwanese places as numbers, from A.
const TW = memory.data<u8>([10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33]);

export function twId(text: usize, length: u32): bool {
  if (symbols(text, length) != 10) return false;
  const place = <u32>load<u8>(TW + at(0) - 0x41);
  let sum = place / 10 + (place % 10) * 9;
  for (let i: u32 = 1; i < 9; i++) sum += value(i) * (9 - i);
  return (sum + value(9)) % 10 == 0;
}

/** Hong Kong: one or two letters, six digits, the check character; a missing first letter counts 36. */
export function hkId(text: usize, length: u32): bool {
  const count = symbols(text, length);
  if (count != 8 && count != 9) return false;
  let sum: u32 = count == 8 ? 36 * 9 : 0;
  for (let i: u32 = 0; i + 1 < count; i++) sum += value(i) * (count - i);
  const check = (11 - (sum % 11)) % 11;
  return value(count - 1) == check;
}

export function thTnin(text: usize, length: u32): bool {
  if (digits(text, length) != 13 || at(0) == 0 || uniform(13)) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 12; i++) sum += at(i) * (13 - i);
  return (11 - (sum % 11)) % 10 == at(12);
}

export function trId(text: usize, length: u32): bool {
  if (digits(text, length) != 11 || at(0) == 0) return false;
  const odd = at(0) + at(2) + at(4) + at(6) + at(8);
  const even = at(1) + at(3) + at(5) + at(7);
  return (odd * 7 + 10 * 11 - even) % 10 == at(9) && (odd + even + at(9)) % 10 == at(10);
}

/** Philippines: nine digits, the last of them the rest by 11; what follows is the branch. */
export function phTin(text: usize, length: u32): bool {
  return digits(text, length) >= 9 && weighted(DOWN10 + 1, 8) % 11 == at(8);
}

/** South Africa: date of birth, gender, citizenship, Luhn. */
export function zaId(text: usize, length: u32): bool {
  return digits(text, length) == 13 && yymmdd(0) && at(10) <= 2 && luhnHolds(0, 13);
}

/** South Africa: the traffic register has numbers for those who have no identity number. */
export function zaTraffic(text: usize, length: u32): bool {
  return digits(text, length) == 13 && !uniform(13) && !zaId(text, length);
}
