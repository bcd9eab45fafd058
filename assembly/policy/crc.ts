// CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320): tells a damaged policy from a sound one.
// Runs once a configuration, so it goes bit by bit and needs no table. It is no protection against an attacker:
// whoever can push a configuration can push any policy.

/** The code of [at, at+length) behind bytes whose code is `before`, 0 when nothing stands before. */
export function crc32(at: usize, length: u32, before: u32): u32 {
  let crc: u32 = ~before;
  for (let i: u32 = 0; i < length; i++) {
    crc ^= <u32>load<u8>(at + i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & (0 - (crc & 1)));
  }
  return ~crc;
}
