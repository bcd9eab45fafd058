/**
 * What the edge itself tells of its tunnels: a line for each that was opened or closed, with the address it was dialled
 * from (`uplinkLog` in edge.ts says what is in a line).
 *
 * Envoy collects such lines and writes them after a while: ten seconds, or `--file-flush-interval-msec`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { uplinkFile } from "./edge.ts";

export interface UplinkEvent {
  event: string;
  node: string;
  sourceIp: string;
}

/** Where each tunnel of this session was dialled from, in order. */
export async function openedFrom(folder: string, session: string): Promise<string[]> {
  const text = await readFile(join(folder, uplinkFile), "utf8").catch(() => "");
  // What follows the last line feed is a line that is being written.
  const lines = text.split("\n").slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as UplinkEvent)
    .filter(({ event, node }) => event === "tunnel_setup" && node === session)
    .map(({ sourceIp }) => sourceIp);
}

/** The one address that all tunnels came from. Two of them means that somebody else has the token. */
export function onlySource(sources: readonly string[]): string {
  const [first, ...more] = new Set(sources);
  if (first !== undefined && more.length === 0) return first;
  throw new Error(`tunnels were dialled from more than one address: ${[first, ...more].join(" and ")}`);
}
