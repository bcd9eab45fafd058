/**
 * `frostglass audit ingest`: access logs of the gateway become records of the audit log.
 *
 * Invariants: what cannot be read, is of another log or does not fit the schema is counted and makes the command fail, it is never guessed;
 * a line counts once, however often the command runs over its file.
 */
import { CommandError, note, requirePolicy } from "../console.ts";
import { factsOf } from "./access-log/facts.ts";
import { bufferSource } from "./access-log/progress.ts";
import type { Span } from "./access-log/read.ts";
import { type Counts, recordAccessLog } from "./access-log/record.ts";
import { readInput } from "./input.ts";
import { AuditLog } from "./log.ts";
import { KEY_VARIABLE, SealKey } from "./seal.ts";
import { having } from "./session.ts";
import { sinksFromEnvironment } from "./sinks/environment.ts";

export interface IngestOptions {
  log: string;
  writer: string;
  session?: string;
  from?: number;
  until?: number;
  policy?: string;
  window: number;
  json?: boolean;
}

export async function ingest(files: readonly string[], options: IngestOptions): Promise<void> {
  const { session, window } = options;
  const facts = options.policy === undefined ? {} : factsOf(await requirePolicy(options.policy));
  const contents = files.map(readInput);
  const key = SealKey.fromEnvironment();
  if (!key) note(`${KEY_VARIABLE} is not set, so the records are chained but not sealed`);
  const sinks = sinksFromEnvironment();
  const log = await AuditLog.open(options.log, { writer: options.writer, session, key, sinks });
  const total: Counts = { records: 0, lines: 0, inactive: 0, foreign: 0, unrelated: 0, unreadable: 0 };
  try {
    const how = { window, session, span: await spanOf(log, options), facts: (rule: string) => facts[rule] ?? {} };
    for (const content of contents) {
      const counts = await recordAccessLog(log, bufferSource(content), how, session);
      for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
    }
  } finally {
    await log.close();
  }
  process.stdout.write(options.json ? `${JSON.stringify(total)}\n` : textOf(total));
  if (total.foreign > 0 && total.lines === total.foreign + total.inactive) {
    note(`no line is of session ${session}; where lines name no session, say when it was: --from and --until`);
  }
  const remedy = "let the gateway log as deploy/envoy/access-log.json says, into a file of its own";
  const notOurs = [
    ...(total.unreadable > 0 ? [`${total.unreadable} lines are no access log of this gateway`] : []),
    ...(total.unrelated > 0 ? [`${total.unrelated} lines are JSON of another log, or of another format`] : []),
  ];
  if (notOurs.length > 0) throw new CommandError(`${notOurs.join(", and ")}; ${remedy}`);
}

/** When the session was: as the call says, or as the log does; undefined when nobody does. */
async function spanOf(log: AuditLog, { session, from, until }: IngestOptions): Promise<Span | undefined> {
  if (from !== undefined || until !== undefined) return { from: from ?? 0, until: until ?? Number.POSITIVE_INFINITY };
  if (session === undefined) return undefined;
  const own = (await log.records()).filter((record) => record.session === session);
  const [started] = having(own, "session.started");
  if (started === undefined) return undefined;
  const ended = having(own, "session.ended").at(-1);
  return {
    from: Date.parse(started.time),
    until: ended === undefined ? Number.POSITIVE_INFINITY : Date.parse(ended.time),
    digest: started.data.policyDigest,
  };
}

function textOf({ records, lines, inactive, foreign, unrelated, unreadable }: Counts): string {
  const others = `${foreign} of other sessions, ${unrelated} of other logs`;
  const skipped = `${inactive} inactive, ${others}, ${unreadable} unreadable`;
  return `${lines} new lines became ${records} records; left out: ${skipped}\n`;
}
