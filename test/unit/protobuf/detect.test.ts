// Rules that detect in protobuf: finds in texts, bytes and digits, wherever they stand, proven by the reader of the proof.
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { Bench } from "../replay/support.ts";

const pan = "4111111111111111";
const mail = "ann@example.org";
const hidden = "[redacted]";
const rule = (select: string, action: unknown = "redact", more: object = {}) => ({
  name: "found",
  select,
  detect: ["CREDIT_CARD", "EMAIL_ADDRESS"],
  action,
  ...more,
});

/** What an order becomes, the same wherever it is cut, without a finding of the proof; or why it is refused. */
async function order(rules: object[], json: JsonObject, more: object = {}): Promise<JsonValue> {
  const bench = new Bench({ protobuf: { descriptors: shopFile }, rules, ...more });
  const body = frame(encode("shop.Order", json));
  const recording = {
    id: "one",
    request: {
      method: "POST",
      path: "/shop.Checkout/Pay",
      headers: [["content-type", "application/grpc"]] as [string, string][],
      body,
    },
  };
  const whole = await bench.run(recording);
  expect(bench.findings(whole)).toEqual([]);
  for (const cut of cutsOf(body.length).cuts) {
    const run = await bench.run(recording, cut);
    expect(Buffer.from(run.result.request?.body ?? []).equals(whole.result.request?.body ?? Buffer.of())).toBe(true);
    expect(run.result.rules).toEqual(whole.result.rules);
  }
  return whole.result.reason ?? jsonOf("shop.Order", frames(whole.result.request!.body)[0]!);
}

describe("finds", () => {
  const note = `pay ${pan} or ${mail}, please`;
  test.each<[string, object[], JsonObject, JsonValue]>([
    ["in a text", [rule("proto:shop.Order:note")], { note }, { note: `pay ${hidden} or ${hidden}, please` }],
    [
      "of one rule each",
      [rule("grpc:*/*:note", "strip", { detect: ["CREDIT_CARD"] }), { ...rule("grpc:*/*:note"), name: "mail" }],
      { note },
      { note: `pay  or ${hidden}, please` },
    ],
    [
      "in all that is in a message",
      [rule("grpc:*/*:card")],
      { id: pan, card: { number: pan, backup: { number: mail } } },
      { id: pan, card: { number: hidden, backup: { number: hidden } } },
    ],
    [
      "as a whole in bytes, of which no character is counted",
      [rule("grpc:*/*:card", { mask: { keepLast: 4 } }, { whole: true })],
      { card: { number: `to ${mail}`, seal: Buffer.from(`to ${mail}`).toString("base64") } },
      { card: { number: `${"*".repeat(14)}.org`, seal: Buffer.from(hidden).toString("base64") } },
    ],
    ["in the digits of a number", [rule("proto:shop.Card:pan")], { card: { pan, month: 4 } }, { card: { month: 4 } }],
    [
      "in a double that is an integer",
      [rule("grpc:*/*:amount", { mask: {} })],
      { amount: Number(pan), id: "a" },
      { id: "a" },
    ],
    ["in a negative one", [rule("any:")], { amount: -Number(pan), id: "a" }, { id: "a" }],
    [
      "in packed doubles, one by one",
      [rule("any:")],
      { prices: [1, Number(pan), 4111.111111111111, -0.5, 1e300] },
      { prices: [1, 0, 4111.111111111111, -0.5, 1e300] },
    ],
    [
      "not in a double that is none",
      [rule("any:")],
      { amount: Number(`${pan}.5`.slice(1)) },
      { amount: 111111111111111.5 },
    ],
    [
      "in packed numbers, one by one",
      [rule("grpc:*/*:deltas", { mask: { keepLast: 4 } })],
      { deltas: ["7", pan, "-8"] },
      { deltas: ["7", "1000000000001111", "-8"] },
    ],
    [
      "in packed numbers, left out",
      [rule("grpc:*/*:deltas", "strip")],
      { deltas: ["7", pan, "-8"] },
      { deltas: ["7", "-8"] },
    ],
    [
      "in bytes",
      [rule("proto:shop.Card:seal")],
      { card: { seal: Buffer.from(`x ${mail}`).toString("base64") } },
      { card: { seal: Buffer.from(`x ${hidden}`).toString("base64") } },
    ],
    [
      "in the names of a map",
      [rule("grpc:*/*:labels.key")],
      { labels: { [mail]: mail } },
      { labels: { [hidden]: mail } },
    ],
    ["on the whole", [rule("grpc:*/*:note", "strip", { whole: true })], { note, id: "a" }, { id: "a" }],
    [
      "none: the next rule decides",
      [rule("grpc:*/*:note"), { name: "next", select: "grpc:*/*:note", action: { mask: {} } }],
      { note: "abc" },
      { note: "***" },
    ],
    [
      "behind the rule that decides",
      [{ name: "first", select: "grpc:*/*:note", action: "pass" }, rule("grpc:*/*:note")],
      { note },
      { note },
    ],
    [
      "in what a pass covers",
      [{ name: "first", select: "grpc:*/*:card", action: "pass" }, rule("proto:shop.Card:number")],
      { card: { number: pan } },
      { card: { number: hidden } },
    ],
    [
      "before what covers",
      [rule("proto:shop.Card:number"), { name: "cover", select: "grpc:*/*:card", action: { mask: {} } }],
      { card: { number: `x${mail}`, seal: "" } },
      { card: { number: hidden } },
    ],
    ["that block", [rule("grpc:*/*:note", "block")], { note }, "rule_block"],
    ["too long to be looked into", [rule("grpc:*/*:note")], { note: "y".repeat(20_000) }, { note: hidden }],
  ])("%s", async (_, rules, before, after) => {
    expect(await order(rules, before)).toEqual(after);
  });

  test("everywhere", async () => {
    const before = {
      id: pan,
      card: { number: "x", pan },
      labels: { [mail]: mail },
      wallet: { w: { number: pan } },
      extra: { "@type": "type.googleapis.com/shop.Card", number: `a ${mail}` },
      tags: ["left", mail],
      amount: 1.5,
      gift: true,
    };
    expect(await order([rule("any:")], before)).toEqual({
      id: hidden,
      card: { number: "x" },
      labels: { [hidden]: hidden },
      wallet: { w: { number: hidden } },
      extra: { "@type": "type.googleapis.com/shop.Card", number: `a ${hidden}` },
      tags: ["left", hidden],
      amount: 1.5,
      gift: true,
    });
  });

  test("in the bytes of an Any that pass, and not in those that go as a whole", async () => {
    const found = rule("any:", { mask: {} });
    const value = (action: unknown) => ({ name: "bytes", select: "grpc:*/*:extra.value", action });
    const type = { "@type": "type.googleapis.com/shop.Card" };
    const json = { extra: { ...type, number: `a ${mail}` } };
    expect(await order([found, value("pass")], json)).toEqual({ extra: { ...type, number: `a ${"*".repeat(15)}` } });
    expect(await order([found, value({ redact: { with: "" } })], json)).toEqual({ extra: type });
  });

  test("where unmatched acts, they are what a rule names", async () => {
    const json = { note: `x ${mail}`, id: "a", card: { number: pan, month: 3 } };
    expect(await order([rule("proto:shop.Order:note")], json, { unmatched: "strip" })).toEqual({ note: `x ${hidden}` });
  });
});
