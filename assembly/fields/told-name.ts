// A name that stands in a value (docs/internals.md, "Names that stand in values"), as the text of a member or element tells it:
// the name itself, a path of names, or the label of a field.
// Invariant: what rules say of it is what they would say of a field of the name.

import { Buffer, newBuffer } from "../bytes/buffer";
import { isCapital } from "../bytes/text";
import { NO_RULE } from "../policy/format.gen";
import { followName, followPath, pathDetects, pathRule } from "./name-path";

/** A name is no longer than this, as it is spelled. */
export const LONGEST_NAME: u32 = 256;

const folded: Buffer = newBuffer();

/** Memory ran out while a label was read: what the rules say of it is not known. */
export let isUntold: bool = false;

// What a text is made of.
const CAPITALS: u32 = 1;
/** Hyphens or blanks. */
const SEVERAL: u32 = 2;
/** What parts paths, perhaps, or belongs to no name. */
const OTHERS: u32 = 4;

/** Whether a rule knows the name that the text [at, at+length) tells, looked up from `pairs` on: `pathRule` and `pathDetects` say what. */
export function tellsName(policy: usize, pairs: u32, at: usize, length: u32): bool {
  isUntold = false;
  let made = madeOf(at, length);
  if (made & OTHERS) {
    while (length && isBehind(<u32>load<u8>(at + length - 1))) length--;
    while (length && <u32>load<u8>(at) <= 0x20) {
      at++;
      length--;
    }
    const tail = tailOfUri(at, length);
    at += tail;
    length -= tail;
    made = madeOf(at, length);
  }
  if (length == 0) return false;
  follow(policy, pairs, at, length, made);
  if (isKnown()) return true;
  // A label of several words, or a header, in small letters: "Card number" is the name "card number".
  if ((made & (CAPITALS | SEVERAL)) != (CAPITALS | SEVERAL) || !fold(at, length)) return false;
  follow(policy, pairs, folded.at, length, made);
  return isKnown();
}

@inline
function follow(policy: usize, pairs: u32, at: usize, length: u32, made: u32): void {
  if (made & OTHERS) followPath(policy, pairs, at, length);
  else followName(policy, pairs, at, length);
}

@inline
function isKnown(): bool {
  return pathRule != NO_RULE || pathDetects != 0;
}

@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** A name without OTHERS is one step: letters, digits and underscores, and hyphens with no digit behind, which may be an index. */
function madeOf(at: usize, length: u32): u32 {
  let made: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte - 0x61 < 26 || isDigit(byte) || byte == 0x5f) continue;
    if (isCapital(byte)) made |= CAPITALS;
    else if (byte == 0x2d) made |= i + 1 < length && isDigit(<u32>load<u8>(at + i + 1)) ? SEVERAL | OTHERS : SEVERAL;
    else made |= byte == 0x20 ? SEVERAL | OTHERS : OTHERS;
  }
  return made;
}

/**
 * Where the last part of a URI begins, 0 in what is none: claims, attributes and systems of identifiers are named by it, and
 * what stands before it is no path of names (urn:ietf:rfc:3986).
 */
function tailOfUri(at: usize, length: u32): u32 {
  let i: u32 = 0;
  while (i < length && isOfScheme(<u32>load<u8>(at + i))) i++;
  if (i == 0 || i >= length || load<u8>(at + i) != 0x3a) return 0;
  const isUrn = i == 3 && (load<u32>(at) & 0xffffff) == 0x6e7275;
  if (!isUrn && !(i + 2 < length && load<u16>(at + i + 1) == 0x2f2f)) return 0;
  let tail = length;
  while (tail && !endsPart(<u32>load<u8>(at + tail - 1))) tail--;
  return tail;
}

@inline
function isOfScheme(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || isDigit(byte) || byte == 0x2b || byte == 0x2d || byte == 0x2e;
}

@inline
function endsPart(byte: u32): bool {
  return byte == 0x3a || byte == 0x2f || byte == 0x23;
}

/** What stands behind the label of a field: blanks, a colon, the mark of one that must be filled in, a question mark. */
@inline
function isBehind(byte: u32): bool {
  return byte <= 0x20 || byte == 0x3a || byte == 0x2a || byte == 0x3f;
}

/** Writes the text to `folded` in small letters; false when memory ran out. */
function fold(at: usize, length: u32): bool {
  folded.clear();
  folded.append(at, length);
  isUntold = folded.failed;
  if (isUntold) return false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(folded.at + i);
    if (isCapital(byte)) store<u8>(folded.at + i, byte | 0x20);
  }
  return true;
}
