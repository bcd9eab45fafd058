// Europe, numbers of digits: persons, patients, taxpayers, companies.

import { dayExists, ddmmyy, two, yymmdd } from "./calendar";
import { DOWN10, at, digits, number, uniform, weighted } from "./digits";
import { mod1110 } from "./iso7064";
import { luhnHolds } from "./luhn";

const UTR = memory.data<u8>([6, 7, 8, 9, 10, 5, 4, 3, 2]);
const PESEL = memory.data<u8>([1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
const NIP = memory.data<u8>([6, 5, 7, 2, 3, 4, 5, 6, 7]);
const REGON = memory.data<u8>([8, 9, 2, 3, 4, 5, 6, 7]);
const FNR1 = memory.data<u8>([3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
const FNR2 = memory.data<u8>([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
const EAN = memory.data<u8>([1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
const SVNR = memory.data<u8>([3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
const CNP = memory.data<u8>([2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]);
const EGN = memory.data<u8>([2, 4, 8, 5, 10, 9, 7, 3, 6]);
const BALTIC1 = memory.data<u8>([1, 2, 3, 4, 5, 6, 7, 8, 9, 1]);
const BALTIC2 = memory.data<u8>([3, 4, 5, 6, 7, 8, 9, 1, 2, 3]);

export function ukNhs(text: usize, length: u32): bool {
  return digits(text, length) == 10 && !uniform(10) && weighted(DOWN10, 10) % 11 == 0;
}

/** The check digit stands first; weights over the other nine. */
export function ukUtr(text: usize, length: u32): bool {
  if (digits(text, length) != 10 || uniform(10)) return false;
  return <u32>load<u8>(UTR_CHECKS + (weighted(UTR, 9, 1) % 11)) == at(0);
}
const UTR_CHECKS = memory.data<u8>([2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1]);

/** Paragraph 139b AO: no 0 in front, no digit more than three times in the first ten, mod 11,10. */
export function deTaxId(text: usize, length: u32): bool {
  if (digits(text, length) != 11 || at(0) == 0) return false;
  let repeated: u32 = 0;
  for (let digit: u32 = 0; digit < 10; digit++) {
    let count: u32 = 0;
    for (let i: u32 = 0; i < 10; i++) if (at(i) == digit) count++;
    if (count > 3) return false;
    if (count > 1) repeated++;
  }
  return repeated < 2 && mod1110(11);
}

export function plPesel(text: usize, length: u32): bool {
  if (digits(text, length) != 11) return false;
  // The month tells the century: 80, 0, 20, 40, 60 are added to it.
  const century = two(2) / 20;
  const year = two(0) + (century == 4 ? 1800 : 1900 + 100 * century);
  return dayExists(year, two(2) % 20, two(4)) && weighted(PESEL, 11) % 10 == 0;
}

export function plNip(text: usize, length: u32): bool {
  return digits(text, length) == 10 && !uniform(10) && weighted(NIP, 9) % 11 == at(9);
}

export function plRegon(text: usize, length: u32): bool {
  return digits(text, length) == 9 && !uniform(9) && (weighted(REGON, 8) % 11) % 10 == at(8);
}

/** Date of birth (60 added to the day of a coordination number), serial, Luhn over ten digits. */
export function sePersonnummer(text: usize, length: u32): bool {
  const count = digits(text, length);
  if (count != 10 && count != 12) return false;
  const from = count - 10;
  const day = two(from + 4);
  return dayExists(2000, two(from + 2), day > 60 ? day - 60 : day) && luhnHolds(from, count);
}

/** Only the date: since 2007 numbers are given out that fail the old mod 11. */
export function dkCpr(text: usize, length: u32): bool {
  return digits(text, length) == 10 && ddmmyy(0);
}

/** D-numbers add 40 to the day. */
export function noFnr(text: usize, length: u32): bool {
  if (digits(text, length) != 11) return false;
  const day = two(0) > 40 ? two(0) - 40 : two(0);
  return dayExists(2000, two(2) % 40, day) && weighted(FNR1, 10) % 11 == 0 && weighted(FNR2, 11) % 11 == 0;
}

export function nlBsn(text: usize, length: u32): bool {
  if (digits(text, length) != 9 || uniform(9)) return false;
  let sum: u32 = 11 * 9;
  for (let i: u32 = 0; i < 8; i++) sum += at(i) * (9 - i);
  return (sum - at(8)) % 11 == 0;
}

/** 97 less the rest of nine digits; who is born from 2000 on has a 2 before them. */
export function beNrn(text: usize, length: u32): bool {
  if (digits(text, length) != 11 || two(2) % 20 > 12) return false;
  const nine = number(0, 9);
  const check = number(9, 2);
  return 97 - (nine % 97) == check || 97 - ((nine + 2000000000) % 97) == check;
}

export function ptNif(text: usize, length: u32): bool {
  if (digits(text, length) != 9 || at(0) == 0) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) sum += at(i) * (9 - i);
  const rest = sum % 11;
  return at(8) == (rest < 2 ? 0 : 11 - rest);
}

export function chAhv(text: usize, length: u32): bool {
  return digits(text, length) == 13 && number(0, 3) == 756 && weighted(EAN, 13) % 10 == 0;
}

/** The check digit stands fourth; the date of birth may have a month of 13 to 15. */
export function atSvnr(text: usize, length: u32): bool {
  if (digits(text, length) != 10 || at(0) == 0) return false;
  return two(4) >= 1 && two(4) <= 31 && two(6) >= 1 && two(6) <= 15 && weighted(SVNR, 10) % 11 == at(3);
}

/** Estonia and Lithuania: a second set of weights where the first gives 10. */
export function eeLtCode(text: usize, length: u32): bool {
  if (digits(text, length) != 11 || at(0) == 0 || !yymmdd(1)) return false;
  let check = weighted(BALTIC1, 10) % 11;
  if (check == 10) check = (weighted(BALTIC2, 10) % 11) % 10;
  return check == at(10);
}

export function roCnp(text: usize, length: u32): bool {
  if (digits(text, length) != 13 || at(0) == 0 || !yymmdd(1)) return false;
  const rest = weighted(CNP, 12) % 11;
  return at(12) == (rest == 10 ? 1 : rest);
}

/** 20 or 40 added to the month tells the century. */
export function bgEgn(text: usize, length: u32): bool {
  if (digits(text, length) != 10 || !dayExists(2000, two(2) % 20, two(4))) return false;
  return (weighted(EGN, 9) % 11) % 10 == at(9);
}

/** Rodné číslo: 50 added to the month of a woman, 20 where numbers ran out; divisible by 11 since 1954. */
export function czSkNumber(text: usize, length: u32): bool {
  if (digits(text, length) != 10) return false;
  const month = (two(2) % 50) % 20;
  return dayExists(2000, month, two(4)) && (number(0, 10) % 11 == 0 || ((number(0, 9) % 11) == 10 && at(9) == 0));
}

export function grAmka(text: usize, length: u32): bool {
  return digits(text, length) == 11 && ddmmyy(0) && luhnHolds(0, 11);
}
