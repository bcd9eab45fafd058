// The two engines of replay agree: the same exchange gives the same bytes, headers and outcome in the embedded host and
// in a real Envoy.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvoyEngine } from "../../scripts/envoy/engine.ts";
import { type Exchange, type ExchangeResult, type Plugin, runExchange, Vm } from "../../scripts/host/index.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { active, compile, json, order, testKey } from "../support/envoy.ts";

const hold = 1024;
const policy = compile({
  name: "engines",
  activation: { verify: "presence" },
  limits: { hold, body: "64KiB" },
  compressed: "decode",
  rules: [
    { name: "cvv", select: ["json:$..card.cvc", "query:cvc"], action: "strip" },
    { name: "pan", select: "json:$..card.number", action: { mask: { keepLast: 4 } } },
    {
      name: "form",
      select: ["form:card", "form:doc|json:$.card", "multipart:card"],
      action: { mask: { keepLast: 4 } },
    },
    { name: "xml", select: ["xml://Pan", "xml://@pan"], action: { mask: { keepLast: 4 } } },
    { name: "xml.cvc", select: "xml://Cvc", action: "strip" },
    { name: "mail.hash", select: ["json:$.customer.email", "header:x-user-email"], action: { hash: { length: 16 } } },
    { name: "session", select: "cookie:sid", action: "redact" },
    { name: "never", select: "json:$.forbidden", action: "block" },
    { name: "back", on: "response", select: ["json:$..token", "xml://token", "header:x-token"], action: "redact" },
    { name: "sum", on: ["request", "response"], select: ["header:x-sum-*", "cookie:pan"], action: { mask: {} } },
  ],
});

const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const parts: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
const events: [string, string] = ["content-type", "text/event-stream"];
const lines: [string, string] = ["content-type", "application/x-ndjson"];
const xml: [string, string] = ["content-type", "text/xml; charset=utf-8"];
const envelope = (inside: string) =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inside}</s:Body></s:Envelope>`;
const soap = envelope('<Pay ref="1"><Pan>4111111111111111</Pan> <Cvc>737</Cvc><Card pan="5500005555555559"/></Pay>');
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
type Request = Exchange["request"];

function exchange(request: Partial<Request>, response: Partial<NonNullable<Exchange["response"]>> = {}): Exchange {
  const base = { method: "POST", path: "/order", headers: [active, json] };
  return {
    request: { ...base, ...request },
    response: { status: 200, headers: [["content-type", "text/plain"]], ...response },
  };
}

const long = `[${Array.from({ length: 200 }, () => order).join(",")}]`;
const length = (text: string): [string, string] => ["content-length", String(text.length)];

const exchanges: [string, Exchange][] = [
  ["a body", exchange({ body: bytes(order) })],
  ["a body with its length", exchange({ headers: [active, json, length(order)], body: bytes(order) })],
  ["a form", exchange({ headers: [active, form], body: bytes("a=%31&card=4111+1111&doc={%22card%22:%221234567%22}") })],
  ["a form that is refused", exchange({ headers: [active, form], body: bytes("a=1;card=4111111111111111") })],
  ["lines", exchange({ headers: [active, lines], body: bytes(`${order.replace("\n", "")}\n\n{"a":1}\n`) })],
  ["lines that are refused", exchange({ headers: [active, lines], body: bytes('{"a":1}\n{"a":\n1}') })],
  [
    "parts",
    exchange({
      headers: [active, parts],
      body: bytes(
        `--x\r\nContent-Disposition: form-data; name="card"; filename="a"\r\n\r\n41111\r\n--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n${"y".repeat(2000)}\r\n--x--\r\n`,
      ),
    }),
  ],
  ["parts that are refused", exchange({ headers: [active, parts], body: bytes("--x\r\n--x--") })],
  ["SOAP 1.1", exchange({ headers: [active, xml, ["soapaction", '"pay"'], length(soap)], body: bytes(soap) })],
  [
    "SOAP 1.2",
    exchange({ headers: [active, ["content-type", 'application/soap+xml; action="pay"']], body: bytes(soap) }),
  ],
  ["XML longer than the hold", exchange({ headers: [active, xml], body: bytes(envelope(soap.slice(21).repeat(20))) })],
  ["XML that is refused", exchange({ headers: [active, xml], body: bytes(`${soap}<a>`) })],
  [
    "XML with a document type",
    exchange({ headers: [active, xml], body: bytes('<!DOCTYPE a [<!ENTITY b "4111111111111111">]><a>&b;</a>') }),
  ],
  ["an answer in XML", exchange({}, { headers: [xml], body: bytes(envelope("<token a='1'>t</token><b/>")) })],
  ["an answer in XML that is refused", exchange({}, { headers: [xml], body: bytes("<a>") })],
  [
    "compressed XML",
    exchange({ headers: [active, xml, ["content-encoding", "gzip"]], body: new Uint8Array(gzipSync(soap)) }),
  ],
  [
    "a compressed body",
    exchange({ headers: [active, json, ["content-encoding", "gzip"]], body: new Uint8Array(gzipSync(order)) }),
  ],
  [
    "a compressed answer that is damaged",
    exchange({}, { headers: [json, ["content-encoding", "deflate"]], body: bytes("x") }),
  ],
  ["events", exchange({}, { headers: [events], body: bytes('id: 1\ndata: {"token":"t"}\n\ndata: [DONE]\n\n') })],
  ["events, one of them foreign", exchange({}, { headers: [events], body: bytes("data: hello\n\n") })],
  ["no body", exchange({ method: "GET", headers: [active] })],
  ["an empty body", exchange({ body: bytes("") })],
  ["an empty body with its length", exchange({ headers: [active, json, ["content-length", "0"]], body: bytes("") })],
  ["inactive", exchange({ headers: [json, length(order)], body: bytes(order) })],
  [
    "fields",
    exchange({ path: "/order?cvc=1&a=2", headers: [active, ["cookie", "sid=x; b=1"], ["x-user-email", "a@b.c"]] }),
  ],
  ["repeated headers", exchange({ headers: [active, ["x-a", "1"], ["x-b", "2"], ["x-a", "3"]] })],
  ["a repeated content-type", exchange({ headers: [active, json, json], body: bytes(order) })],
  ["malformed", exchange({ body: bytes(`${order}x`) })],
  ["blocked by a rule", exchange({ body: bytes('{"forbidden":1}') })],
  [
    "a media type that cannot be read",
    exchange({ headers: [active, ["content-type", "text/csv"]], body: bytes("a,b") }),
  ],
  ["encoded", exchange({ headers: [active, json, ["content-encoding", "br"]], body: bytes("\u001f") })],
  ["longer than the hold", exchange({ headers: [active, json, length(long)], body: bytes(long) })],
  ["an upgrade", exchange({ method: "GET", headers: [active, ["connection", "upgrade"], ["upgrade", "websocket"]] })],
  ["trailers", exchange({ body: bytes(order), trailers: [["x-t", "1"]] })],
  ["an answer", exchange({}, { headers: [json, length('{"token":"t"}')], body: bytes('{"token":"t"}') })],
  [
    "an answer with trailers",
    exchange({}, { headers: [json], body: bytes('{"token":"t"}'), trailers: [["x-t", "1"]] }),
  ],
  [
    "trailers that rules select, in both directions",
    exchange(
      {
        body: bytes(order),
        trailers: [
          ["x-sum-a", "1"],
          ["x-b", "2"],
          ["x-sum-a", "34"],
        ],
      },
      { headers: [json], body: bytes('{"token":"t"}'), trailers: [["x-token", "t"]] },
    ),
  ],
  [
    "cookies and repeated headers, in both directions",
    exchange(
      { headers: [active, json, ["cookie", "a=1; pan=4111"], ["x-sum-a", "12"], ["x-sum-a", "3"]], body: bytes(order) },
      {
        headers: [
          ["set-cookie", "pan=4111; Path=/"],
          ["set-cookie", "b=2"],
          ["x-token", "t"],
        ],
      },
    ),
  ],
  ["a malformed answer", exchange({}, { headers: [json], body: bytes("{") })],
  ["an answer without a body", exchange({}, { status: 204, headers: [] })],
  ["an answer to HEAD", exchange({ method: "HEAD", headers: [active] }, { headers: [json, ["content-length", "99"]] })],
];

/**
 * What both must say alike. Left out is what depends on the timing of a real connection: how much of a body had left
 * when it was cut, the order of pseudo-headers, which HTTP/1.1 does not have, and whether a body beyond the hold, which streams unless it comes in one piece, has a length.
 */
function told({ outcome, reason, request, requestComplete, response, responseComplete, rules }: ExchangeResult) {
  const shown = (message: typeof request) =>
    message && {
      pseudo: Object.fromEntries(message.headers.filter(([name]) => name.startsWith(":"))),
      headers: message.headers.filter(
        ([name]) => !name.startsWith(":") && (name !== "content-length" || message.body.length <= hold),
      ),
      body: Buffer.from(message.body).toString(),
      trailers: message.trailers,
    };
  const status = response?.status;
  return {
    outcome,
    reason,
    request: shown(request),
    requestComplete,
    status,
    response: shown(response),
    responseComplete,
    rules,
  };
}

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let engine: EnvoyEngine;
  let plugin: Plugin;
  beforeAll(async () => {
    process.env.FROSTGLASS_KEY = testKey;
    engine = await EnvoyEngine.start(policy, { attachment, version: process.env.FROSTGLASS_ENVOY });
    const module = new WebAssembly.Module(readFileSync(wasmPath));
    plugin = new Vm(module, { environment: { FROSTGLASS_KEY: testKey } }).plugin("engines", policy.binary);
  });
  afterAll(() => engine?.stop());

  test.each(exchanges)("%s", async (_, given) => {
    const embedded = told(runExchange(plugin, given, { attachment, holdHeaders: true }));
    expect(told(await engine.run(given))).toEqual(embedded);
  });

  test("in pieces", async () => {
    const given = exchange({ body: bytes(long) });
    const embedded = told(runExchange(plugin, given, { attachment, holdHeaders: true }));
    expect(told(await engine.run(given, { chunk: { random: 7 } }))).toEqual(embedded);
  });

  test("counts belong to their exchange", async () => {
    await engine.run(exchange({ body: bytes(order) }));
    const { rules } = await engine.run(exchange({ body: bytes('{"card":{"cvc":1}}') }));
    expect(rules).toEqual({ cvv: 1 });
  });
});

test("a request active by cluster", async () => {
  const byCluster = compile({
    name: "by-cluster",
    activation: { verify: "presence", clusters: ["tunnel-*"] },
    rules: [{ name: "cvv", select: "json:$..cvc", action: "strip" }],
  });
  const engine = await EnvoyEngine.start(byCluster, { cluster: "tunnel-1", version: process.env.FROSTGLASS_ENVOY });
  try {
    const { request } = await engine.run({
      request: { method: "POST", path: "/", headers: [json], body: bytes('{"cvc":1}') },
    });
    expect(Buffer.from(request!.body).toString()).toBe("{}");
  } finally {
    await engine.stop();
  }
});
