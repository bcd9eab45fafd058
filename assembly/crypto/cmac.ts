// AES-CMAC, SP 800-38B (RFC 4493), over messages of whole bytes with the full 16-byte code.
// Invariant: only the length of the message decides branches and addresses.

import { AES_BLOCK_BYTES, AES_KEY_BYTES, aesBlock, aesExpand } from "./aes";
import { wipe } from "../bytes/secret";

/** Bytes of a CMAC key: an expanded AES key, then the subkeys K1 and K2. */
export const CMAC_KEY_BYTES: usize = AES_KEY_BYTES + 32;
const K1: usize = AES_KEY_BYTES;
const K2: usize = AES_KEY_BYTES + 16;

// The last two blocks of a message while they are worked on.
@lazy const tail = memory.data(32, 16);

/** Prepares a key of 16, 24 or 32 bytes in CMAC_KEY_BYTES at `cmac`; false for any other length. */
export function cmacExpand(cmac: usize, key: usize, length: u32): bool {
  if (!aesExpand(cmac, key, length)) return false;
  // SP 800-38B, section 6.1, steps 1 to 3.
  const k1 = doubled(aesBlock(cmac, i64x2.splat(0)));
  v128.store(cmac + K1, k1);
  v128.store(cmac + K2, doubled(k1));
  return true;
}

/** The code of one run of bytes. */
function cmacBlock(cmac: usize, at: usize, length: u32): v128 {
  return cmacEnd(cmac, at, length, i64x2.splat(0));
}

/** Writes the code of one run of bytes to the 16 bytes at `out`, which may lie over it. */
export function cmac(key: usize, at: usize, length: u32, out: usize): void {
  v128.store(out, cmacBlock(key, at, length));
}

/** The code of at least 16 bytes (or any, when `end` is zero), the last 16 of which are XORed with `end` first. */
function cmacEnd(cmac: usize, at: usize, length: u32, end: v128): v128 {
  // SP 800-38B, section 6.2, step 6, up to the two blocks that the end can touch.
  let chain = i64x2.splat(0);
  for (; length > 2 * AES_BLOCK_BYTES; at += AES_BLOCK_BYTES, length -= AES_BLOCK_BYTES) {
    chain = aesBlock(cmac, v128.xor(chain, v128.load(at)));
  }
  wipe(tail, 32);
  memory.copy(tail, at, length);
  if (length >= AES_BLOCK_BYTES) {
    const ending = tail + length - AES_BLOCK_BYTES;
    v128.store(ending, v128.xor(v128.load(ending), end));
  }
  let last = tail;
  if (length > AES_BLOCK_BYTES) {
    chain = aesBlock(cmac, v128.xor(chain, v128.load(last)));
    last += AES_BLOCK_BYTES;
    length -= AES_BLOCK_BYTES;
  }
  // Step 4: a whole last block takes K1; a part of one, or nothing, is padded with a one bit and zeros and takes K2.
  let subkey = cmac + K1;
  if (length < AES_BLOCK_BYTES) {
    store<u8>(last + length, 0x80);
    subkey = cmac + K2;
  }
  chain = aesBlock(cmac, v128.xor(chain, v128.xor(v128.load(last), v128.load(subkey))));
  wipe(tail, 32);
  return chain;
}

/** Multiplication by x in GF(2^128) of SP 800-38B, section 5.3, on a big-endian block; no branch on the carry. */
function doubled(block: v128): v128 {
  const high = bswap<u64>(i64x2.extract_lane(block, 0));
  const low = bswap<u64>(i64x2.extract_lane(block, 1));
  const carry: u64 = (0 - (high >> 63)) & 0x87;
  return i64x2.replace_lane(i64x2.splat(bswap<u64>((high << 1) | (low >> 63))), 1, bswap<u64>((low << 1) ^ carry));
}

// Exported down here for the reason given in aes.ts.
export { cmacBlock, cmacEnd, doubled };
