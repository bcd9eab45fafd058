// The wire format of protobuf: tags and varints (protobuf.dev, "Encoding").
// Invariants: nothing is read at or past `end`; a varint has at most ten bytes and 64 bits, a tag at most five bytes and a
// field number from 1 to 2^29 - 1, a length at most what is left: receivers differ on whatever is beyond.

import { Buffer } from "../bytes/buffer";

export const WIRE_VARINT: u32 = 0;
export const WIRE_64: u32 = 1;
export const WIRE_LENGTH: u32 = 2;
export const WIRE_START: u32 = 3;
export const WIRE_END: u32 = 4;
export const WIRE_32: u32 = 5;

/** What `readVarint` has read. */
export let varint: u64 = 0;

/** Reads a varint; the address behind it, or 0. */
export function readVarint(p: usize, end: usize): usize {
  if (p < end && load<u8>(p) < 0x80) {
    varint = <u64>load<u8>(p);
    return p + 1;
  }
  let value: u64 = 0;
  for (let shift: u64 = 0; p < end; shift += 7) {
    const byte = <u64>load<u8>(p++);
    // The tenth byte holds the last one of 64 bits.
    if (shift == 63 && byte > 1) return 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      varint = value;
      return p;
    }
  }
  return 0;
}

export function appendVarint(out: Buffer, value: u64): void {
  while (value >= 0x80) {
    out.byte(<u32>(value & 0x7f) | 0x80);
    value >>= 7;
  }
  out.byte(<u32>value);
}

/** Bytes that the value takes as a varint. */
export function varintSize(value: u64): u32 {
  return value == 0 ? 1 : (70 - <u32>clz<u64>(value)) / 7;
}

// The field that `readField` has read.
export let fieldNumber: u32 = 0;
export let fieldWire: u32 = 0;
/** Its value; of WIRE_LENGTH what is behind the length. */
export let valueAt: usize = 0;
export let valueEnd: usize = 0;
/** Where its length begins, of WIRE_LENGTH. */
export let lengthAt: usize = 0;

/** Reads the field at `p`: false when it is none. A group is read up to the end of its first tag. */
export function readField(p: usize, end: usize): bool {
  const start = p;
  p = readVarint(p, end);
  if (p == 0 || p - start > 5 || varint > 0xffff_ffff) return false;
  fieldNumber = <u32>varint >> 3;
  fieldWire = <u32>varint & 7;
  valueAt = p;
  valueEnd = p;
  if (fieldNumber == 0) return false;
  switch (fieldWire) {
    case WIRE_VARINT:
      valueEnd = readVarint(p, end);
      return valueEnd != 0;
    case WIRE_64:
      valueEnd = p + 8;
      return end - p >= 8;
    case WIRE_32:
      valueEnd = p + 4;
      return end - p >= 4;
    case WIRE_LENGTH:
      lengthAt = p;
      valueAt = readVarint(p, end);
      if (valueAt == 0 || valueAt - p > 5 || varint > <u64>(end - valueAt)) return false;
      valueEnd = valueAt + <usize>varint;
      return true;
    default:
      return fieldWire <= WIRE_32;
  }
}
