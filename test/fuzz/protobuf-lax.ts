/**
 * Messages as no writer of protobuf makes them, piece by piece: numbers in more bytes than they need or in more than they may
 * have, packed ones cut off, lengths that are a little wrong, texts that read as fields to whoever is out of step. What is
 * forwarded hides from @bufbuild/protobuf, which reads on behind the end of a message, what the policy selects.
 */
import assert from "node:assert/strict";
import type { JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { Chunking, Plugin } from "../../scripts/host/index.ts";
import { runExchange } from "../../scripts/host/index.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { frame, frames, jsonOf, shopFile } from "../support/protobuf.ts";
import { machine } from "../unit/filter/support.ts";

type Bytes = fc.Arbitrary<Buffer>;

/** A varint of so many bytes at least. */
function varint(value: bigint, width = 1): Buffer {
  const out: number[] = [];
  for (let rest = BigInt.asUintN(64, value); rest > 0n || out.length < width; rest >>= 7n)
    out.push(Number(rest & 127n));
  return Buffer.from(out.map((byte, at) => (at < out.length - 1 ? byte | 0x80 : byte)));
}

/** Mostly the first. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary: odd, weight: 1 });

const width = mostly(fc.constant(1), fc.integer({ min: 2, max: 10 }));
const tag = (number: number, wire: number): Bytes =>
  mostly(fc.constant(1), fc.integer({ min: 2, max: 5 })).map((size) => varint(BigInt(number * 8 + wire), size));
const join = (...pieces: Bytes[]): Bytes => fc.tuple(...pieces).map((all) => Buffer.concat(all));
const many = (piece: Bytes, maxLength = 4): Bytes => fc.array(piece, { maxLength }).map((all) => Buffer.concat(all));

const off = mostly(fc.constant(0), fc.integer({ min: -3, max: 3 }));
const sized = (number: number, content: Bytes): Bytes =>
  join(
    tag(number, 2),
    fc
      .tuple(content, off, width)
      .map(([bytes, by, size]) =>
        Buffer.concat([varint(BigInt(Math.max(0, bytes.length + by)), Math.min(size, 5)), bytes]),
      ),
  );

/** Texts in which fields stand, for whoever begins in the middle of one, or one byte too late. */
const texts = [
  "x",
  "",
  "\n\x06SECRET\n\x06SECRET",
  "\x06SECRETzzz",
  "xxx\n\x06SECRET",
  "\x01\x01\x01\x01\x01\x01\x01\n\x06SECRET",
  "\x12\x08\n\x06SECRET\n\x06SECRET",
];
const text = fc.constantFrom(...texts).map((value) => Buffer.from(value));
const secret = fc.constant(Buffer.from("SECRET"));

const number = fc
  .tuple(fc.constantFrom(0n, 1n, 127n, 300n, -1n, 2n ** 31n, 2n ** 40n), width)
  .map(([n, size]) => varint(n, size));
const numeric = (field: number): Bytes => join(tag(field, 0), number);
const small = fc.integer({ min: 0, max: 300 }).map((value) => varint(BigInt(value)));
const going = mostly(fc.constant(Buffer.of()), fc.constantFrom(Buffer.of(0x80), Buffer.of(0xff, 0x80)));
const packed = (field: number): Bytes => sized(field, join(many(fc.oneof(small, number)), going));
const doubles = sized(
  19,
  mostly(fc.constantFrom(0, 8, 16), fc.constantFrom(7, 9, 15)).map((size) => Buffer.alloc(size)),
);

const { card } = fc.letrec<{ card: Buffer }>((tie) => ({
  card: many(
    fc.oneof(
      { depthSize: "small" },
      sized(1, secret),
      numeric(2),
      numeric(3),
      sized(4, text),
      sized(5, tie("card")),
      sized(99, text),
    ),
  ),
}));
const entry = (value: Bytes): Bytes => many(fc.oneof(sized(1, text), sized(2, value)), 3);
const order = many(
  fc.oneof(
    sized(1, secret),
    sized(2, card),
    sized(3, card),
    sized(4, entry(text)),
    sized(5, entry(card)),
    sized(6, text),
    packed(9),
    packed(10),
    doubles,
    numeric(12),
    numeric(13),
    numeric(16),
    numeric(20),
    sized(17, text),
    sized(200, text),
    numeric(99),
  ),
  6,
);

const select = ["proto:shop.Order:id", "proto:shop.Card:number"];
const policies = (["strip", "pass"] as const).map((unknown) => ({
  protobuf: { descriptors: shopFile, unknown },
  rules: [{ name: "r", select, action: "redact" }],
}));
const { vm } = machine();
const plugins: Plugin[] = [];

/** Whether a field of such a name holds something else than what was put there. */
function shows(json: JsonValue): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (Array.isArray(json)) return json.some(shows);
  return Object.entries(json).some(([name, value]) =>
    name === "id" || name === "number" ? value !== "" && value !== "[redacted]" : shows(value),
  );
}

/** What a receiver that is out of step finds is not what was selected. */
export const hidesFromLax = fc.property(
  order,
  fc.nat(1),
  fc.constantFrom<Chunking>("each", 7, 1000),
  (message, which, chunk) => {
    plugins[which] ??= vm.plugin(`lax ${which}`, binaryOf(policies[which]!));
    const headers: [string, string][] = [["content-type", "application/grpc"]];
    const request = { method: "POST", path: "/shop.Checkout/Pay", headers, body: frame(message) };
    const result = runExchange(plugins[which], { request }, { holdHeaders: true, chunk });
    if (result.outcome !== "forwarded") return;
    let read: JsonValue;
    try {
      read = jsonOf("shop.Order", frames(result.request!.body)[0]!);
    } catch {
      return;
    }
    assert(!shows(read), JSON.stringify(read));
  },
);
