// Which detectors share a group of the filter: those that look alike, so that few groups let few false starts through,
// whatever the number of detectors. What is alike is judged by a model of text, learnt from a sample.

import { FILTER_SLOTS } from "./layout.ts";
import { SAMPLE } from "./sample.ts";

/** Bytes that a detector can have at each position: for each position and byte 1 or 0. */
export type Slots = readonly Uint8Array[];

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

/** Bytes that no slots tell apart, and that are of one kind, taken together: kind and share of each class, and one of its bytes. */
interface Alphabet {
  kinds: Uint8Array;
  shares: Float64Array;
  bytes: Uint8Array;
}

function alphabetOf(all: readonly Slots[]): Alphabet {
  let classOf = KIND;
  for (const slots of all) {
    for (const bytes of slots) {
      const numbers = new Map<number, number>();
      classOf = classOf.map((member, byte) => {
        const key = member * 2 + bytes[byte]!;
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        return numbers.get(key)!;
      });
    }
  }
  const count = Math.max(...classOf) + 1;
  const alphabet = { kinds: new Uint8Array(count), shares: new Float64Array(count), bytes: new Uint8Array(count) };
  classOf.forEach((member, byte) => {
    alphabet.kinds[member] = KIND[byte]!;
    alphabet.shares[member]! += MODEL.shares[byte]!;
    alphabet.bytes[member] = byte;
  });
  return alphabet;
}

interface Group {
  slots: Slots;
  /** Classes at each position, a bit each, in words of 32; and how much of each kind they are. */
  members: Uint32Array;
  shares: Float64Array;
  probability: number;
  isGone: boolean;
}

// Costs are asked for by the hundred thousand: what they are computed in is made once.
const SUM = new Float64Array(KINDS.length);
const REACHED = new Float64Array(KINDS.length);
const BOTH = new Float64Array(FILTER_SLOTS * KINDS.length);
const EITHER = new Float64Array(FILTER_SLOTS * KINDS.length);
const FOLLOWS = Float64Array.from(MODEL.follows.flatMap((row) => [...row]));

/** The probability that the bytes at a place of a text are in slots of which `shares` has the share of each kind at each position. */
function probability(shares: Float64Array): number {
  const count = KINDS.length;
  const reached = REACHED;
  for (let kind = 0; kind < count; kind++) reached[kind] = MODEL.starts[kind]! * shares[kind]!;
  for (let at = count; at < shares.length; at += count) {
    SUM.fill(0);
    for (let from = 0; from < count; from++) {
      const chance = reached[from]!;
      for (let kind = 0; chance !== 0 && kind < count; kind++) SUM[kind]! += chance * FOLLOWS[from * count + kind]!;
    }
    let isPossible = false;
    for (let kind = 0; kind < count; kind++) {
      reached[kind] = SUM[kind]! * shares[at + kind]!;
      isPossible ||= reached[kind] !== 0;
    }
    if (!isPossible) return 0;
  }
  let sum = 0;
  for (let kind = 0; kind < count; kind++) sum += reached[kind]!;
  return sum;
}

/** The probability that a place of a text passes slots. */
export function chanceOf(slots: Slots): number {
  const shares = new Float64Array(slots.length * KINDS.length);
  slots.forEach((isIn, slot) => {
    for (let byte = 0; byte < 256; byte++)
      if (isIn[byte]) shares[slot * KINDS.length + KIND[byte]!]! += MODEL.shares[byte]!;
  });
  return probability(shares);
}

/** Joins the two groups whose union lets the least more through, until there are few enough. */
export function joinSlots(detectors: readonly Slots[], most: number): Slots[] {
  const distinct = [
    ...new Map(detectors.map((slots) => [slots.map((bytes) => bytes.join("")).join(), slots])).values(),
  ];
  if (distinct.length <= most) return distinct;
  const alphabet = alphabetOf(distinct);
  const groups = distinct.map((slots) => newGroup(alphabet, slots));
  const costs = groups.map((a, index) =>
    Float64Array.from(groups, (b, other) => (other > index ? costOf(alphabet, a, b) : 0)),
  );
  // For each group the one behind it with which it costs the least, the first of them; itself where there is none.
  const partners = new Uint32Array(groups.length);
  const costWith = (a: number, b: number) => (a === b ? Number.POSITIVE_INFINITY : costs[a]![b]!);
  const findPartner = (a: number) => {
    let best = a;
    for (let b = a + 1; b < groups.length; b++) {
      if (!groups[b]!.isGone && costs[a]![b]! < costWith(a, best)) best = b;
    }
    partners[a] = best;
  };
  for (let a = 0; a < groups.length; a++) findPartner(a);
  for (let left = groups.length; left > most; left--) {
    let a = 0;
    for (let other = 1; other < groups.length; other++) {
      if (!groups[other]!.isGone && costWith(other, partners[other]!) < costWith(a, partners[a]!)) a = other;
    }
    const b = partners[a]!;
    groups[a] = newGroup(alphabet, union(groups[a]!.slots, groups[b]!.slots));
    groups[b]!.isGone = true;
    for (let other = 0; other < groups.length; other++) {
      if (other === a || groups[other]!.isGone) continue;
      costs[Math.min(a, other)]![Math.max(a, other)] = costOf(alphabet, groups[a]!, groups[other]!);
    }
    for (let other = 0; other < groups.length; other++) {
      if (groups[other]!.isGone) continue;
      const partner = partners[other]!;
      if (other === a || partner === a || partner === b) findPartner(other);
      else if (other < a && isCheaper(costs[other]![a]!, a, costWith(other, partner), partner)) partners[other] = a;
    }
  }
  return groups.filter(({ isGone }) => !isGone).map(({ slots }) => slots);
}

/** Whether one partner comes before another: it costs less, or as much and stands in front. */
const isCheaper = (cost: number, at: number, other: number, otherAt: number) =>
  cost < other || (cost === other && at < otherAt);

const union = (a: Slots, b: Slots): Slots => a.map((bytes, slot) => bytes.map((isIn, byte) => isIn | b[slot]![byte]!));

function newGroup({ kinds, shares, bytes }: Alphabet, slots: Slots): Group {
  const words = (kinds.length + 31) >> 5;
  const members = new Uint32Array(slots.length * words);
  const ofKinds = new Float64Array(slots.length * KINDS.length);
  slots.forEach((isIn, slot) => {
    bytes.forEach((byte, member) => {
      if (!isIn[byte]) return;
      members[slot * words + (member >> 5)]! |= 1 << (member & 31);
      ofKinds[slot * KINDS.length + kinds[member]!]! += shares[member]!;
    });
  });
  return { slots, members, shares: ofKinds, probability: probability(ofKinds), isGone: false };
}

/** What joining two groups costs: how many more places their union lets through than either of them does. */
function costOf({ kinds, shares }: Alphabet, a: Group, b: Group): number {
  const both = BOTH.subarray(0, a.shares.length).fill(0);
  const words = (kinds.length + 31) >> 5;
  for (let word = 0; word < a.members.length; word++) {
    const kindsFrom = Math.floor(word / words) * KINDS.length;
    const from = (word % words) * 32;
    for (let rest = a.members[word]! & b.members[word]!; rest !== 0; rest &= rest - 1) {
      const member = from + 31 - Math.clz32(rest & -rest);
      both[kindsFrom + kinds[member]!]! += shares[member]!;
    }
  }
  const either = EITHER.subarray(0, both.length);
  for (let index = 0; index < both.length; index++) either[index] = a.shares[index]! + b.shares[index]! - both[index]!;
  return probability(either) - a.probability - b.probability + probability(both);
}
