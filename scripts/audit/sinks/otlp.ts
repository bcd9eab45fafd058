/**
 * Records to an OpenTelemetry collector by OTLP/HTTP (specification 1.x, "OTLP/HTTP").
 *
 * A bounded queue, one request at a time, each repeated until the collector took it: exponential back-off with full
 * jitter, or longer where its Retry-After says so. All of 5xx is repeated, not only what the specification names, since an audit
 * record is worth a doubled one: records are told apart by their hash.
 *
 * Invariants: up to the bound nothing is lost while the process lives; beyond it the newest is dropped, and every drop
 * is counted with its cause; `offer` never waits.
 */
import { setTimeout as timer } from "node:timers/promises";
import type { SinkDropped } from "../record.gen.ts";
import type { AuditRecord } from "../record.ts";
import { logsRequest } from "./encoding.ts";
import type { Sink } from "./sink.ts";

export interface OtlpOptions {
  /** Of the collector, `/v1/logs` included. */
  url: string;
  headers?: Readonly<Record<string, string>> | undefined;
  /** How this sink is called in records. */
  name?: string | undefined;
  /** Records that may wait (default 10 000). */
  capacity?: number | undefined;
  /** Records a request (default 256). */
  batch?: number | undefined;
  /** Milliseconds for a request (default 10 000). */
  timeout?: number | undefined;
  /** First and longest pause between attempts, in milliseconds (default 500 and 30 000). */
  pause?: { first: number; longest: number } | undefined;
  /** Of tests. */
  sleep?: ((milliseconds: number) => Promise<void>) | undefined;
  random?: (() => number) | undefined;
}

type Answer =
  | { kind: "taken"; rejected: number }
  | { kind: "again"; after: number | undefined }
  | { kind: "smaller" }
  | { kind: "never" };

const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500;

export class OtlpSink implements Sink {
  readonly #options: OtlpOptions;
  readonly #capacity: number;
  readonly #queue: AuditRecord[] = [];
  readonly #losses = new Map<SinkDropped["cause"], SinkDropped>();
  #batch: number;
  #running: Promise<void> | undefined;
  #abandoned = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? 10_000;
    this.#batch = options.batch ?? 256;
  }

  get hasRoom(): boolean {
    return this.#queue.length < this.#capacity;
  }

  offer(record: AuditRecord): void {
    if (!this.hasRoom) {
      this.#lose("queue_full", [record]);
      return;
    }
    this.#queue.push(record);
    this.#start();
  }

  /** Waits until there is room: for a caller that would rather wait than lose. */
  async room(): Promise<void> {
    while (!this.hasRoom) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async flush(milliseconds: number): Promise<boolean> {
    const over = new AbortController();
    const late = timer(milliseconds, true, { signal: over.signal }).catch(() => true);
    while (this.#running) {
      if (await Promise.race([this.#running.then(() => false), late])) break;
    }
    over.abort();
    return this.#queue.length === 0;
  }

  takeLosses(): SinkDropped[] {
    if (!this.hasRoom) return [];
    const losses = [...this.#losses.values()];
    this.#losses.clear();
    return losses;
  }

  abandon(): void {
    this.#lose("gave_up", this.#queue.splice(0));
    this.#abandoned.abort();
    this.#abandoned = new AbortController();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // What came while an abandoned run ended.
      if (this.#queue.length > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#abandoned;
    const { pause = { first: 500, longest: 30_000 }, random = Math.random, sleep = this.#sleep } = this.#options;
    for (let attempt = 0; this.#queue.length > 0 && !signal.aborted; ) {
      const records = this.#queue.slice(0, this.#batch);
      const answer = await this.#send(records, signal);
      if (signal.aborted) return;
      if (answer.kind === "smaller") continue;
      if (answer.kind === "again") {
        // Full jitter: many gateways that lost the same collector do not come back at once.
        const backOff = random() * Math.min(pause.longest, pause.first * 2 ** attempt++);
        // A Retry-After of nothing, or of a clock that is ahead, is no leave to hammer.
        await sleep(Math.max(answer.after ?? 0, backOff));
        continue;
      }
      attempt = 0;
      this.#queue.splice(0, records.length);
      if (answer.kind === "never") this.#lose("rejected", records);
      else if (answer.rejected > 0) this.#lose("rejected", records, answer.rejected);
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  async #send(records: readonly AuditRecord[], abandoned: AbortSignal): Promise<Answer> {
    const { url, headers, timeout = 10_000 } = this.#options;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(logsRequest(records)),
        signal: AbortSignal.any([abandoned, AbortSignal.timeout(timeout)]),
        redirect: "error",
      });
      const text = await response.text();
      if (response.ok) return { kind: "taken", rejected: rejectedOf(text) };
      if (response.status === 413 && records.length > 1) {
        this.#batch = Math.ceil(records.length / 2);
        return { kind: "smaller" };
      }
      if (!isTransient(response.status)) return { kind: "never" };
      return { kind: "again", after: retryAfter(response.headers.get("retry-after")) };
    } catch {
      // Down, cut off, or too slow.
      return { kind: "again", after: undefined };
    }
  }

  #lose(cause: SinkDropped["cause"], records: readonly AuditRecord[], count = records.length): void {
    if (records.length === 0) return;
    const before = this.#losses.get(cause);
    this.#losses.set(cause, {
      sink: this.#options.name ?? "otlp",
      cause,
      count: (before?.count ?? 0) + count,
      first: before?.first ?? records[0]!.hash,
      last: records.at(-1)!.hash,
    });
  }

  /** A pause does not keep the process alive; whoever waits for the queue does. */
  readonly #sleep = (milliseconds: number): Promise<void> =>
    timer(milliseconds, undefined, { ref: false, signal: this.#abandoned.signal }).catch(() => {});
}

/** Of a partial success, how many records the collector will never take. */
function rejectedOf(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedLogRecords?: string | number } };
    return Number(partialSuccess?.rejectedLogRecords ?? 0) || 0;
  } catch {
    return 0;
  }
}

/** Seconds or a date (RFC 9110, section 10.2.3) as milliseconds from now, at most ten minutes. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), 600_000);
}
