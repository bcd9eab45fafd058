// The value of Content-Disposition in a part (RFC 7578, section 4.2; RFC 2183, section 2).
// Invariants: strict grammar, so that every receiver finds the same parameters; a quoted name holds no backslash, no
// semicolon and no encoded word, a quoted file name no escaped quote and no other parameter, and none that stands
// in front of the name another one; unknown and doubled parameters are refused.

import { spells, spellsAnyCase } from "../bytes/text";

/** What `readDisposition` has found: insides of quotes, and where in the value they stand. */
export let nameAt: usize = 0;
export let nameLength: u32 = 0;
export let fileAt: usize = 0;
export let fileLength: u32 = 0;
/** The parameter filename with its semicolon; no end: there is none. */
export let fileFrom: usize = 0;
export let fileEnd: usize = 0;
/** The same of filename*. */
export let wideFrom: usize = 0;
export let wideEnd: usize = 0;

@inline
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}

/** Blanks, controls that some take for blanks, and semicolons. */
@inline
function isSplit(byte: u32): bool {
  return byte <= 0x20 || byte == 0x3b;
}

/** Bytes of a value without quotes that no receiver takes for something else. */
@inline
function isPlain(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 || byte == 0x2d || byte == 0x2e || byte == 0x5f;
}

/** Whether a quoted name has one reading. */
function isPlainName(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    if (byte == 0x5c || byte == 0x3b) return false;
    if (byte == 0x3d && i + 1 < length && load<u8>(at + i + 1) == 0x3f) return false;
  }
  return true;
}

/** Whether a quoted file name looks, for a receiver that splits at semicolons, like more parameters. */
function hidesParameter(at: usize, length: u32): bool {
  let split = false;
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(at + i) == 0x3b) split = true;
    else if (split && load<u8>(at + i) == 0x3d) return true;
  }
  return false;
}

/**
 * Whether a quoted value holds what multer takes for the parameter: `name` behind a blank, a semicolon or itself, and an equals
 * sign behind that and blanks. It reads on from the start of the header, quotes or not.
 */
function hidesName(at: usize, end: usize): bool {
  let wasName = false;
  for (let p = at; p + 4 < end; ) {
    if (!spells(p, 4, "name")) {
      p++;
      wasName = false;
      continue;
    }
    const begins = wasName || (p > at && isSplit(<u32>load<u8>(p - 1)));
    p += 4;
    wasName = true;
    if (!begins) continue;
    let next = p;
    while (next < end && isSplit(<u32>load<u8>(next))) next++;
    if (next < end && load<u8>(next) == 0x3d) return true;
  }
  return false;
}

/** The end of the value at `at`, quotes included; 0 when it is none. */
function valueEnd(at: usize, end: usize, isWide: bool): usize {
  if (at < end && load<u8>(at) == 0x22 && !isWide) {
    let p = at + 1;
    while (p < end && load<u8>(p) != 0x22) p++;
    return p == end || (p > at + 1 && load<u8>(p - 1) == 0x5c) ? 0 : p + 1;
  }
  let p = at;
  while (p < end && (isPlain(<u32>load<u8>(p)) || (isWide && (load<u8>(p) == 0x25 || load<u8>(p) == 0x27)))) p++;
  return p == at ? 0 : p;
}

/** Reads the value; false when it is not form-data with a name, or can be read in two ways. */
export function readDisposition(at: usize, end: usize): bool {
  let named = false;
  let isFound = false;
  fileFrom = fileEnd = wideFrom = wideEnd = 0;
  while (end > at && isBlank(<u32>load<u8>(end - 1))) end--;
  let p = at + 9;
  // Receivers that know it in small letters alone take the part for one more of the name before (Undertow).
  if (p > end || !spells(at, 9, "form-data")) return false;
  while (p < end) {
    const from = p;
    while (p < end && isBlank(<u32>load<u8>(p))) p++;
    if (p == end || load<u8>(p) != 0x3b) return false;
    p++;
    while (p < end && isBlank(<u32>load<u8>(p))) p++;
    const label = p;
    while (p < end && load<u8>(p) != 0x3d) p++;
    if (p == end) return false;
    const labelLength = <u32>(p - label);
    const isWide = spellsAnyCase(label, labelLength, "filename*");
    const value = p + 1;
    p = valueEnd(value, end, isWide);
    if (p == 0) return false;
    const quotes: u32 = load<u8>(value) == 0x22 ? 1 : 0;
    const inside = value + quotes;
    const length = <u32>(p - value) - 2 * quotes;
    if (spells(label, labelLength, "name")) isFound = true;
    else if (!isFound && hidesName(inside, inside + length)) return false;
    if (spellsAnyCase(label, labelLength, "name")) {
      if (named || !isPlainName(inside, length)) return false;
      named = true;
      nameAt = inside;
      nameLength = length;
    } else if (spellsAnyCase(label, labelLength, "filename")) {
      if (fileEnd || hidesParameter(inside, length)) return false;
      fileFrom = from;
      fileEnd = p;
      fileAt = inside;
      fileLength = length;
    } else if (isWide) {
      if (wideEnd) return false;
      wideFrom = from;
      wideEnd = p;
    } else {
      return false;
    }
  }
  return named;
}
