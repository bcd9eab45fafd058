// Lines of one name: where Envoy joins them depends on what they stand in, and the embedded host joins the same.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvoyEngine } from "../../scripts/envoy/engine.ts";
import {
  type Exchange,
  type ExchangeResult,
  type Pair,
  type Plugin,
  runExchange,
  Vm,
} from "../../scripts/host/index.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { compile } from "../support/envoy.ts";

const policy = compile({
  name: "repeated",
  activation: { verify: "presence", always: true },
  unsupported: "pass",
  rules: [{ name: "note", on: ["request", "response"], select: "header:x-note", action: "strip" }],
});

/** All that Envoy has one place for in headers of requests, of answers, or in trailers, but for what frames a connection, and some more. */
const names = [
  "accept accept-encoding accept-language access-control-allow-credentials access-control-allow-headers",
  "access-control-allow-methods access-control-allow-origin access-control-allow-private-network",
  "access-control-expose-headers access-control-max-age access-control-request-headers access-control-request-method",
  "access-control-request-private-network age authorization cache-control content-encoding content-md5 content-type cookie",
  "date etag expires forwarded grpc-accept-encoding grpc-encoding grpc-message grpc-status grpc-timeout if-match",
  "if-modified-since if-none-match if-range if-unmodified-since last-modified location origin pragma proxy-status range",
  "referer server set-cookie user-agent vary via warning x-client-trace-id x-envoy-attempt-count",
  "x-envoy-decorator-operation x-envoy-degraded x-envoy-external-address x-envoy-original-host x-envoy-original-path",
  "x-envoy-ratelimited x-envoy-upstream-service-time x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto",
  "x-request-id x-twice",
].flatMap((line) => line.split(" "));

type Lines = Partial<Pick<Exchange["request"], "headers" | "trailers">>;

const foreign: Pair = ["content-type", "application/octet-stream"];
const body = new Uint8Array(Buffer.from("a"));
const message = ({ headers = [], trailers }: Lines) => ({
  headers: headers.some(([name]) => name === foreign[0]) ? headers : [foreign, ...headers],
  body,
  ...(trailers && { trailers }),
});
const exchange = (request: Lines, response: Lines): Exchange => ({
  request: { method: "POST", path: "/", ...message(request) },
  response: { status: 200, ...message(response) },
});

const places: [string, (lines: Pair[]) => Exchange][] = [
  ["headers of a request", (headers) => exchange({ headers }, {})],
  ["trailers of a request", (trailers) => exchange({ headers: [["trailer", trailers[0]![0]]], trailers }, {})],
  ["headers of an answer", (headers) => exchange({}, { headers })],
  ["trailers of an answer", (trailers) => exchange({}, { trailers })],
];

/** The lines of the name, wherever they have come. */
const linesOf = ({ outcome, request, response }: ExchangeResult, name: string) => {
  const all = [request?.headers, request?.trailers, response?.headers, response?.trailers];
  return [outcome, ...all.map((lines) => lines?.filter(([one]) => one === name).map(([, value]) => value))];
};

describe("a name that comes twice", () => {
  let engine: EnvoyEngine;
  let plugin: Plugin;
  beforeAll(async () => {
    engine = await EnvoyEngine.start(policy, { version: process.env.FROSTGLASS_ENVOY });
    plugin = new Vm(new WebAssembly.Module(readFileSync(wasmPath))).plugin("repeated", policy.binary);
  });
  afterAll(() => engine?.stop());

  test.each(places)("in %s", async (_, of) => {
    const here: Record<string, unknown> = {};
    const there: Record<string, unknown> = {};
    for (const name of names) {
      const given = of([
        [name, "v1"],
        [name, "v2"],
      ]);
      here[name] = linesOf(runExchange(plugin, given, { holdHeaders: true }), name);
      there[name] = linesOf(await engine.run(given), name);
    }
    expect(here).toEqual(there);
  });
});
