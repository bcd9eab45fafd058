// Compressed gRPC messages: decoded one by one, judged as if they had come plain, and sent on plain; what cannot be decoded,
// or becomes too much, is refused. zlib compresses here.
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type ExchangeResult, runExchange } from "../../../scripts/host/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { binaryOf, compileTest } from "../../support/engine-policy.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { machine, pluginOf } from "../filter/support.ts";

const pan = "4111111111111111";
const policy = {
  compressed: "decode",
  limits: { value: "64KiB" },
  protobuf: { descriptors: shopFile },
  rules: [
    { name: "pan", select: "proto:shop.Card:number", action: { tokenize: { format: "pan" } } },
    { name: "back", on: "response", select: "proto:shop.Card:number", action: { reveal: "pan" } },
  ],
};
const type: [string, string] = ["content-type", "application/grpc"];
const order = encode("shop.Order", { id: "a", card: { number: pan } });
const plain = encode("shop.Order", { id: "b", note: "n" });

function send(given: object, body: Uint8Array, encoding?: string, chunk = body.length): ExchangeResult {
  const headers = [type, ...(encoding === undefined ? [] : [["grpc-encoding", encoding] as [string, string]])];
  return runExchange(
    pluginOf(given),
    { request: { method: "POST", path: "/shop.Checkout/Chat", headers, body } },
    { holdHeaders: true, chunk },
  );
}

describe.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
] as const)("%s", (encoding, compress) => {
  const body = Buffer.concat([frame(compress(order), 1), frame(plain), frame(compress(plain), 1)]);

  test("each message is judged and goes on plain, however the body is cut", () => {
    const whole = send(policy, body, encoding);
    const left = frames(whole.request!.body);
    expect(left.map((each) => jsonOf("shop.Order", each))).toEqual([
      { id: "a", card: { number: expect.stringMatching(/^\d{16}$/) } },
      { id: "b", note: "n" },
      { id: "b", note: "n" },
    ]);
    expect(left[0]!.toString()).not.toContain(pan);
    for (let chunk = 1; chunk < body.length; chunk++) {
      const cut = send(policy, body, encoding, chunk);
      expect(Buffer.from(cut.request!.body).equals(whole.request!.body)).toBe(true);
    }
  });

  test("damaged bytes are refused, or leave no value", () => {
    for (let at = 5; at < compress(order).length + 5; at++) {
      const damaged = Buffer.from(frame(compress(order), 1));
      damaged[at]! ^= 0x55;
      const { outcome, request } = send(policy, damaged, encoding);
      if (outcome === "forwarded") expect(Buffer.from(request!.body).toString()).not.toContain(pan);
    }
  });
});

test("the leak proof decodes with zlib and finds what must be there", () => {
  const prover = new Prover(compileTest(policy));
  const plugin = machine().vm.plugin("test", binaryOf(policy));
  const headers: [string, string][] = [type, ["grpc-encoding", "gzip"], ["grpc-accept-encoding", "identity,gzip"]];
  const request = { method: "POST", path: "/shop.Checkout/Pay", headers, body: frame(gzipSync(order), 1) };
  const sent = runExchange(plugin, { request }, { holdHeaders: true }).request!.body;
  const { card } = jsonOf("shop.Order", frames(sent)[0]!) as { card: { number: string } };
  const answer = encode("shop.Receipt", { id: "r", card });
  const exchange = {
    request,
    response: {
      status: 200,
      headers: [type, ["grpc-encoding", "gzip"]] as [string, string][],
      body: frame(gzipSync(answer), 1),
    },
  };
  const result = runExchange(plugin, exchange, { holdHeaders: true });
  const isReply = result.localReply !== undefined;
  const proof = prover.prove({ exchange, isActive: true, result: { ...result, isReply } } as never);
  expect(proof.findings).toEqual([]);
  expect(result.request!.headers).toContainEqual(["grpc-accept-encoding", "gzip"]);
  expect(frames(result.response!.body).map((each) => jsonOf("shop.Receipt", each))).toEqual([
    { id: "r", card: { number: pan } },
  ]);
});

test.each([
  ["an encoding that is not read", "snappy", frame(order, 1), "grpc_compressed"],
  ["a flag without an encoding", undefined, frame(order, 1), "grpc_compressed"],
  ["a flag with no coding at all", "identity", frame(order, 1), "grpc_compressed"],
  ["something else", "gzip", frame(order, 1), "compressed_data"],
  ["bytes behind the end", "gzip", frame(Buffer.concat([gzipSync(order), Buffer.of(0)]), 1), "compressed_data"],
  ["a second member", "gzip", frame(Buffer.concat([gzipSync(order), gzipSync(order)]), 1), "compressed_data"],
  ["a bomb within the longest message", "gzip", frame(gzipSync(Buffer.alloc(3 << 20)), 1), "limit_value"],
])("%s is refused", (_, encoding, body, reason) => {
  expect(send(policy, body, encoding).reason).toBe(reason);
  expect(send(policy, body, encoding, 7).reason).toBe(reason);
});

test("messages together may not become more than compressed bodies may", () => {
  const more = { ...policy, limits: { value: "1MiB" } };
  const bomb = frame(gzipSync(Buffer.alloc(600_000)), 1);
  expect(send(more, Buffer.concat([bomb, bomb]), "gzip").reason).toBe("compressed_ratio");
  const note = encode("shop.Order", { note: "x".repeat(1000) });
  const many = Array.from({ length: 200 }, () => frame(gzipSync(note), 1));
  expect(send({ ...more, limits: { body: 100_000 } }, Buffer.concat(many), "gzip").reason).toBe("limit_body");
});

test("messages that are flagged and empty are empty, and plain ones need no encoding", () => {
  expect(frames(send(policy, frame(Buffer.of(), 1), "gzip").request!.body)).toEqual([Buffer.of()]);
  expect(send(policy, frame(plain), "snappy").outcome).toBe("forwarded");
});

test("a policy that does not decode refuses with the remedy, and asks for plain answers", () => {
  const { compressed: _, ...blocking } = policy;
  expect(send(blocking, frame(gzipSync(order), 1), "gzip").reason).toBe("grpc_compressed");
  expect(send(blocking, frame(order), "gzip").request!.headers).toContainEqual(["grpc-accept-encoding", "identity"]);
  expect(send(policy, frame(order), "gzip").request!.headers).toContainEqual(["grpc-accept-encoding", "gzip"]);
});

test("memory after many compressed calls is memory after a few", () => {
  const { vm } = machine();
  const plugin = vm.plugin("test", binaryOf(policy));
  const body = Buffer.concat([frame(gzipSync(order), 1), frame(gzipSync(Buffer.alloc(1 << 20)), 1)]);
  const run = (count: number) => {
    for (let at = 0; at < count; at++) {
      const request = { method: "POST", path: "/shop.Checkout/Chat", headers: [type, ["grpc-encoding", "gzip"]], body };
      runExchange(plugin, { request } as never, { holdHeaders: true, chunk: 1 + (at % 90) });
    }
    return vm.memoryBytes;
  };
  const few = run(100);
  expect(run(500)).toBe(few);
});
