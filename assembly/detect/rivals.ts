// Spans that overlap: the best score stays, then the longest, then the earliest, then the detector that comes first.
// Spans wait until nothing that can still come may overlap them, or until too many or too long a row of them wait; then
// they are decided among themselves, and later ones give way to the winners.
// A span that no rule wants pushes out those of its own type alone: an exception for an address is not meant for the card
// number in it, but for the shorter address.
// Invariant, in the filter: every byte of a span that a rule wants is given out, in a winner or as a part of a loser.

import {
  MAX_LEAD,
  MAX_RIVALS,
  SPAN_DETECTOR,
  SPAN_END,
  SPAN_PART,
  SPAN_RULE,
  SPAN_SCORE,
  SPAN_SIZE,
  SPAN_START,
  SPAN_TYPE,
} from "./layout.gen";
import { ACTION_REDACT, HEADER_RULES, RULE_ACTION, SIZE_RULE } from "../policy/format.gen";
import { RIVALS_ALL, RIVALS_NONE, Scan } from "./state";

/** In the type of a waiting span: no rule wants it. */
export const UNWANTED: u32 = 0x8000;
/** In the type of a waiting span: it has won, and waits only since later ones may overlap it. */
const WON: u32 = 0x4000;
const FLAGS: u32 = UNWANTED | WON | SPAN_PART;

/** Called when all positions before `offset` are decided: gives out what no later span can overlap. */
export function settleFree(scan: Scan, offset: u32): void {
  if (scan.rivalCount != 0 && offset >= scan.rivalsTo + MAX_LEAD) resolve(scan);
}

/** Called before the candidate at `offset`: decides the spans that it cannot rival any more. */
@inline
export function settle(scan: Scan, offset: u32): void {
  scan.candidate = offset;
  if (scan.rivalCount == 0) return;
  const longest = scan.longest;
  if (offset >= scan.rivalsTo + MAX_LEAD) resolve(scan);
  else if (offset > scan.rivalsFrom + longest + MAX_LEAD) resolveEarly(scan);
}

export function enter(scan: Scan, detector: u32, rule: u32, type: u32, start: u32, end: u32, score: u32): void {
  if (scan.rivalCount == MAX_RIVALS) makeRoom(scan);
  if (start < scan.floor && scan.rivalry != RIVALS_NONE) {
    // Its rivals have left: it has lost, and what they do not cover of it is a part.
    if (scan.set == 0 || (type & UNWANTED) != 0 || end <= scan.floor) return;
    start = scan.floor;
    type |= SPAN_PART;
  }
  const stop = scan.rivals + scan.rivalCount * SPAN_SIZE;
  let slot = stop;
  const isFirst = scan.rivalCount == 0;
  const isPart = (type & SPAN_PART) != 0;
  if (isFirst || start >= scan.rivalsTo) {
    scan.isRow = !isPart && (isFirst || scan.isRow);
  } else {
    scan.isRow = false;
    // A longer match of the same detector takes the place of the shorter one.
    slot = scan.rivals;
    while (slot < stop && !isSame(slot, detector, type, start)) slot += SPAN_SIZE;
  }
  if (slot == stop) scan.rivalCount++;
  else if (isPart) end = max<u32>(end, load<u32>(slot, SPAN_END));
  put(slot, start, end, type, score, detector, rule);
  extend(scan, start, end);
}

/** Whether the waiting span is of the same match: a part only with a part, and what has won with nothing. */
@inline
function isSame(slot: usize, detector: u32, type: u32, start: u32): bool {
  if (load<u32>(slot, SPAN_START) != start || <u32>load<u16>(slot, SPAN_DETECTOR) != detector) return false;
  return ((<u32>load<u16>(slot, SPAN_TYPE) ^ type) & (WON | SPAN_PART)) == 0;
}

@inline
function put(slot: usize, start: u32, end: u32, type: u32, score: u32, detector: u32, rule: u32): void {
  store<u32>(slot, start, SPAN_START);
  store<u32>(slot, end, SPAN_END);
  store<u16>(slot, type, SPAN_TYPE);
  store<u16>(slot, score, SPAN_SCORE);
  store<u16>(slot, detector, SPAN_DETECTOR);
  store<u16>(slot, rule, SPAN_RULE);
}

/** Counts a span among those that wait. */
function extend(scan: Scan, start: u32, end: u32): void {
  const isFirst = scan.rivalCount == 1;
  if (isFirst || start < scan.rivalsFrom) scan.rivalsFrom = start;
  if (isFirst || end > scan.rivalsTo) scan.rivalsTo = end;
}

/** Decides the waiting spans and gives the winners out, in the order of the text. */
export function resolve(scan: Scan): void {
  giveOut(scan, decide(scan, u32.MAX_VALUE), u32.MAX_VALUE);
}

/**
 * Decides before all rivals are known: what comes later gives way to the winners, but not to those that lost. Later spans
 * start at most a lead before the candidate, so winners from there on wait, and what lies before leaves.
 */
function resolveEarly(scan: Scan): void {
  if (scan.rivalry == RIVALS_NONE) return resolve(scan);
  const bound = scan.candidate > MAX_LEAD ? scan.candidate - MAX_LEAD : 0;
  const from = scan.rivalsFrom;
  const count = decide(scan, bound);
  if (count > MAX_RIVALS) letAllGo(scan, count, from);
  else scan.floor = giveOut(scan, count, bound);
}

function makeRoom(scan: Scan): void {
  resolveEarly(scan);
  if (scan.rivalCount < MAX_RIVALS) return;
  const from = scan.rivalsFrom;
  letAllGo(scan, decide(scan, u32.MAX_VALUE), from);
}

/** Too many would wait: all leave, and in the filter with them what lies between, of which later spans may want some. */
function letAllGo(scan: Scan, count: u32, from: u32): void {
  scan.floor = giveOut(scan, scan.set == 0 ? count : fillGaps(scan, count, from), u32.MAX_VALUE);
}

/** Whether the span at `a` comes before the one at `b`: winners first, parts last. */
function isBetter(a: usize, b: usize): bool {
  const rankA = rank(<u32>load<u16>(a, SPAN_TYPE));
  const rankB = rank(<u32>load<u16>(b, SPAN_TYPE));
  if (rankA != rankB) return rankA < rankB;
  const scoreA = load<u16>(a, SPAN_SCORE);
  const scoreB = load<u16>(b, SPAN_SCORE);
  if (scoreA != scoreB) return scoreA > scoreB;
  const lengthA = load<u32>(a, SPAN_END) - load<u32>(a, SPAN_START);
  const lengthB = load<u32>(b, SPAN_END) - load<u32>(b, SPAN_START);
  if (lengthA != lengthB) return lengthA > lengthB;
  if (load<u32>(a, SPAN_START) != load<u32>(b, SPAN_START)) return load<u32>(a, SPAN_START) < load<u32>(b, SPAN_START);
  return load<u16>(a, SPAN_DETECTOR) < load<u16>(b, SPAN_DETECTOR);
}

@inline
function rank(type: u32): u32 {
  return type & WON ? 0 : type & SPAN_PART ? 2 : 1;
}

function isEarlier(a: usize, b: usize): bool {
  const startA = load<u32>(a, SPAN_START);
  const startB = load<u32>(b, SPAN_START);
  return startA != startB ? startA < startB : load<u16>(a, SPAN_DETECTOR) < load<u16>(b, SPAN_DETECTOR);
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

/** Whether the span at `winner` pushes out worse ones like `span` where they overlap. */
@inline
function rules(rivalry: u32, winner: usize, span: usize): bool {
  if (rivalry == RIVALS_NONE) return false;
  const type = <u32>load<u16>(winner, SPAN_TYPE);
  if (rivalry == RIVALS_ALL && (type & UNWANTED) == 0) return true;
  return ((type ^ <u32>load<u16>(span, SPAN_TYPE)) & ~FLAGS) == 0;
}

@inline
function overlaps(a: usize, b: usize): bool {
  return load<u32>(a, SPAN_START) < load<u32>(b, SPAN_END) && load<u32>(b, SPAN_START) < load<u32>(a, SPAN_END);
}

@inline
function decidedOf(scan: Scan): usize {
  return scan.rivals + MAX_RIVALS * SPAN_SIZE;
}

/** Winners, and in the filter parts, of the waiting spans go behind them; how many. Parts are cut at `bound`. */
function decide(scan: Scan, bound: u32): u32 {
  const at = scan.rivals;
  const decided = decidedOf(scan);
  const size = scan.rivalCount * SPAN_SIZE;
  if (scan.isRow) {
    memory.copy(decided, at, size);
    return scan.rivalCount;
  }
  const stop = at + size;
  sort(at, scan.rivalCount, true);
  let count: u32 = 0;
  for (let span = at; span < stop; span += SPAN_SIZE) {
    let isFree = (load<u16>(span, SPAN_TYPE) & <u16>SPAN_PART) == 0;
    for (let k: u32 = 0; isFree && k < count; k++) {
      const winner = decided + k * SPAN_SIZE;
      isFree = !(overlaps(winner, span) && rules(scan.rivalry, winner, span));
    }
    if (!isFree) continue;
    v128.store(decided + count++ * SPAN_SIZE, v128.load(span));
    store<u16>(span, load<u16>(span, SPAN_TYPE) | <u16>WON, SPAN_TYPE);
  }
  if (scan.set == 0) return count;
  for (let span = at; span < stop; span += SPAN_SIZE) {
    if ((<u32>load<u16>(span, SPAN_TYPE) & (UNWANTED | WON)) == 0) count = addParts(scan, span, count, bound);
  }
  return count;
}

/** Adds what no decided span covers of a span that has lost. */
function addParts(scan: Scan, span: usize, count: u32, bound: u32): u32 {
  const decided = decidedOf(scan);
  const end = load<u32>(span, SPAN_END);
  let from = load<u32>(span, SPAN_START);
  while (from < end) {
    let to = from < bound ? min<u32>(end, bound) : end;
    let covered = from;
    for (let k: u32 = 0; k < count; k++) {
      const other = decided + k * SPAN_SIZE;
      if (!rules(scan.rivalry, other, span)) continue;
      const start = load<u32>(other, SPAN_START);
      if (start > from) to = min<u32>(to, start);
      else covered = max<u32>(covered, load<u32>(other, SPAN_END));
    }
    if (covered > from) {
      from = covered;
      continue;
    }
    const part = decided + count++ * SPAN_SIZE;
    v128.store(part, v128.load(span));
    store<u32>(part, from, SPAN_START);
    store<u32>(part, to, SPAN_END);
    store<u16>(part, load<u16>(span, SPAN_TYPE) | <u16>SPAN_PART, SPAN_TYPE);
    from = to;
  }
  return count;
}

/** Gives out the decided spans that start before `bound`; the others wait on. Where the last one given out ends. */
function giveOut(scan: Scan, count: u32, bound: u32): u32 {
  const decided = decidedOf(scan);
  sort(decided, count, false);
  scan.rivalCount = 0;
  const spans = scan.spans;
  let to = scan.floor;
  let last: usize = 0;
  for (let k: u32 = 0; k < count; k++) {
    const span = decided + k * SPAN_SIZE;
    const start = load<u32>(span, SPAN_START);
    const type = <u32>load<u16>(span, SPAN_TYPE);
    if (start >= bound) {
      const slot = scan.rivals + scan.rivalCount++ * SPAN_SIZE;
      v128.store(slot, v128.load(span));
      if ((type & SPAN_PART) == 0) store<u16>(slot, type | WON, SPAN_TYPE);
      extend(scan, start, load<u32>(span, SPAN_END));
    } else if ((type & UNWANTED) == 0 && spans) {
      store<u16>(span, type & ~WON, SPAN_TYPE);
      if (last != 0 && continues(scan, last, span)) store<u32>(spans.at + spans.length - SPAN_SIZE, load<u32>(span, SPAN_END), SPAN_END);
      else spans.append(span, SPAN_SIZE);
      last = span;
      to = max<u32>(to, load<u32>(span, SPAN_END));
    }
  }
  return to;
}

/** Whether two spans of one rule become one: parts that touch, and what is redacted with its parts. */
@inline
function continues(scan: Scan, a: usize, b: usize): bool {
  const rule = <u32>load<u16>(a, SPAN_RULE);
  if (load<u32>(a, SPAN_END) != load<u32>(b, SPAN_START) || <u32>load<u16>(b, SPAN_RULE) != rule) return false;
  const isPartA = (<u32>load<u16>(a, SPAN_TYPE) & SPAN_PART) != 0;
  const isPartB = (<u32>load<u16>(b, SPAN_TYPE) & SPAN_PART) != 0;
  if (isPartA && isPartB) return true;
  return (isPartA || isPartB) && isRedacted(scan.policy, rule);
}

@inline
function isRedacted(policy: usize, rule: u32): bool {
  return <u32>load<u8>(policy + load<u32>(policy, HEADER_RULES) + rule * SIZE_RULE, RULE_ACTION) == ACTION_REDACT;
}

/** What no decided span covers from `from` to the end of the last becomes parts. */
function fillGaps(scan: Scan, count: u32, from: u32): u32 {
  const decided = decidedOf(scan);
  sort(decided, count, false);
  const all = count;
  let before: usize = 0;
  for (let k: u32 = 0; k < all; k++) {
    const span = decided + k * SPAN_SIZE;
    if ((load<u16>(span, SPAN_TYPE) & <u16>UNWANTED) != 0) continue;
    const start = load<u32>(span, SPAN_START);
    if (start > from) {
      if (before != 0 && (load<u16>(before, SPAN_TYPE) & <u16>SPAN_PART) != 0) store<u32>(before, start, SPAN_END);
      else {
        const part = decided + count++ * SPAN_SIZE;
        v128.store(part, v128.load(span));
        store<u32>(part, from, SPAN_START);
        store<u32>(part, start, SPAN_END);
        store<u16>(part, load<u16>(span, SPAN_TYPE) | <u16>SPAN_PART, SPAN_TYPE);
      }
    }
    from = max<u32>(from, load<u32>(span, SPAN_END));
    before = span;
  }
  return count;
}
