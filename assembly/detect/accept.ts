// From a match to a span: the boundary behind it, its length, its check digits, its context, its score.

import { hasContext, mayHaveContext } from "./context";
import { verify } from "./check/index";
import {
  DETECTOR_CHECK,
  DETECTOR_CONTEXT_SCORE,
  DETECTOR_CONTEXT_SET,
  DETECTOR_FLAGS,
  DETECTOR_LEFT,
  DETECTOR_MAX,
  DETECTOR_MIN,
  DETECTOR_RIGHT,
  DETECTOR_SCORE,
  DETECTOR_SIZE,
  DETECTOR_TYPE,
  DETECTOR_VALUE,
  FLAG_AHEAD,
  FLAG_ASSIGNED,
  FLAG_NOT_DECIMAL,
  FLAG_OPEN,
  LIST_BARE,
  LIST_CONTEXTS,
  LIST_COUNT,
  LIST_SIZE,
  NO_CONTEXT,
  NO_SET,
  PROGRAM_DETECTORS,
  PROGRAM_SETS,
} from "./layout.gen";
import { UNWANTED, enter } from "./rivals";
import { PAD, Scan, placeOf } from "./state";
import { NO_RULE } from "../policy/format.gen";
import { wantedBy } from "./want";

/**
 * The automaton, started at `from`, accepts the detectors of `list` having read the window up to `end`; of the matches from
 * one place the longer ones are asked about first.
 */
export function accept(scan: Scan, list: usize, from: u32, end: u32): void {
  // A score of 0 is no find: such a detector needs its context.
  const threshold = max<u32>(scan.threshold, 1);
  const contexts = load<u64>(list, LIST_CONTEXTS);
  if (<u32>load<u8>(list, LIST_BARE) < threshold && !mayHaveContext(scan, contexts, from)) return;
  const program = scan.program;
  const text = scan.window + PAD;
  const sets = program + load<u32>(program, PROGRAM_SETS);
  const before = load<u64>(sets + (<usize>load<u8>(text + from - 1) << 3));
  const detectors = program + load<u32>(program, PROGRAM_DETECTORS);
  const count = <u32>load<u16>(list, LIST_COUNT);
  const place = placeOf(scan, from);
  for (let i: u32 = 0; i < count; i++) {
    const index = <u32>load<u16>(list + (i << 1), LIST_SIZE);
    const settled = scan.settled + (<usize>index << 2);
    if (load<u32>(settled) == place) continue;
    const detector = detectors + index * DETECTOR_SIZE;
    const isBare = <u32>load<u8>(detector, DETECTOR_SCORE) >= threshold;
    // Most need a word of context, and most places have none.
    if (!isBare && !mayHaveContext(scan, contexts, from)) continue;
    const flags = <u32>load<u8>(detector, DETECTOR_FLAGS);
    const isAhead = (flags & FLAG_AHEAD) != 0;
    const to = isAhead ? end - 1 : end;
    const length = to - from;
    // The byte behind the text is read for those that look ahead; it belongs to no match.
    if (to > scan.fill || length < <u32>load<u16>(detector, DETECTOR_MIN)) continue;
    if ((flags & FLAG_NOT_DECIMAL) != 0 && isDecimal(text + to)) continue;
    const most = <u32>load<u16>(detector, DETECTOR_MAX);
    if (length > most) continue;
    // A match of the greatest length counts although it may go on: what is cut must not leak as a whole.
    const isCut = length == most && (flags & FLAG_OPEN) != 0;
    if (!isAhead && !isCut) {
      // Behind the text stand zeros, which are in no set.
      const behind = load<u64>(sets + (<usize>load<u8>(text + to) << 3));
      if ((behind & ((<u64>1) << <u64>load<u8>(detector, DETECTOR_RIGHT))) != 0) continue;
    }
    // What does not count from here does not count at a shorter length either.
    if (!mayStart(scan, detector, before) || (!isBare && !isInContext(scan, detector, from))) {
      store<u32>(settled, place);
      continue;
    }
    let start = from;
    const value = <u32>load<u8>(detector, DETECTOR_VALUE);
    if (value != NO_SET) start = valueStart(program, text, from, to, (<u64>1) << <u64>value);
    else if ((flags & FLAG_ASSIGNED) != 0) start = assignedStart(text, from, to);
    if (!verify(<u32>load<u8>(detector, DETECTOR_CHECK), text + start, to - start)) continue;
    store<u32>(settled, place);
    const inContext = !isBare || isInContext(scan, detector, from);
    const score = <u32>(inContext ? load<u8>(detector, DETECTOR_CONTEXT_SCORE) : load<u8>(detector, DETECTOR_SCORE));
    const type = <u32>load<u16>(detector, DETECTOR_TYPE);
    const rule = scan.set == 0 ? NO_RULE : wanting(scan, type, score, text + start, to - start, scan.base + start);
    const isWanted = scan.set == 0 || rule != NO_RULE;
    enter(scan, index, rule, isWanted ? type : type | UNWANTED, scan.base + start, scan.base + to, score);
  }
}

/** Whether a match of the detector may stand behind the byte whose sets are `before`, and its type is wanted. */
@inline
function mayStart(scan: Scan, detector: usize, before: u64): bool {
  if ((before & ((<u64>1) << <u64>load<u8>(detector, DETECTOR_LEFT))) != 0) return false;
  return scan.wanted == 0 || load<u8>(scan.wanted + <usize>load<u16>(detector, DETECTOR_TYPE)) != 0;
}

/** Whether a match from `from` has its score in context: a better one, and enough. */
function isInContext(scan: Scan, detector: usize, from: u32): bool {
  const score = <u32>load<u8>(detector, DETECTOR_CONTEXT_SCORE);
  if (score <= <u32>load<u8>(detector, DETECTOR_SCORE) || score < scan.threshold) return false;
  const set = <u32>load<u16>(detector, DETECTOR_CONTEXT_SET);
  return set != NO_CONTEXT && hasContext(scan, set, from);
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

/**
 * Where the value of `name: "value"`, `name = value`, `name => value`, `name := value`, `<name>value` or `name" value="value`
 * starts, however far it stands from its sign.
 */
function assignedStart(text: usize, from: u32, to: u32): u32 {
  let at = from;
  while (at < to && !isSign(<u32>load<u8>(text + at))) at++;
  let sign = at;
  while (load<u8>(text + sign) == 0x3a) sign++;
  if (load<u8>(text + sign) == 0x3d) at = sign + (load<u8>(text + sign + 1) == 0x3e ? 2 : 1);
  else at++;
  while (isBlank(<u32>load<u8>(text + at))) at++;
  // A bracket or a backslash belongs to the quote behind it.
  const byte = <u32>load<u8>(text + at);
  const quote = byte == 0x5b || byte == 0x5c ? at + 1 : at;
  if (isQuote(<u32>load<u8>(text + quote))) at = quote + 1;
  return at < to ? at : from;
}

@inline
function isSign(byte: u32): bool {
  return byte == 0x3a || byte - 0x3d < 2;
}

@inline
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 5;
}

@inline
function isQuote(byte: u32): bool {
  return byte == 0x22 || byte == 0x27 || byte == 0x60;
}
