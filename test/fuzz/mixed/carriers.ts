/** A document as a body: in each format, in spellings that its receivers take for the same. */
import type { Random } from "../../../scripts/host/index.ts";
import { frame } from "../../support/protobuf.ts";
import type { Planter, Value } from "./documents.ts";
import { names } from "./words.ts";

export interface Body {
  type: string;
  body: Uint8Array | string;
  path?: string;
  headers?: [string, string][];
}

/** What chooses among spellings. */
export type Draw = Pick<Random, "below">;

/** What a carrier may ask for beside the documents. */
export interface Tools {
  draw: Draw;
  planter: Planter;
}

export type Carrier = (documents: Value[], tools: Tools) => Body;

const hex = (unit: string): string => unit.charCodeAt(0).toString(16).padStart(4, "0");
const percent = (text: string): string => encodeURIComponent(text).replaceAll("'", "%27");

/** JSON with white space and escapes here and there. */
export function spelledJson(value: unknown, draw: Draw): string {
  const space = () => (draw.below(6) === 0 ? " " : "");
  const letter = (one: string) => {
    const plain = JSON.stringify(one).slice(1, -1);
    return plain.length > 1 || draw.below(30) > 0 ? plain : `\\u${hex(one)}`;
  };
  const quoted = (text: string) => `"${text.split("").map(letter).join("")}"`;
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => space() + spelledJson(one, draw) + space()).join(",")}]`;
  const members = Object.entries(value).map(
    ([name, one]) => `${space()}${quoted(name)}${space()}:${space()}${spelledJson(one, draw)}`,
  );
  return `{${members.join(",")}}`;
}

/** A scalar where there are only texts: a boolean would be the same as another one. */
const textOf = (value: string | number | boolean | null): string =>
  value === null || typeof value === "boolean" ? "" : String(value);

/** Every scalar with the names that lead to it. */
function leaves(value: Value, steps: string[] = []): [steps: string[], text: string][] {
  if (typeof value !== "object" || value === null) return [[steps, textOf(value)]];
  return Object.entries(value).flatMap(([name, one]) => leaves(one as Value, [...steps, name]));
}

function fieldName(steps: string[], draw: Draw): string {
  const [first = "items", ...rest] = steps;
  const dots = draw.below(3) === 0;
  return (
    first + rest.map((one) => (dots ? `.${one}` : `[${/^\d+$/.test(one) && draw.below(2) === 0 ? "" : one}]`)).join("")
  );
}

export function formOf(value: Value, draw: Draw): string {
  return leaves(value)
    .map(
      ([steps, text]) => `${percent(fieldName(steps, draw))}=${draw.below(4) === 0 ? escapedAll(text) : percent(text)}`,
    )
    .join("&");
}

const escapedAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const boundary = "xCUTx";
function part(name: string, value: string, head = ""): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${value}\r\n`;
}
const partName = (name: string): string => name.replace(/[^\w.[\]é -]/g, "_") || "none";

/** Types that a part may name, and the document in each: a rule takes some of them by their names. */
const typed: readonly ((value: Value, draw: Draw) => [type: string, text: string])[] = [
  (one, draw) => ["application/json", spelledJson(one, draw)],
  (one, draw) => ["application/xml", xmlOf(one, draw)],
  (one, draw) => ["application/vnd.a+json; charset=iso-8859-1", spelledJson(one, draw).replaceAll("é", "\\u00e9")],
  (one, draw) => ["application/x-www-form-urlencoded", formOf(one, draw)],
  (one, draw) => ["application/x-ndjson", `${spelledJson(one, draw)}\n${spelledJson(null, draw)}\n`],
  (one, draw) => ["application/json-seq", `\x1e${spelledJson(one, draw)}\n`],
  (one, draw) => ["text/event-stream", `event: a\ndata: ${spelledJson(one, draw)}\n\n`],
  (one, draw) => ["text/plain", spelledJson(one, draw)],
];

/** Chosen by the document itself, so that one that is spelled plainly may stand in any type. */
function typedPart(value: Value, draw: Draw): string {
  const turn = JSON.stringify(value).length;
  const [type, text] = typed[turn % typed.length]!(value, draw);
  const file = turn % 4 === 0 ? '; filename="a.xml"' : "";
  return part(names[turn % names.length]!, text, `${file}\r\nContent-Type: ${type}`);
}

const multipart: Carrier = ([value = {}, ...others], { draw, planter }) => {
  const parts = leaves(value).map(([steps, text]) => {
    const hasFile = draw.below(4) === 0;
    return part(partName(fieldName(steps, draw)), text, hasFile ? `; filename="${planter.text("WORD")}.txt"` : "");
  });
  parts.push(...others.map((one) => typedPart(one, draw)));
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${parts.join("")}--${boundary}--\r\n` };
};

const related: Carrier = (documents, { draw }) => {
  const parts = documents.map((one, at) => {
    const [type, text] = at % 2 === 0 ? ["text/xml", xmlOf(one, draw)] : ["application/json", spelledJson(one, draw)];
    return `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
  });
  return { type: `multipart/related; boundary=${boundary}`, body: `${parts.join("")}--${boundary}--\r\n` };
};

const xmlText = (text: string, draw: Draw): string => {
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  if (draw.below(6) === 0) return Array.from(text, (one) => `&#x${one.codePointAt(0)!.toString(16)};`).join("");
  return plain;
};
const elementName = (name: string): string => name.replace(/[^\wé.-]/g, "_").replace(/^(?![A-Za-z_é])/, "_");

function element(name: string, value: Value, draw: Draw): string {
  const tag = (draw.below(5) === 0 ? "n:" : "") + elementName(name);
  if (Array.isArray(value)) return value.map((one) => element(name, one, draw)).join(draw.below(3) === 0 ? "\n" : "");
  if (typeof value !== "object" || value === null) {
    const text = textOf(value);
    const inside = draw.below(6) === 0 && !text.includes("]]>") ? `<![CDATA[${text}]]>` : xmlText(text, draw);
    return `<${tag}>${inside}</${tag}>`;
  }
  const seen = new Set<string>();
  let attributes = "";
  let inside = "";
  for (const [inner, one] of Object.entries(value)) {
    const attribute = elementName(inner);
    if ((typeof one !== "object" || one === null) && draw.below(4) === 0 && !seen.has(attribute)) {
      seen.add(attribute);
      attributes += ` ${attribute}="${xmlText(textOf(one), draw)}"`;
    } else inside += (draw.below(6) === 0 ? "\n  " : "") + element(inner, one, draw);
  }
  return inside === "" && draw.below(2) === 0 ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${inside}</${tag}>`;
}

export const xmlOf = (value: Value, draw: Draw): string =>
  `<?xml version="1.0"?>\n<root xmlns:n="urn:n">${
    Array.isArray(value) || typeof value !== "object"
      ? element("items", value, draw)
      : Object.entries(value ?? {})
          .map(([name, one]) => element(name, one, draw))
          .join("")
  }</root>`;

/** A literal of GraphQL; names that it has no spelling for are left out of it. */
function literal(value: Value): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  const members = Object.entries(value).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
  return `{${members.map(([name, one]) => `${name}: ${literal(one)}`).join(", ")}}`;
}
const arguments_ = (value: Value): string =>
  typeof value === "object" && value !== null && !Array.isArray(value) && /\w/.test(literal(value))
    ? `(${literal(value).slice(1, -1)})`
    : `(items: ${literal(value)})`;
const queryOf = ([first = {}, second = []]: Value[]): string =>
  `query Q($pan: T = ${literal(second)}) { card: pay${arguments_(first)} { id } }`;

const graphql: Carrier = (documents, { draw }) => {
  const [variables = {}] = documents.slice(1);
  const request = { query: queryOf(documents.slice(0, 1)), variables };
  return { type: "application/json", body: spelledJson(draw.below(3) === 0 ? [request] : request, draw) };
};

const soap = (value: Value, draw: Draw): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${element("card", value, draw)}</s:Body></s:Envelope>`;

/** A document a few letters an event, as language models stream the arguments of a call. */
function inPieces(value: Value, draw: Draw): string {
  const index = draw.below(3);
  const letters = [...spelledJson(value, draw)];
  let events = "";
  while (letters.length > 0) {
    const text = letters.splice(0, 1 + draw.below(40)).join("");
    events += `data: ${JSON.stringify({ type: "delta", index, delta: { partial_json: text } })}\n\n`;
  }
  return events;
}

export const carriers: Readonly<Record<string, Carrier>> = {
  json: ([one = null], { draw }) => ({ type: "application/json", body: spelledJson(one, draw) }),
  "json of a kind": ([one = null], { draw }) => ({
    type: "application/vnd.a+json; charset=utf-8",
    body: spelledJson(one, draw),
  }),
  "json without a type": ([one = null], { draw }) => ({ type: "", body: spelledJson(one, draw) }),
  lines: (all, { draw }) => ({
    type: "application/x-ndjson",
    body: all.map((one) => `${spelledJson(one, draw)}\n`).join(""),
  }),
  sequence: (all, { draw }) => ({
    type: "application/json-seq",
    body: all.map((one) => `\x1e${spelledJson(one, draw)}\n`).join(""),
  }),
  events: (all, { draw }) => ({
    type: "text/event-stream",
    body: all.map((one, at) => `event: a\nid: ${at}\ndata: ${spelledJson(one, draw)}\n\n`).join(""),
  }),
  pieces: (all, { draw }) => ({ type: "text/event-stream", body: all.map((one) => inPieces(one, draw)).join("") }),
  form: ([one = ""], { draw }) => ({ type: "application/x-www-form-urlencoded", body: formOf(one, draw) }),
  "a document in a form": ([one = ""]) => ({
    type: "application/x-www-form-urlencoded",
    body: `a=1&data=${percent(JSON.stringify(one))}`,
  }),
  multipart,
  related,
  xml: ([one = null], { draw }) => ({ type: "application/xml", body: xmlOf(one, draw) }),
  soap: ([one = null], { draw }) => ({ type: "application/soap+xml", body: soap(one, draw) }),
  graphql,
  "graphql, a body": (all) => ({ type: "application/graphql", body: queryOf(all) }),
  "graphql, a form": (all) => ({
    type: "application/x-www-form-urlencoded",
    body: `query=${percent(queryOf(all))}&variables=${percent(JSON.stringify(all[2] ?? {}))}`,
  }),
  text: (all) => ({
    type: "text/plain",
    body: `Hello\n${all
      .flatMap((one) => leaves(one))
      .map(([, text]) => text)
      .join(", ")}\n`,
  }),
  "json as text": ([one = {}], { draw }) => ({ type: "text/plain", body: spelledJson(one, draw) }),
  html: (all) => ({
    type: "text/html",
    body: `<p>${all
      .flatMap((one) => leaves(one))
      .map(([, text]) => text)
      .join("</p><p>")}</p>`,
  }),
};

/** How a call puts a message into its frame, and the trailers of an answer, which gRPC-Web has in its body. */
export interface Framing {
  framed: (message: Uint8Array) => Uint8Array;
  trailers: readonly [string, string][];
}

const webBody = (all: Uint8Array[], { framed, trailers }: Framing): Buffer => {
  const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const ends = lines === "" ? [] : [frame(Buffer.from(lines), 0x80)];
  return Buffer.concat([...all.slice(0, 1).map(framed), ...ends]);
};

/** Messages of protobuf as bodies: of a call, of gRPC-Web, of Connect. */
export const callers: Readonly<Record<string, (messages: Uint8Array[], framing: Framing) => Body>> = {
  grpc: (all, { framed }) => ({ type: "application/grpc", body: Buffer.concat(all.map(framed)) }),
  "grpc-web": (all, framing) => ({ type: "application/grpc-web+proto", body: webBody(all, framing) }),
  "grpc-web-text": (all, framing) => ({
    type: "application/grpc-web-text",
    body: webBody(all, framing).toString("base64"),
  }),
  connect: (all) => ({ type: "application/proto", body: all[0] ?? "" }),
};
