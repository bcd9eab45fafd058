// The leak proof has no complaint of an honest result: every action on values as services send them, values that an action
// leaves as they are among them (a date that is the first of its year, a network, what is masked or a token already).

import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { encode, frame, shopFile } from "../../support/protobuf.ts";
import { Bench, json, request, textOf } from "./support.ts";

const values = [
  ...[
    "1984-01-01",
    "1984-07-01",
    "1984-07-09",
    "1984",
    "1984-07",
    "01.01.1984",
    "09.07.1984",
    "01/01/1984",
    "7/9/1984",
  ],
  ...[
    "19840101",
    "19840709",
    "1984-01-01T00:00:00Z",
    "1984-07-09T10:11:12.5+02:00",
    "2000-02-30",
    "441763200",
    "458200000000",
  ],
  ...[
    "94100",
    "94107",
    "03601",
    "036",
    "94107-1234",
    "SW1A 1AA",
    "00000",
    "000",
    "10.1.2.0",
    "10.1.2.3",
    "::",
    "2001:db8::",
  ],
  ...[
    "2001:db8:1:2::1",
    "::ffff:1.2.3.4",
    "0",
    "-0",
    "1",
    "10",
    "47",
    "90",
    "95",
    "1234560",
    "-12.50",
    "0.5",
    "52.52437",
    "1e3",
  ],
  ...[
    "4111111111111111",
    "4111 1111 1111 1111",
    "********1234",
    "411111******1111",
    "[redacted]",
    "true",
    "null",
    "false",
  ],
  ...[
    "a",
    "ab",
    "Ann",
    "Ann Miller",
    "Ann Müller",
    "李小龍",
    "😀",
    "a@b.org",
    "zoe.quinn@example.org",
    "+49 30 901820 4",
  ],
  ...[
    "DE89370400440532013000",
    "DE89 3704 0044 0532 0130 00",
    "123e4567-e89b-42d3-a456-426614174000",
    " ",
    " x ",
    "\t\n",
    '"',
    "\\",
  ],
  ...["<b>&amp;</b>", "100%", "%41", "a+b", "a;b=c", "{}", '{"a":1}', "fg1.k0.AAAA", "x".repeat(300)],
];
const numbers = values.filter((value) => /^-?(0|[1-9]\d*)(\.\d+)?(e\d+)?$/.test(value));

const formats = ["pan", "digits", "alphanumeric", "email", "phone", "iban", "date", "uuid", "name", "opaque"];
const actions: unknown[] = [
  ...["redact", "pass", { redact: { with: "gone" } }, { mask: {} }, { mask: { keepFirst: 6, keepLast: 4 } }],
  ...[{ mask: { keepLast: 2, skip: " -." } }, { hash: {} }, { hash: { length: 12, encoding: "base64url" } }],
  ...[{ truncate: { keepFirst: 3 } }, { truncate: { keepFirst: 1, keepLast: 2 } }],
  ...[
    { date: "year" },
    { date: "month" },
    { zip: 3 },
    { age: 90 },
    { ip: { v4: 24, v6: 48 } },
    { number: 10 },
    { geo: 1 },
  ].map((generalize) => ({ generalize })),
  ...formats.map((format) => ({ tokenize: { format } })),
  { tokenize: { format: "pan", keepFirst: 6, luhn: "valid", fallback: "opaque" } },
];

const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const xml: [string, string] = ["content-type", "application/xml"];
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;");
const isHeader = (value: string): boolean => /^[!-~]([ -~]*[!-~])?$/.test(value);

const placesOf = (value: string): Record<string, Recording> => ({
  "a text": request(JSON.stringify({ k: value })),
  ...(numbers.includes(value) && { "a number": request(`[${value}]`) }),
  "a form": request(`f=${encodeURIComponent(value)}`, { headers: [form] }),
  "an element": request(`<r><e>${escaped(value)}</e></r>`, { headers: [xml] }),
  "an attribute": request(`<r><e a="${escaped(value)}"/></r>`, { headers: [xml] }),
  "a parameter": request(undefined, { path: `/?q=${encodeURIComponent(value)}` }),
  "a cookie": request(undefined, { headers: [["cookie", `c=${encodeURIComponent(value)}`]] }),
  ...(isHeader(value) && { "a header": request(undefined, { headers: [["x-v", value]] }) }),
});

const select = ["json:$.*", "form:f", "xml://e", "xml://e/@a", "header:x-v", "cookie:c", "query:q"];

const detect = ["CREDIT_CARD", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE", "IP_ADDRESS", "DATE_TIME"];
const rules = actions.flatMap((action) => [
  { select, action },
  ...(action === "pass" ? [] : [{ select: "any:", detect, action }]),
]);

test.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))("%s", async (_title, rule) => {
  const bench = new Bench({ rules: [{ name: "r", ...rule }] });
  const complaints: string[] = [];
  for (const value of values) {
    for (const [place, message] of Object.entries(placesOf(value))) {
      const run = await bench.run(message);
      expect(run.result.outcome).toBe("forwarded");
      const left = [...run.result.request!.headers.flat(), textOf(run.result.request!.body)].join(" ");
      for (const { kind, detail } of bench.findings(run)) {
        complaints.push(`${JSON.stringify(value)}, ${place}: ${kind} ${detail} IN ${left.slice(-90)}`);
      }
    }
  }
  expect(complaints).toEqual([]);
});

// Rules on all headers select those, too, by which the gateway asks for answers that it can read: every browser sends one.
test.each(["decode", "block"])("accept-encoding under rules on all headers, compressed: %s", async (compressed) => {
  for (const action of ["redact", "strip", { tokenize: { format: "opaque" } }]) {
    const bench = new Bench({
      compressed,
      rules: [
        { name: "all", select: "header:*", action },
        { name: "answers", on: "response", select: "json:$.a", action: "redact" },
      ],
    });
    const headers: [string, string][] = [json, ["accept-encoding", "gzip, br"], ["x-name", "Zoe"]];
    const run = await bench.run(request("{}", { headers: headers.slice(1) }));
    expect(bench.findings(run)).toEqual([]);
    const leaks = bench.findings(run, ({ request }) => ({
      request: { ...request!, headers: [...request!.headers, ["x-other", "Zoe"], ["accept-encoding", "br"]] },
    }));
    const places = leaks.map(({ location }) => location);
    expect(places).toEqual(expect.arrayContaining(["header:x-other", "header:accept-encoding"]));
  }
});

test("a compressed call of gRPC-Web in which nothing acts asks for readable messages all the same", async () => {
  const bench = new Bench({
    compressed: "decode",
    protobuf: { descriptors: shopFile },
    rules: [{ name: "answers", on: "response", select: "proto:shop.Card:number", action: "redact" }],
  });
  const headers: [string, string][] = [
    ["content-type", "application/grpc-web+proto"],
    ["content-encoding", "gzip"],
  ];
  const body = gzipSync(frame(encode("shop.Order", { id: "a" })));
  const run = await bench.run({ id: "one", request: { method: "POST", path: "/shop.Checkout/Pay", headers, body } });
  expect(run.result.request?.headers).toContainEqual(["grpc-accept-encoding", "gzip"]);
  expect(bench.findings(run)).toEqual([]);
});

// Trailers of gRPC-Web stand in the body: they have headers and cookies, and no query.
test.each([
  ["query:card", ["br"]],
  ["header:x-card", ["identity"]],
  ["cookie:card|json:$.pan", ["identity"]],
])(
  "a call of gRPC-Web under %s on answers asks for readable ones where they are looked into",
  async (select, asked) => {
    const bench = new Bench({
      protobuf: { descriptors: shopFile },
      rules: [{ name: "answers", on: "response", select, action: "redact" }],
    });
    const headers: [string, string][] = [
      ["content-type", "application/grpc-web+proto"],
      ["accept-encoding", "br"],
    ];
    const body = frame(encode("shop.Order", { id: "a" }));
    const run = await bench.run({ id: "one", request: { method: "POST", path: "/shop.Checkout/Pay", headers, body } });
    const found = run.result.request!.headers.filter(([name]) => name === "accept-encoding");
    expect(found.map(([, value]) => value)).toEqual(asked);
    expect(bench.findings(run)).toEqual([]);
  },
);

test("a document has no name: a rule on it has no bodies read", async () => {
  for (const detect of [undefined, ["EMAIL_ADDRESS"]]) {
    const bench = new Bench({
      rules: [{ name: "none", on: "response", select: "json-key:$", action: "redact", detect }],
    });
    const headers: [string, string][] = [json, ["accept-encoding", "br"]];
    const run = await bench.run(request("{}", { headers }));
    expect(run.result.request!.headers).toContainEqual(["accept-encoding", "br"]);
    expect(bench.findings(run)).toEqual([]);
  }
});

// Whatever comes back for such a call is read as a body: the trailers may be in it.
describe("an answer to a call of gRPC-Web under rules on its headers", () => {
  const policyOf = (unsupported: string) => ({
    compressed: "decode",
    unsupported,
    protobuf: { descriptors: shopFile },
    rules: [{ name: "answers", on: "response", select: "header:x-card", action: "redact" }],
  });
  const web: [string, string] = ["content-type", "application/grpc-web+proto"];
  const trailers = Buffer.from("\x80\0\0\0\x1cgrpc-status:0\r\nx-card:4111\r\n", "latin1");
  const gzip: [string, string] = ["content-encoding", "gzip"];
  const message = frame(encode("shop.Receipt", { id: "r" }));
  const answers: [string, [string, string][], Uint8Array, number][] = [
    ["JSON", [json], Buffer.from('{"a":1}'), 200],
    ["compressed JSON", [json, gzip], gzipSync('{"a":1}'), 200],
    ["a table", [["content-type", "text/csv"]], Buffer.from("a,b"), 200],
    ["a compressed table", [["content-type", "text/csv"], gzip], gzipSync("a,b"), 200],
    ["nothing, compressed", [json, gzip], new Uint8Array(), 200],
    ["messages and trailers", [web], Buffer.concat([message, trailers]), 200],
    ["the same, compressed", [web, gzip], gzipSync(Buffer.concat([message, trailers])), 200],
    ["the head of it", [web, ["content-md5", "x"]], new Uint8Array(), 304],
  ];
  test.each(answers)("%s", async (_, headers, body, status) => {
    for (const unsupported of ["block", "empty", "pass"]) {
      const bench = new Bench(policyOf(unsupported));
      const given = { method: "POST", path: "/shop.Checkout/Pay", headers: [web], body: message };
      const run = await bench.run({ id: "one", request: given, response: { status, headers, body } });
      expect({ unsupported, found: bench.findings(run) }).toEqual({ unsupported, found: [] });
    }
  });
});
