// Whether a text begins as a document of JSON that has names or texts in it: any brackets, a brace, a quote. A text anywhere
// may as well be prose, a template or code, and is decoded softly then (nested/open.ts).
// Invariants: resumable at any byte; no document with a member begins otherwise, but for lists whose first element is no text,
// object or list.

import { isBlank, isMark } from "../text/disguise";

/** What the bytes so far allow. */
export const BLANK: u32 = 0; // nothing has begun
const LIST: u32 = 1; // behind [
const OBJECT: u32 = 2; // behind {
export const TEXT: u32 = 3;
export const JSON: u32 = 4;

const QUOTE: u32 = 0x22;
const BRACKET: u32 = 0x5b;
const BRACE: u32 = 0x7b;

/** The state behind the next byte of a text; TEXT and JSON stay. */
export function beginning(state: u32, byte: u32): u32 {
  if (state >= TEXT || isBlank(byte) || (state == BLANK && isMark(byte))) return state;
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
  return byte == BRACE || byte == BRACKET || byte == 0x5c || byte == 0 || isBlank(byte) || isMark(byte);
}

/** The text [at, at+length) is a part of one, behind which more stands, when `isPart`: it has to say that it begins otherwise. */
export function beginsJson(at: usize, length: u32, isPart: bool): bool {
  let state = BLANK;
  for (let i: u32 = 0; i < length && state < TEXT; i++) state = beginning(state, <u32>load<u8>(at + i));
  return state == JSON || (isPart && state != TEXT);
}
