// The filter in front of the automaton, and the sieve between the two: for each byte, at which of eight positions (the one
// before a match and its first seven bytes) which groups of detectors can have it.

import { joinSlots, type Slots } from "./groups.ts";
import { FILTER_GROUPS, FILTER_SLOTS, SIEVE_GROUPS } from "./layout.ts";

export const anyByte = (): Uint8Array => new Uint8Array(256).fill(1);

/** The table: for each byte a vector of the groups at each position. `leads` take the first groups, one each. */
export function filterTable(leads: readonly Slots[], detectors: readonly Slots[]): Uint16Array {
  const groups = [...leads, ...joinSlots(detectors, FILTER_GROUPS - leads.length)];
  // Groups of sixteen, since a lane of a vector has as many bits.
  const stride = FILTER_SLOTS * (FILTER_GROUPS / 16);
  const table = new Uint16Array(256 * stride);
  groups.forEach((slots, group) => {
    for (let slot = 0; slot < FILTER_SLOTS; slot++) {
      for (let byte = 0; byte < 256; byte++) {
        if (slots[slot]![byte]) table[byte * stride + FILTER_SLOTS * (group >> 4) + slot]! |= 1 << (group & 15);
      }
    }
  });
  return table;
}

/** The table of the sieve, for places that pass the filter: for each byte and position the groups, a bit each, in bytes. */
export function sieveTable(groups: readonly Slots[]): Uint8Array {
  const width = SIEVE_GROUPS / 8;
  const table = new Uint8Array(256 * FILTER_SLOTS * width);
  groups.forEach((slots, group) => {
    for (let slot = 0; slot < FILTER_SLOTS; slot++) {
      for (let byte = 0; byte < 256; byte++) {
        if (slots[slot]![byte]) table[(byte * FILTER_SLOTS + slot) * width + (group >> 3)]! |= 1 << (group & 7);
      }
    }
  });
  return table;
}
