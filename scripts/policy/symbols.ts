// Member names as numbers: the hash that finds them in the binary policy, drawn in docs/internals.md.
// Invariant: the filter computes the same slot for the same bytes.

import { HASH } from "./constants.ts";

const mask = 0xffff_ffff_ffff_ffffn;

export function slotOf(bytes: Uint8Array, log2: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let [a, b] = [0n, 0n];
  if (length >= 8) {
    a = view.getBigUint64(0, true);
    b = view.getBigUint64(length - 8, true);
  } else if (length >= 4) {
    a = BigInt(view.getUint32(0, true));
    b = BigInt(view.getUint32(length - 4, true));
  } else if (length >= 1) {
    a = BigInt(bytes[0]! | (bytes[length >> 1]! << 8) | (bytes[length - 1]! << 16));
  }
  const rotation = BigInt(HASH.ROTATION);
  const rotated = ((b << rotation) | (b >> (64n - rotation))) & mask;
  const mixed = ((a + rotated + BigInt(length)) * HASH.MULTIPLIER) & mask;
  return Number(mixed >> BigInt(64 - log2));
}

export interface SymbolTable {
  slotsLog2: number;
  /** Symbol index + 1, or 0; a taken slot sends on to the next, wrapping. */
  slots: Uint16Array;
  /** Bit min(length, 63) is set when a symbol has that length. */
  lengths: bigint;
}

export function hashSymbols(symbols: readonly Uint8Array[]): SymbolTable {
  let slotsLog2: number = HASH.MIN_SLOTS_LOG2;
  while (2 ** slotsLog2 < symbols.length * 2) slotsLog2++;
  const slots = new Uint16Array(2 ** slotsLog2);
  let lengths = 0n;
  symbols.forEach((bytes, index) => {
    let slot = slotOf(bytes, slotsLog2);
    while (slots[slot]) slot = (slot + 1) % slots.length;
    slots[slot] = index + 1;
    lengths |= 1n << BigInt(Math.min(bytes.length, 63));
  });
  return { slotsLog2, slots, lengths };
}
