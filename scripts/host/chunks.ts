/**
 * How a body is cut into pieces on its way in.
 *
 * Invariants: the pieces are views of the body, in order and without gaps; none is empty, except the only piece of an
 * empty body.
 */
import { Random } from "./random.ts";

/**
 * A size for all pieces, one byte each, sizes drawn from a seed, or the sizes themselves (what is left after them is one
 * more piece). Without any of these the body is one piece.
 */
export type Chunking = number | "each" | { random: number } | readonly number[];

/** Drawn sizes reach 2^12: each power of two is as likely as any other, so short pieces are common. */
const RANDOM_POWERS = 13;

export function chunksOf(body: Uint8Array, chunking: Chunking | undefined): Uint8Array[] {
  if (chunking === undefined || body.length === 0) return [body];
  const nextSize = sizes(chunking);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < body.length; ) {
    const end = start + Math.max(1, nextSize() ?? body.length);
    pieces.push(body.subarray(start, end));
    start = end;
  }
  return pieces;
}

function sizes(chunking: Chunking): () => number | undefined {
  if (typeof chunking === "number") return () => chunking;
  if (chunking === "each") return () => 1;
  if ("random" in chunking) {
    const random = new Random(chunking.random);
    return () => 1 + random.below(2 ** random.below(RANDOM_POWERS));
  }
  let index = 0;
  return () => chunking[index++];
}
