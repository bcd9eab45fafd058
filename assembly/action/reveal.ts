// reveal: tokens of this session become the originals that they stand for (policy language, Actions).
// Invariants: a token of another session, policy or domain, or a forged one, is never an original and never an error:
// an opaque one does not authenticate and stays as it is; a format-preserving one decrypts to another value of its
// format, since it has no room for an authenticator. A value that is no token stays as it is. What was turned back, and
// which opaque tokens were not, is tallied by rule, one a token.

import { Buffer, newBuffer } from "../bytes/buffer";
import { hexDigit } from "../bytes/encoding";
import {
  HEADER_RULES,
  REVEAL_FLAG_ANYWHERE,
  RULE_P0,
  RULE_P1,
  SIZE_RULE,
  TOKEN_DOMAIN,
  TOKEN_FORMAT,
  TOKEN_FORMAT_OPAQUE,
  TOKEN_TWEAK,
} from "../policy/format.gen";
import { BLOCK_ID, Keyring, domainKeys } from "../session/keyring";
import { reveal as decode } from "../token/codec";
import { open } from "../token/opaque";
import { DONE, FAILED, NUMBER, UNCHANGED } from "./types";

// What every opaque token begins with: "fg1." as a little-endian u32, and its length.
const PREFIX: u32 = 0x2e316766;
const PREFIX_BYTES: u32 = 4;
// What follows the key id at least: 16 bytes of authenticator in base64url.
const SEAL_BYTES: u32 = 22;

/** Of a rule in the tally: u32 tokens that were turned back, u32 opaque tokens that were not. */
export const TALLY_BYTES: u32 = 8;
export const TALLY_DENIED: u32 = 4;

/** The tally of the stream that is at work: TALLY_BYTES for each rule, or 0. */
let tally: usize = 0;

export function tallyInto(at: usize): void {
  tally = at;
}

function countIn(rule: usize, policy: usize, which: u32): void {
  if (tally == 0) return;
  const number = <u32>(rule - policy - load<u32>(policy, HEADER_RULES)) / SIZE_RULE;
  const at = tally + number * TALLY_BYTES + which;
  store<u32>(at, load<u32>(at) + 1);
}

export function reveal(rule: usize, policy: usize, type: u32, at: usize, length: u32, keys: usize, out: Buffer): u32 {
  if (keys == 0) return UNCHANGED;
  const ring = changetype<Keyring>(keys);
  const token = policy + load<u32>(rule, RULE_P0);
  const tweak = policy + load<u32>(token, TOKEN_TWEAK);
  const tweakLength = load<u32>(token, TOKEN_TWEAK + 4);
  const domain = <u32>load<u16>(token, TOKEN_DOMAIN);
  if (type != NUMBER) {
    const opened = openWith(ring, domain, tweak, tweakLength, at, length, out);
    if (opened == DONE) countIn(rule, policy, 0);
    if (opened != UNCHANGED) return opened;
    if (load<u32>(rule, RULE_P1) & REVEAL_FLAG_ANYWHERE) {
      const found = revealInside(rule, policy, ring, domain, tweak, tweakLength, at, length, out);
      if (found != UNCHANGED) return found;
    } else if (isToken(at, length)) {
      countIn(rule, policy, TALLY_DENIED);
    }
  }
  if (load<u8>(token, TOKEN_FORMAT) == <u8>TOKEN_FORMAT_OPAQUE) return UNCHANGED;
  const block = domainKeys(ring, ring.current, domain);
  if (block == 0) return FAILED;
  out.clear();
  const decoded = decode(token, tweak, tweakLength, block, type, at, length, out);
  if (decoded == DONE) countIn(rule, policy, 0);
  return decoded;
}

@inline
function isTokenByte(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 || byte == 0x2d || byte == 0x5f;
}

/** Whether "fg1." stands at `at`. */
@inline
function startsToken(at: usize, length: u32): bool {
  return length > PREFIX_BYTES && load<u32>(at) == PREFIX;
}

/** Whether the whole text is spelled as an opaque token is, whoever made it. */
function isToken(at: usize, length: u32): bool {
  if (!startsToken(at, length)) return false;
  let i = PREFIX_BYTES;
  while (i < length && isTokenByte(<u32>load<u8>(at + i))) i++;
  if (i == PREFIX_BYTES || i + 1 + SEAL_BYTES > length || load<u8>(at + i) != 0x2e) return false;
  while (++i < length) if (!isTokenByte(<u32>load<u8>(at + i))) return false;
  return true;
}

/** Opens an opaque token under the root whose id it names. */
function openWith(ring: Keyring, domain: u32, tweak: usize, tweakLength: u32, at: usize, length: u32, out: Buffer): u32 {
  if (!startsToken(at, length)) return UNCHANGED;
  for (let root: u32 = 0; root < ring.rootCount; root++) {
    const block = domainKeys(ring, root, domain);
    if (block == 0) return FAILED;
    const id = load<u32>(block, BLOCK_ID);
    if (PREFIX_BYTES + id >= length || load<u8>(at + PREFIX_BYTES + id) != 0x2e) continue;
    if (memory.compare(at + PREFIX_BYTES, block + BLOCK_ID + 4, id) != 0) continue;
    out.clear();
    return open(tweak, tweakLength, block, at, length, out);
  }
  return UNCHANGED;
}

/** The original of one token inside a text. */
const inner: Buffer = newBuffer();

/**
 * Whether a token inside a text may begin at `p`: behind no byte of another word, or right behind an escape of a text in the
 * text, by percent sign or backslash. What is no escape there does no harm: a token that opens is one.
 */
function mayBegin(at: usize, p: usize): bool {
  if (p == at || !isTokenByte(<u32>load<u8>(p - 1))) return true;
  const before = <u32>(p - at);
  if (before < 2) return false;
  if (load<u8>(p - 2) == 0x5c) return isEscapeLetter(<u32>load<u8>(p - 1));
  let digits: u32 = 0;
  while (digits < 4 && digits < before && hexDigit(<u32>load<u8>(p - 1 - digits)) >= 0) digits++;
  if (digits >= 2 && before >= 3 && load<u8>(p - 3) == 0x25) return true;
  if (digits >= 2 && before >= 4 && load<u16>(p - 4) == 0x785c) return true; // \x
  return digits == 4 && before >= 6 && load<u16>(p - 6) == 0x755c; // \u
}

/** Of the escapes of one letter in JSON, JavaScript and C: \b \f \n \r \t \v \0. */
@inline
function isEscapeLetter(byte: u32): bool {
  return byte == 0x62 || byte == 0x66 || byte == 0x6e || byte == 0x72 || byte == 0x74 || byte == 0x76 || byte == 0x30;
}

/** Opens each opaque token inside a text; DONE with the whole text in `out` when there was one. */
function revealInside(
  rule: usize,
  policy: usize,
  ring: Keyring,
  domain: u32,
  tweak: usize,
  tweakLength: u32,
  at: usize,
  length: u32,
  out: Buffer,
): u32 {
  const end = at + length;
  let from = at; // not yet copied
  let p = at;
  let found = false;
  out.clear();
  while (p + PREFIX_BYTES < end) {
    if (load<u32>(p) != PREFIX || !mayBegin(at, p)) {
      p++;
      continue;
    }
    let stop = p + PREFIX_BYTES;
    while (stop < end && isTokenByte(<u32>load<u8>(stop))) stop++;
    if (stop < end && load<u8>(stop) == 0x2e) {
      stop++;
      while (stop < end && isTokenByte(<u32>load<u8>(stop))) stop++;
    }
    const verdict = openWith(ring, domain, tweak, tweakLength, p, <u32>(stop - p), inner);
    if (verdict == FAILED) return FAILED;
    if (verdict == DONE) {
      countIn(rule, policy, 0);
      out.append(from, <u32>(p - from));
      out.append(inner.at, inner.length);
      from = stop;
      found = true;
    } else if (isToken(p, <u32>(stop - p))) {
      countIn(rule, policy, TALLY_DENIED);
    }
    p = stop;
  }
  if (inner.capacity) inner.wipe();
  if (!found) return UNCHANGED;
  out.append(from, <u32>(end - from));
  return DONE;
}
