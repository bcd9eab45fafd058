// The boundary parameter of multipart bodies (RFC 2046, section 5.1.1).
// Invariant: what receivers could read in different ways (blanks, backslashes, separators outside of quotes) is none.

/** The longest boundary of RFC 2046. */
export const MAX_BOUNDARY: u32 = 70;

/** The boundary that `readBoundary` has read; no length: there is none. */
export let boundaryAt: usize = 0;
export let boundaryLength: u32 = 0;

export function forgetBoundary(): void {
  boundaryLength = 0;
}

/** Characters of a token that also stand in a boundary without quotes. */
@inline
function isPlain(byte: u32): bool {
  return (
    byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 ||
    byte == 0x27 || byte == 0x2b || byte == 0x5f || byte == 0x2d || byte == 0x2e
  );
}

/** Characters that stand there only in quotes: ( ) , / : = ? */
@inline
function isQuotable(byte: u32): bool {
  return (
    byte == 0x28 || byte == 0x29 || byte == 0x2c || byte == 0x2f || byte == 0x3a || byte == 0x3d || byte == 0x3f
  );
}

/** Reads the value of the parameter; false when it is no boundary, or the second one. */
export function readBoundary(at: usize, length: u32): bool {
  if (boundaryLength != 0) return false;
  const quoted = length >= 2 && load<u8>(at) == 0x22 && load<u8>(at + length - 1) == 0x22;
  const from = quoted ? at + 1 : at;
  const size = quoted ? length - 2 : length;
  if (size == 0 || size > MAX_BOUNDARY) return false;
  for (let i: u32 = 0; i < size; i++) {
    const byte = <u32>load<u8>(from + i);
    if (!isPlain(byte) && !(quoted && isQuotable(byte))) return false;
  }
  boundaryAt = from;
  boundaryLength = size;
  return true;
}
