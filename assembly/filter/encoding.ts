// Hex and base64 (RFC 4648, both alphabets, padding optional) to bytes, for keys and policies that come as text.
// Invariant: strict: any other byte, or bits left over that are not zero, and the answer is false.

import { Buffer } from "../bytes/buffer";

function hexDigit(byte: u32): i32 {
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

function sextet(byte: u32): i32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x47;
  if (byte - 0x30 < 10) return byte + 4;
  if (byte == 0x2b || byte == 0x2d) return 62;
  return byte == 0x2f || byte == 0x5f ? 63 : -1;
}

export function decodeBase64(at: usize, length: u32, out: Buffer): bool {
  out.clear();
  for (let pad = 0; pad < 2 && length && load<u8>(at + length - 1) == 0x3d; pad++) length--;
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const value = sextet(<u32>load<u8>(at + i));
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
