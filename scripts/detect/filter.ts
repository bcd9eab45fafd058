// The filter in front of the automaton: for each byte, at which of eight positions (the one before a match and its first
// seven bytes) which groups of detectors can have it. Detectors that look alike share a group, so that few groups let
// few false starts through, whatever the number of detectors.

import { FILTER_GROUPS, FILTER_SLOTS } from "./layout.ts";
import { SAMPLE } from "./sample.ts";

/** Bytes that a detector can have at each position. */
export type Slots = readonly Uint8Array[];

export const anyByte = (): Uint8Array => new Uint8Array(256).fill(1);

/** Kinds of bytes: what follows a byte depends on its kind, which byte of a kind it is does not. */
const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[ \n]/, /[.,:;"'()/_=&@-]/, /[\s\S]/];
const kindOf = (byte: number): number => KINDS.findIndex((kind) => kind.test(String.fromCharCode(byte)));
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte));

/** Texts as the sample has them: how often a kind follows a kind, and a byte stands among those of its kind. */
const MODEL = learn(Buffer.from(SAMPLE));

function learn(text: Buffer): { follows: Float64Array[]; shares: Float64Array; starts: Float64Array } {
  // Everything may happen once, so that nothing is held to be impossible.
  const follows = KINDS.map(() => new Float64Array(KINDS.length).fill(1));
  const counts = new Float64Array(256).fill(1);
  text.forEach((byte, index) => {
    counts[byte]!++;
    if (index > 0) follows[KIND[text[index - 1]!]!]![KIND[byte]!]!++;
  });
  const ofKind = new Float64Array(KINDS.length);
  counts.forEach((count, byte) => {
    ofKind[KIND[byte]!]! += count;
  });
  const sum = (row: Float64Array) => row.reduce((a, b) => a + b, 0);
  return {
    follows: follows.map((row) => row.map((count) => count / sum(row))),
    shares: counts.map((count, byte) => count / ofKind[KIND[byte]!]!),
    starts: ofKind.map((count) => count / sum(ofKind)),
  };
}

/** The probability that the bytes at a place of a text are in the slots of `a` or `b`, each in either. */
function probability(a: Slots, b: Slots): number {
  let reached = MODEL.starts;
  for (let slot = 0; slot < a.length; slot++) {
    const share = new Float64Array(KINDS.length);
    for (let byte = 0; byte < 256; byte++) {
      if (a[slot]![byte]! | b[slot]![byte]!) share[KIND[byte]!]! += MODEL.shares[byte]!;
    }
    const here = slot === 0 ? reached : step(reached);
    reached = here.map((chance, kind) => chance * share[kind]!);
  }
  return reached.reduce((sum, chance) => sum + chance, 0);
}

function step(reached: Float64Array): Float64Array {
  const next = new Float64Array(KINDS.length);
  for (let from = 0; from < KINDS.length; from++) {
    if (reached[from] === 0) continue;
    for (let kind = 0; kind < KINDS.length; kind++) next[kind]! += reached[from]! * MODEL.follows[from]![kind]!;
  }
  return next;
}

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

interface Group {
  slots: Slots;
  probability: number;
  isGone: boolean;
}

const newGroup = (slots: Slots): Group => ({ slots, probability: probability(slots, slots), isGone: false });

/** What joining two groups costs: places that it lets through and neither of them does. */
const costOf = (a: Group, b: Group): number => probability(a.slots, b.slots) - a.probability - b.probability;

/** Joins the two groups whose union lets the least more through, until there are few enough. */
function share(detectors: readonly Slots[], most: number): Slots[] {
  const distinct = new Map(detectors.map((slots) => [slots.map((bytes) => bytes.join("")).join(), slots]));
  const groups = [...distinct.values()].map(newGroup);
  if (groups.length <= most) return groups.map(({ slots }) => slots);
  const costs = groups.map((a, index) => groups.map((b, other) => (other > index ? costOf(a, b) : 0)));
  for (let left = groups.length; left > most; left--) {
    let best = { a: 0, b: 0, cost: Number.POSITIVE_INFINITY };
    for (let a = 0; a < groups.length; a++) {
      if (groups[a]!.isGone) continue;
      for (let b = a + 1; b < groups.length; b++) {
        if (!groups[b]!.isGone && costs[a]![b]! < best.cost) best = { a, b, cost: costs[a]![b]! };
      }
    }
    const { a, b } = best;
    groups[a] = newGroup(union(groups[a]!.slots, groups[b]!.slots));
    groups[b]!.isGone = true;
    for (let other = 0; other < groups.length; other++) {
      if (other === a || groups[other]!.isGone) continue;
      costs[Math.min(a, other)]![Math.max(a, other)] = costOf(groups[a]!, groups[other]!);
    }
  }
  return groups.filter(({ isGone }) => !isGone).map(({ slots }) => slots);
}
