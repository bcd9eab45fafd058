// State of one multipart body on its way through the filter.

import { Buffer } from "../bytes/buffer";
import { Holder } from "../framing/held";
import { MAX_BOUNDARY } from "./boundary";

// Where the reader stands.
/** In a part, or before the first one: a delimiter is looked for. */
export const IN_PART: u32 = 0;
/** Behind a delimiter: CRLF or two hyphens must follow. */
export const BEHIND_DELIMITER: u32 = 1;
export const IN_HEADERS: u32 = 2;
/** Behind the last delimiter: one CRLF may follow, and no more. */
export const BEHIND_ALL: u32 = 3;

// What becomes of the bytes of a part.
/** They go on as they stand. */
export const PASS: u32 = 0;
/** They wait for the action of a rule. */
export const JUDGE: u32 = 1;
/** They are left out. */
export const DROP: u32 = 2;
/** They are a document. */
export const READ: u32 = 3;
/** They say in which charset the other parts are. */
export const CHARSET: u32 = 4;
/** They wait to be decoded. */
export const OPEN: u32 = 5;
/** They wait to be read as a body of their type. */
export const TYPED: u32 = 6;

export const HYPHEN: u8 = 0x2d;
/** CRLF, two hyphens, the boundary. */
export const MAX_DELIMITER: u32 = MAX_BOUNDARY + 4;

@unmanaged
export class MultipartState extends Holder {
  place: u32; // IN_PART ..
  fate: u32; // PASS ..
  detects: u64; // rules that detect in the current part before that one acts
  acting: u32; // rule that acts on the current part, or covers the document in it
  root: u32; // automaton state of that document
  format: u32; // that the part is read in by its type, or TYPE_OTHER
  charset: u32; // of such a part
  document: usize; // JsonState, or 0 while no part was a document
  isForm: bool; // multipart/form-data: its parts have names
  isPlain: bool; // the part is a text that may not be XML
  begun: bool; // a byte of that document has come
  first: bool; // no delimiter has come yet
  kept: bool; // a part has been kept: the next delimiter keeps its line end
  matched: u32; // bytes of the delimiter that stand at the end of what has come
  inner: u32; // the same without the leading CRLF, wherever that stands
  step: u32; // inside of BEHIND_DELIMITER, IN_HEADERS and BEHIND_ALL
  headersFrom: u32; // where in the held bytes the headers begin
  delimiterLength: u32;
  valueAt: usize; // the fields of a Buffer: see `valueOf`
  valueLength: u32;
  valueCapacity: u32;
  valueFailed: bool;
}

/** The value of the current part, as far as it waits. */
@inline
export function valueOf(s: MultipartState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<MultipartState>("valueAt"));
}

/** The delimiter, and behind it for each of its prefixes the longest proper one that ends it (of the part without CRLF). */
@inline
export function delimiterOf(s: MultipartState): usize {
  return changetype<usize>(s) + offsetof<MultipartState>();
}

@inline
export function borderOf(s: MultipartState, index: u32): u32 {
  return <u32>load<u8>(delimiterOf(s) + MAX_DELIMITER + index);
}

export const SIZE_MULTIPART: u32 = <u32>offsetof<MultipartState>() + 2 * MAX_DELIMITER;
