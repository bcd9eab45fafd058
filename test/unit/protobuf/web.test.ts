// gRPC-Web: frames as they are or in base64, with trailers as the last one; each body whole and cut at every byte, judged as the
// gRPC call that it stands for.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Exchange, type ExchangeResult, runExchange } from "../../../scripts/host/index.ts";
import type { Role } from "../../../scripts/policy/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { binaryOf, compileTest } from "../../support/engine-policy.ts";
import { encode, frame, jsonOf, shopFile } from "../../support/protobuf.ts";
import { machine, pluginOf } from "../filter/support.ts";

const pan = "4111111111111111";
const mail = "zoe@example.org";
const policy = {
  compressed: "decode",
  protobuf: { descriptors: shopFile },
  rules: [
    { name: "pan", select: "proto:shop.Card:number", action: { mask: { keepLast: 4 } } },
    { name: "iban", select: "proto:shop.Order:iban", action: "block" },
    { name: "card-back", on: "response", select: "proto:shop.Card:number", action: "redact" },
    { name: "owner", on: ["request", "response"], select: "header:x-owner", action: "redact" },
    { name: "gone", on: "response", select: "header:x-gone", action: "strip" },
    { name: "never", on: "response", select: "header:x-never", action: "block" },
    { name: "pin", on: ["request", "response"], select: "cookie:pin", action: "redact" },
  ],
};
const order = encode("shop.Order", { id: "a", card: { number: pan } });
const receipt = encode("shop.Receipt", { id: "r", card: { number: pan } });
const trailers = (lines: string) => frame(Buffer.from(lines), 0x80);

const binary = "application/grpc-web+proto";
const text = "application/grpc-web-text";
const base64 = (body: Uint8Array) => Buffer.from(Buffer.from(body).toString("base64"));
/** Each frame a padded run of its own, as proxies write them. */
const runs = (...frames: Buffer[]) => Buffer.concat(frames.map(base64));

interface Frame {
  flag: number;
  bytes: Buffer;
}

function framesOf(type: string, body: Uint8Array): Frame[] {
  const fours = Buffer.from(body).toString().match(/.{4}/g) ?? [];
  const bytes = type === text ? Buffer.concat(fours.map((four) => Buffer.from(four, "base64"))) : Buffer.from(body);
  const found: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    found.push({ flag: bytes.readUInt8(at), bytes: bytes.subarray(at + 5, end) });
    at = end;
  }
  return found;
}

const prover = new Prover(compileTest(policy));

function run(type: string, body: Uint8Array, answer?: Uint8Array, chunk = 1 << 20, role: Role = "edge") {
  const exchange: Exchange = {
    request: { method: "POST", path: "/shop.Checkout/Watch", headers: [["content-type", type]], body },
    ...(answer && { response: { status: 200, headers: [["content-type", type]], body: answer } }),
  };
  const result = runExchange(pluginOf(policy, role), exchange, { holdHeaders: true, chunk });
  const isReply = result.localReply !== undefined;
  const run = { exchange, isActive: true, result: { ...result, isReply } };
  if (role === "edge") expect(prover.prove(run as never).findings).toEqual([]);
  return result;
}

/** The same however the bodies are cut. */
function always(type: string, body: Uint8Array, answer?: Uint8Array): ExchangeResult {
  const whole = run(type, body, answer);
  const shape = ({ reason, request, response }: ExchangeResult) => [
    reason,
    request && Buffer.from(request.body).toString("latin1"),
    response && Buffer.from(response.body).toString("latin1"),
  ];
  for (let chunk = 1; chunk < Math.max(body.length, answer?.length ?? 0); chunk++) {
    expect(shape(run(type, body, answer, chunk))).toEqual(shape(whole));
  }
  return whole;
}

describe.each([
  [binary, (...frames: Buffer[]) => Buffer.concat(frames)],
  [text, (...frames: Buffer[]) => base64(Buffer.concat(frames))],
  [text, runs],
] as const)("%s", (type, write) => {
  test("messages of both directions, and trailers by the rules of headers", () => {
    const ends = trailers(`grpc-status: 0\r\nX-Owner:Jane Roe\r\nx-gone: ${mail}\r\nx-kept:  a b \r\n`);
    const { request, response } = always(type, write(frame(order)), write(frame(receipt), frame(receipt), ends));
    const [sent] = framesOf(type, request!.body);
    expect(jsonOf("shop.Order", sent!.bytes)).toEqual({ id: "a", card: { number: "************1111" } });
    const left = framesOf(type, response!.body);
    expect(left.map(({ flag }) => flag)).toEqual([0, 0, 0x80]);
    expect(jsonOf("shop.Receipt", left[1]!.bytes)).toEqual({ id: "r", card: { number: "[redacted]" } });
    expect(left[2]!.bytes.toString()).toBe("grpc-status: 0\r\nX-Owner:[redacted]\r\nx-kept:  a b \r\n");
  });

  test("cookies in trailers, and those that only some receivers see", () => {
    const ends = trailers("cookie: a=1; pin=2\r\nset-cookie: a=1; Path=/, pin=2\r\n");
    const { request, response } = always(type, write(frame(order), ends), write(frame(receipt), ends));
    for (const message of [request!, response!]) {
      expect(framesOf(type, message.body)[1]!.bytes.toString()).toBe(
        "cookie: a=1; pin=[redacted]\r\nset-cookie: a=1; Path=/, pin=[redacted]\r\n",
      );
    }
    const hidden = trailers("cookie: a=1, pin=2\r\n");
    expect(run(type, write(frame(order), hidden)).reason).toBe("form_separator");
    const answer = trailers("set-cookie: a=1, pin=2\r\n");
    expect(run(type, write(frame(order)), write(frame(receipt), answer)).reason).toBe("form_separator");
  });

  test("compressed messages and trailers", () => {
    const exchange: Exchange = {
      request: {
        method: "POST",
        path: "/shop.Checkout/Watch",
        headers: [
          ["content-type", type],
          ["grpc-encoding", "gzip"],
        ],
        body: write(frame(gzipSync(order), 1)),
      },
      response: {
        status: 200,
        headers: [
          ["content-type", type],
          ["grpc-encoding", "gzip"],
        ],
        body: write(frame(gzipSync(receipt), 1), frame(gzipSync("x-owner: Jane"), 0x81)),
      },
    };
    const { request, response } = runExchange(pluginOf(policy), exchange, { holdHeaders: true });
    expect(jsonOf("shop.Order", framesOf(type, request!.body)[0]!.bytes)).toMatchObject({ id: "a" });
    const left = framesOf(type, response!.body);
    expect(left.map(({ flag }) => flag)).toEqual([0, 0x80]);
    expect(left[1]!.bytes.toString()).toBe("x-owner: [redacted]");
  });

  test("trailers whose rule blocks", () => {
    expect(run(type, write(frame(order)), write(trailers("x-never: 1\r\n"))).reason).toBe("rule_block");
  });

  test.each([
    ["an unknown flag", frame(order, 0x40), "grpc_frame"],
    ["a message behind trailers", Buffer.concat([trailers("a: b\r\n"), frame(order)]), "grpc_frame"],
    ["trailers twice", Buffer.concat([trailers("a: b\r\n"), trailers("a: b\r\n")]), "grpc_frame"],
    ["a bare LF", trailers("a: b\nx-owner: c\r\n"), "grpc_frame"],
    ["a bare CR", trailers("a: b\rx-owner: c\r\n"), "grpc_frame"],
    ["a NUL", trailers("a: b\0\r\n"), "grpc_frame"],
    ["a folded line", trailers("a: b\r\n c\r\n"), "grpc_frame"],
    ["a blank in a name", trailers("x-owner : c\r\n"), "grpc_frame"],
    ["no colon", trailers("x-owner\r\n"), "grpc_frame"],
    ["no name", trailers(": c\r\n"), "grpc_frame"],
    ["a cut message", frame(order).subarray(0, 9), "grpc_frame"],
    ["a value that blocks", frame(encode("shop.Order", { iban: "DE02120300000000202051" })), "rule_block"],
  ])("%s is refused", (_, body, reason) => {
    expect(always(type, write(body)).reason).toBe(reason);
  });

  test("a refusal is an answer of trailers, and quotes nothing", () => {
    const { response, reason } = run(type, write(frame(encode("shop.Order", { iban: "DE02120300000000202051" }))));
    expect(reason).toBe("rule_block");
    expect(response!.status).toBe(200);
    const [end, ...others] = framesOf(type, response!.body);
    expect(others).toEqual([]);
    expect(end!.flag).toBe(0x80);
    expect(end!.bytes.toString()).toMatch(/^grpc-status:7\r\ngrpc-message:.*\(rule_block\).*\r\n$/);
    expect(end!.bytes.toString()).not.toContain("DE02");
  });

  test("any messages and trailers, however they are cut", () => {
    const json = fc.record({
      id: fc.string({ maxLength: 9 }),
      card: fc.record({ number: fc.string({ maxLength: 9 }) }),
    });
    const lines = fc.array(
      fc.tuple(fc.constantFrom("x-owner", "x-a", "grpc-status"), fc.stringMatching(/^[a-z]{0,9}$/)),
    );
    const property = fc.property(
      fc.array(json, { maxLength: 4 }),
      lines,
      fc.integer({ min: 1, max: 40 }),
      (all, ends, chunk) => {
        const block = ends.map(([name, value]) => `${name}:${value}\r\n`).join("");
        const body = write(...all.map((each) => frame(encode("shop.Receipt", each))), trailers(block));
        const { response } = run(type, write(frame(order)), body, chunk);
        const left = framesOf(type, response!.body);
        expect(left).toHaveLength(all.length + 1);
        expect(left.at(-1)!.bytes.toString()).toBe(block.replaceAll(/(?<=x-owner:)[a-z]+/g, "[redacted]"));
        all.forEach(({ id, card }, at) => {
          const expected = { ...(id && { id }), card: card.number ? { number: "[redacted]" } : {} };
          expect(jsonOf("shop.Receipt", left[at]!.bytes)).toEqual(expected);
        });
      },
    );
    fc.assert(property, { numRuns: 60, seed: 21 });
  });
});

test.each([
  ["a blank", "AAAA AAA", "grpc_frame"],
  ["digits of base64url", "AAAAAA-_", "grpc_frame"],
  ["no padding", "AAAAAAA", "grpc_frame"],
  ["padding too early", "A===AAAA", "grpc_frame"],
  ["a digit behind padding", "AA=AAAAA", "grpc_frame"],
  ["bits left over", "AAAAAB==", "grpc_frame"],
])("base64 with %s is refused", (_, body, reason) => {
  expect(always(text, Buffer.from(body)).reason).toBe(reason);
});

test("where nothing acts in messages the trailers are judged alone", () => {
  const own = { protobuf: { descriptors: shopFile, unknown: "pass" }, rules: [policy.rules[3]] };
  const exchange: Exchange = {
    request: { method: "POST", path: "/shop.Checkout/Pay", headers: [["content-type", binary]], body: frame(order) },
    response: {
      status: 200,
      headers: [["content-type", binary]],
      body: Buffer.concat([frame(Buffer.from("ff", "hex"), 1), trailers("x-owner: Jane\r\n")]),
    },
  };
  const { request, response } = runExchange(pluginOf(own), exchange, { holdHeaders: true });
  expect(Buffer.from(request!.body)).toEqual(frame(order));
  expect(framesOf(binary, response!.body)).toEqual([
    { flag: 1, bytes: Buffer.from("ff", "hex") },
    { flag: 0x80, bytes: Buffer.from("x-owner: [redacted]\r\n") },
  ]);
});

test("memory after many calls is memory after a few", () => {
  const { vm } = machine();
  const plugin = vm.plugin("test", binaryOf(policy));
  const body = runs(frame(order), frame(order));
  const answer = runs(frame(receipt), trailers("x-owner: Jane\r\n"));
  const send = (count: number) => {
    for (let at = 0; at < count; at++) {
      const headers: [string, string][] = [["content-type", text]];
      const request = { method: "POST", path: "/shop.Checkout/Chat", headers, body };
      runExchange(
        plugin,
        { request, response: { status: 200, headers, body: answer } },
        { holdHeaders: true, chunk: 1 + (at % 90) },
      );
    }
    return vm.memoryBytes;
  };
  const few = send(200);
  expect(send(1000)).toBe(few);
});
