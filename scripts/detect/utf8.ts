// Code points as UTF-8: a set of characters becomes alternatives of byte ranges, as few as the encoding allows.

export type ByteRange = readonly [from: number, to: number];

/** The last code point of each encoded length. */
const ENDS = [0x7f, 0x7ff, 0xffff, 0x10ffff];

const encode = (point: number): number[] => [...Buffer.from(String.fromCodePoint(point))];

/** Sequences of byte ranges that spell exactly the code points from `from` to `to`; surrogates have no spelling. */
export function utf8Sequences(from: number, to: number): ByteRange[][] {
  if (from > to) return [];
  if (from <= 0xdfff && to >= 0xd800) return [...utf8Sequences(from, 0xd7ff), ...utf8Sequences(0xe000, to)];
  for (const end of ENDS) {
    if (from <= end && to > end) return [...utf8Sequences(from, end), ...utf8Sequences(end + 1, to)];
  }
  if (to <= 0x7f) return [[[from, to]]];
  // Split until all continuation bytes behind the first difference run over their whole range.
  for (let bits = 6; bits <= 18; bits += 6) {
    const mask = (1 << bits) - 1;
    if ((from & ~mask) === (to & ~mask)) break;
    if ((from & mask) !== 0) return [...utf8Sequences(from, from | mask), ...utf8Sequences((from | mask) + 1, to)];
    if ((to & mask) !== mask) return [...utf8Sequences(from, (to & ~mask) - 1), ...utf8Sequences(to & ~mask, to)];
  }
  const last = encode(to);
  return [encode(from).map((byte, index) => [byte, last[index]!] as const)];
}
