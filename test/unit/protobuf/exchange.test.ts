// gRPC calls as whole exchanges: what is held and what is not, both roles of a policy, headers of the protocol, memory.
import { describe, expect, test } from "vitest";
import { type Exchange, runExchange } from "../../../scripts/host/index.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { machine, pluginOf } from "../filter/support.ts";

const pan = "4111111111111111";
const type: [string, string] = ["content-type", "application/grpc"];
const protobuf = { descriptors: shopFile };
const tokenize = { name: "pan", select: "proto:shop.Card:number", action: { tokenize: { format: "pan" } } };
const message = frame(encode("shop.Order", { id: "a", card: { number: pan } }));
const numberIn = (name: string, body: Uint8Array) =>
  (jsonOf(name, frames(body)[0]!) as { card: { number: string } }).card.number;

const callOf = (more: Partial<Exchange["request"]> = {}, response?: Exchange["response"]): Exchange => ({
  request: { method: "POST", path: "/shop.Checkout/Pay", headers: [type, ["te", "trailers"]], body: message, ...more },
  ...(response && { response }),
});

describe("holding", () => {
  /** What the service has after the first message of an unfinished request. */
  function afterFirst(method: string) {
    const stream = pluginOf({ protobuf, rules: [tokenize] }).stream({ holdHeaders: true });
    stream.requestHeaders(
      [[":method", "POST"], [":path", `/shop.Checkout/${method}`], [":authority", "localhost"], type],
      false,
    );
    const headers = stream.upstream.headers !== undefined;
    stream.requestBody(message, false);
    const left = Buffer.concat(stream.upstream.body);
    stream.close();
    return { headers, messages: frames(left).length };
  }
  test.each([
    ["Pay", { headers: false, messages: 0 }],
    ["Watch", { headers: false, messages: 0 }],
    ["Upload", { headers: true, messages: 1 }],
    ["Chat", { headers: true, messages: 1 }],
  ])("requests of %s", (method, expected) => {
    expect(afterFirst(method)).toEqual(expected);
  });

  test("half a message of a stream does not leave", () => {
    const stream = pluginOf({ protobuf, rules: [tokenize] }).stream({ holdHeaders: true });
    stream.requestHeaders(
      [[":method", "POST"], [":path", "/shop.Checkout/Chat"], [":authority", "localhost"], type],
      false,
    );
    stream.requestBody(Buffer.concat([message, message.subarray(0, 20)]), false);
    expect(frames(Buffer.concat(stream.upstream.body))).toHaveLength(1);
    stream.requestBody(message.subarray(20), true);
    expect(frames(Buffer.concat(stream.upstream.body))).toHaveLength(2);
    stream.close();
  });

  test("a content-length is made right", () => {
    const headers: [string, string][] = [type, ["content-length", String(message.length)]];
    const rules = [{ ...tokenize, action: "redact" }];
    const { request } = runExchange(pluginOf({ protobuf, rules }), callOf({ headers }), { holdHeaders: true });
    expect(request!.headers).toContainEqual(["content-length", String(request!.body.length)]);
  });
});

test("egress: the service gets the original, the hotfix a token, and nothing that the set does not know", () => {
  const policy = { protobuf, rules: [tokenize], egress: { hosts: ["localhost"] } };
  const sent = runExchange(pluginOf(policy, "edge"), callOf(), { holdHeaders: true }).request!.body;
  const unknown = Buffer.from("9a0603343131", "hex");
  const known = encode("shop.Receipt", { id: "r", card: { number: pan } });
  const { request, response } = runExchange(
    pluginOf(policy, "egress"),
    callOf({ body: sent }, { status: 200, headers: [type], body: frame(Buffer.concat([known, unknown])) }),
    { holdHeaders: true },
  );
  expect(numberIn("shop.Order", sent)).not.toBe(pan);
  expect(numberIn("shop.Order", request!.body)).toBe(pan);
  expect(numberIn("shop.Receipt", response!.body)).toBe(numberIn("shop.Order", sent));
  expect(frames(response!.body)[0]!.length).toBe(known.length);
});

test("unmatched leaves the headers of the protocol alone", () => {
  const headers: [string, string][] = [
    type,
    ["te", "trailers"],
    ["grpc-timeout", "1S"],
    ["grpc-encoding", "identity"],
    ["grpc-accept-encoding", "identity"],
    ["x-trace", "t"],
  ];
  const { request } = runExchange(pluginOf({ protobuf, unmatched: "redact" }), callOf({ headers }), {
    holdHeaders: true,
  });
  const left = request!.headers.filter(([name]) => !name.startsWith(":") && name !== "content-length");
  expect(left).toEqual(headers.map(([name, value]) => [name, name === "x-trace" ? "[redacted]" : value]));
  // No rule selects anything in the message: it goes as a whole.
  expect(frames(request!.body)).toEqual([Buffer.of()]);
});

test("memory after many calls is memory after a few", () => {
  const { vm } = machine();
  const policy = { protobuf, rules: [tokenize, { name: "note", select: "grpc:*/*:note", action: "redact" }] };
  const plugin = vm.plugin("test", binaryOf(policy));
  const long = frame(encode("shop.Order", { note: "x".repeat(40_000), card: { number: pan } }));
  const bodies = [
    message,
    Buffer.concat([message, long, message]),
    long.subarray(0, 9000),
    frame(Buffer.from("ff", "hex")),
  ];
  const send = (count: number) => {
    for (let at = 0; at < count; at++) {
      const body = bodies[at % bodies.length]!;
      const path = at % 3 ? "/shop.Checkout/Pay" : "/shop.Checkout/Chat";
      runExchange(plugin, callOf({ body, path }), { holdHeaders: true, chunk: at % 2 ? 1000 : body.length });
    }
    return vm.memoryBytes;
  };
  const few = send(200);
  expect(send(2000)).toBe(few);
});

test("trailers of which another filter has left none are no trailers", () => {
  const stream = pluginOf({
    protobuf,
    rules: [tokenize, { name: "h", select: "header:x-owner", action: "redact" }],
  }).stream({
    holdHeaders: true,
  });
  stream.requestHeaders(
    [[":method", "POST"], [":path", "/shop.Checkout/Pay"], [":authority", "localhost"], type],
    false,
  );
  stream.requestBody(message, false);
  stream.requestTrailers([]);
  expect(stream.localReply).toBeUndefined();
  expect(frames(Buffer.concat(stream.upstream.body))).toHaveLength(1);
  stream.close();
});
