// Member names in the binary policy, drawn in docs/internals.md: one text without offsets, from which the filter makes the
// index that finds them. A preset has thousands of names, and offsets and slots of a hash are noise that no gzip shortens.
// Invariant: names stand by class, the classes in order, so that a name's class is its place.

import { SLOTS, SYMBOL } from "./constants.ts";

export interface SymbolText {
  bytes: Uint8Array;
  count: number;
  slotsLog2: number;
  /** Bit min(length, 63) is set when a name has that length. */
  lengths: bigint;
}

/** Names by their class, which are numbered from 0 on without gaps. */
export function symbolText(classes: ReadonlyMap<string, number>): SymbolText {
  // Neighbours that begin alike pack well.
  const sorted = [...classes].sort(([a, of], [b, than]) => of - than || (a < b ? -1 : 1));
  const parts: Uint8Array[] = [];
  let lengths = 0n;
  sorted.forEach(([name, number], index) => {
    const bytes = Buffer.from(name);
    const isLast = sorted[index + 1]?.[1] !== number;
    parts.push(bytes, Uint8Array.of(isLast ? SYMBOL.CLASS_END : SYMBOL.END));
    lengths |= 1n << BigInt(Math.min(bytes.length, 63));
  });
  let slotsLog2: number = SLOTS.MIN_LOG2;
  while (2 ** slotsLog2 < classes.size * 2) slotsLog2++;
  return { bytes: Buffer.concat(parts), count: classes.size, slotsLog2, lengths };
}
