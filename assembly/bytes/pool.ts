// Memory of the filter: power-of-two blocks from free lists, carved from the top of linear memory.
// Invariants: a block is returned with the size it was asked for; memory grows only when no free block of the class
// exists, so a steady load settles at its high-water mark. No block is ever moved or collected.
// In the debug build (`POISON`) what nobody may read is filled with bytes of its own, so that reading it shows.

const MIN_CLASS: u32 = 6; // 64 bytes
const CLASSES: u32 = 32;
const heads = memory.data(CLASSES << 2, 16);
let top: usize = 0;
let limit: usize = 0;

@inline
function classOf(size: usize): u32 {
  return size <= 64 ? MIN_CLASS : 32 - <u32>clz<u32>(<u32>size - 1);
}

/** Capacity in bytes of the block that `allocate(size)` returns. */
export function capacityOf(size: usize): usize {
  return (<usize>1) << classOf(size);
}

/** A block of at least `size` bytes, 16-byte aligned, contents undefined; 0 when linear memory cannot grow. */
export function allocate(size: usize): usize {
  if (size > 0x40000000) return 0;
  const k = classOf(size);
  const head = heads + (k << 2);
  const block = <usize>load<u32>(head);
  if (block != 0) {
    store<u32>(head, load<u32>(block));
    if (isDefined(POISON)) store<u32>(block, 0xa5a5a5a5);
    return block;
  }
  if (top == 0) {
    top = (__heap_base + 15) & ~15;
    limit = <usize>memory.size() << 16;
  }
  const bytes = (<usize>1) << k;
  const next = top + bytes;
  if (next < top) return 0;
  if (next > limit) {
    const pages = <i32>((next - limit + 0xffff) >>> 16);
    if (memory.grow(pages) < 0) return 0;
    limit = <usize>memory.size() << 16;
  }
  const at = top;
  top = next;
  if (isDefined(POISON)) memory.fill(at, 0xa5, bytes);
  return at;
}

/** Gives back a block of `allocate(size)`; 0 is ignored. */
export function release(block: usize, size: usize): void {
  if (block == 0) return;
  const head = heads + (classOf(size) << 2);
  if (isDefined(POISON)) memory.fill(block, 0xa5, capacityOf(size));
  store<u32>(block, load<u32>(head));
  store<u32>(head, <u32>block);
}
