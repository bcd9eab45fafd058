// What copies reach back to (RFC 1951, section 3.2.3): the bytes that this call has put out, and behind them a ring of
// those of earlier calls.
// Invariant: the ring is brought up to date once a call, at its end; in between it ends where the call began.

export const WINDOW: u32 = 32768;
const MASK: u32 = WINDOW - 1;
/** The longest copy, and what a copy by sixteens may write behind its end. */
export const LONGEST_COPY: u32 = 258 + 15;

/**
 * Copies `length` bytes to `to`, from `distance` before it. What the call has put out begins at `base`; `position` counts,
 * to 32 bits, the bytes before `to`. Writes up to 15 bytes behind the copy.
 */
@inline
export function copyBack(ring: usize, base: usize, to: usize, position: u32, distance: u32, length: u32): void {
  const stop = to + length;
  const near = <u32>(to - base);
  if (distance > near) {
    let older = position - distance;
    for (const turn = to + min<u32>(length, distance - near); to != turn; to++, older++) {
      store<u8>(to, load<u8>(ring + (older & MASK)));
    }
  }
  if (distance < 16) {
    // A pattern shorter than a block is spread until blocks may be copied from a multiple of it before.
    let spread = distance;
    while (spread < 16) spread <<= 1;
    for (const turn = min<usize>(stop, to + (spread - distance)); to < turn; to++) store<u8>(to, load<u8>(to - distance));
    distance = spread;
  }
  for (; to < stop; to += 16) v128.store(to, v128.load(to - distance));
}

/** Brings the ring up to date with `length` bytes that end at `end`, the last of `position`. */
export function keepLast(ring: usize, end: usize, position: u32, length: u32): void {
  const size = min<u32>(length, WINDOW);
  const from = end - size;
  const to = (position - size) & MASK;
  const first = min<u32>(size, WINDOW - to);
  memory.copy(ring + to, from, first);
  memory.copy(ring, from + first, size - first);
}
