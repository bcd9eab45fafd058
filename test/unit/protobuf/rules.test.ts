// Rules on protobuf through the release filter, message by message, whole and cut at every byte.
import type { JsonValue } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type ExchangeResult, type Plugin, runExchange } from "../../../scripts/host/index.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { pluginOf } from "../filter/support.ts";

const protobuf = { descriptors: shopFile };
const policyOf = (select: string | string[], action: unknown, more: object = {}) => ({
  protobuf,
  rules: [{ name: "r", select, action }],
  ...more,
});

function call(plugin: Plugin, body: Uint8Array, chunk?: number, path = "/shop.Checkout/Pay"): ExchangeResult {
  const headers: [string, string][] = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  return runExchange(
    plugin,
    { request: { method: "POST", path, headers, body } },
    { holdHeaders: true, ...(chunk !== undefined && { chunk }) },
  );
}

/** The messages that leave, at every size of the pieces. */
function rewrite(policy: object, body: Uint8Array): Buffer[] {
  const plugin = pluginOf(policy);
  const whole = call(plugin, body);
  expect(whole.outcome).toBe("forwarded");
  for (let chunk = 1; chunk < body.length; chunk++) {
    const cut = call(plugin, body, chunk);
    expect(Buffer.from(cut.request!.body).equals(whole.request!.body)).toBe(true);
  }
  return frames(whole.request!.body);
}

/** What an order becomes. */
const order = (policy: object, json: JsonValue): JsonValue =>
  jsonOf("shop.Order", rewrite(policy, frame(encode("shop.Order", json)))[0]!);

const card = { number: "4111111111111111", month: 12, pan: "4111111111111111", seal: "AQID" };

describe("selectors", () => {
  const full = { id: "a", card, cards: [card, card], wallet: { x: card } };
  const hidden = { ...card, number: "[redacted]" };
  test.each<[string, JsonValue]>([
    ["grpc:shop.Checkout/Pay:card.number", { ...full, card: hidden }],
    ["grpc:shop.Checkout/*:cards.number", { ...full, cards: [hidden, hidden] }],
    ["grpc:*/*:wallet.value.number", { ...full, wallet: { x: hidden } }],
    ["grpc:shop.Checkout/Pay:wallet.key", { ...full, wallet: { "[redacted]": card } }],
    ["grpc:shop.Checkout/Pay:*.number", { ...full, card: hidden, cards: [hidden, hidden] }],
    ["grpc:shop.Checkout/Pay:**.number", { ...full, card: hidden, cards: [hidden, hidden], wallet: { x: hidden } }],
    ["proto:shop.Card:number", { ...full, card: hidden, cards: [hidden, hidden], wallet: { x: hidden } }],
    ["grpc:shop.Checkout/Pay:card", { ...full, card: {} }],
    ["grpc:shop.Checkout/Pay:wallet", { id: "a", card, cards: [card, card] }],
    ["grpc:shop.Checkout/Watch:card.number", full],
  ])("%s", (select, expected) => {
    expect(order(policyOf(select, "redact"), full)).toEqual(expected);
  });

  test("through an Any of a known type", () => {
    const json = { extra: { "@type": "type.googleapis.com/shop.Card", ...card } };
    const after = { extra: { "@type": "type.googleapis.com/shop.Card", ...card, number: "[redacted]" } };
    expect(order(policyOf("grpc:shop.Checkout/Pay:extra.[shop.Card].number", "redact"), json)).toEqual(after);
    expect(order(policyOf("proto:shop.Card:number", "redact"), json)).toEqual(after);
    expect(order(policyOf("grpc:shop.Checkout/Pay:**.number", "redact"), json)).toEqual(after);
    expect(order(policyOf("grpc:shop.Checkout/Pay:extra.[shop.Order].id", "redact"), json)).toEqual(json);
  });
});

test("what a rule by name alone writes in place of an integer, a double does not hold", () => {
  const seven = { redact: { with: 7 } };
  expect(
    order(policyOf(["named:amount", "named:prices", "named:count"], seven), { amount: 1.5, prices: [2], count: 3 }),
  ).toEqual({ prices: [0], count: 7 });
});

test("a text in place of a boolean is false, however long", () => {
  const policy = policyOf(["named:gift", "named:card"], { redact: { with: "ab", keepStructure: true } });
  const hidden = { number: "ab", seal: Buffer.from("ab").toString("base64") };
  expect(order(policy, { gift: true, card })).toEqual({ card: hidden });
});

describe("actions", () => {
  test.each<[string, unknown, JsonValue, JsonValue]>([
    ["card.number", { mask: { keepLast: 4 } }, { card }, { card: { ...card, number: "************1111" } }],
    ["card.pan", { mask: { keepLast: 4 } }, { card }, { card: { ...card, pan: "1000000000001111" } }],
    ["card.pan", "redact", { card }, { card: { number: card.number, month: 12, seal: "AQID" } }],
    ["card.month", { redact: { with: 7 } }, { card }, { card: { ...card, month: 7 } }],
    ["card.number", "strip", { card }, { card: { month: 12, pan: card.pan, seal: "AQID" } }],
    ["card", "strip", { id: "a", card }, { id: "a" }],
    [
      "card",
      { mask: { keepLast: 2 } },
      { card },
      { card: { number: "**************11", month: 10, pan: "1000000000000011", seal: "W3JlZGFjdGVkXQ==" } },
    ],
    ["points", "redact", { points: [1, 300, 5] }, { points: [0, 0, 0] }],
    ["points", "strip", { id: "a", points: [1, 300, 5] }, { id: "a" }],
    ["points", { generalize: { number: 100 } }, { points: [1, 300, 512] }, { points: [0, 300, 500] }],
    ["deltas", { mask: { keepFirst: 1 } }, { deltas: ["-123", "77"] }, { deltas: ["-100", "70"] }],
    ["prices", "redact", { prices: [1.5, 2] }, { prices: [0, 0] }],
    ["amount", "redact", { amount: 2.5, gift: true }, { gift: true }],
    ["gift", "redact", { gift: true, id: "a" }, { id: "a" }],
    ["color", "redact", { color: "RED", id: "a" }, { id: "a" }],
    ["shift", { mask: {} }, { shift: -77 }, { shift: -10 }],
    ["serial", { truncate: 3 }, { serial: "18446744073709551615" }, { serial: "184" }],
    // A masked number may be one that its type cannot hold: then it is redacted.
    ["count", { mask: { keepFirst: 1 } }, { count: 4294967295 }, { count: 4000000000 }],
    ["labels.value", { mask: {} }, { labels: { a: "xyz", b: "" } }, { labels: { a: "***", b: "" } }],
    ["tags", "redact", { tags: ["x", "", "z"] }, { tags: ["[redacted]", "", "[redacted]"] }],
    ["note", { redact: { with: "gone" } }, { note: "x" }, { note: "gone" }],
    ["iban", "pass", { iban: "x" }, { iban: "x" }],
  ])("%s: %j", (path, action, before, after) => {
    expect(order(policyOf(`grpc:shop.Checkout/Pay:${path}`, action), before)).toEqual(after);
  });

  test("tokens go and come back", () => {
    const policy = {
      protobuf,
      rules: [
        { name: "pan", select: "proto:shop.Card:number", action: { tokenize: { format: "pan" } } },
        { name: "back", on: "response", select: "proto:shop.Card:number", action: { reveal: "pan" } },
      ],
    };
    const body = frame(encode("shop.Order", { card }));
    const plugin = pluginOf(policy);
    const sent = call(plugin, body).request!.body;
    const token = (jsonOf("shop.Order", frames(sent)[0]!) as { card: { number: string } }).card.number;
    expect(token).not.toBe(card.number);
    expect(token).toMatch(/^\d{16}$/);
    const headers: [string, string][] = [["content-type", "application/grpc"]];
    const answer = frame(encode("shop.Receipt", { id: "r", card: { number: token } }));
    const { request, response, outcome } = runExchange(
      plugin,
      {
        request: {
          method: "POST",
          path: "/shop.Checkout/Pay",
          headers: [...headers, ["grpc-accept-encoding", "gzip"]],
          body,
        },
        response: { status: 200, headers, body: answer, trailers: [["grpc-status", "0"]] },
      },
      { holdHeaders: true },
    );
    expect(outcome).toBe("forwarded");
    expect(request!.headers).toContainEqual(["grpc-accept-encoding", "identity"]);
    expect(jsonOf("shop.Receipt", frames(response!.body)[0]!)).toEqual({ id: "r", card: { number: card.number } });
    expect(response!.trailers).toEqual([["grpc-status", "0"]]);
  });
});

describe("what no rule names", () => {
  const json = { id: "a", card, labels: { k: "v" }, gift: true };
  const rules = [{ name: "id", select: "grpc:shop.Checkout/Pay:card.month", action: "pass" }];
  test.each<[string, JsonValue]>([
    ["redact", { id: "[redacted]", card: { number: "[redacted]", month: 12, seal: "W3JlZGFjdGVkXQ==" } }],
    ["strip", { card: { month: 12 } }],
  ])("unmatched: %s", (unmatched, expected) => {
    expect(order({ protobuf, rules, unmatched }, json)).toEqual(expected);
  });
  test("unmatched: block", () => {
    const result = call(pluginOf({ protobuf, rules, unmatched: "block" }), frame(encode("shop.Order", json)));
    expect(result.reason).toBe("unmatched_block");
  });
});

describe("redact that keeps the structure", () => {
  const keep = { redact: { keepStructure: true } };
  const hidden = { number: "[redacted]", seal: Buffer.from("[redacted]").toString("base64") };

  test("acts on each field of a message, at any depth, in lists, maps and what an Any holds", () => {
    const type = { "@type": "type.googleapis.com/shop.Card" };
    const full = {
      id: "a",
      card: { ...card, backup: card },
      cards: [card, {}],
      wallet: { x: card },
      extra: { ...type, ...card },
    };
    const fields = ["card", "cards", "wallet", "extra"].map((name) => `grpc:*/*:${name}`);
    expect(order(policyOf(fields, keep), full)).toEqual({
      id: "a",
      card: { ...hidden, backup: hidden },
      cards: [hidden, {}],
      wallet: { x: hidden },
      extra: { ...type, ...hidden },
    });
  });

  test("an earlier rule inside goes first, what is not known goes", () => {
    const rules = [
      { name: "open", select: "proto:shop.Card:month", action: "pass" },
      { name: "pan", select: "proto:shop.Card:pan", action: { mask: { keepFirst: 4 } } },
      { name: "kept", select: "named:card", action: keep },
      { name: "late", select: "proto:shop.Card:number", action: "strip" },
    ];
    const unknown = Buffer.from("9a0603414141", "hex");
    const inner = Buffer.concat([encode("shop.Card", card), unknown]);
    const body = Buffer.concat([Buffer.from([0x12, inner.length]), inner]);
    const more = { descriptors: shopFile, unknown: "pass" };
    const [left] = rewrite({ protobuf: more, rules }, frame(body));
    expect(left!.includes("AAA")).toBe(false);
    expect(jsonOf("shop.Order", left!)).toEqual({ card: { ...hidden, month: 12, pan: "4111000000000000" } });
  });
});
