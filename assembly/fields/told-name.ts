// A name that stands in a value (docs/internals.md, "Names that stand in values"), as the text of a member or element tells it:
// the name itself, a path of names, or the label of a field.
// Invariant: what rules say of it is what they would say of a field of the name.

import { Buffer, newBuffer } from "../bytes/buffer";
import { NO_RULE } from "../policy/format.gen";
import { followName, followPath, pathDetects, pathRule } from "./name-path";

/** A name is no longer than this, as it is spelled. */
export const LONGEST_NAME: u32 = 256;

const folded: Buffer = newBuffer();

/** Memory ran out while a label was read: what the rules say of it is not known. */
export let isUntold: bool = false;

/** Whether a rule knows the name that the text [at, at+length) tells, looked up from `pairs` on: `pathRule` and `pathDetects` say what. */
export function tellsName(policy: usize, pairs: u32, at: usize, length: u32): bool {
  isUntold = false;
  if (isWord(at, length)) {
    followName(policy, pairs, at, length);
    return isKnown();
  }
  while (length && isBehind(<u32>load<u8>(at + length - 1))) length--;
  while (length && <u32>load<u8>(at) <= 0x20) {
    at++;
    length--;
  }
  if (length == 0) return false;
  const tail = tailOfUri(at, length);
  followPath(policy, pairs, at + tail, length - tail);
  if (isKnown()) return true;
  if (!fold(at, length)) return false;
  followPath(policy, pairs, folded.at, folded.length);
  return isKnown();
}

/** Whether it is a name of letters, digits and underscores, as most texts in such members are. */
function isWord(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if ((byte | 0x20) - 0x61 >= 26 && byte - 0x30 >= 10 && byte != 0x5f) return false;
  }
  return length != 0;
}

@inline
function isKnown(): bool {
  return pathRule != NO_RULE || pathDetects != 0;
}

/**
 * Where the last part of a URI begins, 0 in what is none: claims, attributes and systems of identifiers are named by it, and
 * what stands before it is no path of names (urn:ietf:rfc:3986).
 */
function tailOfUri(at: usize, length: u32): u32 {
  let isUri = length > 4 && load<u32>(at) == 0x3a6e7275; // urn:
  let tail: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x3a && i + 2 < length && load<u16>(at + i + 1) == 0x2f2f) isUri = true;
    if (byte == 0x3a || byte == 0x2f || byte == 0x23) tail = i + 1;
  }
  return isUri ? tail : 0;
}

/** What stands behind the label of a field: blanks, a colon, the mark of one that must be filled in, a question mark. */
@inline
function isBehind(byte: u32): bool {
  return byte <= 0x20 || byte == 0x3a || byte == 0x2a || byte == 0x3f;
}

@inline
function isCapital(byte: u32): bool {
  return byte - 0x41 < 26;
}

/** A label of several words, or a header, in small letters: "Card number" is the name "card number". False for what is neither. */
function fold(at: usize, length: u32): bool {
  let isParted = false;
  let isLoud = false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x20 || byte == 0x2d) isParted = true;
    else if (isCapital(byte)) isLoud = true;
  }
  if (!isParted || !isLoud) return false;
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
