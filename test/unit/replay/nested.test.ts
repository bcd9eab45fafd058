// The leak proof of texts that are decoded: an honest result has no finding, and what is planted in them is found.

import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, json, request, textOf, withBody, withHeaders } from "./support.ts";

const pan = "4111111111111111";
const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const token = (claims: string) => `${url('{"alg":"HS256"}')}.${url(claims)}.${url("signature")}`;

const bench = new Bench({
  rules: [
    {
      name: "pan",
      select: [
        "json:$.payload|json:$..card",
        "json:$.blob|base64|json:$.card",
        "header:x-card|base64|json:$.card",
        "cookie:cart|json:$.card",
        "query:q|json:$.card",
        "form:data|base64|json:$.card",
        "multipart:data|base64url|json:$.card",
        "form:doc|json:$.in|json:$.card",
      ],
      action: { mask: { keepLast: 4 } },
    },
    {
      name: "subject",
      select: ["header:authorization|jwt:$.sub", "json:$.token|jwt:$.sub"],
      action: { tokenize: { format: "name" } },
    },
    { name: "text", select: "json:$.text|base64", action: "redact" },
    { name: "bearer", select: ["header:authorization", "json:$.token"], action: "redact" },
  ],
});

const card = `{"card":"${pan}","note":"left"}`;
const deep = JSON.stringify({ note: "left", payload: JSON.stringify({ a: [JSON.parse(card)], note: "left" }) });
const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const parts: [string, string] = ["content-type", "multipart/form-data; boundary=XX"];

const recordings: Record<string, Recording> = {
  "JSON in a string": request(deep),
  "base64 in JSON": request(JSON.stringify({ note: "left", blob: base64(card), text: base64("Jane Roe, 1 Elm St") })),
  "a token in JSON": request(JSON.stringify({ note: "left", token: token('{"sub":"Jane Roe","scope":"left"}') })),
  "an opaque token in JSON": request(JSON.stringify({ note: "left", token: "opaque-token-of-jane" })),
  form: request(
    `note=left&data=${encodeURIComponent(base64(card))}&doc=${encodeURIComponent(JSON.stringify({ in: card }))}`,
    { headers: [form] },
  ),
  parts: request(
    `--XX\r\nContent-Disposition: form-data; name="data"\r\n\r\n${url(card)}\r\n--XX\r\nContent-Disposition: form-data; name="note"\r\n\r\nleft\r\n--XX--\r\n`,
    { headers: [parts] },
  ),
};

describe.each(Object.entries(recordings))("%s", (_, recording) => {
  test("an honest result has no finding", async () => {
    const run = await bench.run(recording);
    expect(run.result.outcome).toBe("forwarded");
    expect(textOf(run.result.request?.body)).not.toBe(textOf(recording.request.body));
    expect(bench.findings(run)).toEqual([]);
  });

  test("the original is found", async () => {
    const run = await bench.run(recording);
    const found = bench.findings(
      run,
      withBody(() => textOf(recording.request.body)),
    );
    expect(found.map(({ kind }) => kind)).toContain("leak");
  });

  test("what no rule selects must stay", async () => {
    const run = await bench.run(recording);
    const found = bench.findings(
      run,
      withBody((out) => out.replace("left", "Left")),
    );
    expect(found.map(({ kind }) => kind)).toContain("changed");
  });
});

const inHeaders = (...headers: [string, string][]) => request("{}", { headers: [json, ...headers] });

describe.each([
  ["a bearer token", inHeaders(["authorization", `Bearer ${token('{"sub":"Jane Roe","scope":"a"}')}`])],
  ["an opaque bearer token", inHeaders(["authorization", "Bearer opaque-token-of-jane"])],
  ["base64 in a header", inHeaders(["x-card", base64(card)])],
  ["JSON in a cookie", inHeaders(["cookie", `a=1; cart=${encodeURIComponent(card)}; b=2`])],
  ["JSON in the query", request("{}", { path: `/pay?a=1&q=${encodeURIComponent(card)}&b=2` })],
])("%s", (_, recording) => {
  test("an honest result has no finding, the original is found", async () => {
    const run = await bench.run(recording);
    expect(run.result.outcome).toBe("forwarded");
    expect(bench.findings(run)).toEqual([]);
    const given = [[":path", recording.request.path], ...recording.request.headers] as [string, string][];
    const original = withHeaders((headers) =>
      headers.map(([name, value]): [string, string] => given.find((one) => one[0] === name) ?? [name, value]),
    );
    expect(bench.findings(run, original).map(({ kind }) => kind)).toContain("leak");
  });
});

test("a value is found however deep it is wrapped", async () => {
  const run = await bench.run(request(deep));
  for (const planted of [
    base64(JSON.stringify({ a: JSON.stringify({ pan }) })),
    JSON.stringify(JSON.stringify(JSON.stringify(`\u0001${pan}`))).slice(1, -1),
    base64(base64(`${pan}`)),
    token(JSON.stringify({ token: token(JSON.stringify({ pan })) })),
  ]) {
    const found = bench.findings(
      run,
      withBody((out) => out.replace("left", planted)),
    );
    expect(found.map(({ kind }) => kind)).toContain("leak");
  }
});

test("a token that was changed and still claims to be signed is found", async () => {
  const run = await bench.run(recordings["a token in JSON"]!);
  const found = bench.findings(
    run,
    withBody((out) => out.replace(/\.(?=")/, `.${url("signature")}`)),
  );
  expect(found.map(({ kind }) => kind)).toContain("changed");
});

test.each([
  ["not JSON", '{"payload":"hello"}'],
  ["not base64", '{"blob":"%%%%"}'],
  ["no text", '{"payload":{"card":"1"}}'],
])("%s is refused, and found where it went through", async (_, body) => {
  const run = await bench.run(request(body));
  expect(run.result.reason).toBe("nested_value");
  const through = { outcome: "forwarded" as const, isReply: false, requestComplete: true };
  const leaked = { ...through, request: { headers: [], body: Buffer.from(body) } };
  expect(bench.findings(run, () => leaked).length).toBeGreaterThan(0);
});

test("what base64 spells is as long as its bytes are, also where they are no UTF-8", async () => {
  // The bytes of `card` are three; read as UTF-8 two of them are U+FFFD, of three bytes each.
  const short = new Bench({
    limits: { value: "6B" },
    rules: [
      { name: "inside", select: "path:/p/{a}|base64|json:$.card", action: "redact" },
      { name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" },
    ],
  });
  const run = await short.run(request(undefined, { path: "/p/card", headers: [] }));
  expect(run.result.outcome).toBe("forwarded");
  expect(short.findings(run)).toEqual([]);
});
