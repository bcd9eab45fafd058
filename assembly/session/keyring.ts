// The keys of one session: from every root of the policy, one for each domain and purpose (HKDF-SHA-256, RFC 5869).
//
//     session key = HKDF(salt "frostglass session v1", root, info = session id)
//     FF1 key     = HKDF-Expand(session key, "ff1" 0 domain), 32 bytes: AES-256
//     SIV key     = HKDF-Expand(session key, "siv" 0 domain), 64 bytes: AES-256 twice
//
// Invariants: no key serves two sessions, domains or purposes; a block of keys is derived when it is first used and
// stays in place until the keyring closes; all of it is wiped then. Nothing derived from a root leaves this folder.

import { Buffer, newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { wipe } from "../bytes/secret";
import { AES_KEY_BYTES, aesExpand } from "../crypto/aes";
import { hkdf, hkdfExpand } from "../crypto/hkdf";
import { SIV_KEY_BYTES, sivExpand } from "../crypto/siv";
import { HEADER_DOMAINS, HEADER_ROOTS, ROOT_ID, ROOT_UNTIL, SIZE_REF, SIZE_ROOT } from "../policy/format.gen";

export const ROOT_BYTES: u32 = 32;
const SESSION_KEY_BYTES: u32 = 32;

/** A block: expanded FF1 key, expanded SIV key, then the root's id as u32 length and up to 12 bytes (token/codec.ts). */
export const BLOCK_ID: usize = AES_KEY_BYTES + SIV_KEY_BYTES;
const BLOCK_BYTES: usize = BLOCK_ID + 16;

/** Behind it: `rootCount` session keys, then the addresses of rootCount x domainCount blocks, 0 while not derived. */
@unmanaged
export class Keyring {
  policy: usize; // first byte of the binary policy
  roots: usize; // rootCount x 32 bytes, the current root first
  rootCount: u32;
  domainCount: u32;
  /** The root under which this session's tokens are made. */
  current: u32;
}

const SALT: string = "frostglass session v1";
const info: Buffer = newBuffer();
@lazy const derived = memory.data(64, 16);

@inline
function sessionKeys(ring: Keyring): usize {
  return changetype<usize>(ring) + offsetof<Keyring>();
}

@inline
function blocks(ring: Keyring): usize {
  return sessionKeys(ring) + ring.rootCount * SESSION_KEY_BYTES;
}

@inline
function bytesOf(rootCount: u32, domainCount: u32): usize {
  return offsetof<Keyring>() + rootCount * SESSION_KEY_BYTES + ((rootCount * domainCount) << 2);
}

/** Appends program text (ASCII) to `info`. */
function say(text: string): void {
  for (let i = 0; i < text.length; i++) info.byte(<u32>load<u16>(changetype<usize>(text) + (i << 1)));
}

/**
 * The keys of the session with the given id, whose token was issued at `issued` (Unix seconds; u64.MAX_VALUE when nobody
 * knows: the current root then). `roots` are the policy's roots in its order. 0 when memory ran out.
 */
export function openKeyring(policy: usize, roots: usize, id: usize, idLength: u32, issued: u64): usize {
  const rootCount = load<u32>(policy, HEADER_ROOTS + 4);
  const domainCount = load<u32>(policy, HEADER_DOMAINS + 4);
  const at = allocate(bytesOf(rootCount, domainCount));
  if (at == 0) return 0;
  const ring = changetype<Keyring>(at);
  ring.policy = policy;
  ring.roots = roots;
  ring.rootCount = rootCount;
  ring.domainCount = domainCount;
  ring.current = 0;
  const records = policy + load<u32>(policy, HEADER_ROOTS);
  info.clear();
  say(SALT);
  if (info.failed) {
    release(at, bytesOf(rootCount, domainCount));
    return 0;
  }
  for (let i: u32 = 0; i < rootCount; i++) {
    // The list is in descending order of time: the last root that was still current then is the one.
    if (i != 0 && issued < load<u64>(records + i * SIZE_ROOT, ROOT_UNTIL)) ring.current = i;
    const key = sessionKeys(ring) + i * SESSION_KEY_BYTES;
    hkdf(info.at, info.length, roots + i * ROOT_BYTES, ROOT_BYTES, id, idLength, key, SESSION_KEY_BYTES);
  }
  memory.fill(blocks(ring), 0, (rootCount * domainCount) << 2);
  return at;
}

/** Wipes and gives back all of a keyring; 0 is ignored. */
export function closeKeyring(at: usize): void {
  if (at == 0) return;
  const ring = changetype<Keyring>(at);
  const count = ring.rootCount * ring.domainCount;
  for (let i: u32 = 0; i < count; i++) {
    const block = <usize>load<u32>(blocks(ring) + (i << 2));
    if (block == 0) continue;
    wipe(block, BLOCK_BYTES);
    release(block, BLOCK_BYTES);
  }
  const bytes = bytesOf(ring.rootCount, ring.domainCount);
  wipe(at, bytes);
  release(at, bytes);
}

/** The block of keys of a domain under a root, 0 when memory ran out. */
export function domainKeys(ring: Keyring, root: u32, domain: u32): usize {
  const cell = blocks(ring) + ((root * ring.domainCount + domain) << 2);
  const known = <usize>load<u32>(cell);
  if (known != 0) return known;
  const block = allocate(BLOCK_BYTES);
  if (block == 0) return 0;
  const key = sessionKeys(ring) + root * SESSION_KEY_BYTES;
  const name = ring.policy + load<u32>(ring.policy, HEADER_DOMAINS) + domain * SIZE_REF;
  if (!derive(key, "ff1", ring.policy + load<u32>(name), load<u32>(name, 4), 32)) return drop(block);
  aesExpand(block, derived, 32);
  if (!derive(key, "siv", ring.policy + load<u32>(name), load<u32>(name, 4), 64)) return drop(block);
  sivExpand(block + AES_KEY_BYTES, derived, 64);
  wipe(derived, 64);
  const record = ring.policy + load<u32>(ring.policy, HEADER_ROOTS) + root * SIZE_ROOT;
  const idLength = load<u32>(record, ROOT_ID + 4);
  store<u32>(block + BLOCK_ID, idLength);
  memory.copy(block + BLOCK_ID + 4, ring.policy + load<u32>(record, ROOT_ID), idLength);
  store<u32>(cell, <u32>block);
  return block;
}

function drop(block: usize): usize {
  wipe(block, BLOCK_BYTES);
  release(block, BLOCK_BYTES);
  return 0;
}

function derive(key: usize, purpose: string, domain: usize, length: u32, size: u32): bool {
  info.clear();
  say(purpose);
  info.byte(0);
  info.append(domain, length);
  if (info.failed) return false;
  return hkdfExpand(key, SESSION_KEY_BYTES, info.at, info.length, derived, size);
}
