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

describe("by GET", () => {
  const query = (text: string) => ({ method: "GET", path: `/shop.Checkout/Pay?${text}`, headers: [], body: undefined });
  const binary = `message=${Buffer.from(order).toString("base64url")}`;
  const named = { protobuf, rules: [{ name: "n", select: "named:number", action: "redact" }] };
  const found = { protobuf, rules: [{ name: "f", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] };
  const inJson = `message=${encodeURIComponent(jsonBody.toString())}`;
  test.each([
    ["protobuf in base64", `connect=v1&encoding=proto&base64=1&${binary}`],
    ["protobuf in percent escapes", `encoding=proto&message=%12%12%0A%10${pan}`],
    ["an encoding that is spelled otherwise", `${binary}&base64=1&e%6Ecoding=prot%6F`],
    ["JSON in base64", `encoding=json&base64=1&message=${jsonBody.toString("base64url")}`],
    ["JSON in base64, as some split parameters", `encoding=json&message=${jsonBody.toString("base64url")};base64=1`],
    ["compressed JSON", "encoding=json&compression=gzip&base64=1&message=H4sI"],
    ["two encodings", `encoding=json&encoding=proto&${binary}`],
  ])("%s is refused", (_, text) => {
    for (const policy of [named, found, typed]) {
      expect(run(policy, query(text)).reason).toBe("connect_call");
      expect(run(policy, { ...query(text), method: "HEAD" }).reason).toBe("connect_call");
    }
  });
  test("JSON is read", () => {
    for (const policy of [named, found]) {
      const { request, reason } = run(policy, query(`connect=v1&encoding=json&${inJson}`));
      expect(reason).toBeUndefined();
      const path = request!.headers.find(([name]) => name === ":path")![1];
      const message = new URL(path, "http://a").searchParams.get("message")!;
      expect(JSON.parse(message).card.number).toBe("[redacted]");
    }
  });
  test.each([
    ["no call", named, query("page=2")],
    ["a policy that acts in no message", { protobuf: { ...protobuf, unknown: "pass" }, rules: [] }, query(binary)],
    [
      "a policy that lets pass what cannot be read",
      { ...named, unsupported: "pass" },
      query(`encoding=proto&${binary}`),
    ],
  ])("%s passes", (_, policy, request) => {
    expect(run(policy, request as never).reason).toBeUndefined();
  });
  test("a path that the policy names itself may have any query", () => {
    const bodies = [{ path: "/v1/orders", request: "shop.Order" }];
    const request = { ...query(""), path: "/v1/orders?encoding=proto" };
    expect(run({ ...named, protobuf: { ...protobuf, bodies } }, request as never).reason).toBeUndefined();
  });
});

// Receivers decode paths before they look for a method, take out what says nothing, or what their router is told to.
test.each([
  "/shop.Checkout/%50ay",
  "/shop%2eCheckout%2FPay",
  "//shop.Checkout//Pay",
  "/shop.Checkout/Pay/",
  "/shop.Checkout;v=1/Pay;w",
  "/./shop.Checkout/x/../Pay",
  "/x/%2e%2E/shop.Checkout/Pay",
  "/shop.Checkout/Pay#x",
  "/../../shop.Checkout/Pay?x=1",
  "/api/v1/shop.Checkout/Pay",
])("a call behind %s is one", (path) => {
  expect(run(typed, { path, headers: [json], body: jsonBody }).reason).toBe("connect_call");
  const get = { method: "GET", path: `${path.split("?")[0]}?encoding=json&message={}`, headers: [], body: undefined };
  expect(run(typed, get as never).reason).toBe("connect_call");
  expect(run(typed, { path }).reason).toBe("protobuf_type");
});

test.each(["/shop.Checkout/Pay/x", "/shop.Checkout", "/shop.Checkout/Pay/..", "/v1/Checkout/Pay", "/Pay", "/", ""])(
  "%s is no call",
  (path) => {
    expect(run(typed, { path, headers: [json], body: jsonBody }).reason).toBeUndefined();
  },
);

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

// Writers of JSON choose between the two names that a field has there.
test.each([
  ["one of the names of a field", "named:other_card", "connect_call"],
  ["the other one", "named:otherCard", "connect_call"],
  ["one of them, and what is below", "named:['other_card']['number']", "connect_call"],
  ["both", "named:['other_card','otherCard']", undefined],
  ["all spellings", "named:~'other card'", undefined],
])("JSON where a rule is by %s", (_, select, reason) => {
  const policy = { protobuf, rules: [{ name: "n", select, action: "redact" }] };
  const body = Buffer.from(JSON.stringify({ otherCard: { number: pan } }));
  const result = run(policy, { headers: [json], body });
  expect(result.reason).toBe(reason);
  expect(Buffer.from(result.request?.body ?? []).includes(pan)).toBe(false);
});

test.each([
  ["passes", { action: "pass" }],
  ["reveals", { on: "response", action: { reveal: "t" } }],
])("JSON where a rule by one of the names %s passes", (_, rule) => {
  const t = { name: "t", select: "header:x-card", action: { tokenize: { format: "pan" } } };
  const policy = { protobuf, rules: [t, { name: "n", select: "named:other_card", ...rule }] };
  expect(run(policy, { headers: [json], body: jsonBody }, { headers: [json], body: jsonBody }).reason).toBeUndefined();
});

test("a path that the policy names itself may take JSON too", () => {
  const bodies = [{ path: "/v1/orders", request: "shop.Order" }];
  const policy = { ...typed, protobuf: { ...protobuf, bodies } };
  expect(run(policy, { path: "/v1/orders", headers: [json], body: jsonBody }).reason).toBeUndefined();
});
