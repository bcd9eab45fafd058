// The fields that may come only once in a message, as far as they have come: receivers would merge a second one into the
// first, and an Any in there could have its type from one and its value from the other.
// Invariant: a message leaves no more marks than it found, so that they grow with the depth alone.

import { Buffer, newBuffer } from "../bytes/buffer";

/** A bit for each field of the messages that are being read, one within the other. */
const marks: Buffer = newBuffer();

export const NO_MARKS: u32 = 0xffff_ffff;

/** Forgets the marks of all messages. */
export function beginMarks(): void {
  marks.clear();
}

/** Makes room for the marks of a message with so many fields: where they begin, or NO_MARKS when memory ran out. */
export function openMarks(count: u32): u32 {
  const at = marks.length;
  const size = (count + 7) >> 3;
  if (!marks.reserve(size)) return NO_MARKS;
  memory.fill(marks.at + at, 0, size);
  marks.length += size;
  return at;
}

export function closeMarks(at: u32): void {
  marks.length = at;
}

/** Marks the field with the index; false when it had its mark. */
export function mark(at: u32, index: u32): bool {
  const byte = marks.at + at + (index >> 3);
  const bit: u32 = 1 << (index & 7);
  const before = <u32>load<u8>(byte);
  store<u8>(byte, before | bit);
  return (before & bit) == 0;
}
