/**
 * Puts what is new of an access log on record: telemetry, refusals and reveals, then how far it was read.
 *
 * Invariant: each line counts once. A run that died before it said how far it read is taken up where it stopped, if the
 * log is the same; if it has grown since, its records are made anew, and readers count those alone that `edge.ingested`
 * counts (`counted` in session.ts).
 */
import { canonical } from "../canonical.ts";
import type { AuditLog } from "../log.ts";
import type { AuditRecord } from "../record.ts";
import { having, isReading } from "../session.ts";
import { type Source, unread } from "./progress.ts";
import { type Entry, type ReadOptions, readAccessLog } from "./read.ts";

export interface Counts {
  records: number;
  lines: number;
  inactive: number;
  foreign: number;
  unrelated: number;
  unreadable: number;
}

export type Writable = Pick<AuditLog, "append" | "records" | "writer">;

/** @param session to which the reading belongs, and what is read of it where the line names no other. */
export async function recordAccessLog(
  log: Writable,
  source: Source,
  how: ReadOptions,
  session: string | undefined,
): Promise<Counts> {
  const total: Counts = { records: 0, lines: 0, inactive: 0, foreign: 0, unrelated: 0, unreadable: 0 };
  const before = (await log.records()).filter(({ writer }) => writer === log.writer);
  // What was read for one session alone says nothing of the others' lines.
  const mine = before.filter((record) => how.bySession || record.session === session);
  let pending = pendingOf(mine);
  const marks = having(mine, "edge.ingested").map(({ data }) => data);
  for await (const { text, bytes, digest } of unread(source, marks)) {
    const { entries, ...counts } = readAccessLog(text, how);
    const wanted = entries.map((entry) => ({ ...entry, session: entry.session ?? session }));
    const isSame = pending.length <= wanted.length && pending.every((record, i) => equal(record, wanted[i]!));
    for (const entry of wanted.slice(isSame ? pending.length : 0)) await append(log, entry);
    pending = [];
    const data = { digest, bytes, ...counts, records: entries.length };
    // Of lines that are all of others nothing is on record, and a call that tells better whose they are may read them.
    if (entries.length > 0 || data.foreign === 0) await log.append("edge.ingested", data, { session });
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += data[name];
  }
  return total;
}

function append(log: Pick<AuditLog, "append">, entry: Entry): Promise<unknown> {
  const { session } = entry;
  switch (entry.event) {
    case "edge.telemetry":
      return log.append(entry.event, entry.data, { session });
    case "edge.refused":
      return log.append(entry.event, entry.data, { session });
    case "reveal":
      return log.append(entry.event, entry.data, { session });
  }
}

/** Records of a run that has not said how far it read. */
function pendingOf(records: readonly AuditRecord[]): AuditRecord[] {
  const last = records.findLastIndex(({ event }) => event === "edge.ingested");
  return records.slice(last + 1).filter(isReading);
}

function equal(record: AuditRecord, { event, data, session }: Entry): boolean {
  return record.event === event && record.session === session && canonical(record.data) === canonical(data);
}
