// The characters of a candidate that count: its digits, or its letters and digits, without separators.

/** Room for what `digits` and `symbols` collect: one byte each. */
export const COLLECTED = memory.data(64);
const MOST: u32 = 64;
const PERCENT: u32 = 0x25;

/** Collects the digits as numbers; how many there are (0 when there are too many). */
export function digits(at: usize, length: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const value = <u32>load<u8>(at + i) - 0x30;
    if (value > 9) continue;
    if (count == MOST) return 0;
    store<u8>(COLLECTED + count++, value);
  }
  return count;
}

/** The same where `%20` may stand for a blank: its digits do not count. */
export function digitsInAddress(at: usize, length: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == PERCENT) i += 2;
    else if (byte - 0x30 < 10) {
      if (count == MOST) return 0;
      store<u8>(COLLECTED + count++, byte - 0x30);
    }
  }
  return count;
}

/** Collects letters, in upper case, and digits, as characters; how many there are (0 when there are too many). */
export function symbols(at: usize, length: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    let byte = <u32>load<u8>(at + i);
    if (byte - 0x61 < 26) byte -= 0x20;
    if (byte - 0x30 > 9 && byte - 0x41 > 25) continue;
    if (count == MOST) return 0;
    store<u8>(COLLECTED + count++, byte);
  }
  return count;
}

@inline
export function at(index: u32): u32 {
  return <u32>load<u8>(COLLECTED + index);
}

/** Value of a collected character: 0 to 9, A = 10 to Z = 35. */
@inline
export function value(index: u32): u32 {
  const byte = at(index);
  return byte >= 0x41 ? byte - 55 : byte - 0x30;
}

/** The place of a character in a list of them; the length of the list where it is not in it. */
export function placeIn(list: string, character: u32): u32 {
  let place: u32 = 0;
  while (place < <u32>list.length && <u32>list.charCodeAt(place) != character) place++;
  return place;
}

/** Turns collected characters from `from` on into digits; false when a letter is among them. */
export function numeric(from: u32, to: u32): bool {
  for (let i = from; i < to; i++) {
    if (at(i) - 0x30 > 9) return false;
    store<u8>(COLLECTED + i, at(i) - 0x30);
  }
  return true;
}

/** Sum of collected digits from `from` times the `count` weights. */
export function weighted(weights: usize, count: u32, from: u32 = 0): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) sum += <u32>load<u8>(weights + i) * at(from + i);
  return sum;
}

/** Weights that go down by one. */
export const DOWN10 = memory.data<u8>([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);

/** The number that `count` collected digits from `from` spell. */
export function number(from: u32, count: u32): u64 {
  let result: u64 = 0;
  for (let i: u32 = 0; i < count; i++) result = result * 10 + <u64>at(from + i);
  return result;
}

/** Whether all collected digits are the same: no number of a person or an account. */
export function uniform(count: u32): bool {
  for (let i: u32 = 1; i < count; i++) if (at(i) != at(0)) return false;
  return true;
}
