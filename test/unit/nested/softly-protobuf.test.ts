// Rules by name in strings and bytes of protobuf that begin as JSON: in every place at every cut as JSON.parse has it, and any
// other text as without them. The leak proof agrees.
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { Bench } from "../replay/support.ts";

const rules = [
  { name: "cvv", select: "named:cvv", action: "redact" },
  { name: "gone", select: "named:pin", action: "strip" },
];
const named = { rules };
const searching = { rules: [...rules, { name: "found", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] };
const pan = "4111111111111111";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const text = (seal: string) => Buffer.from(seal, "base64").toString();

const benchOf = (policy: object) => new Bench({ protobuf: { descriptors: shopFile }, ...policy });
const headers: [string, string][] = [["content-type", "application/grpc"]];
const recordingOf = (json: JsonObject) => ({
  id: "one",
  request: { method: "POST", path: "/shop.Checkout/Pay", headers, body: frame(encode("shop.Order", json)) },
});

/** What an order becomes, the same wherever it is cut, without a finding of the proof; or why it is refused. */
async function order(policy: object, json: JsonObject): Promise<JsonValue> {
  const bench = benchOf(policy);
  const recording = recordingOf(json);
  const whole = await bench.run(recording);
  expect(bench.findings(whole)).toEqual([]);
  for (const cut of ["each" as const, ...cutsOf(recording.request.body.length).cuts]) {
    const run = await bench.run(recording, cut);
    expect(Buffer.from(run.result.request?.body ?? []).equals(whole.result.request?.body ?? Buffer.of())).toBe(true);
    expect([run.result.reason, run.result.rules]).toEqual([whole.result.reason, whole.result.rules]);
  }
  return whole.result.reason ?? jsonOf("shop.Order", frames(whole.result.request!.body)[0]!);
}

interface Place {
  put(text: string): JsonObject;
  get(order: JsonObject): JsonValue;
}

const places: Readonly<Record<string, Place>> = {
  "a string": { put: (note) => ({ id: "1", note }), get: ({ note }) => note! },
  bytes: {
    put: (seal) => ({ card: { seal: base64(seal) } }),
    get: ({ card }) => text((card as { seal: string }).seal),
  },
  "a repeated string": { put: (one) => ({ tags: ["x", one, "y"] }), get: ({ tags }) => (tags as string[])[1]! },
  "a value of a map": {
    put: (one) => ({ labels: { a: "b", c: one } }),
    get: ({ labels }) => (labels as JsonObject).c!,
  },
  "a message in a message": {
    put: (number) => ({ cards: [{ number: "1" }, { backup: { number } }] }),
    get: ({ cards }) => (cards as { backup: JsonObject }[])[1]!.backup.number!,
  },
  "what an Any holds": {
    put: (number) => ({ extra: { "@type": "type.googleapis.com/shop.Card", number } }),
    get: ({ extra }) => (extra as JsonObject).number!,
  },
};

describe.each(Object.entries(places))("%s", (_, { put, get }) => {
  const left = async (one: string, policy: object): Promise<JsonValue> => {
    const made = await order(policy, put(one));
    return typeof made === "string" ? made : get(made as JsonObject);
  };

  test.each([named, searching])("what begins as JSON is read, texts in texts too", async (policy) => {
    expect(await left('{"cvv":"123","a": [{"pin":1}],"t":"{\\"cvv\\":\\"9\\"}"}', policy)).toBe(
      '{"cvv":"[redacted]","a": [{}],"t":"{\\"cvv\\":\\"[redacted]\\"}"}',
    );
    expect(await left(' [ {"cvv" : 1} ]', policy)).toBe(' [ {"cvv" : 0} ]');
    expect(await left('{"a":1}', policy)).toBe('{"a":1}');
    expect(await left(base64('{"cvv":"123","n":1}'), policy)).toBe(base64('{"cvv":"[redacted]","n":1}'));
    expect(await left(`${base64('{"cvv":"123"}')}.x`, policy)).toBe(`${base64('{"cvv":"123"}')}.x`);
  });

  test("any other is a text", async () => {
    for (const one of ["cvv", "[note] cvv: 123", "{cvv: 123}", "{}", "[1]", '"cvv"', "{{ cvv }}", "["])
      expect([one, await left(one, named)]).toEqual([one, one]);
    expect(await left(`x ${pan}`, searching)).toBe("x [redacted]");
  });

  test("what begins so and cannot be read is refused, unless the policy says otherwise", async () => {
    for (const one of ['{"cvv":"123"', '{"cvv":"123"} {}', '["x', '[[["a]]']) {
      expect([one, await left(one, named)]).toEqual([one, "nested_value"]);
      expect([one, await left(one, searching)]).toEqual([one, "nested_value"]);
      expect(await left(one, { ...named, unsupported: "pass" })).toBe(one);
    }
    expect(await left(`{"${pan}`, { ...searching, unsupported: "pass" })).toBe('{"[redacted]');
    const emptied = (await order({ ...named, unsupported: "empty" }, put('{"'))) as JsonObject;
    expect(JSON.stringify(emptied)).not.toContain("{\\");
  });

  test("four deep", async () => {
    const nest = (depth: number, cvv: string): string =>
      depth === 1 ? `{"cvv":"${cvv}"}` : JSON.stringify({ t: nest(depth - 1, cvv) });
    expect(await left(nest(4, "1"), named)).toBe(nest(4, "[redacted]"));
    expect(await left(nest(5, "1"), named)).toBe("nested_value");
  });
});

test("names of a map and the type of an Any are none", async () => {
  const json = { labels: { '{"cvv":1}': "x", '{"': "y" } };
  expect(await order(named, json)).toEqual(json);
});

test("in protobuf without gRPC, and in answers", async () => {
  const bodies = [{ path: "/orders", request: "shop.Order", response: "shop.Order" }];
  const both = rules.map((rule) => ({ ...rule, on: ["request", "response"] }));
  const bench = new Bench({ protobuf: { descriptors: shopFile, bodies }, rules: both });
  const message = (cvv: number) => encode("shop.Order", { note: `{"cvv":${cvv}}` });
  const proto: [string, string][] = [["content-type", "application/x-protobuf"]];
  const run = await bench.run({
    id: "one",
    request: { method: "POST", path: "/orders", headers: proto, body: message(1) },
    response: { status: 200, headers: proto, body: message(2) },
  });
  expect(bench.findings(run)).toEqual([]);
  for (const { body } of [run.result.request!, run.result.response!])
    expect(Buffer.from(body).equals(message(0))).toBe(true);
});

describe("what comes first", () => {
  const also = (select: string, action: unknown, more = {}) => ({
    ...more,
    rules: [...rules, { name: "whole", select, action }],
  });
  const json = { note: '{"cvv":1,"a":2}', card: { number: '{"cvv":1,"a":2}' } };

  test("a rule on the text itself, or one that acts on all around it", async () => {
    const read = '{"cvv":0,"a":2}';
    expect(await order(also("grpc:*/*:note", "pass"), json)).toEqual({ ...json, card: { number: read } });
    expect(await order(also("grpc:*/*:note", "redact"), json)).toEqual({ note: "[redacted]", card: { number: read } });
    expect(await order(also("grpc:*/*:card", "strip"), json)).toEqual({ note: read });
    expect(await order(also("grpc:*/*:card", { mask: {} }), json)).toEqual({
      note: read,
      card: { number: "***************" },
    });
  });

  test("a pass around it exempts from unmatched alone, which takes it elsewhere, and messages as before", async () => {
    expect(await order(also("grpc:*/*:card", "pass", { unmatched: "redact" }), json)).toEqual({
      note: "[redacted]",
      card: { number: '{"cvv":0,"a":2}' },
    });
    // The order has maps, in which a rule may select; the card has none.
    expect(await order({ ...named, unmatched: "redact" }, { card: { number: '{"cvv":1}' } })).toEqual({ card: {} });
  });

  test("a decoder that is told, whose document rules by name select in where it is the same", async () => {
    const told = { rules: [{ name: "told", select: "grpc:*/*:note|json:$.a", action: "redact" }, ...rules] };
    expect(await order(told, { note: '{"cvv":1,"a":2,"b":3}' })).toEqual({ note: '{"cvv":0,"a":0,"b":3}' });
    expect(await order(told, { note: "x" })).toBe("nested_value");
  });

  test("rules that detect look into all that it spells", async () => {
    const note = (one: string) => `{"n":"x ${one}","${pan}":1}`;
    const one = {
      rules: [...rules, { name: "found", select: "grpc:*/*:note", detect: ["CREDIT_CARD"], action: "redact" }],
    };
    expect(await order(one, { note: note(pan), id: `{"a":"${pan}"}` })).toEqual({
      note: note("[redacted]"),
      id: `{"a":"${pan}"}`,
    });
    expect(await order(searching, { note: note(pan) })).toEqual({
      note: note("[redacted]").replace(pan, "[redacted]"),
    });
  });
});

test("a text waits up to the limit where it begins as JSON", async () => {
  const limits = { value: 100, hold: 200 };
  const long = (length: number, cvv: number) => `{"cvv":${cvv},"n":"${"n".repeat(length - 16)}"}`;
  expect(await order({ ...named, limits }, { note: long(150, 1) })).toEqual({ note: long(150, 0) });
});

test("random rules and orders, judged by the proof", { timeout: 120_000 }, async () => {
  const value = fc.constantFrom<unknown>("x", "", 7, null, ["é"], { cvv: 1 }, '{"cvv":"2"}', "[", '{"', pan);
  const document = fc
    .dictionary(fc.constantFrom("a", "cvv", "pin"), value, { maxKeys: 3 })
    .map((one) => JSON.stringify(one));
  const spelled = fc.oneof(
    document,
    document.map((one) => ` [${one}]`),
    document.map((one) => `${one.slice(0, -1)} #`),
    fc.constantFrom("", "x", "[", "{x", "\ufeff", `${pan} `),
  );
  const extra = spelled.map((number) => ({ "@type": "type.googleapis.com/shop.Card", number }));
  const card = fc.record(
    { number: spelled, month: fc.constant(7), seal: spelled.map(base64), backup: fc.record({ number: spelled }) },
    { requiredKeys: [] },
  );
  const orders = fc.record(
    {
      id: spelled,
      note: spelled,
      tags: fc.array(spelled, { maxLength: 3 }),
      labels: fc.dictionary(spelled, spelled, { maxKeys: 2 }),
      card,
      extra,
      points: fc.constant([1, 2]),
    },
    { requiredKeys: [] },
  );
  const selects = [
    "grpc:*/*:note",
    "grpc:*/*:tags",
    "grpc:*/*:card",
    "proto:shop.Card:number|json:$.a",
    "named:number",
  ];
  const policies = fc.record({
    unmatched: fc.constantFrom("pass", "pass", "redact", "strip"),
    unsupported: fc.constantFrom("block", "empty", "pass"),
    rules: fc
      .tuple(
        fc.array(
          fc.record({ select: fc.constantFrom(...selects), action: fc.constantFrom("redact", "strip", "pass") }),
          { maxLength: 2 },
        ),
        fc.boolean(),
      )
      .map(([some, isSearching]) => [
        ...some.map((one, index) => ({ name: `r${index}`, ...one })),
        ...(isSearching ? searching : named).rules,
      ]),
  });
  await fc.assert(
    fc.asyncProperty(policies, orders, async (policy, json) => {
      const bench = benchOf(policy);
      const run = await bench.run(recordingOf(json as JsonObject));
      expect(bench.findings(run)).toEqual([]);
      expect([undefined, "nested_value"]).toContain(run.result.reason);
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 300), seed: 20261126 },
  );
});
