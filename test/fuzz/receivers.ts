/**
 * Bodies and targets as no writer makes them, read by real receivers: names with signs that some leave out or read as others,
 * in other charsets and escapes, separators and headers that are a little wrong. What is forwarded hides from URLSearchParams,
 * node:querystring, @fastify/busboy, the fetch of Node and eventsource-parser what the policy selects by the name that they read.
 */
import assert from "node:assert/strict";
import querystring from "node:querystring";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import type { Chunking, Plugin } from "../../scripts/host/index.ts";
import { runExchange } from "../../scripts/host/index.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { machine } from "../unit/filter/support.ts";
import type { Tally } from "./tokens.ts";

type Text = fc.Arbitrary<string>;
type Pair = readonly [name: string, value: string];

const secret = "SECRET";
const hidden = new Set(["card", "straße"]);
/** Texts are bytes, one character each. */
const base = fc.constantFrom("card", "card", "card", "x", "stra\xdfe", "stra\xc3\x9fe");
const odd = fc.constantFrom(
  ..."\0\t\n\r\v \"#$%&'(+,-./:;<=?@[\\]_{|}\x7f",
  ...["\x85", "\xa0", "\xc2\xa0", "\xef\xbb\xbf", "\xe2\x80\x8b", "\xff", "[]", "[x]", "(1i)", "%00", "%u0063"],
);
const mostly = (usual: string, ...others: string[]): Text =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: fc.constantFrom(...others), weight: 1 });
const some = (text: Text): Text => fc.oneof({ arbitrary: fc.constant(""), weight: 5 }, { arbitrary: text, weight: 1 });
const join = (...pieces: Text[]): Text => fc.tuple(...pieces).map((all) => all.join(""));
const many = (piece: Text, between: Text): Text =>
  fc.tuple(fc.array(piece, { minLength: 1, maxLength: 3 }), between).map(([pieces, sign]) => pieces.join(sign));

const name = join(some(odd), some(odd), base, some(odd), some(odd));
const escaped = (text: Text): Text =>
  fc.tuple(text, fc.nat(3)).map(([raw, how]) =>
    [...raw]
      .map((sign, at) => {
        const isPlain = /[a-z[\]]/.test(sign) ? (at + how) % 4 !== 0 : how === 3;
        return isPlain ? sign : `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`;
      })
      .join(""),
  );
const field = join(escaped(name), mostly("=", "==", "", " = ", "%3D"), fc.constantFrom(secret, secret, "1"));
const form = many(field, mostly("&", ";", "&&", "&amp;", "\n", "|"));

const disposition = join(
  mostly("Content-Disposition: form-data", "content-disposition:Form-Data", "Content-Disposition : form-data"),
  mostly("; ", ";", " ;"),
  mostly("name=", "Name=", "name*=", "name =", "filename=a; name="),
  fc.oneof(
    name.map((text) => `"${text}"`),
    name,
  ),
  some(fc.constantFrom('; filename="a"', '; name="card"', '; filename="\\"; name=\\"card"', "; filename*=utf-8''a")),
);
const line = mostly("\r\n", "\n", "\r");
const part = join(
  fc.constant("--b"),
  line,
  disposition,
  line,
  line,
  fc.constantFrom(secret, "1\r\n--b \r\n", "1"),
  line,
);
const parts = join(many(part, fc.constant("")), mostly("--b--\r\n", "--b--", "--b", "--b--\r\nx"));

const document = name.map((text) => `{${JSON.stringify(text)}:"${secret}"}`);
const data = join(
  mostly("data", "Data", " data", "data ", "\xef\xbb\xbfdata", "id"),
  mostly(":", ": ", "", " :"),
  document,
);
const events = join(
  many(many(data, mostly("\n", "\r", "\r\n", "\x85", "\v")), mostly("\n\n", "\r\r", "\r\n\n")),
  line,
  line,
);

const utf8 = (text: string) => Buffer.from(text, "latin1").toString();
const pairsIn = (all: querystring.ParsedUrlQuery): Pair[] =>
  Object.entries(all).flatMap(([key, values]) => [values ?? ""].flat().map((value): Pair => [key, value]));
const ofForm = (text: string): Pair[] => [
  ...new URLSearchParams(utf8(text)),
  ...pairsIn(querystring.parse(text)),
  ...pairsIn(querystring.parse(text, undefined, undefined, { decodeURIComponent: unescape })),
];

async function ofParts(body: Buffer, type: string): Promise<Pair[]> {
  const found: Pair[] = [];
  try {
    const read = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    for (const [key, value] of read) found.push([key, typeof value === "string" ? value : await value.text()]);
  } catch {
    // Strict receivers refuse more.
  }
  for (const defCharset of ["utf8", "latin1"]) {
    await new Promise<void>((done) => {
      const headers = { "content-type": type } as BusboyHeaders;
      const busboy = new Busboy({ headers, defCharset });
      busboy.on("field", (key, value) => found.push([key, value]));
      busboy.on("file", (key, stream) => {
        stream.on("data", (chunk) => found.push([key, chunk.toString()]));
      });
      busboy.on("finish", () => done()).on("error", () => done());
      busboy.end(body);
    });
  }
  return found;
}

function ofEvents(text: string): Pair[] {
  const found: Pair[] = [];
  const onEvent = ({ data: json }: { data: string }) => {
    try {
      found.push(...Object.entries(JSON.parse(json) as Record<string, string>));
    } catch {
      // No document.
    }
  };
  const parser = createParser({ onEvent });
  parser.feed(`${utf8(text)}\n\n`);
  return found;
}

interface Kind {
  readonly type?: string;
  readonly text: Text;
  readonly read: (left: string, type: string) => Pair[] | Promise<Pair[]>;
}
const kinds: readonly Kind[] = [
  { type: "application/x-www-form-urlencoded", text: form, read: ofForm },
  { text: form, read: (target) => ofForm(target.slice(target.indexOf("?") + 1)) },
  {
    type: "multipart/form-data; boundary=b",
    text: parts,
    read: (left, type) => ofParts(Buffer.from(left, "latin1"), type),
  },
  { type: "text/event-stream", text: events, read: ofEvents },
];

const places = ["form", "query", "multipart"].flatMap((place) => [`${place}:card`, `${place}:straße`]);
const policies = [
  ["named:card", "named:straße"],
  [...places, "json:$.card", "json:$.straße"],
].map((select) => ({
  rules: [{ name: "r", select, action: "redact" }],
}));
const { vm } = machine();
const plugins: Plugin[] = policies.map((policy, index) => vm.plugin(`receivers ${index}`, binaryOf(policy)));

/** What a receiver finds by a name is not what was selected by it. */
const hidesFromReceivers = kinds.map(({ type, text, read }) =>
  fc.asyncProperty(
    text,
    fc.constantFrom(...plugins),
    fc.constantFrom<Chunking>("each", 7, 1000),
    async (sent, plugin, chunk) => {
      const headers: [string, string][] = type === undefined ? [] : [["content-type", type]];
      // A target holds no blanks and controls, and no fragment.
      const path = type === undefined ? `/?${sent.replace(/[\0- #\x7f]/g, escape)}` : "/";
      const body = type === undefined ? undefined : new Uint8Array(Buffer.from(sent, "latin1"));
      const request = { method: "POST", path, headers, ...(body && { body }) };
      const result = runExchange(plugin, { request }, { chunk });
      if (result.outcome !== "forwarded") return;
      const target = result.request!.headers.find(([header]) => header === ":path")![1];
      const left = type === undefined ? target : Buffer.from(result.request!.body).toString("latin1");
      for (const [key, value] of await read(left, type ?? "")) {
        assert(!(hidden.has(key) && String(value).includes(secret)), JSON.stringify([sent, left, key]));
      }
    },
  ),
);

/** A share of the cases for each kind of message. */
export async function fuzzReceivers(cases: number, seed: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, failures: [] };
  for (const property of hidesFromReceivers) {
    const details = await fc.check(property, { seed, numRuns: Math.ceil(cases / kinds.length) });
    tally.passed += details.numRuns - (details.failed ? 1 : 0);
    if (!details.failed) continue;
    tally.failed++;
    tally.failures.push((await fc.asyncDefaultReportMessage(details)) ?? "a property failed");
  }
  return tally;
}
