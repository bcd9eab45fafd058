// Envoy's OpenTelemetry and gRPC loggers carry what the filter tells, as its file logger does.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIELDS, grpcEntry, openTelemetryEntry } from "../../scripts/audit/access-log/format.ts";
import { active, cardPolicy, json, order, TestGateway } from "../support/envoy.ts";
import { GrpcSink } from "../support/grpc-sink.ts";

const secret = "4111111111111111";
let sink: GrpcSink;
let gateway: TestGateway;

beforeAll(async () => {
  sink = await GrpcSink.start();
  const service = { google_grpc: { target_uri: `127.0.0.1:${sink.port}`, stat_prefix: "sink" } };
  gateway = await TestGateway.start({
    policy: cardPolicy,
    attachment: "downstream",
    protocol: "http1",
    accessLog: [openTelemetryEntry(service), grpcEntry(service)],
  });
  const send = (body: string) =>
    gateway.send({ method: "POST", path: `/pay?card=${secret}`, headers: [json, active], body: Buffer.from(body) });
  expect((await send(order)).status).toBe(200);
  expect((await send("{")).status).toBe(400);
});
afterAll(async () => {
  await gateway?.stop();
  await sink?.stop();
});

/** Envoy sends its logs every second. */
async function logged(path: string, last: string): Promise<string> {
  for (;;) {
    const text = sink.received.get(path)?.toString("latin1") ?? "";
    if (text.includes(last)) return text;
    await sleep(50);
  }
}

test("OpenTelemetry: attributes by their names, and no value", async () => {
  const text = await logged("/opentelemetry.proto.collector.logs.v1.LogsService/Export", "json_syntax");
  for (const name of Object.keys(FIELDS).filter((name) => name !== "time")) expect(text).toContain(name);
  for (const value of ["forwarded", "json_syntax", "cvv=1,mail=1"]) expect(text).toContain(value);
  expect(text).not.toContain(secret);
});

test("gRPC: filter state by its names", async () => {
  const text = await logged("/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs", "json_syntax");
  for (const name of ["outcome", "policy", "rules", "request_bytes"]) expect(text).toContain(`wasm.frostglass.${name}`);
  for (const value of ["forwarded", "cvv=1,mail=1"]) expect(text).toContain(value);
});
