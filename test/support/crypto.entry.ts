// Entry of the test module for assembly/crypto: its functions, over memory that the test fills.

import { AES_KEY_BYTES, aesBlock, aesExpand } from "../../assembly/crypto/aes";
import { CMAC_KEY_BYTES, cmac, cmacExpand } from "../../assembly/crypto/cmac";
import { ff1Decrypt, ff1Encrypt } from "../../assembly/crypto/ff1";
import { hkdf } from "../../assembly/crypto/hkdf";
import { hmacSha256 } from "../../assembly/crypto/hmac";
import { sha256 } from "../../assembly/crypto/sha256";
import { SIV_KEY_BYTES, sivExpand, sivOpen, sivSeal } from "../../assembly/crypto/siv";
import { equalSecret } from "../../assembly/bytes/secret";

export { allocate } from "../../assembly/bytes/pool";
export {
  aesExpand,
  cmac,
  cmacExpand,
  equalSecret,
  ff1Decrypt,
  ff1Encrypt,
  hkdf,
  hmacSha256,
  sha256,
  sivExpand,
  sivOpen,
  sivSeal,
};
export { AES_KEY_BYTES, CMAC_KEY_BYTES, SIV_KEY_BYTES };

export function aesEncrypt(key: usize, from: usize, to: usize): void {
  v128.store(to, aesBlock(key, v128.load(from)));
}

/** Tokens a second without the cost of calls from the host: encrypts the numerals over and over. */
export function ff1Repeat(key: usize, radix: u32, tweak: usize, t: u32, x: usize, n: u32, times: u32): u32 {
  let refusal: u32 = 0;
  for (let i: u32 = 0; i < times; i++) refusal |= ff1Encrypt(key, radix, tweak, t, x, n);
  return refusal;
}

/** The end of what the module keeps for its own data: all working areas lie below. */
export function dataEnd(): usize {
  return __heap_base;
}
