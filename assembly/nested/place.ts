// Where a text stands in a document, so that one in another document can be told to stand there too: the names and indexes on
// the way to it, and the members with which streams number what they tell in pieces (`index` and the like).
// Invariants: two places are the same bytes or not the same; a document that is none, or too deep, has no places.

import { Buffer, newBuffer } from "../bytes/buffer";
import { spellsOneOf } from "../bytes/text";
import { isBlank } from "../text/disguise";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const BRACKET: u32 = 0x5b;
const BRACKET_END: u32 = 0x5d;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;

/** Texts are not followed further in. */
const MAX_DEPTH: u32 = 64;
/** For each container around: u32 how long the way to it is, u32 index of its element or NO_INDEX. */
const containers: usize = memory.data(8 * (MAX_DEPTH + 1), 16);
const NO_INDEX: u32 = u32.MAX_VALUE;

const way: Buffer = newBuffer();
const numbers: Buffer = newBuffer();

@inline
function container(depth: u32): usize {
  return containers + (<usize>depth << 3);
}

/** Behind the quote that ends the string at `p`. */
function behindString(p: usize, end: usize): usize {
  for (p++; p < end; p++) {
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) return p + 1;
    if (byte == BACKSLASH) p++;
  }
  return end;
}

function behindBlanks(p: usize, end: usize): usize {
  while (p < end && isBlank(<u32>load<u8>(p))) p++;
  return p;
}

/** The way leads into what has begun at `depth`. */
function step(depth: u32): void {
  way.length = load<u32>(container(depth));
  const index = load<u32>(container(depth), 4);
  if (index == NO_INDEX) return;
  way.byte(BRACKET);
  for (let shift: u32 = 0; shift < 32; shift += 8) way.byte((index >> shift) & 0xff);
}

/** Where a scalar ends that begins at `p`; there where none does. */
function behindScalar(p: usize, end: usize): usize {
  if (p < end && <u32>load<u8>(p) == QUOTE) return behindString(p, end);
  while (p < end) {
    const byte = <u32>load<u8>(p);
    const isEnd = byte == COMMA || byte == BRACE_END || byte == BRACKET_END || byte == BRACE || byte == BRACKET;
    if (isEnd || isBlank(byte)) break;
    p++;
  }
  return p;
}

/** The member whose name stands from `at` to `nameEnd`, and its value at `p`, on the way; noted where it numbers something. */
function enterMember(depth: u32, at: usize, nameEnd: usize, p: usize, end: usize): void {
  way.length = load<u32>(container(depth));
  way.append(at, <u32>(nameEnd - at));
  if (!spellsOneOf(at + 1, <u32>(nameEnd - at) - 2, "index output_index content_index item_id ")) return;
  numbers.append(at, <u32>(nameEnd - at));
  numbers.append(p, <u32>(behindScalar(p, end) - p));
}

/** How much of the place written last is the way; behind that stand the numbers. */
export let wayLength: u32 = 0;

// What is looked for: the text at an address, or the first one to which a way leads.
let text: usize = 0;
let soughtWay: usize = 0;
let soughtLength: u32 = 0;
/** Where the literal of the text stands, 0 while it has not come. */
let found: usize = 0;

/** The value at `p` is a text. */
function meet(p: usize, into: Buffer): void {
  if (found) return;
  if (text) {
    if (p != text) return;
    into.append(way.at, way.length);
  } else if (way.length != soughtLength || memory.compare(way.at, soughtWay, soughtLength) != 0) {
    return;
  }
  found = p;
}

/**
 * Looks through the document for the text; the way to one that is looked for by its address goes to `into`. False where what
 * stands in it cannot be told.
 */
function look(at: usize, length: u32, into: Buffer): bool {
  const end = at + length;
  let depth: u32 = 0;
  found = 0;
  way.clear();
  numbers.clear();
  for (let p = at; p < end; ) {
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) {
      const stringEnd = behindString(p, end);
      const next = behindBlanks(stringEnd, end);
      if (next < end && <u32>load<u8>(next) == COLON && depth != 0) {
        const value = behindBlanks(next + 1, end);
        enterMember(depth, p, stringEnd, value, end);
        p = value;
      } else {
        meet(p, into);
        p = stringEnd;
      }
      continue;
    }
    if (byte == BRACE || byte == BRACKET) {
      if (++depth > MAX_DEPTH) return false;
      store<u32>(container(depth), way.length);
      store<u32>(container(depth), byte == BRACE ? NO_INDEX : 0, 4);
      step(depth);
    } else if (byte == BRACE_END || byte == BRACKET_END) {
      if (depth == 0) return false;
      way.length = load<u32>(container(depth--));
    } else if (byte == COMMA && depth != 0) {
      const index = load<u32>(container(depth), 4);
      if (index != NO_INDEX) store<u32>(container(depth), index + 1, 4);
      step(depth);
    }
    p++;
  }
  return !way.failed && !numbers.failed;
}

/** Writes to `into` where in the document [at, at+length) the text stands whose literal is at `literal`; false where that cannot be told. */
export function placeOf(at: usize, length: u32, literal: usize, into: Buffer): bool {
  text = literal;
  into.clear();
  if (!look(at, length, into) || found == 0) return false;
  wayLength = into.length;
  into.append(numbers.at, numbers.length);
  return !into.failed;
}

/** Nobody can tell. */
export const UNKNOWN: usize = usize.MAX_VALUE;

/** The literal in the document [at, at+length) of the first text at a place, of which the way has `size` bytes; 0 where there is none, or UNKNOWN. */
export function textAt(at: usize, length: u32, place: Buffer, size: u32): usize {
  text = 0;
  soughtWay = place.at;
  soughtLength = size;
  if (!look(at, length, place)) return UNKNOWN;
  const isSame = numbers.length == place.length - size && memory.compare(numbers.at, place.at + size, numbers.length) == 0;
  return isSame ? found : 0;
}
