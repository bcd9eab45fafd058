// Names that stand in values of protobuf messages: `named:` selects what stands beside a text that tells its name, as metadata,
// attributes of telemetry and changes have them, in whatever order, at every cut; each result is proven by the independent
// reader too.
import { fromBinary, fromJson, type JsonObject, toBinary, toJson } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { frame, frames } from "../../support/protobuf.ts";
import { All, descriptors, registry } from "../../support/told-messages.ts";
import { Bench } from "../replay/support.ts";

const rules = [
  { name: "open", select: "named:meta", action: "pass" },
  { name: "given", select: "grpc:told.Told/Tell:given.value", action: { redact: { with: "given" } } },
  { name: "cvc", select: "named:cvc", action: "strip" },
  { name: "pan", select: "named:~'card number'", action: { mask: { keepLast: 4 } } },
  { name: "card", select: "named:['card']['number']", action: { mask: { keepLast: 2 } } },
  { name: "address", select: "named:address", action: "redact" },
  { name: "note", select: "named:note", detect: ["EMAIL_ADDRESS"], action: "redact" },
];
const bench = new Bench({ protobuf: { descriptors }, rules });

async function sent(bytes: Uint8Array, by: Bench = bench): Promise<Buffer | string> {
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const body = frame(bytes);
  const recording: Recording = { id: "one", request: { method: "POST", path: "/told.Told/Tell", headers, body } };
  const whole = await by.run(recording, undefined);
  expect(by.findings(whole)).toEqual([]);
  const text = Buffer.from(whole.result.request?.body ?? []);
  const cuts = Array.from(body, (_, at) => [at + 1]);
  for (const cut of ["each" as const, 2, 3, 7, ...cuts]) {
    const run = await by.run(recording, cut);
    const left = Buffer.from(run.result.request?.body ?? []);
    expect([cut, run.result.outcome, left]).toEqual([cut, whole.result.outcome, text]);
  }
  return whole.result.outcome === "blocked" ? `${whole.result.reason}` : frames(text)[0]!;
}

const encode = (json: JsonObject): Uint8Array => toBinary(All, fromJson(All, json, { registry }));

async function left(json: JsonObject, by: Bench = bench): Promise<unknown> {
  const bytes = await sent(encode(json), by);
  return typeof bytes === "string" ? bytes : toJson(All, fromBinary(All, bytes), { registry });
}

const mail = Buffer.from("a@b.example").toString("base64");
const hidden = Buffer.from("[redacted]").toString("base64");

/** What stays as it is has no second message. */
const cases: [what: string, before: JsonObject, after?: JsonObject][] = [
  [
    "labels",
    {
      labels: [
        { key: "cvc", value: "737" },
        { key: "x", value: "7" },
        { key: "Card-Number", value: "4111111" },
      ],
    },
    { labels: [{ key: "cvc" }, { key: "x", value: "7" }, { key: "Card-Number", value: "***1111" }] },
  ],
  [
    "attributes of telemetry",
    {
      attributes: [
        { key: "cvc", value: { stringValue: "737" } },
        { key: "payment.card.number", value: { intValue: "4111" } },
        { key: "address", value: { kvlistValue: { values: [{ key: "x", value: { stringValue: "A" } }] } } },
        { key: "plan", value: { stringValue: "basic" } },
      ],
    },
    {
      attributes: [
        { key: "cvc" },
        { key: "payment.card.number", value: { intValue: "1011" } },
        { key: "address", value: {} },
        { key: "plan", value: { stringValue: "basic" } },
      ],
    },
  ],
  [
    "a rule that covers",
    {
      attributes: [
        { key: "card_number", value: { arrayValue: { values: [{ stringValue: "4111111" }, { boolValue: true }] } } },
        { key: "x", value: { kvlistValue: { values: [{ key: "cvc", value: { intValue: "7" } }] } } },
      ],
    },
    {
      attributes: [
        { key: "card_number", value: { arrayValue: { values: [{ stringValue: "***1111" }, { boolValue: false }] } } },
        { key: "x", value: { kvlistValue: { values: [{ key: "cvc" }] } } },
      ],
    },
  ],
  [
    "fields of each type, in front of the name",
    { fields: [{ value: "A", intValue: "7", rawValue: mail, fieldName: "address" }] },
    { fields: [{ value: "[redacted]", intValue: "0", rawValue: hidden, fieldName: "address" }] },
  ],
  [
    "every name that is told",
    {
      fields: [
        { value: "A", fieldName: "address", id: "cvc" },
        { value: "A", fieldName: "meta", id: "address" },
      ],
    },
    {
      fields: [
        { fieldName: "address", id: "cvc" },
        { value: "[redacted]", fieldName: "meta", id: "address" },
      ],
    },
  ],
  ["a name that passes", { fields: [{ value: "A", fieldName: "meta", id: "x" }] }],
  [
    "wrappers",
    {
      wrapped: { name: "address", value: "A", old: "B", new: { "@type": "type.googleapis.com/told.Label", key: "A" } },
    },
    { wrapped: { name: "address", value: "", old: "[redacted]", new: {} } },
  ],
  [
    "a value of any kind",
    { wrapped: { name: "address", old: [{ a: "B" }] } },
    { wrapped: { name: "address", old: [] } },
  ],
  [
    "lists, maps and groups",
    { many: { label: "address:", values: ["A", "B"], old: [7, 8], answers: { a: "A" }, current: { value: "A" } } },
    { many: { label: "address:", values: ["[redacted]", "[redacted]"], old: [0, 0], current: {} } },
  ],
  [
    "a rule that detects, at any depth",
    {
      labels: [{ key: "note", value: "to a@b.example" }],
      attributes: [
        { key: "note", value: { stringValue: "to a@b.example" } },
        { key: "note", value: { arrayValue: { values: [{ stringValue: "a@b.example" }, { bytesValue: mail }] } } },
        { key: "x", value: { stringValue: "a@b.example" } },
      ],
      wrapped: { name: "note", value: "a@b.example", old: "a@b.example" },
      many: { label: "note", answers: { "a@b.example": "a@b.example" }, current: { key: "a@b.example" } },
    },
    {
      labels: [{ key: "note", value: "to [redacted]" }],
      attributes: [
        { key: "note", value: { stringValue: "to [redacted]" } },
        { key: "note", value: { arrayValue: { values: [{ stringValue: "[redacted]" }, { bytesValue: hidden }] } } },
        { key: "x", value: { stringValue: "a@b.example" } },
      ],
      wrapped: { name: "note", value: "[redacted]", old: "[redacted]" },
      many: { label: "note", answers: { "a@b.example": "[redacted]" }, current: { key: "[redacted]" } },
    },
  ],
  [
    "a text that begins as JSON, into which a rule looks by a name beside it",
    {
      labels: [
        { key: "note", value: '{"a":"a@b.example"}' },
        { key: "x", value: '{"name":"cvc","value":7}' },
      ],
    },
    {
      labels: [
        { key: "note", value: '{"a":"[redacted]"}' },
        { key: "x", value: '{"name":"cvc"}' },
      ],
    },
  ],
  ["an earlier rule on the place", { given: { key: "cvc", value: "7" } }, { given: { key: "cvc", value: "given" } }],
  [
    "what an Any holds, and a map",
    {
      extra: { "@type": "type.googleapis.com/told.Label", key: "cvc", value: "7" },
      by: { a: { key: "cvc", value: "7" } },
    },
    { extra: { "@type": "type.googleapis.com/told.Label", key: "cvc" }, by: { a: { key: "cvc" } } },
  ],
  [
    "members of a document",
    {
      document: {
        a: [
          { name: "cvc", value: "737" },
          { answer: { b: ["A"] }, label: "address" },
          { name: "x", value: "7" },
        ],
        key: "note",
        value: "to a@b.example",
        old: ["a@b.example"],
        b: { field: "card_number", new: "4111111", from: { a: "B" }, other: { value: "4111" } },
      },
    },
    {
      document: {
        a: [{ name: "cvc" }, { answer: {}, label: "address" }, { name: "x", value: "7" }],
        key: "note",
        value: "to [redacted]",
        old: ["a@b.example"],
        b: { field: "card_number", new: "***1111", from: { a: "*" }, other: { value: "4111" } },
      },
    },
  ],
  [
    "what is no pair",
    {
      names: { name: ["cvc"], value: "7" },
      numbers: { id: "7", value: "7", code: Buffer.from("cvc").toString("base64") },
      event: { type: "cvc", data: "7", content: "7" },
      labels: [{ key: "cvcs", value: "7" }, { value: "7" }, { key: "cvc" }],
    },
  ],
];

test.each(cases)("%s", async (_, before, after = before) => {
  expect(await left(before)).toEqual(after);
});

const text = (number: number, value: string | Uint8Array): Uint8Array => {
  const writer = new BinaryWriter().tag(number, WireType.LengthDelimited);
  return (typeof value === "string" ? writer.string(value) : writer.bytes(value)).finish();
};
const label = (...pieces: Uint8Array[]): Uint8Array => text(1, Buffer.concat(pieces));

describe("as no writer of protobuf writes", () => {
  test("names that come twice count all, wherever they stand", async () => {
    for (const pieces of [
      [text(1, "cvc"), text(1, "x"), text(2, "737")],
      [text(2, "737"), text(1, "x"), text(1, "cvc")],
      [text(1, "\ufeffcvc"), text(2, "737")],
    ]) {
      const names = pieces.filter(([tag]) => tag === 10);
      expect(await sent(label(...pieces))).toEqual(Buffer.from(label(...names)));
    }
    expect(await sent(label(text(2, "737"), text(1, "cvc"), text(2, "738")))).toEqual(
      Buffer.from(label(text(1, "cvc"))),
    );
  });

  test("a name that is no UTF-8 is refused where it names something", async () => {
    const name = Buffer.from([0x63, 0x76, 0xc1, 0xa3]);
    expect(await sent(label(text(1, name), text(2, "737")))).toBe("protobuf_entry");
    expect(await sent(label(text(1, name)))).toEqual(Buffer.from(label(text(1, name))));
  });

  test("a message that comes twice, which receivers would merge", async () => {
    const twice = Buffer.concat([text(9, text(1, "cvc")), text(9, text(2, "737"))]);
    expect(await sent(twice)).toBe("protobuf_any");
    // Elements of a list are not merged.
    expect(await sent(Buffer.concat([label(text(1, "cvc")), label(text(2, "737"))]))).toEqual(
      Buffer.concat([label(text(1, "cvc")), label(text(2, "737"))]),
    );
  });

  test("a document that comes twice, and a member with two values", async () => {
    const member = (name: string, value: string): Uint8Array =>
      text(1, Buffer.concat([text(1, name), text(2, text(3, value))]));
    expect(await sent(Buffer.concat([text(12, member("name", "cvc")), text(12, member("value", "7"))]))).toBe(
      "protobuf_any",
    );
    // Its key behind the value, and names in any order.
    const swapped = text(1, Buffer.concat([text(2, text(3, "737")), text(1, "value")]));
    const document = Buffer.concat([swapped, member("id", "x"), member("name", "cvc")]);
    const names = Buffer.concat([member("id", "x"), member("name", "cvc")]);
    expect(await sent(text(12, document))).toEqual(Buffer.from(text(12, names)));
  });

  test("a wrapper with two texts", async () => {
    const wrapped = text(
      4,
      Buffer.concat([text(1, Buffer.concat([text(1, "x"), text(1, "cvc")])), text(2, text(1, "7"))]),
    );
    expect(Buffer.from(await sent(wrapped)).includes("7")).toBe(false);
  });

  test("a name of more than 256 bytes is none", async () => {
    const of = (length: number): JsonObject => ({ labels: [{ key: `${"a.".repeat(length)}.address`, value: "A" }] });
    expect(await left(of(124))).not.toEqual(of(124));
    expect(await left(of(125))).toEqual(of(125));
  });
});

describe("unmatched", () => {
  const by = (unmatched: string) =>
    new Bench({
      protobuf: { descriptors },
      unmatched,
      rules: [...rules, { name: "k", select: "named:key", action: "pass" }],
    });

  test("acts inside of what may tell a name, as in what has one", async () => {
    expect(
      await left(
        {
          labels: [
            { key: "cvc", value: "7" },
            { key: "x", value: "7" },
          ],
        },
        by("redact"),
      ),
    ).toEqual({
      labels: [{ key: "cvc" }, { key: "x", value: "[redacted]" }],
    });
    expect(await left({ attributes: [{ key: "meta", value: { stringValue: "7" } }] }, by("redact"))).toEqual({
      attributes: [{ key: "meta", value: { stringValue: "7" } }],
    });
  });
});

test("a policy without rules by name knows nothing of such messages", () => {
  const rule = { name: "r", select: "grpc:told.Told/Tell:given.value", action: "redact" };
  const { protobuf } = compileTest({ protobuf: { descriptors }, rules: [rule] });
  expect(protobuf.states.filter(({ pairs }) => pairs !== undefined)).toEqual([]);
});

test("a step of a path that may be an element, or a name of a list", async () => {
  const rule = { name: "r", select: "named:[:,'a']['pan']", action: "redact" };
  const by = new Bench({ protobuf: { descriptors }, rules: [rule] });
  expect(
    await left(
      {
        labels: [
          { key: "x.pan", value: "7" },
          { key: "pan", value: "7" },
        ],
      },
      by,
    ),
  ).toEqual({
    labels: [
      { key: "x.pan", value: "[redacted]" },
      { key: "pan", value: "7" },
    ],
  });
});
