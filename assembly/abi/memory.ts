// Where the host writes what a call returns: one reusable scratch region, or a buffer that asked to receive.
// Invariants: a returned value is valid until the next host call that returns one, unless it was received into a buffer
// of its own; nothing is allocated in steady state.

import { Buffer, newBuffer } from "../bytes/buffer";

const scratch: Buffer = newBuffer();
let receiver: Buffer = scratch;
let padding: u32 = 0;

// Out-parameters of host calls.
const cells = memory.data(16, 16);

/** Address and length of the value that the last call returned. */
export const CELL_AT: usize = cells;
export const CELL_LENGTH: usize = cells + 4;
export const CELL_EXTRA: usize = cells + 8;

@inline
export function returnedAt(): usize {
  return <usize>load<u32>(cells);
}

@inline
export function returnedLength(): u32 {
  return load<u32>(cells + 4);
}

/** Clears the cells: a host that fails may leave them as they are. */
@inline
export function resetCells(): void {
  store<u64>(cells, 0);
}

/** The next value goes into `buffer`, with `extra` bytes of room behind it. */
export function receiveInto(buffer: Buffer, extra: u32): void {
  receiver = buffer;
  padding = extra;
}

/** Ends what receiveInto began, whether or not the host wrote. */
export function receiveNormally(): void {
  receiver = scratch;
  padding = 0;
}

/** Called by the host before it writes. 0 tells it that memory ran out. */
export function proxy_on_memory_allocate(size: u32): usize {
  const buffer = receiver;
  const room = <u64>size + <u64>padding;
  receiveNormally();
  buffer.clear();
  if (room > 0x40000000 || !buffer.reserve(<u32>room)) return 0;
  buffer.length = size;
  return buffer.at;
}
