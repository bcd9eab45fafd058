// The scanner alone as a module: what `frostglass detect`, tests and benchmarks run. The filter uses the same sources.

import { newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { SPAN_SIZE } from "./layout.gen";
import { read } from "./read";
import { check } from "./sound";
import { Scan, close, holdBack, open, start } from "./state";

export { allocate, release, holdBack };

const block = memory.data(offsetof<Scan>(), 16);
const spans = newBuffer();

@inline
function own(): Scan {
  return changetype<Scan>(block);
}

/** Verdict on a program, and when it is sound, ready to scan with it. */
export function load_program(program: usize, length: u32): u32 {
  const verdict = check(program, length);
  if (verdict != 0) return verdict;
  if (own().program != 0) close(own());
  own().spans = spans;
  return open(own(), program) ? 0 : 5;
}

/** `rivalry`: as in state.ts; `wanted`: a byte a type, or 0 for all. */
export function begin(threshold: u32, rivalry: u32, wanted: usize): void {
  own().threshold = threshold;
  own().rivalry = rivalry;
  own().wanted = wanted;
  spans.clear();
  start(own());
}

/** Takes a chunk; the number of spans that are decided so far, at `results`. */
export function scan(at: usize, length: u32, last: bool): u32 {
  read(own(), at, length, last);
  return spans.failed ? 0xffffffff : spans.length / SPAN_SIZE;
}

export function results(): usize {
  return spans.at;
}

/** Forgets the spans given out so far. */
export function taken(): void {
  spans.clear();
}
