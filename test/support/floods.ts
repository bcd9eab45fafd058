/** Bodies that are repeated without end and never stand in memory: sent in pieces, and none of what leaves is kept. */
import type { Plugin } from "../../scripts/host/index.ts";

export const MiB = 1 << 20;
const PIECE = 256 * 1024;

export interface Flood {
  title: string;
  type: string;
  /** What stands before and behind `fill`, which is repeated. */
  before: string;
  fill: string;
  behind: string;
  outcome: string;
  /** What leaves; undefined when that is the whole, byte for byte. */
  left?: string;
}

export const flood = (
  title: string,
  type: string,
  ends: [string, string],
  fill: string,
  outcome: string,
  left?: string,
) => ({
  title,
  type,
  before: ends[0],
  fill,
  behind: ends[1],
  outcome,
  ...(left !== undefined && { left }),
});

export interface Poured {
  outcome: string;
  /** The bytes that left, and the first and last of them. */
  size: number;
  start: string;
  end: string;
}

/** Sends the flood in pieces and keeps none of what leaves. */
export function pour(
  plugin: Plugin,
  { type, before, fill, behind }: Flood,
  size: number,
  more: readonly [string, string][] = [],
): Poured {
  const stream = plugin.stream();
  const result: Poured = { outcome: "forwarded", size: 0, start: "", end: "" };
  const take = () => {
    for (const piece of stream.upstream.body.splice(0)) {
      result.size += piece.length;
      if (result.start.length < 200) result.start += Buffer.from(piece.subarray(0, 200)).toString();
      result.end = (result.end + Buffer.from(piece.subarray(-200)).toString()).slice(-200);
    }
  };
  stream.requestHeaders([[":method", "POST"], [":path", "/"], ["content-type", type], ...more], false);
  stream.requestBody(Buffer.from(before), false);
  const piece = Buffer.from(fill.repeat(Math.floor(PIECE / fill.length)));
  for (let sent = 0; sent < size && !stream.localReply; sent += piece.length) {
    stream.requestBody(piece, false);
    take();
  }
  if (!stream.localReply) stream.requestBody(Buffer.from(behind), true);
  take();
  if (stream.localReply) result.outcome = stream.localReply.details.replace("frostglass_", "");
  stream.close();
  return result;
}

/** How much `pour` fills in, at least `size` bytes. */
export function filled({ fill }: Flood, size: number): number {
  const piece = Math.floor(PIECE / fill.length) * fill.length;
  return Math.ceil(size / piece) * piece;
}
