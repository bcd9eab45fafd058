// hash: the HMAC-SHA-256 of the whole value under the root key; equal values stay equal, nothing else can be told.
// Policy language, Actions; docs/internals.md, rule parameters of action 5; PCI DSS 3.5.1.1 (keyed, over the whole value).
// Invariants: without a key nothing is hashed; the value is hashed as it is spelled (1.0 and 1.00 differ); the code is
// wiped before return.

import { Buffer } from "../bytes/buffer";
import { hmacSha256 } from "../crypto/hmac";
import { DIGEST_BYTES } from "../crypto/sha256";
import { ENCODING_BASE64URL, RULE_P0, RULE_P1 } from "../policy/format.gen";
import { Keyring, ROOT_BYTES } from "../session/keyring";
import { appendDecimal } from "./text";
import { DONE, NUMBER, REDACT } from "./types";

@lazy const code = memory.data(32, 16);

export function hash(rule: usize, type: u32, at: usize, length: u32, keys: usize, out: Buffer): u32 {
  if (keys == 0) return REDACT;
  hmacSha256(changetype<Keyring>(keys).roots, ROOT_BYTES, at, length, code);
  if (type == NUMBER) appendDecimal(out, toNumber(load<u64>(code)), 1);
  else {
    const from = out.length;
    if (load<u32>(rule, RULE_P1) == ENCODING_BASE64URL) appendBase64url(out);
    else appendHex(out);
    const keep = load<u32>(rule, RULE_P0);
    if (keep != 0 && keep < out.length - from) out.length = from + keep;
  }
  memory.fill(code, 0, DIGEST_BYTES);
  return DONE;
}

/**
 * A positive integer of 15 digits, the first not 0, from the first 8 bytes as a big-endian integer: below 2^53, so every
 * JSON reader holds it exactly. `length` does not shorten it.
 */
@inline
function toNumber(first: u64): u64 {
  return 100000000000000 + (bswap<u64>(first) % 900000000000000);
}

function appendHex(out: Buffer): void {
  for (let i: u32 = 0; i < DIGEST_BYTES; i++) {
    const byte = <u32>load<u8>(code + i);
    out.byte(hexDigit(byte >> 4));
    out.byte(hexDigit(byte & 15));
  }
}

@inline
function hexDigit(value: u32): u32 {
  return value + (value < 10 ? 0x30 : 0x57);
}

/** RFC 4648, section 5, without padding: 43 characters, the last of them carries 4 bits. */
function appendBase64url(out: Buffer): void {
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < DIGEST_BYTES; i++) {
    held = (held << 8) | load<u8>(code + i);
    for (bits += 8; bits >= 6; ) {
      bits -= 6;
      out.byte(base64urlDigit((held >> bits) & 63));
    }
  }
  out.byte(base64urlDigit((held << (6 - bits)) & 63));
}

/** Arithmetic, not a table: the same work for every value. */
@inline
function base64urlDigit(value: u32): u32 {
  return value < 26 ? value + 0x41 : value < 52 ? value + 0x47 : value < 62 ? value - 4 : value == 62 ? 0x2d : 0x5f;
}
