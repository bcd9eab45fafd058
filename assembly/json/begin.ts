// Whether a text begins as a document of JSON that has names or texts in it: any brackets, a brace, a quote; or as base64 of one.
// A text anywhere may as well be prose, a template or code, and is decoded softly then (nested/open.ts).
// Invariants: resumable at any byte; no document with a member begins otherwise, but for lists whose first element is no text,
// object or list.

import { hexDigit, sextet } from "../bytes/encoding";
import { isBlank, isMark } from "../text/disguise";

/** What the bytes so far allow. */
export const BLANK: u32 = 0; // nothing has begun
const LIST: u32 = 1; // behind [
const OBJECT: u32 = 2; // behind {
/** In base64: with what its digits so far spell, how many bits are left of them, and those bits. */
const ENCODED: u32 = 0x400;
const SPELLED: u32 = 8;
const LEFT: u32 = 6;
const BITS: u32 = 0x3f;
/** Base64 of what begins as JSON, which is one when nothing but digits follows, and then nothing but padding. */
const DIGITS: u32 = 0x700;
const PADDED: u32 = 0x701;
export const TEXT: u32 = 0x800;
export const JSON: u32 = 0x801;

const QUOTE: u32 = 0x22;
const BRACKET: u32 = 0x5b;
const BRACE: u32 = 0x7b;
/** Digits of base64 with which a brace and a bracket begin. */
const DIGIT_BRACE: u32 = 0x65;
const DIGIT_BRACKET: u32 = 0x57;
const EQUALS: u32 = 0x3d;
const DASHES: u16 = 0x2d2d;
/** Digits of the shortest digest, of 128 bits. */
const LEAST_DIGEST: u32 = 32;

@inline
function beginsDigits(byte: u32): bool {
  return byte == DIGIT_BRACE || byte == DIGIT_BRACKET;
}

/** The state behind the next byte of a text; TEXT and JSON stay. */
export function beginning(state: u32, byte: u32): u32 {
  if (state >= TEXT || isBlank(byte) || (state == BLANK && isMark(byte))) return state;
  return state >= ENCODED || (state == BLANK && beginsDigits(byte)) ? beginningEncoded(state, byte) : beginningPlain(state, byte);
}

/** The same in base64. A digit spells a byte when two bits or more are left of those before. */
function beginningEncoded(state: u32, byte: u32): u32 {
  if (byte == EQUALS && state >= DIGITS) return PADDED;
  const digit = sextet(byte);
  if (digit < 0 || state == PADDED) return TEXT;
  if (state == DIGITS) return DIGITS;
  const left = (state >> LEFT) & 3;
  const bits = ((state & BITS) << 6) | <u32>digit;
  if (left == 0) return (state & (3 << SPELLED)) | ENCODED | (3 << LEFT) | bits;
  const rest = (left - 1) << 1;
  const spelled = (state >> SPELLED) & 3;
  const next = (bits >> rest) & 0xff;
  const inner = isBlank(next) ? spelled : beginningPlain(spelled, next);
  if (inner >= TEXT) return inner == JSON ? DIGITS : TEXT;
  return ENCODED | (inner << SPELLED) | ((left - 1) << LEFT) | (bits & ((1 << rest) - 1));
}

function beginningPlain(state: u32, byte: u32): u32 {
  if (byte == QUOTE) return state == BLANK ? TEXT : JSON;
  if (state == OBJECT) return TEXT;
  return byte == BRACE ? OBJECT : byte == BRACKET ? LIST : TEXT;
}

/**
 * Whether a text that is spelled as a string of JSON may begin so, by the first byte behind its quote: 0 where that has not
 * come (PADDING of json/rewrite.ts), and a backslash spells any.
 */
@inline
export function mayBeginJson(byte: u32): bool {
  return byte == BRACE || byte == BRACKET || beginsDigits(byte) || byte == 0x5c || byte == 0 || isBlank(byte) || isMark(byte);
}

/** Whether a text that ends in the state has begun as JSON, or as base64 of it. */
@inline
export function hasBegun(state: u32): bool {
  return state == JSON || state == DIGITS || state == PADDED;
}

/** The state behind the text [at, at+length), in front of which is another one. */
export function beginningOf(at: usize, length: u32, state: u32 = BLANK): u32 {
  for (let i: u32 = 0; i < length && state < TEXT; i++) state = beginning(state, <u32>load<u8>(at + i));
  return state;
}

/** Whether nothing but brackets has come, and perhaps blanks. */
@inline
export function isBracketed(state: u32): bool {
  return state == LIST || state == OBJECT;
}

/** The text [at, at+length) is a part of one, behind which more stands, when `isPart`: it has to say that it begins otherwise. */
export function beginsJson(at: usize, length: u32, isPart: bool): bool {
  const state = beginningOf(at, length);
  if (isPart) return state != TEXT;
  return state == JSON || (hasBegun(state) && !isSigned(at, length));
}

/** Whether a text that begins as JSON does so in base64. */
export function isEncoded(at: usize, length: u32): bool {
  let i: u32 = 0;
  while (i < length && (isBlank(<u32>load<u8>(at + i)) || isMark(<u32>load<u8>(at + i)))) i++;
  return i < length && beginsDigits(<u32>load<u8>(at + i));
}

/** Whether two dashes and a digest in hex end the text, as frameworks sign values of cookies that clients keep. */
function isSigned(at: usize, length: u32): bool {
  let from = length;
  while (from && hexDigit(<u32>load<u8>(at + from - 1)) >= 0) from--;
  return from >= 2 && length - from >= LEAST_DIGEST && load<u16>(at + from - 2) == DASHES;
}
