// A strict reader of one small JSON object, for the header and the claims of a token (RFC 8259; RFC 7519, section 4).
// Invariants: the text is well-formed UTF-8 and one whole object, no name stands twice in it, escapes hold no lone
// surrogate, or the answer is false in the end; nothing outside [at, at+length) is read. The text is the reader's own:
// strings are decoded in place, and every escape is longer than what it stands for.

import { spells } from "../abi/text";

const MAX_MEMBERS: u32 = 64;
const MAX_DEPTH: u32 = 16;

/** Kinds of a member's value. */
export const STRING: u32 = 1;
export const NUMBER: u32 = 2;
export const ARRAY: u32 = 3;
export const OTHER: u32 = 4;

// Decoded names of the object: (address, length) each.
@lazy const names = memory.data(512, 4);

let at: usize = 0;
let end: usize = 0;
let members: u32 = 0;
let items: u32 = 0;
let fault: bool = false;

/** The member that `nextMember` found: its name, and the kind of its value. */
export let nameAt: usize = 0;
export let nameLength: u32 = 0;
export let kind: u32 = 0;
/** The string that `readString` or `nextItem` read. */
export let textAt: usize = 0;
export let textLength: u32 = 0;
/** The number that `readInteger` read. */
export let integer: u64 = 0;

/** Starts at an object; false when there is none. */
export function openObject(text: usize, length: u32): bool {
  at = text;
  end = text + length;
  members = 0;
  fault = !isUtf8(text, length);
  blanks();
  if (!take(0x7b)) fault = true;
  return !fault;
}

/** Goes to the next member, whose value has to be read or skipped; false at the end, and at a fault. */
export function nextMember(): bool {
  blanks();
  if (fault || take(0x7d)) return false;
  if (members != 0) {
    if (!take(0x2c)) return fail();
    blanks();
  }
  if (members == MAX_MEMBERS || !readString()) return fail();
  for (let i: u32 = 0; i < members; i++) {
    const known = names + (i << 3);
    if (load<u32>(known, 4) == textLength && memory.compare(load<u32>(known), textAt, textLength) == 0) return fail();
  }
  nameAt = textAt;
  nameLength = textLength;
  store<u32>(names + (members << 3), <u32>nameAt);
  store<u32>(names + (members << 3), nameLength, 4);
  members++;
  blanks();
  if (!take(0x3a)) return fail();
  blanks();
  const first = peek();
  if (first == 0x22) kind = STRING;
  else if (first == 0x5b) kind = ARRAY;
  else kind = first == 0x2d || first - 0x30 < 10 ? NUMBER : OTHER;
  return true;
}

/** Whether the whole text was one object and nothing else; after the last member. */
export function closeObject(): bool {
  blanks();
  return !fault && at == end;
}

export function nameIs(literal: string): bool {
  return spells(nameAt, nameLength, literal);
}

/** Reads a string and decodes it in place; false at a fault. */
export function readString(): bool {
  if (!take(0x22)) return fail();
  const start = at;
  let to = at;
  while (at < end) {
    let c = <u32>load<u8>(at++);
    if (c == 0x22) {
      textAt = start;
      textLength = <u32>(to - start);
      return true;
    }
    if (c < 0x20) return fail();
    if (c != 0x5c) {
      store<u8>(to++, c);
      continue;
    }
    c = at < end ? <u32>load<u8>(at++) : 0;
    if (c == 0x75) {
      to = unicode(to);
      if (to == 0) return fail();
      continue;
    }
    const plain = escaped(c);
    if (plain == 0) return fail();
    store<u8>(to++, plain);
  }
  return fail();
}

/** Reads a whole number from 0 to 2^53; false when the number is another one, or at a fault. */
export function readInteger(): bool {
  const start = at;
  if (!number()) return fail();
  integer = 0;
  // 16 digits are more than 2^53, and far from the end of 64 bits.
  if (at - start > 16) return false;
  for (let p = start; p < at; p++) {
    const digit = <u32>load<u8>(p) - 0x30;
    if (digit > 9) return false;
    integer = integer * 10 + digit;
  }
  return integer <= 9007199254740991;
}

/** Enters an array of strings. */
export function openArray(): void {
  take(0x5b);
  items = 0;
}

/** Reads the next string of the array; false at its end, and at a fault. */
export function nextItem(): bool {
  blanks();
  if (fault || take(0x5d)) return false;
  if (items++ != 0) {
    if (!take(0x2c)) return fail();
    blanks();
  }
  return readString();
}

/** Passes over a value of any kind; false at a fault. */
export function skipValue(): bool {
  return skip(0) || fail();
}

function skip(depth: u32): bool {
  const first = peek();
  if (first == 0x22) return readString();
  if (first == 0x74) return word("true");
  if (first == 0x66) return word("false");
  if (first == 0x6e) return word("null");
  if (first != 0x7b && first != 0x5b) return number();
  if (depth == MAX_DEPTH) return false;
  at++;
  const close: u32 = first + 2;
  blanks();
  if (take(close)) return true;
  while (true) {
    if (first == 0x7b) {
      if (!readString()) return false;
      blanks();
      if (!take(0x3a)) return false;
      blanks();
    }
    if (!skip(depth + 1)) return false;
    blanks();
    if (take(close)) return true;
    if (!take(0x2c)) return false;
    blanks();
  }
}

function word(literal: string): bool {
  const length = <u32>literal.length;
  if (<u32>(end - at) < length || !spells(at, length, literal)) return false;
  at += length;
  return true;
}

function number(): bool {
  take(0x2d);
  if (!take(0x30) && !digits()) return false;
  if (take(0x2e) && !digits()) return false;
  if (take(0x65) || take(0x45)) {
    if (!take(0x2b)) take(0x2d);
    if (!digits()) return false;
  }
  return true;
}

function digits(): bool {
  const start = at;
  while (at < end && <u32>load<u8>(at) - 0x30 < 10) at++;
  return at != start;
}

/** What a one-letter escape stands for; 0 when it is none. */
function escaped(c: u32): u32 {
  switch (c) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return c;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return 0;
  }
}

/** Decodes the escape behind "\\u", and a second one of a pair, to `to`; the place behind, 0 at a fault. */
function unicode(to: usize): usize {
  let point = hex4();
  if (point < 0 || (point & 0xfc00) == 0xdc00) return 0;
  if ((point & 0xfc00) == 0xd800) {
    if (!take(0x5c) || !take(0x75)) return 0;
    const low = hex4();
    if ((low & 0xfffffc00) != 0xdc00) return 0;
    point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
  }
  if (point < 0x80) {
    store<u8>(to, point);
    return to + 1;
  }
  if (point < 0x800) {
    store<u8>(to, 0xc0 | (point >> 6));
    store<u8>(to, 0x80 | (point & 63), 1);
    return to + 2;
  }
  if (point < 0x10000) {
    store<u8>(to, 0xe0 | (point >> 12));
    store<u8>(to, 0x80 | ((point >> 6) & 63), 1);
    store<u8>(to, 0x80 | (point & 63), 2);
    return to + 3;
  }
  store<u8>(to, 0xf0 | (point >> 18));
  store<u8>(to, 0x80 | ((point >> 12) & 63), 1);
  store<u8>(to, 0x80 | ((point >> 6) & 63), 2);
  store<u8>(to, 0x80 | (point & 63), 3);
  return to + 4;
}

function hex4(): i32 {
  if (<u32>(end - at) < 4) return -1;
  let value: i32 = 0;
  for (let i = 0; i < 4; i++) {
    const byte = <u32>load<u8>(at++);
    const low = byte | 0x20;
    if (byte - 0x30 < 10) value = (value << 4) | <i32>(byte - 0x30);
    else if (low - 0x61 < 6) value = (value << 4) | <i32>(low - 0x57);
    else return -1;
  }
  return value;
}

/** RFC 3629, section 4. */
function isUtf8(text: usize, length: u32): bool {
  const stop = text + length;
  let p = text;
  while (p < stop) {
    const lead = <u32>load<u8>(p++);
    if (lead < 0x80) continue;
    const more: u32 = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || <u32>(stop - p) < more) return false;
    const second = <u32>load<u8>(p);
    const least: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const most: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    for (let i: u32 = 1; i < more; i++) {
      if ((<u32>load<u8>(p + i) & 0xc0) != 0x80) return false;
    }
    p += more;
  }
  return true;
}

@inline
function peek(): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

function take(byte: u32): bool {
  if (at >= end || <u32>load<u8>(at) != byte) return false;
  at++;
  return true;
}

function blanks(): void {
  while (at < end) {
    const c = <u32>load<u8>(at);
    if (c != 0x20 && c != 0x09 && c != 0x0a && c != 0x0d) return;
    at++;
  }
}

function fail(): bool {
  fault = true;
  return false;
}
