/**
 * The log of a whole session, as commands write it: what the tests of the audit log start from.
 *
 * The clock and the random id are the only things that differ between two logs.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditLog, type LogOptions } from "../../../scripts/audit/log.ts";
import { SealKey } from "../../../scripts/audit/seal.ts";

export const keyText = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
export const key = SealKey.parse(keyText);
export const digest = `sha256:${"ab".repeat(32)}`;

/** Ten seconds a record, from a fixed day on. */
export function ticking(from = "2026-03-02T14:05:00.000Z"): () => Date {
  let time = Date.parse(from);
  return () => {
    const now = new Date(time);
    time += 10_000;
    return now;
  };
}

/** A folder for logs; the caller removes it with `remove`. */
export function logFolder() {
  const folder = mkdtempSync(join(tmpdir(), "frostglass-audit-"));
  const path = (name: string) => join(folder, name);
  return {
    path,
    read: (name: string) => ({ name, bytes: readFileSync(path(name)) }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Plays a session into the file: two writers, telemetry, refusals, a reveal, teardown. */
export async function writeSession(file: string, options: Partial<LogOptions> & { session: string }): Promise<void> {
  const now = options.now ?? ticking();
  const shared = { key, now, sealEvery: 8, ...options };
  const session = await AuditLog.open(file, { writer: "session", ...shared });
  await session.append("session.started", {
    who: "ann@example.org",
    policy: "checkout",
    policyDigest: digest,
    expires: "2026-03-02T14:50:00.000Z",
    reason: "Checkout fails for orders without a postal code",
    ticket: "INC-4711",
  });
  await session.append("tunnel.refused", { code: "token_expired", sourceIp: "198.51.100.23", node: "laptop-1" });
  await session.append("tunnel.uplink", {
    who: "ann@example.org",
    sourceIp: "203.0.113.7",
    node: "laptop-1",
    cluster: "tunnel",
    tokenId: "01JQX5T1V3",
    certificate: `sha256:${"cd".repeat(32)}`,
  });
  for (const [from, to] of [
    [0, 1],
    [1, 100],
  ] as const) {
    await session.append("configuration.changed", {
      change: "shift",
      resource: "route/checkout",
      who: "ann@example.org",
      percent: { from, to },
      policy: "checkout",
      policyDigest: digest,
    });
  }
  const edge = await AuditLog.open(file, { writer: "edge-1", ...shared });
  for (let window = 0; window < 6; window++) await edge.append("edge.telemetry", telemetry(window));
  await edge.append("edge.refused", {
    policy: "checkout",
    code: "json_syntax",
    status: 400,
    count: 3,
    from: "2026-03-02T14:06:00.000Z",
    to: "2026-03-02T14:07:00.000Z",
  });
  await edge.append("edge.refused", {
    policy: "checkout",
    code: "rule_block",
    rule: "never",
    status: 403,
    count: 1,
    from: "2026-03-02T14:06:00.000Z",
    to: "2026-03-02T14:07:00.000Z",
  });
  await edge.close();
  const reveal = await AuditLog.open(file, { writer: "reveal", ...shared });
  await reveal.append("reveal", {
    who: "bob@example.org",
    reason: "Fraud desk asked for one order",
    ticket: "FD-12",
    policy: "checkout",
    rule: "pan",
    decision: "granted",
    values: 1,
  });
  await reveal.append("reveal", {
    who: "eve@example.org",
    reason: "Curious",
    policy: "checkout",
    rule: "pan",
    decision: "denied",
    code: "not_authorized",
    values: 0,
  });
  await reveal.close();
  await session.append("configuration.changed", {
    change: "unshift",
    resource: "route/checkout",
    who: "ann@example.org",
    percent: { from: 100, to: 0 },
    policy: "checkout",
    policyDigest: digest,
  });
  await session.append("session.ended", {
    cause: "signed_off",
    who: "ann@example.org",
    seconds: 210,
    requests: 6330,
    bytes: { toTunnel: 5_100_200, fromTunnel: 2_400_100 },
    credentials: [
      { kind: "token", id: "01JQX5T1V3", revoked: true },
      { kind: "certificate", id: "4f:a1:09", revoked: true },
    ],
  });
  await session.close({ final: true });
}

function telemetry(window: number) {
  const minute = (at: number) => `2026-03-02T14:0${6 + Math.floor(at / 6)}:${at % 6}0.000Z`;
  const requests = [40, 1200, 1350, 1290, 1310, 1140][window]!;
  return {
    policy: "checkout",
    policyDigest: digest,
    from: minute(window),
    to: minute(window + 1),
    requests,
    statuses: { "200": requests - 4, "400": 3, "403": 1 },
    outcomes: { forwarded: requests - 4, json_syntax: 3, rule_block: 1 },
    latency: { p50: 4 + window, p90: 9, p99: 21.5, max: 80 + window },
    bytes: { request: requests * 800, response: requests * 380, received: requests * 1200, sent: requests * 700 },
    rules: {
      pan: { values: requests, action: "tokenize", clauses: ["PCI DSS 3.4.1", "PCI DSS 6.5.5"] },
      cvv: { values: requests, action: "strip", clauses: ["PCI DSS 3.3.1"] },
      mail: { values: requests * 2, action: "redact" },
    },
  };
}
