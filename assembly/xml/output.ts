// What leaves the XML rewriter: spans of the chunk as they stand, replacements between them, held bytes when their verdict
// is in.
// Invariants: bytes leave in the order in which they came; a chunk without an edit and without held bytes is never copied
// (`edited` stays false and `out` empty); a held byte is in `carry` or at `mark` and later, never in `out`.

import { Buffer, newBuffer } from "../bytes/buffer";
import { DROP_ELEMENT, FLOW, HOLD, XmlState, carryOf } from "./state";

/** The rewritten chunk, when the state says `edited`. One for all streams: a chunk is done before the next one comes. */
export const out: Buffer = newBuffer();

/** Puts out the chunk up to `to`. */
export function flush(s: XmlState, to: usize): void {
  out.append(s.copyFrom, <u32>(to - s.copyFrom));
  s.copyFrom = to;
  s.edited = true;
}

/** Begins a chunk. */
export function beginChunk(s: XmlState, at: usize): void {
  out.clear();
  s.edited = false;
  s.copyFrom = at;
  s.mark = at;
}

/** Ends a chunk: what may not leave yet is moved to `carry`, all else is put out. */
export function endChunk(s: XmlState, end: usize): void {
  if (s.mode == HOLD) {
    flush(s, s.mark);
    carryOf(s).append(s.mark, <u32>(end - s.mark));
    s.copyFrom = end;
  } else if (s.mode >= DROP_ELEMENT) {
    s.copyFrom = end;
    s.edited = true;
  } else if (s.edited) {
    flush(s, end);
  }
}

/** Holds what follows from `p` on. */
@inline
export function holdFrom(s: XmlState, p: usize): void {
  s.mode = HOLD;
  s.mark = p;
}

/** Length of what is held, up to `p`. */
@inline
export function heldLength(s: XmlState, p: usize): u64 {
  return <u64>s.carryLength + <u64>(p - s.mark);
}

/** The held bytes stay: they go on with the span they stand in. */
export function keepHeld(s: XmlState): void {
  if (s.carryLength) {
    out.append(s.carryAt, s.carryLength);
    carryOf(s).clear();
    s.edited = true;
  }
  s.mode = FLOW;
}

/** The held bytes go, and with them, as the mode says, what follows. */
export function dropHeld(s: XmlState, mode: u32): void {
  if (s.carryLength) {
    carryOf(s).wipe();
    s.edited = true;
  } else {
    flush(s, s.mark);
  }
  s.mode = mode;
}

/** The dropped part ends here: what follows is put out again. */
export function endDrop(s: XmlState, p: usize): void {
  s.copyFrom = p;
  s.edited = true;
  s.mode = FLOW;
}

/** The dropped part ended before the < that has just been read, which is put out again. */
export function endDropBeforeTag(s: XmlState, p: usize): void {
  endDrop(s, p);
  out.byte(0x3c);
}

/** The dropped part ended before the < that has just been read, which is held. */
export function holdTagBehindDrop(s: XmlState, p: usize): void {
  endDrop(s, p);
  holdFrom(s, p);
  carryOf(s).byte(0x3c);
}

// The run of bytes that `join` has made.
export let joinedAt: usize = 0;

/** Makes what is held up to `p` one run, at `joinedAt`. */
export function join(s: XmlState, p: usize): void {
  if (s.carryLength) {
    carryOf(s).append(s.mark, <u32>(p - s.mark));
    s.mark = p;
    s.copyFrom = p;
    s.edited = true;
    joinedAt = s.carryAt;
  } else {
    joinedAt = s.mark;
  }
}

/** Lets the first `length` of the joined bytes go on as they are; the rest stays held. */
export function passJoined(s: XmlState, length: u32): void {
  if (s.carryLength == 0) {
    s.mark += length;
    return;
  }
  out.append(s.carryAt, length);
  removeFront(s, length);
}

/** Leaves out the first `length` of the joined bytes; the rest stays held, and what goes in between is put out now. */
export function cutJoined(s: XmlState, length: u32): void {
  if (s.carryLength == 0) {
    flush(s, s.mark);
    s.mark += length;
    s.copyFrom = s.mark;
    return;
  }
  removeFront(s, length);
}

function removeFront(s: XmlState, length: u32): void {
  const rest = s.carryLength - length;
  memory.copy(s.carryAt, s.carryAt + length, rest);
  memory.fill(s.carryAt + rest, 0, length);
  s.carryLength = rest;
}

/** Of what is held up to `p` only the first `length` bytes stay held; the rest goes, and as the mode says what follows. */
export function cutTail(s: XmlState, p: usize, length: u32, mode: u32): void {
  const fresh = <u32>(p - s.mark);
  if (length > s.carryLength) carryOf(s).append(s.mark, min<u32>(fresh, length - s.carryLength));
  else s.carryLength = length;
  if (s.copyFrom < s.mark) flush(s, s.mark);
  s.copyFrom = p;
  s.edited = true;
  s.mode = mode;
}
