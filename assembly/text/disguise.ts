// Whether a text begins as a document of another format: {", [{, [[, [" of JSON, <? of XML, behind blanks and a byte order
// mark. Clients send documents as text/plain (beacons, notifications), receivers read them all the same, and as a text
// their names and escapes would say nothing.
// Invariants: resumable at any byte; the first bytes decide, and a text stays one.

/** What the bytes so far allow. */
export const BLANK: u32 = 0; // nothing has begun
const OBJECT: u32 = 1; // behind {
const LIST: u32 = 2; // behind [
const MARKUP: u32 = 3; // behind <
export const TEXT: u32 = 4;
export const JSON: u32 = 5;
export const XML: u32 = 6;

@inline
export function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d;
}

/** Whether the byte is one of a byte order mark. */
@inline
export function isMark(byte: u32): bool {
  return byte == 0xef || byte == 0xbb || byte == 0xbf;
}

function next(state: u32, byte: u32): u32 {
  switch (state) {
    case BLANK:
      if (isBlank(byte) || isMark(byte)) return BLANK;
      return byte == 0x7b ? OBJECT : byte == 0x5b ? LIST : byte == 0x3c ? MARKUP : TEXT;
    case OBJECT:
      return isBlank(byte) ? OBJECT : byte == 0x22 ? JSON : TEXT;
    case LIST:
      if (isBlank(byte)) return LIST;
      return byte == 0x7b || byte == 0x5b || byte == 0x22 ? JSON : TEXT;
    default:
      return byte == 0x3f ? XML : TEXT;
  }
}

/** The state behind the next bytes of a text. */
export function disguise(state: u32, at: usize, length: u32): u32 {
  for (let i: u32 = 0; i < length && state < TEXT; i++) state = next(state, <u32>load<u8>(at + i));
  return state;
}
