/**
 * `frostglass audit ship`: a log that is there already to a collector, for what a collector missed while it was down.
 *
 * Invariant: waits for room in the queue instead of dropping; what the collector did not take makes the command fail.
 */
import { readFileSync } from "node:fs";
import { CommandError } from "../console.ts";
import { isRecord } from "./record.ts";
import { OtlpSink } from "./sinks/otlp.ts";

export interface ShipOptions {
  to: string;
  header?: string[];
  patience: number;
}

export async function ship(file: string, options: ShipOptions): Promise<void> {
  const records = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line, i) => {
      const record: unknown = JSON.parse(line);
      if (!isRecord(record)) throw new CommandError(`${file}:${i + 1} is no record; see \`frostglass audit verify\``);
      return record;
    });
  const sink = new OtlpSink({ url: options.to, headers: headersOf(options.header ?? []) });
  const end = Date.now() + options.patience * 1000;
  let offered = 0;
  for (const record of records) {
    if (!sink.hasRoom && !(await sink.flush(end - Date.now()))) break;
    sink.offer(record);
    offered++;
  }
  await sink.flush(Math.max(0, end - Date.now()));
  sink.abandon();
  const lost = sink.takeLosses().reduce((sum, { count }) => sum + count, 0) + records.length - offered;
  process.stdout.write(`${records.length - lost} of ${records.length} records sent\n`);
  if (lost > 0) throw new CommandError(`the collector did not take ${lost} records; run the command again later`);
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
