// What a message becomes: spans of it as they stand, and what stands between them.
// Invariants: bytes leave in the order in which they came; a message without an edit is never copied; a message inside
// another whose size changes gets its length anew, in the place of the old one, and all others keep the spelling of theirs.

import { Buffer, newBuffer } from "../bytes/buffer";
import { appendVarint, varintSize } from "./wire";

/** The rewritten message, when it was edited. */
export const out: Buffer = newBuffer();
export let edited: bool = false;
/** Start of what has not been put out. */
let from: usize = 0;

export function beginMessage(at: usize): void {
  out.clear();
  edited = false;
  from = at;
}

function passTo(p: usize): void {
  out.append(from, <u32>(p - from));
  from = p;
  edited = true;
}

/** Leaves out [at, to). */
export function leaveOut(at: usize, to: usize): void {
  passTo(at);
  from = to;
}

/** Puts a text in the place of [at, to). */
export function replace(at: usize, to: usize, text: usize, length: u32): void {
  passTo(at);
  out.append(text, length);
  from = to;
}

/** Puts a text with its length in the place of [at, to), at which a length begins. */
export function replaceSized(at: usize, to: usize, text: usize, length: u32): void {
  passTo(at);
  appendVarint(out, <u64>length);
  out.append(text, length);
  from = to;
}

/** Where in the output what stands at `p` will be, as far as nothing before it is edited any more. */
export function placeOf(p: usize): u32 {
  return out.length + <u32>(p - from);
}

/** Leaves out [at, to), which begins at `place` of the output and may have been edited. */
export function leaveOutFrom(place: u32, at: usize, to: usize): void {
  if (from <= at) passTo(at);
  out.length = place;
  from = to;
}

/**
 * Ends what stands behind a length that begins at `lengthPlace` of the output and at `lengthAt` of the input, where the
 * content is [valueAt, valueEnd): when the content has another size now, the length is written anew.
 */
export function endSized(lengthPlace: u32, lengthAt: usize, valueAt: usize, valueEnd: usize): void {
  const spelled = <u32>(valueAt - lengthAt);
  const size = placeOf(valueEnd) - lengthPlace - spelled;
  if (size == <u32>(valueEnd - valueAt)) return;
  passTo(valueEnd);
  const width = varintSize(<u64>size);
  if (!out.reserve(width)) return;
  const at = out.at + lengthPlace;
  if (width != spelled) memory.copy(at + width, at + spelled, size);
  out.length = lengthPlace;
  appendVarint(out, <u64>size);
  out.length += size;
}

export function endMessage(end: usize): void {
  if (edited) passTo(end);
}
