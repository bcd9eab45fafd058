// Routing numbers, securities, vehicles: the numbers of things that lead to persons and their money.

import { at, digits, number, symbols, uniform, value, weighted } from "./digits";

const ABA = memory.data<u8>([3, 7, 1, 3, 7, 1, 3, 7, 1]);

/** ABA routing number: prefixes of the Federal Reserve, weights 3 7 1. */
export function aba(text: usize, length: u32): bool {
  if (digits(text, length) != 9 || uniform(9)) return false;
  const prefix = <u32>number(0, 2);
  const isIssued = prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) || prefix == 80;
  return isIssued && weighted(ABA, 9) % 10 == 0;
}

/** ISO 6166: letters as two digits, then Luhn. */
export function isin(text: usize, length: u32): bool {
  if (symbols(text, length) != 12) return false;
  let sum: u32 = 0;
  let double = false;
  for (let i: i32 = 11; i >= 0; i--) {
    let part = value(i);
    do {
      const digit = part % 10;
      sum += double ? (digit < 5 ? digit << 1 : (digit << 1) - 9) : digit;
      double = !double;
      part /= 10;
    } while (part != 0);
  }
  return sum % 10 == 0;
}

// 49 CFR 565.15: the value of each letter, from A; I, O and Q are not used.
const VIN_LETTERS = memory.data<u8>([1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9]);
const VIN_WEIGHTS = memory.data<u8>([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]);

/** Vehicle identification number: 49 CFR 565.15, check character in the ninth place. */
export function vin(text: usize, length: u32): bool {
  if (symbols(text, length) != 17) return false;
  let sum: u32 = 0;
  let letters: u32 = 0;
  for (let i: u32 = 0; i < 17; i++) {
    const byte = at(i);
    const part = byte >= 0x41 ? <u32>load<u8>(VIN_LETTERS + byte - 0x41) : byte - 0x30;
    if (byte >= 0x41) letters++;
    sum += part * <u32>load<u8>(VIN_WEIGHTS + i);
  }
  const rest = sum % 11;
  return letters > 1 && at(8) == (rest == 10 ? 0x58 : 0x30 + rest);
}
