// Selectors and settings of protobuf as policies write them: what the compiler refuses, and in which words.
import { create, createFileRegistry, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { shopFile, shopSet, writeSet } from "../../support/protobuf.ts";

function problems(policy: object): string[] {
  const text = JSON.stringify({ name: "t", activation: { always: true }, ...policy });
  const { diagnostics } = compilePolicy({ path: "policy.json", text }, () => undefined);
  return diagnostics.map(({ code, column, message, remedy }) => `${column} ${code}: ${message}; ${remedy}`);
}

const select = (selector: string, action: unknown = "redact", protobuf: object = { descriptors: shopFile }) =>
  problems({ protobuf, rules: [{ name: "r", select: selector, action }] }).map((line) => line.replace(/^\d+ /, ""));

test("selectors that lead nowhere", () => {
  expect([
    ...select("grpc:shop.Checkout:card"),
    ...select("grpc:shop.Checkout/Pay"),
    ...select("grpc:shop.Checkout/Pay:card..number"),
    ...select("grpc:shop.Checkout/Pay:card/number"),
    ...select("grpc:shop.Checkout/Pay:card.**"),
    ...select("grpc:shop.Checkout/Pay:extra.[shop.Card]"),
    ...select("grpc:shop.Checkout/Pai:card"),
    ...select("proto:shop.Crd:number"),
    ...select("proto:Card:number"),
    ...select("proto:shop.Card:numbr"),
    ...select("proto:shop.Card:number.digits"),
    ...select("proto:shop.Order:card.[shop.Card].number"),
    ...select("proto:shop.Order:extra.[shop.Card2].number"),
    ...select("grpc:*/*:**.nummer"),
  ]).toMatchInlineSnapshot(`
    [
      "invalid-selector: this is no package.Service/Method; write grpc:shop.Checkout/Pay:card.number, or proto:shop.Card:number",
      "invalid-selector: the selector names no field; write grpc:shop.Checkout/Pay:card.number, or proto:shop.Card:number",
      "invalid-selector: no step begins so; write grpc:shop.Checkout/Pay:card.number, or proto:shop.Card:number",
      "invalid-selector: a dot stands between two steps; write grpc:shop.Checkout/Pay:card.number, or proto:shop.Card:number",
      "invalid-selector: a path ends in a field; write grpc:shop.Checkout/Pay:card.number, or proto:shop.Card:number",
      "invalid-selector: a path ends in a field; write the field behind it",
      "unknown-method: no method of the descriptor set is shop.Checkout/Pai; did you mean shop.Checkout/Pay?",
      "unknown-message: there is no message shop.Crd in the descriptor set; did you mean shop.Card?",
      "unknown-message: there is no message Card in the descriptor set; write its full name, as in proto:shop.Card:number",
      "unknown-field: shop.Card has no such field; did you mean number?",
      "unknown-field: a value without fields stands here; use the names of the .proto files",
      "unknown-field: what stands here is no Any, and has no such extension; leave the step out",
      "unknown-message: there is no message shop.Card2 in the descriptor set; write its full name",
      "unknown-field: shop.Order has no such field; did you mean number?",
    ]
  `);
});

test("actions that have no meaning for the field", () => {
  expect([
    ...select("proto:shop.Card:seal", { mask: {} }),
    ...select("proto:shop.Order:amount", { hash: {} }),
    ...select("proto:shop.Order:gift", { mask: {} }),
    ...select("proto:shop.Order:color", { truncate: 1 }),
    ...select("proto:shop.Order:wallet.key", "strip"),
    ...select("proto:shop.Order:count", { redact: { with: -1 } }),
    ...select("proto:shop.Order:count", { redact: { with: "x" } }),
    ...select("proto:shop.Order:card", { redact: { with: {} } }),
    ...select("proto:shop.Order:amount", { redact: { with: 1.5 } }),
    ...select("proto:shop.Order:count", { redact: { with: "x", keepStructure: true } }),
  ]).toMatchInlineSnapshot(`
    [
      "wrong-action: mask counts characters, and seal holds bytes; use redact, hash, tokenize or strip",
      "wrong-action: hash has no meaning for amount of type double; use redact or strip",
      "wrong-action: mask has no meaning for gift of type bool; use redact or strip",
      "wrong-action: truncate has no meaning for color of type enum; use redact or strip",
      "wrong-action: an entry of a map without its key is another entry; strip the map, or use hash or tokenize",
      "wrong-action: count of type uint32 cannot be -1; leave \`with\` out",
      "wrong-action: count of type uint32 cannot be "x"; leave \`with\` out",
      "wrong-action: card of type message cannot be {}; leave \`with\` out",
      "wrong-action: amount of type double cannot be 1.5; leave \`with\` out",
      "wrong-action: count of type uint32 cannot be "x"; leave \`with\` out",
    ]
  `);
  expect(select("proto:shop.Order:shift", { redact: { with: -1 } })).toEqual([]);
  expect(select("proto:shop.Order:gift", { redact: { with: true } })).toEqual([]);
  // What it does not fit in there becomes 0.
  expect(select("proto:shop.Order:card", { redact: { with: "x", keepStructure: true } })).toEqual([]);
});

test("descriptor sets", () => {
  const partial = (change: (set: FileDescriptorSet) => void) => {
    const set = structuredClone(shopSet);
    change(set);
    return toBinary(FileDescriptorSetSchema, set);
  };
  const withoutAny = writeSet(
    "shop-without-any",
    partial((set) => set.file.shift()),
  );
  const required = writeSet(
    "shop-required",
    partial((set) => {
      set.file[1]!.messageType[0]!.field[0]!.label = 2;
    }),
  );
  const again = writeSet(
    "shop-again",
    partial(() => {}),
  );
  const text = writeSet("no-set", Buffer.from("syntax"));
  const set = (descriptors: string | string[], more: object = {}) => ({ descriptors, ...more });
  expect([
    ...select("proto:shop.Card:number", "redact", set("absent.binpb")),
    ...select("proto:shop.Card:number", "redact", set(text)),
    ...select("proto:shop.Card:number", "redact", set(withoutAny)),
    ...select("proto:shop.Card:number", "strip", set(required)),
    ...select("proto:shop.Card:number", "redact", set(shopFile, { bodies: [{ path: "/x", request: "shop.Ordr" }] })),
    ...problems({ rules: [{ name: "r", select: "proto:shop.Card:number", action: "redact" }] }),
    ...problems({ protobuf: {} }),
    // The path of the file, which differs from place to place, stands behind the place that is wrong.
    ...problems({ protobuf: { bodies: [{ path: "x" }], descriptors: shopFile } }),
  ]).toMatchInlineSnapshot(`
    [
      "no-descriptors: the descriptor set cannot be read; write it beside the policy: buf build -o FILE, or protoc --include_imports -o FILE",
      "no-descriptors: this file is no descriptor set; write it beside the policy: buf build -o FILE, or protoc --include_imports -o FILE",
      "no-descriptors: the descriptor set refers to google.protobuf.Any and does not describe it; write it with all imports: buf build -o FILE, or protoc --include_imports -o FILE",
      "wrong-action: number is required: without it no receiver reads the message; use redact",
      "unknown-message: there is no message shop.Ordr in the descriptor set; write its full name",
      "72 no-descriptors: the policy names no descriptor set that tells this type; add "protobuf": {"descriptors": "./FILE"}, written by buf build or protoc --include_imports",
      "53 missing-property: \`protobuf\` lacks \`descriptors\`; add it",
      "72 wrong-format: \`protobuf.bodies.0.path\` is "x", which does not fit ^/[^?#]*$; expected: The path without its query. \`*\` matches any run of characters (example: "/v1/orders/*")",
    ]
  `);
  expect(select("proto:shop.Card:number", "redact", set([shopFile, again]))).toEqual([]);
});

test("a set of more types than a policy holds is refused", () => {
  const set = structuredClone(shopSet);
  const many = Array.from({ length: 66_000 }, (_, at) => ({ name: `M${at}` }));
  const file = create(FileDescriptorSetSchema, {
    file: [{ name: "m.proto", package: "m", syntax: "proto3", messageType: many }],
  });
  set.file.push(...file.file);
  expect(createFileRegistry(set).getMessage("m.M65999")).toBeDefined();
  const path = writeSet("shop-of-many", toBinary(FileDescriptorSetSchema, set));
  expect(select("proto:shop.Card:number", "redact", { descriptors: path }).map((line) => line.split(":")[0])).toEqual([
    "too-many-messages",
  ]);
});

test("types may nest as deeply as they like", () => {
  const set = structuredClone(shopSet);
  const count = 20_000;
  const chain = Array.from({ length: count }, (_, at) => ({
    name: `M${at}`,
    field: [
      { number: 1, name: "text", label: 1, type: 9 },
      ...(at + 1 < count ? [{ number: 2, name: "next", label: 1, type: 11, typeName: `.deep.M${at + 1}` }] : []),
    ],
  }));
  const file = { name: "deep.proto", package: "deep", syntax: "proto3", messageType: chain };
  set.file.push(...create(FileDescriptorSetSchema, { file: [file] }).file);
  const path = writeSet("shop-deep", toBinary(FileDescriptorSetSchema, set));
  const bodies = [{ path: "/deep", request: "deep.M0" }];
  expect(select("proto:deep.M19999:text", "redact", { descriptors: path, bodies })).toEqual([]);
});
