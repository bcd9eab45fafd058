// Texts inside texts of protobuf: strings, bytes, repeated ones and values of maps, at every cut, and random rules, each
// judged by the proof, which reads messages with @bufbuild/protobuf and texts on its own.

import { crc32 } from "node:zlib";
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HEADER, KIND, MEMBER, MESSAGE, SIZE } from "../../../scripts/policy/constants.ts";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { machine } from "../filter/support.ts";
import { Bench } from "../replay/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;

const benchOf = (rules: object[], more: object = {}) =>
  new Bench({ protobuf: { descriptors: shopFile }, rules, ...more });

const recordingOf = (json: JsonObject) => ({
  id: "one",
  request: {
    method: "POST",
    path: "/shop.Checkout/Pay",
    headers: [["content-type", "application/grpc"]] as [string, string][],
    body: frame(encode("shop.Order", json)),
  },
});

/** What an order becomes, the same wherever it is cut, without a finding of the proof; or why it is refused. */
async function order(rules: object[], json: JsonObject, more: object = {}): Promise<JsonValue> {
  const bench = benchOf(rules, more);
  const recording = recordingOf(json);
  const whole = await bench.run(recording);
  expect(bench.findings(whole)).toEqual([]);
  for (const cut of cutsOf(recording.request.body.length).cuts) {
    const run = await bench.run(recording, cut);
    expect(Buffer.from(run.result.request?.body ?? []).equals(whole.result.request?.body ?? Buffer.of())).toBe(true);
    expect(run.result.rules).toEqual(whole.result.rules);
  }
  return whole.result.reason ?? jsonOf("shop.Order", frames(whole.result.request!.body)[0]!);
}

const rule = (select: string | string[], action: unknown = "redact", more: object = {}) => ({
  name: "inside",
  select,
  action,
  ...more,
});

const pan = '{"pan":"4111","n":[1, "é"]}';
const gone = '{"pan":"[redacted]","n":[1, "é"]}';

describe("texts", () => {
  test.each<[string, string, JsonObject, JsonObject]>([
    ["a string", "grpc:shop.Checkout/Pay:note|json:$.pan", { note: pan }, { note: gone }],
    [
      "of a type",
      "proto:shop.Card:number|base64|json:$.pan",
      { card: { number: base64(pan) } },
      { card: { number: base64(gone) } },
    ],
    ["bytes", "proto:shop.Card:seal|json:$.pan", { card: { seal: base64(pan) } }, { card: { seal: base64(gone) } }],
    [
      "a repeated string",
      "grpc:*/*:tags|jwt:$.pan",
      { tags: [token(pan), "", token("{}")] },
      { tags: [unsigned(gone), "", token("{}")] },
    ],
    [
      "values of a map",
      "grpc:*/*:labels.value|json:$.pan",
      { labels: { a: pan, b: "{}" } },
      { labels: { a: gone, b: "{}" } },
    ],
    [
      "in messages in messages, whose lengths change",
      "grpc:*/*:**.number|json:$.pan",
      { card: { number: "{}", backup: { backup: { number: pan } } }, cards: [{ number: pan }] },
      { card: { number: "{}", backup: { backup: { number: gone } } }, cards: [{ number: gone }] },
    ],
    ["what does not change", "grpc:*/*:note|json:$.x", { note: pan }, { note: pan }],
  ])("%s", async (_, select, before, after) => {
    expect(await order([rule(select)], before)).toEqual(after);
  });

  test("in the message that an Any holds", async () => {
    const extra = (number: string) => ({ "@type": "type.googleapis.com/shop.Card", number });
    const rules = [rule("grpc:*/*:extra.[shop.Card].number|json:$.pan")];
    expect(await order(rules, { extra: extra(pan) })).toEqual({ extra: extra(gone) });
  });

  test("what the key of an entry spells is a name, which `unmatched` leaves alone", async () => {
    const rules = [rule("grpc:*/*:labels.key|json:$.pan")];
    for (const unmatched of ["redact", "strip"]) {
      const values = { name: "values", select: "grpc:*/*:labels.value", action: "pass" };
      const left = await order([...rules, values], { labels: { [pan]: "a" } }, { unmatched });
      expect(left).toEqual({ labels: { [gone]: "a" } });
    }
    const detecting = [rule("grpc:*/*:labels.*|base64", "strip", { detect: ["EMAIL_ADDRESS"] })];
    const labels = { [base64("none")]: base64("none"), [base64("ann@example.org")]: base64("none") };
    const left = await order(detecting, { labels }, { unmatched: "redact" });
    expect(left).toEqual({ labels: { [base64("none")]: base64("[redacted]"), "": base64("[redacted]") } });
  });

  test("what cannot be decoded is refused, emptied or stays, or is what a rule behind makes of it", async () => {
    const inside = rule("grpc:*/*:note|json:$.pan");
    expect(await order([inside], { note: "none", id: "1" })).toBe("nested_value");
    expect(await order([inside], { note: "none", id: "1" }, { unsupported: "empty" })).toEqual({ id: "1" });
    expect(await order([inside], { note: "none" }, { unsupported: "pass" })).toEqual({ note: "none" });
    const behind = (action: unknown) => [inside, { name: "behind", select: "proto:shop.Order:note", action }];
    expect(await order(behind("redact"), { note: "none" })).toEqual({ note: "[redacted]" });
    expect(await order(behind("strip"), { note: "none", id: "1" })).toEqual({ id: "1" });
    expect(await order(behind("strip"), { note: pan })).toEqual({ note: gone });
    expect(await order(behind("block"), { note: "none" })).toBe("rule_block");
    expect(await order(behind({ mask: { keepLast: 1 } }), { note: "none" })).toEqual({ note: "***e" });
  });

  test("bytes that cannot be decoded have no characters to mask", async () => {
    const rules = [
      rule("proto:shop.Card:seal|json:$.pan"),
      { name: "above", select: "grpc:*/*:card", action: { mask: {} } },
    ];
    expect(await order(rules, { card: { seal: base64("none") } })).toEqual({ card: { seal: base64("[redacted]") } });
  });

  test("a rule that stands first, or above and first, takes the text", async () => {
    const first = { name: "first", select: "grpc:*/*:card", action: { mask: {} } };
    const number = rule("proto:shop.Card:number|json:$.pan");
    expect(await order([first, number], { card: { number: "{}" } })).toEqual({ card: { number: "**" } });
  });

  test("what unmatched says acts inside, unless a pass stands around", async () => {
    const inside = rule("grpc:*/*:note|json:$.pan", "pass");
    const note = '{"pan":1,"b":2}';
    expect(await order([inside], { note, id: "1" }, { unmatched: "redact" })).toEqual({
      note: '{"pan":1,"b":0}',
      id: "[redacted]",
    });
    const around = { name: "around", select: "grpc:*/*:card", action: "pass" };
    const number = rule("proto:shop.Card:number|json:$.pan");
    const card = (value: string) => ({ card: { number: value } });
    expect(await order([number, around], card(note), { unmatched: "redact" })).toEqual(card('{"pan":0,"b":2}'));
    expect(await order([number, around], card("none"), { unmatched: "redact" })).toBe("nested_value");
  });

  test("rules that detect", async () => {
    const card = "4111111111111111";
    const find = (select: string) => rule(select, "redact", { name: "find", detect: ["CREDIT_CARD"] });
    const note = (text: string) => ({ note: `{"a":{"${text}":["x ${text}"]},"b":"${card}"}` });
    expect(await order([find("grpc:*/*:note|json:$.a")], note(card))).toEqual({
      note: `{"a":{"${card}":["x [redacted]"]},"b":"${card}"}`,
    });
    const all = [rule("grpc:*/*:note|json:$.x", "pass"), find("any:")];
    expect(await order(all, note(card))).toEqual({ note: note("[redacted]").note.replace(card, "[redacted]") });
    expect(await order(all, { note: `x ${card}` })).toEqual({ note: "x [redacted]" });
  });
});

test("a selector of what is no text is a diagnostic", () => {
  for (const select of ["proto:shop.Card:month|json:$.a", "grpc:*/*:card|json:$.a", "grpc:*/*:extra.value|base64"]) {
    expect(() => benchOf([rule(select)])).toThrow("no text stands here that could be decoded");
  }
  expect(() => benchOf([rule("proto:shop.Card:*|json:$.a")])).not.toThrow();
});

test("random rules and orders, judged by the proof", { timeout: 120_000 }, async () => {
  const values = fc.constantFrom<unknown>("Jane", "", 7, true, null, { b: "Roe" }, ["é"]);
  const documents = fc
    .dictionary(fc.constantFrom("a", "b", "c"), values, { maxKeys: 3 })
    .map((value) => JSON.stringify(value));
  const spelled = fc.oneof(documents, documents.map(base64), documents.map(token), fc.constantFrom("", "none", "4111"));
  const card = fc.record(
    { number: spelled, month: fc.constant(7), seal: spelled.map(base64), backup: fc.record({ number: spelled }) },
    { requiredKeys: [] },
  );
  const orders = fc.record(
    {
      id: spelled,
      note: spelled,
      tags: fc.array(spelled, { maxLength: 3 }),
      labels: fc.dictionary(fc.constantFrom("k", "l"), spelled),
      card,
      points: fc.constant([1, 2]),
    },
    { requiredKeys: [] },
  );
  const chains = ["|json:$.a", "|base64|json:$.b", "|jwt:$..b"];
  const places = ["grpc:*/*:note", "grpc:*/*:tags", "proto:shop.Card:*", "grpc:*/*:**", "grpc:*/*:labels.value"];
  const actions = fc.constantFrom("redact", "strip", "pass", "block", { hash: { length: 8 } });
  const policies = fc.constantFrom(...chains).chain((chain) =>
    fc.record({
      unmatched: fc.constantFrom("pass", "pass", "redact", "strip"),
      unsupported: fc.constantFrom("block", "empty", "pass"),
      rules: fc
        .array(
          fc.record({
            select: fc.constantFrom(
              ...places.filter((place) => !place.endsWith("**")).map((place) => place + chain),
              `grpc:*/*:**.number${chain}`,
              "grpc:*/*:note",
              "grpc:*/*:tags",
              "grpc:*/*:card",
            ),
            action: actions,
          }),
          { minLength: 1, maxLength: 4 },
        )
        .map((rules) => [
          ...rules.map((one, index) => ({ name: `r${index}`, ...one })),
          { name: "last", select: `grpc:*/*:note${chain}`, action: "redact" },
        ]),
    }),
  );
  await fc.assert(
    fc.asyncProperty(policies, orders, async ({ rules, ...more }, json) => {
      const bench = benchOf(rules, more);
      const run = await bench.run(recordingOf(json as JsonObject));
      expect(bench.findings(run)).toEqual([]);
      expect([undefined, "rule_block", "nested_value"]).toContain(run.result.reason);
    }),
    { numRuns: 300, seed: 20261125 },
  );
});

test("a policy whose text is in no state of the automaton is refused", () => {
  const binary = Uint8Array.from(benchOf([rule("proto:shop.Card:number|json:$.pan")]).compiled.binary);
  const view = new DataView(binary.buffer);
  const { vm, log } = machine();
  const seal = () => {
    const crc = crc32(binary.subarray(HEADER.CRC_FROM), crc32(binary.subarray(0, HEADER.CRC)));
    view.setUint32(HEADER.CRC, crc, true);
  };
  const members = Array.from({ length: view.getUint32(HEADER.MESSAGES + 4, true) }, (_, index) => {
    const message = view.getUint32(HEADER.MESSAGES, true) + index * SIZE.MESSAGE;
    const first = view.getUint32(message + MESSAGE.MEMBERS, true);
    const count = view.getUint16(message + MESSAGE.MEMBER_COUNT, true);
    return Array.from({ length: count }, (_, at) => first + at * SIZE.MEMBER);
  }).flat();
  const isText = (at: number) => new Set<number>([KIND.string, KIND.bytes]).has(view.getUint8(at + MEMBER.KIND));
  const texts = members.filter((at) => isText(at) && view.getUint16(at + MEMBER.TARGET, true) !== 0);
  expect(texts.length).toBeGreaterThan(0);
  for (const at of texts) {
    const target = view.getUint16(at + MEMBER.TARGET, true);
    view.setUint16(at + MEMBER.TARGET, view.getUint32(HEADER.STATES + 4, true), true);
    seal();
    expect(() => vm.plugin("a", binary)).toThrow("refused");
    expect(log.at(-1)).toMatch(/policy refused: .*damaged/);
    view.setUint16(at + MEMBER.TARGET, target, true);
  }
});
