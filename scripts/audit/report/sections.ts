/**
 * The report as data: titled sections of facts and tables, which Markdown and HTML then only draw.
 *
 * Invariant: both formats say the same, in the same order; an empty section says that there was nothing, so that silence
 * never passes for a clean record.
 */
import { having, type Session } from "../session.ts";
import type { Verdict } from "../verify.ts";
import { bytesOf, causes, durationOf, number, plural, sentenceOf } from "./sentence.ts";

export interface Section {
  title: string;
  facts?: readonly (readonly [name: string, value: string])[];
  columns: readonly string[];
  /** Columns of numbers, by index. */
  numeric: readonly number[];
  rows: readonly (readonly string[])[];
  /** What stands there without rows. */
  none: string;
}

export interface Report {
  good: boolean;
  /** The verdict in one sentence. */
  verdict: string;
  log: readonly Section[];
  sessions: readonly { session: Session; sections: readonly Section[] }[];
}

export function reportOf(verdict: Verdict, sessions: readonly Session[]): Report {
  return {
    good: verdict.good,
    verdict: verdictOf(verdict),
    log: [findingsOf(verdict), filesOf(verdict)],
    sessions: sessions.map((session) => ({ session, sections: sectionsOf(session) })),
  };
}

export function verdictOf({ good, findings, logs }: Verdict): string {
  const sum = (count: (log: Verdict["logs"][number]) => number) => logs.reduce((total, log) => total + count(log), 0);
  const records = plural(
    sum((log) => log.records),
    "record",
  );
  if (!good) return `NOT INTACT: ${plural(findings.length, "finding")} in ${records}`;
  const unsealed = sum((log) => log.unsealed);
  const end = unsealed > 0 ? `still open, ${plural(unsealed, "record")} since the last seal` : "closed";
  const state = logs.every((log) => log.closed) || unsealed > 0 ? end : "still open, all of it sealed";
  return `Intact: ${records}, ${plural(
    sum((log) => log.seals),
    "seal",
  )}, ${state}`;
}

const section = (
  title: string,
  columns: readonly string[],
  rows: Section["rows"],
  none: string,
  numeric: readonly number[] = [],
): Section => ({ title, columns, numeric, rows, none });

const filesOf = ({ logs }: Verdict): Section =>
  section(
    "Log files",
    ["File", "Log", "Records", "Seals", "Writers", "Last hash"],
    logs.map(({ file, id, records, seals, writers, head }) => [
      file,
      id ?? "unknown",
      number(records),
      number(seals),
      Object.entries(writers)
        .map(([writer, count]) => `${writer} ${number(count)}`)
        .join(", "),
      head,
    ]),
    "No file.",
    [2, 3],
  );

const findingsOf = ({ findings }: Verdict): Section =>
  section(
    "Verification",
    ["Place", "Finding", "Writer", "Number", "What"],
    findings.map(({ file, line, code, writer, seq, message }) => [
      `${file}:${line}`,
      code,
      writer ?? "",
      seq === undefined ? "" : String(seq),
      message,
    ]),
    "No edit, gap, reorder, truncation or replay was found.",
    [3],
  );

function sectionsOf(session: Session): Section[] {
  return [
    overviewOf(session),
    tunnelOf(session),
    shiftsOf(session),
    trafficOf(session),
    sourcesOf(session),
    rulesOf(session),
    refusalsOf(session),
    revealsOf(session),
    teardownOf(session),
    timelineOf(session),
  ];
}

function overviewOf({ from, to, started, ended }: Session): Section {
  const data = started?.data;
  const end = ended ? `${clock(ended.time)}, ${causes[ended.data.cause]}` : "not on record";
  const facts: [string, string | undefined][] = [
    ["Who", data?.who],
    ["Why", [data?.reason, data?.ticket && `[${data.ticket}]`].filter(Boolean).join(" ") || undefined],
    ["Policy", data?.policy],
    ["Policy digest", data?.policyDigest],
    ["Began", clock(started?.time ?? from)],
    ["Ended", end],
    ["Lasted", durationOf((Date.parse(ended?.time ?? to) - Date.parse(started?.time ?? from)) / 1000)],
    ["Allowed until", data && clock(data.expires)],
  ];
  return {
    ...section("Session", [], [], data ? "" : "The start of the session is not on record."),
    facts: facts.filter((fact): fact is [string, string] => fact[1] !== undefined),
  };
}

function tunnelOf({ records }: Session): Section {
  const rows = records.flatMap(({ time, event, data }): string[][] => {
    if (event === "tunnel.uplink") {
      const { who, sourceIp, node = "", tokenId = "", certificate = "" } = data;
      return [[clock(time), "opened", who, sourceIp, node, tokenId, certificate]];
    }
    if (event !== "tunnel.refused") return [];
    return [[clock(time), `refused: ${data.code}`, "", data.sourceIp ?? "", data.node ?? "", data.tokenId ?? "", ""]];
  });
  const columns = ["Time", "Tunnel", "Who", "Source IP", "Node", "Token", "Certificate"];
  return section("Tunnel uplinks", columns, rows, "No tunnel was opened or refused.");
}

function shiftsOf({ records }: Session): Section {
  const rows = having(records, "configuration.changed").map(({ time, data }) => [
    clock(time),
    data.change,
    data.resource,
    data.percent ? `${data.percent.from} % → ${data.percent.to} %` : "",
    data.policyDigest ?? "",
    data.who ?? "",
  ]);
  const columns = ["Time", "Change", "Resource", "To the tunnel", "Policy digest", "Who"];
  return section("Configuration and traffic shifts", columns, rows, "Nothing was shifted.", [3]);
}

function trafficOf({ traffic, ended }: Session): Section {
  if (!traffic) return section("Traffic at the edge", [], [], "No telemetry is on record.");
  const { requests, bytes, latency, statuses, outcomes } = traffic;
  const milliseconds = (value: number) => `${number(value)} ms`;
  const facts: [string, string][] = [
    ["Requests", number(requests)],
    ["Body bytes judged", `${bytesOf(bytes.request)} of requests, ${bytesOf(bytes.response)} of responses`],
    ["Client's side", `${bytesOf(bytes.received)} received, ${bytesOf(bytes.sent)} sent`],
  ];
  if (latency) {
    const { p50, p90, p99, max } = latency;
    const values = [`median ${milliseconds(p50)}`, `p90 ${milliseconds(p90)}`, `p99 ${milliseconds(p99)}`];
    facts.push(["Latency, worst window", `${values.join(", ")}, longest ${milliseconds(max)}`]);
  }
  if (ended) {
    const forwarded = plural(outcomes.forwarded ?? 0, "forwarded request");
    facts.push([
      "Count of the tunnel itself",
      `${plural(ended.data.requests, "request")}; telemetry tells of ${forwarded}`,
    ]);
  }
  const counted = (what: string, counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => [what, name === "0" ? "none sent" : name, number(count)]);
  const rows = [...counted("status", statuses), ...counted("outcome", outcomes)];
  return { ...section("Traffic at the edge", ["Kind", "Code", "Requests"], rows, "No request passed.", [2]), facts };
}

/** What the telemetry was made from: an auditor can ask for these files and hash them. */
function sourcesOf({ records }: Session): Section {
  const rows = having(records, "edge.ingested").map(({ time, writer, data }) => [
    clock(time),
    writer,
    number(data.bytes),
    data.digest,
    number(data.lines),
    number(data.inactive),
    number(data.foreign),
    number(data.unrelated ?? 0),
    number(data.unreadable),
  ]);
  const columns = [
    "Time",
    "Gateway",
    "Bytes",
    "Digest of them",
    "New lines",
    "Inactive",
    "Other sessions",
    "Other logs",
    "Unreadable",
  ];
  return section("Access logs read", columns, rows, "No access log was read.", [2, 4, 5, 6, 7, 8]);
}

function rulesOf({ traffic }: Session): Section {
  const rows = Object.entries(traffic?.rules ?? {}).map(([name, { values, action = "", clauses }]) => [
    name,
    action,
    number(values),
    clauses.join(", "),
  ]);
  return section("Redactions by rule", ["Rule", "Action", "Values", "Clauses"], rows, "No rule acted on a value.", [2]);
}

function refusalsOf({ counted }: Session): Section {
  const rows = having(counted, "edge.refused").map(({ data: { code, status, rule, count, from, to } }) => [
    `${clock(from)} – ${clock(to)}`,
    code,
    rule ?? "",
    status === undefined ? "" : String(status),
    number(count),
  ]);
  return section("Refusals", ["When", "Code", "Rule", "Status", "Messages"], rows, "Nothing was refused.", [3, 4]);
}

function revealsOf({ counted }: Session): Section {
  const rows = having(counted, "reveal").map(({ time, data }) => [
    data.from === undefined ? clock(time) : `${clock(data.from)} – ${clock(data.to ?? time)}`,
    data.who,
    data.decision + (data.code === undefined ? "" : `: ${data.code}`),
    data.rule ?? "",
    number(data.values),
    data.reason,
    data.ticket ?? "",
  ]);
  const columns = ["Time", "Who", "Decision", "Rule", "Values", "Reason", "Ticket"];
  return section("Reveals", columns, rows, "Nothing was revealed or denied.", [4]);
}

function teardownOf({ ended, records }: Session): Section {
  const drops = having(records, "sink.dropped").map(({ data }): [string, string] => [
    `Not sent to ${data.sink}`,
    `${plural(data.count, "record")}, ${data.cause.replace("_", " ")}`,
  ]);
  if (!ended) return { ...section("Teardown", [], [], "No teardown is on record."), facts: drops };
  const { cause, who, requests, bytes, credentials } = ended.data;
  return {
    ...section(
      "Teardown",
      ["Credential", "Id", "Refused from now on"],
      credentials.map(({ kind, id, revoked }) => [kind, id, revoked ? "yes, tried" : "NO"]),
      "No credential was revoked.",
    ),
    facts: [
      ["Cause", causes[cause] + (who === undefined ? "" : `, by ${who}`)],
      ["Requests", number(requests)],
      ["Into the tunnel", `${bytesOf(bytes.toTunnel)} (${number(bytes.toTunnel)} B)`],
      ["Out of the tunnel", `${bytesOf(bytes.fromTunnel)} (${number(bytes.fromTunnel)} B)`],
      ...drops,
    ],
  };
}

const timelineOf = ({ records }: Session): Section =>
  section(
    "Every record",
    ["Time", "Writer", "No.", "Event", "What"],
    records.map((record) => [clock(record.time), record.writer, String(record.seq), record.event, sentenceOf(record)]),
    "No record.",
    [2],
  );

/** As in the record, to the second where it is even. */
const clock = (time: string): string => time.replace("T", " ").replace(/(\.000)?Z$/, " UTC");
