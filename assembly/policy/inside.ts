// What a record of the binary policy points to: whether it lies in the blob.

import { HEADER_BYTES, SIZE_HEADER, SIZE_REF } from "./format.gen";

/** Whether `count` records of `size` bytes at `offset` lie behind the header and inside the blob. */
export function inside(policy: usize, offset: u32, count: u32, size: u32): bool {
  const end = <u64>offset + <u64>count * <u64>size;
  return count == 0 || (offset >= SIZE_HEADER && end <= <u64>load<u32>(policy, HEADER_BYTES));
}

export function refInside(policy: usize, at: usize): bool {
  return inside(policy, load<u32>(at), load<u32>(at, 4), 1);
}

/** Whether the refs of the table at header offset `table`, and what they point to, lie in the blob. */
export function refsInside(policy: usize, table: usize): bool {
  const offset = load<u32>(policy + table);
  const count = load<u32>(policy + table, 4);
  if (!inside(policy, offset, count, SIZE_REF)) return false;
  for (let i: u32 = 0; i < count; i++) {
    if (!refInside(policy, policy + offset + i * SIZE_REF)) return false;
  }
  return true;
}
