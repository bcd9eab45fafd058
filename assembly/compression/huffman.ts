// Canonical Huffman codes of RFC 1951, section 3.2.2: a table from code lengths, and the symbol at the head of the bits.
// Invariant: an over-subscribed set of lengths, and an incomplete one but for a single code, make no table.

/** Bits that one look-up decides; longer codes are few and walked. */
const FAST_BITS: u32 = 10;
export const MAX_BITS: u32 = 15;
const MAX_SYMBOLS: u32 = 288;

// A table: u16 number of codes of each length, u16 symbols in the order of their codes, u16 (symbol << 4 | length) of
// each head of FAST_BITS, 0 where the code is longer or is none.
const SYMBOLS: u32 = (MAX_BITS + 1) << 1;
const FAST: u32 = SYMBOLS + (MAX_SYMBOLS << 1);
export const SIZE_TABLE: u32 = FAST + (2 << FAST_BITS);

const offsets = memory.data((MAX_BITS + 1) << 1, 2);
const nextCodes = memory.data((MAX_BITS + 1) << 1, 2);

/** Fills a table from `count` lengths, a byte each; false when they are no code. */
export function buildTable(table: usize, lengths: usize, count: u32): bool {
  memory.fill(table, 0, SIZE_TABLE);
  for (let i: u32 = 0; i < count; i++) {
    const at = table + (<u32>load<u8>(lengths + i) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  const coded = count - <u32>load<u16>(table);
  store<u16>(table, 0);
  let left: i32 = 1;
  let code: u32 = 0;
  store<u16>(offsets, 0, 2);
  for (let bits: u32 = 1; bits <= MAX_BITS; bits++) {
    const number = <u32>load<u16>(table + (bits << 1));
    left = (left << 1) - <i32>number;
    if (left < 0) return false;
    code = (code + <u32>load<u16>(table + ((bits - 1) << 1))) << 1;
    store<u16>(nextCodes + (bits << 1), code);
    if (bits < MAX_BITS) store<u16>(offsets + ((bits + 1) << 1), <u32>load<u16>(offsets + (bits << 1)) + number);
  }
  if (left > 0 && coded > 1) return false;
  for (let i: u32 = 0; i < count; i++) {
    const bits = <u32>load<u8>(lengths + i);
    if (bits == 0) continue;
    const slot = offsets + (bits << 1);
    store<u16>(table + SYMBOLS + (<u32>load<u16>(slot) << 1), i);
    store<u16>(slot, load<u16>(slot) + 1);
    const own = <u32>load<u16>(nextCodes + (bits << 1));
    store<u16>(nextCodes + (bits << 1), own + 1);
    if (bits > FAST_BITS) continue;
    // Codes come with their first bit lowest: every head that begins with this one, reversed.
    let reversed: u32 = 0;
    for (let bit: u32 = 0; bit < bits; bit++) reversed |= ((own >> bit) & 1) << (bits - 1 - bit);
    for (let head = reversed; head < 1 << FAST_BITS; head += 1 << bits) {
      store<u16>(table + FAST + (head << 1), (i << 4) | bits);
    }
  }
  return true;
}

/** The bits of the code that `symbolIn` has found. */
export let codeBits: u32 = 0;

/** The symbol whose code stands at the head of `hold`, -1 when none does. More bits than are there read as zeros. */
@inline
export function symbolIn(table: usize, hold: u64): i32 {
  const entry = <u32>load<u16>(table + ((<u32>hold & ((1 << FAST_BITS) - 1)) << 1), FAST);
  if (entry == 0) return longSymbolIn(table, hold);
  codeBits = entry & 15;
  return <i32>(entry >> 4);
}

/** The same of a code that is longer than FAST_BITS, or of none. */
function longSymbolIn(table: usize, hold: u64): i32 {
  let code: u32 = 0;
  let first: u32 = 0;
  let index: u32 = 0;
  for (let bits: u32 = 1; bits <= MAX_BITS; bits++) {
    code = (code << 1) | (<u32>(hold >> (bits - 1)) & 1);
    const number = <u32>load<u16>(table + (bits << 1));
    first <<= 1;
    if (code >= first && code - first < number) {
      codeBits = bits;
      return <i32>load<u16>(table + SYMBOLS + ((index + code - first) << 1));
    }
    index += number;
    first += number;
  }
  return -1;
}
