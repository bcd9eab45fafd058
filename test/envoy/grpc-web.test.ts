// Clients of gRPC-Web with a real Envoy between them and a service: @connectrpc/connect-web on one side and connect-node on the
// other, and the text form, which Envoy's own grpc_web filter reads behind this one.
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, type DescService, fromJson, type JsonObject, toJson } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createClient,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Attachment, gatewayConfig, type Protocol } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { active, compile, envoyBinary, testKey } from "../support/envoy.ts";
import { encode, frame, jsonOf, shop, shopFile, typeNamed } from "../support/protobuf.ts";

const pan = "4111111111111111";
const service = shop.getService("shop.Checkout") as DescService;

const policy = {
  name: "t",
  activation: { verify: "presence" },
  compressed: "decode",
  keys: { root: { env: "FROSTGLASS_KEY" } },
  protobuf: { descriptors: shopFile },
  rules: [
    { name: "iban", select: "proto:shop.Order:iban", action: "block" },
    { name: "pan", select: "proto:shop.Card:number", action: { tokenize: { format: "pan" } } },
    { name: "back", on: "response", select: "proto:shop.Card:number", action: { reveal: "pan" } },
    { name: "owner", on: "response", select: "header:x-owner", action: "redact" },
  ],
};

/** What the service has been sent. */
const seen: JsonObject[] = [];

function routes(router: ConnectRouter): void {
  const receiptOf = (order: unknown) => {
    const given = toJson(typeNamed("shop.Order"), order as never, { registry: shop }) as JsonObject;
    seen.push(given);
    return fromJson(typeNamed("shop.Receipt"), { id: `receipt of ${given.id}`, card: given.card ?? {} });
  };
  router.service(service, {
    pay(order: unknown, context: { responseTrailer: Headers }) {
      context.responseTrailer.set("x-owner", "Jane Roe");
      return receiptOf(order);
    },
    async *watch(order: unknown, context: { responseTrailer: Headers }) {
      context.responseTrailer.set("x-owner", "Jane Roe");
      for (let at = 0; at < 3; at++) yield receiptOf(order);
    },
  } as never);
}

const places: [attachment: Attachment, protocol: Protocol][] = [
  ["downstream", "http1"],
  ["downstream", "http2"],
  ["upstream", "http1"],
];

interface Gateway {
  port: number;
  stop(): Promise<void>;
}

async function start(attachment: Attachment, protocol: Protocol, readsText = false): Promise<Gateway> {
  const handler = connectNodeAdapter({ routes });
  const server = protocol === "http1" ? createServer(handler) : createHttp2Server(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const filter = filterOf(compile(policy), wasmPath);
  const grpcWeb = {
    name: "envoy.filters.http.grpc_web",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb" },
  };
  const chain = readsText ? { before: [filter], filter: grpcWeb } : { filter };
  const config = gatewayConfig({ ...chain, attachment, production: { port, protocol } });
  const envoy = await EnvoyProcess.start({
    binary: await envoyBinary(),
    config,
    environment: { FROSTGLASS_KEY: testKey },
  });
  return {
    port: await envoy.port(),
    async stop() {
      await envoy.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const activate: Interceptor = (next) => (request) => {
  request.header.set(...active);
  return next(request);
};

type Calls = {
  pay(order: unknown, options?: object): Promise<unknown>;
  watch(order: unknown, options?: object): AsyncIterable<unknown>;
};
const clientOf = (transport: Transport) => createClient(service, transport) as unknown as Calls;
const orderOf = (json: JsonObject) => fromJson(typeNamed("shop.Order"), json);
const receiptJson = (message: unknown) => toJson(typeNamed("shop.Receipt"), message as never);
const tokens = () => seen.splice(0).map(({ card }) => (card as { number: string }).number);

describe.each(places)("%s, %s", (attachment, protocol) => {
  let gateway: Gateway;
  let client: Calls;
  beforeAll(async () => {
    gateway = await start(attachment, protocol);
    client = clientOf(
      createGrpcWebTransport({ baseUrl: `http://127.0.0.1:${gateway.port}`, interceptors: [activate] }),
    );
  });
  afterAll(() => gateway?.stop());

  test("unary: the service sees a token, the client the original, and trailers go by the rules of headers", async () => {
    let trailers: Headers | undefined;
    const onTrailer = (found: Headers) => {
      trailers = found;
    };
    const answer = await client.pay(orderOf({ id: "a", card: { number: pan } }), { onTrailer });
    expect(receiptJson(answer)).toEqual({ id: "receipt of a", card: { number: pan } });
    const [token, ...others] = tokens();
    expect(token).toMatch(/^\d{16}$/);
    expect(token).not.toBe(pan);
    expect(others).toEqual([]);
    expect(trailers!.get("x-owner")).toBe("[redacted]");
  });

  test("server streaming", async () => {
    const answers: unknown[] = [];
    for await (const answer of client.watch(orderOf({ id: "a", card: { number: pan } })))
      answers.push(receiptJson(answer));
    expect(answers).toEqual(Array(3).fill({ id: "receipt of a", card: { number: pan } }));
    expect(new Set(tokens()).size).toBe(1);
  });

  test("Connect: unary calls in binary protobuf", async () => {
    const connect = clientOf(
      createConnectTransport({
        baseUrl: `http://127.0.0.1:${gateway.port}`,
        useBinaryFormat: true,
        interceptors: [activate],
      }),
    );
    const answer = await connect.pay(orderOf({ id: "a", card: { number: pan } }));
    expect(receiptJson(answer)).toEqual({ id: "receipt of a", card: { number: pan } });
    const [token] = tokens();
    expect(token).toMatch(/^\d{16}$/);
    expect(token).not.toBe(pan);
    const refused = connect.pay(create(typeNamed("shop.Order"), { iban: "DE02120300000000202051" } as never));
    expect(ConnectError.from(await refused.catch((reason: unknown) => reason)).code).toBe(Code.PermissionDenied);
    const inJson = createConnectTransport({ baseUrl: `http://127.0.0.1:${gateway.port}`, interceptors: [activate] });
    await expect(clientOf(inJson).pay(orderOf({ id: "a", card: { number: pan } }))).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  test("a refused call ends with a status that says why, and reaches nobody", async () => {
    const refused = client.pay(create(typeNamed("shop.Order"), { iban: "DE02120300000000202051" } as never));
    const error = ConnectError.from(await refused.catch((reason: unknown) => reason));
    expect(error.code).toBe(Code.PermissionDenied);
    expect(error.rawMessage).toContain("rule_block");
    expect(error.rawMessage).not.toContain("DE02");
    expect(seen).toEqual([]);
  });
});

describe("the text form", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start("downstream", "http2", true);
  });
  afterAll(() => gateway?.stop());

  async function call(method: string, order: JsonObject): Promise<{ flag: number; bytes: Buffer }[]> {
    const type = "application/grpc-web-text+proto";
    const response = await fetch(`http://127.0.0.1:${gateway.port}/shop.Checkout/${method}`, {
      method: "POST",
      headers: { "content-type": type, accept: type, "x-grpc-web": "1", [active[0]]: active[1] },
      body: frame(encode("shop.Order", order)).toString("base64"),
    });
    const fours = (await response.text()).match(/.{4}/g) ?? [];
    const bytes = Buffer.concat(fours.map((four) => Buffer.from(four, "base64")));
    const found: { flag: number; bytes: Buffer }[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 5 + bytes.readUInt32BE(at + 1);
      found.push({ flag: bytes.readUInt8(at), bytes: bytes.subarray(at + 5, end) });
      at = end;
    }
    return found;
  }

  test.each([
    ["Pay", 1],
    ["Watch", 3],
  ])("%s", async (method, count) => {
    const answer = await call(method, { id: "a", card: { number: pan } });
    const messages = answer.filter(({ flag }) => flag === 0);
    expect(messages.map(({ bytes }) => jsonOf("shop.Receipt", bytes))).toEqual(
      Array(count).fill({ id: "receipt of a", card: { number: pan } }),
    );
    expect(answer.at(-1)!.flag).toBe(0x80);
    expect(answer.at(-1)!.bytes.toString()).toMatch(/grpc-status: ?0/);
    expect(answer.at(-1)!.bytes.toString()).toMatch(/x-owner: ?\[redacted\]/);
    expect(tokens()[0]).not.toBe(pan);
  });

  test("a refusal", async () => {
    const [end, ...others] = await call("Pay", { iban: "DE02120300000000202051" });
    expect(others).toEqual([]);
    expect(end!.bytes.toString()).toMatch(/^grpc-status:7\r\n/);
    expect(seen).toEqual([]);
  });
});
