// Checks that are no check digits: what a pattern alone says too loosely.

import { symbols, uniform } from "./digits";

/** Dots and hyphens where RFC 5321 allows them, and its greatest lengths of local part, label and whole. */
export function email(text: usize, length: u32): bool {
  let before: u32 = 0x2e;
  let at: u32 = 0;
  let label: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (byte == 0x40) {
      if (before == 0x2e) return false;
      at = i;
    }
    if (byte == 0x2e && (before == 0x2e || before == 0x40 || (before == 0x2d && at != 0))) return false;
    if (byte == 0x2d && at != 0 && (before == 0x2e || before == 0x40)) return false;
    label = byte == 0x2e || byte == 0x40 ? 0 : label + 1;
    if (at != 0 && label > 63) return false;
    before = byte;
  }
  return at != 0 && at <= 64 && length <= 254;
}

/** Addresses of zeros or ones alone are those of no device. */
export function mac(text: usize, length: u32): bool {
  return !uniform(symbols(text, length));
}

const counts = memory.data(256);

/**
 * Whether the last run of secret characters, in front of base64 padding, looks random: letters and digits mixed, at least eight different
 * characters, and none of them more than a third of all.
 */
export function entropy(text: usize, length: u32): bool {
  while (length > 0 && load<u8>(text + length - 1) == 0x3d) length--;
  let from = length;
  while (from > 0 && isSecret(<u32>load<u8>(text + from - 1))) from--;
  memory.fill(counts, 0, 256);
  let different: u32 = 0;
  let most: u32 = 0;
  let digits: u32 = 0;
  let letters: u32 = 0;
  for (let i = from; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    const count = <u32>load<u8>(counts + byte) + 1;
    if (count > 255) return false;
    store<u8>(counts + byte, count);
    if (count == 1) different++;
    if (count > most) most = count;
    if (byte - 0x30 < 10) digits++;
    else if ((byte | 0x20) - 0x61 < 26) letters++;
  }
  return different >= 8 && digits > 0 && letters > 1 && most * 3 <= length - from;
}

@inline
function isSecret(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x2b || byte == 0x2f || byte == 0x2d || byte == 0x5f || byte == 0x2e || byte == 0x7e;
}

@inline
function base64Value(byte: u32): u32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 71;
  if (byte - 0x30 < 10) return byte + 4;
  return byte == 0x2b ? 62 : 63;
}

/** RFC 7617: what stands behind the scheme spells, in base64, a user and a password: no control character, and a colon. */
export function basicAuth(text: usize, length: u32): bool {
  let from: u32 = 0;
  while (from < length && load<u8>(text + from) != 0x20) from++;
  while (length > from && load<u8>(text + length - 1) == 0x3d) length--;
  let bits: u32 = 0;
  let count: u32 = 0;
  let hasColon = false;
  for (let i = from + 1; i < length; i++) {
    bits = (bits << 6) | base64Value(<u32>load<u8>(text + i));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const byte = (bits >> count) & 0xff;
    if (byte < 0x20 || byte == 0x7f) return false;
    if (byte == 0x3a) hasColon = true;
  }
  return hasColon && count != 6;
}
