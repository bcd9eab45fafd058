// The first bytes of a pattern as few sets of bytes, position by position. One for all would let mixtures through: the
// beginning of one alternative, the middle of another, the end of a third. So beginnings are parted where that pays.

import { chanceOf, type Slots } from "./groups.ts";
import type { Positions } from "./positions.ts";

/** Places that a pattern may be at, for each of the bytes looked at; none behind its end, where any byte may stand. */
type Levels = readonly ReadonlySet<number>[];

/** Chance to pass below which a beginning stays as it is: one place in some hundred kilobytes. */
const RARE = 1e-5;
/** What is left of that chance where parting pays. */
const GAIN = 0.8;

/** What the bytes behind `before` can be where `first` begins; no end before `least` bytes counts. */
export function beginnings(
  before: Uint8Array,
  first: number,
  positions: Positions,
  count: number,
  least: number,
): Slots[] {
  const slotsOf = (levels: Levels): Slots => [
    before,
    ...levels.map((level) => bytesOf(level, positions)),
    ...anyBytes(count - levels.length),
  ];
  const part = (levels: Levels): Slots[] => {
    const slots = slotsOf(levels);
    const chance = chanceOf(slots);
    if (chance < RARE) return [slots];
    let best: { sum: number; parts: Levels[] } = { sum: chance * GAIN, parts: [] };
    levels.forEach((level, place) => {
      if (level.size === 1) return;
      const parts = partsOf(level, positions).map((members) => through(levels, place, members, positions));
      const sum = parts.reduce((total, each) => total + chanceOf(slotsOf(each)), 0);
      if (sum < best.sum) best = { sum, parts };
    });
    return best.parts.length === 0 ? [slots] : best.parts.flatMap(part);
  };
  return lengths(first, positions, count, least).flatMap(part);
}

/** Ways from `first` that end within `count` bytes, by their length, and those that go on. */
function lengths(first: number, positions: Positions, count: number, least: number): Levels[] {
  const levels: Set<number>[] = [new Set([first])];
  while (levels.length < count) levels.push(follow(levels.at(-1)!, positions));
  const ways: Levels[] = [];
  levels.forEach((level, place) => {
    const ends = [...level].filter((position) => positions.ends[position]! >= 0 && place + 1 >= least);
    if (ends.length > 0) ways.push(through(levels.slice(0, place + 1), place, ends, positions));
  });
  const going = [...levels.at(-1)!].filter((position) => positions.follow[position]!.length > 0);
  if (going.length > 0) ways.push(through(levels, count - 1, going, positions));
  return ways;
}

/** The ways that are at one of `members` at `place`. */
function through(levels: Levels, place: number, members: readonly number[], positions: Positions): Levels {
  const kept: ReadonlySet<number>[] = [...levels];
  kept[place] = new Set(members);
  for (let at = place + 1; at < kept.length; at++) {
    const next = follow(kept[at - 1]!, positions);
    kept[at] = new Set([...kept[at]!].filter((position) => next.has(position)));
  }
  for (let at = place - 1; at >= 0; at--) {
    const next = kept[at + 1]!;
    kept[at] = new Set([...kept[at]!].filter((position) => positions.follow[position]!.some((each) => next.has(each))));
  }
  return kept;
}

function follow(level: ReadonlySet<number>, positions: Positions): Set<number> {
  const next = new Set<number>();
  for (const position of level) for (const follower of positions.follow[position]!) next.add(follower);
  return next;
}

/** Positions that read the same, together. */
function partsOf(level: ReadonlySet<number>, positions: Positions): number[][] {
  const parts = new Map<string, number[]>();
  for (const position of level) {
    const key = positions.reads[position]!.join(";");
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [position]);
    else known.push(position);
  }
  return parts.size > 1 ? [...parts.values()] : [...level].map((position) => [position]);
}

function bytesOf(level: ReadonlySet<number>, positions: Positions): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const position of level) for (const [from, to] of positions.reads[position]!) bytes.fill(1, from, to + 1);
  return bytes;
}

const anyBytes = (count: number): Uint8Array[] => Array.from({ length: count }, () => new Uint8Array(256).fill(1));
