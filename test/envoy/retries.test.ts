// A request that Envoy tries again, with the filter in the upstream chain: each attempt is the same to the tunnel, and
// none is a way around the policy. The router gives every attempt the headers as the last one left them.
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { bootstrap, cluster, listener } from "../../scripts/envoy/config.ts";
import type { ClientRequest } from "../../scripts/envoy/message.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { type Received, Upstream } from "../../scripts/envoy/upstream.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { compile, envoyBinary, header, json, testKey } from "../support/envoy.ts";
import { mintTestToken } from "../support/session-tokens.ts";

const attempts = 3;
const email = "ann.lee@example.org";
const pan = "4111111111111111";
const body = JSON.stringify({ card: { number: pan, cvc: "123" }, note: null });
const token = { tokenize: { format: "pan", keepFirst: 6, luhn: "valid" } };
const rules = [
  { name: "pan", select: ["json:$.card.number", "query:pan", "cookie:pan"], action: token },
  { name: "cvv", select: "json:$.card.cvc", action: "strip" },
  { name: "mail", select: "header:x-user-email", action: { tokenize: { format: "email" } } },
  { name: "trailer", select: "header:x-checked-by", action: { tokenize: { format: "email" } } },
];
const tokenKey = "f0".repeat(32);
const jwt = { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: "edge" };

const activations: [string, object, () => Promise<[string, string][]>][] = [
  ["by header", { verify: "presence" }, async () => [["x-emergency-tunnel", "laptop-1"]]],
  [
    "by header, in a cluster of its own",
    { verify: "presence", clusters: ["tunnel"] },
    async () => [["x-emergency-tunnel", "laptop-1"]],
  ],
  ["by cluster", { clusters: ["tunnel"] }, async () => []],
  [
    "by token",
    { verify: "jwt", jwt, clusters: ["tunnel"], sessionHeader: "x-session" },
    async () => [
      [
        "x-emergency-tunnel",
        await mintTestToken(Buffer.from(tokenKey, "hex"), "HS256", {
          session: "incident-1",
          policy: "t",
          audience: "edge",
        }),
      ],
    ],
  ],
];

describe.each(activations)("active %s", (_, activation, session) => {
  let envoy: EnvoyProcess;
  let tunnel: Upstream;
  let port: number;

  beforeAll(async () => {
    tunnel = await Upstream.start("http1");
    const filter = filterOf(
      compile({ name: "t", activation, rules, compressed: "decode", unsupported: "empty" }),
      wasmPath,
    );
    const retry = { retry_on: "5xx,reset", num_retries: attempts - 1 };
    const route = { match: { prefix: "/" }, route: { cluster: "tunnel", timeout: "0s", retry_policy: retry } };
    const config = bootstrap(
      [listener("gateway", [], {}, [route])],
      [cluster("tunnel", { port: tunnel.port, protocol: "http1" }, filter)],
    );
    const environment = { FROSTGLASS_KEY: testKey, FROSTGLASS_TOKEN_KEY: tokenKey };
    envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config, environment });
    port = await envoy.port();
  });
  afterAll(async () => {
    await envoy?.stop();
    await tunnel?.close();
  });
  beforeEach(() => {
    let count = 0;
    tunnel.received.length = 0;
    tunnel.reply = () => ({ status: ++count % attempts === 0 ? 200 : 503 });
  });

  const send = async (request: ClientRequest = {}) =>
    sendTo("http1", port, {
      path: `/orders?pan=${pan}`,
      body: Buffer.from(body),
      ...request,
      headers: [
        ...(request.headers?.some(([name]) => name === "content-type") ? [] : [json]),
        ["x-user-email", email],
        ["cookie", `a=b; pan=${pan}`],
        ...(await session()),
        ...(request.headers ?? []),
      ],
    });
  const whole = ({ path, headers, body, trailers }: Received) =>
    JSON.stringify([path, headers.filter(([name]) => name !== "x-envoy-attempt-count"), body.toString(), trailers]);

  test("each attempt is anonymized, and the same as the first", async () => {
    expect((await send()).status).toBe(200);
    expect(tunnel.received).toHaveLength(attempts);
    expect(new Set(tunnel.received.map(whole)).size).toBe(1);
    const [first] = tunnel.received;
    expect(whole(first!)).not.toContain(pan);
    expect(whole(first!)).not.toContain(email);
    expect(first!.body.toString()).toMatch(/^\{"card":\{"number":"411111\d{10}"\},"note":null\}$/);
    // A token stands for the original, not for another token: in every place the same.
    const number = JSON.parse(first!.body.toString()).card.number;
    expect(first!.path).toBe(`/orders?pan=${number}`);
    expect(header(first!.headers, "cookie")).toBe(`a=b; pan=${number}`);
    expect(header(first!.headers, "x-emergency-tunnel")).toBeUndefined();
  });

  test("a compressed body is decoded in each attempt", async () => {
    const request = { headers: [["content-encoding", "gzip"]] as [string, string][], body: gzipSync(body) };
    expect((await send(request)).status).toBe(200);
    expect(new Set(tunnel.received.map(whole)).size).toBe(1);
    expect(tunnel.received[2]!.body.toString()).toMatch(/"number":"411111\d{10}"/);
  });

  test("trailers are the same in each attempt", async () => {
    const request = { trailers: [["x-checked-by", email]] as [string, string][] };
    expect((await send(request)).status).toBe(200);
    expect(tunnel.received).toHaveLength(attempts);
    expect(new Set(tunnel.received.map(whole)).size).toBe(1);
    expect(tunnel.received[2]!.trailers.map(([, value]) => value).join()).toMatch(/@/);
    expect(whole(tunnel.received[2]!)).not.toContain(email);
  });

  test.each([
    ["that is an image", "image/png", Buffer.from("89504e470d0a1a0a", "hex")],
    // Emptied once, it must not be taken for JSON, of which most goes on as it is.
    ["that looks like JSON", "text/plain", Buffer.from(`{"customer":"${email}"}`)],
    ["of JSON in another charset", "application/json; charset=utf-16", Buffer.from(`{"customer":"${email}"}`)],
  ])("a body %s is emptied in each attempt, measured or not", async (_title, type, foreign) => {
    for (const length of [[], [["content-length", String(foreign.length)]]] as [string, string][][]) {
      tunnel.received.length = 0;
      const request = { headers: [["content-type", type], ...length] as [string, string][], body: foreign };
      expect((await send(request)).status).toBe(200);
      expect(tunnel.received).toHaveLength(attempts);
      expect(new Set(tunnel.received.map(whole)).size).toBe(1);
      for (const { body, headers } of tunnel.received) {
        expect(body).toHaveLength(0);
        expect(header(headers, "content-length")).toBe(length.length === 0 ? undefined : "0");
      }
    }
  });

  test("a request is not taken for another one's next attempt", async () => {
    await send();
    const before = tunnel.received.length;
    expect((await send({ headers: [["x-user-email", "ben@example.org"]] })).status).toBe(200);
    for (const each of tunnel.received.slice(before)) expect(whole(each)).not.toContain("ben@");
  });
});
