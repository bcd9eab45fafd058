/**
 * Records as log records of OTLP/HTTP in its JSON encoding (opentelemetry-proto, logs/v1; 64-bit numbers as text).
 *
 * The body is the line of the file, byte for byte, so that what a collector kept can be verified like the file.
 */
import { packageVersion } from "../../wasm.ts";
import { canonical } from "../canonical.ts";
import type { AuditRecord } from "../record.ts";

/** Members with a name in the semantic conventions, or one that metrics use too; others get one in our namespace. */
const attributeNames: Record<string, string> = {
  who: "user.id",
  sourceIp: "source.address",
  policy: "frostglass.policy",
  policyDigest: "frostglass.policy.digest",
  rule: "frostglass.rule",
  code: "frostglass.code",
  status: "http.response.status_code",
};

export interface LogsRequest {
  resourceLogs: {
    resource: { attributes: Attribute[] };
    scopeLogs: { scope: { name: string; version: string }; logRecords: LogRecord[] }[];
  }[];
}

interface LogRecord {
  timeUnixNano: string;
  severityNumber: number;
  severityText: string;
  eventName: string;
  body: Value;
  attributes: Attribute[];
}

type Value = { stringValue: string } | { intValue: string } | { doubleValue: number } | { boolValue: boolean };
type Attribute = { key: string; value: Value };

export function logsRequest(records: readonly AuditRecord[]): LogsRequest {
  const scope = { name: "frostglass.audit", version: packageVersion() };
  return {
    resourceLogs: [
      {
        resource: { attributes: [attribute("service.name", "frostglass")] },
        scopeLogs: [{ scope, logRecords: records.map(logRecord) }],
      },
    ],
  };
}

function logRecord(record: AuditRecord): LogRecord {
  const isWarning = warns(record);
  const members = Object.entries(record.data).filter(([, value]) => typeof value !== "object");
  return {
    timeUnixNano: `${Date.parse(record.time)}000000`,
    severityNumber: isWarning ? 13 : 9,
    severityText: isWarning ? "WARN" : "INFO",
    eventName: `frostglass.${record.event}`,
    body: { stringValue: canonical(record) },
    attributes: [
      attribute("frostglass.audit.writer", record.writer),
      attribute("frostglass.audit.seq", record.seq),
      attribute("frostglass.audit.hash", record.hash),
      ...(record.session === undefined ? [] : [attribute("session.id", record.session)]),
      ...members.map(([name, value]) => attribute(attributeNames[name] ?? `frostglass.audit.${snake(name)}`, value)),
    ],
  };
}

function attribute(key: string, value: string | number | boolean): Attribute {
  if (typeof value === "string") return { key, value: { stringValue: value } };
  if (typeof value === "boolean") return { key, value: { boolValue: value } };
  return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function warns({ event, data }: AuditRecord): boolean {
  if (event === "reveal") return data.decision === "denied";
  return (
    event === "tunnel.refused" || event === "edge.refused" || event === "sink.dropped" || event === "log.recovered"
  );
}
