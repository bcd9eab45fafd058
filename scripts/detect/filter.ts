// The filter in front of the automaton: for each byte, at which of eight positions (the one before a match and its first
// seven bytes) which groups of detectors can have it. Detectors that look alike share a group, so that few groups let
// few false starts through, whatever the number of detectors.

import { FILTER_GROUPS, FILTER_SLOTS } from "./layout.ts";

/** Bytes that a detector can have at each position. */
export type Slots = readonly Uint8Array[];

export const anyByte = (): Uint8Array => new Uint8Array(256).fill(1);

/** How often a byte stands in texts of services, roughly: what decides which detectors share a group. */
const WEIGHTS = Float64Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[a-z]/.test(character)) return 0.6 / 26;
  if (character === " ") return 0.13;
  if (/[0-9]/.test(character)) return 0.1 / 10;
  if (/[A-Z]/.test(character)) return 0.06 / 26;
  if (/[.,:"/_@-]/.test(character)) return 0.08 / 8;
  return 0.03 / 178;
});

const probability = (slots: Slots): number =>
  slots.reduce((product, bytes) => product * bytes.reduce((sum, isIn, byte) => sum + isIn * WEIGHTS[byte]!, 0), 1);

const union = (a: Slots, b: Slots): Slots => a.map((bytes, slot) => bytes.map((isIn, byte) => isIn | b[slot]![byte]!));

/** The table: for each byte a vector of the groups at each position. `leads` take the first groups, one each. */
export function filterTable(leads: readonly Slots[], detectors: readonly Slots[]): Uint16Array {
  const groups = [...leads, ...share(detectors, FILTER_GROUPS - leads.length)];
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

/** Joins the two groups whose union lets the least more through, until there are few enough. */
function share(detectors: readonly Slots[], most: number): Slots[] {
  const distinct = new Map(detectors.map((slots) => [slots.map((bytes) => bytes.join("")).join(), slots]));
  const groups = [...distinct.values()].map((slots) => ({ slots, cost: probability(slots), isGone: false }));
  const moreOf = (a: number, b: number) =>
    joined(groups[a]!.slots, groups[b]!.slots) - groups[a]!.cost - groups[b]!.cost;
  const more = groups.map((_, a) => groups.map((_, b) => (b > a ? moreOf(a, b) : 0)));
  for (let left = groups.length; left > most; left--) {
    let best = { a: 0, b: 0, more: Number.POSITIVE_INFINITY };
    for (let a = 0; a < groups.length; a++) {
      if (groups[a]!.isGone) continue;
      for (let b = a + 1; b < groups.length; b++) {
        if (!groups[b]!.isGone && more[a]![b]! < best.more) best = { a, b, more: more[a]![b]! };
      }
    }
    const { a, b } = best;
    const slots = union(groups[a]!.slots, groups[b]!.slots);
    groups[a] = { slots, cost: probability(slots), isGone: false };
    groups[b]!.isGone = true;
    for (let other = 0; other < groups.length; other++) {
      if (other !== a && !groups[other]!.isGone) more[Math.min(a, other)]![Math.max(a, other)] = moreOf(a, other);
    }
  }
  return groups.filter(({ isGone }) => !isGone).map(({ slots }) => slots);
}

/** The probability of a union, without making it. */
function joined(a: Slots, b: Slots): number {
  let product = 1;
  for (let slot = 0; slot < a.length; slot++) {
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) if (a[slot]![byte]! | b[slot]![byte]!) sum += WEIGHTS[byte]!;
    product *= sum;
  }
  return product;
}
