// Verhoeff's check digit (J. Verhoeff, Error Detecting Decimal Codes, 1969): Aadhaar and the Nigerian NIN.

import { at, digits, uniform } from "./digits";

// Multiplication in the dihedral group D5, and the permutation of each place, as rows of ten.
const PRODUCT = "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210";
const PERMUTATION = "01234567891576283094580379614289160435279453126870428657390127938064157046913258";

export function verhoeff(text: usize, length: u32): bool {
  const count = digits(text, length);
  if (count < 2 || uniform(count)) return false;
  let check: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const permuted = <u32>PERMUTATION.charCodeAt((i % 8) * 10 + at(count - 1 - i)) - 0x30;
    check = <u32>PRODUCT.charCodeAt(check * 10 + permuted) - 0x30;
  }
  return check == 0;
}
