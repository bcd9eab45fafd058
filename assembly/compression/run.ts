// The fast way through a block: symbols as long as whole words of input and room for the longest copy are there.
// Invariant: stops in front of the symbol that it does not take (the end of the block, one that is wrong, one for which
// too little is there), so that inflate.ts alone judges and waits.

import { Buffer } from "../bytes/buffer";
import { codeBits, symbolIn } from "./huffman";
import { Inflater, distanceTable, literalTable, windowOf } from "./inflate";
import { FIRST_LENGTH, LAST_DISTANCE, LAST_LENGTH, distanceBase, distanceExtra, lengthBase, lengthExtra } from "./lengths";
import { LONGEST_COPY, copyBack } from "./window";

/** Bits of the longest symbol with all that belongs to it: a length, its extra bits, a distance, its extra bits. */
const LONGEST_SYMBOL: u32 = 15 + 5 + 15 + 13;
/** Room for so much is made, at least. */
const RUN: u32 = 1024;

@inline
function low(bits: u64, count: u32): u32 {
  return <u32>bits & ((1 << count) - 1);
}

/** Reads from `p` on; answers where to go on. `started` is how much of `out` is older than this call, `most` its limit. */
export function readRun(s: Inflater, p: usize, end: usize, out: Buffer, started: u32, most: u32): usize {
  if (end - p < 8 || !out.reserve(LONGEST_COPY + RUN)) return p;
  const base = out.at + started;
  const begin = out.at + out.length;
  const lastWord = end - 8;
  const lastRoom = out.at + min<u32>(out.capacity - LONGEST_COPY, most);
  const literals = literalTable(s);
  const distances = distanceTable(s);
  const ring = windowOf(s);
  let to = begin;
  let hold = s.hold;
  let bits = s.bits;
  while (p <= lastWord && to <= lastRoom) {
    if (bits < LONGEST_SYMBOL) {
      // What does not fit whole is read again with the next word, over the same bits.
      hold |= load<u64>(p) << <u64>bits;
      p += (63 - bits) >> 3;
      bits |= 56;
    }
    let symbol = symbolIn(literals, hold);
    let size = codeBits;
    if (<u32>symbol < 256) {
      store<u8>(to++, symbol);
      hold >>= <u64>size;
      bits -= size;
      continue;
    }
    if (<u32>symbol < FIRST_LENGTH || <u32>symbol > LAST_LENGTH) break;
    let rest = hold >> <u64>size;
    let left = bits - size;
    let kind = <u32>symbol - FIRST_LENGTH;
    size = lengthExtra(kind);
    const length = lengthBase(kind) + low(rest, size);
    rest >>= <u64>size;
    left -= size;
    symbol = symbolIn(distances, rest);
    if (<u32>symbol > LAST_DISTANCE) break;
    rest >>= <u64>codeBits;
    left -= codeBits;
    kind = <u32>symbol;
    size = distanceExtra(kind);
    const distance = distanceBase(kind) + low(rest, size);
    const position = s.bytesOut + <u64>(to - begin);
    if (<u64>distance > position) break;
    copyBack(ring, base, to, <u32>position, distance, length);
    to += length;
    hold = rest >> <u64>size;
    bits = left - size;
  }
  s.hold = hold & (((<u64>1) << <u64>bits) - 1);
  s.bits = bits;
  out.length += <u32>(to - begin);
  s.bytesOut += <u64>(to - begin);
  return p;
}
