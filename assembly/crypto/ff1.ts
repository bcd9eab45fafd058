// FF1, SP 800-38G: format-preserving encryption of numerals, one byte each, in place.
// Invariants: key and numerals decide no branch and no address; radix, lengths and tweak are public. The steps are
// those of algorithms 7 and 8, but the halves stay numbers from the first round to the last: NUM and STR in between
// undo each other.

import { AES_BLOCK_BYTES, aesBlock } from "./aes";
import { LARGE_BYTES, Large, SMALL_LIMIT, Small, largeFrom, largeTo, smallFrom, smallTo } from "./numbers";
import { wipe } from "../bytes/secret";

export const FF1_MAX_RADIX: u32 = 256;
export const FF1_MAX_NUMERALS: u32 = 512;
export const FF1_MAX_TWEAK: u32 = 64;
/** SP 800-38G Rev. 1, section 5.2: the least number of values that may be encrypted among each other. */
export const FF1_MIN_DOMAIN: u32 = 1_000_000;

// What encryption and decryption return; the numerals are as they were unless it is FF1_OK.
export const FF1_OK: u32 = 0;
/** The radix is not 2..256. */
export const FF1_RADIX: u32 = 1;
/** More than 512 numerals. */
export const FF1_LENGTH: u32 = 2;
/** The tweak has more than 64 bytes. */
export const FF1_TWEAK: u32 = 3;
/** radix^n is less than 1,000,000: so few values can be tried out one by one. */
export const FF1_DOMAIN: u32 = 4;
/** A numeral is not below the radix. */
export const FF1_NUMERAL: u32 = 5;

const ROUNDS: u32 = 10;

// Working area: Q, at most 64 + 15 + 1 + 256 bytes; then what only large numbers need: S, the halves, y and the moduli.
const S: usize = 336;
const HALF_A: usize = S + 272;
const HALF_B: usize = HALF_A + LARGE_BYTES;
const Y: usize = HALF_B + LARGE_BYTES;
const AREA_BYTES: usize = Y + LARGE_BYTES;
@lazy const area = memory.data(1424, 16);
// Limbs of zero, then the two moduli.
@lazy const powers = memory.data(560, 16);
@lazy const moduli = memory.data(48, 16);

/** Encrypts `n` numerals at `x` with an expanded AES key. */
export function ff1Encrypt(key: usize, radix: u32, tweak: usize, t: u32, x: usize, n: u32): u32 {
  const refusal = ff1Check(radix, t, x, n);
  if (refusal == FF1_OK) run(key, radix, tweak, t, x, n, false);
  return refusal;
}

/** Decrypts `n` numerals at `x` with an expanded AES key. */
export function ff1Decrypt(key: usize, radix: u32, tweak: usize, t: u32, x: usize, n: u32): u32 {
  const refusal = ff1Check(radix, t, x, n);
  if (refusal == FF1_OK) run(key, radix, tweak, t, x, n, true);
  return refusal;
}

function ff1Check(radix: u32, t: u32, x: usize, n: u32): u32 {
  if (radix < 2 || radix > FF1_MAX_RADIX) return FF1_RADIX;
  if (n > FF1_MAX_NUMERALS) return FF1_LENGTH;
  if (t > FF1_MAX_TWEAK) return FF1_TWEAK;
  let domain: u32 = 1;
  for (let i: u32 = 0; i < n && domain < FF1_MIN_DOMAIN; i++) domain *= radix;
  if (domain < FF1_MIN_DOMAIN) return FF1_DOMAIN;
  let outside: u32 = 0;
  for (let i: u32 = 0; i < n; i++) outside |= radix - 1 - load<u8>(x + i);
  return outside >>> 31 != 0 ? FF1_NUMERAL : FF1_OK;
}

function run(key: usize, radix: u32, tweak: usize, t: u32, x: usize, n: u32, isDecryption: bool): void {
  // Step 1.
  const v = n - (n >> 1);
  const limit = SMALL_LIMIT / radix;
  let power: u64 = 1;
  let i: u32 = 0;
  for (; i < v && power <= limit; i++) power *= radix;
  if (i == v) small(key, radix, tweak, t, x, n, power, isDecryption);
  else large(key, radix, tweak, t, x, n, isDecryption);
}

/**
 * Steps 5 and 6 i: lays T || [0]^((-t-b-1) mod 16) into Q, and gives the state of PRF behind P and those whole blocks
 * of Q that no round changes. What each round changes ends at Q + ceil16(t + 1 + b).
 */
function prefix(key: usize, radix: u32, tweak: usize, t: u32, n: u32, b: u32): v128 {
  const low: u64 =
    0x000a0000_00010201 | (<u64>(radix >> 8) << 32) | (<u64>(radix & 0xff) << 40) | (<u64>((n >> 1) & 0xff) << 56);
  const high: u64 = <u64>bswap<u32>(n) | (<u64>bswap<u32>(t) << 32);
  let chain = aesBlock(key, i64x2.replace_lane(i64x2.splat(low), 1, high));
  memory.fill(area, 0, ceil16(t + 1 + b));
  memory.copy(area, tweak, t);
  const end = area + ceil16(t + 1 + b) - ceil16(1 + b);
  for (let at = area; at < end; at += AES_BLOCK_BYTES) chain = aesBlock(key, v128.xor(chain, v128.load(at)));
  return chain;
}

@inline
function ceil16(length: u32): u32 {
  return (length + 15) & ~15;
}

/** Both halves fit a u64; then b <= 8, one block of Q changes from round to round, and S lies within R. */
function small(
  key: usize, radix: u32, tweak: usize, t: u32, x: usize, n: u32, power: u64, isDecryption: bool,
): void {
  const u = n >> 1;
  const v = n - u;
  // Steps 3 and 4. b is the bytes of radix^v - 1.
  const b: u32 = (71 - <u32>clz<u64>(power - 1)) >> 3;
  const isWide = b > 4;
  const forU = changetype<Small>(moduli);
  const forV = changetype<Small>(moduli + offsetof<Small>());
  forV.set(power);
  forU.set(u == v ? power : power / radix);
  const chain = prefix(key, radix, tweak, t, n, b);
  const last = v128.load(area + ceil16(t + 1 + b) - AES_BLOCK_BYTES);
  // [i]^1 stands b bytes before the end: in the high half unless b is 8.
  const low = i64x2.extract_lane(last, 0);
  const high = bswap<u64>(i64x2.extract_lane(last, 1));
  const lowStep: u64 = b == 8 ? 1 << 56 : 0;
  const highStep: u64 = b == 8 ? 0 : (<u64>1) << (b << 3);
  // Step 2. Decryption is encryption with the halves swapped, the rounds backwards and subtraction.
  let a = smallFrom(x, u, radix);
  let c = smallFrom(x + u, v, radix);
  if (isDecryption) {
    const swap = a;
    a = c;
    c = swap;
  }
  for (let round: u32 = 0; round < ROUNDS; round++) {
    // Steps 6 i to 6 iv.
    const i: u64 = isDecryption ? ROUNDS - 1 - round : round;
    const q = i64x2.replace_lane(i64x2.splat(low | (i * lowStep)), 1, bswap<u64>(high | (i * highStep) | c));
    const r = aesBlock(key, v128.xor(chain, q));
    const first = bswap<u64>(i64x2.extract_lane(r, 0));
    const next = <u64>bswap<u32>(i32x4.extract_lane(r, 2));
    // Steps 6 v to 6 ix.
    const modulus = (i & 1) == 0 ? forU : forV;
    const y = modulus.reduce(first, next, isWide);
    const sum = isDecryption ? modulus.subtract(a, y) : modulus.add(a, y);
    a = c;
    c = sum;
  }
  // Step 7.
  smallTo(isDecryption ? c : a, x, u, radix);
  smallTo(isDecryption ? a : c, x + u, v, radix);
  wipe(area, S);
}

/** The same with halves in limbs. */
function large(key: usize, radix: u32, tweak: usize, t: u32, x: usize, n: u32, isDecryption: bool): void {
  const u = n >> 1;
  const v = n - u;
  const forU = changetype<Large>(moduli);
  const forV = changetype<Large>(moduli + offsetof<Large>());
  forU.set(powers + 16, radix, u);
  forV.set(powers + 16 + LARGE_BYTES, radix, v);
  // Steps 3 and 4.
  const b = bytesBelow(forV);
  const d: u32 = ((b + 3) & ~3) + 4;
  const chain = prefix(key, radix, tweak, t, n, b);
  const end = area + ceil16(t + 1 + b);
  const changing = end - ceil16(1 + b);
  // Step 2; both halves in the limbs of the longer one, so that they can change places.
  let a = area + (isDecryption ? HALF_B : HALF_A);
  let c = area + (isDecryption ? HALF_A : HALF_B);
  largeFrom(x, u, radix, area + HALF_A, forV.count);
  largeFrom(x + u, v, radix, area + HALF_B, forV.count);
  const y = area + Y;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const i = isDecryption ? ROUNDS - 1 - round : round;
    // Steps 6 i and 6 ii.
    store<u8>(end - b - 1, i);
    for (let k: u32 = 0; k < b; k++) store<u8>(end - 1 - k, load<u8>(c + k));
    let r = chain;
    for (let at = changing; at < end; at += AES_BLOCK_BYTES) r = aesBlock(key, v128.xor(r, v128.load(at)));
    // Steps 6 iii and 6 iv.
    v128.store(area + S, r);
    for (let at: u32 = AES_BLOCK_BYTES; at < d; at += AES_BLOCK_BYTES) {
      v128.store(area + S + at, aesBlock(key, v128.xor(r, i32x4.replace_lane(i32x4.splat(0), 3, bswap<u32>(at >> 4)))));
    }
    for (let k: u32 = 0; k < d; k += 4) store<u32>(y + k, bswap<u32>(load<u32>(area + S + d - 4 - k)));
    store<u32>(y + d, 0);
    // Steps 6 v to 6 ix.
    const modulus = (i & 1) == 0 ? forU : forV;
    modulus.reduce(y, d >> 2);
    if (isDecryption) modulus.subtract(a, y);
    else modulus.add(a, y);
    const swap = a;
    a = c;
    c = swap;
  }
  // Step 7. After ten rounds each half is back where it began.
  largeTo(area + HALF_A, forV.count, x, u, radix);
  largeTo(area + HALF_B, forV.count, x + u, v, radix);
  wipe(area, AREA_BYTES);
}

/** The bytes of modulus - 1, which is ceil(ceil(v log2 radix) / 8) without logarithms. */
function bytesBelow(modulus: Large): u32 {
  const limbs = modulus.limbs;
  const bits = (modulus.count << 5) - modulus.shift;
  // A power of two has a bit more than the numbers below it. Only a power of a power of two is one.
  let rest: u32 = 0;
  for (let i: u32 = 0; i < modulus.count - 1; i++) rest |= load<u32>(limbs + (i << 2));
  const top = load<u32>(limbs + ((modulus.count - 1) << 2));
  const isPower = rest == 0 && (top & (top - 1)) == 0;
  return (bits - u32(isPower) + 7) >> 3;
}
