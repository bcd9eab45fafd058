/**
 * `frostglass audit ship`: a log that is there already to a collector, for what a collector missed while it was down, or
 * for gateways where nothing may send while a session runs.
 *
 * Invariants: waits instead of dropping; how far it came stands in a file beside the log after every batch, so that the
 * next run goes on there; a batch that the collector refuses as a whole is not passed over.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { CommandError } from "../console.ts";
import { readInput } from "./input.ts";
import { type AuditRecord, isRecord } from "./record.ts";
import { endpointOf } from "./sinks/environment.ts";
import { OtlpSink } from "./sinks/otlp.ts";

export interface ShipOptions {
  to: string;
  header?: string[];
  patience: number;
  state?: string;
  json?: boolean;
}

/** The last record that a collector has, by its place and hash. */
interface State {
  v: 1;
  to: string;
  records: number;
  hash: string;
}

const BATCH = 256;

export async function ship(file: string, options: ShipOptions): Promise<void> {
  const url = endpointOf(options.to);
  const stateFile = options.state ?? `${file}.shipped`;
  const records = recordsOf(file);
  const start = startOf(stateFile, url, records);
  const sink = new OtlpSink({ url, headers: headersOf(options.header ?? []), batch: BATCH, capacity: BATCH });
  const end = Date.now() + options.patience * 1000;
  let at = start;
  let rejected = 0;
  let refusedAll = false;
  while (at < records.length && !refusedAll) {
    const batch = records.slice(at, at + BATCH);
    for (const record of batch) sink.offer(record);
    if (!(await sink.flush(Math.max(0, end - Date.now())))) break;
    const lost = sink.takeLosses().reduce((sum, { count }) => sum + count, 0);
    refusedAll = lost >= batch.length;
    if (refusedAll) break;
    rejected += lost;
    at += batch.length;
    save(stateFile, { v: 1, to: url, records: at, hash: batch.at(-1)!.hash });
  }
  sink.abandon();
  const result = {
    records: records.length,
    before: start,
    sent: at - start - rejected,
    rejected,
    left: records.length - at,
  };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(result)}\n`
      : `${result.sent} records sent, ${start} were sent before, ${rejected} rejected, ${result.left} left of ${records.length}\n`,
  );
  if (refusedAll) throw new CommandError("the collector refuses these records; look at its log, its URL and --header");
  if (result.left > 0)
    throw new CommandError(`the collector did not take ${result.left} records in time; run this again`);
  if (rejected > 0) throw new CommandError(`the collector rejected ${rejected} records for good; look at its log`);
}

/** A last line without an end is still being written. */
function recordsOf(file: string): AuditRecord[] {
  const lines = readInput(file).toString("utf8").split("\n").slice(0, -1);
  return lines.map((line, i) => {
    const record = parsed(line);
    if (!isRecord(record)) throw new CommandError(`${file}:${i + 1} is no record; see \`frostglass audit verify\``);
    return record;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function startOf(stateFile: string, to: string, records: readonly AuditRecord[]): number {
  if (!existsSync(stateFile)) return 0;
  const state = parsed(readFileSync(stateFile, "utf8")) as State | undefined;
  if (state?.v !== 1) throw new CommandError(`${stateFile} says nothing of shipping; remove it to send all again`, 2);
  if (state.to !== to) return 0;
  if (records[state.records - 1]?.hash === state.hash) return state.records;
  throw new CommandError(
    `${stateFile} is about another log, or this one was changed: verify it; remove the file to send all again`,
    2,
  );
}

function save(stateFile: string, state: State): void {
  writeFileSync(`${stateFile}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${stateFile}.new`, stateFile);
}

function headersOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at <= 0) throw new CommandError("a header is given as NAME=VALUE", 2);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
