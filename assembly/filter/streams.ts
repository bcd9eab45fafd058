// The streams of the VM by context id: open addressing, linear probing, deletion by shifting back.
// Invariants: at most half full, so probes are short; grows with the number of streams that are open at once and
// never shrinks.

import { allocate, release } from "../bytes/pool";

const SLOT: u32 = 8; // u32 id, u32 address (0: free)
let table: usize = 0;
let log2: u32 = 0;
let used: u32 = 0;

@inline
function home(id: u32): u32 {
  return (id * 0x9e3779b1) >> (32 - log2);
}

@inline
function slotAt(index: u32): usize {
  return table + (index & ((1 << log2) - 1)) * SLOT;
}

function place(id: u32, at: usize): void {
  let i = home(id);
  while (load<u32>(slotAt(i), 4) != 0) i++;
  store<u32>(slotAt(i), id);
  store<u32>(slotAt(i), <u32>at, 4);
}

function grow(): bool {
  const before = table;
  const size: u32 = table == 0 ? 0 : (<u32>1 << log2) * SLOT;
  const bits: u32 = table == 0 ? 6 : log2 + 1;
  const bytes = (<u32>1 << bits) * SLOT;
  const at = allocate(bytes);
  if (at == 0) return false;
  memory.fill(at, 0, bytes);
  table = at;
  log2 = bits;
  for (let old: u32 = 0; old < size; old += SLOT) {
    if (load<u32>(before + old, 4)) place(load<u32>(before + old), load<u32>(before + old, 4));
  }
  release(before, size);
  return true;
}

/** Address of the stream with the id, 0 when there is none. */
export function findStream(id: u32): usize {
  if (table == 0) return 0;
  let i = home(id);
  while (true) {
    const slot = slotAt(i++);
    const at = <usize>load<u32>(slot, 4);
    if (at == 0 || load<u32>(slot) == id) return at;
  }
}

export function addStream(id: u32, at: usize): bool {
  if ((table == 0 || (used + 1) * 2 > <u32>1 << log2) && !grow()) return false;
  place(id, at);
  used++;
  return true;
}

export function removeStream(id: u32): void {
  if (table == 0) return;
  let i = home(id);
  while (load<u32>(slotAt(i)) != id || load<u32>(slotAt(i), 4) == 0) {
    if (load<u32>(slotAt(i), 4) == 0) return;
    i++;
  }
  used--;
  // Shift back what probed past the hole, so that no look-up stops at it too early.
  const mask: u32 = (1 << log2) - 1;
  let hole = i & mask;
  let next = hole;
  while (true) {
    store<u64>(slotAt(hole), 0);
    while (true) {
      next = (next + 1) & mask;
      const slot = slotAt(next);
      if (load<u32>(slot, 4) == 0) return;
      const wanted = home(load<u32>(slot));
      if (((next - wanted) & mask) >= ((next - hole) & mask)) {
        store<u64>(slotAt(hole), load<u64>(slot));
        hole = next;
        break;
      }
    }
  }
}
