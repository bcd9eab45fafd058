// Every place that may hold a text of JSON, rules by name, and what they leave of a text in such a place.
import { attributeValue, textOf as textOfXml } from "../../../scripts/replay/bodies/xml/document.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { type Sent, sent } from "../replay/cuts.ts";
import { request } from "../replay/support.ts";

export const percent = encodeURIComponent;
export const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
export const multipart: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
const typed = (type: string): { headers: [string, string][] } => ({ headers: [["content-type", type]] });
const part = (value: string, head = "") =>
  `--x\r\nContent-Disposition: form-data; name="p"${head}\r\n\r\n${value}\r\n--x\r\nContent-Disposition: form-data; name="q"\r\n\r\nz\r\n--x--\r\n`;
const soap = (body: string) =>
  request(
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}<Id>7</Id></s:Body></s:Envelope>`,
    typed("application/soap+xml"),
  );
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const referenced = (text: string) => text.replace(/[^a-z]/giu, (one) => `&#x${one.codePointAt(0)!.toString(16)};`);
const inElement = ({ body }: Sent) => textOfXml(/<Payload[^>]*>(.*?)<\/Payload>/s.exec(body)![1]!);
const inAttribute = ({ body }: Sent) => attributeValue(/ data="(.*?)"/s.exec(body)![1]!, '"');
const member = (text: string): { p: string } => JSON.parse(text);

export interface Place {
  put(text: string): Recording;
  get(sent: Sent): string | null | undefined;
}

export const places: Readonly<Record<string, Place>> = {
  "a body": {
    put: (text) => request(JSON.stringify({ a: "b", p: text, c: [1] })),
    get: ({ body }) => member(body).p,
  },
  "a body, escaped": {
    put: (text) =>
      request(
        `{"id":1,"p":"${text.replace(/[^a-z]/gi, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"}`,
      ),
    get: ({ body }) => member(body).p,
  },
  "a list": {
    put: (text) => request(JSON.stringify(["x", [text]])),
    get: ({ body }) => (JSON.parse(body) as [string, [string]])[1][0],
  },
  "a body that is a string": { put: (text) => request(JSON.stringify(text)), get: ({ body }) => JSON.parse(body) },
  "a line": {
    put: (text) => request(`{}\n${JSON.stringify({ p: text })}\n`, typed("application/x-ndjson")),
    get: ({ body }) => member(body.split("\n")[1]!).p,
  },
  "an event": {
    put: (text) => request(`data: ${JSON.stringify({ p: text })}\n\n`, typed("text/event-stream")),
    get: ({ body }) => member(body.slice("data: ".length)).p,
  },
  "a form": {
    put: (text) => request(`a=b&p=${percent(text)}&c=d`, { headers: [form] }),
    get: ({ body }) => new URLSearchParams(body).get("p"),
  },
  "a query": {
    put: (text) => request(undefined, { method: "GET", path: `/?a=b&p=${percent(text)}` }),
    get: ({ path }) => new URLSearchParams(path.slice(2)).get("p"),
  },
  "a cookie": {
    put: (text) => request(undefined, { method: "GET", headers: [["cookie", `a=b; p=${percent(text)}`]] }),
    get: ({ cookie }) => decodeURIComponent(/p=(.*)$/s.exec(cookie)![1]!),
  },
  "a part": {
    put: (text) => request(part(text), { headers: [multipart] }),
    get: ({ body }) => /\r\n\r\n(.*?)\r\n--x\r\n/s.exec(body)?.[1],
  },
  "a file of a type that is not read": {
    put: (text) => request(part(text, '; filename="a.log"\r\nContent-Type: text/plain'), { headers: [multipart] }),
    get: ({ body }) => /\r\n\r\n(.*?)\r\n--x\r\n/s.exec(body)?.[1],
  },
  "a literal of GraphQL": {
    put: (text) => request(JSON.stringify({ query: `{ a(p: ${JSON.stringify(text)}) { id } }` })),
    get: ({ body }) => JSON.parse(/p: (".*")\) \{ id/s.exec((JSON.parse(body) as { query: string }).query)![1]!),
  },
  "an element": { put: (text) => soap(`<Payload>${escaped(text)}</Payload>`), get: inElement },
  "an element, as references": {
    put: (text) => soap(`<x:Payload xmlns:x="urn:x">${referenced(text)}</x:Payload>`),
    get: ({ body }) => textOfXml(/<x:Payload[^>]*>(.*?)<\/x:Payload>/s.exec(body)![1]!),
  },
  "an element, in CDATA sections": {
    put: (text) => soap(`<Payload><![CDATA[]]><![CDATA[${text.slice(0, 1)}]]><![CDATA[${text.slice(1)}]]></Payload>`),
    get: inElement,
  },
  "an attribute": { put: (text) => soap(`<Payload a='1' data="${escaped(text)}" b=""/>`), get: inAttribute },
  "an attribute, as references": {
    put: (text) => soap(`<Payload data="${referenced(text)}">x</Payload>`),
    get: inAttribute,
  },
  "a text beside elements": {
    put: (text) => soap(`<Payload>a<b/>${escaped(text)}<c>1</c></Payload>`),
    get: ({ body }) => textOfXml(/<b\/>(.*?)<c>/s.exec(body)![1]!),
  },
  "a text in a text": {
    put: (text) => request(JSON.stringify({ m: JSON.stringify({ p: text }) })),
    get: ({ body }) => member((JSON.parse(body) as { m: string }).m).p,
  },
};

export const rules = [
  { name: "cvv", select: "named:cvv", action: "redact" },
  { name: "pan", select: "named:['pan','cardNumber']", action: { mask: { keepLast: 4 } } },
  { name: "gone", select: "named:pin", action: "strip" },
];
export const named = { rules };
export const searching = {
  rules: [...rules, { name: "found", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }],
};
export async function left(place: Place, text: string, policy: object): Promise<string | null | undefined> {
  const outcome = await sent(place.put(text), policy);
  return typeof outcome === "string" ? outcome : place.get(outcome);
}
