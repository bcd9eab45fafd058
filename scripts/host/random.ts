/**
 * A small seeded generator for chunk sizes and fuzzing: the same seed gives the same numbers on every machine.
 *
 * Algorithm: a Weyl sequence (state grows by 2^32 divided by the golden ratio, modulo 2^32) whose every element is mixed
 * by the finalizer of MurmurHash3 (shift-xor 16, multiply 0x85ebca6b, shift-xor 13, multiply 0xc2b2ae35, shift-xor 16).
 * Period 2^32. Not for secrets.
 */

const GOLDEN = 0x9e3779b9;

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** The next number, 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + GOLDEN) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  /** A number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }
}
