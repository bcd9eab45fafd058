/**
 * The audit log as commands write it: `open`, `append`, `seal`, `close`.
 *
 * One file is one chain, whoever appends: a lock gives each process its turn, and what others wrote is read before a
 * record is added. Each writer counts its own records.
 *
 * Invariants: when `append` answers, the record has been flushed to the disk (fdatasync); a line is one write; an
 * unfinished line of a writer that died is removed, and that is recorded; nothing follows the closing seal.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { packageVersion } from "../wasm.ts";
import { FileLock } from "./lock.ts";
import type { EventData } from "./record.gen.ts";
import {
  type AuditRecord,
  type Event,
  hashOf,
  isRecord,
  lineOf,
  misfit,
  NO_HASH,
  type RecordOf,
  type Unhashed,
} from "./record.ts";
import type { SealKey } from "./seal.ts";
import type { Sink } from "./sinks/sink.ts";

export interface LogOptions {
  /** Who writes: a process, a worker, a gateway. */
  writer: string;
  /** The session of records that name no other. */
  session?: string | undefined;
  /** Without a key nothing is sealed, and `verify` will say so. */
  key?: SealKey | undefined;
  /** A seal follows after so many records (default 100); `close` always seals. */
  sealEvery?: number | undefined;
  now?: (() => Date) | undefined;
  sinks?: readonly Sink[] | undefined;
  /** How long `close` waits for the sinks: milliseconds (default 10 000). */
  patience?: number | undefined;
}

type AppendOptions = { session?: string | undefined };

export class AuditLog {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #options: LogOptions;
  /** How far the file is known, and what is known of it there. */
  #offset = 0;
  #count = 0;
  #unsealed = 0;
  #prev = NO_HASH;
  #closed = false;
  readonly #heads = new Map<string, { seq: number; hash: string }>();
  #turn: Promise<unknown> = Promise.resolve();

  /** Opens the log, and begins it where there is none. */
  static async open(path: string, options: LogOptions): Promise<AuditLog> {
    const log = new AuditLog(path, await open(path, "a+", 0o600), options);
    try {
      await log.#inTurn(async () => {
        if (log.#count === 0) {
          await log.#write(
            "log.opened",
            { id: randomBytes(16).toString("hex"), tool: `frostglass/${packageVersion()}` },
            {},
          );
        }
      });
      return log;
    } catch (error) {
      await log.#file.close();
      throw error;
    }
  }

  private constructor(path: string, file: FileHandle, options: LogOptions) {
    this.#path = path;
    this.#file = file;
    this.#options = options;
  }

  /** Who writes here. */
  get writer(): string {
    return this.#options.writer;
  }

  /** The record, once it is on the disk. */
  append<E extends Exclude<Event, "log.sealed">>(
    event: E,
    data: EventData[E],
    options: AppendOptions = {},
  ): Promise<RecordOf<E>> {
    return this.#inTurn(async () => {
      const record = await this.#write(event, data, options);
      await this.#recordLosses();
      if (this.#options.key && this.#unsealed >= (this.#options.sealEvery ?? 100)) await this.#seal(false);
      return record;
    });
  }

  /** All that stands there, whoever wrote it. */
  records(): Promise<AuditRecord[]> {
    return this.#inTurn(async () => {
      const lines = (await readFile(this.#path, "utf8")).split("\n").slice(0, -1);
      // Known to its end, so each line was found to be a record.
      return lines.map((line) => JSON.parse(line) as AuditRecord);
    });
  }

  /** Seals what stands there so far; the seal, or undefined without a key. */
  seal(): Promise<RecordOf<"log.sealed"> | undefined> {
    return this.#inTurn(() => this.#seal(false));
  }

  /**
   * Waits for the sinks and seals what is unsealed. With `final` the log is closed for every writer. What a sink did not
   * get is recorded, but for the seal that stands last.
   */
  async close({ final = false }: { final?: boolean } = {}): Promise<RecordOf<"log.sealed"> | undefined> {
    const { sinks = [], patience = 10_000 } = this.#options;
    try {
      await Promise.all(sinks.map((sink) => sink.flush(patience)));
      const seal = await this.#inTurn(async () => {
        for (const sink of sinks) sink.abandon();
        await this.#recordLosses();
        return final || this.#unsealed > 0 ? this.#seal(final) : undefined;
      });
      await Promise.all(sinks.map((sink) => sink.flush(Math.min(patience, 2000))));
      return seal;
    } finally {
      for (const sink of sinks) sink.abandon();
      await this.#file.close();
    }
  }

  async #recordLosses(): Promise<void> {
    for (const sink of this.#options.sinks ?? []) {
      for (const loss of sink.takeLosses()) await this.#write("sink.dropped", loss, {});
    }
  }

  /** Runs when all before has ended, with the file locked and known to its end. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      const lock = await FileLock.take(`${this.#path}.lock`);
      try {
        await this.#catchUp();
        return await work();
      } finally {
        await lock.release();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Reads what others appended since, and removes a line that was never finished. */
  async #catchUp(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size < this.#offset) throw this.#damaged("became shorter while it was open");
    if (size === this.#offset) return;
    const bytes = Buffer.alloc(size - this.#offset);
    await this.#file.read(bytes, 0, bytes.length, this.#offset);
    const end = bytes.lastIndexOf(0x0a) + 1;
    for (const line of bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1)) this.#learn(line);
    this.#offset += end;
    if (end === bytes.length) return;
    await this.#file.truncate(this.#offset);
    if (this.#count > 0) await this.#write("log.recovered", { bytes: bytes.length - end }, {});
  }

  #learn(line: string): void {
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch {
      throw this.#damaged("holds a line that is no record");
    }
    if (!isRecord(record) || record.prev !== this.#prev || record.hash !== hashOf(record)) {
      throw this.#damaged("does not hold together");
    }
    this.#take(record);
  }

  #take(record: AuditRecord): void {
    this.#count++;
    this.#prev = record.hash;
    this.#heads.set(record.writer, { seq: record.seq, hash: record.hash });
    this.#unsealed = record.event === "log.sealed" ? 0 : this.#unsealed + 1;
    if (record.event === "log.sealed" && record.data.final) this.#closed = true;
  }

  async #write<E extends Event>(event: E, data: EventData[E], { session }: AppendOptions): Promise<RecordOf<E>> {
    const record = this.#next(event, data, session ?? this.#options.session);
    const bytes = Buffer.from(lineOf(record));
    const { bytesWritten } = await this.#file.write(bytes);
    if (bytesWritten !== bytes.length) throw new Error(`${this.#path}: the disk took only a part of a record`);
    await this.#file.datasync();
    this.#offset += bytes.length;
    this.#take(record);
    for (const sink of this.#options.sinks ?? []) sink.offer(record);
    return record as RecordOf<E>;
  }

  #next<E extends Event>(event: E, data: EventData[E], session: string | undefined): AuditRecord {
    if (this.#closed) throw new Error(`${this.#path} is closed by its final seal; begin another log`);
    const { writer, key, now } = this.#options;
    const unhashed = {
      v: 1,
      writer,
      seq: (this.#heads.get(writer)?.seq ?? -1) + 1,
      time: (now?.() ?? new Date()).toISOString(),
      ...(session === undefined ? {} : { session }),
      event,
      // What is undefined is not there, for the schema as for the canonical form.
      data: JSON.parse(JSON.stringify(data)),
      prev: this.#prev,
    } as Unhashed;
    if (key && unhashed.event === "log.sealed") unhashed.data.mac = key.macOf(unhashed);
    const record: unknown = { ...unhashed, hash: hashOf(unhashed) };
    if (!isRecord(record)) throw new Error(`a record does not fit the schema: ${event} ${misfit()}`);
    return record;
  }

  async #seal(final: boolean): Promise<RecordOf<"log.sealed"> | undefined> {
    const { key } = this.#options;
    if (key) {
      const heads = Object.fromEntries(this.#heads);
      return this.#write("log.sealed", { keyId: key.id, count: this.#count, heads, final, mac: NO_HASH }, {});
    }
    if (final) throw new Error("a log is closed by a seal, and a seal needs the audit key");
    return undefined;
  }

  #damaged(what: string): Error {
    return new Error(`${this.#path} ${what}; see \`frostglass audit verify\`, and begin another log`);
  }
}
