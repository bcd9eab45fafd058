/**
 * Every place that the product reads, as a request with a text put there the way a sender would spell it: the media types,
 * the fields of a request, and texts inside texts. Names are ones that no preset knows, so that only detectors can find it.
 */
import { deflateSync, gzipSync } from "node:zlib";
import { encode, frame } from "../../support/protobuf.ts";

export interface Request {
  path?: string;
  headers?: [name: string, value: string][];
  body?: Uint8Array | string;
  trailers?: [name: string, value: string][];
}

export type Place = (text: string) => Request;

/** Rules that select nothing, and so open the texts in which the places below stand. */
export const opened = {
  name: "opened",
  select: [
    "json:$.inner|json:$.nil",
    "json:$.packed|base64|json:$.nil",
    "json:$.packedurl|base64url|json:$.nil",
    "json:$.deep|json:$.packed|base64|json:$.nil",
    "json:$.token|jwt:$.nil",
    "form:inner|json:$.nil",
    "form:packed|base64|json:$.nil",
    "multipart:inner|json:$.nil",
    "query:inner|json:$.nil",
    "cookie:inner|json:$.nil",
    "header:x-inner|json:$.nil",
    "header:x-token|jwt:$.nil",
    "graphql:arguments.nil",
  ],
  on: ["request", "response"],
  action: "redact",
};

const typed = (type: string, body: Uint8Array | string, more: [string, string][] = []): Request => ({
  headers: [["content-type", type], ...more],
  body,
});
const json = (value: unknown, type = "application/json"): Request => typed(type, JSON.stringify(value));
const form = (body: string): Request => typed("application/x-www-form-urlencoded", body);
const parts = (head: string, text: string): Request =>
  typed(
    "multipart/form-data; boundary=cut",
    `--cut\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n--cut--\r\n`,
  );
const xml = (inside: string, type = "application/xml"): Request =>
  typed(type, `<?xml version="1.0"?>\n<a b="c">${inside}</a>\n`);
const order = (message: Parameters<typeof encode>[1]): Uint8Array => encode("shop.Order", message);
const call = (type: string, body: Uint8Array | string): Request => ({
  ...typed(type, body),
  path: "/shop.Checkout/Pay",
});

const hex = (code: number, width: number): string => code.toString(16).padStart(width, "0");
const units = (text: string): number[] => Array.from(text, (_, at) => text.charCodeAt(at));
const escapedJson = (text: string): string =>
  units(text)
    .map((unit) => `\\u${hex(unit, 4)}`)
    .join("");
const escapedPercent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${hex(byte, 2)}`).join("");
const escapedXml = (text: string): string =>
  Array.from(text, (one) => `&#x${one.codePointAt(0)!.toString(16)};`).join("");
const xmlText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const formText = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
const base64 = (text: string, encoding: "base64" | "base64url" = "base64"): string =>
  Buffer.from(text).toString(encoding);
const token = (claims: object): string =>
  [{ alg: "HS256" }, claims]
    .map((part) => base64(JSON.stringify(part), "base64url"))
    .concat("c2lnbmF0dXJl")
    .join(".");
const literal = (text: string): string => JSON.stringify(text);

export const places: Readonly<Record<string, Place>> = {
  "JSON, a value": (text) => json({ a: null, q1: text, z: [] }),
  "JSON, the body": (text) => json(text),
  "JSON, escaped": (text) => typed("application/json", `{"q1":"${escapedJson(text)}"}`),
  "JSON, in an array": (text) => json([[0, [text]], text]),
  "JSON, ten deep": (text) => json(Array.from({ length: 10 }).reduce((inner) => ({ q: inner }), text)),
  "JSON, a name": (text) => json({ [text]: { q: 1 } }),
  "JSON, a name, escaped": (text) => typed("application/json", `{"${escapedJson(text)}":[1]}`),
  "JSON, names twice": (text) => typed("application/json", `{"q":"no","q":${literal(text)},"q":1}`),
  "JSON of a kind": (text) => json({ q1: text }, "application/vnd.shop.v2+json; charset=utf-8"),
  lines: (text) => typed("application/x-ndjson", `{"q":1}\n{"q":${literal(text)}}\n[]\n`),
  events: (text) => typed("text/event-stream", `event: q\nid: 1\ndata: {"q":${literal(text)}}\n\ndata: [DONE]\n\n`),
  "events, in lines": (text) => typed("text/event-stream", `data: {"q":\r\ndata: ${literal(text)}}\r\n\r\n`),
  "events, a comment": (text) => typed("text/event-stream", `: ${text}\n\ndata: [1]\n\n`),
  "events, their names": (text) => typed("text/event-stream", `event: ${text}\r\nid:${text}\r\ndata: {"q":1}\r\n\r\n`),
  "a form": (text) => form(`q=1&r=${formText(text)}&s=`),
  "a form, escaped": (text) => form(`r=${escapedPercent(text)}`),
  "a part": (text) => parts('name="q"', text),
  "a part, a file of text": (text) => parts('name="q"; filename="a.txt"\r\nContent-Type: text/plain', `x ${text}\n`),
  "a part, a file name": (text) => parts(`name="q"; filename="${text}"`, "x"),
  "a part, a file name, extended": (text) => parts(`name="q"; filename*=UTF-8''${escapedPercent(text)}`, "x"),
  "a part, JSON": (text) => parts('name="q"\r\nContent-Type: application/json', `{"q":${literal(text)}}`),
  XML: (text) => xml(`<q>${xmlText(text)}</q>`),
  "XML, mixed": (text) => xml(`see <i>it</i>: ${xmlText(text)}`, "text/xml; charset=utf-8"),
  "XML, escaped": (text) => xml(`<q>${escapedXml(text)}</q>`),
  "XML, CDATA": (text) => xml(`<q><![CDATA[${text}]]></q>`),
  "XML, CDATA in pieces": (text) => xml(`<q>${xmlText(text.slice(0, 5))}<![CDATA[${text.slice(5)}]]></q>`),
  "XML, parted by a comment": (text) => xml(`<q>${xmlText(text.slice(0, 5))}<!-- x -->${xmlText(text.slice(5))}</q>`),
  "XML, an attribute": (text) => xml(`<q r="${xmlText(text)}"/>`),
  "XML, an attribute, escaped": (text) => xml(`<q r='${escapedXml(text)}'/>`),
  SOAP: (text) =>
    typed(
      "application/soap+xml",
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><q>${xmlText(text)}</q></s:Body></s:Envelope>`,
    ),
  gRPC: (text) => call("application/grpc", frame(order({ id: "a", note: text }))),
  "gRPC, deep": (text) =>
    call("application/grpc+proto", frame(order({ card: { backup: { number: text } }, tags: ["a"] }))),
  "gRPC, a list": (text) => call("application/grpc", frame(order({ tags: ["a", text, ""] }))),
  "gRPC, a key": (text) => call("application/grpc", frame(order({ labels: { [text]: "a" } }))),
  "gRPC, in a map": (text) => call("application/grpc", frame(order({ wallet: { a: { number: text } } }))),
  "gRPC, bytes": (text) => call("application/grpc", frame(order({ card: { seal: base64(text) } }))),
  "gRPC, an Any": (text) =>
    call("application/grpc", frame(order({ extra: { "@type": "type.googleapis.com/shop.Card", number: text } }))),
  "gRPC, compressed": (text) => ({
    ...call("application/grpc", frame(gzipSync(order({ note: text })), 1)),
    headers: [
      ["content-type", "application/grpc"],
      ["grpc-encoding", "gzip"],
    ],
  }),
  "gRPC-Web": (text) => call("application/grpc-web+proto", frame(order({ note: text }))),
  "gRPC-Web, text": (text) => call("application/grpc-web-text", frame(order({ note: text })).toString("base64")),
  Connect: (text) => call("application/proto", order({ note: text })),
  "Connect, JSON": (text) => call("application/json", JSON.stringify({ note: text })),
  "GraphQL, a variable": (text) => json({ query: "query Q($a: String) { q(r: $a) }", variables: { a: text } }),
  "GraphQL, a literal": (text) => json({ query: `{ q(r: ${literal(text)}) { s } }` }),
  "GraphQL, a literal in a block": (text) => json({ query: `mutation { q(r: {s: ["""${text}"""]}) }` }),
  "GraphQL, in a comment": (text) => json({ query: `{ q(r: 1) # ${text}\n}` }),
  text: (text) => typed("text/plain", `Hello,\n${text}\nand more`),
  HTML: (text) => typed("text/html; charset=utf-8", `<p title='x'>${text}</p>`),
  CSV: (text) => typed("text/csv", `a,b\r\n1,"${text}"\r\n`),
  Markdown: (text) => typed("text/markdown", `# q\n\n* ${text}\n`),
  gzip: (text) => typed("application/json", gzipSync(JSON.stringify({ q: text })), [["content-encoding", "gzip"]]),
  deflate: (text) => typed("text/plain", deflateSync(`x ${text}`), [["content-encoding", "deflate"]]),
  "JSON in JSON": (text) => json({ inner: JSON.stringify({ q: [text] }) }),
  "JSON in JSON, escaped": (text) => json({ inner: `{"q":"${escapedJson(text)}"}` }),
  "JSON in JSON, a name": (text) => json({ inner: JSON.stringify({ [text]: 1 }) }),
  "JSON in JSON, not opened": (text) => json({ q1: JSON.stringify({ q: [text] }) }),
  "base64 in JSON": (text) => json({ packed: base64(JSON.stringify({ q: text })) }),
  "base64url in JSON": (text) => json({ packedurl: base64(JSON.stringify({ q: text }), "base64url") }),
  "base64 in JSON in JSON": (text) => json({ deep: JSON.stringify({ packed: base64(JSON.stringify({ q: text })) }) }),
  "claims in JSON": (text) => json({ token: token({ sub: text }) }),
  "JSON in a form": (text) => form(`inner=${formText(JSON.stringify({ q: text }))}`),
  "base64 in a form": (text) => form(`packed=${formText(base64(JSON.stringify({ q: text })))}`),
  "JSON in a part": (text) => parts('name="inner"', JSON.stringify({ q: text })),
  "JSON in the query": (text) => ({ path: `/a?inner=${formText(JSON.stringify({ q: text }))}` }),
  "JSON in a cookie": (text) => ({
    headers: [["cookie", `b=1; inner=${encodeURIComponent(JSON.stringify({ q: text }))}`]],
  }),
  "JSON in a header": (text) => ({ headers: [["x-inner", JSON.stringify({ q: text })]] }),
  "claims in a header": (text) => ({ headers: [["x-token", token({ sub: text })]] }),
  "the query": (text) => ({ path: `/a?q=${formText(text)}&r=1` }),
  "the query, escaped": (text) => ({ path: `/a?r=1&q=${escapedPercent(text)}` }),
  "the path": (text) => ({ path: `/a/${encodeURIComponent(text)}/b` }),
  "the path, escaped": (text) => ({ path: `/a/${escapedPercent(text)}` }),
  "a header": (text) => ({ headers: [["x-q", text]] }),
  "a header, twice": (text) => ({
    headers: [
      ["x-q", "a"],
      ["x-q", text],
    ],
  }),
  "a header, escaped": (text) => ({ headers: [["x-q", escapedPercent(text)]] }),
  "a header, an address": (text) => ({ headers: [["location", `https://shop.example/a?q=${formText(text)}#f`]] }),
  "a cookie": (text) => ({ headers: [["cookie", `b=1; q=${text}`]] }),
  "a cookie, escaped": (text) => ({ headers: [["cookie", `q=${escapedPercent(text)}`]] }),
  "a trailer": (text) => ({ ...json({ q: 1 }), trailers: [["x-q", text]] }),
};

/** The same for numbers, which have no quotes. */
export const numberPlaces: Readonly<Record<string, (digits: string) => Request>> = {
  "a number": (digits) => typed("application/json", `{"q1": ${digits}, "z": 1.50}`),
  "numbers in a list": (digits) => typed("application/json", `[1,${digits},${digits}]`),
  "a number, the body": (digits) => typed("application/json", digits),
  "a number in a line": (digits) => typed("application/jsonl", `[]\n[${digits}]`),
  "a number in an event": (digits) => typed("text/event-stream", `data: [${digits}]\n\n`),
  "a number in JSON in JSON": (digits) => json({ inner: `[${digits}]` }),
  "a number in a part": (digits) => parts('name="q"\r\nContent-Type: application/json', `{"q":${digits}}`),
  "a number in claims": (digits) =>
    json({
      token: token({ sub: "@" }).replace(base64('{"sub":"@"}', "base64url"), base64(`{"sub":${digits}}`, "base64url")),
    }),
  "a number in a query of GraphQL": (digits) => json({ query: `{ q(r: ${digits}) }` }),
  "a number of protobuf": (digits) => call("application/grpc", frame(order({ total: digits }))),
  "a number of protobuf, fixed": (digits) => call("application/grpc", frame(order({ serial: digits }))),
  "numbers of protobuf, packed": (digits) => call("application/grpc", frame(order({ deltas: ["1", digits] }))),
};

export const message = ({ path = "/", headers = [], body, trailers }: Request) => ({
  method: "POST",
  path,
  headers,
  ...(body !== undefined && { body: new Uint8Array(Buffer.from(body)) }),
  ...(trailers && { trailers }),
});
