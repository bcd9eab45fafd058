// Groups: of proto2, and of editions where features.message_encoding is DELIMITED. @bufbuild/protobuf writes them and reads
// what leaves, at every cut; the proof finds every other byte in its place.
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import {
  Edition,
  FeatureSet_MessageEncoding as Encoding,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
} from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Chunking, type Exchange, type ExchangeResult, runExchange } from "../../../scripts/host/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { entry, type Field, field, frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { machine } from "../filter/support.ts";

const group = (...given: Field) => ({ ...field(given), type: FieldDescriptorProto_Type.GROUP });
const encoded = (messageEncoding: Encoding) => ({ options: { features: { messageEncoding } } });

const service = (type: string) => [{ name: "Shop", method: [{ name: "Pay", inputType: type, outputType: type }] }];

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_any.proto,
    {
      name: "old.proto",
      package: "old",
      syntax: "proto2",
      messageType: [
        {
          ...message("Order", [1, "id", "STRING"]),
          field: [
            field([1, "id", "STRING"]),
            group(2, "card", ".old.Order.Card"),
            group(3, "line", ".old.Order.Line", "repeated"),
          ],
          nestedType: [
            message("Card", [1, "number", "STRING"], [2, "month", "INT32"]),
            {
              name: "Line",
              field: [
                field([1, "text", "STRING"]),
                group(5, "line", ".old.Order.Line", "repeated"),
                field([6, "card", ".old.Order.Card"]),
              ],
            },
          ],
          extensionRange: [{ start: 100, end: 200 }],
        },
      ],
      extension: [{ ...group(100, "gift", ".old.Order.Card"), extendee: ".old.Order" }],
      service: service(".old.Order"),
    },
    {
      name: "new.proto",
      package: "new",
      syntax: "editions",
      edition: Edition.EDITION_2023,
      dependency: ["google/protobuf/any.proto"],
      ...encoded(Encoding.DELIMITED),
      messageType: [
        {
          name: "Order",
          field: [
            field([1, "id", "STRING"]),
            field([2, "card", ".new.Card"]),
            field([3, "cards", ".new.Card", "repeated"]),
            { ...field([4, "sized", ".new.Card"]), ...encoded(Encoding.LENGTH_PREFIXED) },
            field([5, "wallet", ".new.Order.WalletEntry", "repeated"]),
            field([6, "extra", ".google.protobuf.Any"]),
          ],
          nestedType: [entry("WalletEntry", ".new.Card")],
        },
        message("Card", [1, "number", "STRING"], [2, "month", "INT32"], [3, "backup", ".new.Card"]),
      ],
      service: service(".new.Order"),
    },
  ],
});
const registry = createFileRegistry(set);
const descriptors = writeSet("groups", toBinary(FileDescriptorSetSchema, set));
const typeOf = (name: string): DescMessage => registry.getMessage(name)!;
const encode = (name: string, json: JsonValue) => toBinary(typeOf(name), fromJson(typeOf(name), json, { registry }));
const jsonOf = (name: string, bytes: Uint8Array) => toJson(typeOf(name), fromBinary(typeOf(name), bytes), { registry });
const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

type Rule = [select: string, action: unknown];
const policyOf = (rules: readonly Rule[], more: object = {}) => ({
  protobuf: { descriptors },
  rules: rules.map(([select, action], at) => ({ name: `r${at}`, select, action })),
  ...more,
});

/** What becomes of a message, however it is cut; the proof has nothing to say. */
function run(policy: object, type: string, body: Uint8Array): ExchangeResult {
  const compiled = compileTest(policy);
  const plugin = machine().vm.plugin("test", compiled.binary);
  const request = {
    method: "POST",
    path: `/${type.split(".")[0]}.Shop/Pay`,
    headers: [["content-type", "application/grpc"]] as [string, string][],
    body: frame(body),
  };
  const exchange: Exchange = { request };
  const cut = (chunk: Chunking) => runExchange(plugin, exchange, { holdHeaders: true, chunk });
  const whole = cut(request.body.length);
  for (let chunk = 1; chunk < request.body.length; chunk++) {
    const { reason, request: left } = cut(chunk);
    expect(reason).toBe(whole.reason);
    expect(Buffer.from(left?.body ?? []).equals(Buffer.from(whole.request?.body ?? []))).toBe(true);
  }
  const proven = { exchange, isActive: true, result: { ...whole, isReply: whole.localReply !== undefined } };
  expect(new Prover(compiled).prove(proven as never).findings).toEqual([]);
  return whole;
}

const left = (policy: object, type: string, body: Uint8Array) => frames(run(policy, type, body).request!.body)[0]!;
const verdict = (policy: object, type: string, body: Uint8Array) => {
  const { reason, request } = run(policy, type, body);
  return reason ?? frames(request!.body)[0]!.toString("hex");
};
const after = (rules: readonly Rule[], type: string, json: JsonValue) =>
  jsonOf(type, left(policyOf(rules), type, encode(type, json)));

const card = { number: "4111111111111111", month: 12 };
const hidden = { number: "[redacted]", month: 12 };

test("the writer writes groups", () => {
  expect(Buffer.from(encode("old.Order", { card: { month: 1 } })).toString("hex")).toBe("13100114");
  expect(Buffer.from(encode("new.Order", { card: { month: 1 } })).toString("hex")).toBe("13100114");
  expect(Buffer.from(encode("new.Order", { sized: { month: 1 } })).toString("hex")).toBe("22021001");
});

describe("proto2", () => {
  const order = { id: "a", card, line: [{ text: "x", line: [{ text: "y", card }] }], "[old.gift]": card };
  test.each<[string, unknown, JsonValue]>([
    ["grpc:old.Shop/Pay:card.number", "redact", { ...order, card: hidden }],
    ["grpc:old.Shop/Pay:card", "redact", { ...order, card: {} }],
    ["grpc:old.Shop/Pay:card", "strip", { id: "a", line: order.line, "[old.gift]": card }],
    [
      "grpc:old.Shop/Pay:card",
      { mask: { keepLast: 4 } },
      { ...order, card: { number: "************1111", month: 10 } },
    ],
    [
      "grpc:old.Shop/Pay:line",
      { redact: { keepStructure: true } },
      {
        ...order,
        line: [{ text: "[redacted]", line: [{ text: "[redacted]", card: { number: "[redacted]", month: 0 } }] }],
      },
    ],
    ["grpc:old.Shop/Pay:line.text", "redact", { ...order, line: [{ ...order.line[0], text: "[redacted]" }] }],
    [
      "grpc:old.Shop/Pay:line.line.card.number",
      "redact",
      { ...order, line: [{ text: "x", line: [{ text: "y", card: hidden }] }] },
    ],
    ["grpc:old.Shop/Pay:line.line", "strip", { ...order, line: [{ text: "x" }] }],
    ["proto:old.Order:[old.gift].number", "redact", { ...order, "[old.gift]": hidden }],
    [
      "named:number",
      "redact",
      { id: "a", card: hidden, line: [{ text: "x", line: [{ text: "y", card: hidden }] }], "[old.gift]": hidden },
    ],
  ])("%s %j", (select, action, expected) => {
    expect(after([[select, action]], "old.Order", order)).toEqual(expected);
  });

  test("block", () => {
    expect(verdict(policyOf([["grpc:old.Shop/Pay:card", "block"]]), "old.Order", encode("old.Order", order))).toBe(
      "rule_block",
    );
  });
});

describe("editions", () => {
  const extra = { "@type": "type.googleapis.com/new.Card", ...card };
  const order = {
    id: "a",
    card: { ...card, backup: card },
    cards: [card, card],
    sized: { ...card, backup: card },
    wallet: { x: card },
    extra,
  };
  const all = { ...hidden, backup: hidden };
  test.each<[string, unknown, JsonValue]>([
    [
      "proto:new.Card:number",
      "redact",
      {
        id: "a",
        card: all,
        cards: [hidden, hidden],
        sized: all,
        wallet: { x: hidden },
        extra: { ...extra, ...hidden },
      },
    ],
    ["grpc:*/*:cards", "strip", { id: "a", card: order.card, sized: order.sized, wallet: order.wallet, extra }],
    ["grpc:*/*:wallet.value.number", "redact", { ...order, wallet: { x: hidden } }],
    [
      "grpc:*/*:*",
      { redact: { keepStructure: true, with: "n/a" } },
      {
        id: "n/a",
        card: { number: "n/a", month: 0, backup: { number: "n/a", month: 0 } },
        cards: [
          { number: "n/a", month: 0 },
          { number: "n/a", month: 0 },
        ],
        sized: { number: "n/a", month: 0, backup: { number: "n/a", month: 0 } },
        wallet: { x: { number: "n/a", month: 0 } },
        extra: { "@type": extra["@type"], number: "n/a", month: 0 },
      },
    ],
    ["grpc:*/*:extra.[new.Card].number", "redact", { ...order, extra: { ...extra, ...hidden } }],
    ["grpc:*/*:sized.backup.number", "redact", { ...order, sized: { ...card, backup: hidden } }],
  ])("%s %j", (select, action, expected) => {
    expect(after([[select, action]], "new.Order", order)).toEqual(expected);
  });
});

describe("what receivers could read in two ways", () => {
  const rules: Rule[] = [
    ["proto:new.Card:number", "redact"],
    ["proto:old.Order.Card:number", "redact"],
  ];
  test.each([
    ["an end of no group", "14", "protobuf_syntax"],
    ["a group without an end", "13 10 01", "protobuf_syntax"],
    ["a group with the end of another one", "13 10 01 1c", "protobuf_syntax"],
    ["groups that end crosswise", "13 1b 14 1c", "protobuf_syntax"],
    ["the end of a group behind the message that holds its start", "22 01 1b 1c", "protobuf_syntax"],
    ["a group behind a length", "12 02 10 01", "protobuf_wire"],
    ["a sized message as a group", "23 10 01 24", "protobuf_wire"],
    ["a string as a group", "0b 0c", "protobuf_wire"],
    ["a type_url as a group", "33 0b 0c 34", "protobuf_wire"],
    ["the value of an Any as a group", "33 13 14 34", "protobuf_wire"],
    ["an unknown group without an end", "9b 06 10 01", "protobuf_syntax"],
    ["an unknown group that ends as another", "9b 06 10 01 a4 06", "protobuf_syntax"],
  ])("%s is refused", (_, hex, outcome) => {
    expect(verdict(policyOf(rules), "new.Order", bytes(hex))).toBe(outcome);
  });

  test.each([
    ["strip", "13100114"],
    ["pass", "9b060a0341414113149c06139b069c06100114"],
    ["block", "protobuf_unknown"],
  ])("groups that the set does not know: %s", (unknown, expected) => {
    const body = bytes("9b06 0a03414141 1314 9c06 13 9b06 9c06 10 01 14");
    const policy = { ...policyOf(rules), protobuf: { descriptors, unknown } };
    expect(verdict(policy, "new.Order", body)).toBe(expected);
  });

  test("each of several is acted on, and around an edit every spelling stays", () => {
    const body = bytes("93 00 0a 01 34 94 80 00 13 10 8c 00 14 13 0a 81 00 34 14");
    const redacted = "0a0a5b72656461637465645d";
    expect(verdict(policyOf(rules), "new.Order", body)).toBe(`9300${redacted}94800013108c001413${redacted}14`);
  });

  test("nesting is bounded, of known groups and of unknown ones", () => {
    const nested = (open: number, depth: number) =>
      Buffer.concat([Buffer.alloc(depth, open), Buffer.alloc(depth, open + 1)]);
    const judge = (body: Uint8Array) => {
      const compiled = compileTest({ ...policyOf(rules), limits: { depth: 100 } });
      const request = {
        method: "POST",
        path: "/new.Shop/Pay",
        headers: [["content-type", "application/grpc"]] as [string, string][],
        body: frame(body),
      };
      return runExchange(machine().vm.plugin("test", compiled.binary), { request }, { holdHeaders: true }).reason;
    };
    const inCard = (inner: Buffer) => Buffer.concat([bytes("13"), inner, bytes("14")]);
    expect(judge(inCard(nested(0x1b, 98)))).toBeUndefined();
    expect(judge(inCard(nested(0x1b, 99)))).toBe("limit_depth");
    expect(judge(nested(0x7b, 99))).toBeUndefined();
    expect(judge(nested(0x7b, 100))).toBe("limit_depth");
    expect(judge(nested(0x7b, 10_000))).toBe("limit_depth");
    expect(judge(inCard(nested(0x1b, 10_000)))).toBe("limit_depth");
  });

  test("an Any that is a group is looked at up to its end", () => {
    // Behind it a field with the number of its type_url would be one of another message.
    const url = Buffer.from("type.googleapis.com/new.Card");
    const body = Buffer.concat([bytes("33 0a 1c"), url, bytes("12 03 0a 01 34 a3 06 a4 06 34 0a 01 61")]);
    const expected = Buffer.concat([bytes("33 0a 1c"), url, bytes("12 0c 0a 0a 5b72656461637465645d 34 0a 01 61")]);
    expect(verdict(policyOf(rules), "new.Order", body)).toBe(expected.toString("hex"));
  });
});

const text = fc.stringMatching(/^ß[a-z]{0,8}$/);
const anyCard = fc.letrec<{ card: object }>((tie) => ({
  card: fc.record({ number: text, month: fc.integer({ min: 1 }), backup: tie("card") }, { requiredKeys: [] }),
})).card;
const order = fc.record(
  {
    id: text,
    card: anyCard,
    cards: fc.array(anyCard, { minLength: 1, maxLength: 3 }),
    sized: anyCard,
    wallet: fc.dictionary(text, anyCard, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  },
  { requiredKeys: [] },
);

/** Every `number` of an order as JSON. */
const redact = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(redact);
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      name === "number" && value !== "" ? "[redacted]" : redact(value),
    ]),
  );
};

test("a receiver of random messages decodes what the policy says", () => {
  const policy = policyOf([["proto:new.Card:number", "redact"]]);
  fc.assert(
    fc.property(order, (json) => {
      const body = encode("new.Order", json as JsonValue);
      expect(jsonOf("new.Order", left(policy, "new.Order", body))).toEqual(redact(jsonOf("new.Order", body)));
    }),
    { numRuns: 60, seed: 21 },
  );
});
