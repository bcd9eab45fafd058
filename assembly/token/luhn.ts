// The check sum of card numbers: ISO/IEC 7812-1, annex B.
// Invariant: no branch, address or division depends on a digit.

/** Remainder by 10 of a number below 1029. */
@inline
function mod10(value: u32): u32 {
  return value - ((value * 205) >> 11) * 10;
}

/** The part of the digit `i` of `n` in the sum; every second one from the right counts double, less 9 above 9. */
@inline
function weighed(digit: u32, i: u32, n: u32): u32 {
  const doubled = (digit << 1) - (9 & (0 - ((4 - digit) >>> 31)));
  return ((n - i) & 1) != 0 ? digit : doubled;
}

/** The sum modulo 10 of the `n` digits among [at, at+length): 0 for a number that passes. */
export function luhnSum(at: usize, length: u32, n: u32): u32 {
  let sum: u32 = 0;
  let i: u32 = 0;
  for (const end = at + length; at < end; at++) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit < 10) sum += weighed(digit, i++, n);
  }
  return mod10(sum);
}

/** The digit `i` of `n` that brings the sum, which is `rest` while that digit is 0, to `wanted`. */
export function solveLuhn(rest: u32, wanted: u32, i: u32, n: u32): u32 {
  const part = mod10(wanted + 10 - rest);
  return ((n - i) & 1) != 0 ? part : (part + (9 & (0 - (part & 1)))) >> 1;
}
