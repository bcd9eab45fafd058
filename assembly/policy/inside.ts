// What a record of the binary policy points to: whether it lies in the blob.

import { HEADER_BYTES, SIZE_HEADER } from "./format.gen";

/** Whether `count` records of `size` bytes at `offset` lie behind the header and inside the blob. */
export function inside(policy: usize, offset: u32, count: u32, size: u32): bool {
  const end = <u64>offset + <u64>count * <u64>size;
  return count == 0 || (offset >= SIZE_HEADER && end <= <u64>load<u32>(policy, HEADER_BYTES));
}

export function refInside(policy: usize, at: usize): bool {
  return inside(policy, load<u32>(at), load<u32>(at, 4), 1);
}
