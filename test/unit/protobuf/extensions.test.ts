// proto2 and editions: extensions by their full names in brackets, required fields, and names of extensions in `named:`.
import { create, createFileRegistry, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Edition, FeatureSet_FieldPresence, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { type Exchange, runExchange } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { field, message, writeSet } from "../../support/protobuf.ts";
import { machine } from "../filter/support.ts";

const extension = (...given: Parameters<typeof field>) => ({ ...field(...given), extendee: ".old.Order" });
const set = create(FileDescriptorSetSchema, {
  file: [
    {
      name: "old.proto",
      package: "old",
      syntax: "proto2",
      messageType: [
        message("Contact", [1, "mail", "STRING"]),
        {
          ...message("Order", [1, "id", "STRING", "required"]),
          extensionRange: [{ start: 100, end: 200 }],
          extension: [extension([102, "loyalty_id", "STRING"])],
        },
        { ...message("Bag"), extensionRange: [{ start: 4, end: 1000 }], options: { messageSetWireFormat: true } },
      ],
      extension: [
        extension([100, "card_number", "STRING"]),
        extension([101, "contact", ".old.Contact"]),
        extension([103, "codes", "INT32", "repeated"]),
        { ...extension([104, "in_bag", ".old.Contact"]), extendee: ".old.Bag" },
      ],
      service: [{ name: "Shop", method: [{ name: "Put", inputType: ".old.Order", outputType: ".old.Order" }] }],
    },
    {
      name: "new.proto",
      package: "new",
      syntax: "editions",
      edition: Edition.EDITION_2023,
      messageType: [
        {
          name: "Order",
          field: [
            {
              ...field([1, "id", "STRING"]),
              options: { features: { fieldPresence: FeatureSet_FieldPresence.LEGACY_REQUIRED } },
            },
            field([2, "card_number", "STRING"]),
          ],
        },
      ],
    },
  ],
});
const descriptors = writeSet("old", toBinary(FileDescriptorSetSchema, set));
const bodies = [
  { path: "/old", request: "old.Order" },
  { path: "/new", request: "new.Order" },
  { path: "/bag", request: "old.Bag", response: "old.Bag" },
];
const protobuf = { descriptors, bodies };

const contact = new BinaryWriter().tag(1, WireType.LengthDelimited).string("zoe@example.org").finish();
const order = new BinaryWriter()
  .tag(1, WireType.LengthDelimited)
  .string("a")
  .tag(100, WireType.LengthDelimited)
  .string("4111111111111111")
  .tag(101, WireType.LengthDelimited)
  .bytes(contact)
  .tag(102, WireType.LengthDelimited)
  .string("L-1")
  .tag(103, WireType.LengthDelimited)
  .bytes(Buffer.from([7, 8]))
  .tag(150, WireType.LengthDelimited)
  .string("nobody knows")
  .finish();

/** A message set on the wire: a group of the number of its type and the message. */
const bag = new BinaryWriter()
  .tag(1, WireType.StartGroup)
  .tag(2, WireType.Varint)
  .int32(104)
  .tag(3, WireType.LengthDelimited)
  .bytes(contact)
  .tag(1, WireType.EndGroup)
  .finish();

/** The exchange of a message set each way. */
function exchangeBags(unknown: string, rule: object, response = bag) {
  const rules = [{ name: "r", on: ["request", "response"], action: "redact", ...rule }];
  const compiled = compileTest({ protobuf: { ...protobuf, unknown }, rules });
  const headers: [string, string][] = [["content-type", "application/x-protobuf"]];
  const exchange: Exchange = {
    request: { method: "POST", path: "/bag", headers, body: bag },
    response: { status: 200, headers, body: response },
  };
  const result = runExchange(machine().vm.plugin("test", compiled.binary), exchange, { holdHeaders: true });
  const run = { exchange, isActive: true, result: { ...result, isReply: result.request === undefined } };
  return { ...result, findings: new Prover(compiled).prove(run as never).findings };
}

/** Number and value of each field that leaves. */
function send(policy: object, body: Uint8Array = order, path = "/old"): [number, string][] {
  const compiled = compileTest({ protobuf, ...policy });
  const request = {
    method: "POST",
    path,
    headers: [["content-type", "application/x-protobuf"]] as [string, string][],
    body,
  };
  const exchange: Exchange = { request };
  const result = runExchange(machine().vm.plugin("test", compiled.binary), exchange, { holdHeaders: true });
  expect(result.reason).toBeUndefined();
  const run = { exchange, isActive: true, result: { ...result, isReply: false } };
  expect(new Prover(compiled).prove(run as never).findings).toEqual([]);
  const reader = new BinaryReader(result.request!.body);
  const found: [number, string][] = [];
  while (reader.pos < reader.len) {
    const [number] = reader.tag();
    found.push([number, Buffer.from(reader.bytes()).toString()]);
  }
  return found;
}

const fields = (found: [number, string][]) => Object.fromEntries(found);
const redact = (select: string) => ({ rules: [{ name: "r", select, action: "redact" }] });
const known = { 1: "a", 100: "4111111111111111", 101: Buffer.from(contact).toString(), 102: "L-1", 103: "\x07\x08" };

test("the registry that stands for the types takes them", () => {
  expect(createFileRegistry(set).getExtension("old.card_number")).toBeDefined();
});

describe("extensions", () => {
  test("are known fields: they stay where nothing selects them", () => {
    expect(fields(send({ rules: [] }))).toEqual(known);
  });
  test.each([
    ["proto:old.Order:[old.card_number]", { ...known, 100: "[redacted]" }],
    ["proto:old.Order:[old.Order.loyalty_id]", { ...known, 102: "[redacted]" }],
    ["proto:old.Order:[old.codes]", { ...known, 103: "\x00\x00" }],
    ["proto:old.Order:[old.contact].mail", { ...known, 101: "\n\n[redacted]" }],
    ["proto:old.Contact:mail", { ...known, 101: "\n\n[redacted]" }],
    ["proto:old.Order:[old.contact]", { ...known, 101: "" }],
    ["named:cardNumber", { ...known, 100: "[redacted]" }],
    ["named:loyalty_id", { ...known, 102: "[redacted]" }],
    ["named:['contact']['mail']", { ...known, 101: "\n\n[redacted]" }],
  ])("%s", (select, expected) => {
    expect(fields(send(redact(select)))).toEqual(expected);
  });
  test.each([
    ["proto:old.Order:card_number", "unknown-field"],
    ["proto:old.Order:[old.nothing]", "unknown-field"],
  ])("%s is an error", (select, code) => {
    const text = JSON.stringify({ name: "t", activation: { always: true }, protobuf, ...redact(select) });
    expect(compilePolicy({ path: "p.json", text }).diagnostics.map((each) => each.code)).toEqual([code]);
  });
});

describe("a message set whose items may hold what is selected", () => {
  const inside = [
    { select: "proto:old.Contact:mail" },
    { select: "proto:old.Bag:[old.in_bag]" },
    { select: "any:", detect: ["EMAIL_ADDRESS"] },
  ];
  test.each(inside)("%j does not pass", (rule) => {
    for (const unknown of ["pass", "block"]) {
      const { outcome, reason, request } = exchangeBags(unknown, rule);
      expect([outcome, reason, request]).toEqual(["blocked", "protobuf_unknown", undefined]);
    }
    expect(exchangeBags("strip", rule).request?.body).toHaveLength(0);
    expect(exchangeBags("strip", rule)).toMatchObject({ outcome: "blocked", reason: "protobuf_unknown" });
  });
  test("without items it does, and where nothing is selected in one", () => {
    const plain = exchangeBags("strip", { select: "proto:old.Contact:mail" }, new Uint8Array());
    expect([plain.reason, plain.findings]).toEqual([undefined, []]);
    const other = exchangeBags("pass", { select: "proto:new.Order:id" });
    expect(Buffer.from(other.request!.body)).toEqual(Buffer.from(bag));
    expect(other.findings).toEqual([]);
  });
});

test("editions: fields are read, and a required one cannot be stripped", () => {
  const body = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string("a")
    .tag(2, WireType.LengthDelimited)
    .string("4111111111111111")
    .finish();
  expect(fields(send(redact("proto:new.Order:card_number"), body, "/new"))).toEqual({ 1: "a", 2: "[redacted]" });
  const strip = { rules: [{ name: "r", select: "proto:new.Order:id", action: "strip" }] };
  const text = JSON.stringify({ name: "t", activation: { always: true }, protobuf, ...strip });
  expect(compilePolicy({ path: "p.json", text }).diagnostics.map(({ code }) => code)).toEqual(["wrong-action"]);
});

// In JSON an extension has its full name in brackets, by which no such rule selects.
test.each([
  ["named:['card_number','cardNumber']", "connect_call"],
  ["named:~'card number'", "connect_call"],
  ["named:id", undefined],
])("a call in JSON where %s selects", (select, reason) => {
  const compiled = compileTest({ protobuf: { descriptors }, rules: [{ name: "r", select, action: "redact" }] });
  const body = Buffer.from('{"id": "a", "[old.card_number]": "4111111111111111"}');
  const request = { method: "POST", path: "/old.Shop/Put", headers: [["content-type", "application/json"]], body };
  const result = runExchange(machine().vm.plugin("test", compiled.binary), { request } as never, { holdHeaders: true });
  expect(result.reason).toBe(reason);
});
