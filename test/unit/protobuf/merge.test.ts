// A singular message that comes several times in one message: receivers merge the copies, and the fields of an Any in them
// one by one. @bufbuild/protobuf reads what leaves, at every cut.
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  isMessage,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import {
  AnySchema,
  anyUnpack,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
} from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import { entry, field, frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { pluginOf } from "../filter/support.ts";

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_any.proto,
    {
      name: "merge.proto",
      package: "merge",
      syntax: "proto2",
      dependency: ["google/protobuf/any.proto"],
      messageType: [
        message("Card", [1, "number", "STRING"]),
        message("Note", [1, "text", "STRING"]),
        {
          ...message(
            "Box",
            [1, "extra", ".google.protobuf.Any"],
            [2, "inner", ".merge.Box"],
            [3, "extras", ".google.protobuf.Any", "repeated"],
            [4, "boxes", ".merge.Box", "repeated"],
            [5, "shelf", ".merge.Box.ShelfEntry", "repeated"],
            [6, "card", ".merge.Card"],
          ),
          nestedType: [entry("ShelfEntry", ".google.protobuf.Any")],
        },
      ].map((type) =>
        type.name === "Box"
          ? {
              ...type,
              field: [...type.field, { ...field([7, "crate", ".merge.Box"]), type: FieldDescriptorProto_Type.GROUP }],
            }
          : type,
      ),
      service: [{ name: "Shop", method: [{ name: "Pay", inputType: ".merge.Box", outputType: ".merge.Box" }] }],
    },
  ],
});
const registry = createFileRegistry(set);
const descriptors = writeSet("merge", toBinary(FileDescriptorSetSchema, set));
const box: DescMessage = registry.getMessage("merge.Box")!;
const pan = "4111111111111111";

/** With a length of two bytes, however short it is. */
const sized = (number: number, ...parts: (Uint8Array | string)[]) => {
  const inner = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(number << 3) | 2, (inner.length & 0x7f) | 0x80, inner.length >> 7]), inner]);
};
const grouped = (number: number, ...parts: Uint8Array[]) =>
  Buffer.concat([Buffer.from([(number << 3) | 3]), ...parts, Buffer.from([(number << 3) | 4])]);
const url = (name: string) => sized(1, `type.googleapis.com/merge.${name}`);
const value = sized(2, sized(1, pan));

const rules = [{ name: "number", select: "proto:merge.Card:number", action: "redact" }];

/** The message that leaves, the same however the body is cut, or why none does. */
function sent(body: Uint8Array, unknown: string): Buffer | string {
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const request = { method: "POST", path: "/merge.Shop/Pay", headers, body: frame(body) };
  const plugin = pluginOf({ protobuf: { descriptors, unknown }, rules });
  const judge = (chunk: number) => {
    const { reason, request: left } = runExchange(plugin, { request }, { holdHeaders: true, chunk });
    return reason ?? frames(left!.body)[0]!;
  };
  const whole = judge(request.body.length);
  for (let chunk = 1; chunk < request.body.length; chunk++) expect(judge(chunk)).toEqual(whole);
  return whole;
}

/** The numbers of all cards that the receiver finds in a value. */
function numbersIn(found: unknown): unknown[] {
  if (typeof found !== "object" || found === null) return [];
  if (isMessage(found, AnySchema)) return numbersIn(anyUnpack(found, registry));
  const { $typeName: name, number } = found as Message & { number?: unknown };
  if (name === "merge.Card") return [number];
  return Object.values(found).flatMap(numbersIn);
}

const join = (...parts: Uint8Array[]) => Buffer.concat(parts);

describe("the type of an Any from one copy and its value from another", () => {
  const copies: [string, Buffer, Buffer][] = [
    ["each has one of them", url("Card"), value],
    ["the value came first", value, url("Card")],
    ["the first has a type in which nothing is selected", join(url("Note"), value), url("Card")],
    ["the second has such a type", url("Card"), join(url("Note"), value)],
  ];
  test.each<[string, (one: Buffer, other: Buffer) => Buffer]>([
    ["a field", (one, other) => join(sized(1, one), sized(1, other))],
    ["a field, and another one between", (one, other) => join(sized(1, one), sized(6), sized(2), sized(1, other))],
    ["a message", (one, other) => join(sized(2, sized(1, one)), sized(2, sized(1, other)))],
    ["a message in a message", (one, other) => sized(2, sized(2, sized(1, one)), sized(2, sized(1, other)))],
    ["a group", (one, other) => join(grouped(7, sized(1, one)), grouped(7, sized(1, other)))],
    ["a group in a group", (one, other) => grouped(7, grouped(7, sized(1, one)), grouped(7, sized(1, other)))],
    ["the value of an entry", (one, other) => sized(5, sized(1, "a"), sized(2, one), sized(2, other))],
    ["an element of a list", (one, other) => sized(4, sized(1, one), sized(1, other))],
    ["what an Any holds", (one, other) => sized(1, url("Box"), sized(2, sized(1, one), sized(1, other)))],
  ])("%s that comes twice is refused", (_, put) => {
    for (const [, one, other] of copies) {
      for (const unknown of ["strip", "pass"]) expect(sent(put(one, other), unknown)).toBe("protobuf_any");
    }
  });
});

test("what comes once in each of several messages, and what holds no Any, may come again", () => {
  const any = join(url("Card"), value);
  const body = join(
    sized(2, sized(1, any), sized(2, sized(1, any))),
    grouped(7, sized(1, any)),
    sized(3, any),
    sized(3, any),
    sized(4, sized(1, any), grouped(7, sized(1, any))),
    sized(4, sized(1, any), grouped(7, sized(1, any))),
    sized(5, sized(1, "a"), sized(2, any)),
    sized(5, sized(1, "a"), sized(2, any)),
    sized(1, any),
    sized(6, sized(1, pan)),
    sized(6, sized(1, pan)),
  );
  const numbers = numbersIn(fromBinary(box, sent(body, "block") as Buffer));
  expect(numbers).toEqual(Array(12).fill("[redacted]"));
});

const anyParts = fc
  .array(fc.constantFrom(url("Card"), url("Note"), value), { maxLength: 2 })
  .map((all) => join(...all));
const boxes = fc.letrec<{ box: Buffer }>((tie) => ({
  box: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        fc.tuple(fc.constantFrom(1, 3), anyParts).map(([number, any]) => sized(number, any)),
        fc.array(anyParts, { maxLength: 2 }).map((all) => sized(5, sized(1, "a"), ...all.map((any) => sized(2, any)))),
        fc.constant(sized(6, sized(1, pan))),
        tie("box").map((inner) => sized(2, inner)),
        tie("box").map((inner) => sized(4, inner)),
        tie("box").map((inner) => grouped(7, inner)),
      ),
      { maxLength: 3 },
    )
    .map((parts) => join(...parts)),
})).box;

test("a receiver of random copies never reads a number", () => {
  let read = 0;
  fc.assert(
    fc.property(boxes, fc.constantFrom("strip", "pass"), (body, unknown) => {
      const left = sent(body, unknown);
      if (typeof left === "string") expect(left).toBe("protobuf_any");
      const numbers = typeof left === "string" ? [] : numbersIn(fromBinary(box, left));
      read += numbers.length;
      for (const number of numbers) expect(["", "[redacted]", undefined]).toContain(number);
    }),
    { numRuns: 400, seed: 5 },
  );
  expect(read).toBeGreaterThan(50);
});
