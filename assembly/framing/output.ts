// What leaves a framed body (a form, lines, events, parts): spans of the chunk as they stand, and texts between them.
// Invariants: bytes leave in the order in which they came; a chunk without an edit is never copied (`changed` stays false
// and `framed` empty). The twin of json/output.ts, whose `out` holds the document inside a frame.

import { Buffer, newBuffer, swap } from "../bytes/buffer";

/** The rewritten chunk, when `changed`. One for all streams: a chunk is done before the next one comes. */
export const framed: Buffer = newBuffer();
export let changed: bool = false;
/** Start in the chunk of what has not been put out. */
let from: usize = 0;

export function beginFrame(at: usize): void {
  framed.clear();
  changed = false;
  from = at;
}

/** Puts out the chunk up to `to`. */
export function passTo(to: usize): void {
  framed.append(from, <u32>(to - from));
  from = to;
  changed = true;
}

/** Leaves out what has not been put out yet, up to `to`. */
export function skipTo(to: usize): void {
  from = to;
  changed = true;
}

/** Leaves out the chunk from `at` to `to`. */
export function cut(at: usize, to: usize): void {
  passTo(at);
  from = to;
}

/** Puts a text between what stands before `p` and what follows. */
export function insert(p: usize, at: usize, length: u32): void {
  passTo(p);
  framed.append(at, length);
}

/** The chunk has become these bytes, whatever has been put out of it. */
export function putOut(at: usize, length: u32): void {
  framed.clear();
  framed.append(at, length);
  changed = true;
}

export function endFrame(end: usize): void {
  if (changed) passTo(end);
}

// What has been put out so far of a chunk in which another reader puts out its own (see `setAside`).
const aside: Buffer = newBuffer();
let asideChanged: bool = false;
let asideFrom: usize = 0;

/** Makes room for a reader of something in this chunk; one at a time. */
export function setAside(): void {
  swap(framed, aside);
  asideChanged = changed;
  asideFrom = from;
}

/** Takes back what was set aside. */
export function takeBack(): void {
  swap(framed, aside);
  changed = asideChanged;
  from = asideFrom;
}
