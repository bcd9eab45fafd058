// Bitcoin addresses: Base58Check (two rounds of SHA-256 over version and hash) and bech32, bech32m (BIP 173, 350).

import { sha256 } from "../../crypto/sha256";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const decoded = memory.data(25);
const digest = memory.data(32);

export function bitcoin(text: usize, length: u32): bool {
  const first = <u32>load<u8>(text);
  return first == 0x31 || first == 0x33 ? base58Check(text, length) : bech32(text, length);
}

function placeIn(alphabet: string, character: i32): i32 {
  for (let i = 0; i < alphabet.length; i++) if (alphabet.charCodeAt(i) == character) return i;
  return -1;
}

function base58Check(text: usize, length: u32): bool {
  memory.fill(decoded, 0, 25);
  for (let i: u32 = 0; i < length; i++) {
    let carry = placeIn(BASE58, <i32>load<u8>(text + i));
    if (carry < 0) return false;
    for (let k: i32 = 24; k >= 0; k--) {
      carry += <i32>load<u8>(decoded + k) * 58;
      store<u8>(decoded + k, carry);
      carry >>= 8;
    }
    if (carry != 0) return false;
  }
  sha256(decoded, 21, digest);
  sha256(digest, 32, digest);
  return load<u32>(digest) == load<u32>(decoded, 21);
}

function bech32(text: usize, length: u32): bool {
  let check: u32 = 1;
  // "bc" expanded: 3 3 0 2 3
  check = step(step(step(step(step(check, 3), 3), 0), 2), 3);
  for (let i: u32 = 3; i < length; i++) {
    let byte = <u32>load<u8>(text + i);
    if (byte - 0x41 < 26) byte |= 0x20;
    const part = placeIn(BECH32, <i32>byte);
    if (part < 0) return false;
    check = step(check, part);
  }
  return check == 1 || check == 0x2bc830a3;
}

function step(check: u32, part: u32): u32 {
  const top = check >> 25;
  let next = ((check & 0x1ffffff) << 5) ^ part;
  if (top & 1) next ^= 0x3b6a57b2;
  if (top & 2) next ^= 0x26508e6d;
  if (top & 4) next ^= 0x1ea119fa;
  if (top & 8) next ^= 0x3d4233dd;
  if (top & 16) next ^= 0x2a1462b3;
  return next;
}
