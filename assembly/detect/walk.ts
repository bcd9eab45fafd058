// The automaton from one place: every end of a match is noted, and when the automaton is dead they are judged, the longest
// first, so that a detector whose match is decided is not asked about the shorter ones.

import { accept } from "./accept";
import {
  FLAG_LONGEST,
  LIST_FLAGS,
  LIST_LEAST,
  LIST_MOST,
  LIST_RIGHT,
  MAX_ENDS,
  NO_SET,
  PROGRAM_SETS,
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
  const end = text + min<u32>(at + scan.longest, scan.fill) + 1;
  const ends = scan.ends;
  let top = ends;
  let state = entry;
  let next = text + at;
  let stop = min<usize>(end, next + WALK_STRIDE);
  for (;;) {
    // Nothing but this in the inner loop: each step waits for the one before, so that it has as few parts as can be.
    do {
      const member = transitions + (<usize>load<u8>(classes + <usize>load<u8>(next)) << 1);
      state = <u32>load<u16>((<usize>state << row) + member);
      next++;
      // Most states are neither dead, which is 0, nor accepting: one comparison says so.
    } while (state - 1 < live && next < stop);
    if (state == 0) break;
    if (state - 1 >= live) {
      const head = scan.program + load<u32>(scan.accepts + (<usize>state << 2));
      let to = <u32>(next - text);
      if (to - at >= <u32>load<u16>(head, LIST_LEAST)) {
        to = middleOf(scan, head, state, at, to);
        if (mayEnd(scan, head, at, to)) {
          if (goesOn(scan, top, head, at, to)) {
            to = runOf(scan, head, state, at, to);
          } else {
            if (top == ends + (MAX_ENDS << 3)) {
              top = judge(scan, top, at);
              // The shorter matches are rivals now; longer ones of the same detectors may still take their place.
              forgetSettled(scan);
            }
            store<u32>(top, <u32>head);
            top += 8;
          }
          store<u32>(top - 4, to);
        }
        next = text + to;
      }
    }
    if (next < stop) continue;
    // What is alive beyond its length is so for the sake of other detectors.
    if (next >= end || next - text - at > <usize>load<u16>(scan.reach + (<usize>state << 1))) break;
    stop = min<usize>(end, next + WALK_STRIDE);
  }
  judge(scan, top, at);
}

/**
 * Whether a detector of the list `head` may end at `to`. Most may not in front of a byte that goes on with a match, but one
 * that is cut at its greatest length: without asking, each byte in the middle of a long secret would be noted as an end.
 */
@inline
function mayEnd(scan: Scan, head: usize, at: u32, to: u32): bool {
  const right = <u32>load<u8>(head, LIST_RIGHT);
  if (right == NO_SET || to - at >= <u32>load<u16>(head, LIST_MOST)) return true;
  const sets = scan.program + load<u32>(scan.program, PROGRAM_SETS);
  const behind = <usize>load<u8>(scan.window + PAD + to);
  return (load<u64>(sets + (behind << 3)) & ((<u64>1) << <u64>right)) == 0;
}

/** From `to` on the first place where a detector of the list may end, or the state does not lead to itself. */
function middleOf(scan: Scan, head: usize, state: u32, at: u32, to: u32): u32 {
  const right = <u32>load<u8>(head, LIST_RIGHT);
  if (right == NO_SET) return to;
  const sets = scan.program + load<u32>(scan.program, PROGRAM_SETS);
  const goingOn = (<u64>1) << <u64>right;
  const here = scan.transitions + (<usize>state << scan.row);
  const classes = scan.classes;
  const text = scan.window + PAD;
  const limit = text + min<u32>(scan.fill, at + <u32>load<u16>(head, LIST_MOST));
  let next = text + to;
  while (next < limit) {
    const byte = <usize>load<u8>(next);
    if ((load<u64>(sets + (byte << 3)) & goingOn) == 0) break;
    if (<u32>load<u16>(here + (<usize>load<u8>(classes + byte) << 1)) != state) break;
    next++;
  }
  return <u32>(next - text);
}

/** Whether the end `to` of the list `head` takes the place of the one noted last, below `top`: of such lists only the longest counts. */
function goesOn(scan: Scan, top: usize, head: usize, at: u32, to: u32): bool {
  return (
    top != scan.ends &&
    to <= scan.fill &&
    load<u32>(top - 8) == <u32>head &&
    <u32>load<u8>(head, LIST_FLAGS) == FLAG_LONGEST &&
    to - at <= <u32>load<u16>(head, LIST_MOST)
  );
}

/** Where the run from `to` on ends in which the state leads to itself, as in the middle of a long match. */
function runOf(scan: Scan, head: usize, state: u32, at: u32, to: u32): u32 {
  const text = scan.window + PAD;
  const here = scan.transitions + (<usize>state << scan.row);
  const most = min<u32>(scan.fill, at + <u32>load<u16>(head, LIST_MOST));
  while (to < most && <u32>load<u16>(here + (<usize>load<u8>(scan.classes + <usize>load<u8>(text + to)) << 1)) == state) to++;
  return to;
}

/** Judges the noted ends below `top`, from the last; where the next one is noted. */
function judge(scan: Scan, top: usize, at: u32): usize {
  while (top != scan.ends) {
    top -= 8;
    accept(scan, load<u32>(top), at, load<u32>(top, 4));
  }
  return top;
}
