// The leak proof of gRPC bodies: an honest result has no finding, and planted leaks and changes are found.

import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { encode, frame, frames, shopFile } from "../../support/protobuf.ts";
import { Bench, bytes } from "./support.ts";

const pan = "4111111111111111";
const card = { number: pan, month: 12, pan, seal: "AQIDBAUGBwgJCgsM" };
const order = {
  id: "left",
  card,
  cards: [card, { number: "5500005555555559" }],
  labels: { "zoe@example.org": "left", k: "v" },
  wallet: { w: card },
  extra: { "@type": "type.googleapis.com/shop.Card", number: pan },
  points: [1, 2, 300],
  gift: true,
  amount: 2.5,
  note: "a long note of Zoë",
};
const unknown = Buffer.from("9a06086c656674206f6666", "hex");
const grpc: [string, string] = ["content-type", "application/grpc"];

const policies: Record<string, object> = {
  redact: { rules: [{ name: "r", select: ["proto:shop.Card:number", "grpc:*/*:labels.key"], action: "redact" }] },
  strip: { rules: [{ name: "r", select: ["grpc:*/*:cards", "grpc:*/*:points", "grpc:*/*:wallet"], action: "strip" }] },
  cover: {
    rules: [
      { name: "r", select: ["grpc:*/*:card", "grpc:*/*:wallet", "grpc:*/*:extra"], action: { mask: { keepLast: 4 } } },
    ],
  },
  tokens: { rules: [{ name: "r", select: "grpc:*/*:**.number", action: { tokenize: { format: "pan" } } }] },
  hash: { rules: [{ name: "r", select: ["proto:shop.Card:seal", "proto:shop.Card:pan"], action: { hash: {} } }] },
  empty: { rules: [{ name: "r", select: ["grpc:*/*:card", "grpc:*/*:wallet"], action: "redact" }] },
  unmatched: {
    unmatched: "redact",
    rules: [
      {
        name: "r",
        select: ["grpc:*/*:id", "grpc:*/*:cards.month", "grpc:*/*:extra.[shop.Card].month"],
        action: "pass",
      },
    ],
  },
  stripped: { unmatched: "strip", rules: [{ name: "r", select: ["grpc:*/*:wallet.value.month"], action: "pass" }] },
  exempt: { unmatched: "strip", rules: [{ name: "r", select: ["grpc:*/*:card"], action: "pass" }] },
  detects: { rules: [{ name: "r", select: "any:", detect: ["CREDIT_CARD", "EMAIL_ADDRESS"], action: "redact" }] },
  keeps: { unknown: "pass", rules: [{ name: "r", select: "proto:shop.Card:number", action: "redact" }] },
};

const benchOf = ({ unknown = "strip", ...policy }: { unknown?: string }) =>
  new Bench({ protobuf: { descriptors: shopFile, unknown }, ...policy });

const call = (body: Uint8Array): Recording => ({
  id: "one",
  request: { method: "POST", path: "/shop.Checkout/Pay", headers: [grpc], body },
});

const message = Buffer.concat([encode("shop.Order", order), unknown]);

describe.each(Object.entries(policies))("%s", (_, policy) => {
  test("an honest result has no finding", async () => {
    const bench = benchOf(policy);
    const run = await bench.run(call(Buffer.concat([frame(message), frame(new Uint8Array()), frame(message)])));
    expect(run.result.outcome).toBe("forwarded");
    expect(frames(run.result.request!.body)).toHaveLength(3);
    expect(bench.findings(run)).toEqual([]);
  });

  test("a body that went through as it came is found", async () => {
    const bench = benchOf(policy);
    const run = await bench.run(call(frame(message)));
    const planted = bench.findings(run, ({ request }) => ({ request: { ...request!, body: frame(message) } }));
    expect(planted).not.toEqual([]);
  });

  test("a byte that changed where no rule acts is found", async () => {
    const bench = benchOf(policy);
    const run = await bench.run(call(frame(message)));
    const left = frames(run.result.request!.body)[0]!;
    // A field more than there was.
    const planted = frame(Buffer.concat([left, encode("shop.Order", { count: 7 })]));
    expect(bench.findings(run, ({ request }) => ({ request: { ...request!, body: planted } }))).not.toEqual([]);
  });
});

test("what cannot be read is refused, and its refusal says nothing", async () => {
  const bench = benchOf(policies.redact!);
  for (const body of [Buffer.from("0100000000", "hex"), frame(Buffer.from("0a20", "hex")), bytes("x")]) {
    const run = await bench.run(call(body));
    expect(run.result.outcome).toBe("blocked");
    expect(bench.findings(run)).toEqual([]);
  }
});

test("answers are proven too, and asked for without compression", async () => {
  const rules = [
    { name: "pan", select: "proto:shop.Card:number", action: { tokenize: { format: "pan" } } },
    { name: "out", on: "response", select: "proto:shop.Receipt:id", action: "redact" },
  ];
  const bench = new Bench({ protobuf: { descriptors: shopFile }, rules });
  const recording: Recording = {
    ...call(frame(message)),
    response: {
      status: 200,
      headers: [grpc],
      body: frame(encode("shop.Receipt", { id: "a secret of the receipt", card })),
    },
  };
  const run = await bench.run(recording);
  expect(run.result.outcome).toBe("forwarded");
  expect(bench.findings(run)).toEqual([]);
  const planted = bench.findings(run, ({ response }) => ({
    response: { ...response!, body: recording.response!.body! },
  }));
  expect(planted.map(({ kind }) => kind)).toContain("leak");
});

test("trailers are proven as headers are", async () => {
  const rules = [
    { name: "pan", on: "response", select: "proto:shop.Card:number", action: "redact" },
    { name: "owner", on: "response", select: "header:x-owner", action: "redact" },
  ];
  const bench = new Bench({ protobuf: { descriptors: shopFile }, rules });
  const recording: Recording = {
    ...call(frame(message)),
    response: {
      status: 200,
      headers: [grpc],
      body: frame(encode("shop.Receipt", { id: "r", card })),
      trailers: [
        ["grpc-status", "0"],
        ["x-owner", "Jane Roe of the trailers"],
      ],
    },
  };
  const run = await bench.run(recording);
  expect(run.result.response!.trailers).toEqual([
    ["grpc-status", "0"],
    ["x-owner", "[redacted]"],
  ]);
  expect(bench.findings(run)).toEqual([]);
  const planted = (trailers: [string, string][]) =>
    bench.findings(run, ({ response }) => ({ response: { ...response!, trailers } })).map(({ kind }) => kind);
  expect(
    planted([
      ["grpc-status", "0"],
      ["x-owner", "Jane Roe of the trailers"],
    ]),
  ).toContain("leak");
  expect(planted([["grpc-status", "0"]])).toEqual(["changed"]);
  expect(planted([])).not.toEqual([]);
});

test("of a stream that is refused the first message has left: what stands in it by right is no leak", async () => {
  const bench = new Bench({
    protobuf: { descriptors: shopFile },
    rules: [
      { name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" },
      { name: "pan", select: "proto:shop.Card:number", action: "redact" },
      { name: "never", select: "proto:shop.Order:note", action: "block" },
    ],
  });
  const number = "card of Ann Example";
  const body = Buffer.concat([
    frame(encode("shop.Order", { id: `the ${number}`, card: { number } })),
    frame(encode("shop.Order", { note: "x" })),
  ]);
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const recording = { id: "one", request: { method: "POST", path: "/shop.Checkout/Upload", headers, body } };
  const run = await bench.run(recording, "each");
  expect(run.result.outcome).toBe("blocked");
  expect(frames(run.result.request!.body)).toHaveLength(1);
  expect(bench.findings(run)).toEqual([]);
  const twice = frame(encode("shop.Order", { id: `the ${number}`, card: { number } }));
  const leaks = bench.findings(run, ({ request }) => ({ request: { ...request!, body: twice } }));
  expect(leaks.map(({ kind }) => kind)).toContain("leak");
});
