// Bytes of a framed body that wait for a verdict: those of this chunk from `mark` on, and those of earlier chunks before.
// Invariants: what is held is in `held` or at `mark` and later, never put out; wiped when it is left out.

import { Buffer } from "../bytes/buffer";
import { OVERREAD } from "../bytes/scan";
import { FieldScope } from "../fields/scope";
import { cut, framed, insert } from "./output";

@unmanaged
export class Holder extends FieldScope {
  holding: bool;
  mark: usize; // start in this chunk of what is held
  heldAt: usize; // the fields of a Buffer: see `heldOf`
  heldLength: u32;
  heldCapacity: u32;
  heldFailed: bool;
}

/** The held bytes of earlier chunks. */
@inline
export function heldOf(s: Holder): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<Holder>("heldAt"));
}

/** Holds what follows from `p` on. */
export function holdFrom(s: Holder, p: usize): void {
  s.holding = true;
  s.mark = p;
}

/** How many bytes are held, up to `p`. */
@inline
export function heldTo(s: Holder, p: usize): u64 {
  return <u64>s.heldLength + <u64>(p - s.mark);
}

// The run of bytes that `join` has made.
export let joinedAt: usize = 0;
export let joinedLength: u32 = 0;

/** Makes what is held up to `p` one run, which may be scanned (bytes/scan.ts). */
export function join(s: Holder, p: usize): void {
  if (s.heldLength) {
    heldOf(s).append(s.mark, <u32>(p - s.mark));
    heldOf(s).reserve(OVERREAD);
    cut(s.mark, p);
    s.mark = p;
    joinedAt = s.heldAt;
    joinedLength = s.heldLength;
  } else {
    joinedAt = s.mark;
    joinedLength = <u32>(p - s.mark);
  }
}

/** Lets go on what is held, all but its first `skip` bytes. */
export function letGo(s: Holder, skip: u32): void {
  if (s.heldLength > skip) insert(s.mark, s.heldAt + skip, s.heldLength - skip);
  else if (skip) cut(s.mark, s.mark + (skip - s.heldLength));
  heldOf(s).clear();
  s.holding = false;
}

/** Leaves out what is held up to `p`. */
export function leaveOut(s: Holder, p: usize): void {
  if (s.heldLength) heldOf(s).wipe();
  cut(s.mark, p);
  s.holding = false;
}

/** A chunk begins at `at`. */
export function beginHeld(s: Holder, at: usize): void {
  s.mark = at;
}

/** Ends a chunk: what is held is kept for the next one. */
export function endHeld(s: Holder, end: usize): void {
  if (!s.holding) return;
  heldOf(s).append(s.mark, <u32>(end - s.mark));
  cut(s.mark, end);
}

export function freeHeld(s: Holder): void {
  const held = heldOf(s);
  if (held.capacity) {
    held.wipe();
    held.free();
  }
}

/** Whether memory ran out on the way. */
export function isBroken(s: Holder): bool {
  return s.heldFailed || framed.failed;
}
