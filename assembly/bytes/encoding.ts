// Hex and base64 (RFC 4648) to bytes: for keys and policies that come as text in any alphabet, padding optional; for
// tokens in the one spelling of RFC 7515, section 2.
// Invariant: strict: any other byte, or bits left over that are not zero, and the answer is false.

import { Buffer } from "../bytes/buffer";

/** What a digit of hex stands for, or -1. */
export function hexDigit(byte: u32): i32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const low = byte | 0x20;
  return low - 0x61 < 6 ? low - 0x57 : -1;
}

export function decodeHex(at: usize, length: u32, out: Buffer): bool {
  out.clear();
  if (length & 1) return false;
  for (let i: u32 = 0; i < length; i += 2) {
    const high = hexDigit(<u32>load<u8>(at + i));
    const low = hexDigit(<u32>load<u8>(at + i + 1));
    if ((high | low) < 0) return false;
    out.byte((<u32>high << 4) | <u32>low);
  }
  return true;
}

/** What a digit of base64 or base64url stands for, or -1. */
export function sextet(byte: u32): i32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x47;
  if (byte - 0x30 < 10) return byte + 4;
  if (byte == 0x2b || byte == 0x2d) return 62;
  return byte == 0x2f || byte == 0x5f ? 63 : -1;
}

/** Appends what the digits stand for; `plain`: those of base64 proper are digits too. */
function decodeDigits(at: usize, length: u32, out: Buffer, plain: bool): bool {
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!plain && (byte == 0x2b || byte == 0x2f)) return false;
    const value = sextet(byte);
    if (value < 0) return false;
    bits = (bits << 6) | <u32>value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.byte((bits >> held) & 0xff);
      bits &= (1 << held) - 1;
    }
  }
  return held < 6 && bits == 0;
}

export function decodeBase64(at: usize, length: u32, out: Buffer): bool {
  out.clear();
  for (let pad = 0; pad < 2 && length && load<u8>(at + length - 1) == 0x3d; pad++) length--;
  return decodeDigits(at, length, out, true);
}

/** base64url without padding (RFC 7515, section 2), appended to `out`. */
export function decodeBase64Url(at: usize, length: u32, out: Buffer): bool {
  return decodeDigits(at, length, out, false);
}
