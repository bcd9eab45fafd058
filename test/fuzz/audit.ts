/**
 * Forgeries of a real audit log: what an attacker without the key can do to the file, and what disks and hands do.
 * Every one must be found, and where it is.
 *
 * Two kinds: clumsy ones change bytes or lines and leave the hashes; skilled ones number and hash anew all that follows,
 * as anybody can who read scripts/audit, and only the seals stand against them.
 */
import fc from "fast-check";
import { type AuditRecord, hashOf, lineOf, NO_HASH } from "../../scripts/audit/record.ts";
import { SealKey } from "../../scripts/audit/seal.ts";
import { type Finding, verify } from "../../scripts/audit/verify.ts";
import { key, logFolder, ticking, writeSession } from "../unit/audit/support.ts";

export interface Target {
  /** The log that is forged, and the session that it is of. */
  bytes: Buffer;
  session: string;
  /** A genuine log of another session, under the same key. */
  other: Buffer;
  key: SealKey;
}

export interface Forgery {
  name: string;
  bytes: Buffer;
  /** The first line that differs, from 1. */
  line: number;
  /** The hashes were made to fit, so that it shows no earlier than at the next seal. */
  skilled: boolean;
}

type Forge = (lines: Lines, at: number, to: number, salt: number) => Buffer | undefined;

/** The log cut into lines, each with its line feed. */
interface Lines {
  all: readonly string[];
  other: readonly string[];
}

const join = (lines: readonly string[]): Buffer => Buffer.from(lines.join(""));
const without = (all: readonly string[], from: number, count = 1) => [
  ...all.slice(0, from),
  ...all.slice(from + count),
];
const into = (all: readonly string[], at: number, line: string) => [...all.slice(0, at), line, ...all.slice(at)];

const clumsy: Record<string, Forge> = {
  "one bit flipped": ({ all }, at, to, salt) => {
    const bytes = join(all);
    const offset = offsetIn(all, at, to);
    bytes[offset] = bytes[offset]! ^ (1 << (salt % 8));
    return bytes;
  },
  "a byte replaced": ({ all }, at, to, salt) => {
    const bytes = join(all);
    bytes[offsetIn(all, at, to)] = salt % 256;
    return bytes;
  },
  "a byte removed": ({ all }, at, to) => {
    const offset = offsetIn(all, at, to);
    const bytes = join(all);
    return Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + 1)]);
  },
  "a byte inserted": ({ all }, at, to, salt) => {
    const offset = offsetIn(all, at, to);
    const bytes = join(all);
    return Buffer.concat([bytes.subarray(0, offset), Buffer.of(salt % 256), bytes.subarray(offset)]);
  },
  "white space inserted": ({ all }, at, _to, salt) =>
    join(all.map((line, i) => (i === at ? line.replace(/[:,{}]/, (mark) => mark + " \t\r\n"[salt % 4]) : line))),
  "an empty line": ({ all }, at) => join(into(all, at, "\n")),
  "a byte order mark": ({ all }) => join(["\ufeff", ...all]),
  "CR LF": ({ all }, at) => join(all.map((line, i) => (i === at ? line.replace("\n", "\r\n") : line))),
  "a member twice": ({ all }, at) =>
    join(all.map((line, i) => (i === at ? line.replace('"v":1', '"v":1,"v":1') : line))),
  "a line removed": ({ all }, at) => join(without(all, at)),
  "lines removed": ({ all }, at, to) => join(without(all, at, 1 + (to % 5))),
  "a line repeated": ({ all }, at) => join(into(all, at, all[at]!)),
  "a line replayed": ({ all }, at, to) => join(into(all, Math.max(at, to), all[Math.min(at, to)]!)),
  "two lines swapped": ({ all }, at, to) =>
    join(all.map((line, i) => (i === at ? all[to]! : i === to ? all[at]! : line))),
  "a line moved": ({ all }, at, to) => join(into(without(all, at), to, all[at]!)),
  "a run reversed": ({ all }, at, to) => {
    const [low, high] = [Math.min(at, to), Math.max(at, to) + 1];
    return join([...all.slice(0, low), ...all.slice(low, high).reverse(), ...all.slice(high)]);
  },
  "cut behind a line": ({ all }, at) => join(all.slice(0, at)),
  "cut in a line": ({ all }, at, to) => join(all).subarray(0, offsetIn(all, at, to)),
  "the beginning cut off": ({ all }, at) => join(all.slice(at)),
  "a line of another log": ({ all, other }, at, to) => join(into(all, at, other[to % other.length]!)),
  "the end of another log": ({ all, other }, at) => join([...all.slice(0, at), ...other.slice(at)]),
  "another log behind it": ({ all, other }) => join([...all, ...other]),
  "another log in its place": ({ other }) => join(other),
  "itself behind it": ({ all }) => join([...all, ...all]),
};

const skilled: Record<string, Forge> = {
  "a number changed": edit((record, salt) => bump(record.data, salt)),
  "a text changed": edit((record, salt) => retype(record.data, salt)),
  "the time changed": edit((record) => {
    record.time = record.time.replace(/\d(?=Z)/, (digit) => String((Number(digit) + 1) % 10));
  }),
  "the session changed": edit((record) => {
    record.session = "another";
  }),
  "the writer changed": edit((record) => {
    record.writer = "nobody";
  }),
  "a record removed": (lines, at) => rechained(recordsOf(without(lines.all, at))),
  "the seals removed": ({ all }) => rechained(recordsOf(all).filter(({ event }) => event !== "log.sealed")),
  "a record made up": ({ all }, at, to) => rechained(recordsOf(into(all, at, all[to]!))),
  "two records swapped": ({ all }, at, to) =>
    rechained(recordsOf(all.map((line, i) => (i === at ? all[to]! : i === to ? all[at]! : line)))),
  "cut, and its last seal called final": ({ all }, at) => {
    const records = recordsOf(all.slice(0, at));
    const last = records.findLastIndex(({ event }) => event === "log.sealed");
    if (last < 0) return undefined;
    return rechained(records.slice(0, last + 1).map((record, i) => (i === last ? finalOf(record) : record)));
  },
  "cut, and closed under a key of its own": ({ all }, at, _to, salt) => {
    const records = recordsOf(all.slice(0, Math.max(1, at)));
    const key = SealKey.parse(salt.toString(16).padStart(64, "0"));
    return closed(records, key, key.id);
  },
  "cut, and closed under a key of the same name": ({ all }, at, _to, salt) => {
    const records = recordsOf(all.slice(0, Math.max(1, at)));
    const seal = recordsOf(all).find(({ event }) => event === "log.sealed");
    const keyId = seal?.event === "log.sealed" ? seal.data.keyId : "";
    return closed(records, SealKey.parse(salt.toString(16).padStart(64, "0")), keyId);
  },
};

/** Of every kind, about as many. Forgeries that change nothing are left out. */
export function forgeries(target: Target, count: number, seed: number): Forgery[] {
  const lines: Lines = { all: linesOf(target.bytes), other: linesOf(target.other) };
  const kinds = [
    ...Object.entries(clumsy).map(([name, forge]) => ({ name, forge, skilled: false })),
    ...Object.entries(skilled).map(([name, forge]) => ({ name, forge, skilled: true })),
  ];
  const place = fc.record({
    at: fc.nat(lines.all.length - 1),
    to: fc.nat(lines.all.length - 1),
    salt: fc.integer({ min: 1, max: 0x7fffffff }),
  });
  const made: Forgery[] = [];
  for (let round = 0; made.length < count; round++) {
    for (const [i, { at, to, salt }] of fc.sample(place, { numRuns: kinds.length, seed: seed + round }).entries()) {
      const { name, forge, skilled } = kinds[i]!;
      const bytes = forge(lines, at, to, salt);
      if (!bytes || bytes.equals(target.bytes)) continue;
      made.push({ name, bytes, line: firstDifference(target.bytes, bytes), skilled });
      if (made.length === count) break;
    }
  }
  return made;
}

/** `npm run fuzz`: so many forgeries of a log that is written for the run. */
export async function fuzzAudit(count: number, seed: number): Promise<{ passed: number; failures: string[] }> {
  const folder = logFolder();
  try {
    await writeSession(folder.path("log"), { session: "s-1" });
    await writeSession(folder.path("other"), { session: "s-2", now: ticking("2026-03-03T09:00:00.000Z") });
    const target = { bytes: folder.read("log").bytes, other: folder.read("other").bytes, session: "s-1", key };
    const failures = forgeries(target, count, seed).flatMap((forgery) => missed(target, forgery) ?? []);
    return { passed: count - failures.length, failures };
  } finally {
    folder.remove();
  }
}

/** What is wrong with the verdict on a forgery, or nothing. */
export function missed(target: Target, forgery: Forgery): string | undefined {
  const { good, findings } = verify([{ name: "forged", bytes: forgery.bytes }], {
    keys: [target.key],
    session: target.session,
  });
  if (good) return `${forgery.name} at line ${forgery.line}: not found`;
  const first = Math.min(...findings.map(({ line }: Finding) => line));
  // A cut shows at the line that is missing; what stands above the forgery must not be blamed.
  const late = !forgery.skilled && first > forgery.line + 1;
  if (first < forgery.line || late) return `${forgery.name} at line ${forgery.line}: found at line ${first}`;
  return undefined;
}

const linesOf = (bytes: Buffer): string[] => bytes.toString("utf8").match(/[^\n]*\n/g) ?? [];

const recordsOf = (lines: readonly string[]): AuditRecord[] => lines.map((line) => JSON.parse(line) as AuditRecord);

/** Some byte of line `at`. */
function offsetIn(all: readonly string[], at: number, to: number): number {
  const start = Buffer.byteLength(all.slice(0, at).join(""));
  return start + ((to * 37) % Buffer.byteLength(all[at]!));
}

function firstDifference(a: Buffer, b: Buffer): number {
  let offset = 0;
  while (offset < a.length && offset < b.length && a[offset] === b[offset]) offset++;
  return a.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
}

/** Numbered and hashed anew, seals as they were but for the heads, which anybody can know. */
function rechained(records: readonly AuditRecord[]): Buffer {
  const heads = new Map<string, { seq: number; hash: string }>();
  let prev = NO_HASH;
  const lines = records.map((record, count) => {
    const next = { ...structuredClone(record), prev, seq: (heads.get(record.writer)?.seq ?? -1) + 1 };
    if (next.event === "log.sealed") {
      next.data.count = count;
      next.data.heads = Object.fromEntries(heads);
    }
    next.hash = hashOf(next);
    prev = next.hash;
    heads.set(next.writer, { seq: next.seq, hash: next.hash });
    return lineOf(next);
  });
  return join(lines);
}

function edit(change: (record: AuditRecord, salt: number) => void): Forge {
  return ({ all }, at, _to, salt) => {
    const records = recordsOf(all);
    change(records[at]!, salt);
    return rechained(records);
  };
}

/** Adds one to some number in it. */
function bump(data: object, salt: number): void {
  const places = leaves(data).filter(({ value }) => typeof value === "number");
  const place = places[salt % Math.max(1, places.length)];
  if (place) place.holder[place.name] = (place.value as number) + 1;
}

/** Changes the last letter or digit of some text in it. */
function retype(data: object, salt: number): void {
  const places = leaves(data).filter(({ value }) => typeof value === "string");
  const place = places[salt % Math.max(1, places.length)];
  if (!place) return;
  place.holder[place.name] = (place.value as string).replace(/[a-z0-9](?=[^a-z0-9]*$)/, (end) =>
    end === "1" ? "2" : "1",
  );
}

function leaves(data: object): { holder: Record<string, unknown>; name: string; value: unknown }[] {
  return Object.entries(data).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? leaves(value)
      : [{ holder: data as Record<string, unknown>, name, value }],
  );
}

function finalOf(record: AuditRecord): AuditRecord {
  return record.event === "log.sealed" ? { ...record, data: { ...record.data, final: true } } : record;
}

function closed(records: readonly AuditRecord[], key: SealKey, keyId: string): Buffer {
  const { writer, time } = records.at(-1)!;
  const data = { keyId, count: 0, heads: {}, final: true, mac: NO_HASH };
  const seal = { v: 1, writer, seq: 0, time, event: "log.sealed", data, prev: NO_HASH, hash: NO_HASH } as AuditRecord;
  const sealed = recordsOf(linesOf(rechained([...records, seal])));
  const last = sealed.at(-1)!;
  if (last.event === "log.sealed") last.data.mac = key.macOf(last);
  last.hash = hashOf(last);
  return join(sealed.map(lineOf));
}
