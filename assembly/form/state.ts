// State of one application/x-www-form-urlencoded body on its way through the filter.

import { Holder } from "../framing/held";

// Where the reader stands in a field.
/** In a name, the separator before it included: held until its rule is known. */
export const IN_NAME: u32 = 0;
/** In a value that passes. */
export const IN_VALUE: u32 = 1;
/** Behind a semicolon in a value that passes: held, since for some receivers a name stands here. */
export const IN_OTHER_NAME: u32 = 2;
/** In a value that waits for its action. */
export const IN_JUDGED: u32 = 3;
/** In a field that is left out, or in the rest of a value that was replaced. */
export const IN_DROPPED: u32 = 4;
/** In a value that holds a document. */
export const IN_DOCUMENT: u32 = 5;
/** In the value of _charset_. */
export const IN_CHARSET: u32 = 6;
/** In the rest of a value that is too long to be revealed, and passes. */
export const IN_REST: u32 = 7;
/** At the beginning of a value that is a document if it begins as one. */
export const IN_START: u32 = 8;

@unmanaged
export class FormState extends Holder {
  place: u32; // IN_NAME ..
  foreign: bool; // its charset is not UTF-8: escapes in a name may spell another one
  begun: bool; // the first byte that is no blank has come
  separated: bool; // the held name has its separator before it
  kept: bool; // a field has been kept: the next separator belongs to what follows it
  detects: u64; // rules that detect in the current value before that one acts
  cover: u32; // rule that covers all fields, or NO_RULE
  acting: u32; // rule that acts on the current value, or covers the document in it
  root: u32; // automaton state of that document, or of the value
  decodes: bool; // the value is decoded, unless that one acts first
  isOther: bool; // that value stands behind a semicolon
  begins: u32; // what the first bytes of such a value allow (json/begin.ts)
  escape: u32; // what an escape among them spells so far, behind a one, or 0
  documentLimit: u32; // longest value with a document in it
  document: usize; // JsonState, or 0 while no value held a document
}
