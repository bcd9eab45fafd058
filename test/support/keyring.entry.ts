// Entry of the test module for assembly/session/keyring: a keyring over a policy and roots that the test writes.

import { allocate, release } from "../../assembly/bytes/pool";
import { check } from "../../assembly/policy/check";
import { BLOCK_ID, closeKeyring, domainKeys, Keyring, openKeyring } from "../../assembly/session/keyring";
import { AES_KEY_BYTES, aesBlock } from "../../assembly/crypto/aes";
import { SIV_KEY_BYTES, sivSeal } from "../../assembly/crypto/siv";

export { allocate, check, closeKeyring, openKeyring, release };

export function currentOf(ring: usize): u32 {
  return changetype<Keyring>(ring).current;
}

/** Writes AES-256(FF1 key, zeros), then the SIV code of nothing: what tells one block of keys from another. */
export function fingerprint(ring: usize, root: u32, domain: u32, to: usize): void {
  const block = domainKeys(changetype<Keyring>(ring), root, domain);
  v128.store(to, aesBlock(block, i64x2.splat(0)));
  sivSeal(block + AES_KEY_BYTES, 0, 0, 0, 0, to + 16);
}

/** Address and length of the key id in a block. */
export function idAt(ring: usize, root: u32, domain: u32): usize {
  return domainKeys(changetype<Keyring>(ring), root, domain) + BLOCK_ID + 4;
}

export function blockAt(ring: usize, root: u32, domain: u32): usize {
  return domainKeys(changetype<Keyring>(ring), root, domain);
}

export const BLOCK_BYTES: u32 = <u32>(AES_KEY_BYTES + SIV_KEY_BYTES);
