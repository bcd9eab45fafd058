/**
 * How far an access log is on record already: each time one was read, its length and the digest of those bytes were
 * recorded (`edge.ingested`). A file that begins with such bytes goes on behind them.
 *
 * Invariants: no line is counted twice, however often a file is given, and under whatever name; a line that is still
 * being written waits for its end.
 */
import type { AuditRecord, RecordOf } from "../record.ts";
import { having } from "../session.ts";
import { digestOf } from "../verify.ts";

export interface Unread {
  /** New lines, each whole. */
  text: string;
  /** Of the file, up to where `text` ends. */
  bytes: number;
  digest: string;
}

const LINE_FEED = 0x0a;

export class Progress {
  readonly #read: readonly RecordOf<"edge.ingested">["data"][];

  /** @param session what was read for another session, or for all, is not read for this one. */
  constructor(records: readonly AuditRecord[], session: string | undefined) {
    this.#read = having(records, "edge.ingested")
      .filter((record) => record.session === session)
      .map(({ data }) => data)
      .sort((a, b) => b.bytes - a.bytes);
  }

  /** What is new in a file; undefined when nothing is. */
  unread(file: Uint8Array): Unread | undefined {
    const bytes = file.lastIndexOf(LINE_FEED) + 1;
    const from = this.#read.find(
      (read) => read.bytes <= bytes && digestOf(file.subarray(0, read.bytes)) === read.digest,
    );
    const start = from?.bytes ?? 0;
    if (start === bytes) return undefined;
    const whole = file.subarray(0, bytes);
    return { text: Buffer.from(whole.subarray(start)).toString("utf8"), bytes, digest: digestOf(whole) };
  }
}
