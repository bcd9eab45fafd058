/**
 * Copies of what the guest writes to bodies, one behind another in large blocks: one allocation serves many pieces, and
 * pieces of a body that were written in a row are one run of bytes already.
 *
 * Invariants: bytes that were handed out are never written again; a block lives as long as any of its pieces.
 */
import { NOTHING } from "./body.ts";

const BLOCK = 1024 * 1024;

export class Arena {
  #block = NOTHING;
  #used = 0;

  copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > BLOCK >> 1) return bytes.slice();
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = new Uint8Array(BLOCK);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes.length;
    this.#block.set(bytes, start);
    return this.#block.subarray(start, this.#used);
  }
}

/** The pieces as one; a copy only where they do not stand one behind another. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const first = pieces[0] ?? NOTHING;
  let length = 0;
  let isRun = true;
  for (const piece of pieces) {
    isRun &&= piece.buffer === first.buffer && piece.byteOffset === first.byteOffset + length;
    length += piece.length;
  }
  if (isRun) return pieces.length <= 1 ? first : new Uint8Array(first.buffer, first.byteOffset, length);
  const body = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    body.set(piece, offset);
    offset += piece.length;
  }
  return body;
}
