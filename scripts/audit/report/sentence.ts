/**
 * Each record in one sentence of plain words, for every format.
 *
 * Invariant: names, codes, counts and reasons of operators; the schema keeps everything else out of a record.
 */
import type { AuditRecord } from "../record.ts";

const changes = {
  shift: "Traffic shifted to the tunnel",
  unshift: "Traffic shifted back",
  policy: "Policy pushed",
  filter: "Filter changed",
  drain: "Drained",
} as const;

export const causes = {
  signed_off: "signed off",
  expired: "expired",
  error_rate: "ended by its error rate",
  not_ready: "ended because the hotfix was not ready",
  cancelled: "cancelled",
  failed: "failed",
} as const;

export function sentenceOf(record: AuditRecord): string {
  switch (record.event) {
    case "log.opened":
      return `Log opened by ${record.data.tool}`;
    case "log.recovered":
      return `An unfinished line of ${plural(record.data.bytes, "byte")} was removed`;
    case "log.sealed":
      return `${record.data.final ? "Log closed" : "Sealed"}: ${plural(record.data.count, "record")}, key ${record.data.keyId}`;
    case "session.started": {
      const { who, policy, expires, reason, ticket } = record.data;
      return `Session started by ${who} under policy ${policy}, until ${expires}${because(reason, ticket)}`;
    }
    case "tunnel.uplink": {
      const { who, sourceIp, node } = record.data;
      return `Tunnel opened by ${who} from ${sourceIp}${node === undefined ? "" : `, node ${node}`}`;
    }
    case "tunnel.refused": {
      const { code, sourceIp } = record.data;
      return `Tunnel refused${sourceIp === undefined ? "" : ` to ${sourceIp}`}: ${code}`;
    }
    case "configuration.changed": {
      const { change, resource, percent, policyDigest, who } = record.data;
      const share = percent === undefined ? "" : `, ${percent.from} % to ${percent.to} %`;
      const policy = policyDigest === undefined ? "" : `, policy ${shortOf(policyDigest)}`;
      return `${changes[change]}: ${resource}${share}${policy}${who === undefined ? "" : `, by ${who}`}`;
    }
    case "edge.telemetry": {
      const values = Object.values(record.data.rules).reduce((sum, rule) => sum + rule.values, 0);
      return `${plural(record.data.requests, "request")} passed the edge, ${plural(values, "value")} replaced`;
    }
    case "edge.refused": {
      const { code, count, rule, status } = record.data;
      const what = `${plural(count, "message")} refused: ${code}${rule === undefined ? "" : `, rule ${rule}`}`;
      return status === undefined ? what : `${what}, answered ${status}`;
    }
    case "edge.ingested": {
      const { lines, records, unrelated = 0, unreadable } = record.data;
      const others = unrelated === 0 ? "" : `; ${number(unrelated)} of another log`;
      const left = unreadable === 0 ? "" : `; ${number(unreadable)} could NOT be read`;
      return `${plural(lines, "line")} of the edge's access log became ${plural(records, "record")}${others}${left}`;
    }
    case "reveal": {
      const { who, decision, values, rule, reason, ticket, code } = record.data;
      if (record.data.from !== undefined) {
        const how = decision === "granted" ? "turned back by" : "NOT turned back by";
        return `${plural(values, "token")} ${how} the gateway${rule === undefined ? "" : `, rule ${rule}`}`;
      }
      const what = decision === "granted" ? `${plural(values, "value")} revealed to` : "Reveal denied to";
      const of = rule === undefined ? "" : ` of rule ${rule}`;
      return `${what} ${who}${of}${code === undefined ? "" : ` (${code})`}${because(reason, ticket)}`;
    }
    case "session.ended": {
      const { cause, requests, bytes, credentials } = record.data;
      const revoked = credentials.filter((credential) => credential.revoked).length;
      const left = revoked === credentials.length ? "" : `, ${credentials.length - revoked} NOT revoked`;
      return (
        `Session ${causes[cause]}: ${plural(requests, "request")}, ${bytesOf(bytes.toTunnel)} into the tunnel, ` +
        `${bytesOf(bytes.fromTunnel)} out of it, ${plural(revoked, "credential")} revoked${left}`
      );
    }
    case "sink.dropped": {
      const { sink, count, cause } = record.data;
      return `Sink ${sink} did not get ${plural(count, "record")}: ${cause.replace("_", " ")}`;
    }
  }
}

const because = (reason: string | undefined, ticket: string | undefined): string =>
  `${reason === undefined ? "" : `, because: ${reason}`}${ticket === undefined ? "" : ` [${ticket}]`}`;

export const plural = (count: number, noun: string): string => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Digits in groups of three, the same everywhere. */
export const number = (value: number): string =>
  Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f") : String(Math.round(value * 100) / 100);

export const shortOf = (digest: string): string => digest.replace(/^(sha256:)?(.{12}).*$/, "$1$2…");

export function bytesOf(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = count;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `1 h 2 min 3 s`. */
export function durationOf(seconds: number): string {
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "min"],
    [whole % 60, "s"],
  ];
  const text = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`);
  return text.join(" ") || "0 s";
}
