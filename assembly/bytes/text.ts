// Bytes as ASCII: letters, digits, and literals, which are static data, so that nothing is allocated.

/** Whether the bytes spell the ASCII literal. */
export function spells(at: usize, length: u32, text: string): bool {
  if (length != <u32>text.length) return false;
  const from = changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) {
    if (<u32>load<u8>(at + i) != <u32>load<u16>(from + (i << 1))) return false;
  }
  return true;
}

@inline
export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

@inline
export function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}

@inline
export function isCapital(byte: u32): bool {
  return byte - 0x41 < 26;
}

@inline
export function lower(byte: u32): u32 {
  return isCapital(byte) ? byte | 0x20 : byte;
}

/** Whether the bytes spell, in any case, one of several lower-case ASCII words, each with a blank behind it. */
export function spellsOneOf(at: usize, length: u32, words: string): bool {
  const end = changetype<usize>(words) + (<usize>words.length << 1);
  let same = true;
  let i: u32 = 0;
  for (let word = changetype<usize>(words); word < end; word += 2) {
    const letter = <u32>load<u16>(word);
    if (letter == 0x20) {
      if (same && i == length) return true;
      same = true;
      i = 0;
    } else {
      same = same && i < length && lower(<u32>load<u8>(at + i)) == letter;
      i++;
    }
  }
  return false;
}

/** Where the last @ of the bytes stands, or their end: what is before it is not written as an address of mail. */
export function beforeHost(at: usize, length: u32): u32 {
  let end = length;
  while (end && load<u8>(at + end - 1) != 0x40) end--;
  return end ? end - 1 : length;
}

/** Whether the bytes spell the lower-case ASCII literal in any case. */
export function spellsAnyCase(at: usize, length: u32, text: string): bool {
  if (length != <u32>text.length) return false;
  const from = changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) {
    if (lower(<u32>load<u8>(at + i)) != <u32>load<u16>(from + (i << 1))) return false;
  }
  return true;
}
