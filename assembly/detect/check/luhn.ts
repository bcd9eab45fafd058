// The Luhn formula (ISO/IEC 7812-1, annex B), and the ranges of the card networks that it is used with.

import { at, digits, digitsInAddress, number, uniform } from "./digits";

/** Over the collected digits from `from` to `to`, check digit included. */
export function luhnHolds(from: u32, to: u32): bool {
  let sum: u32 = 0;
  let double = false;
  for (let i = to; i > from; i--) {
    const digit = at(i - 1);
    sum += double ? (digit < 5 ? digit << 1 : (digit << 1) - 9) : digit;
    double = !double;
  }
  return sum % 10 == 0;
}

export function luhn(text: usize, length: u32): bool {
  const count = digits(text, length);
  return count > 1 && !uniform(count) && luhnHolds(0, count);
}

export function imei(text: usize, length: u32): bool {
  return digits(text, length) == 15 && !uniform(15) && luhnHolds(0, 15);
}

/** Italian VAT number: a taxpayer, the office of a province, or one of those for others, the check digit. */
export function itVat(text: usize, length: u32): bool {
  if (digits(text, length) != 11 || number(0, 7) == 0) return false;
  const office = <u32>number(7, 3);
  return (office - 1 < 100 || office == 120 || office == 121 || office == 888 || office == 999) && luhnHolds(0, 11);
}

/** INSEE: Luhn over the company and over the whole; the digits of the branches of the post office add up to a multiple of 5. */
export function frSiret(text: usize, length: u32): bool {
  if (digits(text, length) != 14 || uniform(14) || !luhnHolds(0, 9)) return false;
  if (luhnHolds(0, 14)) return true;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 14; i++) sum += at(i);
  return number(0, 9) == LA_POSTE && sum % 5 == 0;
}

const LA_POSTE: u64 = 356000000;

export function card(text: usize, length: u32): bool {
  const count = digitsInAddress(text, length);
  return count >= 12 && count <= 19 && inRange(count) && !uniform(count) && luhnHolds(0, count);
}

/** Issuer ranges as the networks publish them: first digits and lengths. */
function inRange(count: u32): bool {
  const two = <u32>number(0, 2);
  const three = <u32>number(0, 3);
  const four = <u32>number(0, 4);
  const six = <u32>number(0, 6);
  if (at(0) == 4) return count == 13 || count == 16 || count == 18 || count == 19; // Visa
  if ((two >= 51 && two <= 55) || (six >= 222100 && six <= 272099)) return count == 16; // Mastercard
  if (two == 34 || two == 37) return count == 15; // American Express
  if (two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305) || three == 309) return count >= 14; // Diners
  if (four == 6011 || two == 64 || two == 65) return count >= 16; // Discover, RuPay, Elo
  if (two == 35) return count >= 16; // JCB
  if (four == 1800 || four == 2131) return count == 15; // JCB, the old range
  if (two == 62 || two == 81 || two == 60 || two == 66) return count >= 16; // UnionPay, RuPay, Hipercard
  if (two == 82) return count == 16; // RuPay
  if (four >= 2200 && four <= 2204) return count >= 16; // Mir
  if (four == 5018 || four == 5020 || four == 5038) return count >= 12; // Maestro
  if (two == 50) return count >= 16; // Verve, Elo, Dankort, RuPay, and Maestro elsewhere
  if ((two >= 56 && two <= 59) || two == 61 || two == 63 || two == 67 || two == 68) return count >= 12; // Maestro
  return four == 9792 && count == 16; // Troy
}
