// What a scan keeps between two chunks of a text: a window of its last bytes, the spans that may still lose to a
// better one, and where context words were seen.
// Invariants: bytes before `next` are decided; the byte before the window is 0 at the start of a text; every offset of
// a span counts from the start of the text.

import { allocate, release } from "../bytes/pool";
import { Buffer } from "../bytes/buffer";
import { CONTEXT_WINDOW, MAX_LEAD, MAX_MATCH, MAX_RIVALS, PROGRAM_CONTEXT_SETS, SPAN_SIZE } from "./layout.gen";

/** Bytes kept before `next`: context words, leads, and the byte at the boundary. */
export const LOOKBACK: u32 = CONTEXT_WINDOW + MAX_LEAD + 16;
/** Bytes of text in the window. */
export const WINDOW: u32 = 16384 - 64;
/** Zeros before and behind the window's text. */
export const PAD: u32 = 16;

/** Spans that overlap are rivals: all, those of one type, none. */
export const RIVALS_ALL: u32 = 0;
export const RIVALS_OF_TYPE: u32 = 1;
export const RIVALS_NONE: u32 = 2;

/**
 * Waiting spans, and behind them room for what is decided of them: winners; parts, of which there are at most two for each
 * span, since they do not overlap and end where a span does; and what lies before a winner.
 */
const RIVALS_BYTES: usize = 5 * MAX_RIVALS * SPAN_SIZE;

@unmanaged
export class Scan {
  program: usize = 0;
  /** Least score of a span, in hundredths. */
  threshold: u32 = 0;
  /** Which spans push each other out. */
  rivalry: u32 = RIVALS_ALL;
  /** A byte for each type, not 0 where it is wanted; 0 for all. */
  wanted: usize = 0;
  /** The policy and the set of its rules that decide which matches are wanted; an empty set for all. */
  policy: usize = 0;
  set: u64 = 0;

  window: usize = 0;
  /** Offset in the text of the first byte of the window. */
  base: u32 = 0;
  fill: u32 = 0;
  next: u32 = 0;

  rivals: usize = 0;
  rivalCount: u32 = 0;
  rivalsFrom: u32 = 0;
  rivalsTo: u32 = 0;
  /** Where the candidate starts that is looked at; later finds start at most a lead before it. */
  candidate: u32 = 0;
  /** End of the last span that was given out early. */
  floor: u32 = 0;

  /** For each context set, 1 + the offset of the last word that started there. */
  contexts: usize = 0;
  /** Offset up to which context words were looked for. */
  contextAt: u32 = 0;

  /** Where spans go. */
  spans: Buffer | null = null;
}

/** Blocks of a scan; false when memory ran out. */
export function open(scan: Scan, program: usize): bool {
  scan.program = program;
  scan.window = allocate(WINDOW + 2 * PAD);
  scan.rivals = allocate(RIVALS_BYTES);
  scan.contexts = allocate(contextBytes(program));
  if (scan.window == 0 || scan.rivals == 0 || scan.contexts == 0) {
    close(scan);
    return false;
  }
  start(scan);
  return true;
}

/** Ready for a new text. */
export function start(scan: Scan): void {
  memory.fill(scan.window, 0, PAD);
  memory.fill(scan.contexts, 0, contextBytes(scan.program));
  scan.base = 0;
  scan.fill = 0;
  scan.next = 0;
  scan.rivalCount = 0;
  scan.rivalsTo = 0;
  scan.candidate = 0;
  scan.floor = 0;
  scan.contextAt = 0;
}

/** Gives the blocks back; the text in them is wiped. */
export function close(scan: Scan): void {
  if (scan.window != 0) memory.fill(scan.window, 0, WINDOW + 2 * PAD);
  release(scan.window, WINDOW + 2 * PAD);
  release(scan.rivals, RIVALS_BYTES);
  release(scan.contexts, contextBytes(scan.program));
  scan.window = 0;
  scan.rivals = 0;
  scan.contexts = 0;
}

@inline
function contextBytes(program: usize): usize {
  return (<usize>load<u32>(program, PROGRAM_CONTEXT_SETS) + 1) << 2;
}

/** Longest that a byte can wait for a verdict, in a program whose longest match is `longest`. */
export function holdBack(longest: u32): u32 {
  return 2 * (longest + MAX_LEAD) + 1;
}

