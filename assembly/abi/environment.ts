// Environment variables, as WASI gives them: how a key reaches the filter without standing in any configuration.
// Invariant: the copy of the environment is wiped as soon as the one value has been read.

import { Buffer, newBuffer } from "../bytes/buffer";
import { environ_get, environ_sizes_get } from "./imports";
import { CELL_AT, CELL_LENGTH, returnedAt, returnedLength } from "./memory";

const pointers: Buffer = newBuffer();
const strings: Buffer = newBuffer();

function sameName(at: usize, name: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(at + i) != load<u8>(name + i)) return false;
  }
  return load<u8>(at + length) == 0x3d;
}

/** Appends the value of the variable to `into`; false when it is not set or cannot be read. */
export function environment(name: usize, length: u32, into: Buffer): bool {
  if (environ_sizes_get(CELL_AT, CELL_LENGTH) != 0) return false;
  const count = <u32>returnedAt();
  const bytes = returnedLength();
  pointers.clear();
  strings.clear();
  // One byte more, so that the last string ends even if the host forgot its NUL.
  if (!pointers.reserve(count << 2) || !strings.reserve(bytes + 1)) return false;
  store<u8>(strings.at + bytes, 0);
  let found = false;
  if (environ_get(pointers.at, strings.at) == 0) {
    for (let i: u32 = 0; i < count && !found; i++) {
      let at = <usize>load<u32>(pointers.at + (i << 2));
      if (!sameName(at, name, length)) continue;
      found = true;
      at += length + 1;
      while (load<u8>(at) != 0) into.byte(<u32>load<u8>(at++));
    }
  }
  strings.wipe();
  return found;
}
