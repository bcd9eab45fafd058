// A growable run of bytes in pool memory.
// Invariants: [at, at+length) is written, length <= capacity; when memory runs out `failed` is set and every later
// append is ignored, so that a writer checks once, at the end, and the caller refuses.

import { allocate, capacityOf, release } from "./pool";

/** Copies what is short most of the time, for which the engine's own copy is a call too many. The two do not overlap. */
export function copyShort(to: usize, from: usize, length: u32): void {
  if (length > 32) {
    memory.copy(to, from, length);
  } else if (length >= 16) {
    v128.store(to, v128.load(from));
    v128.store(to + length - 16, v128.load(from + length - 16));
  } else if (length >= 8) {
    store<u64>(to, load<u64>(from));
    store<u64>(to + length - 8, load<u64>(from + length - 8));
  } else if (length >= 4) {
    store<u32>(to, load<u32>(from));
    store<u32>(to + length - 4, load<u32>(from + length - 4));
  } else if (length) {
    store<u8>(to, load<u8>(from));
    store<u8>(to + (length >> 1), load<u8>(from + (length >> 1)));
    store<u8>(to + length - 1, load<u8>(from + length - 1));
  }
}

@unmanaged
export class Buffer {
  at: usize = 0;
  length: u32 = 0;
  capacity: u32 = 0;
  failed: bool = false;

  /** Empties the buffer and keeps its block. */
  clear(): void {
    if (isDefined(POISON)) memory.fill(this.at, 0xa5, this.capacity);
    this.length = 0;
    this.failed = false;
  }

  /** Gives the block back to the pool. */
  free(): void {
    release(this.at, this.capacity);
    this.at = 0;
    this.length = 0;
    this.capacity = 0;
    this.failed = false;
  }

  /** Makes room for `more` bytes after length; false when memory ran out. */
  reserve(more: u32): bool {
    if (this.failed) return false;
    const need = <u64>this.length + <u64>more;
    if (need <= <u64>this.capacity) return true;
    const size: usize = need > 0x40000000 ? 0 : capacityOf(<usize>max<u64>(need, <u64>this.capacity << 1));
    const at = size ? allocate(size) : 0;
    if (at == 0) {
      this.failed = true;
      return false;
    }
    memory.copy(at, this.at, this.length);
    release(this.at, this.capacity);
    this.at = at;
    this.capacity = <u32>size;
    return true;
  }

  byte(value: u32): void {
    if (this.length == this.capacity && !this.reserve(1)) return;
    store<u8>(this.at + this.length, value);
    this.length++;
  }

  append(from: usize, length: u32): void {
    if (!this.reserve(length)) return;
    copyShort(this.at + this.length, from, length);
    this.length += length;
  }

  /** Overwrites the whole block with zeros: for buffers that held secrets or selected values. */
  wipe(): void {
    memory.fill(this.at, 0, this.capacity);
    this.clear();
  }
}

/** A buffer that lives as long as the module. */
export function newBuffer(): Buffer {
  const at = allocate(offsetof<Buffer>());
  memory.fill(at, 0, offsetof<Buffer>());
  return changetype<Buffer>(at);
}

/** Lets two buffers change places. */
export function swap(a: Buffer, b: Buffer): void {
  const at = a.at;
  const length = a.length;
  const capacity = a.capacity;
  const failed = a.failed;
  a.at = b.at;
  a.length = b.length;
  a.capacity = b.capacity;
  a.failed = b.failed;
  b.at = at;
  b.length = length;
  b.capacity = capacity;
  b.failed = failed;
}
