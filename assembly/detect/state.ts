// What a scan keeps between two chunks of a text: a window of its last bytes, the spans that may still lose to a
// better one, where context words were seen, and how offsets of the folded text are carried back (read.ts).
// Invariants: bytes before `next` are decided; the byte before the window is 0 at the start of a text; every offset of
// a span counts from the start of the folded text.

import { allocate, release } from "../bytes/pool";
import { Buffer } from "../bytes/buffer";
import {
  AUTOMATON_ACCEPTS,
  AUTOMATON_CLASSES,
  AUTOMATON_FIRST_ACCEPTING,
  AUTOMATON_REACH,
  AUTOMATON_ROW,
  AUTOMATON_START,
  AUTOMATON_TRANSITIONS,
  CONTEXT_WINDOW,
  DETECTOR_MIN,
  DETECTOR_SIZE,
  MAX_ENDS,
  MAX_LEAD,
  MAX_RIVALS,
  MAX_WORDS,
  PROGRAM_DETECTORS,
  PROGRAM_LONGEST,
  PROGRAM_MAIN,
  SPAN_SIZE,
} from "./layout.gen";

/** Bytes kept before `next`: context words, leads, and the byte at the boundary. */
export const LOOKBACK: u32 = CONTEXT_WINDOW + MAX_LEAD + 16;
/** Bytes of text in the window. */
export const WINDOW: u32 = 16384 - 64;
/** Room for a character whose spelling is not whole, and for what may end it. */
export const CARRY_BYTES: u32 = 64;
/** Zeros before and behind the window's text. */
export const PAD: u32 = 16;

/** Bytes of earlier texts after which the places of matches are counted anew: with them every place is a u32. */
const EPOCH: u32 = 0xffff;

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
  /** Parts of the program, where they lie: of the main automaton (`accepts` as if all states accepted), and its longest match. */
  classes: usize = 0;
  transitions: usize = 0;
  row: usize = 0;
  firstAccepting: u32 = 0;
  accepts: usize = 0;
  reach: usize = 0;
  start: u32 = 0;
  /** Lengths of the shortest and of the longest match. */
  shortest: u32 = 0;
  longest: u32 = 0;
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
  /** The waiting spans came in the order of the text, none is a part, and no two overlap: all of them win. */
  isRow: bool = false;
  /** Where the candidate starts that is looked at; later finds start at most a lead before it. */
  candidate: u32 = 0;
  /** End of the last span that was given out early. */
  floor: u32 = 0;

  /** The last context words: u32 offset, u32 sets in the program; and how many there were. */
  words: usize = 0;
  wordCount: u32 = 0;
  /** Offset up to which context words were looked for. */
  contextAt: u32 = 0;
  /** Sets of the words before a match, bit n for the sets n, n + 64, ..., and 1 + the offset of the match. */
  near: u64 = 0;
  nearAt: u32 = 0;

  /** Ends of matches from one place: u32 list of the program, u32 end. */
  ends: usize = 0;
  /** For each detector, the last place (`placeOf`) from which its match is decided. */
  settled: usize = 0;
  /** Bytes of earlier texts, so that a place in one of them is no place in this one. */
  epoch: u32 = 0;

  /** Bytes of the text as it came that are folded. */
  came: u32 = 0;
  /** Characters in a row that read as nothing. */
  dropped: u32 = 0;
  /** The beginning of a character that a chunk ended in, and behind it the record of `marks`. */
  carry: usize = 0;
  carried: u32 = 0;

  /** Where spans go. */
  spans: Buffer | null = null;

  /** Where the folded text came from (marks.ts). */
  @inline
  get marks(): Buffer {
    return changetype<Buffer>(this.carry + CARRY_BYTES);
  }
}

/** Blocks of a scan; false when memory ran out. */
export function open(scan: Scan, program: usize): bool {
  scan.program = program;
  const main = program + load<u32>(program, PROGRAM_MAIN);
  scan.classes = program + load<u32>(main, AUTOMATON_CLASSES);
  scan.transitions = program + load<u32>(main, AUTOMATON_TRANSITIONS);
  scan.row = load<u32>(main, AUTOMATON_ROW);
  scan.firstAccepting = load<u32>(main, AUTOMATON_FIRST_ACCEPTING);
  scan.accepts = program + load<u32>(main, AUTOMATON_ACCEPTS) - (<usize>scan.firstAccepting << 2);
  scan.reach = program + load<u32>(main, AUTOMATON_REACH);
  scan.start = load<u32>(main, AUTOMATON_START);
  scan.shortest = shortestOf(program);
  scan.longest = load<u32>(program, PROGRAM_LONGEST);
  scan.window = allocate(WINDOW + 2 * PAD);
  scan.rivals = allocate(RIVALS_BYTES);
  scan.words = allocate(MAX_WORDS << 3);
  scan.ends = allocate(MAX_ENDS << 3);
  scan.settled = allocate(settledBytes(program));
  scan.carry = allocate(CARRY_BYTES + offsetof<Buffer>());
  if (scan.carry != 0) memory.fill(scan.carry, 0, CARRY_BYTES + offsetof<Buffer>());
  if (scan.carry == 0 || scan.window == 0 || scan.rivals == 0 || scan.words == 0 || scan.ends == 0 || scan.settled == 0) {
    close(scan);
    return false;
  }
  scan.base = 0;
  scan.fill = 0;
  forgetSettled(scan);
  start(scan);
  return true;
}

function shortestOf(program: usize): u32 {
  const detectors = program + load<u32>(program, PROGRAM_DETECTORS);
  const count = load<u32>(program, PROGRAM_DETECTORS + 4);
  let shortest = u32.MAX_VALUE;
  for (let i: u32 = 0; i < count; i++) shortest = min<u32>(shortest, <u32>load<u16>(detectors + i * DETECTOR_SIZE, DETECTOR_MIN));
  return shortest;
}

/** Ready for a new text. Most are short, so nothing is filled that need not be. */
export function start(scan: Scan): void {
  v128.store(scan.window, i8x16.splat(0));
  const epoch = <u64>scan.epoch + <u64>scan.base + <u64>scan.fill;
  if (epoch > <u64>EPOCH) forgetSettled(scan);
  else scan.epoch = <u32>epoch;
  scan.base = 0;
  scan.fill = 0;
  scan.next = 0;
  scan.rivalCount = 0;
  scan.rivalsTo = 0;
  scan.candidate = 0;
  scan.floor = 0;
  scan.contextAt = 0;
  scan.wordCount = 0;
  scan.nearAt = 0;
  scan.came = 0;
  scan.dropped = 0;
  scan.carried = 0;
  scan.marks.clear();
}

/** A number for the place `at` of the window that no other place of this text has, and none of a text before it. */
@inline
export function placeOf(scan: Scan, at: u32): u32 {
  return scan.epoch + scan.base + at + 1;
}

/** No detector's match is decided. */
export function forgetSettled(scan: Scan): void {
  memory.fill(scan.settled, 0, settledBytes(scan.program));
  scan.epoch = 0;
}

/** Gives the blocks back; the text in them is wiped. */
export function close(scan: Scan): void {
  if (scan.window != 0) memory.fill(scan.window, 0, WINDOW + 2 * PAD);
  release(scan.window, WINDOW + 2 * PAD);
  if (scan.carry != 0) {
    scan.marks.free();
    memory.fill(scan.carry, 0, CARRY_BYTES);
    release(scan.carry, CARRY_BYTES + offsetof<Buffer>());
    scan.carry = 0;
  }
  release(scan.rivals, RIVALS_BYTES);
  release(scan.words, MAX_WORDS << 3);
  release(scan.ends, MAX_ENDS << 3);
  release(scan.settled, settledBytes(scan.program));
  scan.window = 0;
  scan.rivals = 0;
  scan.words = 0;
  scan.ends = 0;
  scan.settled = 0;
}

@inline
function settledBytes(program: usize): usize {
  return (load<u32>(program, PROGRAM_DETECTORS + 4) + 1) << 2;
}

/** Longest that a byte can wait for a verdict, in a program whose longest match is `longest`. */
export function holdBack(longest: u32): u32 {
  return 2 * (longest + MAX_LEAD) + 1;
}

