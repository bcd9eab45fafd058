// Buffers for texts inside texts. While what is inside is judged, what is around it waits; so each level has its own.
// Invariant: there are as many levels as a selector may have decoders, whatever a policy says.

import { Buffer } from "../bytes/buffer";
import { allocate } from "../bytes/pool";
import { MAX_DECODERS } from "../policy/format.gen";

const SIZE: usize = 3 * offsetof<Buffer>();
const levels: usize = allocate(<usize>MAX_DECODERS * SIZE);
memory.fill(levels, 0, <usize>MAX_DECODERS * SIZE);

@unmanaged
export class Level {
  /** The decoded text, and later what it is encoded to. */
  @inline
  get text(): Buffer {
    return changetype<Buffer>(changetype<usize>(this));
  }

  /** What becomes of it. */
  @inline
  get out(): Buffer {
    return changetype<Buffer>(changetype<usize>(this) + offsetof<Buffer>());
  }

  /** Which spans of that are spans of the text (json/output.ts). */
  @inline
  get spans(): Buffer {
    return changetype<Buffer>(changetype<usize>(this) + 2 * offsetof<Buffer>());
  }
}

@inline
export function levelAt(depth: u32): Level {
  return changetype<Level>(levels + <usize>depth * SIZE);
}
