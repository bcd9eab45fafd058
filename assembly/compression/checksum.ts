// The checksums behind deflate blocks: CRC-32 of gzip (RFC 1952, section 8) and Adler-32 of zlib (RFC 1950, section 9).
// Sixteen bytes are summed up at once, by a table for each of them or by lanes; what is left over, byte by byte.
// CRC-32 also tells a damaged policy from a sound one. It is no protection against an attacker: whoever can push a
// configuration can push any policy.

/** Behind a byte's own CRC come those of the byte with one to 15 zeros behind it. */
const TABLES: u32 = 16;
const SIZE_TABLE: u32 = 1024;
@lazy const tables = memory.data(16384, 16);
let isFilled: bool = false;

function fillTables(): void {
  for (let i: u32 = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & (0 - (crc & 1)));
    store<u32>(tables + (i << 2), crc);
  }
  for (let at: usize = tables; at < tables + (TABLES - 1) * SIZE_TABLE; at += 4) {
    const crc = load<u32>(at);
    store<u32>(at + SIZE_TABLE, (crc >>> 8) ^ load<u32>(tables + ((crc & 255) << 2)));
  }
  isFilled = true;
}

/** What the four bytes of a word add, the first of which has `zeros` bytes of the sixteen behind it. */
@inline
function ofWord(word: u32, zeros: u32): u32 {
  const table = tables + (zeros - 3) * SIZE_TABLE;
  return (
    load<u32>(table + ((word & 255) << 2), 3 * SIZE_TABLE) ^
    load<u32>(table + (((word >>> 8) & 255) << 2), 2 * SIZE_TABLE) ^
    load<u32>(table + (((word >>> 16) & 255) << 2), SIZE_TABLE) ^
    load<u32>(table + ((word >>> 24) << 2))
  );
}

/** The CRC-32 of what `check` is of, with these bytes behind it. */
export function crc32(check: u32, at: usize, length: u32): u32 {
  if (!isFilled) fillTables();
  const end = at + length;
  let crc = ~check;
  for (const stop = at + (length & ~15); at != stop; at += 16) {
    crc =
      ofWord(load<u32>(at) ^ crc, 15) ^ ofWord(load<u32>(at, 4), 11) ^ ofWord(load<u32>(at, 8), 7) ^ ofWord(load<u32>(at, 12), 3);
  }
  for (; at != end; at++) crc = (crc >>> 8) ^ load<u32>(tables + (((crc ^ <u32>load<u8>(at)) & 255) << 2));
  return ~crc;
}

@inline
function sumOf(lanes: v128): u32 {
  return (
    i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3)
  );
}

/** So many bytes are summed up before a sum could pass 32 bits (RFC 1950, section 9). */
const ADLER_RUN: u32 = 5552;
const ADLER_PRIME: u32 = 65521;

/** The Adler-32 of what `check` is of, with these bytes behind it. */
export function adler32(check: u32, at: usize, length: u32): u32 {
  let low = check & 0xffff;
  let high = check >>> 16;
  const end = at + length;
  while (at != end) {
    const run = min<u32>(<u32>(end - at), ADLER_RUN);
    // A byte is in the high sum once for itself and once for every byte behind it: the places in its sixteen count it
    // `weighted`, and each later sixteen counts all sums `before` it.
    let sums = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    let before = i32x4.splat(0);
    const blocks = run & ~15;
    for (const stop = at + blocks; at != stop; at += 16) {
      const bytes = v128.load(at);
      before = i32x4.add(before, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      const first = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), i16x8(16, 15, 14, 13, 12, 11, 10, 9));
      const second = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), i16x8(8, 7, 6, 5, 4, 3, 2, 1));
      weighted = i32x4.add(weighted, i32x4.add(first, second));
    }
    high += low * blocks + (sumOf(before) << 4) + sumOf(weighted);
    low += sumOf(sums);
    for (const stop = at + (run & 15); at != stop; at++) {
      low += <u32>load<u8>(at);
      high += low;
    }
    low %= ADLER_PRIME;
    high %= ADLER_PRIME;
  }
  return (high << 16) | low;
}
