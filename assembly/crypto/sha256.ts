// SHA-256, FIPS 180-4: incremental, over one static working area.
// Invariants: one digest at a time (the filter is single-threaded and nothing here calls out); the working area is all
// zeros outside start .. finish; no branch and no address depends on the data, only on its length.

export const BLOCK_BYTES: u32 = 64;
export const DIGEST_BYTES: u32 = 32;

// Working area:  0 H0..H7   32 message schedule W0..W63   288 partial block
const SCHEDULE: u32 = 32;
const PARTIAL: u32 = 288;
const AREA_BYTES: u32 = 352;
@lazy const area = memory.data(352, 16);
let total: u64 = 0;

/** Section 5.3.3, initial hash value. */
@lazy const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Section 4.2.2, constants K0..K63. */
@lazy const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

export function sha256Start(): void {
  memory.copy(area, INITIAL, DIGEST_BYTES);
  total = 0;
}

export function sha256Update(at: usize, length: u32): void {
  const end = at + length;
  const filled = <u32>total & (BLOCK_BYTES - 1);
  total += length;
  if (filled != 0) {
    const take = min<u32>(BLOCK_BYTES - filled, length);
    memory.copy(area + PARTIAL + filled, at, take);
    at += take;
    if (filled + take < BLOCK_BYTES) return;
    compress(area + PARTIAL);
  }
  for (; end - at >= BLOCK_BYTES; at += BLOCK_BYTES) compress(at);
  memory.copy(area + PARTIAL, at, end - at);
}

/** Writes the 32 bytes of the digest to `out` and wipes the working area. */
export function sha256Finish(out: usize): void {
  // Section 5.1.1: a one bit, zeros, the length in bits as a big-endian u64 at the end of a block.
  const bits = total << 3;
  let filled = <u32>total & (BLOCK_BYTES - 1);
  store<u8>(area + PARTIAL + filled, 0x80);
  filled++;
  memory.fill(area + PARTIAL + filled, 0, BLOCK_BYTES - filled);
  if (filled > 56) {
    compress(area + PARTIAL);
    memory.fill(area + PARTIAL, 0, 56);
  }
  store<u64>(area + PARTIAL + 56, bswap<u64>(bits));
  compress(area + PARTIAL);
  for (let i: u32 = 0; i < DIGEST_BYTES; i += 4) store<u32>(out + i, bswap<u32>(load<u32>(area + i)));
  memory.fill(area, 0, AREA_BYTES);
  total = 0;
}

/** The digest of one run of bytes; `out` may lie over it. */
export function sha256(at: usize, length: u32, out: usize): void {
  sha256Start();
  sha256Update(at, length);
  sha256Finish(out);
}

/** Section 6.2.2, the computation over one block. */
function compress(block: usize): void {
  const w = area + SCHEDULE;
  for (let t: u32 = 0; t < 64; t += 4) store<u32>(w + t, bswap<u32>(load<u32>(block + t)));
  for (let p = w + 64; p < w + 256; p += 4) {
    const w2 = load<u32>(p - 8);
    const w15 = load<u32>(p - 60);
    const s1 = rotr<u32>(w2, 17) ^ rotr<u32>(w2, 19) ^ (w2 >> 10);
    const s0 = rotr<u32>(w15, 7) ^ rotr<u32>(w15, 18) ^ (w15 >> 3);
    store<u32>(p, s1 + load<u32>(p - 28) + s0 + load<u32>(p - 64));
  }
  let a = load<u32>(area);
  let b = load<u32>(area, 4);
  let c = load<u32>(area, 8);
  let d = load<u32>(area, 12);
  let e = load<u32>(area, 16);
  let f = load<u32>(area, 20);
  let g = load<u32>(area, 24);
  let h = load<u32>(area, 28);
  for (let t: u32 = 0; t < 256; t += 4) {
    const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(K + t) + load<u32>(w + t);
    const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  store<u32>(area, load<u32>(area) + a);
  store<u32>(area, load<u32>(area, 4) + b, 4);
  store<u32>(area, load<u32>(area, 8) + c, 8);
  store<u32>(area, load<u32>(area, 12) + d, 12);
  store<u32>(area, load<u32>(area, 16) + e, 16);
  store<u32>(area, load<u32>(area, 20) + f, 20);
  store<u32>(area, load<u32>(area, 24) + g, 24);
  store<u32>(area, load<u32>(area, 28) + h, 28);
}
