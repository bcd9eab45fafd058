// Checks that are no check digits: what a pattern alone says too loosely.

import { isDigit, isLetter } from "../../bytes/text";
import { symbols, uniform } from "./digits";

/** Dots and hyphens where RFC 5321 allows them, and its greatest lengths of local part, label and whole. */
export function email(text: usize, length: u32): bool {
  let before: u32 = 0x2e;
  let at: u32 = 0;
  let label: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (byte == 0x40) {
      if (before == 0x2e) return false;
      at = i;
    }
    if (byte == 0x2e && (before == 0x2e || before == 0x40 || (before == 0x2d && at != 0))) return false;
    if (byte == 0x2d && at != 0 && (before == 0x2e || before == 0x40)) return false;
    label = byte == 0x2e || byte == 0x40 ? 0 : label + 1;
    if (at != 0 && label > 63) return false;
    before = byte;
  }
  return at != 0 && at <= 64 && length <= 254;
}

/** Addresses of zeros or ones alone are those of no device. */
export function mac(text: usize, length: u32): bool {
  return !uniform(symbols(text, length));
}

const counts = memory.data(256);

/** Whether bytes look random, as a row of `x` for a token does not: at least eight different ones, none more than a third of all. */
export function varied(text: usize, length: u32): bool {
  // A count is a byte.
  length = min<u32>(length, 255);
  memory.fill(counts, 0, 256);
  let different: u32 = 0;
  let most: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const at = counts + <usize>load<u8>(text + i);
    const count = <u32>load<u8>(at) + 1;
    store<u8>(at, count);
    if (count == 1) different++;
    if (count > most) most = count;
  }
  return different >= 8 && most * 3 <= length;
}

/** Whether the last run of secret characters, in front of base64 padding, looks random, with letters and digits mixed. */
export function entropy(text: usize, length: u32): bool {
  while (length > 0 && load<u8>(text + length - 1) == 0x3d) length--;
  let from = length;
  while (from > 0 && isSecret(<u32>load<u8>(text + from - 1))) from--;
  let digits: u32 = 0;
  let letters: u32 = 0;
  for (let i = from; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (isDigit(byte)) digits++;
    else if (isLetter(byte)) letters++;
  }
  return digits > 0 && letters > 1 && varied(text + from, length - from);
}

/** The same with digits between the letters, where the names of things have one at their end or by itself. */
export function random(text: usize, length: u32): bool {
  let turns: u32 = 0;
  for (let i: u32 = 1; i < length; i++) {
    const before = <u32>load<u8>(text + i - 1);
    const byte = <u32>load<u8>(text + i);
    if ((isDigit(before) && isLetter(byte)) || (isLetter(before) && isDigit(byte))) turns++;
  }
  return turns > 1 && entropy(text, length);
}

const LEAST_SECRET: u32 = 12;
/** Below this length a value is rather a name with a number, unless there are digits between its letters. */
const LONG_SECRET: u32 = 16;

/** A value that a name calls a secret: random, and none that only shows where one would stand. */
export function assignedSecret(text: usize, length: u32): bool {
  if (length < LEAST_SECRET || !isSecret(<u32>load<u8>(text)) || isExample(text, length)) return false;
  return length < LONG_SECRET ? random(text, length) : entropy(text, length);
}

/** `EXAMPLE` somewhere, as the keys in manuals have it, or `your` in front. */
function isExample(text: usize, length: u32): bool {
  if (four(text) == 0x72756f79) return true; // your
  for (let i: u32 = 0; i + 7 <= length; i++) {
    if (four(text + i) == 0x6d617865 && four(text + i + 3) == 0x656c706d) return true; // exam, mple
  }
  return false;
}

/** Four letters in lower case. Behind the text stand more bytes of the window, or zeros. */
@inline
function four(text: usize): u32 {
  return load<u32>(text) | 0x20202020;
}

/** A value that a name calls a password, whatever it looks like: no row of one character, no `true` or `null`, no `${NAME}`. */
export function assignedPassword(text: usize, length: u32): bool {
  let same: u32 = 0;
  let words: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (byte == <u32>load<u8>(text)) same++;
    if (isLetter(byte) || isDigit(byte) || byte >= 0x80) words++;
  }
  return words > 1 && same < length && !isLiteral(text, length) && !isVariable(text, length);
}

/** Of fewer characters, letters and digits alone are rather the name of something: `field2`, `sha256`. */
const PLAIN_PASSWORD: u32 = 8;

/**
 * A word behind `password`, where what follows may as well be the next word of a sentence: letters, and among them digits or
 * signs, or in front of the last sign a capital where no word has one.
 */
export function spokenPassword(text: usize, length: u32): bool {
  let letters: u32 = 0;
  let digits: u32 = 0;
  let signs: u32 = 0;
  let turns: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (isDigit(byte)) digits++;
    else if (isLetter(byte) || byte >= 0x80) letters++;
    else if (isPasswordSign(byte) && i + 1 < length) signs++;
    if (i > 0 && byte - 0x41 < 26 && <u32>load<u8>(text + i - 1) - 0x61 < 26) turns++;
  }
  const ending = <u32>load<u8>(text + length - 1);
  if (letters == 0 || isVariable(text, length)) return false;
  if (signs > 0 || (isPasswordSign(ending) && (turns > 0 || digits > 0))) return true;
  return digits > 0 && length >= PLAIN_PASSWORD;
}

/** Signs that do not stand between the words of a sentence. */
@inline
function isPasswordSign(byte: u32): bool {
  // ! # $ % & * + @ ^ ~
  return byte == 0x21 || (byte >= 0x23 && byte <= 0x26) || byte == 0x2a || byte == 0x2b || byte == 0x40 || byte == 0x5e || byte == 0x7e;
}

/** A word of JSON or YAML that says whether there is a password, and what closes an object behind it. */
function isLiteral(text: usize, length: u32): bool {
  const word = four(text);
  let to: u32 = 4;
  if (word == 0x736c6166 && (load<u8>(text + 4) | 0x20) == 0x65) to = 5; // false
  else if (word != 0x65757274 && word != 0x6c6c756e && word != 0x656e6f6e) return false; // true, null, none
  while (to < length && !isLetter(<u32>load<u8>(text + to)) && !isDigit(<u32>load<u8>(text + to))) to++;
  return to == length;
}

/** `${NAME}`, `{{name}}`, `$(name)`, `%(name)s`, `<name>`: a name in brackets, or before a blank, `<my` of `<my password>`. */
function isVariable(text: usize, length: u32): bool {
  let at = opening(text);
  if (at == 0) return false;
  let hasDigit = false;
  for (; at < length; at++) {
    const byte = <u32>load<u8>(text + at);
    if (isDigit(byte)) hasDigit = true;
    else if (!isLetter(byte) && byte != 0x5f && byte != 0x2e && byte != 0x2d) break;
  }
  return at == length ? !hasDigit : isClosing(<u32>load<u8>(text + at)) && at + 2 >= length;
}

/** The length of what opens a variable, or 0. */
function opening(text: usize): u32 {
  if (load<u8>(text) == 0x3c) return 1;
  const two = <u32>load<u16>(text);
  return two == 0x7b24 || two == 0x2824 || two == 0x7b7b || two == 0x2825 ? 2 : 0; // ${ $( {{ %(
}

@inline
function isClosing(byte: u32): bool {
  return byte == 0x7d || byte == 0x29 || byte == 0x3e;
}

@inline
function isSecret(byte: u32): bool {
  return isLetter(byte) || isDigit(byte) || byte == 0x2b || byte == 0x2f || byte == 0x2d || byte == 0x5f || byte == 0x2e || byte == 0x7e || byte == 0x3d || byte == 0x25;
}

@inline
function base64Value(byte: u32): u32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 71;
  if (byte - 0x30 < 10) return byte + 4;
  return byte == 0x2b ? 62 : 63;
}

/** RFC 7617: what stands behind the scheme spells, in base64, a user and a password: no control character, and a colon. */
export function basicAuth(text: usize, length: u32): bool {
  let from: u32 = 0;
  while (from < length && load<u8>(text + from) != 0x20) from++;
  while (length > from && load<u8>(text + length - 1) == 0x3d) length--;
  let bits: u32 = 0;
  let count: u32 = 0;
  let hasColon = false;
  for (let i = from + 1; i < length; i++) {
    bits = (bits << 6) | base64Value(<u32>load<u8>(text + i));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const byte = (bits >> count) & 0xff;
    if (byte < 0x20 || byte == 0x7f) return false;
    if (byte == 0x3a) hasColon = true;
  }
  return hasColon && count != 6;
}
