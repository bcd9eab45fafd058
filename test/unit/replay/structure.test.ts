// redact that keeps the structure, as the proof sees it: no complaint of what the filter makes of it in any format, one of
// every value that stayed, and one of whatever was emptied.

import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { encode, frame, frames, shopFile } from "../../support/protobuf.ts";
import { pluginOf, send } from "../filter/support.ts";
import { Bench, bytes, json, request, textOf, withBody } from "./support.ts";

const kept = { redact: { keepStructure: true } };
const bench = new Bench({
  protobuf: { descriptors: shopFile },
  rules: [
    { name: "month", select: "named:month", action: "pass" },
    { name: "kept", select: ["named:card", "json:$.token|jwt:$.card"], action: kept },
  ],
});

const card = {
  number: "Zorblax-4111",
  month: 12,
  backup: { number: "Quuxley-4242", tags: ["Frobnik-5555", null, ""] },
};
const text = JSON.stringify({ id: "keepit", card });
const base64url = (value: string) => Buffer.from(value).toString("base64url");
const xml = '<o id="keepit"><card id="1"><number>Zorblax-4111</number><b number="Quuxley-4242"/></card></o>';
const part = (name: string, type: string, value: string) =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\ncontent-type: ${type}\r\n\r\n${value}\r\n`;
const of = (type: string, body: string): Recording => request(body, { headers: [["content-type", type]] });
const query = 'mutation { pay(card: {number: "Zorblax-4111", backup: {number: "Quuxley-4242"}, as: VISA}) { id } }';

const recordings: [string, Recording][] = [
  ["JSON", request(text)],
  ["JSON in a text", request(JSON.stringify({ payload: text, packed: Buffer.from(text).toString("base64") }))],
  ["claims", request(JSON.stringify({ token: `${base64url('{"alg":"none"}')}.${base64url(text)}.${base64url("s")}` }))],
  ["lines", of("application/x-ndjson", `${text}\n${text}\n`)],
  ["events", of("text/event-stream", `data: ${text}\n\n`)],
  ["XML", of("application/xml", xml)],
  ["a form", of("application/x-www-form-urlencoded", `card[number]=Zorblax-4111&card[b][0]=Quuxley-4242&id=keepit`)],
  ["a form of JSON", of("application/x-www-form-urlencoded", `data=${encodeURIComponent(text)}`)],
  [
    "parts",
    of(
      "multipart/form-data; boundary=b",
      `${part("a", "application/json", text)}${part("b", "text/xml", xml)}--b--\r\n`,
    ),
  ],
  ["GraphQL", request(JSON.stringify({ query, variables: { card } }))],
];

test.each(recordings)("%s", async (_, recording) => {
  const run = await bench.run(recording);
  expect(run.result.outcome).toBe("forwarded");
  const left = textOf(run.result.request!.body);
  expect(left).not.toMatch(/Zorblax|Quuxley|Frobnik/);
  expect(bench.findings(run)).toEqual([]);
  // A value inside that came as it was.
  const leaking = bench.findings(run, () => ({
    request: { headers: recording.request.headers as [string, string][], body: recording.request.body! },
  }));
  expect(leaking.map(({ rule }) => rule)).toContain("kept");
});

test("what was emptied is no structure", async () => {
  const run = await bench.run(request(text));
  expect(textOf(run.result.request!.body)).toBe(
    '{"id":"keepit","card":{"number":"[redacted]","month":12,"backup":{"number":"[redacted]","tags":["[redacted]",null,""]}}}',
  );
  const emptied = bench.findings(
    run,
    withBody((body) => body.replace(/"backup":\{.*?\]\}/, '"backup":{}')),
  );
  expect(emptied.map(({ kind, location }) => `${kind} ${location}`)).toEqual(["changed $['card']['backup']"]);
  const filled = bench.findings(
    run,
    withBody((body) => body.replace('null,""', '0,""')),
  );
  expect(filled.map(({ kind }) => kind)).toEqual(["changed"]);
});

test("gRPC", async () => {
  const order = { id: "keepit", card: { number: "Zorblax-4111", month: 12, backup: { number: "Quuxley-4242" } } };
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const body = frame(encode("shop.Order", order));
  const recording = { id: "one", request: { method: "POST", path: "/shop.Checkout/Pay", headers, body } };
  const run = await bench.run(recording);
  expect(bench.findings(run)).toEqual([]);
  const left = { id: "keepit", card: { number: "[redacted]", month: 12, backup: { number: "[redacted]" } } };
  expect(frames(run.result.request!.body)).toEqual([Buffer.from(encode("shop.Order", left))]);
  const with_ = (json: object) =>
    bench.findings(run, () => ({ request: { headers, body: frame(encode("shop.Order", json as never)) } }));
  expect(with_({ ...left, card: { ...left.card, backup: {} } }).length).toBeGreaterThan(0);
  expect(with_({ ...left, card: { ...left.card, backup: order.card.backup } }).map(({ rule }) => rule)).toContain(
    "kept",
  );
});

describe("where a rule acts", () => {
  const rules = [{ name: "kept", on: ["request", "response"], select: "json:$.card", action: kept }];
  const hidden = '{"card":{"n":"[redacted]"}}';

  test("in answers", () => {
    const { response } = send(pluginOf({ rules }), { body: "{}", response: { body: '{"card":{"n":"x"}}' } });
    expect(textOf(response?.body)).toBe(hidden);
  });

  test("in what comes back to the hotfix", () => {
    const egress = { otherwise: "keep" };
    const sent = { body: '{"card":{"n":"x"}}', response: { headers: [json], body: '{"card":{"n":"x"}}' } };
    const { request: left, response } = send(pluginOf({ egress, rules }, "egress"), sent);
    expect([textOf(left?.body), textOf(response?.body)]).toEqual(['{"card":{"n":"x"}}', hidden]);
  });
});

test("a body beyond limits.hold streams, and no object in it waits", async () => {
  const plugin = pluginOf({
    limits: { hold: "1KiB", value: "64B" },
    rules: [{ name: "kept", select: "json:$.card", action: kept }],
  });
  const lines = Array.from({ length: 5000 }, (_, at) => `{"n":"Zorblax-${at}","l":[${at},true]}`);
  const { outcome, request: left } = send(plugin, { body: `{"card":[${lines.join(",")}]}` }, { chunk: 1000 });
  expect(outcome).toBe("forwarded");
  expect(textOf(left?.body)).toBe(`{"card":[${lines.map(() => '{"n":"[redacted]","l":[0,false]}').join(",")}]}`);
  expect(bytes(`{"card":[${lines.join(",")}]}`).length).toBeGreaterThan(100_000);
});
