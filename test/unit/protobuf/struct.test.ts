// google.protobuf.Struct, in which services carry JSON: what detectors find in it goes, numbers included, which are doubles
// there. @bufbuild/protobuf reads what leaves.
import {
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { Bench } from "../replay/support.ts";

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_struct.proto,
    {
      name: "loose.proto",
      package: "loose",
      syntax: "proto3",
      dependency: ["google/protobuf/struct.proto"],
      messageType: [message("Order", [1, "id", "STRING"], [2, "meta", ".google.protobuf.Struct"])],
      service: [{ name: "Shop", method: [{ name: "Pay", inputType: ".loose.Order", outputType: ".loose.Order" }] }],
    },
  ],
});
const registry = createFileRegistry(set);
const order = registry.getMessage("loose.Order")!;
const descriptors = writeSet("loose", toBinary(FileDescriptorSetSchema, set));

async function left(meta: JsonObject, rule: object): Promise<unknown> {
  const bench = new Bench({ protobuf: { descriptors }, rules: [{ name: "r", action: "redact", ...rule }] });
  const body = frame(toBinary(order, fromJson(order, { id: "a", meta }, { registry })));
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const run = await bench.run({ id: "one", request: { method: "POST", path: "/loose.Shop/Pay", headers, body } });
  expect(bench.findings(run)).toEqual([]);
  return (toJson(order, fromBinary(order, frames(run.result.request!.body)[0]!), { registry }) as JsonObject).meta;
}

const pan = "4111111111111111";
const meta = { a: { b: [`pay ${pan}`, Number(pan), 1.5, -7, null, true] }, [pan]: Number(pan) };

test("finds, at any depth, in texts, numbers and names", async () => {
  expect(await left(meta, { select: "any:", detect: ["CREDIT_CARD"] })).toEqual({
    a: { b: ["pay [redacted]", 0, 1.5, -7, null, true] },
    "[redacted]": 0,
  });
});

test("all texts, or all numbers, by the names of google.protobuf.Value", async () => {
  expect(await left(meta, { select: "proto:google.protobuf.Value:string_value" })).toEqual({
    a: { b: ["[redacted]", Number(pan), 1.5, -7, null, true] },
    [pan]: Number(pan),
  });
  expect(await left(meta, { select: "proto:google.protobuf.Value:number_value" })).toEqual({
    a: { b: [`pay ${pan}`, 0, 0, 0, null, true] },
    [pan]: 0,
  });
});

test("members by name, at any depth, each as its kind, and never the whole document", async () => {
  const person = {
    email: "ann@example.org",
    age: 31,
    isMember: true,
    address: { street: "Main St 1", parts: ["a"] },
    phones: ["1", { email: "bob@example.org" }],
    plan: "basic",
    nothing: null,
  };
  const names = ["email", "age", "isMember", "address", "nothing"].map((name) => `named:${name}`);
  expect(await left({ a: [person] }, { select: names })).toEqual({
    a: [
      {
        email: "[redacted]",
        age: 0,
        isMember: false,
        address: {},
        phones: ["1", { email: "[redacted]" }],
        plan: "basic",
        nothing: null,
      },
    ],
  });
  expect(await left(person, { select: "named:phones" })).toEqual({ ...person, phones: [] });
  const { phones: _, ...others } = person;
  expect(await left(person, { select: ["named:phones"], action: "strip" })).toEqual(others);
  expect(await left(person, { select: "named:address", action: { mask: {} } })).toEqual({
    ...person,
    address: { street: "*********", parts: ["*"] },
  });
  const kept = { redact: { keepStructure: true } };
  expect(await left({ a: [person] }, { select: ["named:address", "named:phones"], action: kept })).toEqual({
    a: [
      {
        ...person,
        address: { street: "[redacted]", parts: ["[redacted]"] },
        phones: ["[redacted]", { email: "[redacted]" }],
      },
    ],
  });
});

const rules = [
  { name: "open", select: "named:open", action: "pass" },
  { name: "card", select: "named:card", action: "redact" },
  { name: "kept", select: "named:kept", action: { redact: { keepStructure: true } } },
  { name: "cvc", select: ["named:cvc", "named:open"], action: "strip" },
];
const bench = new Bench({ protobuf: { descriptors }, rules });

async function sent(body: Uint8Array, type: string): Promise<Buffer> {
  const request = { method: "POST", path: "/loose.Shop/Pay", headers: [["content-type", type]], body };
  const run = await bench.run({ id: "one", request } as never);
  expect(bench.findings(run)).toEqual([]);
  return Buffer.from(run.result.request!.body);
}

test("what leaves is what leaves of the same document in JSON", async () => {
  const names = fc.constantFrom("card", "cvc", "open", "kept", "plan", "", "Card", "name", "value", "old");
  const leaf = fc.oneof(
    // One of the names tells another one of them.
    fc.constantFrom("", "x", "4111", "card", "cvc", "open", "kept"),
    fc.integer({ min: -9, max: 9 }),
    fc.boolean(),
    fc.constant(null),
  );
  const { document } = fc.letrec<{ document: JsonObject; value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      tie("document"),
    ),
    document: fc.dictionary(names, tie("value"), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
  }));
  await fc.assert(
    fc.asyncProperty(document, async (meta) => {
      const body = frame(toBinary(order, fromJson(order, { meta }, { registry })));
      const [message] = frames(await sent(body, "application/grpc"));
      const inJson = await sent(new Uint8Array(Buffer.from(JSON.stringify(meta))), "application/json");
      expect((toJson(order, fromBinary(order, message!), { registry }) as JsonObject).meta).toEqual(
        JSON.parse(inJson.toString()),
      );
    }),
    { numRuns: 400, seed: 1, examples: [[{ open: { card: "4111" }, card: { open: "4111" } }]] },
  );
});

test("a key that comes behind its value names it all the same, and so does one that comes twice", async () => {
  const text = new BinaryWriter().tag(3, WireType.LengthDelimited).string("4111").finish();
  const entry = (...pieces: (string | Uint8Array)[]): Uint8Array => {
    const writer = new BinaryWriter();
    for (const piece of pieces) {
      if (typeof piece === "string") writer.tag(1, WireType.LengthDelimited).string(piece);
      else writer.tag(2, WireType.LengthDelimited).bytes(piece);
    }
    const fields = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(writer.finish()).finish();
    return new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(fields).finish();
  };
  for (const pieces of [
    [text, "card"],
    ["card", text, "card"],
  ]) {
    const [message] = frames(await sent(frame(entry(...pieces)), "application/grpc"));
    expect(Buffer.from(message!).includes("4111")).toBe(false);
    expect(Buffer.from(message!).includes("[redacted]")).toBe(true);
  }
});
