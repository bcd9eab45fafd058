// Detectors to a detector program: the binary that the wasm runs, drawn in docs/detectors.md.

import { crc32 } from "node:zlib";
import { Writer } from "../policy/writer.ts";
import { type Automaton, buildAutomaton, TooManyStates } from "./automaton.ts";
import { beginnings } from "./beginnings.ts";
import { CHECKS } from "./checks.ts";
import { ContextSets } from "./context.ts";
import type { Detector } from "./detector.ts";
import { anyByte, filterTable, sieveTable } from "./filter.ts";
import { joinSlots, type Slots } from "./groups.ts";
import {
  DETECT_MAGIC,
  DETECT_VERSION,
  DETECTOR,
  FILTER_GROUPS,
  FILTER_SLOTS,
  FLAG_AHEAD,
  FLAG_ASSIGNED,
  FLAG_LONGEST,
  FLAG_NOT_DECIMAL,
  FLAG_OPEN,
  LEAD,
  MAX_DETECTORS,
  MAX_LEAD,
  MAX_MATCH,
  MAX_SETS,
  MAX_TYPES,
  NO_CONTEXT,
  NO_SET,
  PROGRAM,
  SIEVE_GROUPS,
  WORDS,
} from "./layout.ts";
import { asciiClass, type Node, type Pattern, PatternError, parsePattern } from "./pattern.ts";
import { Positions } from "./positions.ts";
import { reachOf } from "./reach.ts";
import { contextBits, type ListHead, writeAutomaton, writeList, writeWordList } from "./sections.ts";
import { wordTable } from "./words.ts";

export interface Program {
  binary: Uint8Array<ArrayBuffer>;
  /** Names of the types, by number. */
  types: readonly string[];
  /** Longest match in bytes. */
  longest: number;
  /** Figures for reports: states and classes of the automaton. */
  states: number;
  classes: number;
}

interface Lead {
  pivot: number;
  max: number;
  run: Set<number>;
  members: Part[];
}

interface Part {
  detector: Detector;
  index: number;
  pattern: Pattern;
  first: number[];
  left: Set<number>;
  /** Bytes of which one must follow, read by the automaton. Not where anything may follow, or a match may be cut. */
  ahead: Node | undefined;
}

/** Refused detectors, each with its type. */
export class DetectorError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(type: string, { code, message, remedy }: PatternError) {
    super(`${type}: ${message}`);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Least greatest length of a pattern with an open repeat whose matches may be cut. */
const CUT_FROM = 64;

export function compileProgram(detectors: readonly Detector[]): Program {
  if (detectors.length > MAX_DETECTORS) throw new Error(`more than ${MAX_DETECTORS} detectors`);
  const positions = new Positions();
  const sets = new ByteSets();
  const parts = detectors.map((detector, index) => readDetector(detector, index, positions));
  const plain = parts.filter(({ detector }) => detector.lead === undefined);
  const leads = groupLeads(parts.filter(({ detector }) => detector.lead !== undefined));

  const main = build(positions, [plain, ...leads.map(({ members }) => members)].map(starts));
  const contexts = new ContextSets();
  const contextSets = detectors.map(({ context }) => (context === undefined ? NO_CONTEXT : contexts.add(context)));
  const context = buildAutomaton(contexts.positions, [contexts.first]);
  const longest = Math.max(8, contexts.longest, ...parts.map(({ detector, pattern }) => maxOf(detector, pattern)));

  const types = [...new Set(detectors.map(({ type }) => type))];
  if (types.length > MAX_TYPES) throw new Error(`more than ${MAX_TYPES} types`);
  const writer = new Writer();
  writer.reserve(PROGRAM.size);
  writer.u32(0, DETECT_MAGIC);
  writer.u16(PROGRAM.version, DETECT_VERSION);
  writer.u32(PROGRAM.longest, longest);
  writer.u32(PROGRAM.context_sets, contexts.count);

  const records = writer.table(PROGRAM.detectors, parts.length, DETECTOR.size);
  for (const { detector, index, pattern, left, ahead } of parts) {
    const at = records + index * DETECTOR.size;
    writer.u16(at + DETECTOR.type, types.indexOf(detector.type));
    writer.u8(at + DETECTOR.check, CHECKS.indexOf(detector.check ?? "none"));
    writer.u8(at + DETECTOR.right, sets.add(asciiClass(detector.right ?? "\\w")));
    writer.u8(at + DETECTOR.left, sets.add(left));
    writer.u16(at + DETECTOR.min, minOf(detector, pattern));
    writer.u16(at + DETECTOR.max, maxOf(detector, pattern));
    writer.u8(at + DETECTOR.score, Math.round(detector.score * 100));
    writer.u8(at + DETECTOR.context_score, Math.round((detector.contextScore ?? 0) * 100));
    writer.u8(
      at + DETECTOR.flags,
      (mayBeCut(pattern, detector) ? FLAG_OPEN : 0) |
        (detector.notDecimal === true ? FLAG_NOT_DECIMAL : 0) |
        (ahead === undefined ? 0 : FLAG_AHEAD) |
        (detector.assigned === true ? FLAG_ASSIGNED : 0),
    );
    writer.u16(at + DETECTOR.context_set, contextSets[index]!);
    writer.u8(at + DETECTOR.value, detector.value === undefined ? NO_SET : sets.add(asciiClass(detector.value)));
  }
  const names = writer.table(PROGRAM.types, types.length, 8);
  types.forEach((type, index) => {
    writer.text(names + index * 8, type);
  });
  const leadTable = writer.table(PROGRAM.leads, leads.length, LEAD.size);
  leads.forEach(({ pivot, max, run, members }, index) => {
    const at = leadTable + index * LEAD.size;
    writer.u8(at + LEAD.pivot, pivot);
    writer.u8(at + LEAD.max, max);
    writer.u8(at + LEAD.run, sets.add(run));
    writer.u8(at + LEAD.left, sets.add(members[0]!.left));
    writer.u32(at + LEAD.start, main.entries[index + 1]!);
  });
  const groups = joinSlots(
    plain.flatMap((part) => plainSlots(part, positions)),
    SIEVE_GROUPS,
  );
  const filter = filterTable(
    leads.map((lead) => leadSlots(lead, positions)),
    groups,
  );
  const filterAt = writer.reserve(filter.length * 2);
  writer.u32(PROGRAM.filter, filterAt);
  filter.forEach((set, index) => {
    writer.u16(filterAt + index * 2, set);
  });
  if (groups.length + leads.length > FILTER_GROUPS) {
    const sieve = sieveTable(groups);
    const sieveAt = writer.reserve(sieve.length);
    writer.u32(PROGRAM.sieve, sieveAt);
    sieve.forEach((set, index) => {
      writer.u8(sieveAt + index, set);
    });
  }
  const wordsAt = writer.reserve(WORDS.size);
  writer.u32(PROGRAM.words, wordsAt);
  wordTable(context).forEach((byte, index) => {
    writer.u8(wordsAt + index, byte);
  });
  writer.u32(
    PROGRAM.main,
    writeAutomaton(
      writer,
      main,
      (list) => writeList(writer, list, detectorList(list, parts, contextSets, sets)),
      reachOf(
        main,
        parts.map(({ detector, pattern }) => maxOf(detector, pattern)),
      ),
    ),
  );
  writer.u32(
    PROGRAM.context,
    writeAutomaton(writer, context, (list) => writeWordList(writer, list, contexts.count)),
  );
  const setsAt = writer.reserve(256 * 8);
  writer.u32(PROGRAM.sets, setsAt);
  sets.words().forEach((word, byte) => {
    writer.u64(setsAt + byte * 8, word);
  });
  return { binary: seal(writer), types, longest, states: main.accepts.length, classes: main.classCount };
}

/** What the detectors of a list have in common. */
function detectorList(
  list: readonly number[],
  parts: readonly Part[],
  contextSets: readonly number[],
  sets: ByteSets,
): ListHead {
  const members = list.map((index) => parts[index]!);
  // The automaton has read the byte behind a match for those that look ahead.
  const rights = new Set(
    members.map(({ detector, ahead }) =>
      ahead === undefined ? sets.add(asciiClass(detector.right ?? "\\w")) : NO_SET,
    ),
  );
  const isLongest = members.every(
    ({ detector: { check, right, notDecimal } }) => check === undefined && right === "" && notDecimal !== true,
  );
  return {
    contexts: contextBits(list.map((index) => contextSets[index]!).filter((set) => set !== NO_CONTEXT)),
    least: Math.min(...members.map((part) => minOf(part.detector, part.pattern) + (part.ahead === undefined ? 0 : 1))),
    most: Math.min(...members.map(({ detector, pattern }) => maxOf(detector, pattern))),
    bare: Math.max(...members.map(({ detector }) => Math.round(detector.score * 100))),
    flags: isLongest ? FLAG_LONGEST : 0,
    right: rights.size === 1 ? [...rights][0]! : NO_SET,
  };
}

/** Whether a match of the greatest length counts although it goes on: long secrets, not numbers that ran together. */
const mayBeCut = (pattern: Pattern, detector: Detector): boolean =>
  pattern.max === Number.POSITIVE_INFINITY && maxOf(detector, pattern) >= CUT_FROM;

function seal(writer: Writer): Uint8Array<ArrayBuffer> {
  writer.u32(PROGRAM.bytes, writer.reserve(0));
  const image = writer.finish();
  const crc = crc32(image.subarray(PROGRAM.crc_from), crc32(image.subarray(0, PROGRAM.crc)));
  new DataView(image.buffer).setUint32(PROGRAM.crc, crc, true);
  return image;
}

function readDetector(detector: Detector, index: number, positions: Positions): Part {
  try {
    const pattern = parsePattern(detector.pattern, detector.ignoreCase !== false);
    const longest = maxOf(detector, pattern);
    if (!Number.isFinite(longest)) {
      throw new PatternError(
        "pattern-unbounded",
        `the pattern ${detector.pattern} has an open repeat and no greatest length`,
        `bound the repeat, or set max (up to ${MAX_MATCH})`,
      );
    }
    if (longest > MAX_MATCH) {
      throw new PatternError("pattern-long", `matches may be ${longest} bytes long`, `keep them within ${MAX_MATCH}`);
    }
    const left = asciiClass(detector.left ?? "\\w");
    const ahead = behindMatch(detector, pattern);
    const node: Node = ahead === undefined ? pattern.node : { kind: "sequence", items: [pattern.node, ahead] };
    return { detector, index, pattern, first: positions.add(node, index), left, ahead };
  } catch (error) {
    if (error instanceof PatternError) throw new DetectorError(detector.type, error);
    throw error;
  }
}

function behindMatch(detector: Detector, pattern: Pattern): Node | undefined {
  const right = asciiClass(detector.right ?? "\\w");
  if (right.size === 0 || mayBeCut(pattern, detector)) return undefined;
  const ranges: [number, number][] = [];
  complement(right).forEach((isIn, byte) => {
    const last = ranges.at(-1);
    if (isIn && last?.[1] === byte - 1) last[1] = byte;
    else if (isIn) ranges.push([byte, byte]);
  });
  return { kind: "bytes", ranges };
}

const maxOf = (detector: Detector, pattern: Pattern): number =>
  Math.min(detector.max ?? Number.POSITIVE_INFINITY, pattern.max);

const minOf = (detector: Detector, pattern: Pattern): number => Math.max(detector.min ?? 0, pattern.min);

/** Leads with the same run, bound, pivot and left boundary are one. */
function groupLeads(parts: readonly Part[]): Lead[] {
  const groups = new Map<string, Lead>();
  for (const part of parts) {
    const { run, max, pivot } = part.detector.lead!;
    const key = JSON.stringify([run, max, pivot, part.detector.ignoreCase, part.detector.left]);
    let group = groups.get(key);
    if (group === undefined) {
      const characters = parsePattern(`[${run}]`, part.detector.ignoreCase !== false);
      group = { pivot: pivot.charCodeAt(0), max: Math.min(max, MAX_LEAD), run: leadBytes(characters), members: [] };
      groups.set(key, group);
    }
    group.members.push(part);
  }
  if (groups.size >= FILTER_GROUPS / 2) throw new Error("too many different leads");
  return [...groups.values()];
}

/** All bytes of the characters of a run; those of longer characters count one by one. */
function leadBytes({ node }: Pattern): Set<number> {
  const bytes = new Set<number>();
  const visit = (part: Pattern["node"]): void => {
    if (part.kind === "bytes")
      for (const [from, to] of part.ranges) for (let byte = from; byte <= to; byte++) bytes.add(byte);
    else if (part.kind !== "repeat") part.items.forEach(visit);
  };
  visit(node);
  return bytes;
}

const starts = (parts: readonly Part[]): number[] => parts.flatMap(({ first }) => first);

class ByteSets {
  readonly #sets = new Map<string, number>();

  add(bytes: ReadonlySet<number>): number {
    const key = [...bytes].sort((a, b) => a - b).join();
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size === MAX_SETS) throw new Error(`more than ${MAX_SETS} different boundaries and runs`);
    this.#sets.set(key, this.#sets.size);
    return this.#sets.size - 1;
  }

  words(): BigUint64Array {
    const words = new BigUint64Array(256);
    for (const [key, bit] of this.#sets) {
      for (const byte of key === "" ? [] : key.split(",").map(Number)) words[byte]! |= 1n << BigInt(bit);
    }
    return words;
  }
}

function build(positions: Positions, entries: readonly (readonly number[])[]): Automaton {
  try {
    return buildAutomaton(positions, entries);
  } catch (error) {
    if (!(error instanceof TooManyStates)) throw error;
    throw new DetectorError(
      "detectors",
      new PatternError(
        "detectors-too-large",
        "together they need too many states",
        "bound their repeats, or use fewer",
      ),
    );
  }
}

/**
 * Bytes that can stand before a match, and at its first places; any byte behind its end. One for each beginning of the
 * pattern, so that alternatives do not let each other's mixtures through.
 */
const plainSlots = ({ detector, pattern, first, left, ahead }: Part, positions: Positions): Slots[] =>
  first.flatMap((position) =>
    beginnings(
      complement(left),
      position,
      positions,
      FILTER_SLOTS - 1,
      minOf(detector, pattern) + (ahead === undefined ? 0 : 1),
    ),
  );

/** The same around a pivot: what may stand before it, itself, and behind. */
function leadSlots({ pivot, run, members }: Lead, positions: Positions): Slots {
  const before = new Uint8Array(256);
  for (const byte of run) before[byte] = 1;
  const itself = new Uint8Array(256);
  itself[pivot] = 1;
  const behind = new Set<number>();
  for (const { first } of members) {
    // Up to the pivot nothing but the run is read: what may stand behind a later one says nothing.
    const seen = new Set(first);
    for (const position of seen) {
      const reads = (byte: number) => positions.reads[position]!.some(([from, to]) => from <= byte && byte <= to);
      for (const next of positions.follow[position]!) {
        if ([...run].some(reads)) seen.add(next);
        if (reads(pivot)) behind.add(next);
      }
    }
  }
  return [before, itself, ...places([...behind], positions, FILTER_SLOTS - 2)];
}

function complement(bytes: ReadonlySet<number>): Uint8Array {
  return anyByte().map((_, byte) => (bytes.has(byte) ? 0 : 1));
}

function places(first: readonly number[], positions: Positions, count: number): Uint8Array[] {
  const result: Uint8Array[] = [];
  let level = new Set(first);
  let isOver = false;
  for (let place = 0; place < count; place++) {
    if (isOver) {
      result.push(anyByte());
      continue;
    }
    const bytes = new Uint8Array(256);
    const next = new Set<number>();
    for (const position of level) {
      for (const [from, to] of positions.reads[position]!) bytes.fill(1, from, to + 1);
      for (const follower of positions.follow[position]!) next.add(follower);
      if (positions.ends[position]! >= 0) isOver = true;
    }
    result.push(bytes);
    level = next;
  }
  return result;
}
