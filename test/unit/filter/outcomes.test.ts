// The table error -> outcome, row by row: what the client is told, what reaches the service, and that no data is quoted.
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import type { Role } from "../../../scripts/policy/index.ts";
import { OUTCOMES } from "../../../scripts/policy/outcomes.ts";
import { encode, shopFile } from "../../support/protobuf.ts";
import { json, machine, pluginOf, type Sent, send } from "./support.ts";

const secret = "4111111111111111";
const rule = (action: unknown, ...more: string[]) => ({
  rules: [{ name: "pan", select: ["json:$..pan", "query:pan", "header:x-pan", ...more], action }],
});
const redact = rule("redact");
const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const xml: [string, string] = ["content-type", "application/soap+xml"];
const xmlPolicy = rule("redact", "xml://pan");
const parts: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
const partsPolicy = { rules: [{ name: "pan", select: "multipart:pan", action: "redact" }] };
const message = { path: "/shop.Checkout/Pay", headers: [["content-type", "application/x-protobuf"]] } satisfies Sent;
const messagePolicy = {
  protobuf: { descriptors: shopFile, unknown: "block" },
  rules: [{ name: "pan", select: "proto:shop.Order:note", action: "redact" }],
};
const formPolicy = { rules: [{ name: "pan", select: "form:pan", action: "redact" }] };

interface Row {
  policy: object;
  role?: Role;
  sent: Sent;
  trailers?: [string, string][];
  /** Members of the problem document beside those that all have. */
  also?: object;
}

const rows: Record<string, Row> = {
  json_syntax: { policy: redact, sent: { body: `{"pan":"${secret}"]` } },
  json_utf8: { policy: redact, sent: { body: "" } },
  json_name: { policy: redact, sent: { body: `{"pan\\ud800":"${secret}"}` } },
  event_field: {
    policy: redact,
    sent: { headers: [["content-type", "text/event-stream"]], body: `Data: {"pan":"${secret}"}\n\n` },
  },
  xml_syntax: { policy: xmlPolicy, sent: { headers: [xml], body: `<a><pan>${secret}</pan></b>` } },
  xml_utf8: { policy: xmlPolicy, sent: { headers: [xml], body: "" } },
  xml_doctype: {
    policy: xmlPolicy,
    sent: { headers: [xml], body: `<!DOCTYPE a [<!ENTITY b "${secret}">]><a>&b;</a>` },
  },
  limit_attributes: {
    policy: xmlPolicy,
    sent: { headers: [xml], body: `<a ${Array.from({ length: 257 }, (_, at) => `b${at}="${secret}"`).join(" ")}/>` },
  },
  form_name: { policy: formPolicy, sent: { headers: [form], body: `pan%=${secret}` } },
  form_separator: { policy: formPolicy, sent: { headers: [form], body: `a=1;pan=${secret}` } },
  trailers: { policy: redact, sent: { body: `["${secret}","${"x".repeat(20_000)}"]` }, trailers: [["x-sum", "1"]] },
  limit_depth: {
    policy: { ...redact, limits: { depth: 2 } },
    sent: { body: `[[["${secret}"]]]` },
    also: { limit: "limits.depth" },
  },
  limit_value: {
    policy: { ...redact, limits: { value: 16 } },
    sent: { body: `{"${secret.repeat(2)}":1}` },
    also: { limit: "limits.value" },
  },
  limit_body: {
    policy: { ...redact, limits: { body: 10 } },
    sent: { body: `["${secret}"]` },
    also: { limit: "limits.body" },
  },
  unsupported_media_type: { policy: redact, sent: { headers: [["content-type", "text/plain"]], body: secret } },
  unsupported_charset: {
    policy: redact,
    sent: { headers: [["content-type", "application/json; charset=utf-16"]], body: secret },
  },
  content_encoding: { policy: redact, sent: { headers: [json, ["content-encoding", "gzip"]], body: secret } },
  content_type_repeated: { policy: redact, sent: { headers: [json, ["content-type", "text/plain"]], body: secret } },
  rule_block: { policy: rule("block"), sent: { body: `{"pan":"${secret}"}` }, also: { rule: "pan" } },
  unmatched_block: { policy: { unmatched: "block" }, sent: { body: `{"pan":"${secret}"}` } },
  upgrade: {
    policy: redact,
    sent: {
      method: "GET",
      headers: [
        ["upgrade", "websocket"],
        ["connection", "upgrade"],
      ],
    },
  },
  connect: { policy: redact, sent: { method: "CONNECT" } },
  egress_destination: {
    policy: { ...redact, egress: { hosts: ["pay.example"] } },
    role: "egress",
    sent: { body: `{"pan":"${secret}"}` },
  },
  multipart_boundary: {
    policy: partsPolicy,
    sent: { headers: [["content-type", "multipart/form-data"]], body: secret },
  },
  multipart_delimiter: { policy: partsPolicy, sent: { headers: [parts], body: `--x${secret}` } },
  multipart_header: { policy: partsPolicy, sent: { headers: [parts], body: `--x\r\nX\r\n\r\n${secret}\r\n--x--` } },
  multipart_encoding: {
    policy: partsPolicy,
    sent: { headers: [parts], body: `--x\r\nContent-Type: multipart/mixed\r\n\r\n${secret}\r\n--x--` },
  },
  xml_reference: {
    policy: xmlPolicy,
    sent: { headers: [xml], body: `<a><pan href="#i"/><multiRef id="i">${secret}</multiRef></a>` },
  },
  multipart_reference: {
    policy: rule("redact", "xml://pan"),
    sent: {
      headers: [["content-type", "multipart/related; boundary=x"]],
      body: `--x\r\nContent-Type: text/xml\r\n\r\n<pan href="cid:${secret}"/>\r\n--x--`,
    },
  },
  compressed_data: {
    policy: { ...redact, compressed: "decode" },
    sent: { headers: [json, ["content-encoding", "gzip"]], body: secret },
  },
  compressed_ratio: {
    policy: { ...redact, compressed: "decode" },
    sent: { headers: [json, ["content-encoding", "gzip"]] },
  },
  connect_call: { policy: messagePolicy, sent: { ...message, headers: [json], body: `{"note":"${secret}"}` } },
  protobuf_type: { policy: messagePolicy, sent: { ...message, path: "/", body: secret } },
  protobuf_syntax: { policy: messagePolicy, sent: message },
  protobuf_wire: { policy: messagePolicy, sent: message },
  protobuf_unknown: { policy: messagePolicy, sent: message },
  protobuf_any: { policy: messagePolicy, sent: message },
  protobuf_entry: {
    policy: { ...messagePolicy, ...rule("redact", "named:['a']['number']", "named:['b']['seal']") },
    sent: message,
  },
  nested_value: {
    policy: rule("redact", "json:$.p|json:$.pan"),
    sent: { headers: [json], body: JSON.stringify({ p: `no ${secret}` }) },
  },
  text_document: {
    policy: { rules: [{ name: "pan", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] },
    sent: { headers: [["content-type", "text/plain"]], body: `<?xml version="1.0"?><cvc>${secret}</cvc>` },
  },
  path_ambiguous: { policy: rule("redact", "path:/cards/{pan}"), sent: { method: "GET", path: `/cards//${secret}` } },
};

/** A field of protobuf with its length. */
function sized(number: number, ...pieces: Uint8Array[]): Buffer {
  const value = Buffer.concat(pieces);
  return Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
}

const bodies: Record<string, Uint8Array> = {
  json_utf8: Buffer.from(`{"pan":"${secret}\xff"}`, "latin1"),
  compressed_ratio: gzipSync(JSON.stringify([secret, " ".repeat(1 << 20)])),
  protobuf_syntax: Buffer.concat([encode("shop.Order", { note: secret }), Buffer.from("ff", "hex")]),
  protobuf_wire: Buffer.concat([encode("shop.Order", { note: secret }), Buffer.from("0801", "hex")]),
  protobuf_unknown: Buffer.concat([Buffer.from("9a0610", "hex"), Buffer.from(secret)]),
  protobuf_any: Buffer.concat([Buffer.from("42241210", "hex"), Buffer.from(`${secret}\x12\x10${secret}`)]),
  protobuf_entry: sized(5, Buffer.from("0a01610a0162", "hex"), sized(2, sized(1, Buffer.from(secret)))),
  xml_utf8: Buffer.from(`<a><pan>${secret}\xff</pan></a>`, "latin1"),
};

/** Rows that no message can reach through a configured filter and a sound host. */
const unreachable = new Set(["forwarded", "not_configured", "internal"]);
/** Rows of their own: session.test.ts, and protobuf/strict.test.ts, where gRPC has no problem documents. */
const hasOwnTest = (code: string) => code.startsWith("session_") || code.startsWith("grpc_");

test("every outcome has its row", () => {
  const codes = OUTCOMES.map(({ code }) => code).filter((code) => !unreachable.has(code) && !hasOwnTest(code));
  expect(Object.keys(rows).sort()).toEqual([...codes].sort());
});

test.each(Object.entries(rows))("%s, before release", (code, { policy, role, sent, trailers, also = {} }) => {
  const plugin = pluginOf(policy, role);
  const body = bodies[code] ?? (sent.body === undefined ? undefined : Buffer.from(sent.body));
  const stream = plugin.stream();
  const pseudo: [string, string][] = [
    [":method", sent.method ?? "POST"],
    [":path", sent.path ?? "/"],
    [":authority", "localhost"],
  ];
  stream.requestHeaders([...pseudo, ...(sent.headers ?? [json])], body === undefined);
  if (body && !stream.localReply) stream.requestBody(body, trailers === undefined);
  if (trailers && !stream.localReply) stream.requestTrailers(trailers);
  const reply = stream.localReply;
  expect(stream.upstream.body).toEqual([]);
  expect(stream.upstream.headers).toBeUndefined();
  const expected = OUTCOMES.find((outcome) => outcome.code === code)!;
  expect(reply?.status).toBe(expected.status);
  expect(reply?.details).toBe(`frostglass_${code}`);
  const text = Buffer.from(reply!.body).toString();
  expect(JSON.parse(text)).toEqual({
    type: `urn:frostglass:problem:${code}`,
    title: expected.title,
    status: expected.status,
    detail: expected.detail,
    code,
    direction: "request",
    policy: "t",
    ...also,
  });
  expect(text).not.toContain(secret);
  expect(reply!.headers).toContainEqual(["content-type", "application/problem+json"]);
  stream.close();
});

const late = ["json_syntax", "json_utf8", "json_name", "limit_depth", "limit_value", "limit_body", "rule_block"];

test.each(late)("%s, after release, cuts the stream", (code) => {
  const { policy, sent } = rows[code]!;
  const limits = { ...(policy as { limits?: object }).limits, hold: 8, ...(code === "limit_body" && { body: 40 }) };
  const plugin = pluginOf({ ...policy, limits });
  const tail = (bodies[code] ?? Buffer.from(sent.body!)).toString("latin1");
  const body = Buffer.from(
    `["aaaaaaaaaa","bbbbbbbbbb",${" ".repeat(code === "limit_body" ? 40 : 0)}${tail}]`,
    "latin1",
  );
  const stream = plugin.stream();
  stream.requestHeaders([[":method", "POST"], [":path", sent.path ?? "/"], json], false);
  for (let at = 0; at < body.length && !stream.localReply; at += 13) {
    stream.requestBody(body.subarray(at, at + 13), at + 13 >= body.length);
  }
  const left = Buffer.concat(stream.upstream.body).toString();
  expect(stream.upstream).toMatchObject({ ended: false, reset: true });
  expect(left.length).toBeGreaterThan(0);
  expect(left).not.toContain(secret);
  expect(stream.localReply?.details).toBe(`frostglass_${code}`);
  stream.close();
});

test("a response is refused with 502 before release, and cut after it, once", () => {
  const rules = [{ name: "pan", on: "response", select: "json:$..pan", action: "redact" }];
  const response = { body: `{"pan":"${secret}"]` };
  const held = send(pluginOf({ rules }), { method: "GET", headers: [], response });
  expect(held).toMatchObject({ outcome: "blocked", reason: "json_syntax", response: { status: 502 } });
  expect(Buffer.from(held.response!.body).toString()).not.toContain(secret);
  const cut = send(pluginOf({ rules, limits: { hold: 0 } }), { method: "GET", headers: [], response }, { chunk: 5 });
  expect(cut.outcome).toBe("cut");
  expect(Buffer.from(cut.response!.body).toString()).not.toContain(secret);
});

test("a stream that came before any policy is refused", () => {
  const { vm } = machine();
  expect(() => vm.plugin("test", new Uint8Array([1, 2, 3]))).toThrow();
});

test.each([[[] as [string, string][]], [[["content-type", "text/plain"]] as [string, string][]]])(
  "an empty body needs no media type, whether its end is known at once or not",
  (headers) => {
    const plugin = pluginOf(redact);
    for (const exchange of [
      { body: new Uint8Array(0) },
      { body: new Uint8Array(0), trailers: [["x-a", "1"]] as [string, string][] },
    ]) {
      const result = runExchange(plugin, { request: { method: "POST", path: "/", headers, ...exchange } });
      expect(result).toMatchObject({ outcome: "forwarded", requestComplete: true });
    }
    const response = { status: 200, headers, body: new Uint8Array(0) };
    const judged = pluginOf({ rules: [{ name: "r", on: "response", select: "json:$.a", action: "redact" }] });
    const result = runExchange(
      judged,
      { request: { method: "GET", path: "/", headers: [] }, response },
      { endOnEmpty: true },
    );
    expect(result).toMatchObject({ outcome: "forwarded", responseComplete: true });
  },
);

test("without holding an unreadable body is refused by its headers", () => {
  const plugin = pluginOf({ ...redact, limits: { hold: 0 } });
  const result = send(plugin, { headers: [["content-type", "text/plain"]], body: secret });
  expect(result).toMatchObject({ outcome: "blocked", reason: "unsupported_media_type", request: undefined });
});

test("JSON that says it is a text is no call of the Connect protocol either", () => {
  const inJson = { name: "cvc", select: "json:$.cvc", action: "redact" };
  const plugin = pluginOf({ ...messagePolicy, rules: [...messagePolicy.rules, inJson] });
  const sent = { ...message, headers: [["content-type", "text/plain"]] as [string, string][] };
  const result = send(plugin, { ...sent, body: `{"note":"${secret}"}` });
  expect(result).toMatchObject({ outcome: "blocked", reason: "connect_call", request: undefined });
});
