// Honest results under policies that mix locations, of which the leak proof once had complaints: it reads the message as the
// filter does.
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { encode, frame, message, shopFile, writeSet } from "../../support/protobuf.ts";
import { Bench, json, request } from "./support.ts";

const find = { name: "find", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" };
const named = { name: "named", select: "named:pan", action: "redact" };
const typed = (type: string, body: string, more: Partial<Recording["request"]> = {}): Recording =>
  request(body, { headers: [["content-type", type]], ...more });
const call = (type: string, body: Uint8Array | string): Recording => ({
  id: "one",
  request: {
    method: "POST",
    path: "/shop.Checkout/Pay",
    headers: [
      ["content-type", type],
      ["content-encoding", "gzip"],
    ],
    body: new Uint8Array(gzipSync(body)),
  },
});
const order = frame(encode("shop.Order", { note: "of ann@example.org" }));
const webAnswer: Recording = {
  ...call("application/grpc-web+proto", order),
  response: {
    status: 200,
    headers: call("application/grpc-web+proto", order).request.headers,
    body: new Uint8Array(gzipSync(frame(encode("shop.Receipt", { id: "x" })))),
  },
};
const protobuf = { descriptors: shopFile };
const decode = { compressed: "decode", protobuf };
const escaped = (text: string) => [...text].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("");
const references = (text: string) => [...text].map((one) => `&#${one.charCodeAt(0)};`).join("");
const percents = (text: string) => [...text].map((one) => `%${one.charCodeAt(0).toString(16)}`).join("");
const short = { limits: { value: "64B" }, rules: [find] };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const nodes = create(FileDescriptorSetSchema, {
  file: [
    {
      name: "tree.proto",
      package: "tree",
      syntax: "proto3",
      messageType: [message("Node", [1, "node", ".tree.Node"], [2, "name", "STRING"])],
      service: [{ name: "Trees", method: [{ name: "Put", inputType: ".tree.Node", outputType: ".tree.Node" }] }],
    },
  ],
});
/** A node that holds one of this name. */
const body = new Uint8Array(Buffer.from("\x0a\x14\x12\x12of ann@example.org", "latin1"));
const deep = Array.from({ length: 6 }).reduce<string>((inner) => JSON.stringify({ a: inner }), "x");

const cases: Record<string, [policy: object, recording: Recording]> = {
  "gRPC-Web in gzip": [{ ...decode, rules: [find] }, call("application/grpc-web+proto", order)],
  "gRPC-Web in base64 in gzip": [
    { ...decode, rules: [{ ...find, on: ["request", "response"] }] },
    call("application/grpc-web-text", order.toString("base64")),
  ],
  "gRPC in gzip, in which nothing acts": [
    { ...decode, protobuf: { ...protobuf, unknown: "pass" }, rules: [] },
    call("application/grpc", order),
  ],
  "protobuf in gzip, in which nothing acts": [
    { ...decode, protobuf: { ...protobuf, unknown: "pass" }, rules: [{ ...named, select: "query:pan" }] },
    call("application/proto", encode("shop.Order", { note: "x" })),
  ],
  "an answer of gRPC-Web in gzip, in which nothing acts": [{ ...decode, rules: [], unmatched: "redact" }, webAnswer],
  "and under rules on variables of GraphQL, which a query has too": [
    { ...decode, rules: [{ ...named, select: "graphql:variables.pan", on: "response" }] },
    webAnswer,
  ],
  "types that hold themselves before what a path of any length selects": [
    {
      protobuf: { descriptors: writeSet("node", toBinary(FileDescriptorSetSchema, nodes)), unknown: "pass" },
      rules: [{ ...find, select: "proto:tree.Node:**.name" }],
    },
    {
      ...typed("application/proto", ""),
      request: { method: "POST", path: "/tree.Trees/Put", headers: [["content-type", "application/proto"]], body },
    },
  ],
  "a text that is long by its escapes": [short, request(`{"a": "${escaped("words and words")}"}`)],
  "an element that is": [short, typed("application/xml", `<a>${references("words and words")}</a>`)],
  "an attribute that is": [short, typed("application/xml", `<a b="${references("words and words")}"/>`)],
  "a field of a form that is": [
    short,
    typed("application/x-www-form-urlencoded", `a=${percents("words and words and words")}`),
  ],
  "a cookie that is, and is not longer to who decodes it": [
    short,
    request("{}", { headers: [json, ["cookie", `a=1; b=${percents("words and words and words")}`]] }),
  ],
  "a number in base64 that its rule leaves what it is": [
    { rules: [named] },
    request(`{"a": "${base64('{"pan": 0}').replace("e", "\\u0065")}"}`),
  ],
  "a text that is too deep": [{ rules: [named], unsupported: "empty" }, request(deep)],
  "GraphQL that is longer as a member": [short, typed("application/graphql", `{ a(b: "${"words ".repeat(8)}") }`)],
  "GraphQL that is stripped": [{ rules: [], unmatched: "strip" }, typed("application/graphql", "{ a(b: 1) }")],
  "a path of names behind a decoder": [
    { rules: [{ name: "in", select: "query:card*|base64|json:$.a", action: "redact" }, named] },
    request("{}", { path: "/?card%5Bpan%5D=Zorblax" }),
  ],
  "a path of names of a form behind a decoder": [
    { rules: [{ name: "in", select: "form:card*|base64|json:$.a", action: "redact" }, named] },
    typed("application/x-www-form-urlencoded", "card%5Bpan%5D=Zorblax"),
  ],
  "a parameter that a rule names that looks everywhere": [
    { rules: [{ ...find, select: ["any:", "named:pan"] }] },
    request("{}", { path: `/?pan=${encodeURIComponent(JSON.stringify({ a: base64('{"b":"ann@example.org"}') }))}` }),
  ],
  "a segment that cannot be decoded, which unmatched does not take": [
    {
      rules: [{ name: "in", select: "path:/p/{a}|json:$.a", action: "redact" }],
      unmatched: "strip",
      unsupported: "pass",
    },
    request("{}", { path: "/p/Zorblax" }),
  ],
  "a name in an event that lines have": [
    { rules: [{ name: "keys", select: "json-key:$.*", action: { mask: {} } }] },
    typed("text/event-stream", 'event: a\ndata: {"data":\ndata: 1}\n\n'),
  ],
};

test.each(Object.entries(cases))("%s", async (_, [policy, recording]) => {
  const bench = new Bench(policy);
  const run = await bench.run(recording);
  expect(run.result.outcome).toBe("forwarded");
  expect(bench.findings(run)).toEqual([]);
});
