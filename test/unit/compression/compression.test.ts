// Compressed bodies through the release filter, judged by zlib: decoded, rewritten, and forwarded as they are.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { constants, crc32, deflateRawSync, deflateSync, gunzipSync, gzipSync, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Chunking, type ExchangeResult, type Plugin, runExchange } from "../../../scripts/host/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { corpora, corpus, titleOf } from "../../support/corpora.ts";
import { binaryOf, compileTest } from "../../support/engine-policy.ts";
import { headerOf, json, machine } from "../filter/support.ts";

const rules = [{ name: "pan", select: "json:$..pan", action: { mask: { keepLast: 4 } } }];
const { vm } = machine();
const decoding: Plugin = vm.plugin("decoding", binaryOf({ compressed: "decode", limits: { value: "1MiB" }, rules }));
const blocking: Plugin = vm.plugin("blocking", binaryOf({ rules }));

const encoders = { gzip: gzipSync, "x-gzip": gzipSync, deflate: deflateSync, raw: deflateRawSync };
type Coding = keyof typeof encoders;
const nameOf = (coding: Coding) => (coding === "raw" ? "deflate" : coding);

function send(plugin: Plugin, encoding: string, body: Uint8Array, chunk?: Chunking): ExchangeResult {
  const headers: [string, string][] = [json, ["content-encoding", encoding], ["content-length", String(body.length)]];
  const exchange = { request: { method: "POST", path: "/", headers, body } };
  return runExchange(plugin, exchange, chunk === undefined ? { holdHeaders: true } : { holdHeaders: true, chunk });
}

const document = Buffer.from(JSON.stringify({ pan: "4111111111111111", items: Array(300).fill({ a: 1, b: "text" }) }));
const masked = document.toString().replace("4111111111111111", "************1111");

test.each(Object.keys(encoders) as Coding[])("%s: decoded, at every cut, without its headers", (coding) => {
  const body = encoders[coding](document);
  const cuts = Array.from({ length: body.length - 1 }, (_, index): Chunking => [index + 1]);
  for (const chunk of [undefined, "each", ...cuts] as const) {
    const { outcome, reason, request } = send(decoding, nameOf(coding), body, chunk);
    expect([outcome, reason]).toEqual(["forwarded", undefined]);
    expect(Buffer.from(request!.body).toString()).toBe(masked);
    expect(request!.headers.map(([name]) => name)).not.toContain("content-encoding");
    expect(request!.headers.find(([name]) => name === "content-length")?.[1]).toBe(String(masked.length));
  }
});

test("a body that is emptied has no coding, in which no bytes would be none", () => {
  const policy = { compressed: "decode", unsupported: "empty", rules: [{ ...rules[0], on: ["request", "response"] }] };
  const plugin = vm.plugin("emptying", binaryOf(policy));
  const body = gzipSync("PNG");
  for (const length of [[], [["content-length", String(body.length)] as [string, string]]]) {
    const headers: [string, string][] = [["content-type", "image/png"], ["content-encoding", "gzip"], ...length];
    const exchange = {
      request: { method: "POST", path: "/", headers, body },
      response: { status: 200, headers, body },
    };
    const result = runExchange(plugin, exchange, { holdHeaders: true });
    for (const left of [result.request!, result.response!]) {
      expect(left.body.length).toBe(0);
      expect(left.headers.map(([name]) => name)).not.toContain("content-encoding");
    }
    const run = { exchange, isActive: true, result: { ...result, isReply: false } };
    expect(new Prover(compileTest(policy)).prove(run as never).findings).toEqual([]);
  }
});

test("what no rule changes comes out as zlib has it, whatever the level, strategy and cuts", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.tuple(fc.string({ maxLength: 8 }), fc.nat({ max: 4000 })).map(([piece, times]) => piece.repeat(times)),
    fc.nat({ max: 70_000 }).map((size) => randomBytes(size).toString("base64")),
  );
  const options = fc.record({
    level: fc.constantFrom(0, 1, 6, 9),
    strategy: fc.constantFrom(
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FIXED,
      constants.Z_FILTERED,
    ),
    memLevel: fc.constantFrom(1, 8, 9),
    windowBits: fc.constantFrom(9, 15),
  });
  fc.assert(
    fc.property(
      text,
      options,
      fc.constantFrom<Coding[]>("gzip", "deflate", "raw"),
      fc.nat(),
      (piece, how, coding, seed) => {
        const plain = Buffer.from(JSON.stringify([piece, piece.slice(0, 50)]));
        const body = encoders[coding](plain, how as ZlibOptions);
        // A text that becomes a hundred times its length is a bomb: see below.
        fc.pre(plain.length < body.length * 100);
        for (const chunk of [{ random: seed }, undefined] as const) {
          const { outcome, reason, request } = send(decoding, nameOf(coding), body, chunk);
          expect([outcome, reason]).toEqual(["forwarded", undefined]);
          expect(Buffer.from(request!.body).equals(plain)).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

describe("the gzip header", () => {
  const plain = Buffer.from('{"a":1}');
  const whole = gzipSync(plain);
  /** With optional fields, and behind them the checksum that zlib finds in all before it, or one beside it. */
  const withFields = (flags: number, fields: string, beside = 0) => {
    const head = Buffer.concat([whole.subarray(0, 10), Buffer.from(fields, "latin1")]);
    head[3] = flags;
    const check = Buffer.alloc(flags & 2 && 2);
    if (flags & 2) check.writeUInt16LE((crc32(head) & 0xffff) ^ beside);
    return Buffer.concat([head, check, whole.subarray(10)]);
  };
  test.each<[string, Buffer]>([
    ["with all optional fields", withFields(31, "\x03\x00abcname\x00comment\x00")],
    ["with a checksum alone", withFields(2, "")],
    ["with an empty field and a name", withFields(12, "\x00\x00\x00")],
    ["that says it is text", withFields(1, "")],
  ])("%s is read, at every cut", (_, body) => {
    expect(gunzipSync(body)).toEqual(plain);
    for (const chunk of [undefined, "each"] as const) {
      expect(Buffer.from(send(decoding, "gzip", body, chunk).request!.body)).toEqual(plain);
    }
  });
  test.each<[string, Buffer]>([
    ["whose checksum is wrong", withFields(31, "\x03\x00abcname\x00comment\x00", 1)],
    ["whose checksum is wrong in its second byte", withFields(2, "", 0x8000)],
    ["with a flag that means nothing", withFields(32, "")],
  ])("%s is refused, at every cut", (_, body) => {
    expect(() => gunzipSync(body)).toThrow();
    for (const chunk of [undefined, "each"] as const) {
      expect(send(decoding, "gzip", body, chunk).reason).toBe("compressed_data");
    }
  });
});

describe("refused", () => {
  const whole = gzipSync(document);
  const changed = (at: number) => Buffer.from(whole.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  test.each<[string, string, Uint8Array, string]>([
    ["truncated", "gzip", whole.subarray(0, -1), "compressed_data"],
    ["truncated in a block", "gzip", whole.subarray(0, 40), "compressed_data"],
    ["a wrong checksum", "gzip", changed(whole.length - 8), "compressed_data"],
    ["a wrong length", "gzip", changed(whole.length - 1), "compressed_data"],
    ["bytes behind it", "gzip", Buffer.concat([whole, Buffer.from("x")]), "compressed_data"],
    ["a second member", "gzip", Buffer.concat([whole, whole]), "compressed_data"],
    ["plain bytes", "gzip", document, "compressed_data"],
    [
      "a wrong zlib checksum",
      "deflate",
      Buffer.concat([deflateSync(document).subarray(0, -1), Buffer.from("x")]),
      "compressed_data",
    ],
    [
      "bytes behind raw blocks",
      "deflate",
      Buffer.concat([deflateRawSync(document), Buffer.from("x")]),
      "compressed_data",
    ],
    ["two codings", "gzip, gzip", gzipSync(whole), "content_encoding"],
    ["br", "br", whole, "content_encoding"],
    ["zstd", "zstd", whole, "content_encoding"],
    ["a document that is none", "gzip", gzipSync("{"), "json_syntax"],
  ])("%s", (_name, encoding, body, error) => {
    for (const chunk of [undefined, "each"] as const) {
      const { outcome, reason, request } = send(decoding, encoding, body, chunk);
      expect([outcome, reason, request]).toEqual(["blocked", error, undefined]);
    }
  });

  test("any single byte changed: refused, or the same document", () => {
    for (let at = 0; at < whole.length; at++) {
      const { outcome, request } = send(decoding, "gzip", changed(at));
      if (outcome === "forwarded") expect(Buffer.from(request!.body).toString()).toBe(masked);
    }
  });

  test("without the policy's word", () => {
    expect(send(blocking, "gzip", whole).reason).toBe("content_encoding");
  });

  test("bombs, in the memory of one chunk", () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('["'), Buffer.alloc(64 << 20, "x"), Buffer.from('"]')]), {
      level: 9,
    });
    const round = () => {
      for (const chunk of [undefined, 1024] as const) {
        expect(send(decoding, "gzip", bomb, chunk).reason).toBe("compressed_ratio");
      }
    };
    round();
    const before = vm.memoryBytes;
    for (let times = 0; times < 20; times++) round();
    expect(vm.memoryBytes).toBe(before);
    expect(before).toBeLessThan(40 << 20);
  });

  test("more than limits.body, decoded", () => {
    const small = vm.plugin("small", binaryOf({ compressed: "decode", limits: { body: 1000 }, rules }));
    expect(send(small, "gzip", gzipSync(document)).reason).toBe("limit_body");
  });
});

test("an empty body, compressed or not, is no document", () => {
  expect(send(decoding, "gzip", Buffer.alloc(0)).outcome).toBe("forwarded");
  const { outcome, request } = send(decoding, "gzip", gzipSync(""));
  expect([outcome, request!.body.length]).toEqual(["forwarded", 0]);
});

test("an answer is decoded too, and streams when it is long", () => {
  const back = [{ name: "back", on: "response", select: "json:$..pan", action: "redact" }];
  const plugin = vm.plugin("back", binaryOf({ compressed: "decode", limits: { hold: "1KiB" }, rules: back }));
  const headers: [string, string][] = [json, ["content-encoding", "gzip"]];
  const body = gzipSync(
    Buffer.from(
      JSON.stringify(
        Array.from({ length: 2000 }, (_, index) => ({
          pan: "4111111111111111",
          x: Math.imul(index, 0x9e3779b1).toString(36),
        })),
      ),
    ),
  );
  const exchange = {
    request: { method: "GET", path: "/", headers: [["accept-encoding", "gzip, br"] as [string, string]] },
    response: { status: 200, headers: [...headers, ["content-length", String(body.length)] as [string, string]], body },
  };
  const result = runExchange(plugin, exchange, { holdHeaders: true, chunk: 1000 });
  expect([result.outcome, result.reason]).toEqual(["forwarded", undefined]);
  expect(headerOf(result, "accept-encoding")).toBe("gzip");
  expect(Buffer.from(result.response!.body).toString()).not.toContain("4111111111111111");
  expect(JSON.parse(Buffer.from(result.response!.body).toString())).toHaveLength(2000);
  const names = result.response!.headers.map(([name]) => name);
  expect(names).not.toContain("content-encoding");
  expect(names).not.toContain("content-length");
});

describe("bombs in every format and direction", () => {
  const select = ["json:$..pan", "form:pan", "multipart:pan", "xml://Pan"];
  const everywhere = vm.plugin(
    "everywhere",
    binaryOf({ compressed: "decode", rules: [{ name: "pan", on: ["request", "response"], select, action: "redact" }] }),
  );
  const filler = " ".repeat(8 << 20);
  test.each([
    ["application/json", `{"pan":1,"a":"${filler}"}`],
    ["application/x-ndjson", `{"pan":1}${"\n".repeat(8 << 20)}`],
    ["text/event-stream", `: ${"\n:".repeat(4 << 20)}\n\n`],
    ["application/x-www-form-urlencoded", `pan=1&a=${"+".repeat(8 << 20)}`],
    ["multipart/form-data; boundary=x", `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${filler}\r\n--x--`],
    ["application/soap+xml", `<a>${filler}<Pan>1</Pan></a>`],
  ])("%s", (type, plain) => {
    for (const [coding, body] of [
      ["gzip", gzipSync(plain, { level: 9 })],
      ["deflate", deflateSync(plain, { level: 9 })],
    ] as const) {
      const headers: [string, string][] = [
        ["content-type", type],
        ["content-encoding", coding],
      ];
      const request = { method: "POST", path: "/", headers, body };
      for (const chunk of [undefined, 997]) {
        const options = { holdHeaders: true, ...(chunk !== undefined && { chunk }) };
        const sent = runExchange(everywhere, { request }, options);
        expect([sent.reason, sent.request]).toEqual(["compressed_ratio", undefined]);
        const asked = { method: "GET", path: "/", headers: [] };
        const answer = runExchange(everywhere, { request: asked, response: { status: 200, headers, body } }, options);
        expect(answer.reason).toBe("compressed_ratio");
        // Held, it is refused before a byte has left; an answer that streams is cut.
        expect(answer.response?.status === 502 || answer.outcome === "cut").toBe(true);
      }
    }
  });
});

describe("accept-encoding", () => {
  const of = (policy: object, headers: [string, string][] = [["accept-encoding", "gzip, br"]]) => {
    const request = { method: "GET", path: "/", headers };
    return headerOf(runExchange(vm.plugin("ask", binaryOf(policy)), { request }, {}), "accept-encoding");
  };
  const back = { name: "back", on: "response", select: "json:$.a", action: "redact" };
  test("is identity where the policy looks into answers", () => expect(of({ rules: [back] })).toBe("identity"));
  test("is gzip where answers are decoded", () => expect(of({ compressed: "decode", rules: [back] })).toBe("gzip"));
  test("is one, whatever was asked for", () => {
    for (const asked of ["br;q=1, *;q=0", "", "zstd"]) {
      expect(of({ rules: [back] }, [["accept-encoding", asked]])).toBe("identity");
    }
  });
  test.each(["xml://a", "form:a", "multipart:a"])("is identity where %s is selected in answers", (select) => {
    expect(of({ rules: [{ ...back, select }] })).toBe("identity");
  });
  test("is not invented: without it services answer plainly, and what they code all the same is refused", () => {
    expect(of({ rules: [back] }, [])).toBeUndefined();
  });
  test("stays where it does not", () => expect(of({ rules })).toBe("gzip, br"));
});

describe.skipIf(corpus("http-abuse") === undefined)(titleOf("codings on the wire", "http-abuse"), () => {
  const cases = corpus("http-abuse")
    ? readFileSync(`${corpora}/http-abuse/own_wire_cases.jsonl`, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];
  const secrets = ["4111111111111111", "737", "jane.doe@example.com", "078-05-1123"];
  const plugin = vm.plugin(
    "wire",
    binaryOf({
      compressed: "decode",
      rules: [
        { name: "all", select: ["json:$..number", "json:$..cvc", "json:$.email", "json:$.ssn"], action: "redact" },
      ],
    }),
  );
  test.each(cases.filter(({ headers }) => headers.some(([name]: [string]) => name === "content-encoding")))(
    "$name: gone or refused",
    ({ headers, body_b64 }) => {
      const request = { method: "POST", path: "/", headers, body: Buffer.from(body_b64, "base64") };
      const { outcome, request: left } = runExchange(plugin, { request }, { holdHeaders: true, chunk: "each" });
      if (outcome !== "forwarded") expect(left).toBeUndefined();
      else for (const secret of secrets) expect(Buffer.from(left!.body).toString("latin1")).not.toContain(secret);
    },
  );
});
