// Spans that overlap: the best score stays, then the longest, then the earliest, then the detector that comes first.
// Spans wait until nothing that can still come may overlap them, or until too many or too long a row of them wait;
// then they are decided among themselves, and later ones give way to them.
// A span that no rule wants pushes out those of its own type alone: an exception for an address is not meant for the card
// number in it, but for the shorter address.

import {
  MAX_LEAD,
  MAX_RIVALS,
  PROGRAM_LONGEST,
  SPAN_DETECTOR,
  SPAN_END,
  SPAN_SCORE,
  SPAN_SIZE,
  SPAN_START,
  SPAN_TYPE,
} from "./layout.gen";
import { RIVALS_ALL, RIVALS_NONE, Scan } from "./state";

/** In the type of a waiting span: no rule wants it. */
export const UNWANTED: u32 = 0x8000;

/** Called when all positions before `offset` are decided: gives out what no later span can overlap. */
export function settleFree(scan: Scan, offset: u32): void {
  if (scan.rivalCount != 0 && offset >= scan.rivalsTo + MAX_LEAD) resolve(scan);
}

/** Called before the candidate at `offset`: decides the spans that it cannot rival any more. */
@inline
export function settle(scan: Scan, offset: u32): void {
  if (scan.rivalCount == 0) return;
  const longest = load<u32>(scan.program, PROGRAM_LONGEST);
  if (offset >= scan.rivalsTo + MAX_LEAD) resolve(scan);
  else if (offset > scan.rivalsFrom + longest + MAX_LEAD) resolveEarly(scan);
}

export function enter(scan: Scan, detector: u32, type: u32, start: u32, end: u32, score: u32): void {
  if (isDecided(scan, start)) return;
  let slot = scan.rivals;
  const stop = scan.rivals + scan.rivalCount * SPAN_SIZE;
  // A longer match of the same detector takes the place of the shorter one.
  while (slot < stop && !(load<u32>(slot, SPAN_START) == start && <u32>load<u16>(slot, SPAN_DETECTOR) == detector)) {
    slot += SPAN_SIZE;
  }
  if (slot == stop) {
    if (scan.rivalCount == MAX_RIVALS) {
      resolveEarly(scan);
      if (isDecided(scan, start)) return;
      slot = scan.rivals;
    }
    scan.rivalCount++;
  }
  if (scan.rivalCount == 1 || start < scan.rivalsFrom) scan.rivalsFrom = start;
  if (scan.rivalCount == 1 || end > scan.rivalsTo) scan.rivalsTo = end;
  store<u32>(slot, start, SPAN_START);
  store<u32>(slot, end, SPAN_END);
  store<u16>(slot, type, SPAN_TYPE);
  store<u16>(slot, score, SPAN_SCORE);
  store<u32>(slot, detector, SPAN_DETECTOR);
}

/** Whether the spans that a span from `start` could rival have been given out. */
@inline
function isDecided(scan: Scan, start: u32): bool {
  return start < scan.floor && scan.rivalry != RIVALS_NONE;
}

/** Decides before all rivals are known: what comes later gives way to the winners, but not to those that lost. */
function resolveEarly(scan: Scan): void {
  scan.floor = resolve(scan);
}

/** Whether the span at `a` comes before the one at `b`. */
function isBetter(a: usize, b: usize): bool {
  const scoreA = load<u16>(a, SPAN_SCORE);
  const scoreB = load<u16>(b, SPAN_SCORE);
  if (scoreA != scoreB) return scoreA > scoreB;
  const lengthA = load<u32>(a, SPAN_END) - load<u32>(a, SPAN_START);
  const lengthB = load<u32>(b, SPAN_END) - load<u32>(b, SPAN_START);
  if (lengthA != lengthB) return lengthA > lengthB;
  if (load<u32>(a, SPAN_START) != load<u32>(b, SPAN_START)) return load<u32>(a, SPAN_START) < load<u32>(b, SPAN_START);
  return load<u32>(a, SPAN_DETECTOR) < load<u32>(b, SPAN_DETECTOR);
}

function isEarlier(a: usize, b: usize): bool {
  const startA = load<u32>(a, SPAN_START);
  const startB = load<u32>(b, SPAN_START);
  return startA != startB ? startA < startB : load<u32>(a, SPAN_DETECTOR) < load<u32>(b, SPAN_DETECTOR);
}

function sort(at: usize, count: u32, byScore: bool): void {
  for (let i: u32 = 1; i < count; i++) {
    let here = at + i * SPAN_SIZE;
    while (here > at && (byScore ? isBetter(here, here - SPAN_SIZE) : isEarlier(here, here - SPAN_SIZE))) {
      const span = v128.load(here);
      v128.store(here, v128.load(here - SPAN_SIZE));
      here -= SPAN_SIZE;
      v128.store(here, span);
    }
  }
}

/** Whether the span at `winner` pushes out the worse one at `span`. */
@inline
function pushesOut(rivalry: u32, winner: usize, span: usize): bool {
  if (rivalry == RIVALS_NONE) return false;
  if (load<u32>(span, SPAN_START) >= load<u32>(winner, SPAN_END)) return false;
  if (load<u32>(winner, SPAN_START) >= load<u32>(span, SPAN_END)) return false;
  const type = <u32>load<u16>(winner, SPAN_TYPE);
  if (rivalry == RIVALS_ALL && (type & UNWANTED) == 0) return true;
  return ((type ^ <u32>load<u16>(span, SPAN_TYPE)) & ~UNWANTED) == 0;
}

/** Decides the waiting spans and gives the winners out, in the order of the text; where the last of them ends. */
export function resolve(scan: Scan): u32 {
  const at = scan.rivals;
  sort(at, scan.rivalCount, true);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < scan.rivalCount; i++) {
    const span = at + i * SPAN_SIZE;
    let isFree = true;
    for (let k: u32 = 0; isFree && k < kept; k++) isFree = !pushesOut(scan.rivalry, at + k * SPAN_SIZE, span);
    if (isFree) v128.store(at + kept++ * SPAN_SIZE, v128.load(span));
  }
  sort(at, kept, false);
  scan.rivalCount = 0;
  const spans = scan.spans;
  if (!spans) return 0;
  let to: u32 = 0;
  for (let k: u32 = 0; k < kept; k++) {
    const span = at + k * SPAN_SIZE;
    if ((<u32>load<u16>(span, SPAN_TYPE) & UNWANTED) != 0) continue;
    spans.append(span, SPAN_SIZE);
    to = max<u32>(to, load<u32>(span, SPAN_END));
  }
  return to;
}
