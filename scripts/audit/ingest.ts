/**
 * `frostglass audit ingest`: access logs of the gateway become records of the audit log.
 *
 * Invariant: what cannot be read or does not fit the schema is counted and makes the command fail; it is never guessed.
 */
import { readFileSync } from "node:fs";
import { CommandError, note, requirePolicy } from "../console.ts";
import type { ResolvedRule } from "../policy/index.ts";
import { type RuleFacts, readAccessLog } from "./access-log/read.ts";
import { clausesOf } from "./clauses.ts";
import { AuditLog } from "./log.ts";
import { KEY_VARIABLE, SealKey } from "./seal.ts";

export interface IngestOptions {
  log: string;
  writer: string;
  session?: string;
  policy?: string;
  window: number;
  json?: boolean;
}

export async function ingest(files: readonly string[], options: IngestOptions): Promise<void> {
  const { session, window } = options;
  const facts = options.policy === undefined ? undefined : await factsOf(options.policy);
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const { telemetry, refused, inactive, foreign, unreadable } = readAccessLog(text, { window, facts, session });
  const key = SealKey.fromEnvironment();
  if (!key) note(`${KEY_VARIABLE} is not set, so the records are chained but not sealed`);
  const log = await AuditLog.open(options.log, { writer: options.writer, session, key });
  try {
    for (const data of telemetry) await log.append("edge.telemetry", data);
    for (const data of refused) await log.append("edge.refused", data);
  } finally {
    await log.close();
  }
  const records = telemetry.length + refused.length;
  if (options.json) process.stdout.write(`${JSON.stringify({ records, inactive, foreign, unreadable })}\n`);
  else {
    const skipped = `${inactive} inactive, ${foreign} of other sessions, ${unreadable} unreadable`;
    process.stdout.write(`${records} records; lines left out: ${skipped}\n`);
  }
  if (unreadable > 0)
    throw new CommandError(`${unreadable} lines are no access log of this gateway; see deploy/envoy/access-log.json`);
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
