// Entry of the test module for assembly/token: the codec under keys that the test gives, over memory that it fills.

import { newBuffer } from "../../assembly/bytes/buffer";
import { allocate } from "../../assembly/bytes/pool";
import { AES_KEY_BYTES, aesExpand } from "../../assembly/crypto/aes";
import { sivExpand } from "../../assembly/crypto/siv";
import { BLOCK_ID } from "../../assembly/session/keyring";
import { reveal, tokenize } from "../../assembly/token/codec";

export { allocate };

const out = newBuffer();

export function outAt(): usize {
  return out.at;
}

export function outLength(): u32 {
  return out.length;
}

/** A block of keys: `key` has 32 bytes for FF1 and 64 for AES-SIV; an id of at most 12 bytes. */
export function keysFrom(key: usize, id: usize, idLength: u32): usize {
  const block = allocate(BLOCK_ID + 16);
  aesExpand(block, key, 32);
  sivExpand(block + AES_KEY_BYTES, key + 32, 64);
  store<u32>(block + BLOCK_ID, idLength);
  memory.copy(block + BLOCK_ID + 4, id, idLength);
  return block;
}

export function run(
  undo: bool, spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32,
): u32 {
  out.clear();
  return undo
    ? reveal(spec, tweak, tweakLength, keys, type, at, length, out)
    : tokenize(spec, tweak, tweakLength, keys, type, at, length, out);
}

/** Tokens a second without the cost of calls from the host: tokenizes the value `times` times. */
export function repeat(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32, times: u32,
): u32 {
  let verdict: u32 = 0;
  for (let i: u32 = 0; i < times; i++) {
    verdict |= run(false, spec, tweak, tweakLength, keys, type, at, length);
  }
  return verdict;
}

/** Tokenizes every number of `digits` digits, and reveals a share; how many images differ, -1 when one does not come back. */
export function permuteAll(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, digits: u32, seen: usize,
): i32 {
  let size: u32 = 1;
  for (let i: u32 = 0; i < digits; i++) size *= 10;
  memory.fill(seen, 0, size);
  const text = allocate(16);
  const token = allocate(16);
  let images = 0;
  for (let value: u32 = 0; value < size; value++) {
    for (let i: u32 = 0, rest = value; i < digits; i++, rest /= 10) store<u8>(text + digits - 1 - i, 0x30 + (rest % 10));
    if (run(false, spec, tweak, tweakLength, keys, 0, text, digits) != 0) return -1;
    memory.copy(token, out.at, digits);
    let image: u32 = 0;
    for (let i: u32 = 0; i < digits; i++) image = image * 10 + load<u8>(token + i) - 0x30;
    if (load<u8>(seen + image) == 0) images++;
    store<u8>(seen + image, 1);
    if (value % 16 != 0) continue;
    if (run(true, spec, tweak, tweakLength, keys, 0, token, digits) != 0) return -1;
    if (memory.compare(out.at, text, digits) != 0) return -1;
  }
  return images;
}

/** End of the memory that the module keeps for its data: the working areas lie below. */
export function dataEnd(): usize {
  return __heap_base;
}
