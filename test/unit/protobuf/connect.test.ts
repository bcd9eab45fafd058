// The Connect protocol: unary calls in binary protobuf are read by the type of their method; JSON, GET and streams, in which
// selectors of protobuf would find nothing, are refused.
import { describe, expect, test } from "vitest";
import { type Exchange, runExchange } from "../../../scripts/host/index.ts";
import { decode, encode, frame, jsonOf, shopFile } from "../../support/protobuf.ts";
import { json, pluginOf } from "../filter/support.ts";

const pan = "4111111111111111";
const protobuf = { descriptors: shopFile };
const typed = {
  protobuf,
  rules: [{ name: "number", on: ["request", "response"], select: "proto:shop.Card:number", action: "redact" }],
};
const binary: [string, string] = ["content-type", "application/proto"];
const order = encode("shop.Order", { id: "a", card: { number: pan } });
const receipt = encode("shop.Receipt", { id: "r", card: { number: pan } });
const jsonBody = Buffer.from(JSON.stringify({ id: "a", card: { number: pan } }));

function run(policy: object, request: Partial<Exchange["request"]>, response?: Partial<Exchange["response"]>) {
  const exchange = {
    request: { method: "POST", path: "/shop.Checkout/Pay", headers: [binary], body: order, ...request },
    ...(response && { response: { status: 200, headers: [binary], body: receipt, ...response } }),
  } as Exchange;
  return runExchange(pluginOf(policy), exchange, { holdHeaders: true });
}

test("unary: both directions are read by the method", () => {
  const { request, response } = run(typed, {}, {});
  expect(jsonOf("shop.Order", request!.body)).toEqual({ id: "a", card: { number: "[redacted]" } });
  expect(jsonOf("shop.Receipt", response!.body)).toEqual({ id: "r", card: { number: "[redacted]" } });
  expect(decode("shop.Order", request!.body)).toBeDefined();
});

test("an error is JSON, and read as such", () => {
  const error = Buffer.from('{"code":"not_found"}');
  const { response } = run(typed, {}, { status: 404, headers: [json], body: error });
  expect(Buffer.from(response!.body)).toEqual(error);
});

describe("what selectors of protobuf would miss is refused", () => {
  test.each([
    ["JSON", { headers: [json], body: jsonBody }, "connect_call"],
    ["no type at all", { headers: [], body: jsonBody }, "connect_call"],
    [
      "GET",
      { method: "GET", path: "/shop.Checkout/Pay?encoding=proto&message=EgA", headers: [], body: undefined },
      "connect_call",
    ],
    [
      "a stream of protobuf",
      { headers: [["content-type", "application/connect+proto"]], body: frame(order) },
      "unsupported_media_type",
    ],
    [
      "a stream of JSON",
      { headers: [["content-type", "application/connect+json"]], body: frame(jsonBody) },
      "unsupported_media_type",
    ],
  ] as [string, Partial<Exchange["request"]>, string][])("%s", (_, request, reason) => {
    expect(run(typed, request).reason).toBe(reason);
  });
  test("an answer in JSON", () => {
    expect(run(typed, {}, { headers: [json], body: jsonBody }).reason).toBe("connect_call");
  });
});

// In a stream everything stands in envelopes, and its trailers in a last one of JSON with the flag 2.
describe("a stream is a body that cannot be read", () => {
  const body = Buffer.concat([frame(order), frame(Buffer.from('{"metadata":{"x-card":["4111111111111111"]}}'), 2)]);
  const rules = [
    {
      name: "n",
      on: ["request", "response"],
      select: ["named:number", "any:"],
      detect: ["CREDIT_CARD"],
      action: "redact",
    },
  ];
  test.each([
    ["application/connect+proto"],
    ["Application/Connect+Proto"],
    ["application/connect+json"],
    ["application/connect+json; charset=utf-8"],
    ["application/connect+xml"],
  ])("%s", (type) => {
    const headers: [string, string][] = [["content-type", type]];
    for (const policy of [typed, { protobuf, rules }, { rules }]) {
      expect(run(policy, { headers, body }).reason).toBe("unsupported_media_type");
      const empty = run({ ...policy, unsupported: "empty" }, { headers, body });
      expect([empty.outcome, empty.request?.body.length]).toEqual(["forwarded", 0]);
      const request = { method: "GET", headers: [], body: undefined } as never;
      expect(run(policy, request, { headers, body }).reason).toBe("unsupported_media_type");
    }
  });
});

test.each([
  ["selectors find the same in JSON", { protobuf, rules: [{ name: "n", select: "named:number", action: "redact" }] }],
  ["the policy lets pass what cannot be read", { ...typed, unsupported: "pass" }],
  [
    "nothing of the method is selected",
    { protobuf, rules: [{ name: "n", select: "grpc:shop.Checkout/Chat:id", action: "redact" }] },
  ],
])("JSON is read as JSON where %s", (_, policy) => {
  const { request, reason } = run(policy, { headers: [json], body: jsonBody });
  expect(reason).toBeUndefined();
  const isHidden = JSON.stringify(policy).includes("named:");
  expect(JSON.parse(Buffer.from(request!.body).toString()).card.number).toBe(isHidden ? "[redacted]" : pan);
});

test("a path that the policy names itself may take JSON too", () => {
  const bodies = [{ path: "/v1/orders", request: "shop.Order" }];
  const policy = { ...typed, protobuf: { ...protobuf, bodies } };
  expect(run(policy, { path: "/v1/orders", headers: [json], body: jsonBody }).reason).toBeUndefined();
});
