// HKDF-SHA-256, RFC 5869.
// Invariant: the pseudorandom key and the chaining value are wiped before `hkdf` returns.

import { hmacFinish, hmacSha256, hmacStart, hmacUpdate } from "./hmac";
import { DIGEST_BYTES } from "./sha256";
import { wipe } from "../bytes/secret";

/** Section 2.3: the most that one expansion gives. */
export const HKDF_MAX_BYTES: u32 = 255 * DIGEST_BYTES;

// Working area:  0 PRK   32 T(i)   64 the counter
const CHAIN: u32 = 32;
const COUNTER: u32 = 64;
const AREA_BYTES: u32 = 80;
@lazy const area = memory.data(80, 16);

/** Section 2.2: writes the pseudorandom key, 32 bytes, to `out`. An empty salt is one of 32 zeros: HMAC pads it. */
export function hkdfExtract(salt: usize, saltLength: u32, key: usize, keyLength: u32, out: usize): void {
  hmacSha256(salt, saltLength, key, keyLength, out);
}

/** Section 2.3: writes `length` bytes to `out`; false, and nothing written, beyond HKDF_MAX_BYTES. */
export function hkdfExpand(prk: usize, prkLength: u32, info: usize, infoLength: u32, out: usize, length: u32): bool {
  if (length > HKDF_MAX_BYTES) return false;
  const chain = area + CHAIN;
  const counter = area + COUNTER;
  for (let i: u32 = 1; length != 0; i++) {
    hmacStart(prk, prkLength);
    if (i > 1) hmacUpdate(chain, DIGEST_BYTES);
    hmacUpdate(info, infoLength);
    store<u8>(counter, i);
    hmacUpdate(counter, 1);
    hmacFinish(chain);
    const take = min<u32>(length, DIGEST_BYTES);
    memory.copy(out, chain, take);
    out += take;
    length -= take;
  }
  wipe(chain, AREA_BYTES - CHAIN);
  return true;
}

/** Extraction and expansion in one: `length` bytes to `out`; false, and nothing written, beyond HKDF_MAX_BYTES. */
export function hkdf(
  salt: usize, saltLength: u32, key: usize, keyLength: u32, info: usize, infoLength: u32, out: usize, length: u32,
): bool {
  hkdfExtract(salt, saltLength, key, keyLength, area);
  const done = hkdfExpand(area, DIGEST_BYTES, info, infoLength, out, length);
  wipe(area, CHAIN);
  return done;
}
