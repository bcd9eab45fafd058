// AES-128, AES-192 and AES-256, FIPS 197: the forward cipher, which is all that CMAC, CTR, SIV and FF1 need.
// Invariants: no branch and no address depends on the key or on the data. The S-box is computed, not looked up in
// memory: GF(2^8) is written as pairs over GF(2^4), and every step over GF(2^4) is one `i8x16.swizzle` of a constant
// vector, for all 16 bytes at once (M. Hamburg, "Accelerating AES with Vector Permute Instructions", CHES 2009).
//
// The pair basis. w = 0x5c is a root of w^4 + w + 1, so 1, w, w^2, w^3 span GF(2^4). t = 0x12 has t + t^16 = 1;
// u = t^16, N = t u = 0x0d. A byte is i t + j u; it is held as i << 4 | k with k = i + j. With a = 1 / N:
//     p = 1 / (1/i + a/k) + j = (i j + k^2 N) / (k N + i)      q = 1 / (1/j + a/k) + i = (i j + k^2 N) / (k N + j)
//     1 / (i t + j u) = (N t + (N+1) u) / p + ((N+1) t + N u) / q
// Division by zero gives 0x80 instead of infinity. A swizzle takes any index of 16 or more to 0, which is 1 / infinity.
// test/unit/crypto/aes.tables.test.ts derives every vector below from these sentences.

/** Bytes of an expanded key: round keys 0..14 of 16 bytes, then the number of rounds as u32. */
export const AES_KEY_BYTES: usize = 256;
export const AES_BLOCK_BYTES: u32 = 16;
const ROUNDS: usize = 240;

// Each vector is read from its fixed address into a local before the rounds: V8 builds a v128 constant anew at every
// use, which costs a third of the speed.
@lazy const VECTORS = memory.data<u8>([
  // Bytes of the FIPS 197 basis to pairs, by low and high nibble.
  0x00, 0x10, 0x92, 0x82, 0x74, 0x64, 0xe6, 0xf6, 0xd4, 0xc4, 0x46, 0x56, 0xa0, 0xb0, 0x32, 0x22,
  0x00, 0x83, 0xbd, 0x3e, 0x03, 0x80, 0xbe, 0x3d, 0xfe, 0x7d, 0x43, 0xc0, 0xfd, 0x7e, 0x40, 0xc3,
  // 1 / x and a / x in GF(2^4).
  0x80, 0x01, 0x09, 0x0e, 0x0d, 0x0b, 0x07, 0x06, 0x0f, 0x02, 0x0c, 0x05, 0x0a, 0x04, 0x03, 0x08,
  0x80, 0x05, 0x0b, 0x03, 0x0c, 0x01, 0x08, 0x0d, 0x06, 0x0a, 0x09, 0x02, 0x04, 0x07, 0x0f, 0x0e,
  // From p and q to the S-box without its constant 0x63: as pairs, as pairs times 2, and in the FIPS 197 basis.
  0x00, 0x55, 0x5f, 0x3a, 0xae, 0x9e, 0x65, 0x30, 0x6f, 0xc1, 0xfb, 0xa4, 0xcb, 0xf1, 0x94, 0x0a,
  0x00, 0xf4, 0x26, 0xa5, 0xc2, 0xb5, 0x83, 0x77, 0x51, 0x93, 0x36, 0x10, 0x41, 0xe4, 0x67, 0xd2,
  0x00, 0x9b, 0xd9, 0xc4, 0x6f, 0xe9, 0x1d, 0x86, 0x5f, 0x30, 0xf4, 0x2d, 0x72, 0xb6, 0xab, 0x42,
  0x00, 0x97, 0xcb, 0x76, 0xce, 0xe4, 0xbd, 0x2a, 0xe1, 0x2f, 0x59, 0x92, 0x73, 0x05, 0xb8, 0x5c,
  0x00, 0x4b, 0x9f, 0x89, 0x61, 0x3c, 0x16, 0x5d, 0xc2, 0xa3, 0x2a, 0xb5, 0x77, 0xfe, 0xe8, 0xd4,
  0x00, 0x54, 0xb6, 0xa6, 0xe3, 0xa7, 0x10, 0x44, 0xf2, 0x11, 0xb7, 0x01, 0xf3, 0x55, 0x45, 0xe2,
], 16);
const IN_LOW: usize = 0;
const IN_HIGH: usize = 16;
const INVERSE: usize = 32;
const A_OVER: usize = 48;
const ONCE_P: usize = 64;
const ONCE_Q: usize = 80;
const TWICE_P: usize = 96;
const TWICE_Q: usize = 112;
const LAST_P: usize = 128;
const LAST_Q: usize = 144;

/** Expands a key of 16, 24 or 32 bytes into AES_KEY_BYTES at `schedule`; false for any other length. */
export function aesExpand(schedule: usize, key: usize, length: u32): bool {
  if (length != 16 && length != 24 && length != 32) return false;
  const rounds: u32 = (length >> 2) + 6;
  memory.copy(schedule, key, length);
  // FIPS 197, algorithm 2 (KeyExpansion), on little-endian words: RotWord is a rotation to the right.
  let constant: u32 = 1;
  const end: u32 = (rounds + 1) << 4;
  for (let at = length, phase: u32 = 0; at < end; at += 4) {
    let word = load<u32>(schedule + at - 4);
    if (phase == 0) {
      word = subWord(rotr<u32>(word, 8)) ^ constant;
      constant = (constant << 1) ^ (constant >> 7) * 0x11b;
    } else if (length == 32 && phase == 16) {
      word = subWord(word);
    }
    store<u32>(schedule + at, load<u32>(schedule + at - length) ^ word);
    phase += 4;
    if (phase == length) phase = 0;
  }
  // The rounds run on pairs and leave out the constant of the S-box, so the round keys carry it; MixColumns does not
  // change it, because 2 + 3 + 1 + 1 = 1.
  const constants = i8x16.splat(0x63);
  v128.store(schedule, toPairs(v128.load(schedule)));
  for (let round: u32 = 1; round < rounds; round++) {
    const at = schedule + (round << 4);
    v128.store(at, toPairs(v128.xor(v128.load(at), constants)));
  }
  const last = schedule + (rounds << 4);
  v128.store(last, v128.xor(v128.load(last), constants));
  store<u32>(schedule + ROUNDS, rounds);
  return true;
}

/** FIPS 197, algorithm 1 (Cipher), on one block. */
function aesBlock(schedule: usize, block: v128): v128 {
  const nibble = i8x16.splat(0x0f);
  const inverse = v128.load(VECTORS, INVERSE);
  const aOver = v128.load(VECTORS, A_OVER);
  const onceP = v128.load(VECTORS, ONCE_P);
  const onceQ = v128.load(VECTORS, ONCE_Q);
  const twiceP = v128.load(VECTORS, TWICE_P);
  const twiceQ = v128.load(VECTORS, TWICE_Q);
  let x = v128.xor(toPairs(block), v128.load(schedule));
  let key = schedule + 16;
  for (const last = schedule + (load<u32>(schedule + ROUNDS) << 4); key < last; key += 16) {
    const i = v128.and(i16x8.shr_u(x, 4), nibble);
    const k = v128.and(x, nibble);
    const j = v128.xor(i, k);
    const ak = i8x16.swizzle(aOver, k);
    const p = v128.xor(i8x16.swizzle(inverse, v128.xor(i8x16.swizzle(inverse, i), ak)), j);
    const q = v128.xor(i8x16.swizzle(inverse, v128.xor(i8x16.swizzle(inverse, j), ak)), i);
    const once = v128.xor(i8x16.swizzle(onceP, p), i8x16.swizzle(onceQ, q));
    const twice = v128.xor(i8x16.swizzle(twiceP, p), i8x16.swizzle(twiceQ, q));
    // ShiftRows and MixColumns at once. With s the shifted state and n(s) its columns turned by one row, the new state
    // is y + n(y) + n(n(n(s))) where y = 2 s + n(s).
    const y = v128.xor(
      v128.shuffle<u8>(twice, twice, 0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11),
      v128.shuffle<u8>(once, once, 5, 10, 15, 0, 9, 14, 3, 4, 13, 2, 7, 8, 1, 6, 11, 12),
    );
    const rest = v128.xor(
      v128.shuffle<u8>(once, once, 15, 0, 5, 10, 3, 4, 9, 14, 7, 8, 13, 2, 11, 12, 1, 6),
      v128.load(key),
    );
    x = v128.xor(v128.xor(y, rest), v128.shuffle<u8>(y, y, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12));
  }
  const s = subPairs(x);
  return v128.xor(v128.shuffle<u8>(s, s, 0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11), v128.load(key));
}

@inline
function toPairs(x: v128): v128 {
  const nibble = i8x16.splat(0x0f);
  return v128.xor(
    i8x16.swizzle(v128.load(VECTORS, IN_LOW), v128.and(x, nibble)),
    i8x16.swizzle(v128.load(VECTORS, IN_HIGH), v128.and(i16x8.shr_u(x, 4), nibble)),
  );
}

/** From pairs to the S-box in the FIPS 197 basis, without its constant. */
@inline
function subPairs(x: v128): v128 {
  const nibble = i8x16.splat(0x0f);
  const i = v128.and(i16x8.shr_u(x, 4), nibble);
  const k = v128.and(x, nibble);
  const j = v128.xor(i, k);
  const inverse = v128.load(VECTORS, INVERSE);
  const ak = i8x16.swizzle(v128.load(VECTORS, A_OVER), k);
  const p = v128.xor(i8x16.swizzle(inverse, v128.xor(i8x16.swizzle(inverse, i), ak)), j);
  const q = v128.xor(i8x16.swizzle(inverse, v128.xor(i8x16.swizzle(inverse, j), ak)), i);
  return v128.xor(i8x16.swizzle(v128.load(VECTORS, LAST_P), p), i8x16.swizzle(v128.load(VECTORS, LAST_Q), q));
}

function subWord(word: u32): u32 {
  return i32x4.extract_lane(subPairs(toPairs(i32x4.splat(word))), 0) ^ 0x63636363;
}

// Exported down here: the compiler warns of `export function` with a v128, though only the entry file could give it to
// a host.
export { aesBlock };
