// Bytes that must not leak: comparison in constant time, and wiping.

/** Whether the two runs are equal; the time depends on the length only. */
export function equalSecret(a: usize, b: usize, length: u32): bool {
  let difference: u32 = 0;
  for (let i: u32 = 0; i < length; i++) difference |= load<u8>(a + i) ^ load<u8>(b + i);
  // 0 becomes 1, and 1..255 become 0, without a comparison that a compiler could turn into a branch.
  return <bool>((difference - 1) >>> 31);
}

/** Overwrites a run of bytes with zeros. */
export function wipe(at: usize, length: usize): void {
  memory.fill(at, 0, length);
}
