// A gRPC client and server with a real Envoy between them (@grpc/grpc-js on both sides): all four kinds of calls, refusals
// as a client understands them, and trailers.
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import {
  type Client,
  compressionAlgorithms,
  credentials,
  type Metadata as GrpcMetadata,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Attachment, gatewayConfig } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { active, compile, envoyBinary, testKey } from "../support/envoy.ts";
import { encode, jsonOf, shopFile } from "../support/protobuf.ts";

const pan = "4111111111111111";
const order = (id: string, more: JsonObject = {}): JsonObject => ({ id, card: { number: pan, month: 12 }, ...more });

const panned = ["proto:shop.Card:number", "proto:shop.Card:seal|json:$.pan"];

const policy = {
  name: "t",
  activation: { verify: "presence" },
  compressed: "decode",
  keys: { root: { env: "FROSTGLASS_KEY" } },
  limits: { value: "256KiB" },
  protobuf: { descriptors: shopFile },
  rules: [
    { name: "iban", select: "proto:shop.Order:iban", action: "block" },
    { name: "pan", select: panned, action: { tokenize: { format: "pan" } } },
    { name: "cvv", select: "named:cvv", action: "redact" },
    { name: "mail", select: "header:x-user-email", action: "redact" },
    { name: "back", on: "response", select: panned, action: { reveal: "pan" } },
    { name: "owner", on: "response", select: "header:x-owner", action: "redact" },
  ],
};

const kinds = { Pay: [false, false], Upload: [true, false], Watch: [false, true], Chat: [true, true] } as const;
const service: ServiceDefinition = Object.fromEntries(
  [...Object.entries(kinds), ["Refund", [false, false]] as const].map(([name, [requestStream, responseStream]]) => [
    name,
    {
      path: `/shop.Checkout/${name}`,
      requestStream,
      responseStream,
      requestSerialize: (json: JsonValue) => Buffer.from(encode("shop.Order", json)),
      requestDeserialize: (bytes: Buffer) => jsonOf("shop.Order", bytes),
      responseSerialize: (json: JsonValue) => Buffer.from(encode("shop.Receipt", json)),
      responseDeserialize: (bytes: Buffer) => jsonOf("shop.Receipt", bytes),
    },
  ]),
);

/** What the service has been sent, message by message. */
const seen: JsonObject[] = [];
const take = (): JsonObject[] => seen.splice(0);

function receiptOf(given: JsonObject): JsonObject {
  seen.push(given);
  return { id: `receipt of ${given.id}`, card: given.card ?? {} };
}

const trailer = () => {
  const metadata = new Metadata();
  metadata.set("x-count", String(seen.length));
  metadata.set("x-owner", "Jane Roe");
  return metadata;
};

const implementation = {
  Pay({ request }: ServerUnaryCall<JsonObject, JsonObject>, answer: sendUnaryData<JsonObject>) {
    const receipt = receiptOf(request);
    if (request.id === "lost") answer({ code: status.NOT_FOUND, details: "no such order", metadata: trailer() });
    else answer(null, { ...receipt, ...(request.note ? { id: String(request.note) } : {}) }, trailer());
  },
  Refund({ request }: ServerUnaryCall<JsonObject, JsonObject>, answer: sendUnaryData<JsonObject>) {
    answer(null, receiptOf(request));
  },
  Upload(call: ServerReadableStream<JsonObject, JsonObject>, answer: sendUnaryData<JsonObject>) {
    let last: JsonObject = {};
    call.on("data", (given: JsonObject) => {
      last = receiptOf(given);
    });
    call.on("end", () => answer(null, last, trailer()));
    call.on("error", () => undefined);
  },
  Watch(call: ServerWritableStream<JsonObject, JsonObject>) {
    const receipt = receiptOf(call.request);
    for (let at = 0; at < 3; at++) call.write({ ...receipt, id: `${at}` });
    call.end(trailer());
  },
  Chat(call: ServerDuplexStream<JsonObject, JsonObject>) {
    call.on("data", (given: JsonObject) => call.write(receiptOf(given)));
    call.on("end", () => call.end(trailer()));
    call.on("error", () => undefined);
  },
};

type Calls = Client & Record<keyof typeof kinds | "Refund", (...given: unknown[]) => NodeJS.EventEmitter & Call>;

interface Call {
  write(json: JsonValue): void;
  end(): void;
}

/** Where the filter stands, and the buffer of a hardened edge. */
const places: [attachment: Attachment, bufferLimit?: number][] = [
  ["downstream"],
  ["upstream"],
  ["downstream", 32 * 1024],
];

describe.each(places)("%s, %s", (attachment, bufferLimit) => {
  let server: Server;
  let envoy: EnvoyProcess;
  let client: Calls;
  const clients: Client[] = [];

  beforeAll(async () => {
    // It compresses answers where it is asked for such.
    server = new Server({ "grpc.default_compression_algorithm": compressionAlgorithms.gzip });
    server.addService(service, implementation as never);
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const filter = filterOf(compile(policy), wasmPath);
    const config = gatewayConfig({ filter, attachment, bufferLimit, production: { port, protocol: "http2" } });
    envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config, environment: { FROSTGLASS_KEY: testKey } });
    client = await connect();
  });
  afterAll(async () => {
    for (const each of clients) each.close();
    await envoy?.stop();
    server?.forceShutdown();
  });

  async function connect(options: object = {}): Promise<Calls> {
    const Constructor = makeGenericClientConstructor(service, "Checkout");
    const made = new Constructor(`127.0.0.1:${await envoy.port()}`, credentials.createInsecure(), options);
    clients.push(made);
    return made as unknown as Calls;
  }

  const metadata = () => {
    const found = new Metadata();
    found.set(...active);
    found.set("x-user-email", "zoe@example.org");
    return found;
  };

  interface Answer {
    messages: JsonObject[];
    error: ServiceError | undefined;
    trailers: GrpcMetadata | undefined;
  }

  /** A call whose request is one message, or several. */
  function ask(name: keyof typeof kinds | "Refund", messages: JsonObject[], by = client): Promise<Answer> {
    const [requestStream, responseStream] = name === "Refund" ? [false, false] : kinds[name];
    return new Promise((resolve) => {
      const answer: Answer = { messages: [], error: undefined, trailers: undefined };
      const callback = (error: ServiceError | null, message?: JsonObject) => {
        answer.error = error ?? undefined;
        if (message) answer.messages.push(message);
      };
      const given = [...(requestStream ? [] : messages), metadata(), ...(responseStream ? [] : [callback])];
      const call = by[name](...given);
      call.on("data", (message: JsonObject) => answer.messages.push(message));
      call.on("error", (error: ServiceError) => {
        answer.error = error;
      });
      // The callback comes with the status, in either order.
      call.on("status", ({ metadata: trailers }: { metadata: GrpcMetadata }) =>
        setImmediate(() => resolve({ ...answer, trailers })),
      );
      if (requestStream) {
        for (const message of messages) call.write(message);
        call.end();
      }
    });
  }

  const receipt = (id: string) => ({ id, card: { number: pan, month: 12 } });
  const tokens = () => take().map(({ card }) => (card as { number: string }).number);

  test("unary: the service sees a token, the client the original, trailers pass", async () => {
    const { messages, error, trailers } = await ask("Pay", [order("a")]);
    expect(error).toBeUndefined();
    expect(messages).toEqual([receipt("receipt of a")]);
    expect(trailers!.get("x-count")).toEqual(["1"]);
    expect(trailers!.get("x-owner")).toEqual(["[redacted]"]);
    const [token, ...others] = tokens();
    expect(token).toMatch(/^\d{16}$/);
    expect(token).not.toBe(pan);
    expect(others).toEqual([]);
  });

  test.each(["Pay", "Chat"] as const)("a document in bytes, there and back: %s", async (name) => {
    const seal = Buffer.from(`{"pan": "${pan}", "n": 1}`).toString("base64");
    const { messages, error } = await ask(name, [order("a", { card: { number: pan, seal } })]);
    expect(error).toBeUndefined();
    expect(messages).toEqual([{ id: "receipt of a", card: { number: pan, seal } }]);
    const [{ card }] = take() as [{ card: { number: string; seal: string } }];
    expect(Buffer.from(card.seal, "base64").toString()).toBe(`{"pan": "${card.number}", "n": 1}`);
    expect(card.number).not.toBe(pan);
    const refused = await ask(name, [order("a", { card: { seal: Buffer.from("none").toString("base64") } })]);
    expect([refused.messages, refused.error?.code]).toEqual([[], status.INVALID_ARGUMENT]);
    expect(take()).toEqual([]);
  });

  test("JSON in a string, without a decoder", async () => {
    await ask("Upload", [order("a"), order("b", { note: '{"cvv":"123"}' })]);
    expect(take()[1]!.note).toBe('{"cvv":"[redacted]"}');
    const refused = await ask("Pay", [order("a", { note: '{"cvv":"123"' })]);
    expect([refused.error?.code, take()]).toEqual([status.INVALID_ARGUMENT, []]);
  });

  test("unary, with messages larger than what is held, in both directions", async () => {
    const note = "x".repeat(100_000);
    const { messages, error } = await ask("Pay", [order("a", { note })]);
    expect(error).toBeUndefined();
    expect(messages).toEqual([receipt(note)]);
    expect(take()[0]!.note).toBe(note);
  });

  test("an error of the service stays what it is", async () => {
    const { error } = await ask("Pay", [order("lost")]);
    expect(error).toMatchObject({ code: status.NOT_FOUND, details: "no such order" });
    expect(error!.metadata.get("x-owner")).toEqual(["[redacted]"]);
    take();
  });

  test("client streaming", async () => {
    const { messages, error } = await ask("Upload", [order("a"), order("b"), order("c")]);
    expect(error).toBeUndefined();
    expect(messages).toEqual([receipt("receipt of c")]);
    const all = tokens();
    expect(all).toHaveLength(3);
    expect(new Set(all).size).toBe(1);
    expect(all[0]).not.toBe(pan);
  });

  test("server streaming", async () => {
    const { messages, error, trailers } = await ask("Watch", [order("a")]);
    expect(error).toBeUndefined();
    expect(messages).toEqual([receipt("0"), receipt("1"), receipt("2")]);
    expect(trailers!.get("x-count")).toEqual(["1"]);
    expect(tokens()[0]).not.toBe(pan);
  });

  test("both at once: each message is answered before the next is sent", async () => {
    const call = client.Chat(metadata());
    const answers: JsonObject[] = [];
    await new Promise<void>((resolve, reject) => {
      call.on("data", (message: JsonObject) => {
        answers.push(message);
        if (answers.length < 5) call.write(order(String(answers.length)));
        else call.end();
      });
      call.on("end", resolve);
      call.on("error", reject);
      call.write(order("0"));
    });
    expect(answers).toEqual(["0", "1", "2", "3", "4"].map((id) => receipt(`receipt of ${id}`)));
    expect(new Set(tokens()).size).toBe(1);
  });

  test("a refused call ends with a status that says why, and reaches nobody", async () => {
    const { error, messages } = await ask("Pay", [order("a", { iban: "DE02120300000000202051" })]);
    expect(messages).toEqual([]);
    expect(error!.code).toBe(status.PERMISSION_DENIED);
    expect(error!.details).toContain("rule_block");
    expect(error!.details).not.toContain("DE02");
    expect(take()).toEqual([]);
  });

  test("a method that the descriptor set does not know", async () => {
    const { error } = await ask("Refund", [order("a")]);
    expect(error!.code).toBe(status.UNIMPLEMENTED);
    expect(error!.details).toContain("protobuf_type");
    expect(take()).toEqual([]);
  });

  test.each(["gzip", "deflate"] as const)(
    "messages that are compressed with %s, in all kinds of calls",
    async (name) => {
      const compressing = await connect({ "grpc.default_compression_algorithm": compressionAlgorithms[name] });
      for (const kind of ["Pay", "Upload", "Watch", "Chat"] as const) {
        const { messages, error } = await ask(kind, [order("a", { note: "x".repeat(2000) })], compressing);
        expect(error).toBeUndefined();
        expect(messages[0]!.card).toEqual({ number: pan, month: 12 });
        const [token] = tokens();
        expect(token).toMatch(/^\d{16}$/);
        expect(token).not.toBe(pan);
      }
    },
  );

  test("a stream that is refused later is cut: what came before was judged, what comes after goes nowhere", async () => {
    const call = client.Chat(metadata());
    const error = await new Promise<ServiceError>((resolve) => {
      call.on("data", () => call.write(order("b", { iban: "DE02120300000000202051" })));
      call.on("error", resolve);
      call.write(order("a"));
    });
    expect(error.code).not.toBe(status.OK);
    expect(error.details).not.toContain("DE02");
    expect(take().map(({ id }) => id)).toEqual(["a"]);
    expect((await ask("Pay", [order("z")])).messages).toEqual([receipt("receipt of z")]);
    take();
  });
});
