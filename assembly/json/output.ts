// What leaves the JSON rewriter: spans of the chunk as they stand, replacements between them, held bytes when their
// verdict is in.
// Invariants: bytes leave in the order in which they came; a chunk without an edit and without held bytes is never
// copied (`edited` stays false and `out` empty); a held byte is in `carry` or at `mark` and later, never in `out`.

import { Buffer, newBuffer } from "../bytes/buffer";
import { LIMIT_VALUE } from "../policy/outcomes.gen";
import { DROP_SEPARATOR, DROP_VALUE, FLOW, HOLD_LEAD, HOLD_VALUE, JsonState, KEPT_FLAG, carryOf } from "./state";

/** The rewritten chunk, when the state says `edited`. One for all streams: a chunk is done before the next one comes. */
export const out: Buffer = newBuffer();

/**
 * Where a document is a text of its own (nested/), which spans of `out` are spans of that text: records of where in `out`,
 * how long, and where in the text.
 */
export const spans: Buffer = newBuffer();
export const SPAN_AT: usize = 0;
export const SPAN_LENGTH: usize = 4;
export const SPAN_SOURCE: usize = 8;
export const SIZE_SPAN: u32 = 12;
let textAt: usize = 0;
let textLength: u32 = 0;

/** From now on spans of the text are noted, of none when it is empty. Returns what was before: length and address. */
export function traceFrom(at: usize, length: u32): u64 {
  const before = (<u64>textLength << 32) | <u64>textAt;
  textAt = at;
  textLength = length;
  return before;
}

/** Puts out bytes as they stand. */
export function copyOut(at: usize, length: u32): void {
  const source = <u32>(at - textAt);
  if (source < textLength && length != 0 && spans.reserve(SIZE_SPAN)) {
    const span = spans.at + spans.length;
    store<u32>(span, out.length, SPAN_AT);
    store<u32>(span, length, SPAN_LENGTH);
    store<u32>(span, source, SPAN_SOURCE);
    spans.length += SIZE_SPAN;
  }
  out.append(at, length);
}

/** Puts out the chunk up to `to`. */
export function flush(s: JsonState, to: usize): void {
  copyOut(s.copyFrom, <u32>(to - s.copyFrom));
  s.copyFrom = to;
  s.edited = true;
}

/** Puts out what earlier chunks left behind. */
function releaseCarry(s: JsonState): void {
  if (s.carryLength == 0) return;
  out.append(s.carryAt, s.carryLength);
  carryOf(s).clear();
  s.edited = true;
}

/** The held bytes stay: they go on with the span they stand in. */
export function keepHeld(s: JsonState): void {
  releaseCarry(s);
  s.mode = FLOW;
}

/** The member or element that starts here stays, with the separator before it. */
export function keepLead(s: JsonState): void {
  keepHeld(s);
  s.flags |= KEPT_FLAG;
}

/** The held bytes go, and all that follows up to the end of the value. */
export function dropHeld(s: JsonState): void {
  if (s.carryLength) {
    carryOf(s).wipe();
    s.edited = true;
  } else {
    flush(s, s.mark);
  }
  s.mode = DROP_VALUE;
  s.dropDepth = s.depth;
}

/** The dropped part ends here: what follows is put out again. */
export function endDrop(s: JsonState, p: usize): void {
  s.copyFrom = p;
  s.edited = true;
  s.mode = FLOW;
}

/** Length of what is held, up to `p`. */
@inline
export function heldLength(s: JsonState, p: usize): u64 {
  return <u64>s.carryLength + <u64>(p - s.mark);
}

/**
 * Makes the held bytes one run, whether or not a border has cut them: afterwards they are in `carry`, up to `p`, when
 * any of them came with an earlier chunk.
 */
export function joinCarry(s: JsonState, p: usize): void {
  if (s.carryLength == 0) return;
  carryOf(s).append(s.mark, <u32>(p - s.mark));
  s.mark = p;
  s.copyFrom = p;
  s.edited = true;
}

/** Begins a chunk. */
export function beginChunk(s: JsonState, at: usize): void {
  out.clear();
  s.edited = false;
  s.copyFrom = at;
  s.mark = at;
}

/** Ends a chunk: what may not leave yet is moved to `carry`, all else is put out. */
export function endChunk(s: JsonState, end: usize): void {
  if (s.mode == HOLD_LEAD || s.mode == HOLD_VALUE) {
    flush(s, s.mark);
    carryOf(s).append(s.mark, <u32>(end - s.mark));
    s.copyFrom = end;
    if (s.mode == HOLD_LEAD && s.carryLength > s.limitValue) s.error = LIMIT_VALUE;
  } else if (s.mode == DROP_VALUE || s.mode == DROP_SEPARATOR) {
    s.copyFrom = end;
    s.edited = true;
  } else if (s.edited) {
    flush(s, end);
  }
}
