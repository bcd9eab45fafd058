// Documents that come in pieces: services that stream what a language model says send the arguments of a call a few letters an
// event, each a text at the same place. A text that begins as JSON and breaks off is such a piece. It and those that follow wait,
// and leave empty texts behind, until the document is whole; what became of it stands in the place of the last one.
// Invariants: nothing of the document leaves before all of it is judged, but for the brackets before its first quote, when they
// came alone; one document waits at a time.

import { Buffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { JSON, TEXT, beginningOf, isBracketed } from "../json/begin";
import { isBlank } from "../text/disguise";
import { UNKNOWN, placeOf, textAt, wayLength } from "./place";

/** It is a text like any other. */
export const APART: u32 = 0;
/** It waits. */
export const WAITS: u32 = 1;
/** With it the document is whole, which is `textOf`; the first `sent` bytes of that have left. */
export const WHOLE: u32 = 2;
/** What waits is too long. */
export const LONG: u32 = 3;
/** Another document waits, or nobody can tell where it stands. */
export const NOWHERE: u32 = 4;
/** Memory ran out. */
export const NO_MEMORY: u32 = 5;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const BRACKET: u32 = 0x5b;
const BRACKET_END: u32 = 0x5d;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;

/** How far a document is, by its brackets. */
@unmanaged
class Progress {
  depth: u32; // brackets that are open
  isQuoted: bool; // within a string
  isEscaped: bool; // behind a backslash
  isWhole: bool; // the first bracket is closed
}

@unmanaged
export class Pieces extends Progress {
  dataAt: usize; // the document whose texts are asked about
  dataLength: u32;
  next: usize; // the literal in it that may go on with what waits, or 0
  isHere: bool; // what waits began in it, or went on
  awaits: bool; // something has begun that may be a document
  isOpen: bool; // it is one, and waits: a quote has followed its first brackets
  sent: u32; // bytes of it that have left
  state: u32; // what those allow (json/begin.ts)
  wayLength: u32; // of its place
  isFirm: bool; // without its end it is refused, whatever becomes of other texts that cannot be read
}

const alone: Progress = changetype<Progress>(memory.data(offsetof<Progress>(), 16));

/** What of the document has come. */
@inline
export function textOf(pieces: Pieces): Buffer {
  return changetype<Buffer>(changetype<usize>(pieces) + offsetof<Pieces>());
}

/** Where its pieces stand. */
@inline
function placeIn(pieces: Pieces): Buffer {
  return changetype<Buffer>(changetype<usize>(pieces) + offsetof<Pieces>() + offsetof<Buffer>());
}

const SIZE: usize = offsetof<Pieces>() + 2 * offsetof<Buffer>();

/** Nothing waits; 0 when memory ran out. */
export function openPieces(): usize {
  const at = allocate(SIZE);
  if (at) memory.fill(at, 0, SIZE);
  return at;
}

export function closePieces(pieces: Pieces): void {
  forget(pieces);
  textOf(pieces).free();
  placeIn(pieces).free();
  release(changetype<usize>(pieces), SIZE);
}

/** Whether nothing but blanks stands before the first bracket of the text. */
function beginsBracket(at: usize, length: u32): bool {
  let i: u32 = 0;
  while (i < length && isBlank(<u32>load<u8>(at + i))) i++;
  return i < length && (<u32>load<u8>(at + i) == BRACE || <u32>load<u8>(at + i) == BRACKET);
}

/** What waits has ended, or is none. */
export function forget(pieces: Pieces): void {
  textOf(pieces).wipe();
  pieces.awaits = false;
  pieces.isOpen = false;
  pieces.isHere = false;
}

/** Goes on through the bytes [at, end), up to the bracket that ends the document. */
function goOn(progress: Progress, at: usize, end: usize): void {
  for (; at < end && !progress.isWhole; at++) {
    const byte = <u32>load<u8>(at);
    if (progress.isQuoted) {
      if (progress.isEscaped) progress.isEscaped = false;
      else if (byte == BACKSLASH) progress.isEscaped = true;
      else if (byte == QUOTE) progress.isQuoted = false;
    } else if (byte == QUOTE) {
      progress.isQuoted = true;
    } else if (byte == BRACE || byte == BRACKET) {
      progress.depth++;
    } else if (byte == BRACE_END || byte == BRACKET_END) {
      progress.isWhole = --progress.depth == 0;
    }
  }
}

/** Whether the text, which begins as a document, ends before that does. */
function breaksOff(at: usize, length: u32): bool {
  memory.fill(changetype<usize>(alone), 0, offsetof<Progress>());
  goOn(alone, at, at + length);
  return !alone.isWhole;
}

/** Begins with the text, whose literal stands at `literal`; false where nobody can tell where that is. */
function begin(pieces: Pieces, literal: usize, at: usize, length: u32, state: u32): bool {
  memory.fill(changetype<usize>(pieces), 0, offsetof<Progress>());
  textOf(pieces).wipe();
  textOf(pieces).append(at, length);
  pieces.awaits = placeOf(pieces.dataAt, pieces.dataLength, literal, placeIn(pieces));
  pieces.isOpen = state == JSON && pieces.awaits;
  pieces.state = state;
  pieces.wayLength = wayLength;
  pieces.isHere = true;
  pieces.next = 0;
  pieces.sent = state == JSON ? 0 : length;
  return pieces.awaits;
}

/** From now on texts are those of the document [at, at+length); false where one may be awaited, and nobody can tell which. */
export function startTexts(pieces: Pieces, at: usize, length: u32): bool {
  pieces.dataAt = at;
  pieces.dataLength = length;
  pieces.isHere = false;
  pieces.next = pieces.awaits ? textAt(at, length, placeIn(pieces), pieces.wayLength) : 0;
  return pieces.next != UNKNOWN;
}

/** Whether the text whose literal stands at `literal` is where the next piece is awaited. */
@inline
export function isNext(pieces: Pieces, literal: usize): bool {
  return pieces.awaits && literal == pieces.next;
}

/**
 * What the text [at, at+length), whose literal stands at `literal`, is to a document in pieces, of at most `most` bytes.
 * `isTold`: a selector says that it is JSON. Otherwise brackets that come alone say nothing, and may begin any text: they leave.
 */
export function take(pieces: Pieces, literal: usize, at: usize, length: u32, isTold: bool, most: u32): u32 {
  const text = textOf(pieces);
  let from: u32 = 0;
  if (isNext(pieces, literal)) {
    pieces.isHere = true;
    if (pieces.isOpen) from = text.length;
    text.append(at, length);
    if (!pieces.isOpen) {
      pieces.state = beginningOf(at, length, pieces.state);
      if (pieces.state != JSON) {
        pieces.sent = text.length;
        if (!isBracketed(pieces.state)) forget(pieces);
        else if (pieces.sent > most) return LONG;
        return APART;
      }
      pieces.isOpen = true;
    }
  } else {
    const state = isTold ? (beginsBracket(at, length) ? JSON : TEXT) : beginningOf(at, length);
    if (state == JSON) {
      if (!breaksOff(at, length)) return APART;
      if (pieces.isOpen || !begin(pieces, literal, at, length, state)) return NOWHERE;
    } else {
      // Once a document, so that the place of each of many need not be found.
      if (!pieces.isOpen && !pieces.isHere && isBracketed(state)) begin(pieces, literal, at, length, state);
      return APART;
    }
  }
  if (text.failed) return NO_MEMORY;
  if (text.length > most) return LONG;
  goOn(pieces, text.at + from, text.at + text.length);
  return pieces.isWhole ? WHOLE : WAITS;
}
