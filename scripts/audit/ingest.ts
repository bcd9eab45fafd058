/**
 * `frostglass audit ingest`: access logs of the gateway become records of the audit log.
 *
 * Invariants: what cannot be read or does not fit the schema is counted and makes the command fail, it is never guessed;
 * a line counts once, however often the command runs over its file.
 */
import { existsSync, readFileSync } from "node:fs";
import { CommandError, note, requirePolicy } from "../console.ts";
import type { ResolvedRule } from "../policy/index.ts";
import { Progress } from "./access-log/progress.ts";
import { type Ingested, type ReadOptions, type RuleFacts, readAccessLog } from "./access-log/read.ts";
import { clausesOf } from "./clauses.ts";
import { readInput } from "./input.ts";
import { AuditLog } from "./log.ts";
import { KEY_VARIABLE, SealKey } from "./seal.ts";
import { sinksFromEnvironment } from "./sinks/environment.ts";
import { verify } from "./verify.ts";

export interface IngestOptions {
  log: string;
  writer: string;
  session?: string;
  policy?: string;
  window: number;
  json?: boolean;
}

const counted = ["lines", "inactive", "foreign", "unreadable"] as const;
type Counts = Record<(typeof counted)[number] | "records", number>;

export async function ingest(files: readonly string[], options: IngestOptions): Promise<void> {
  const { session } = options;
  const facts = options.policy === undefined ? undefined : await factsOf(options.policy);
  const contents = files.map(readInput);
  const key = SealKey.fromEnvironment();
  if (!key) note(`${KEY_VARIABLE} is not set, so the records are chained but not sealed`);
  const sinks = sinksFromEnvironment();
  const log = await AuditLog.open(options.log, { writer: options.writer, session, key, sinks });
  const total: Counts = { records: 0, lines: 0, inactive: 0, foreign: 0, unreadable: 0 };
  try {
    for (const content of contents) {
      const counts = await ingestFile(log, content, options, { window: options.window, facts, session });
      for (const name of [...counted, "records"] as const) total[name] += counts?.[name] ?? 0;
    }
  } finally {
    await log.close();
  }
  process.stdout.write(options.json ? `${JSON.stringify(total)}\n` : textOf(total));
  if (total.unreadable > 0) {
    throw new CommandError(
      `${total.unreadable} lines are no access log of this gateway; let it log as deploy/envoy/access-log.json says`,
    );
  }
}

/** The records of one file, then one about the file; nothing for a file without a new line. */
async function ingestFile(
  log: AuditLog,
  content: Uint8Array,
  options: IngestOptions,
  how: ReadOptions,
): Promise<Counts | undefined> {
  const unread = progressOf(options).unread(content);
  if (!unread) return undefined;
  const { telemetry, refused, ...rest } = readAccessLog(unread.text, how);
  for (const data of telemetry) await log.append("edge.telemetry", data);
  for (const data of refused) await log.append("edge.refused", data);
  const counts = {
    ...(rest satisfies Omit<Ingested, "telemetry" | "refused">),
    records: telemetry.length + refused.length,
  };
  await log.append("edge.ingested", { digest: unread.digest, bytes: unread.bytes, ...counts });
  return counts;
}

function progressOf({ log, session }: IngestOptions): Progress {
  const records = existsSync(log)
    ? verify([{ name: log, bytes: readFileSync(log) }], { keys: [], open: true }).records
    : [];
  return new Progress(records, session);
}

function textOf({ records, lines, inactive, foreign, unreadable }: Counts): string {
  const skipped = `${inactive} inactive, ${foreign} of other sessions, ${unreadable} unreadable`;
  return `${lines} new lines became ${records} records; left out: ${skipped}\n`;
}

async function factsOf(path: string): Promise<RuleFacts> {
  const { rules } = await requirePolicy(path);
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  return (name) => {
    const rule = byName.get(name);
    if (!rule) return {};
    const clauses = clausesOf(descriptionOf(rule));
    return { action: rule.action.kind, ...(clauses.length === 0 ? {} : { clauses }) };
  };
}

function descriptionOf({ source, path }: ResolvedRule): string {
  const rule = path.reduce((value, step) => (value as Record<string | number, unknown>)[step], source.value);
  const { description } = rule as { description?: string };
  return description ?? "";
}
