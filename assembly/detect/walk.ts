// The automaton from one place: every end of a match is noted, and when the automaton is dead they are judged, the longest
// first, so that a detector whose match is decided is not asked about the shorter ones.

import { accept } from "./accept";
import {
  FLAG_LONGEST,
  LIST_FLAGS,
  LIST_LEAST,
  LIST_MOST,
  MAX_ENDS,
  WALK_STRIDE,
} from "./layout.gen";
import { PAD, Scan, forgetSettled } from "./state";

/** Runs the main automaton from the state `entry` and the place `at` of the window. */
export function walk(scan: Scan, at: u32, entry: u32): void {
  const classes = scan.classes;
  const transitions = scan.transitions;
  const row = scan.row;
  const live = scan.firstAccepting - 1;
  const text = scan.window + PAD;
  // With the byte behind the longest match; behind the text stand zeros.
  const end = min<u32>(at + scan.longest, scan.fill) + 1;
  const ends = scan.ends;
  let top = ends;
  let state = entry;
  let stop = min<u32>(end, at + WALK_STRIDE);
  for (let i = at; ; ) {
    if (i >= stop) {
      // What is alive beyond its length is so for the sake of other detectors.
      if (i >= end || i - at > <u32>load<u16>(scan.reach + (<usize>state << 1))) break;
      stop = min<u32>(end, i + WALK_STRIDE);
    }
    state = <u32>load<u16>(transitions + (<usize>state << row) + (<usize>load<u8>(classes + <usize>load<u8>(text + i)) << 1));
    i++;
    // Most states are neither dead, which is 0, nor accepting: one comparison says so.
    if (state - 1 < live) continue;
    if (state == 0) break;
    const head = scan.program + load<u32>(scan.accepts + (<usize>state << 2));
    if (i - at < <u32>load<u16>(head, LIST_LEAST)) continue;
    const isLonger =
      top != ends &&
      i <= scan.fill &&
      load<u32>(top - 8) == <u32>head &&
      <u32>load<u8>(head, LIST_FLAGS) == FLAG_LONGEST &&
      i - at <= <u32>load<u16>(head, LIST_MOST);
    if (isLonger) {
      // In the middle of a long run the state leads to itself.
      const here = transitions + (<usize>state << row);
      const most = min<u32>(scan.fill, at + <u32>load<u16>(head, LIST_MOST));
      while (i < most && <u32>load<u16>(here + (<usize>load<u8>(classes + <usize>load<u8>(text + i)) << 1)) == state) i++;
      store<u32>(top - 4, i);
      continue;
    }
    if (top == ends + (MAX_ENDS << 3)) {
      top = judge(scan, top, at);
      // The shorter matches are rivals now; longer ones of the same detectors may still take their place.
      forgetSettled(scan);
    }
    store<u32>(top, <u32>head);
    store<u32>(top, i, 4);
    top += 8;
  }
  judge(scan, top, at);
}

/** Judges the noted ends below `top`, from the last; where the next one is noted. */
function judge(scan: Scan, top: usize, at: u32): usize {
  while (top != scan.ends) {
    top -= 8;
    accept(scan, load<u32>(top), at, load<u32>(top, 4));
  }
  return top;
}
