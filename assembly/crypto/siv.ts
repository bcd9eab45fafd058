// AES-SIV, RFC 5297: deterministic authenticated encryption with a vector of associated data.
// Invariants: the code is compared in constant time; a message that fails leaves zeros where its plaintext would stand.

import { AES_BLOCK_BYTES, AES_KEY_BYTES, aesBlock, aesExpand } from "./aes";
import { CMAC_KEY_BYTES, cmacBlock, cmacEnd, cmacExpand, doubled } from "./cmac";
import { equalSecret, wipe } from "../bytes/secret";

/** Bytes of a SIV key: a CMAC key for S2V, then an expanded AES key for CTR. */
export const SIV_KEY_BYTES: usize = CMAC_KEY_BYTES + AES_KEY_BYTES;
/** What a sealed message is longer than its plaintext. */
export const SIV_OVERHEAD: u32 = AES_BLOCK_BYTES;
/** RFC 5297, section 2.6: S2V takes 127 strings, and the plaintext is one. */
export const SIV_MAX_DATA: u32 = 126;

// The expected code, or the padded end of a short plaintext; a block of the CTR key stream.
@lazy const scratch = memory.data(32, 16);

/** Prepares a key of 32, 48 or 64 bytes in SIV_KEY_BYTES at `siv`; false for any other length. */
export function sivExpand(siv: usize, key: usize, length: u32): bool {
  const half = length >> 1;
  if ((length & 1) != 0 || !cmacExpand(siv, key, half)) return false;
  return aesExpand(siv + CMAC_KEY_BYTES, key + half, half);
}

/**
 * Writes code and ciphertext, length + 16 bytes, to `out`. `data` points to `count` pairs of u32 (address, length), the
 * associated data. `plain` may be out + 16 or lie apart from `out`. False, and nothing written, when there is too much
 * associated data.
 */
export function sivSeal(siv: usize, data: usize, count: u32, plain: usize, length: u32, out: usize): bool {
  if (count > SIV_MAX_DATA) return false;
  const code = s2v(siv, data, count, plain, length);
  counterMode(siv + CMAC_KEY_BYTES, code, plain, length, out + AES_BLOCK_BYTES);
  v128.store(out, code);
  return true;
}

/**
 * Writes the plaintext, length - 16 bytes, to `out`, which may be sealed + 16 or lie apart. False, and nothing of a
 * plaintext at `out`, when the message is not one that `sivSeal` made with this key and associated data.
 */
export function sivOpen(siv: usize, data: usize, count: u32, sealed: usize, length: u32, out: usize): bool {
  if (length < AES_BLOCK_BYTES || count > SIV_MAX_DATA) return false;
  const plainLength = length - AES_BLOCK_BYTES;
  counterMode(siv + CMAC_KEY_BYTES, v128.load(sealed), sealed + AES_BLOCK_BYTES, plainLength, out);
  const expected = s2v(siv, data, count, out, plainLength);
  v128.store(scratch, expected);
  const same = equalSecret(scratch, sealed, AES_BLOCK_BYTES);
  wipe(scratch, AES_BLOCK_BYTES);
  if (!same) wipe(out, plainLength);
  return same;
}

/** RFC 5297, section 2.4, over the associated data and then the plaintext. */
function s2v(siv: usize, data: usize, count: u32, plain: usize, length: u32): v128 {
  let d = cmacZero(siv);
  for (const end = data + (count << 3); data < end; data += 8) {
    d = v128.xor(doubled(d), cmacBlock(siv, load<u32>(data), load<u32>(data, 4)));
  }
  if (length >= AES_BLOCK_BYTES) return cmacEnd(siv, plain, length, d);
  // T = dbl(D) xor pad(Sn).
  wipe(scratch, AES_BLOCK_BYTES);
  memory.copy(scratch, plain, length);
  store<u8>(scratch + length, 0x80);
  v128.store(scratch, v128.xor(v128.load(scratch), doubled(d)));
  const code = cmacBlock(siv, scratch, AES_BLOCK_BYTES);
  wipe(scratch, AES_BLOCK_BYTES);
  return code;
}

function cmacZero(siv: usize): v128 {
  wipe(scratch, AES_BLOCK_BYTES);
  return cmacBlock(siv, scratch, AES_BLOCK_BYTES);
}

/** RFC 5297, section 2.5: CTR from the code with bits 31 and 63 cleared, so that counting never leaves the low u64. */
function counterMode(key: usize, code: v128, from: usize, length: u32, to: usize): void {
  const high = i64x2.extract_lane(code, 0);
  let low = bswap<u64>(i64x2.extract_lane(code, 1)) & 0x7fffffff_7fffffff;
  const stream = scratch + AES_BLOCK_BYTES;
  while (length != 0) {
    const block = aesBlock(key, i64x2.replace_lane(i64x2.splat(high), 1, bswap<u64>(low)));
    low++;
    if (length >= AES_BLOCK_BYTES) {
      v128.store(to, v128.xor(v128.load(from), block));
      from += AES_BLOCK_BYTES;
      to += AES_BLOCK_BYTES;
      length -= AES_BLOCK_BYTES;
    } else {
      v128.store(stream, block);
      for (let i: u32 = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i) ^ load<u8>(stream + i));
      wipe(stream, AES_BLOCK_BYTES);
      length = 0;
    }
  }
}
