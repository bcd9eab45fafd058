// Opaque tokens: "fg1." key id "." base64url(AES-SIV(value)), for any text (RFC 5297; RFC 4648, section 5, no padding).
// Invariants: deterministic under one block of keys; the tweak is associated data, so that a token of another policy,
// domain or format does not open; what does not open is UNCHANGED and leaves no plaintext behind.

import { Buffer, newBuffer } from "../bytes/buffer";
import { SIV_OVERHEAD, sivOpen, sivSeal } from "../crypto/siv";
import { AES_KEY_BYTES } from "../crypto/aes";
import { BLOCK_ID } from "../session/keyring";
import { DONE, FAILED, UNCHANGED } from "../action/types";

const PREFIX_BYTES: u32 = 4;
// The one pair (address, length) of associated data.
@lazy const data = memory.data(8, 4);
const work: Buffer = newBuffer();

function associate(tweak: usize, length: u32): void {
  store<u32>(data, <u32>tweak);
  store<u32>(data, length, 4);
}

/** Appends the token of the value to `out`. */
export function seal(tweak: usize, tweakLength: u32, keys: usize, at: usize, length: u32, out: Buffer): u32 {
  work.clear();
  if (!work.reserve(length + SIV_OVERHEAD)) return FAILED;
  associate(tweak, tweakLength);
  sivSeal(keys + AES_KEY_BYTES, data, 1, at, length, work.at);
  out.byte(0x66);
  out.byte(0x67);
  out.byte(0x31);
  out.byte(0x2e);
  out.append(keys + BLOCK_ID + 4, load<u32>(keys, BLOCK_ID));
  out.byte(0x2e);
  encode(work.at, length + SIV_OVERHEAD, out);
  return out.failed ? FAILED : DONE;
}

/** Appends the value of a token that names the key id of `keys`; UNCHANGED when it is none. */
export function open(tweak: usize, tweakLength: u32, keys: usize, at: usize, length: u32, out: Buffer): u32 {
  const head = PREFIX_BYTES + load<u32>(keys, BLOCK_ID) + 1;
  if (length <= head) return UNCHANGED;
  work.clear();
  if (!decode(at + head, length - head, work)) return UNCHANGED;
  if (work.failed) return FAILED;
  if (work.length < SIV_OVERHEAD) return UNCHANGED;
  const size = work.length - SIV_OVERHEAD;
  if (!out.reserve(size)) return FAILED;
  associate(tweak, tweakLength);
  const isOpen = sivOpen(keys + AES_KEY_BYTES, data, 1, work.at, work.length, out.at + out.length);
  if (!isOpen) return UNCHANGED;
  out.length += size;
  return DONE;
}

/** Arithmetic, not a table: the same work for every byte of a code. */
@inline
function digitOf(value: u32): u32 {
  return value < 26 ? value + 0x41 : value < 52 ? value + 0x47 : value < 62 ? value - 4 : value == 62 ? 0x2d : 0x5f;
}

function encode(at: usize, length: u32, out: Buffer): void {
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    held = (held << 8) | <u32>load<u8>(at + i);
    for (bits += 8; bits >= 6; ) {
      bits -= 6;
      out.byte(digitOf((held >> bits) & 63));
    }
  }
  if (bits) out.byte(digitOf((held << (6 - bits)) & 63));
}

function valueOf(byte: u32): i32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x47;
  if (byte - 0x30 < 10) return byte + 4;
  return byte == 0x2d ? 62 : byte == 0x5f ? 63 : -1;
}

/** Strict: no padding, no other byte, and the bits left over are zero, so that one token has one spelling. */
function decode(at: usize, length: u32, out: Buffer): bool {
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const value = valueOf(<u32>load<u8>(at + i));
    if (value < 0) return false;
    held = (held << 6) | <u32>value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.byte((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return bits < 6 && held == 0;
}
