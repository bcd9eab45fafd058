/**
 * Access-log lines of the gateway put together to records of the audit log: telemetry a window, refusals by code.
 *
 * Invariants: a line that the filter did not judge is skipped and counted, as is one that cannot be read or that is of
 * another log, and none of these is taken for one of the others; nothing of a line gets into a record but numbers and names
 * that the schema lets pass.
 */
import { createHash } from "node:crypto";
import type { EdgeRefused, EdgeTelemetry, Reveal } from "../record.gen.ts";
import type { Facts } from "./facts.ts";
import { FIELDS } from "./format.ts";

/** What goes on record; `session` where the line itself names it. */
export type Entry = { session?: string | undefined } & (
  | { event: "edge.telemetry"; data: EdgeTelemetry }
  | { event: "edge.refused"; data: EdgeRefused }
  | { event: "reveal"; data: Reveal }
);

export interface Ingested {
  /** In order of time; refusals and reveals follow the telemetry of their window. */
  entries: Entry[];
  /** Lines that were read, of whatever kind. */
  lines: number;
  /** Lines of exchanges that the filter was not active for. */
  inactive: number;
  /** Lines of other sessions. */
  foreign: number;
  /** Lines of JSON that another program, or another format, wrote. */
  unrelated: number;
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
  /** The session that the route names. */
  routed: string | undefined;
  /** The session that the filter knows, by its hash. */
  session: string | undefined;
  outcome: string;
  rule: string | undefined;
  rules: [string, number][];
  revealed: [string, number][];
  denied: [string, number][];
  request: number;
  response: number;
}

/** What is known of a rule of the policy with this digest, beside its counts. */
export type RuleFacts = (rule: string, digest: string | undefined) => Facts;

/** From and until when, milliseconds since 1970; under which policy, where that is known. */
export interface Span {
  from: number;
  until: number;
  digest?: string | undefined;
}

export interface ReadOptions {
  /** Length of a window, in seconds. */
  window: number;
  facts?: RuleFacts | undefined;
  /** Only lines of the session with this id. */
  session?: string | undefined;
  /** When it was: lines that name no session, as under a policy that is active by `clusters`, are its own then. */
  span?: Span | undefined;
  /** Each line goes under the session that its route names. */
  bySession?: boolean | undefined;
}

export function readAccessLog(
  text: string,
  { window: windowSeconds, facts = () => ({}), session, span, bySession }: ReadOptions,
): Ingested {
  const result: Ingested = { entries: [], lines: 0, inactive: 0, foreign: 0, unrelated: 0, unreadable: 0 };
  const windows = new Map<string, Line[]>();
  for (const one of text.split("\n")) {
    if (one.trim() === "") continue;
    result.lines++;
    const line = parse(one);
    if (line === "inactive" || line === "unrelated") result[line]++;
    else if (line === undefined) result.unreadable++;
    else if (session !== undefined && !isOf(line, session, span)) result.foreign++;
    else {
      const from = Math.floor(line.time / (windowSeconds * 1000));
      const key = [String(from).padStart(16, "0"), line.policy, line.digest, bySession && line.routed].join(" ");
      const window = windows.get(key);
      if (window) window.push(line);
      else windows.set(key, [line]);
    }
  }
  for (const [, lines] of [...windows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const from = Math.floor(lines[0]!.time / (windowSeconds * 1000)) * windowSeconds * 1000;
    const times = { from: new Date(from).toISOString(), to: new Date(from + windowSeconds * 1000).toISOString() };
    const of = { session: bySession ? lines[0]!.routed : undefined };
    result.entries.push({ event: "edge.telemetry", data: telemetryOf(lines, times, facts), ...of });
    for (const data of refusalsOf(lines, times)) result.entries.push({ event: "edge.refused", data, ...of });
    for (const data of revealsOf(lines, times)) result.entries.push({ event: "reveal", data, ...of });
  }
  return result;
}

/** How the filter tells a session: its id may be what a client sent. */
export const sessionHash = (id: string): string => createHash("sha256").update(id).digest("hex").slice(0, 16);

const noSession = sessionHash("");

/** By its route, by what the filter knows, or by its time where neither names a session. */
function isOf({ routed, session, time, digest }: Line, id: string, span: Span | undefined): boolean {
  if (routed === id || session === sessionHash(id)) return true;
  const isUnnamed = routed === undefined && (session === undefined || session === noSession);
  if (!isUnnamed || span === undefined || (span.digest !== undefined && span.digest !== digest)) return false;
  return time >= span.from && time <= span.until;
}

type Fields = Partial<Record<keyof typeof FIELDS, unknown>>;

const fieldsOfEnvoy = (Object.keys(FIELDS) as (keyof Fields)[]).filter((name) => !name.startsWith("frostglass."));

/** Without an outcome: Envoy writes null for it, or nothing of the filter where it omits what is empty. */
function isInactive(fields: Fields): boolean {
  return "frostglass.outcome" in fields || fieldsOfEnvoy.every((name) => name in fields);
}

function parse(text: string): Line | "inactive" | "unrelated" | undefined {
  let fields: Fields;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return undefined;
  const count = (name: keyof typeof FIELDS): number => Math.trunc(Number(fields[name] ?? 0));
  const name = (of: keyof typeof FIELDS): string | undefined => {
    const value = fields[of];
    return typeof value === "string" && value !== "-" && value !== "" ? value : undefined;
  };
  const outcome = name("frostglass.outcome");
  if (outcome === undefined) return isInactive(fields) ? "inactive" : "unrelated";
  const line: Line = {
    time: Date.parse(name("time") ?? ""),
    status: count("http.response.status_code"),
    duration: count("duration_ms"),
    received: count("http.request.size"),
    sent: count("http.response.size"),
    policy: name("frostglass.policy") ?? "none",
    digest: name("frostglass.policy.digest"),
    routed: name("frostglass.session"),
    session: name("frostglass.session.hash"),
    outcome,
    rule: name("frostglass.rule"),
    rules: timesOf(name("frostglass.rules")),
    revealed: timesOf(name("frostglass.revealed")),
    denied: timesOf(name("frostglass.denied")),
    request: count("frostglass.request.body_bytes"),
    response: count("frostglass.response.body_bytes"),
  };
  const numbers = [line.time, line.status, line.duration, line.received, line.sent, line.request, line.response];
  return numbers.every(Number.isFinite) ? line : undefined;
}

/** `rule=times`, with a comma between. */
function timesOf(text = ""): [string, number][] {
  return text.split(",").flatMap((pair): [string, number][] => {
    const [, rule, times] = /^([^=]+)=(\d+)$/.exec(pair) ?? [];
    return rule === undefined ? [] : [[rule, Number(times)]];
  });
}

interface Times {
  from: string;
  to: string;
}

function telemetryOf(lines: readonly Line[], times: Times, facts: RuleFacts): EdgeTelemetry {
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0);
  const rules = tally(lines.flatMap((line) => line.rules));
  const durations = lines.map(({ duration }) => duration).sort((a, b) => a - b);
  // The nearest rank: a value that was measured, never one between two.
  const quantile = (share: number) => durations[Math.max(0, Math.ceil(share * durations.length) - 1)]!;
  return {
    ...policyOf(lines[0]!),
    ...times,
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
    rules: Object.fromEntries(
      Object.entries(rules).map(([rule, values]) => [rule, { values, ...facts(rule, lines[0]!.digest) }]),
    ),
  };
}

function refusalsOf(lines: readonly Line[], times: Times): EdgeRefused[] {
  const refusals = new Map<string, EdgeRefused>();
  for (const line of lines) {
    if (line.outcome === "forwarded") continue;
    const key = [line.outcome, line.status, line.rule].join(" ");
    const before = refusals.get(key);
    const rule = line.rule === undefined ? {} : { rule: line.rule };
    const about = { ...policyOf(line), code: line.outcome, status: line.status, ...rule, ...times };
    refusals.set(key, { ...about, count: (before?.count ?? 0) + 1 });
  }
  return [...refusals.values()];
}

/** What the gateway itself turned back, as its policy says, and opaque tokens that it did not. */
function revealsOf(lines: readonly Line[], times: Times): Reveal[] {
  const common = { who: "gateway", reason: "rule of the policy", ...policyOf(lines[0]!), ...times };
  const of = (pairs: [string, number][], more: Pick<Reveal, "decision" | "code">): Reveal[] =>
    Object.entries(tally(pairs)).map(([rule, values]) => ({ ...common, rule, values, ...more }));
  return [
    ...of(
      lines.flatMap(({ revealed }) => revealed),
      { decision: "granted" },
    ),
    ...of(
      lines.flatMap(({ denied }) => denied),
      { decision: "denied", code: "no_token_of_session" },
    ),
  ];
}

const policyOf = ({ policy, digest }: Line) => ({ policy, ...(digest === undefined ? {} : { policyDigest: digest }) });

function tally(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, count] of pairs) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}
