// Names below names in members of a google.protobuf.Struct and entries of maps: what leaves of a message is what leaves of its
// JSON form, for random policies and messages; each result is proven by the independent reader too.
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema, file_google_protobuf_any, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsOf, type MessageType, Types } from "../../../scripts/replay/bodies/protobuf/types.ts";
import { entry, frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { Bench } from "../replay/support.ts";

const value = ".google.protobuf.Value";
const card = ".deep.Card";
const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_struct.proto,
    file_google_protobuf_any.proto,
    {
      name: "deep.proto",
      package: "deep",
      syntax: "proto3",
      dependency: ["google/protobuf/struct.proto", "google/protobuf/any.proto"],
      messageType: [
        {
          ...message(
            "Card",
            [1, "number", "STRING"],
            [2, "plan", ".google.protobuf.Struct"],
            [3, "card", card],
            [4, "tags", ".deep.Card.TagsEntry", "repeated"],
          ),
          nestedType: [entry("TagsEntry", value)],
        },
        {
          ...message(
            "Order",
            [1, "open", card],
            [2, "plan", ".google.protobuf.Struct"],
            [3, "cvc", value],
            [4, "rows", ".google.protobuf.ListValue"],
            [5, "card", ".deep.Order.CardEntry", "repeated"],
            [6, "number", ".deep.Order.NumberEntry", "repeated"],
            [7, "cards", card, "repeated"],
            [8, "documents", ".google.protobuf.Struct", "repeated"],
            [9, "extra", ".google.protobuf.Any"],
            [10, "levels", ".deep.Order.LevelsEntry", "repeated"],
          ),
          nestedType: [
            entry("CardEntry", card),
            entry("NumberEntry", "STRING"),
            { ...message("LevelsEntry", [1, "key", "INT32"], [2, "value", card]), options: { mapEntry: true } },
          ],
        },
      ],
      service: [{ name: "Shop", method: [{ name: "Pay", inputType: ".deep.Order", outputType: ".deep.Order" }] }],
    },
  ],
});
const registry = createFileRegistry(set);
const typeNamed = (name: string): DescMessage => registry.getMessage(name)!;
const order = typeNamed("deep.Order");
const descriptors = writeSet("deep", toBinary(FileDescriptorSetSchema, set));
const protobuf = { descriptors, bodies: [{ path: "/document", request: "google.protobuf.Struct" }] };

const encode = (type: DescMessage, json: JsonValue) => toBinary(type, fromJson(type, json, { registry }));
const decode = (type: DescMessage, bytes: Uint8Array) => toJson(type, fromBinary(type, bytes), { registry });

/** A field with its length. */
const sized = (number: number, ...pieces: Uint8Array[]): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(Buffer.concat(pieces)).finish();

/** The body that leaves, or the outcome of what does not; at each cut the same. */
async function sent(bench: Bench, type: string, body: Uint8Array, path = "/deep.Shop/Pay"): Promise<Buffer | string> {
  const request = { method: "POST", path, headers: [["content-type", type]] as [string, string][], body };
  let left: Buffer | string | undefined;
  for (const chunk of [undefined, "each", 3] as const) {
    const run = await bench.run({ id: "one", request }, chunk);
    const { reason } = run.result;
    const found = reason ?? Buffer.from(run.result.request?.body ?? []);
    if (left === undefined) expect(bench.findings(run)).toEqual([]);
    else expect(found).toEqual(left);
    left = found;
  }
  return left!;
}

async function sentInGrpc(bench: Bench, json: JsonObject): Promise<JsonValue | string> {
  const left = await sent(bench, "application/grpc", frame(encode(order, json)));
  return typeof left === "string" ? left : decode(order, frames(left)[0]!);
}

async function sentInJson(bench: Bench, json: JsonObject): Promise<JsonObject | string> {
  const left = await sent(bench, "application/json", new Uint8Array(Buffer.from(JSON.stringify(json))));
  return typeof left === "string" ? left : JSON.parse(left.toString());
}

const names = ["card", "number", "plan", "cvc", "open", "tags", "rows", "a b", ""];

const step: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant<string[]>(["*"]) },
  { weight: 2, arbitrary: fc.constant<string[]>([":"]) },
  { weight: 1, arbitrary: fc.constantFrom<string[][]>(["*", "card"], [":", "number"]) },
);
const quoted = (name: string) => (name === "*" || name === ":" ? name : `'${name}'`);
const path = fc
  .tuple(
    fc.array(step, { minLength: 1, maxLength: 2 }),
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
  )
  .map(([before, last]) => `named:${[...before, last].map((one) => `[${one.map(quoted).join(",")}]`).join("")}`);
const one = fc.constantFrom("named:number", "named:cvc", "named:plan", "named:['card','open']", "named:~'card'");
const kept = { redact: { keepStructure: true } };
const rule = fc.record({
  select: fc.oneof({ weight: 4, arbitrary: path }, { weight: 1, arbitrary: one }),
  action: fc.constantFrom<(string | object)[]>("redact", kept, "strip", "pass", { mask: { keepLast: 1 } }),
  detect: fc.option(fc.constant(["EMAIL_ADDRESS"]), { freq: 6, nil: undefined }),
});
const rules = fc.array(rule, { minLength: 1, maxLength: 4 }).map((list) =>
  list.map(({ detect, action, ...rest }, at) => ({
    name: `r${at}`,
    ...rest,
    action: detect && action !== "strip" ? "redact" : action,
    ...(detect && { detect }),
  })),
);
const unmatched = fc.constantFrom("pass", "pass", "redact", "strip");

// Of numbers that are doubles nothing stays under a mask, as of those of JSON does.
const inside = '{"card": {"number": "4111"}, "plan": ["zoe@example.org"]}';
const text = fc.constantFrom("", "x", "4111", "zoe@example.org", inside);
const leaf = fc.oneof(text, fc.boolean(), fc.constant(null));
const key = fc.constantFrom(...names);
const { document, list, any } = fc.letrec<{ any: JsonValue; list: JsonValue[]; document: JsonObject }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: "large", withCrossShrink: true },
    leaf,
    tie("list"),
    tie("document"),
    tie("document"),
  ) as never,
  list: fc.array(tie("any"), { maxLength: 3, size: "max", depthIdentifier: "list" }) as never,
  document: fc.dictionary(key, tie("any"), { minKeys: 1, maxKeys: 3, size: "max" }) as never,
}));

const left = (keys: Record<string, fc.Arbitrary<JsonValue>>) =>
  fc.record(keys, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
const plainCard = left({ number: text, plan: document, tags: fc.dictionary(key, any, { maxKeys: 3 }) as never });
const someCard = fc
  .tuple(plainCard, fc.option(plainCard, { nil: undefined }))
  .map(([outer, inner]) => (inner ? { ...outer, card: inner } : outer) as JsonObject);
const someOrder = left({
  open: someCard,
  plan: document,
  cvc: any,
  rows: list as fc.Arbitrary<JsonValue>,
  card: fc.dictionary(key, someCard, { maxKeys: 3 }) as never,
  number: fc.dictionary(key, text, { maxKeys: 3 }) as never,
});

describe("what leaves is what leaves of the same in JSON", () => {
  test("of a Struct", async () => {
    await fc.assert(
      fc.asyncProperty(rules, unmatched, document, async (list, others, json) => {
        const bench = new Bench({ protobuf, rules: list, unmatched: others });
        const type = typeNamed("google.protobuf.Struct");
        const message = await sent(bench, "application/x-protobuf", encode(type, json), "/document");
        const expected = await sentInJson(bench, json);
        expect(typeof message === "string" ? message : decode(type, message)).toEqual(expected);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("of a message that has some in it, maps, and some in maps", async () => {
    await fc.assert(
      fc.asyncProperty(rules, someOrder, async (list, json) => {
        const bench = new Bench({ protobuf, rules: list });
        const message = await sentInGrpc(bench, json);
        const expected = await sentInJson(bench, json);
        // A default is not there in protobuf.
        const normal = typeof expected === "string" ? expected : decode(order, encode(order, expected));
        expect(message).toEqual(normal);
      }),
      { numRuns: 150, seed: 2 },
    );
  });
});

/** The message with fields in another order, twice or not there, and entries with another key, as `draw` has it. */
function disordered(type: MessageType, bytes: Uint8Array, draw: (below: number) => number): Uint8Array {
  const left: Uint8Array[] = [];
  for (const { number, raw, value } of fieldsOf(bytes)!) {
    const inner = type.fields.get(number)?.message?.();
    const field = inner ? sized(number, disordered(inner, value, draw)) : raw;
    const fate = draw(20);
    if (fate === 0) continue;
    if (fate === 1) left.unshift(field);
    if (fate !== 2) left.push(field);
  }
  const key = sized(1, Buffer.from(names[draw(names.length)]!));
  if (type.fields.get(1)?.name === "key" && draw(20) === 0) left.splice(draw(left.length + 1), 0, key);
  return Buffer.concat(left);
}

test("messages as no serializer writes them are refused, or the proof finds nothing in what leaves", async () => {
  const type = new Types([toBinary(FileDescriptorSetSchema, set)]).find("deep.Order")!;
  await fc.assert(
    fc.asyncProperty(rules, unmatched, someOrder, fc.infiniteStream(fc.nat()), async (list, others, json, numbers) => {
      const bench = new Bench({ protobuf, rules: list, unmatched: others });
      const draw = (below: number) => numbers.next().value! % below;
      const left = await sent(bench, "application/grpc", frame(disordered(type, encode(order, json), draw)));
      if (typeof left === "string") expect(left).toMatch(/^protobuf_(?:entry|any)$/);
    }),
    { numRuns: 100, seed: 3 },
  );
});

const hidden = "[redacted]";
const redacting = (...select: string[]) => new Bench({ protobuf, rules: [{ name: "r", select, action: "redact" }] });

test("through maps, a Struct in a map and a message in a map, and no further than right below", async () => {
  const json = (number: string) => ({
    plan: { card: { number, more: { number: "4111" } }, number: "4111" },
    card: { card: { number }, other: { number: "4111", plan: { card: { number } }, tags: { card: { number } } } },
    open: { card: { number }, number: "4111" },
  });
  const bench = redacting("named:['card']['number']");
  expect(await sentInGrpc(bench, json("4111"))).toEqual(json(hidden));
  // The field `card` is a map, and has its entries right below.
  expect(await sentInGrpc(redacting("named:['card']['other']['number']"), json("4111"))).toEqual({
    ...json("4111"),
    card: { ...json("4111").card, other: { ...json("4111").card.other, number: hidden } },
  });
});

test("states that differ little from another one lead to what is their own", async () => {
  const rules = [
    { name: "found", select: "named:[:,'number']['open']['tags']", detect: ["EMAIL_ADDRESS"], action: "redact" },
    { name: "any", select: "named:[*]['tags','plan','card']", action: "redact" },
    { name: "deep", select: "named:['card'][*]['card']", action: "redact" },
  ];
  const left = await sentInGrpc(new Bench({ protobuf, rules }), { plan: { card: { open: { card: "4111" } } } });
  expect(left).toEqual({ plan: { card: {} } });
});

test("in every spelling, and by names that no field can have", async () => {
  const json = (value: string) => ({ plan: { "Card Number": { "a.b|c": value }, cardNumber: { "a.b|c": value } } });
  const bench = redacting("named:[~'card number']['a.b|c']");
  expect(await sentInGrpc(bench, json("4111"))).toEqual(json(hidden));
});

test("an element of a list in a Struct is a step, one of a repeated field is none, or a step that takes elements", async () => {
  const cards = (value: string) => ({ cards: [{ number: value }], documents: [{ number: value }] });
  const lists = (value: string) => ({ plan: { cards: [{ number: value }] } });
  const json = { ...cards("4111"), ...lists("4111"), open: { number: "4111" } };
  const left = (...steps: string[]) => sentInGrpc(redacting(...steps), json);
  expect(await left("named:['cards','documents']['number']")).toEqual({ ...json, ...cards(hidden) });
  const all = { ...json, ...cards(hidden), ...lists(hidden) };
  expect(await left("named:['cards','documents'][:]['number']")).toEqual(all);
  expect(await left("named:['cards','documents'][*]['number']")).toEqual(all);
  expect(await left("named:['open'][:]['number']", "named:['open'][*]['number']")).toEqual(json);
});

test("what an Any holds is right below its field; keys that are numbers are any names", async () => {
  const extra = (type: string, rest: JsonObject) => ({ extra: { "@type": `type.googleapis.com/${type}`, ...rest } });
  const structOf = (number: string) => extra("google.protobuf.Struct", { value: { card: { number } } });
  const cardOf = (number: string) => extra("deep.Card", { plan: { card: { number } }, number });
  for (const select of ["named:['card']['number']", "named:['extra']['card']['number']"]) {
    expect(await sentInGrpc(redacting(select), structOf("4111"))).toEqual(structOf(hidden));
  }
  const both = redacting("named:['extra']['number']", "named:['plan']['card']['number']");
  expect(await sentInGrpc(both, cardOf("4111"))).toEqual(cardOf(hidden));
  const levels = (number: string) => ({ levels: { 7: { number } } });
  expect(await sentInGrpc(redacting("named:['levels'][*]['number']"), levels("4111"))).toEqual(levels(hidden));
  expect(await sentInGrpc(redacting("named:['levels']['number']"), levels("4111"))).toEqual(levels("4111"));
});

test("a rule that detects in a member looks into what a text there spells, in a map too", async () => {
  const json = (mail: string) => ({
    plan: { card: { x: `{"a":"${mail}"}` } },
    number: { card: `{"a":"${mail}"}`, open: `{"a":"${mail}"}` },
  });
  const rules = [{ name: "r", select: "named:card", detect: ["EMAIL_ADDRESS"], action: "redact" }];
  const left = await sentInGrpc(new Bench({ protobuf, rules }), json("zoe@example.org"));
  expect(left).toEqual({ ...json(hidden), number: { ...json(hidden).number, open: '{"a":"zoe@example.org"}' } });
});

test("a rule that detects comes before one that takes a member, where it looks into a text; a pass decides of its own value", async () => {
  const found = { name: "found", select: "named:['plan']['card']", detect: ["EMAIL_ADDRESS"], action: "redact" };
  const taken = { name: "taken", select: ["named:card", "named:open"], action: "strip" };
  const left = async (first: object, second: object, card: JsonValue) => {
    const all = await sentInGrpc(new Bench({ protobuf, rules: [first, second] }), { plan: { card, x: 1 } });
    return (all as { plan: JsonObject }).plan;
  };
  expect(await left(found, taken, "zoe@example.org")).toEqual({ card: hidden, x: 1 });
  expect(await left(found, taken, "zoe")).toEqual({ x: 1 });
  expect(await left(found, taken, { a: "zoe@example.org" })).toEqual({ x: 1 });
  expect(await left(taken, found, "zoe@example.org")).toEqual({ x: 1 });
  const passed = { ...taken, action: "pass" };
  expect(await left(passed, found, "zoe@example.org")).toEqual({ card: "zoe@example.org", x: 1 });
  expect(await left(passed, found, { a: ["zoe@example.org"] })).toEqual({ card: { a: [hidden] }, x: 1 });
});

describe("entries as no serializer writes them", () => {
  const textOf = (value: string) => sized(3, Buffer.from(value));
  /** Texts are keys. */
  const entryOf = (...pieces: (string | Uint8Array)[]) =>
    sized(1, ...pieces.map((piece) => (typeof piece === "string" ? sized(1, Buffer.from(piece)) : sized(2, piece))));
  const number = sized(5, entryOf("number", textOf("4111")));
  const bench = redacting("named:['card','open']['number']", "named:['plan']['cvc']", "named:['']['number']");
  const left = (...pieces: (string | Uint8Array)[]) =>
    sent(bench, "application/x-protobuf", entryOf(...pieces), "/document");

  test.each([
    ["a key behind its value", [number, "card"]],
    ["the same key twice", ["card", number, "card"]],
    ["another key that leads to the same", ["card", number, "open"]],
    ["no key", [number]],
  ])("%s", async (_, pieces) => {
    const body = (await left(...pieces)) as Buffer;
    expect(body.includes("4111")).toBe(false);
    expect(body.includes(hidden)).toBe(true);
  });

  test.each([
    ["which different paths lead on", ["card", "plan", number]],
    ["which different paths lead on, one of them behind the value", ["plan", number, "card"]],
    ["one of which nothing leads on", ["card", "other", number]],
    ["one of which nothing leads on, in front", ["other", number, "card"]],
  ])("two keys behind %s are refused", async (_, pieces) => {
    expect(await left(...pieces)).toBe("protobuf_entry");
  });

  test("two values, which receivers would merge, are refused", async () => {
    expect(await left("card", number, number)).toBe("protobuf_any");
  });

  test("no value is an empty one, and goes with its key", async () => {
    const strict = (action: string) =>
      sent(
        new Bench({ protobuf, rules: [{ name: "r", select: "named:card", action }] }),
        "application/x-protobuf",
        Buffer.concat([entryOf("card"), entryOf("other", textOf("x"))]),
        "/document",
      );
    expect(await strict("strip")).toEqual(Buffer.from(entryOf("other", textOf("x"))));
    expect(await strict("block")).toBe("rule_block");
  });
});

test("the proof sees what would have been left", async () => {
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const body = frame(encode(order, { plan: { card: { number: "4111222233334444" } } }));
  const request = { method: "POST", path: "/deep.Shop/Pay", headers, body };
  const bench = redacting("named:['card']['number']");
  const run = await bench.run({ id: "one", request });
  const kinds = bench.findings(run, () => ({ request: { headers, body } })).map(({ kind }) => kind);
  expect(kinds).toContain("unredacted");
});

test("at every cut", async () => {
  const json = (number: string) => ({ plan: { card: [{ number }] }, card: { card: { number } } });
  const bench = redacting("named:['card'][:]['number']", "named:['card']['card']['number']");
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const body = frame(encode(order, json("4111")));
  for (let at = 1; at < body.length; at++) {
    const run = await bench.run({ id: "one", request: { method: "POST", path: "/deep.Shop/Pay", headers, body } }, [
      at,
    ]);
    expect(bench.findings(run)).toEqual([]);
    expect(decode(order, frames(run.result.request!.body)[0]!)).toEqual(json(hidden));
  }
});
