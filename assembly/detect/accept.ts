// From a match to a span: the boundary behind it, its length, its check digits, its context, its score.

import { hasContext } from "./context";
import { verify } from "./check/index";
import {
  DETECTOR_CHECK,
  DETECTOR_CONTEXT_SCORE,
  DETECTOR_CONTEXT_SET,
  DETECTOR_FLAGS,
  DETECTOR_LEFT,
  DETECTOR_MAX,
  DETECTOR_RIGHT,
  DETECTOR_SCORE,
  DETECTOR_SIZE,
  DETECTOR_TYPE,
  DETECTOR_VALUE,
  FLAG_NOT_DECIMAL,
  FLAG_OPEN,
  NO_CONTEXT,
  NO_SET,
  PROGRAM_DETECTORS,
  PROGRAM_SETS,
} from "./layout.gen";
import { UNWANTED, enter } from "./rivals";
import { PAD, Scan } from "./state";
import { NO_RULE } from "../policy/format.gen";
import { wantedBy } from "./want";

/**
 * The detectors of `list` match the window from `from` to `to`. A list: u64 sets of all their right boundaries
 * together, u16 count, u16 detectors.
 */
export function accept(scan: Scan, list: usize, from: u32, to: u32): void {
  const program = scan.program;
  const text = scan.window + PAD;
  // Behind the text stand zeros, which are in no set.
  const sets = program + load<u32>(program, PROGRAM_SETS);
  const behind = load<u64>(sets + (<usize>load<u8>(text + to) << 3));
  const boundaries = load<u64>(list);
  if ((behind & boundaries) == boundaries && boundaries != 0) return;
  const before = load<u64>(sets + (<usize>load<u8>(text + from - 1) << 3));
  const detectors = program + load<u32>(program, PROGRAM_DETECTORS);
  const count = <u32>load<u16>(list, 8);
  for (let i: u32 = 0; i < count; i++) {
    const index = <u32>load<u16>(list + (i << 1), 10);
    const detector = detectors + index * DETECTOR_SIZE;
    if ((before & ((<u64>1) << <u64>load<u8>(detector, DETECTOR_LEFT))) != 0) continue;
    const length = to - from;
    const flags = <u32>load<u8>(detector, DETECTOR_FLAGS);
    if ((flags & FLAG_NOT_DECIMAL) != 0 && isDecimal(text + to)) continue;
    const most = <u32>load<u16>(detector, DETECTOR_MAX);
    if (length > most) continue;
    // A match of the greatest length counts although it may go on: what is cut must not leak as a whole.
    const isCut = length == most && (flags & FLAG_OPEN) != 0;
    if (!isCut && (behind & ((<u64>1) << <u64>load<u8>(detector, DETECTOR_RIGHT))) != 0) continue;
    const type = <u32>load<u16>(detector, DETECTOR_TYPE);
    if (scan.wanted != 0 && load<u8>(scan.wanted + type) == 0) continue;
    let score = <u32>load<u8>(detector, DETECTOR_SCORE);
    const contextScore = <u32>load<u8>(detector, DETECTOR_CONTEXT_SCORE);
    if (max<u32>(score, contextScore) < scan.threshold) continue;
    // Looking a context up is cheaper than most checks, and decides more often.
    if (contextScore > score) {
      const set = <u32>load<u16>(detector, DETECTOR_CONTEXT_SET);
      if (set != NO_CONTEXT && hasContext(scan, set, from)) score = contextScore;
    }
    // A score of 0 is no find: such a detector needs its context.
    if (score == 0 || score < scan.threshold) continue;
    let start = from;
    const value = <u32>load<u8>(detector, DETECTOR_VALUE);
    if (value != NO_SET) start = valueStart(program, text, from, to, (<u64>1) << <u64>value);
    if (!verify(<u32>load<u8>(detector, DETECTOR_CHECK), text + start, to - start)) continue;
    const rule = scan.set == 0 ? NO_RULE : wanting(scan, type, score, text + start, to - start, scan.base + start);
    const isWanted = scan.set == 0 || rule != NO_RULE;
    enter(scan, index, rule, isWanted ? type : type | UNWANTED, scan.base + start, scan.base + to, score);
  }
}

/** The first rule that wants the find. All bytes before it that the rules look at are still in the window. */
@inline
function wanting(scan: Scan, type: u32, score: u32, at: usize, length: u32, known: u32): u32 {
  return wantedBy(scan.policy, scan.set, type, score, at, length, known);
}

@inline
function isDecimal(behind: usize): bool {
  return load<u8>(behind) == 0x2e && <u32>load<u8>(behind, 1) - 0x30 < 10;
}

/** Where the last run of characters of a set starts. */
function valueStart(program: usize, text: usize, from: u32, to: u32, set: u64): u32 {
  const sets = program + load<u32>(program, PROGRAM_SETS);
  let at = to;
  while (at > from && (load<u64>(sets + (<usize>load<u8>(text + at - 1) << 3)) & set) != 0) at--;
  return at;
}
