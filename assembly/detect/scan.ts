// The scanner: one pass over a text, in chunks of any size, that finds what the patterns of a program match.
//
//     text -> window -> filter: which positions can start anything -> candidates -> sieve -> automaton from there -> accept
//
// The filter (shift-and over the byte before a position and seven bytes from it, in groups of detectors) costs the same
// whatever the number of detectors; the automaton runs only where it and the sieve, which has more groups, say so.
// Invariant: a position is decided when the longest match that could start there, and the two bytes behind it, are in the
// window; so no verdict depends on where a chunk ends.

import { copyShort } from "../bytes/buffer";
import {
  LEAD_LEFT,
  LEAD_MAX,
  LEAD_PIVOT,
  LEAD_RUN,
  LEAD_SIZE,
  LEAD_START,
  PROGRAM_FILTER,
  PROGRAM_LEADS,
  PROGRAM_SETS,
  PROGRAM_SIEVE,
} from "./layout.gen";
import { resolve, settle, settleFree } from "./rivals";
import { LOOKBACK, PAD, Scan, WINDOW } from "./state";
import { walk } from "./walk";

/** Takes `length` bytes at `at`, the `last` ones of the text or not; decided spans go to `scan.spans`. */
export function scan(scan: Scan, at: usize, length: u32, last: bool): void {
  const text = scan.window + PAD;
  const longest = scan.longest;
  while (length != 0) {
    if (scan.fill == WINDOW) slide(scan);
    const taken = min<u32>(WINDOW - scan.fill, length);
    copyShort(text + scan.fill, at, taken);
    scan.fill += taken;
    at += taken;
    length -= taken;
    if (scan.fill > scan.next + longest + 1) search(scan, scan.fill - longest - 1);
  }
  if (!last) return;
  v128.store(text + scan.fill, i8x16.splat(0));
  search(scan, scan.fill);
  if (scan.rivalCount != 0) resolve(scan);
}

/** Makes room: what is decided goes, but for what context and leads look back at. */
function slide(scan: Scan): void {
  const text = scan.window + PAD;
  const gone = scan.next - LOOKBACK;
  memory.copy(text, text + gone, scan.fill - gone);
  scan.base += gone;
  scan.next -= gone;
  scan.fill -= gone;
}

/** All groups in all lanes. In memory, since a constant would be made anew for every place. */
const ALL: usize = memory.data<u64>([u64.MAX_VALUE, u64.MAX_VALUE], 16);

/** A vector a place further on: its last lane falls out, and every group is alive in the first. */
@inline
function shifted(all: v128, groups: v128): v128 {
  return v128.shuffle<u16>(all, groups, 7, 8, 9, 10, 11, 12, 13, 14);
}

/** Groups in the last lanes: all that a candidate's first bytes fit. */
@inline
function complete(low: v128, high: v128): u32 {
  return <u32>i16x8.extract_lane_u(low, 7) | (<u32>i16x8.extract_lane_u(high, 7) << 16);
}

/** Places that passed the filter and wait for the automaton: u32 place in the window, u32 groups. */
const MAX_CANDIDATES: usize = 64;
const CANDIDATES: usize = memory.data(8 * MAX_CANDIDATES, 16);
/** The last place that leaves room for those of four bytes. */
const CANDIDATES_FULL: usize = CANDIDATES + 8 * (MAX_CANDIDATES - 4);

/** Notes a candidate if there is one; where the next is noted. Nothing is branched on, since nothing would foretell it. */
@inline
function noted(to: usize, at: u32, groups: u32): usize {
  store<u32>(to, at);
  store<u32>(to, groups, 4);
  return to + (<usize>(groups != 0) << 3);
}

/**
 * Decides the positions from `scan.next` to `to`; seven readable bytes follow. The filter runs ahead of the automaton until
 * enough candidates are noted, so that its loop calls nothing and keeps its vectors in registers.
 */
function search(scan: Scan, to: u32): void {
  const program = scan.program;
  const filter = program + load<u32>(program, PROGRAM_FILTER);
  const text = scan.window + PAD;
  const end = text + to + 6;
  let at = text + scan.next - 1;
  // Lane k of `low` and `high`: groups, sixteen in each, whose first k + 1 bytes fit.
  let low = i16x8.splat(0);
  let high = low;
  const all = v128.load(ALL);
  do {
    let top = CANDIDATES;
    while (at + 4 <= end) {
      const row0 = filter + (<usize>load<u8>(at) << 5);
      const row1 = filter + (<usize>load<u8>(at, 1) << 5);
      const row2 = filter + (<usize>load<u8>(at, 2) << 5);
      const row3 = filter + (<usize>load<u8>(at, 3) << 5);
      const low0 = v128.and(shifted(all, low), v128.load(row0));
      const low1 = v128.and(shifted(all, low0), v128.load(row1));
      const low2 = v128.and(shifted(all, low1), v128.load(row2));
      low = v128.and(shifted(all, low2), v128.load(row3));
      const high0 = v128.and(shifted(all, high), v128.load(row0, 16));
      const high1 = v128.and(shifted(all, high0), v128.load(row1, 16));
      const high2 = v128.and(shifted(all, high1), v128.load(row2, 16));
      high = v128.and(shifted(all, high2), v128.load(row3, 16));
      const any = v128.or(v128.or(v128.or(low0, low1), v128.or(low2, low)), v128.or(v128.or(high0, high1), v128.or(high2, high)));
      if (i16x8.extract_lane_u(any, 7) != 0) {
        const first = <u32>(at - text) - 6;
        top = noted(top, first, complete(low0, high0));
        top = noted(top, first + 1, complete(low1, high1));
        top = noted(top, first + 2, complete(low2, high2));
        top = noted(top, first + 3, complete(low, high));
        if (top > CANDIDATES_FULL) {
          at += 4;
          break;
        }
      }
      at += 4;
    }
    for (; at < end && top <= CANDIDATES_FULL; at++) {
      const row = filter + (<usize>load<u8>(at) << 5);
      low = v128.and(shifted(all, low), v128.load(row));
      high = v128.and(shifted(all, high), v128.load(row, 16));
      top = noted(top, <u32>(at - text) - 6, complete(low, high));
    }
    top = sieved(scan, top);
    for (let each = CANDIDATES; each < top; each += 8) candidate(scan, load<u32>(each), load<u32>(each, 4));
  } while (at < end);
  scan.next = to;
  settleFree(scan, scan.base + to);
}

/** The sets of the sieve for the byte at `at`, sixteen bytes for each of the eight positions. */
@inline
function sifted(sieve: usize, at: usize): usize {
  return sieve + (<usize>load<u8>(at) << 7);
}

/**
 * Drops the candidates below `top` of which no detector has the first bytes, since the filter's groups let mixtures of theirs
 * through; where the rest ends. It branches on no verdict, since nothing would foretell it.
 */
function sieved(scan: Scan, top: usize): usize {
  const program = scan.program;
  const offset = load<u32>(program, PROGRAM_SIEVE);
  if (offset == 0) return top;
  const sieve = program + offset;
  const before = scan.window + PAD - 1;
  const leads: u32 = (1 << load<u32>(program, PROGRAM_LEADS + 4)) - 1;
  let kept = CANDIDATES;
  for (let each = CANDIDATES; each < top; each += 8) {
    const place = load<u32>(each);
    const at = before + place;
    const first = v128.and(v128.load(sifted(sieve, at)), v128.load(sifted(sieve, at + 1), 16));
    const second = v128.and(v128.load(sifted(sieve, at + 2), 32), v128.load(sifted(sieve, at + 3), 48));
    const third = v128.and(v128.load(sifted(sieve, at + 4), 64), v128.load(sifted(sieve, at + 5), 80));
    const fourth = v128.and(v128.load(sifted(sieve, at + 6), 96), v128.load(sifted(sieve, at + 7), 112));
    const passes = v128.any_true(v128.and(v128.and(first, second), v128.and(third, fourth)));
    // Leads have groups of their own, which are exact.
    const groups = load<u32>(each, 4) & (leads | (0 - <u32>passes));
    store<u32>(kept, place);
    store<u32>(kept, groups, 4);
    kept += <usize>(groups != 0) << 3;
  }
  return kept;
}

function candidate(scan: Scan, at: u32, groups: u32): void {
  const program = scan.program;
  settle(scan, scan.base + at);
  const leads = load<u32>(program, PROGRAM_LEADS + 4);
  let rest = groups & ((1 << leads) - 1);
  if (groups != rest) walk(scan, at, scan.start);
  while (rest != 0) {
    lead(scan, at, program + load<u32>(program, PROGRAM_LEADS) + ctz(rest) * LEAD_SIZE);
    rest &= rest - 1;
  }
}

/** From a pivot back over its run, and forward from the earliest place where a match may start. */
function lead(scan: Scan, pivot: u32, record: usize): void {
  const text = scan.window + PAD;
  if (load<u8>(text + pivot) != load<u8>(record, LEAD_PIVOT)) return;
  const program = scan.program;
  const sets = program + load<u32>(program, PROGRAM_SETS);
  const run: u64 = 1 << <u64> load<u8>(record, LEAD_RUN);
  const most = <u32>load<u8>(record, LEAD_MAX);
  const least = pivot > most ? pivot - most : 0;
  let at = pivot;
  while (at > least && (load<u64>(sets + (<usize>load<u8>(text + at - 1) << 3)) & run) != 0) at--;
  const left: u64 = 1 << <u64>load<u8>(record, LEAD_LEFT);
  const start = load<u32>(record, LEAD_START);
  const first = scan.transitions + (<usize>start << scan.row);
  for (; at < pivot; at++) {
    const member = <usize>load<u8>(scan.classes + <usize>load<u8>(text + at));
    const isFree = (load<u64>(sets + (<usize>load<u8>(text + at - 1) << 3)) & left) == 0;
    if (isFree && load<u16>(first + (member << 1)) != 0) {
      walk(scan, at, start);
      return;
    }
  }
}
