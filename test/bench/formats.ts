/**
 * Every format through the release filter in the embedded host, in pieces of 16 KB, beside the peer that a service would
 * read it with. The host's share (headers, copies) is in the figures, the same for all.
 */
import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { createParser } from "eventsource-parser";
import { parse } from "graphql";
import { SaxesParser } from "saxes";
import { Filter } from "../support/engine-filter.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { decode, encode, frame, frames, shopFile } from "../support/protobuf.ts";
import type { Contender } from "./contenders/contender.ts";
import { order } from "./documents.ts";
import { microseconds } from "./measure.ts";
import { active } from "./policy.ts";

export interface FormatFigure {
  format: string;
  bytes: number;
  microseconds: number;
  megabytesPerSecond: number;
  /** The same bytes read by the peer, in microseconds. */
  peer: { name: string; microseconds: number };
}

const PIECE = 16 * 1024;
const small = Buffer.from(order(1024)).toString();
const copies = (text: string, times = 256) => Buffer.from(text.repeat(times));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

interface Row {
  format: string;
  type: string;
  body: Uint8Array;
  /** Bytes that a reader gets, where they are not those on the wire. */
  plain?: Uint8Array;
  encoding?: string;
  policy: object;
  peer: [name: string, read: (body: Uint8Array) => unknown];
}

const names = (location: string) => ({
  rules: [
    { name: "pan", select: `${location}card_number`, action: { mask: { keepLast: 4 } } },
    { name: "cvc", select: `${location}cvc`, action: "strip" },
    { name: "mail", select: `${location}email`, action: "redact" },
  ],
});
const fields = { card_number: "4111 1111 1111 1111", cvc: "123", email: "zoe@example.org", note: "x".repeat(700) };
const part = ([name, value]: [string, string]) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

function eventsIn(body: Uint8Array): unknown[] {
  const data: unknown[] = [];
  createParser({ onEvent: (event) => data.push(JSON.parse(event.data)) }).feed(`${text(body)}\n\n`);
  return data;
}

/** A SOAP envelope of entries of about a kilobyte, as exports have them. */
const entry = Object.entries(fields)
  .map(([name, value]) => `    <p:${name}>${value}</p:${name}>\n`)
  .join("");
const envelope = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:p="urn:pay">',
  `  <s:Body>\n${`  <p:Pay ref="7" channel="web">\n${entry}  </p:Pay>\n`.repeat(256)}  </s:Body>\n</s:Envelope>\n`,
].join("\n");

function elementsIn(body: Uint8Array): number {
  let elements = 0;
  const parser = new SaxesParser();
  parser.on("opentag", () => elements++);
  parser.write(text(body)).close();
  return elements;
}

/** Calls of about a kilobyte, as a stream of them comes. */
const call = frame(
  encode("shop.Order", {
    id: "o-10017",
    card: { number: "4111111111111111", month: 12, pan: "4111111111111111" },
    cards: Array.from({ length: 8 }, (_, at) => ({ number: `550000555555555${at}`, month: at + 1 })),
    labels: { channel: "web", campaign: "spring", region: "eu-central-1" },
    points: [1, 20, 300, 4000],
    amount: 129.99,
    note: "x".repeat(700),
  }),
);
const calls = {
  protobuf: { descriptors: shopFile, bodies: [{ path: "/", request: "shop.Order" }] },
  rules: [
    { name: "pan", select: "proto:shop.Card:number", action: { mask: { keepLast: 4 } } },
    { name: "month", select: "proto:shop.Card:month", action: "strip" },
    { name: "id", select: "proto:shop.Order:id", action: "redact" },
  ],
};

/** A query of about a kilobyte, as clients write that have no variables. */
const mutation = `mutation Pay {
${Array.from(
  { length: 4 },
  (
    _,
    at,
  ) => `  p${at}: pay(card: {number: "411111111111111${at}", month: 12, cvc: "123"}, email: "zoe@example.org", amount: 129.99) {
    id state card { brand last4 } history(first: 10, order: NEWEST) { at state note }
  }`,
).join("\n")}
}`;

const json = order(256 * 1024);
const rows: Row[] = [
  {
    format: "JSON",
    type: "application/json",
    body: json,
    policy: active,
    peer: ["JSON.parse", (body) => JSON.parse(text(body))],
  },
  {
    format: "JSON in strings",
    type: "application/x-ndjson",
    body: copies(`${JSON.stringify({ payload: small })}\n`),
    policy: {
      rules: [{ name: "nested", select: "json:$.payload|json:$.customer.email", action: "redact" }],
    },
    peer: [
      "JSON.parse",
      (body) =>
        text(body)
          .trim()
          .split("\n")
          .map((line) => JSON.parse(JSON.parse(line).payload)),
    ],
  },
  {
    format: "lines",
    type: "application/x-ndjson",
    body: copies(`${small}\n`),
    policy: active,
    peer: [
      "JSON.parse",
      (body) =>
        text(body)
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
    ],
  },
  {
    format: "events",
    type: "text/event-stream",
    body: copies(`data: ${small}\n\n`),
    policy: active,
    peer: ["eventsource-parser", eventsIn],
  },
  {
    format: "form",
    type: "application/x-www-form-urlencoded",
    body: copies(`${new URLSearchParams(fields)}&`, 300),
    policy: names("form:"),
    peer: ["URLSearchParams", (body) => new URLSearchParams(text(body))],
  },
  {
    format: "parts",
    type: "multipart/form-data; boundary=b",
    body: Buffer.concat([copies(Object.entries(fields).map(part).join(""), 256), Buffer.from("--b--\r\n")]),
    policy: names("multipart:"),
    peer: [
      "split",
      (body) =>
        text(body)
          .split("\r\n--b")
          .map((piece) => piece.split("\r\n\r\n", 2)),
    ],
  },
  {
    format: "XML",
    type: "application/soap+xml",
    body: Buffer.from(envelope),
    policy: names("xml://"),
    peer: ["saxes", elementsIn],
  },
  {
    format: "gRPC",
    type: "application/grpc",
    body: Buffer.concat(Array.from({ length: 256 }, () => call)),
    policy: calls,
    peer: ["@bufbuild/protobuf", (body) => frames(body).map((message) => decode("shop.Order", message))],
  },
  {
    format: "GraphQL",
    type: "application/x-ndjson",
    body: copies(`${JSON.stringify({ query: mutation })}\n`),
    policy: {
      rules: [
        { name: "pan", select: "graphql:arguments.card.number", action: { mask: { keepLast: 4 } } },
        { name: "cvc", select: "graphql:arguments.card.cvc", action: "strip" },
        { name: "mail", select: "graphql:arguments.email", action: "redact" },
      ],
    },
    peer: [
      "JSON.parse, graphql",
      (body) =>
        text(body)
          .trim()
          .split("\n")
          .map((line) => parse(JSON.parse(line).query)),
    ],
  },
  {
    format: "gzip, JSON",
    type: "application/json",
    encoding: "gzip",
    body: gzipSync(json),
    plain: json,
    policy: { ...active, compressed: "decode" },
    peer: ["zlib, JSON.parse", (body) => JSON.parse(text(gunzipSync(body)))],
  },
  {
    format: "deflate, JSON",
    type: "application/json",
    encoding: "deflate",
    body: deflateSync(json),
    plain: json,
    policy: { ...active, compressed: "decode" },
    peer: ["zlib, JSON.parse", (body) => JSON.parse(text(inflateSync(body)))],
  },
];

export const formatNames: readonly string[] = rows.map(({ format }) => format);

/** A build of the filter, with the compiler that writes its policies. */
export interface Build {
  Filter: typeof Filter;
  binaryOf: typeof binaryOf;
}

/** The row of a format: its body, and a build of the filter that reads it. */
export function formatContender(format: string, build: Build): { body: Uint8Array; contender: Contender } {
  const { type, body, encoding, policy } = rows.find((row) => row.format === format)!;
  const filter = new build.Filter();
  filter.use(build.binaryOf(policy));
  const contender: Contender = {
    name: format,
    prepare(bytes) {
      const run = () => filter.rewrite(bytes, PIECE, type, encoding);
      const { error } = run();
      if (error) throw new Error(`the filter refuses the ${format} of the benchmark: ${error}`);
      return run;
    },
  };
  return { body, contender };
}

export function formatFigures(): FormatFigure[] {
  return rows.map(({ format, body, plain, peer: [name, read] }) => {
    const { contender } = formatContender(format, { Filter, binaryOf });
    const [mine, peers] = microseconds([contender, { name, prepare: (bytes) => () => read(bytes) }], body);
    const length = (plain ?? body).length;
    return {
      format,
      bytes: length,
      microseconds: mine!,
      megabytesPerSecond: length / mine!,
      peer: { name, microseconds: peers! },
    };
  });
}
