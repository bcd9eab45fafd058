/**
 * Access-log lines of the gateway put together to records of the audit log: telemetry a window, refusals by code.
 *
 * Invariants: a line that the filter did not judge is skipped and counted, as is one that cannot be read; nothing of a
 * line gets into a record but numbers and names that the schema lets pass.
 */
import { createHash } from "node:crypto";
import type { EdgeRefused, EdgeTelemetry, RuleUse } from "../record.gen.ts";
import type { FIELDS } from "./format.ts";

export interface Ingested {
  /** In order of time; refusals follow the telemetry of their window. */
  telemetry: EdgeTelemetry[];
  refused: EdgeRefused[];
  /** Lines that were read, of whatever kind. */
  lines: number;
  /** Lines of exchanges that the filter was not active for. */
  inactive: number;
  /** Lines of other sessions. */
  foreign: number;
  unreadable: number;
}

interface Line {
  time: number;
  status: number;
  duration: number;
  received: number;
  sent: number;
  policy: string;
  digest: string | undefined;
  session: string | undefined;
  outcome: string;
  rule: string | undefined;
  rules: [string, number][];
  request: number;
  response: number;
}

/** What is known of a rule beside its counts. */
export type RuleFacts = (rule: string) => Pick<RuleUse, "action" | "clauses">;

export interface ReadOptions {
  /** Length of a window, in seconds. */
  window: number;
  facts?: RuleFacts | undefined;
  /** Only lines of the session with this id. */
  session?: string | undefined;
}

export function readAccessLog(
  text: string,
  { window: windowSeconds, facts = () => ({}), session }: ReadOptions,
): Ingested {
  const result: Ingested = { telemetry: [], refused: [], lines: 0, inactive: 0, foreign: 0, unreadable: 0 };
  const wanted = session === undefined ? undefined : sessionHash(session);
  const windows = new Map<string, Line[]>();
  for (const one of text.split("\n")) {
    if (one.trim() === "") continue;
    result.lines++;
    const line = parse(one);
    if (line === "inactive") result.inactive++;
    else if (line === undefined) result.unreadable++;
    else if (wanted !== undefined && line.session !== wanted) result.foreign++;
    else {
      const from = Math.floor(line.time / (windowSeconds * 1000));
      const key = [String(from).padStart(16, "0"), line.policy, line.digest].join(" ");
      const window = windows.get(key);
      if (window) window.push(line);
      else windows.set(key, [line]);
    }
  }
  for (const [, lines] of [...windows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const from = Math.floor(lines[0]!.time / (windowSeconds * 1000)) * windowSeconds * 1000;
    const span = { from: new Date(from).toISOString(), to: new Date(from + windowSeconds * 1000).toISOString() };
    result.telemetry.push(telemetryOf(lines, span, facts));
    result.refused.push(...refusalsOf(lines, span));
  }
  return result;
}

/** How the filter tells a session: its id may be what a client sent. */
export const sessionHash = (id: string): string => createHash("sha256").update(id).digest("hex").slice(0, 16);

function parse(text: string): Line | "inactive" | undefined {
  let fields: Partial<Record<keyof typeof FIELDS, unknown>>;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const count = (name: keyof typeof FIELDS): number => Math.trunc(Number(fields[name] ?? 0));
  const name = (of: keyof typeof FIELDS): string | undefined => {
    const value = fields[of];
    return typeof value === "string" && value !== "-" && value !== "" ? value : undefined;
  };
  const outcome = name("frostglass.outcome");
  if (outcome === undefined) return "inactive";
  const line: Line = {
    time: Date.parse(name("time") ?? ""),
    status: count("http.response.status_code"),
    duration: count("duration_ms"),
    received: count("http.request.size"),
    sent: count("http.response.size"),
    policy: name("frostglass.policy") ?? "none",
    digest: name("frostglass.policy.digest"),
    session: name("frostglass.session.hash"),
    outcome,
    rule: name("frostglass.rule"),
    rules: (name("frostglass.rules") ?? "").split(",").flatMap((pair) => {
      const [, rule, times] = /^([^=]+)=(\d+)$/.exec(pair) ?? [];
      return rule === undefined ? [] : [[rule, Number(times)] satisfies [string, number]];
    }),
    request: count("frostglass.request.body_bytes"),
    response: count("frostglass.response.body_bytes"),
  };
  const numbers = [line.time, line.status, line.duration, line.received, line.sent, line.request, line.response];
  return numbers.every(Number.isFinite) ? line : undefined;
}

interface Span {
  from: string;
  to: string;
}

function telemetryOf(lines: readonly Line[], span: Span, facts: RuleFacts): EdgeTelemetry {
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0);
  const rules = tally(lines.flatMap((line) => line.rules));
  const durations = lines.map(({ duration }) => duration).sort((a, b) => a - b);
  // The nearest rank: a value that was measured, never one between two.
  const quantile = (share: number) => durations[Math.max(0, Math.ceil(share * durations.length) - 1)]!;
  return {
    ...policyOf(lines[0]!),
    ...span,
    requests: lines.length,
    statuses: tally(lines.map(({ status }) => [String(status), 1])),
    outcomes: tally(lines.map(({ outcome }) => [outcome, 1])),
    latency: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: durations.at(-1)! },
    bytes: {
      request: sum(({ request }) => request),
      response: sum(({ response }) => response),
      received: sum(({ received }) => received),
      sent: sum(({ sent }) => sent),
    },
    rules: Object.fromEntries(Object.entries(rules).map(([rule, values]) => [rule, { values, ...facts(rule) }])),
  };
}

function refusalsOf(lines: readonly Line[], span: Span): EdgeRefused[] {
  const refusals = new Map<string, EdgeRefused>();
  for (const line of lines) {
    if (line.outcome === "forwarded") continue;
    const key = [line.outcome, line.status, line.rule].join(" ");
    const before = refusals.get(key);
    const rule = line.rule === undefined ? {} : { rule: line.rule };
    const about = { ...policyOf(line), code: line.outcome, status: line.status, ...rule, ...span };
    refusals.set(key, { ...about, count: (before?.count ?? 0) + 1 });
  }
  return [...refusals.values()];
}

const policyOf = ({ policy, digest }: Line) => ({ policy, ...(digest === undefined ? {} : { policyDigest: digest }) });

function tally(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, count] of pairs) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}
