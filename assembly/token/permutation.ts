// A keyed permutation of the numbers below N, for any N that is large enough: FF1 over the numerals that just hold N,
// repeated until the result lies below N again (cycle walking; Black and Rogaway, "Ciphers with arbitrary finite domains").
// Invariants: N, a product of public radices, and the tweak are public. How often a walk repeats depends on values that
// look random without the key, and is all that timing shows. Fewer than 1,000,000 numbers are never permuted
// (SP 800-38G Rev. 1, section 5.2), nor more than 2^2048.

import { Buffer, newBuffer } from "../bytes/buffer";
import { wipe } from "../bytes/secret";
import { FF1_MAX_NUMERALS, FF1_MAX_TWEAK, FF1_MIN_DOMAIN, FF1_OK, ff1Decrypt, ff1Encrypt } from "../crypto/ff1";
import { LARGE_BYTES, divide, multiplyAdd } from "../crypto/numbers";
import { DIGEST_BYTES, sha256 } from "../crypto/sha256";

/** 2048 bits; one limb more takes a carry. */
const MAX_LIMBS: u32 = 64;

let key: usize = 0;
let undo: bool = false;
let label: usize = 0;
let labelLength: u32 = 0;
/** Characters that the token keeps: the same middle between other ends has another token. */
const kept: Buffer = newBuffer();

@lazy const tweak = memory.data(64, 16);
@lazy const value = memory.data(272, 16);
@lazy const size = memory.data(272, 16);
@lazy const string = memory.data(512, 16);

/** Starts a token: `at` is an expanded AES key, the label at most 32 bytes. */
export function begin(at: usize, isReveal: bool, labelAt: usize, length: u32): void {
  key = at;
  undo = isReveal;
  label = labelAt;
  labelLength = length;
  kept.clear();
}

export function keep(byte: u32): void {
  kept.byte(byte);
}

/** Wipes what a token leaves behind; false when memory ran out on the way. */
export function end(): bool {
  const whole = !kept.failed;
  wipe(kept.at, kept.length);
  wipe(tweak, FF1_MAX_TWEAK);
  wipe(value, LARGE_BYTES);
  wipe(string, FF1_MAX_NUMERALS);
  return whole;
}

/** Label and kept characters; many of them as their digest, which is longer than few of them, so that none are confused. */
function writeTweak(): u32 {
  memory.copy(tweak, label, labelLength);
  if (kept.length < DIGEST_BYTES) {
    memory.copy(tweak + labelLength, kept.at, kept.length);
    return labelLength + kept.length;
  }
  sha256(kept.at, kept.length, tweak + labelLength);
  return labelLength + DIGEST_BYTES;
}

/** FF1 in place over `n` numerals. */
function run(radix: u32, numerals: usize, n: u32): bool {
  if (kept.failed) return false;
  const length = writeTweak();
  const verdict = undo
    ? ff1Decrypt(key, radix, tweak, length, numerals, n)
    : ff1Encrypt(key, radix, tweak, length, numerals, n);
  return verdict == FF1_OK;
}

/** Permutes the numerals, each below its radix, as one number; false, and nothing changed, when there are too few or too many. */
export function permuteNumerals(numerals: usize, radices: usize, count: u32): bool {
  let isUniform = true;
  for (let i: u32 = 1; i < count; i++) isUniform = isUniform && load<u8>(radices + i) == load<u8>(radices);
  if (isUniform) return count != 0 && run(load<u8>(radices), numerals, count);
  wipe(size, LARGE_BYTES);
  store<u32>(size, 1);
  let limbs: u32 = 1;
  let numbers: u32 = 1; // up to the minimum
  for (let i: u32 = 0; i < count; i++) {
    const radix = <u32>load<u8>(radices + i);
    multiplyAdd(size, limbs, radix, 0);
    if (load<u32>(size + (limbs << 2)) != 0 && ++limbs > MAX_LIMBS) return false;
    if (numbers < FF1_MIN_DOMAIN) numbers *= radix;
  }
  if (numbers < FF1_MIN_DOMAIN) return false;
  wipe(value, LARGE_BYTES);
  for (let i: u32 = 0; i < count; i++) multiplyAdd(value, limbs, load<u8>(radices + i), load<u8>(numerals + i));
  if (!walk(limbs)) return false;
  while (count-- != 0) store<u8>(numerals + count, divide(value, limbs, load<u8>(radices + count)));
  return true;
}

/** The image of `number` below `numbers`; u64.MAX_VALUE when there are too few. */
export function permuteNumber(number: u64, numbers: u64): u64 {
  if (numbers < FF1_MIN_DOMAIN) return u64.MAX_VALUE;
  wipe(size, LARGE_BYTES);
  wipe(value, LARGE_BYTES);
  store<u64>(size, numbers);
  store<u64>(value, number);
  return walk(numbers >> 32 ? 2 : 1) ? load<u64>(value) : u64.MAX_VALUE;
}

/** Permutes `value` among the numbers below `size`. */
function walk(limbs: u32): bool {
  const bits = (limbs << 5) - <u32>clz<u32>(load<u32>(size + (limbs << 2) - 4));
  // As few bits a numeral as FF1 takes numerals: a result is below N at least once in 2^width tries.
  const width = (bits + FF1_MAX_NUMERALS - 1) / FF1_MAX_NUMERALS;
  const n = (bits + width - 1) / width;
  const mask = (1 << width) - 1;
  for (let i: u32 = 0; i < n; i++) {
    const bit = i * width;
    store<u8>(string + i, (<u32>load<u16>(value + (bit >> 3)) >> (bit & 7)) & mask);
  }
  do {
    if (!run(1 << width, string, n)) return false;
    memory.fill(value, 0, (limbs << 2) + 4);
    for (let i: u32 = 0; i < n; i++) {
      const bit = i * width;
      const at = value + (bit >> 3);
      store<u16>(at, load<u16>(at) | (<u32>load<u8>(string + i) << (bit & 7)));
    }
  } while (!isInside(limbs));
  return true;
}

/** value < size. The numerals may reach a bit or three over the limbs. */
function isInside(limbs: u32): bool {
  let borrow: u64 = 0;
  for (let i: u32 = 0; i <= limbs << 2; i += 4) {
    borrow = (<u64>load<u32>(value + i) - <u64>load<u32>(size + i) - borrow) >> 63;
  }
  return borrow != 0;
}
