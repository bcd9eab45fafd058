// Numbers of protobuf and their decimal digits: what actions see of them, and what stands in their place.
// Invariant: a number that a field of the kind cannot hold is never written; the caller writes 0.

import { isDigit } from "../bytes/text";
import { appendDecimal } from "../action/text";
import { Buffer } from "../bytes/buffer";
import {
  KIND_BOOL,
  KIND_DOUBLE,
  KIND_ENUM,
  KIND_FIXED32,
  KIND_FIXED64,
  KIND_FLOAT,
  KIND_INT32,
  KIND_INT64,
  KIND_SFIXED32,
  KIND_SFIXED64,
  KIND_SINT32,
  KIND_SINT64,
  KIND_UINT32,
} from "../policy/format.gen";
import { WIRE_32, WIRE_64, WIRE_VARINT, appendVarint, readVarint, varint } from "./wire";

/** The wire type of a number of the kind. */
export function wireOf(kind: u32): u32 {
  switch (kind) {
    case KIND_FIXED64:
    case KIND_SFIXED64:
    case KIND_DOUBLE:
      return WIRE_64;
    case KIND_FIXED32:
    case KIND_SFIXED32:
    case KIND_FLOAT:
      return WIRE_32;
    default:
      return WIRE_VARINT;
  }
}

/** Whether the kind has digits that an action can work on. */
export function hasDigits(kind: u32): bool {
  return kind < KIND_FLOAT;
}

/** Up to here a double holds every integer. */
const MOST_EXACT: f64 = 9007199254740992;

/** Whether the number at `p` has digits that a detector can look at: it is an integer, also one that a double holds. */
export function isInteger(kind: u32, p: usize): bool {
  if (kind != KIND_DOUBLE) return hasDigits(kind);
  const value = load<f64>(p);
  return abs<f64>(value) <= MOST_EXACT && trunc<f64>(value) == value;
}

function isSigned(kind: u32): bool {
  switch (kind) {
    case KIND_DOUBLE:
    case KIND_INT32:
    case KIND_INT64:
    case KIND_SINT32:
    case KIND_SINT64:
    case KIND_SFIXED32:
    case KIND_SFIXED64:
      return true;
    default:
      return false;
  }
}

/** Whether the kind is a varint of 32 bits, or of one. */
function isBrief(kind: u32): bool {
  return wireOf(kind) == WIRE_VARINT && (isNarrow(kind) || kind == KIND_BOOL);
}

/**
 * Whether the kind holds the number [p, end), so that all receivers read the same one: of a longer one some drop bits, some do
 * not, and from a sixth byte on some read to the tenth, whatever they say.
 */
export function isHeld(kind: u32, p: usize, end: usize): bool {
  const size = end - p;
  if (size < 5 || !isBrief(kind)) return true;
  if (size > 5 && size < 10) return false;
  readVarint(p, end);
  const isExtended = kind == KIND_INT32 || kind == KIND_ENUM;
  return isExtended ? varint == <u64><i64><i32>varint : varint <= 0xffff_ffff;
}

/** Whether that is so of each of the packed numbers [p, end), and the last one ends there. */
export function isHeldEach(kind: u32, p: usize, end: usize): bool {
  const wire = wireOf(kind);
  if (wire != WIRE_VARINT) return (end - p) % (wire == WIRE_64 ? 8 : 4) == 0;
  if (p < end && load<u8>(end - 1) >= 0x80) return false;
  if (!isBrief(kind)) return true;
  while (p < end) {
    // Where no four bytes in a row go on, none has five; one that has begun at the end of the sixteen is looked at again.
    if (end - p >= 16) {
      const going = <u32>i8x16.bitmask(v128.load(p));
      if ((going & (going >> 1) & (going >> 2) & (going >> 3)) == 0) {
        p += 16 - clz<u32>(~(going << 16));
        continue;
      }
    }
    const from = p;
    while (load<u8>(p) >= 0x80) p++;
    if (!isHeld(kind, from, ++p)) return false;
  }
  return true;
}

/** Whether the kind has 32 bits. */
function isNarrow(kind: u32): bool {
  switch (kind) {
    case KIND_INT32:
    case KIND_UINT32:
    case KIND_SINT32:
    case KIND_FIXED32:
    case KIND_SFIXED32:
    case KIND_ENUM:
      return true;
    default:
      return false;
  }
}

/** The number at `p` as 64 bits, as receivers read it: one of 32 bits keeps the lower half of a longer one. */
function read(kind: u32, p: usize, end: usize): u64 {
  const wire = wireOf(kind);
  if (kind == KIND_DOUBLE) return <u64><i64>load<f64>(p);
  if (wire == WIRE_64) return load<u64>(p);
  if (wire == WIRE_32) return isSigned(kind) ? <u64><i64>load<i32>(p) : <u64>load<u32>(p);
  readVarint(p, end);
  let value = varint;
  if (kind == KIND_SINT32) value &= 0xffff_ffff;
  if (kind == KIND_SINT32 || kind == KIND_SINT64) value = (value >> 1) ^ (0 - (value & 1));
  if (!isNarrow(kind)) return value;
  return isSigned(kind) ? <u64><i64><i32>value : value & 0xffff_ffff;
}

/** Appends the digits of the number of the kind at `p`, which is an integer. */
export function appendDigits(kind: u32, p: usize, end: usize, into: Buffer): void {
  let value = read(kind, p, end);
  if (isSigned(kind) && <i64>value < 0) {
    into.byte(0x2d);
    value = 0 - value;
  }
  appendDecimal(into, value, 1);
}

let parsed: u64 = 0;

/** Whether the text is a number that the kind can hold; `parsed` is it. */
function parse(kind: u32, at: usize, length: u32): bool {
  const isNegative = length > 1 && load<u8>(at) == 0x2d;
  if (isNegative && !isSigned(kind) && kind != KIND_ENUM) return false;
  let value: u64 = 0;
  for (let i: u32 = isNegative ? 1 : 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte)) return false;
    const digit = <u64>(byte - 0x30);
    if (value > (u64.MAX_VALUE - digit) / 10) return false;
    value = value * 10 + digit;
  }
  const isHalved = isSigned(kind) || kind == KIND_ENUM;
  const bits: u64 = (isNarrow(kind) ? 32 : 64) - (isHalved ? 1 : 0);
  const most: u64 = bits == 64 ? u64.MAX_VALUE : ((<u64>1) << bits) - 1;
  if (value > most + (isNegative ? 1 : 0)) return false;
  parsed = isNegative ? 0 - value : value;
  return length != 0;
}

/** Appends 0, or false. */
export function appendZero(kind: u32, into: Buffer): void {
  const wire = wireOf(kind);
  const size: u32 = wire == WIRE_VARINT ? 1 : wire == WIRE_32 ? 4 : 8;
  for (let i: u32 = 0; i < size; i++) into.byte(0);
}

/** Appends the number that the digits spell; false, and nothing is appended, when the kind cannot hold it. */
export function appendNumber(kind: u32, at: usize, length: u32, into: Buffer): bool {
  // A boolean is the number that stands for it, and whatever does not begin as `true` does is false.
  if (kind == KIND_BOOL) {
    into.byte(length == 4 && load<u8>(at) == 0x74 ? 1 : 0);
    return true;
  }
  if (kind == KIND_FLOAT || kind == KIND_DOUBLE || !parse(kind, at, length)) return false;
  const wire = wireOf(kind);
  if (wire == WIRE_VARINT) {
    const isZigzag = kind == KIND_SINT32 || kind == KIND_SINT64;
    appendVarint(into, isZigzag ? (parsed << 1) ^ <u64>(<i64>parsed >> 63) : parsed);
    return true;
  }
  const size: u32 = wire == WIRE_32 ? 4 : 8;
  for (let i: u32 = 0; i < size; i++) into.byte(<u32>(parsed >> (i << 3)) & 0xff);
  return true;
}
