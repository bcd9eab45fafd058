/**
 * The properties of protobuf bodies, for random messages, policies and cuts, against @bufbuild/protobuf: what a receiver
 * decodes is what an application of the policy to the decoded message gives, and the proof finds every other byte in its
 * place; damaged messages are refused, or are no worse than sound ones. Each throws what breaks it.
 */

import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type Chunking, type ExchangeResult, type Plugin, runExchange } from "../../scripts/host/index.ts";
import { Prover } from "../../scripts/replay/proof.ts";
import { binaryOf, compileTest } from "../support/engine-policy.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../support/protobuf.ts";
import { machine } from "../unit/filter/support.ts";
import { hidesFromLax } from "./protobuf-lax.ts";
import type { Tally } from "./tokens.ts";

/** No value is by chance a part of a header, which a search for values would find. */
const text = fc.oneof(
  fc.stringMatching(/^[0-9]{8,16}$/),
  fc.string({ unit: "grapheme", maxLength: 12 }).map((value) => value && `ß${value}`),
  fc.constant("ß".repeat(300)),
);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const optional = { requiredKeys: [] };

const { order } = fc.letrec<{ card: JsonObject; order: JsonObject }>((tie) => ({
  card: fc.record(
    {
      number: text,
      month: fc.integer(),
      pan: int64,
      seal: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("base64")),
      backup: fc.option(tie("card"), { nil: {}, depthSize: "small" }),
    },
    optional,
  ) as fc.Arbitrary<JsonObject>,
  order: fc.record(
    {
      id: text,
      card: tie("card"),
      cards: fc.array(tie("card"), { maxLength: 3 }),
      labels: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
      wallet: fc.dictionary(text, tie("card"), { maxKeys: 3, noNullPrototype: true }),
      extra: tie("card").map((json) => ({ "@type": "type.googleapis.com/shop.Card", ...json })),
      points: fc.array(fc.integer(), { maxLength: 5 }),
      deltas: fc.array(int64, { maxLength: 5 }),
      amount: fc.double({ noNaN: true, noDefaultInfinity: true }),
      gift: fc.boolean(),
      serial: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
      shift: fc.integer(),
      count: fc.nat(),
      tags: fc.array(text, { maxLength: 3 }),
      prices: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 3 }),
      note: text,
    },
    optional,
  ) as fc.Arbitrary<JsonObject>,
}));

type Change = (value: JsonValue) => JsonValue | undefined;

/** Applies a change where a path leads, in a message as JSON; `**` is any depth. A change to undefined takes the value away. */
function apply(json: JsonValue, steps: readonly string[], change: Change): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined || typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((each) => apply(each, steps, change));
  if (step === "**") {
    const here = apply(json, rest, change) as JsonObject;
    return Object.fromEntries(Object.entries(here).map(([name, value]) => [name, applyBelow(value, steps, change)]));
  }
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, value]): [string, JsonValue][] => {
      if (step !== "*" && name !== step) return [[name, value]];
      if (rest.length > 0) return [[name, apply(value, rest, change)]];
      const left = Array.isArray(value) ? value.flatMap((each) => change(each) ?? []) : change(value);
      return left === undefined || (Array.isArray(left) && left.length === 0) ? [] : [[name, left]];
    }),
  );
}

/** Below a field that may hold messages, in lists and maps too. */
function applyBelow(value: JsonValue, steps: readonly string[], change: Change): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? value.map((each) => applyBelow(each, steps, change)) : apply(value, steps, change);
}

const redacted: Change = (value) => (value === "" ? "" : "[redacted]");
const masked: Change = (value) => "*".repeat([...(value as string)].length);
const gone: Change = () => undefined;

/** A card whose scalars are redacted one by one; numbers become 0, which JSON leaves out. */
const kept: Change = (value) => {
  const card = value as JsonObject;
  return Object.fromEntries(
    Object.entries(card).flatMap(([name, inside]): [string, JsonValue][] => {
      if (name === "backup") return [[name, kept(inside!)!]];
      if (name === "seal") return [[name, inside === "" ? "" : Buffer.from("[redacted]").toString("base64")]];
      if (name === "number") return [[name, redacted(inside!)!]];
      return name === "@type" ? [[name, inside!]] : [];
    }),
  );
};

interface Row {
  select: string;
  action: unknown;
  steps: string[];
  change: Change;
}

const keeping = { redact: { keepStructure: true } };

// A map in JSON is an object: its values are one step down. What acts inside comes before what keeps the structure.
const rows: Row[] = [
  { select: "grpc:*/*:id", action: "redact", steps: ["id"], change: redacted },
  { select: "grpc:*/*:card.number", action: { mask: {} }, steps: ["card", "number"], change: masked },
  { select: "grpc:*/*:cards.number", action: "redact", steps: ["cards", "number"], change: redacted },
  { select: "grpc:*/*:cards.backup.backup", action: "strip", steps: ["cards", "backup", "backup"], change: gone },
  { select: "grpc:*/*:wallet.value.pan", action: "redact", steps: ["wallet", "*", "pan"], change: gone },
  { select: "grpc:*/*:labels.value", action: { mask: {} }, steps: ["labels", "*"], change: masked },
  { select: "grpc:*/*:extra.[shop.Card].number", action: "redact", steps: ["extra", "number"], change: redacted },
  { select: "grpc:*/*:wallet", action: "strip", steps: ["wallet"], change: gone },
  { select: "grpc:*/*:tags", action: "redact", steps: ["tags"], change: redacted },
  { select: "grpc:*/*:points", action: "redact", steps: ["points"], change: () => 0 },
  { select: "grpc:*/*:deltas", action: "strip", steps: ["deltas"], change: gone },
  { select: "grpc:*/*:prices", action: "redact", steps: ["prices"], change: () => 0 },
  { select: "grpc:*/*:amount", action: "redact", steps: ["amount"], change: gone },
  { select: "proto:shop.Card:seal", action: "strip", steps: ["**", "seal"], change: gone },
  { select: "grpc:*/*:note", action: "pass", steps: ["note"], change: (value) => value },
  { select: "grpc:*/*:card.backup", action: keeping, steps: ["card", "backup"], change: kept },
  { select: "grpc:*/*:cards", action: keeping, steps: ["cards"], change: kept },
  { select: "grpc:*/*:wallet", action: keeping, steps: ["wallet", "*"], change: kept },
  { select: "grpc:*/*:extra", action: keeping, steps: ["extra"], change: kept },
];

const { vm } = machine();
let plugin: Plugin | undefined;

function use(policy: object): Plugin {
  if (plugin === undefined) plugin = vm.plugin("test", binaryOf(policy));
  else assert(plugin.configure(binaryOf(policy)));
  return plugin;
}

/** Several messages are a stream, which is not held. */
const exchangeOf = (body: Uint8Array) => ({
  request: {
    method: "POST",
    path: `/shop.Checkout/${body.length > 5 && frames(body).length > 1 ? "Chat" : "Pay"}`,
    headers: [["content-type", "application/grpc"]] as [string, string][],
    body,
  },
});

const run = (by: Plugin, body: Uint8Array, chunk: Chunking): ExchangeResult =>
  runExchange(by, exchangeOf(body), { holdHeaders: true, chunk });

function findings(policy: object, body: Uint8Array, result: ExchangeResult): unknown {
  const from = (message: ExchangeResult["request"]) => message && { headers: message.headers, body: message.body };
  const run = {
    exchange: exchangeOf(body),
    isActive: true,
    result: {
      ...result,
      request: from(result.request),
      response: from(result.response),
      isReply: result.localReply !== undefined,
    },
  };
  return new Prover(compileTest(policy)).prove(run as unknown as Parameters<Prover["prove"]>[0]).findings;
}

const chunking = fc.oneof(
  fc.constant<Chunking>("each"),
  fc.integer({ min: 1, max: 50 }),
  fc.integer().map((random): Chunking => ({ random })),
);

const orders = fc.array(order, { minLength: 1, maxLength: 3 });

/** A receiver decodes what the policy makes of the messages. */
export const decodesAsDecided = fc.property(
  orders,
  fc.subarray(rows, { minLength: 1 }),
  chunking,
  (given, chosen, chunk) => {
    const policy = {
      protobuf: { descriptors: shopFile },
      rules: chosen.map(({ select, action }, at) => ({ name: `r${at}`, select, action })),
    };
    const messages = given.map((json) => encode("shop.Order", json));
    const body = Buffer.concat(messages.map((message) => frame(message)));
    const result = run(use(policy), body, chunk);
    assert.equal(result.outcome, "forwarded");
    assert.deepEqual(findings(policy, body, result), []);
    const expected = messages.map((message) =>
      chosen.reduce((json, { steps, change }) => apply(json, steps, change), jsonOf("shop.Order", message)),
    );
    const left = frames(result.request!.body).map((message) => jsonOf("shop.Order", message));
    // Empty messages and maps are absent or there, and say the same.
    const plain = (json: JsonValue) => jsonOf("shop.Order", encode("shop.Order", json));
    assert.deepEqual(left.map(plain), expected.map(plain));
  },
);

const nothing = {
  protobuf: { descriptors: shopFile, unknown: "pass" },
  rules: [{ name: "r", select: "proto:shop.Card:number", action: "pass" }],
};

/** With nothing selected every byte stays, however fields are merged, repeated and ordered. */
export const staysAsItIs = fc.property(orders, chunking, (given, chunk) => {
  // One message after another is one message, in which later fields are merged into earlier ones; an Any comes once.
  const messages = given.map(({ extra, ...rest }, at) => (at > 0 || extra === undefined ? rest : { ...rest, extra }));
  const body = frame(Buffer.concat(messages.map((json) => encode("shop.Order", json))));
  const { request } = run(use(nothing), body, chunk);
  assert(Buffer.from(request!.body).equals(body));
});

const hiding = {
  protobuf: { descriptors: shopFile },
  rules: [{ name: "r", select: ["proto:shop.Card:number", "grpc:*/*:note", "grpc:*/*:tags"], action: "redact" }],
};

const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });

/** Damaged messages are refused, the same however they are cut, or leave no selected value. */
export const survivesDamage = fc.property(order, damage, chunking, (json, bytes, chunk) => {
  const message = Buffer.from(encode("shop.Order", json));
  if (message.length === 0) return;
  for (const [at, byte] of bytes) message[at % message.length] = byte;
  const body = frame(message);
  const by = use(hiding);
  const result = run(by, body, chunk);
  assert.equal(result.reason, run(by, body, body.length).reason);
  if (result.outcome === "forwarded") {
    assert.deepEqual(findings(hiding, body, result), []);
    assert.equal(frames(result.request!.body).length, 1);
  } else {
    assert.match(result.reason ?? "", /^protobuf_/);
    assert.equal(result.request, undefined);
  }
});

const properties = [decodesAsDecided, staysAsItIs, survivesDamage, hidesFromLax];

/** A share of the cases for each property. */
export function fuzzProtobuf(cases: number, seed: number): Tally {
  const tally: Tally = { passed: 0, failed: 0, failures: [] };
  for (const property of properties as fc.IProperty<unknown>[]) {
    const details = fc.check(property, { seed, numRuns: Math.ceil(cases / properties.length) });
    tally.passed += details.numRuns - (details.failed ? 1 : 0);
    if (!details.failed) continue;
    tally.failed++;
    tally.failures.push(fc.defaultReportMessage(details) ?? "a property failed");
  }
  return tally;
}
