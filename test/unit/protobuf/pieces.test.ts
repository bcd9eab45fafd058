// Messages in pieces that no encoder writes: numbers packed and alone in one field, entries without a key or a value or with
// two, members of a oneof in turns, messages behind a length and between tags, overlong varints. Whatever leaves,
// @bufbuild/protobuf reads no selected value in it.
import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import { entry, field, frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { pluginOf } from "../filter/support.ts";

const oneof = (...given: Parameters<typeof field>[0]) => ({ ...field(given), oneofIndex: 0 });

const set = create(FileDescriptorSetSchema, {
  file: [
    {
      name: "pieces.proto",
      package: "pieces",
      syntax: "proto3",
      messageType: [
        message("Card", [1, "number", "STRING"], [2, "month", "INT32"]),
        {
          name: "Order",
          field: [
            field([1, "card", ".pieces.Card"]),
            field([2, "points", "INT32", "repeated"]),
            field([3, "labels", ".pieces.Order.LabelsEntry", "repeated"]),
            field([4, "wallet", ".pieces.Order.WalletEntry", "repeated"]),
            field([5, "serials", "FIXED64", "repeated"]),
            oneof(6, "token", "STRING"),
            oneof(7, "paid", ".pieces.Card"),
            oneof(8, "amount", "SINT64"),
            field([9, "cards", ".pieces.Card", "repeated"]),
            field([10, "flags", "BOOL", "repeated"]),
          ],
          oneofDecl: [{ name: "by" }],
          nestedType: [entry("LabelsEntry", "STRING"), entry("WalletEntry", ".pieces.Card")],
        },
      ],
      service: [{ name: "Shop", method: [{ name: "Pay", inputType: ".pieces.Order", outputType: ".pieces.Order" }] }],
    },
  ],
});
const order: DescMessage = createFileRegistry(set).getMessage("pieces.Order")!;
const descriptors = writeSet("pieces", toBinary(FileDescriptorSetSchema, set));
const secret = "4111111111111111";
const number = 7654321;

const bytesOf = (...parts: (Uint8Array | string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
/** In so many bytes, however few would do. */
const varint = (value: number, width: number) =>
  Array.from({ length: width }, (_, at) => (Math.floor(value / 2 ** (7 * at)) % 128) | (at + 1 < width ? 0x80 : 0));

const width = fc.constantFrom(2, 3, 5);
const tag = (number: number, wire: number) =>
  fc.constantFrom(1, 2, 5).map((size) => varint((number << 3) | wire, size));
const sized = (number: number, ...parts: fc.Arbitrary<Buffer>[]) =>
  fc
    .tuple(tag(number, 2), width, fc.array(fc.oneof(...parts), { maxLength: 3 }))
    .map(([head, size, all]) => bytesOf(head, varint(bytesOf(...all).length, size), ...all));
const text = (number: number) =>
  fc.tuple(tag(number, 2), width).map(([head, size]) => bytesOf(head, varint(16, size), secret));
const short = fc.constantFrom(4, 5, 10).map((size) => bytesOf(varint(number, size)));
const long = fc.constant(bytesOf(varint(number, 8).map((_, at) => Math.floor(number / 256 ** at) % 256)));
const alone = (number: number, wire: number, value: fc.Arbitrary<Buffer>) =>
  fc.tuple(tag(number, wire), value).map(([head, body]) => bytesOf(head, body));
const grouped = (number: number, ...parts: fc.Arbitrary<Buffer>[]) =>
  fc
    .tuple(tag(number, 3), fc.array(fc.oneof(...parts), { maxLength: 2 }), tag(number, 4))
    .map(([head, all, end]) => bytesOf(head, ...all, end));
const card = [text(1), alone(2, 0, short)];

const pieces = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: sized(1, ...card) },
      { weight: 4, arbitrary: sized(2, short) },
      { weight: 4, arbitrary: alone(2, 0, short) },
      { weight: 4, arbitrary: sized(3, text(1), text(2)) },
      { weight: 4, arbitrary: sized(4, text(1), sized(2, ...card)) },
      { weight: 4, arbitrary: sized(5, long) },
      { weight: 4, arbitrary: alone(5, 1, long) },
      { weight: 4, arbitrary: text(6) },
      { weight: 4, arbitrary: sized(7, ...card) },
      { weight: 4, arbitrary: alone(8, 0, short) },
      { weight: 4, arbitrary: sized(9, ...card) },
      { weight: 4, arbitrary: sized(10, short) },
      { weight: 4, arbitrary: alone(10, 0, short) },
      { weight: 1, arbitrary: grouped(1, ...card) },
      { weight: 1, arbitrary: grouped(9, ...card) },
      { weight: 1, arbitrary: alone(2, 1, long) },
      { weight: 1, arbitrary: alone(1, 0, short) },
      { weight: 1, arbitrary: alone(8, 1, long) },
      { weight: 1, arbitrary: sized(8, short) },
    ),
    { maxLength: 6 },
  )
  .map((all) => bytesOf(...all));

const selected = ["points", "labels.key", "labels.value", "wallet.key", "serials", "token", "amount"];
const select = ["proto:pieces.Card:*", ...selected.map((path) => `grpc:*/*:${path}`)];

test.each(["redact", { hash: {} }])("a receiver reads nothing that is selected: %j", (action) => {
  const rules = [
    { name: "flags", select: "grpc:*/*:flags", action: "redact" },
    { name: "all", select, action },
  ];
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const plugin = pluginOf({ protobuf: { descriptors, unknown: "pass" }, rules });
  let forwarded = 0;
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 99 }), (body, chunk) => {
      const request = { method: "POST", path: "/pieces.Shop/Pay", headers, body: frame(body) };
      const { reason, request: left } = runExchange(plugin, { request }, { holdHeaders: true, chunk });
      if (reason === undefined) {
        forwarded++;
        const read = fromBinary(order, frames(left!.body)[0]!);
        const all = JSON.stringify(read, (_, value) => (typeof value === "bigint" ? String(value) : value));
        expect(all).not.toMatch(/4111|7654321|3827161|true/);
      } else {
        expect(reason).toBe("protobuf_wire");
      }
    }),
    { numRuns: 400, seed: 6 },
  );
  expect(forwarded).toBeGreaterThan(200);
});
