/**
 * How far an access log is on record already: each time one was read, its length and the digest of those bytes were
 * recorded (`edge.ingested`). A file that begins with such bytes goes on behind them.
 *
 * Invariants: no line is counted twice, however often a file is given, and under whatever name; a line that is still
 * being written waits for its end; a file of any size is read in pieces.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { EventData } from "../record.gen.ts";

/** The bytes of an access log from an offset on. Asked twice. */
export type Source = (from: number) => AsyncIterable<Uint8Array>;

export function fileSource(path: string): Source {
  return (start) => createReadStream(path, { start, highWaterMark: 1 << 20 });
}

export function bufferSource(bytes: Uint8Array): Source {
  return async function* (from) {
    yield bytes.subarray(from);
  };
}

export interface Unread {
  /** New lines, each whole. */
  text: string;
  /** Of the file, up to where `text` ends. */
  bytes: number;
  digest: string;
}

/** Up to where a file was read, as `edge.ingested` says. */
export type Mark = Pick<EventData["edge.ingested"], "bytes" | "digest">;

const LINE_FEED = 0x0a;
const PIECE_BYTES = 16 << 20;

/** What is new in a file, in pieces of whole lines; nothing when nothing is. */
export async function* unread(
  source: Source,
  marks: readonly Mark[],
  pieceBytes = PIECE_BYTES,
): AsyncGenerator<Unread> {
  const start = await furthest(source, marks);
  const { hash } = start;
  let { bytes } = start;
  const piece = (lines: Uint8Array): Unread => {
    hash.update(lines);
    bytes += lines.length;
    return { text: Buffer.from(lines).toString("utf8"), bytes, digest: digestSoFar(hash) };
  };
  let chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source(bytes)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length < pieceBytes) continue;
    const whole = Buffer.concat(chunks);
    const end = whole.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) yield piece(whole.subarray(0, end));
    chunks = [whole.subarray(end)];
    length = whole.length - end;
  }
  const rest = Buffer.concat(chunks);
  const end = rest.lastIndexOf(LINE_FEED) + 1;
  if (end > 0) yield piece(rest.subarray(0, end));
}

/** The last mark that is one of this file, and the hash up to there. */
async function furthest(source: Source, marks: readonly Mark[]): Promise<{ bytes: number; hash: Hash }> {
  const ahead = [...marks].sort((a, b) => a.bytes - b.bytes);
  const hash = createHash("sha256");
  let found = { bytes: 0, hash: hash.copy() };
  if (ahead.length === 0) return found;
  let read = 0;
  for await (const chunk of source(0)) {
    let at = 0;
    for (; ahead.length > 0 && ahead[0]!.bytes <= read + chunk.length; ahead.shift()) {
      const { bytes, digest } = ahead[0]!;
      hash.update(chunk.subarray(at, bytes - read));
      at = bytes - read;
      if (digestSoFar(hash) === digest) found = { bytes, hash: hash.copy() };
    }
    if (ahead.length === 0) break;
    hash.update(chunk.subarray(at));
    read += chunk.length;
  }
  return found;
}

const digestSoFar = (hash: Hash): string => `sha256:${hash.copy().digest("hex")}`;
