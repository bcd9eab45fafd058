// What the symbols behind the literals and those of distances stand for: the tables of RFC 1951, section 3.2.5.

/** Symbols of lengths begin here; the last one, and the last one of distances. */
export const FIRST_LENGTH: u32 = 257;
export const LAST_LENGTH: u32 = 285;
export const LAST_DISTANCE: u32 = 29;

const lengthBases = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const lengthBits = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const distanceBases = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
const distanceBits = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);

/** The least length of a symbol, counted from FIRST_LENGTH, and how many bits behind it are added. */
@inline
export function lengthBase(symbol: u32): u32 {
  return <u32>load<u16>(lengthBases + (symbol << 1));
}

@inline
export function lengthExtra(symbol: u32): u32 {
  return <u32>load<u8>(lengthBits + symbol);
}

/** The same of a distance. */
@inline
export function distanceBase(symbol: u32): u32 {
  return <u32>load<u16>(distanceBases + (symbol << 1));
}

@inline
export function distanceExtra(symbol: u32): u32 {
  return <u32>load<u8>(distanceBits + symbol);
}
