// Where folded text came from: a mark wherever it does not simply go on, byte for byte.
// A mark says of the byte at an offset of the folded text where its spelling starts in the text as it came, and how long
// that is; behind it byte follows byte up to the next mark.
// Invariants: marks ascend; no two are of one offset; the last one at or before what is decided stays.

import { MAX_LEAD } from "./layout.gen";
import { Scan } from "./state";

const FOLDED: usize = 0;
const SOURCE: usize = 4;
const WIDTH: usize = 8;
const SIZE: u32 = 12;

/** Marks that are let go of at once: moving the rest costs more than a few that are not needed. */
const MANY: u32 = 256;

/**
 * The byte `ahead` of the text that the scanner has comes from a spelling of `width` bytes, the next ones of the text as it
 * came. A mark of the same offset gives way.
 */
export function mark(scan: Scan, ahead: u32, width: u32): void {
  const marks = scan.marks;
  const folded = scan.base + scan.fill + ahead;
  if (marks.length == 0 || load<u32>(marks.at + marks.length - SIZE) != folded) {
    if (!marks.reserve(SIZE)) {
      // Places would be wrong: whoever asks for spans has to refuse.
      scan.spans!.failed = true;
      return;
    }
    marks.length += SIZE;
  }
  const at = marks.at + marks.length - SIZE;
  store<u32>(at, folded, FOLDED);
  store<u32>(at, scan.came, SOURCE);
  store<u32>(at, width, WIDTH);
}

/** The last mark at or before an offset of the folded text, or 0. */
function before(scan: Scan, offset: u32): usize {
  const marks = scan.marks;
  let low: u32 = 0;
  let high = marks.length / SIZE;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(marks.at + middle * SIZE, FOLDED) <= offset) low = middle + 1;
    else high = middle;
  }
  return low == 0 ? 0 : marks.at + (low - 1) * SIZE;
}

/** Where the spelling of the byte at an offset of the folded text starts. */
export function sourceOf(scan: Scan, offset: u32): u32 {
  const at = before(scan, offset);
  return at == 0 ? offset : load<u32>(at, SOURCE) + (offset - load<u32>(at, FOLDED));
}

/** Where it ends. */
export function behind(scan: Scan, offset: u32): u32 {
  const at = before(scan, offset);
  if (at == 0) return offset + 1;
  const after = offset - load<u32>(at, FOLDED);
  return load<u32>(at, SOURCE) + (after == 0 ? load<u32>(at, WIDTH) : after + 1);
}

/** The offset in the folded text before which everything is decided and given out. */
function decided(scan: Scan): u32 {
  const next = scan.base + scan.next;
  const safe = next > MAX_LEAD ? next - MAX_LEAD : 0;
  return scan.rivalCount != 0 ? min<u32>(safe, scan.rivalsFrom) : safe;
}

/** The offset in the text as it came before which everything is decided and given out. */
export function decidedTo(scan: Scan): u32 {
  return sourceOf(scan, decided(scan));
}

/** Lets go of marks that nobody will ask for. */
export function forget(scan: Scan): void {
  const marks = scan.marks;
  const first = before(scan, decided(scan));
  const gone: u32 = first == 0 ? 0 : <u32>(first - marks.at);
  if (gone < MANY * SIZE) return;
  memory.copy(marks.at, first, marks.length - gone);
  marks.length -= gone;
}
