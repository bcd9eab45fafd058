// The next of a few bytes, 16 at a time.
// Invariant: reads up to OVERREAD bytes behind `end`, which the padding of every chunk allows and other buffers must
// reserve; never answers more than `end`.

export const OVERREAD: u32 = 15;

/** The first `a` or `b` from `p` on, `end` when there is none. */
export function findEither(p: usize, end: usize, a: u8, b: u8): usize {
  const first = i8x16.splat(a);
  const second = i8x16.splat(b);
  for (; p < end; p += 16) {
    const bytes = v128.load(p);
    const hits = i8x16.bitmask(v128.or(i8x16.eq(bytes, first), i8x16.eq(bytes, second)));
    if (hits) return min<usize>(p + ctz(hits), end);
  }
  return end;
}

/** The first `a`, `b` or `c` from `p` on, `end` when there is none. */
export function findAny(p: usize, end: usize, a: u8, b: u8, c: u8): usize {
  const first = i8x16.splat(a);
  const second = i8x16.splat(b);
  const third = i8x16.splat(c);
  for (; p < end; p += 16) {
    const bytes = v128.load(p);
    const hits = i8x16.bitmask(
      v128.or(i8x16.eq(bytes, first), v128.or(i8x16.eq(bytes, second), i8x16.eq(bytes, third))),
    );
    if (hits) return min<usize>(p + ctz(hits), end);
  }
  return end;
}

/** The first control character but TAB from `p` on, `end` when there is none. */
export function findControl(p: usize, end: usize): usize {
  for (; p < end; p += 16) {
    const bytes = v128.load(p);
    const isTab = i8x16.eq(bytes, i8x16.splat(0x09));
    const isLow = v128.andnot(i8x16.lt_u(bytes, i8x16.splat(0x20)), isTab);
    const hits = i8x16.bitmask(v128.or(isLow, i8x16.eq(bytes, i8x16.splat(0x7f))));
    if (hits) return min<usize>(p + ctz(hits), end);
  }
  return end;
}

/** The first byte beyond ASCII from `p` on, `end` when there is none. Reads nothing behind `end`. */
export function findWide(p: usize, end: usize): usize {
  for (; p + 16 <= end; p += 16) {
    const hits = i8x16.bitmask(v128.load(p));
    if (hits) return p + ctz(hits);
  }
  while (p < end && load<u8>(p) < 0x80) p++;
  return p;
}
