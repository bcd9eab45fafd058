// HMAC-SHA-256, RFC 2104: incremental, so that HKDF (RFC 5869) can feed its parts one after the other.
// Invariants: one code at a time, and no other SHA-256 between start and finish; the padded key and the inner digest are
// wiped by finish.

import { BLOCK_BYTES, DIGEST_BYTES, sha256, sha256Finish, sha256Start, sha256Update } from "./sha256";

// The key padded to one block, XORed with ipad, then with opad; then the inner digest.
@lazy const area = memory.data(96, 16);
const AREA_BYTES: u32 = 96;
const IPAD: u64 = 0x3636363636363636;
const OPAD: u64 = 0x5c5c5c5c5c5c5c5c;

/** Section 2: a key longer than a block is hashed first. */
export function hmacStart(key: usize, keyLength: u32): void {
  memory.fill(area, 0, BLOCK_BYTES);
  if (keyLength > BLOCK_BYTES) sha256(key, keyLength, area);
  else memory.copy(area, key, keyLength);
  flip(IPAD);
  sha256Start();
  sha256Update(area, BLOCK_BYTES);
}

export function hmacUpdate(at: usize, length: u32): void {
  sha256Update(at, length);
}

/** Writes the 32 bytes of the code to `out`. */
export function hmacFinish(out: usize): void {
  const inner = area + BLOCK_BYTES;
  sha256Finish(inner);
  flip(IPAD ^ OPAD);
  sha256Start();
  sha256Update(area, BLOCK_BYTES + DIGEST_BYTES);
  sha256Finish(out);
  memory.fill(area, 0, AREA_BYTES);
}

/** The code of one run of bytes; `out` (32 bytes) may lie over it. */
export function hmacSha256(key: usize, keyLength: u32, at: usize, length: u32, out: usize): void {
  hmacStart(key, keyLength);
  hmacUpdate(at, length);
  hmacFinish(out);
}

function flip(pattern: u64): void {
  for (let i: u32 = 0; i < BLOCK_BYTES; i += 8) store<u64>(area + i, load<u64>(area + i) ^ pattern);
}
