// Telephone numbers: how many digits they have, and what only looks like one.

import { at, digits, number } from "./digits";

const HYPHEN: u8 = 0x2d;

/** International: ITU-T E.164 has at most 15 digits, with country and area. */
export function phone(text: usize, length: u32): bool {
  let count = digits(text, beforeExtension(text, length));
  // The prefix 00 or 011 is not part of the number.
  if (load<u8>(text) == 0x30) count -= at(1) == 0 ? 2 : 3;
  // Seven have Saint Helena, Niue and Tokelau.
  const isShort = count == 7 && (number(0, 3) == 290 || number(0, 3) == 683 || number(0, 3) == 690);
  return (count >= 8 || isShort) && count <= 16 && balanced(text, length);
}

/** National with its trunk 0: 8 to 12 digits in groups, or 9 to 12 in a row; no date. */
export function nationalPhone(text: usize, length: u32): bool {
  const count = digits(text, length);
  return count >= 8 && count <= 12 && (count > 8 || length > count) && isNational(text, length);
}

/** Without prefix, behind a word that says so: 7 to 12 digits. */
export function localPhone(text: usize, length: u32): bool {
  const count = digits(text, length);
  return count >= 7 && count <= 12 && isNational(text, length);
}

/**
 * Of the digits collected: three zeros in front fill up a number of another kind (0000012345), and reach nobody; groups of
 * 3-2-4 are a social security number.
 */
function isNational(text: usize, length: u32): bool {
  if (length == 11 && load<u8>(text, 3) == HYPHEN && load<u8>(text, 6) == HYPHEN) return false;
  return (at(0) | at(1) | at(2)) != 0 && balanced(text, length) && !isDate(text, length);
}

/** Turkish mobile: ten digits from 5, behind 0 or +90 or nothing. */
export function trPhone(text: usize, length: u32): bool {
  const count = digits(text, length);
  const prefix: u32 = load<u8>(text) == 0x2b ? 2 : at(0) == 0 ? 1 : 0;
  return count == 10 + prefix && balanced(text, length);
}

/** Philippine mobile: ten digits from 9, behind 0 or 63. */
export function phMobile(text: usize, length: u32): bool {
  const count = digits(text, length);
  return count == 10 + <u32>(at(0) == 0 ? 1 : 2) && balanced(text, length);
}

/** Digits in groups of two, two and four or the other way round are a date. */
function isDate(text: usize, length: u32): bool {
  // Year first, whatever follows the day.
  if (length >= 10 && load<u8>(text, 4) == HYPHEN && load<u8>(text, 7) == HYPHEN) return true;
  if (length < 10 || length > 11 || digits(text, length) < 8) return false;
  if (length == 11) return load<u8>(text, 3) == 0x2f && load<u8>(text, 6) == 0x2f;
  const second = <u32>load<u8>(text, 2) - 0x30 > 9 && <u32>load<u8>(text, 5) - 0x30 > 9;
  const fourth = <u32>load<u8>(text, 4) - 0x30 > 9 && <u32>load<u8>(text, 7) - 0x30 > 9;
  return second || fourth;
}

function beforeExtension(text: usize, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i) | 0x20;
    if (byte == 0x78 || byte == 0x65 || byte == 0x3b) return i;
  }
  return length;
}

/** Every parenthesis that opens closes, and not more than two separators stand side by side. */
function balanced(text: usize, length: u32): bool {
  let open: u32 = 0;
  let separators: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(text + i);
    separators = <u32>byte - 0x30 < 10 ? 0 : separators + 1;
    if (separators > 2) return false;
    if (byte == 0x28 && open++ != 0) return false;
    if (byte == 0x29 && open-- == 0) return false;
  }
  return open == 0;
}

/** 00xxx is nowhere, and neither are the two ends of the range. */
export function dePlz(text: usize, length: u32): bool {
  if (digits(text, length) != 5) return false;
  const code = <u32>number(0, 5);
  return code != 1000 && code != 99999;
}
