/**
 * What the records of one session say, put together: who, when, what shifted, what passed, what was refused and
 * revealed, what was torn down.
 *
 * Invariant: sums of what the records hold and nothing else; quantiles of several windows are not averaged, the worst
 * window speaks.
 */

import type { EdgeTelemetry } from "./record.gen.ts";
import type { AuditRecord, Event, RecordOf } from "./record.ts";

export interface RuleTotal {
  values: number;
  action: string | undefined;
  clauses: string[];
}

export interface Traffic {
  requests: number;
  statuses: Record<string, number>;
  outcomes: Record<string, number>;
  bytes: EdgeTelemetry["bytes"];
  rules: Record<string, RuleTotal>;
  /** Of the worst window each, in milliseconds. */
  latency: EdgeTelemetry["latency"];
}

export interface Session {
  id: string | undefined;
  /** First and last record. */
  from: string;
  to: string;
  records: AuditRecord[];
  /** Those among them that sums are made of. */
  counted: AuditRecord[];
  started: RecordOf<"session.started"> | undefined;
  ended: RecordOf<"session.ended"> | undefined;
  traffic: Traffic | undefined;
}

/** Sessions in the order in which they begin; records of none belong to each. Without any, all is one. */
export function sessionsOf(records: readonly AuditRecord[]): Session[] {
  const ids = [...new Set(records.flatMap(({ session }) => session ?? []))];
  const counted = new Set(withoutRepeats(records));
  return (ids.length === 0 ? [undefined] : ids).map((id) => sessionOf(id, records, counted));
}

/** The records of an event, typed as such. */
export function having<E extends Event>(records: readonly AuditRecord[], event: E): RecordOf<E>[] {
  return records.filter((record): record is AuditRecord & RecordOf<E> => record.event === event);
}

/** Whether an access log told of it. */
export function isReading({ event, data }: AuditRecord): boolean {
  return event === "edge.telemetry" || event === "edge.refused" || (event === "reveal" && data.from !== undefined);
}

/**
 * Without what a reading of an access log left behind that died before its end, and that a later one made anew: of the
 * records above an `edge.ingested` those count that it counts.
 */
function withoutRepeats(records: readonly AuditRecord[]): AuditRecord[] {
  const repeated = new Set<AuditRecord>();
  const above = new Map<string, AuditRecord[]>();
  for (const record of records) {
    const { writer, event, data } = record;
    if (!above.has(writer)) above.set(writer, []);
    if (isReading(record)) above.get(writer)!.push(record);
    if (event !== "edge.ingested") continue;
    const made = above.get(writer)!;
    for (const one of made.slice(0, Math.max(0, made.length - data.records))) repeated.add(one);
    above.delete(writer);
  }
  return records.filter((record) => !repeated.has(record));
}

function sessionOf(id: string | undefined, all: readonly AuditRecord[], toCount: ReadonlySet<AuditRecord>): Session {
  const records = all.filter(({ session }) => session === undefined || session === id);
  const own = records.filter(({ session }) => session === id);
  const counted = records.filter((record) => toCount.has(record));
  const times = (own.length === 0 ? records : own).map(({ time }) => time).sort();
  return {
    id,
    from: times[0] ?? "",
    to: times.at(-1) ?? "",
    records,
    counted,
    started: having(records, "session.started")[0],
    ended: having(records, "session.ended").at(-1),
    traffic: trafficOf(having(counted, "edge.telemetry").map(({ data }) => data)),
  };
}

function trafficOf(windows: readonly EdgeTelemetry[]): Traffic | undefined {
  if (windows.length === 0) return undefined;
  const traffic: Traffic = {
    requests: 0,
    statuses: {},
    outcomes: {},
    bytes: { request: 0, response: 0, received: 0, sent: 0 },
    rules: {},
    latency: undefined,
  };
  for (const { requests, statuses, outcomes, bytes, rules, latency } of windows) {
    traffic.requests += requests;
    add(traffic.statuses, statuses);
    add(traffic.outcomes, outcomes);
    for (const name of ["request", "response", "received", "sent"] as const) traffic.bytes[name] += bytes[name];
    for (const [name, { values, action, clauses = [] }] of Object.entries(rules)) {
      const before = traffic.rules[name];
      traffic.rules[name] = {
        values: (before?.values ?? 0) + values,
        action: before?.action ?? action,
        clauses: [...new Set([...(before?.clauses ?? []), ...clauses])],
      };
    }
    if (latency) traffic.latency = worst(traffic.latency, latency);
  }
  return traffic;
}

function add(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count;
}

type Latency = NonNullable<EdgeTelemetry["latency"]>;

function worst(a: Latency | undefined, b: Latency): Latency {
  if (!a) return b;
  const max = (name: keyof Latency) => Math.max(a[name], b[name]);
  return { p50: max("p50"), p90: max("p90"), p99: max("p99"), max: max("max") };
}
