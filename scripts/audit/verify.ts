/**
 * The verdict on audit logs: every edit, gap, reorder, truncation and replay, with its place.
 *
 * A log is a chain; a seal closes what stands above it. So what is wrong shows in one of three ways: a line whose bytes
 * are not those of its record, a record that does not follow the one above it, a seal that does not fit what it seals. A
 * log that simply ends is cut or still open, which `open` accepts.
 *
 * Invariant: what is found names file, line, writer and sequence number, never data of a record.
 */
import { createHash } from "node:crypto";
import { canonical } from "./canonical.ts";
import { type AuditRecord, hashOf, isRecord, misfit, NO_HASH, type RecordOf } from "./record.ts";
import type { SealKey } from "./seal.ts";

export type FindingCode =
  | "unreadable" // a line that is no record
  | "unfinished" // the last line does not end
  | "not_canonical" // other bytes than the record has
  | "edited" // the hash is not that of the record
  | "gap" // records are missing
  | "replayed" // a record, or a log, that was there already
  | "reordered" // a record that belongs elsewhere
  | "broken" // a record that follows nothing
  | "wrong_seal" // a seal that does not fit
  | "unknown_key" // a seal of another key
  | "unsealed" // nothing is sealed, or a closed log was expected
  | "not_closed" // no closing seal: cut, or still open
  | "after_close"
  | "other_session"
  | "no_anchor";

export interface Finding {
  code: FindingCode;
  file: string;
  /** From 1; the line behind the last where something is missing. */
  line: number;
  writer?: string;
  seq?: number;
  message: string;
}

export interface LogFile {
  name: string;
  bytes: Uint8Array;
}

export interface VerifyOptions {
  /** Keys by which seals may be made; without any, seals are not checked and a log cannot be good. */
  keys: readonly SealKey[];
  /** A log without a closing seal is good up to its last seal. */
  open?: boolean | undefined;
  /** The session that every record with a session must belong to. */
  session?: string | undefined;
  /** The hash of a record that must be there: of the closing seal, kept apart. */
  anchor?: string | undefined;
}

export interface LogVerdict {
  file: string;
  id: string | undefined;
  records: number;
  seals: number;
  /** Records that no seal covers. */
  unsealed: number;
  closed: boolean;
  writers: Record<string, number>;
  sessions: string[];
  head: string;
}

export interface Verdict {
  good: boolean;
  logs: LogVerdict[];
  findings: Finding[];
  /** What could be read, in order. */
  records: AuditRecord[];
}

export function verify(files: readonly LogFile[], options: VerifyOptions): Verdict {
  const chains = new Chains(options);
  const logs = files.map((file) => chains.read(file));
  const { findings, records } = chains;
  if (options.anchor !== undefined && !records.some(({ hash }) => hash === options.anchor)) {
    const file = files.at(-1)?.name ?? "";
    findings.push({ code: "no_anchor", file, line: 0, message: "the record that was named as anchor is not there" });
  }
  return { good: findings.length === 0, logs, findings, records };
}

/** All logs of one call: a log, or a record, that stands in two of them was replayed. */
class Chains {
  readonly findings: Finding[] = [];
  readonly records: AuditRecord[] = [];
  readonly #options: VerifyOptions;
  /** Record hash to where it was seen. */
  readonly #seen = new Map<string, string>();
  readonly #ids = new Map<string, string>();

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  read({ name, bytes }: LogFile): LogVerdict {
    const chain = new Chain(name, this.#options, this.findings, this.#seen);
    let start = 0;
    let line = 1;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      const record = chain.line(bytes.subarray(start, end), line++);
      if (record) this.#add(record, name, line - 1);
      start = end + 1;
    }
    if (start < bytes.length)
      chain.find("unfinished", line, "the last line does not end: it was cut, or its writer died");
    return chain.end(line);
  }

  #add(record: AuditRecord, file: string, line: number): void {
    this.records.push(record);
    if (record.event !== "log.opened") return;
    const { id } = record.data;
    const first = this.#ids.get(id);
    if (first === undefined) this.#ids.set(id, `${file}:${line}`);
    else this.findings.push({ code: "replayed", file, line, message: `this log begins at ${first} already` });
  }
}

class Chain {
  readonly #file: string;
  readonly #options: VerifyOptions;
  readonly #findings: Finding[];
  readonly #seen: Map<string, string>;
  readonly #heads = new Map<string, { seq: number; hash: string }>();
  readonly #sessions = new Set<string>();
  #id: string | undefined;
  #prev = NO_HASH;
  #records = 0;
  #seals = 0;
  #unsealed = 0;
  #closed = false;

  constructor(file: string, options: VerifyOptions, findings: Finding[], seen: Map<string, string>) {
    this.#file = file;
    this.#options = options;
    this.#findings = findings;
    this.#seen = seen;
  }

  find(code: FindingCode, line: number, message: string, record?: AuditRecord): void {
    const place = record ? { writer: record.writer, seq: record.seq } : {};
    this.#findings.push({ code, file: this.#file, line, ...place, message });
  }

  /** Judges one line; the record, when it is one. */
  line(bytes: Uint8Array, line: number): AuditRecord | undefined {
    const record = this.#parse(bytes, line);
    if (!record) return undefined;
    if (hashOf(record) !== record.hash) this.find("edited", line, "the record is not the one that was hashed", record);
    this.#follow(record, line);
    if (this.#closed) this.find("after_close", line, "a record follows the closing seal", record);
    this.#about(record, line);
    if (record.event === "log.sealed") this.#seal(record, line);
    else this.#unsealed++;
    this.#records++;
    this.#prev = record.hash;
    this.#seen.set(record.hash, `${this.#file}:${line}`);
    this.#heads.set(record.writer, { seq: record.seq, hash: record.hash });
    return record;
  }

  end(line: number): LogVerdict {
    const { keys, open } = this.#options;
    if (!this.#closed && !open) {
      this.find("not_closed", line, "no closing seal: the log was cut here, or its session still runs (--open)");
    }
    if (this.#seals === 0) this.find("unsealed", line, "no seal: whoever can write the file can have made all of it");
    else if (keys.length === 0) this.find("unknown_key", line, "the seals were not checked: no key was given");
    return {
      file: this.#file,
      id: this.#id,
      records: this.#records,
      seals: this.#seals,
      unsealed: this.#unsealed,
      closed: this.#closed,
      writers: Object.fromEntries([...this.#heads].map(([writer, { seq }]) => [writer, seq + 1])),
      sessions: [...this.#sessions],
      head: this.#prev,
    };
  }

  #parse(bytes: Uint8Array, line: number): AuditRecord | undefined {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(bytes).toString("utf8"));
    } catch {
      this.find("unreadable", line, "the line is not JSON");
      return undefined;
    }
    if (!isRecord(value)) {
      this.find("unreadable", line, `the line is no record (${misfit()})`);
      return undefined;
    }
    if (!Buffer.from(canonical(value)).equals(bytes)) {
      this.find("not_canonical", line, "the line is not spelled as its record is", value);
    }
    return value;
  }

  /** Whether the record follows the one above it, and what happened when it does not. */
  #follow(record: AuditRecord, line: number): void {
    const { prev, seq, writer } = record;
    const expected = (this.#heads.get(writer)?.seq ?? -1) + 1;
    if (this.#records === 0 && record.event !== "log.opened") {
      this.find("gap", line, "the beginning of the log is missing", record);
    } else if (this.#records > 0 && record.event === "log.opened") {
      this.find("broken", line, "another log begins in this one", record);
    }
    if (prev === this.#prev && seq === expected) return;
    const before = this.#seen.get(record.hash);
    if (before !== undefined) this.find("replayed", line, `the record stands at ${before} already`, record);
    else if (seq > expected) this.find("gap", line, `${seq - expected} records of ${writer} are missing above`, record);
    else if (seq < expected) this.find("reordered", line, `number ${expected} of ${writer} belongs here`, record);
    else if (this.#seen.has(prev))
      this.find("reordered", line, `the record belongs below ${this.#seen.get(prev)}`, record);
    else this.find("broken", line, "the record above it is not the one that it followed", record);
  }

  #about(record: AuditRecord, line: number): void {
    if (record.event === "log.opened") this.#id ??= record.data.id;
    if (record.session === undefined) return;
    this.#sessions.add(record.session);
    const { session } = this.#options;
    if (session !== undefined && record.session !== session) {
      this.find("other_session", line, "the record is of another session", record);
    }
  }

  #seal(seal: RecordOf<"log.sealed">, line: number): void {
    const { keyId, count, heads, final } = seal.data;
    const { keys } = this.#options;
    const key = keys.find(({ id }) => id === keyId);
    this.#seals++;
    this.#unsealed = 0;
    if (final) this.#closed = true;
    if (keys.length > 0 && !key) this.find("unknown_key", line, "the seal is of a key that was not given", seal);
    else if (key && !key.fits(seal)) this.find("wrong_seal", line, "the seal was not made with its key", seal);
    if (count !== this.#records) {
      this.find("wrong_seal", line, `${count} records were sealed, ${this.#records} stand here`, seal);
    }
    for (const writer of new Set([...Object.keys(heads), ...this.#heads.keys()])) {
      const sealed = Object.hasOwn(heads, writer) ? heads[writer] : undefined;
      const head = this.#heads.get(writer);
      if (sealed?.seq === head?.seq && sealed?.hash === head?.hash) continue;
      this.find("wrong_seal", line, `the seal knows another last record of ${writer}`, seal);
    }
  }
}

/** Names a file's bytes in reports. */
export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
