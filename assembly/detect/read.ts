// A text on its way to the scanner: folded, so that patterns and check functions meet digits, spaces and letters of ASCII
// however they were spelled, and with the places of what is found carried back to the text as it came.
//
//     chunk -> characters -> folded text -> scanner -> spans in the folded text -> spans in the text
//
// Invariants: text in which nothing can have another reading is handed on where it stands, and costs one look at its bytes; no verdict
// depends on where a chunk ends; marks are kept only for what is not decided yet, and characters that read as nothing stay
// when there are too many of them in a row, so what waits has a bound.

import { ITSELF, reading, spelling } from "./character";
import { MAX_DROPPED, MAX_REFERENCE } from "./fold.gen";
import { SPAN_END, SPAN_SIZE, SPAN_START } from "./layout.gen";
import { behind, forget, mark, sourceOf } from "./marks";
import { scan } from "./scan";
import { Scan } from "./state";

/** Folded text that has not gone to the scanner; empty whenever nothing is being read. */
const STAGE_BYTES: u32 = 2048;
const STAGE: usize = memory.data(2048, 16);
/** Bytes of it. */
let staged: u32 = 0;

/** Bytes of the next chunk that are enough to end what a chunk before it began. */
const ENOUGH: u32 = 2 * MAX_REFERENCE;

/** Takes `length` bytes at `at`, the `last` ones of the text or not; decided spans go to `scan.spans`. */
export function read(scan: Scan, at: usize, length: u32, last: bool): void {
  const end = at + length;
  if (scan.carried == 0 && nextSpecial(at, end) == end) {
    if (length != 0) scan.dropped = 0;
    scan.came += length;
    hand(scan, at, length, last);
    return;
  }
  const from = scan.carried != 0 ? complete(scan, at, end, last) : at;
  if (scan.carried == 0) {
    const stopped = fold(scan, from, end, end, last);
    carry(scan, stopped, <u32>(end - stopped));
  }
  flush(scan, last);
}

/** Ends the character that a chunk before began; where the chunk goes on. What is still not whole is carried on. */
function complete(scan: Scan, at: usize, end: usize, last: bool): usize {
  const carried = scan.carried;
  const more = min<u32>(<u32>(end - at), ENOUGH);
  const joined = scan.carry;
  memory.copy(joined + carried, at, more);
  scan.carried = 0;
  const stop = joined + carried;
  const stopped = fold(scan, joined, stop, stop + more, last && at + more == end);
  if (stopped < stop) {
    carry(scan, stopped, <u32>(stop + more - stopped));
    return end;
  }
  return at + (stopped - stop);
}

/** Keeps the beginning of a character that is spelled in several bytes. */
function carry(scan: Scan, at: usize, length: u32): void {
  memory.copy(scan.carry, at, length);
  scan.carried = length;
}

/**
 * Folds the characters that begin before `stop`; where it ended: behind the last of them, or at one that is not whole.
 * `end`: up to where bytes have come.
 */
function fold(scan: Scan, from: usize, stop: usize, end: usize, last: bool): usize {
  let plain = from;
  let at = from;
  while (at < stop) {
    at = nextSpecial(at, stop);
    if (at == stop) break;
    const size = spelling(at, end, last);
    if (size == 0) break;
    const code = reading;
    if (code == ITSELF) {
      at += size;
      continue;
    }
    if (at != plain) scan.dropped = 0;
    if (code == 0 && scan.dropped == MAX_DROPPED) {
      scan.dropped = 0;
      at += size;
      continue;
    }
    put(scan, plain, <u32>(at - plain));
    if (code == 0) scan.dropped++;
    else {
      scan.dropped = 0;
      putCode(scan, code, size);
    }
    scan.came += size;
    mark(scan, staged, 1);
    at += size;
    plain = at;
  }
  if (at != plain) scan.dropped = 0;
  put(scan, plain, <u32>(at - plain));
  return at;
}

/**
 * Bytes that a spelling with another reading can start with, by their halves; a bit for each first half: % and & (25, 26), \
 * (5C), C2 and CD, D8 to DF, E0 to E3, EA and EF, F0. No byte inside a character is one of them.
 */
@inline
function specials(bytes: v128): v128 {
  const high = i8x16.swizzle(i8x16(0, 0, 1, 0, 0, 32, 0, 0, 0, 0, 0, 0, 2, 4, 8, 16), i8x16.shr_u(bytes, 4));
  const low = i8x16.swizzle(
    i8x16(24, 8, 10, 8, 0, 1, 1, 0, 4, 4, 12, 4, 36, 6, 4, 12),
    v128.and(bytes, i8x16.splat(0x0f)),
  );
  return v128.and(high, low);
}

/** The next byte that may start a spelling with another reading; `end` when there is none. */
function nextSpecial(at: usize, end: usize): usize {
  const length = end - at;
  if (length < 16) return nextOfFew(at, end, length);
  for (; at + 16 <= end; at += 16) {
    const found = lanesOf(specials(v128.load(at)));
    if (found != 0) return at + ctz(found);
  }
  // The last sixteen once more: those before `at` are none.
  const found = at == end ? 0 : lanesOf(specials(v128.load(end - 16)));
  return found == 0 ? end : end - 16 + ctz(found);
}

/** The same in less than sixteen bytes: the first and the last of them, which may overlap. Zeros are not special. */
@inline
function nextOfFew(at: usize, end: usize, length: usize): usize {
  if (length < 4) {
    while (at < end && lanesOf(specials(i64x2(load<u8>(at), 0))) == 0) at++;
    return at;
  }
  const half: usize = length >= 8 ? 8 : 4;
  const first: u64 = half == 8 ? load<u64>(at) : <u64>load<u32>(at);
  const last: u64 = half == 8 ? load<u64>(end - 8) : <u64>load<u32>(end - 4);
  const found = lanesOf(specials(i64x2(first, last)));
  if (found == 0) return end;
  return (found & 0xff) != 0 ? at + ctz(found) : end - half + ctz(found >> 8);
}

/** A bit for each lane that is not zero. */
@inline
function lanesOf(bytes: v128): u32 {
  return v128.any_true(bytes) ? i8x16.bitmask(i8x16.ne(bytes, i8x16.splat(0))) : 0;
}

/** Adds bytes that stand for themselves. */
function put(scan: Scan, at: usize, length: u32): void {
  if (length > STAGE_BYTES - staged) flush(scan, false);
  scan.came += length;
  if (length > STAGE_BYTES) {
    hand(scan, at, length, false);
    return;
  }
  memory.copy(STAGE + staged, at, length);
  staged += length;
}

/** Adds a code point, spelled in `size` bytes, as UTF-8; each of its bytes stands for the whole spelling. */
function putCode(scan: Scan, code: u32, size: u32): void {
  if (STAGE_BYTES - staged < 4) flush(scan, false);
  let shift: u32 = code < 0x80 ? 0 : code < 0x800 ? 6 : code < 0x10000 ? 12 : 18;
  const lead: u32 = code < 0x80 ? 0 : code < 0x800 ? 0xc0 : code < 0x10000 ? 0xe0 : 0xf0;
  mark(scan, staged, size);
  store<u8>(STAGE + staged++, lead | (code >> shift));
  while (shift != 0) {
    shift -= 6;
    mark(scan, staged, size);
    store<u8>(STAGE + staged++, 0x80 | ((code >> shift) & 0x3f));
  }
}

function flush(scan: Scan, last: bool): void {
  const length = staged;
  staged = 0;
  if (length != 0 || last) hand(scan, STAGE, length, last);
  memory.fill(STAGE, 0, length);
}

/** Gives folded text to the scanner, and carries back what it found. */
function hand(scanner: Scan, at: usize, length: u32, last: bool): void {
  const spans = scanner.spans!;
  const before = spans.length;
  scan(scanner, at, length, last);
  if (scanner.marks.length == 0) return;
  if (!spans.failed) {
    for (let offset = before; offset < spans.length; offset += SPAN_SIZE) {
      const span = spans.at + offset;
      const start = load<u32>(span, SPAN_START);
      const end = load<u32>(span, SPAN_END);
      store<u32>(span, sourceOf(scanner, start), SPAN_START);
      store<u32>(span, behind(scanner, end - 1), SPAN_END);
    }
  }
  forget(scanner);
}
