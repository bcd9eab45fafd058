// What a real Envoy tells of the filter: fields of its access log, and metrics with their labels.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessLogEntry } from "../../scripts/audit/access-log/format.ts";
import { readAccessLog } from "../../scripts/audit/access-log/read.ts";
import { AuditLog } from "../../scripts/audit/log.ts";
import { verify } from "../../scripts/audit/verify.ts";
import { METRICS, prometheusName, statsTags } from "../../scripts/host/stats.ts";
import { forgeries, missed } from "../fuzz/audit.ts";
import { active, cardPolicy, compile, json, order, type placements, TestGateway } from "../support/envoy.ts";
import { type Sample, samplesOf } from "../support/prometheus.ts";
import { key, keyText, writeSession } from "../unit/audit/support.ts";
import { frostglass } from "../unit/cli/support.ts";

const policy = {
  ...cardPolicy,
  rules: [
    ...cardPolicy.rules,
    { name: "never", select: "json:$.forbidden", action: "block" },
    { name: "answer.card", on: "response", select: "json:$..number", action: "redact" },
    { name: "note", select: "json:$.note", action: { tokenize: { format: "opaque" } } },
    { name: "answer.note", on: "response", select: "json:$.note", action: { reveal: "note" } },
  ],
};
const digest = `sha256:${createHash("sha256").update(compile(policy).binary).digest("hex")}`;
const settings: typeof placements = [
  { attachment: "downstream", protocol: "http1" },
  { attachment: "upstream", protocol: "http1" },
  { attachment: "downstream", protocol: "http2" },
];

describe.each(settings)("$attachment, $protocol", ({ attachment, protocol }) => {
  const folder = mkdtempSync(join(tmpdir(), "frostglass-access-"));
  const path = join(folder, "access.ndjson");
  const secret = "4111111111111111";
  /** A card number, and a token that nobody made. */
  const answer = `{"number":"${secret}","note":"fg1.k0.${"A".repeat(22)}"}`;
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await TestGateway.start({
      policy,
      attachment,
      protocol,
      accessLog: [accessLogEntry(path)],
      statsConfig: { stats_tags: statsTags().map((tag) => ({ ...tag })) },
    });
    gateway.production.reply = () => ({ headers: [json], body: Buffer.from(answer) });
    const send = (body: string, ...headers: [string, string][]) =>
      gateway.send({
        method: "POST",
        path: `/pay?card=${secret}`,
        headers: [json, ...headers],
        body: Buffer.from(body),
      });
    expect((await send(order, active)).status).toBe(200);
    expect((await send('{"forbidden":1}', active)).status).toBe(403);
    expect((await send("{", active)).status).toBe(400);
    expect((await send(order)).status).toBe(200);
  });
  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Envoy writes its file log every ten seconds, and when it is told to reopen it. */
  async function accessLog(): Promise<Record<string, unknown>[]> {
    for (let wait = 0; wait < 200; wait++) {
      await gateway.envoy.admin("/reopen_logs", "POST");
      const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
      if (lines.length === 4) return lines.map((line) => JSON.parse(line));
      await sleep(50);
    }
    throw new Error("the access log has not four lines");
  }

  test("the access log says what the filter did, and holds no value", async () => {
    const [forwarded, blocked, broken, inactive] = await accessLog();
    expect(forwarded).toMatchObject({
      "http.response.status_code": 200,
      "frostglass.policy": "t",
      "frostglass.policy.digest": digest,
      "frostglass.session.hash": createHash("sha256").update(active[1]).digest("hex").slice(0, 16),
      "frostglass.outcome": "forwarded",
      "frostglass.rule": null,
      "frostglass.rules": "cvv=1,mail=1,answer.card=1",
      "frostglass.request.body_bytes": String(order.length),
      "frostglass.revealed": "",
      "frostglass.denied": "answer.note=1",
      "frostglass.response.body_bytes": String(answer.length),
    });
    expect(blocked).toMatchObject({
      "http.response.status_code": 403,
      "frostglass.outcome": "rule_block",
      "frostglass.rule": "never",
    });
    expect(broken).toMatchObject({ "frostglass.outcome": "json_syntax", "frostglass.rule": null });
    expect(inactive).toMatchObject({ "http.response.status_code": 200, "frostglass.outcome": null });
    expect(readFileSync(path, "utf8")).not.toMatch(/4111|example\.org/);
  });

  test("which becomes telemetry of the audit log", async () => {
    await accessLog();
    const { entries, inactive, unreadable } = readAccessLog(readFileSync(path, "utf8"), { window: 86_400 });
    const [telemetry, ...refused] = entries.map(({ data }) => data);
    expect({ inactive, unreadable }).toEqual({ inactive: 1, unreadable: 0 });
    expect(telemetry).toMatchObject({
      policy: "t",
      policyDigest: digest,
      requests: 3,
      statuses: { "200": 1, "400": 1, "403": 1 },
      outcomes: { forwarded: 1, rule_block: 1, json_syntax: 1 },
      rules: { cvv: { values: 1 }, mail: { values: 1 }, "answer.card": { values: 1 } },
    });
    expect(refused).toMatchObject([
      { code: "rule_block", rule: "never", status: 403, count: 1 },
      { code: "json_syntax", status: 400, count: 1 },
      { decision: "denied", rule: "answer.note", values: 1 },
    ]);
  });

  test("and a chained, sealed log, of which every forgery is found", async () => {
    await accessLog();
    const log = join(folder, "audit.ndjson");
    const part = join(folder, "part.ndjson");
    const ingest = async () => {
      const args = ["audit", "ingest", part, "--log", log, "--writer", "gw-1", "--window", "0.001", "--json"];
      return JSON.parse((await frostglass(args, { environment: { FROSTGLASS_AUDIT_KEY: keyText } })).out);
    };
    const whole = readFileSync(path);
    // The gateway goes on writing: the first run sees a line and a piece of the next.
    writeFileSync(part, whole.subarray(0, whole.indexOf(0x0a) + 20));
    expect(await ingest()).toMatchObject({ lines: 1, unreadable: 0 });
    writeFileSync(part, whole);
    expect(await ingest()).toMatchObject({ lines: 3, inactive: 1, unreadable: 0 });
    await (await AuditLog.open(log, { writer: "auditor", key })).close({ final: true });

    const other = join(folder, "other.ndjson");
    await writeSession(other, { session: "s-2" });
    const target = { bytes: readFileSync(log), other: readFileSync(other), session: "s-1", key };
    expect(verify([{ name: "log", bytes: target.bytes }], { keys: [key] })).toMatchObject({ good: true, findings: [] });
    expect(forgeries(target, 1000, 6).flatMap((forgery) => missed(target, forgery) ?? [])).toEqual([]);
  });

  // Envoy 1.36 says of an upstream filter which cluster it stands in; later versions do not.
  function withoutCluster(sample: Sample): Sample {
    const { envoy_cluster_name, frostglass_cluster, ...labels } = sample.labels;
    expect(frostglass_cluster).toBe(envoy_cluster_name);
    return { ...sample, labels };
  }

  // A worker hands its counts to the admin thread now and then; a busy machine takes its time.
  async function samplesWithRequests() {
    for (;;) {
      const samples = samplesOf(await gateway.envoy.admin("/stats/prometheus")).map(withoutCluster);
      const requests = samples.filter(({ name }) => name === "frostglass_requests_total");
      if (requests.reduce((sum, { value }) => sum + value, 0) >= 3) return samples;
      await sleep(50);
    }
  }

  test("metrics have labels at /stats/prometheus", async () => {
    const samples = await samplesWithRequests();
    const labels = { frostglass_policy: "t" };
    for (const [name, own, value] of [
      ["requests_total", { outcome: "forwarded" }, 1],
      ["requests_total", { outcome: "rule_block" }, 1],
      ["requests_total", { outcome: "upgrade" }, 0],
      ["values_total", { action: "strip", rule: "cvv" }, 1],
      ["values_total", { action: "redact", rule: "answer.card" }, 1],
      ["values_total", { action: "reveal", rule: "answer.note" }, 0],
      ["reveals_denied_total", { rule: "answer.note" }, 1],
      ["body_bytes_total", { direction: "response" }, answer.length],
    ] as const) {
      const prefixed = Object.entries(own).map(([label, text]) => [`frostglass_${label}`, text]);
      expect(samples).toContainEqual({
        name: `frostglass_${name}`,
        labels: { ...labels, ...Object.fromEntries(prefixed) },
        value,
      });
    }
    const memory = samples.find(({ name }) => name === "frostglass_vm_memory_bytes");
    // Two machines, the main thread's and the worker's.
    expect(memory?.value).toBeGreaterThanOrEqual(2 * 65_536);
    const names = new Set(samples.map(({ name }) => name.replace(/_(bucket|sum|count)$/, "")));
    expect([...names].sort()).toEqual(Object.values(METRICS).map(prometheusName).sort());
  });
});
