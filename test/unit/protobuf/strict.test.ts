// What receivers could read in two ways, what the descriptor set does not know, and bodies that are no messages: each has
// its outcome, whole and cut at every byte.
import { describe, expect, test } from "vitest";
import { type ExchangeResult, runExchange } from "../../../scripts/host/index.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { pluginOf } from "../filter/support.ts";

const protobuf = { descriptors: shopFile };
const rules = [{ name: "number", select: "proto:shop.Card:number", action: "redact" }];
const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

interface Sent {
  type?: string;
  path?: string;
  chunk?: number;
}

function send(
  policy: object,
  body: Uint8Array,
  { type = "application/grpc", path = "/shop.Checkout/Pay", chunk }: Sent = {},
): ExchangeResult {
  return runExchange(
    pluginOf(policy),
    { request: { method: "POST", path, headers: [["content-type", type]], body } },
    { holdHeaders: true, ...(chunk !== undefined && { chunk }) },
  );
}

/** The reason of the refusal, the same however the body is cut, or the body that left. */
function verdict(policy: object, body: Uint8Array, sent: Sent = {}): string {
  const judge = (chunk?: number) => {
    const result = send(policy, body, { ...sent, ...(chunk !== undefined && { chunk }) });
    return result.reason ?? Buffer.from(result.request!.body).toString("hex");
  };
  const whole = judge();
  for (let chunk = 1; chunk < body.length; chunk++) expect(judge(chunk)).toBe(whole);
  return whole;
}

describe("wire format", () => {
  test.each([
    ["field number 0", "00 01", "protobuf_syntax"],
    ["wire type 6", "0e", "protobuf_syntax"],
    ["wire type 7", "0f", "protobuf_syntax"],
    ["a tag of six bytes", "8a 80 80 80 80 00 01 78", "protobuf_syntax"],
    ["a field number over 2^29 - 1", "80 80 80 80 10 01", "protobuf_syntax"],
    ["a varint of eleven bytes", "80 01 ff ff ff ff ff ff ff ff ff ff 01", "protobuf_syntax"],
    ["a varint over 64 bits", "80 01 ff ff ff ff ff ff ff ff ff 02", "protobuf_syntax"],
    ["a truncated varint", "80 01 ff", "protobuf_syntax"],
    ["a truncated tag", "ff", "protobuf_syntax"],
    ["a length past the end", "0a 20 41", "protobuf_syntax"],
    ["a length of 2^31 - 1", "0a ff ff ff ff 07", "protobuf_syntax"],
    ["a length of six bytes", "0a 81 80 80 80 80 00 41", "protobuf_syntax"],
    ["a truncated fixed64", "71 01 02", "protobuf_syntax"],
    ["a truncated fixed32", "7d 01 02", "protobuf_syntax"],
    ["an end of no group", "14", "protobuf_syntax"],
    ["a known field as a group", "13 0a 01 41 14", "protobuf_wire"],
    ["a string as a varint", "08 01", "protobuf_wire"],
    ["a message as a fixed32", "15 01 02 03 04", "protobuf_wire"],
    ["a varint as a string", "82 01 01 41", "protobuf_wire"],
    ["a fixed64 as a varint", "70 01", "protobuf_wire"],
    ["a truncated message inside", "12 02 0a 05", "protobuf_syntax"],
    ["a known field inside as another type", "12 02 08 01", "protobuf_wire"],
  ])("%s is refused", (_, hex, outcome) => {
    expect(verdict({ protobuf, rules }, frame(bytes(hex)))).toBe(outcome);
  });

  test.each([
    ["an overlong tag", "8a 00 01 41"],
    ["an overlong length", "0a 81 00 41"],
    ["an overlong varint", "80 81 00 85 80 00"],
    ["repeated numbers that are not packed", "48 01 48 02"],
    ["a singular field twice", "0a 01 41 0a 01 42"],
    ["fields in another order", "82 01 00 0a 01 41".replace("82 01 00", "80 01 05")],
  ])("%s stays as it is", (_, hex) => {
    const body = frame(bytes(hex));
    expect(verdict({ protobuf: { ...protobuf, unknown: "pass" }, rules }, body)).toBe(body.toString("hex"));
  });

  test("the spelling around an edit stays, the length of what holds it is written anew", () => {
    // card, with an overlong length: an overlong month, then the number.
    const body = frame(bytes("12 89 80 00 10 8c 80 00 0a 03 34 31 31 0a 01 41"));
    const after = frame(bytes("12 10 10 8c 80 00 0a 0a 5b 72 65 64 61 63 74 65 64 5d 0a 01 41"));
    expect(verdict({ protobuf, rules }, body)).toBe(after.toString("hex"));
  });

  test("each occurrence of a field that receivers merge is acted on", () => {
    const body = frame(bytes("12 05 0a 03 34 31 31 12 02 10 01 12 03 0a 01 39"));
    const redacted = "0a 0a 5b 72 65 64 61 63 74 65 64 5d";
    expect(verdict({ protobuf, rules }, body)).toBe(
      frame(bytes(`12 0c ${redacted} 12 02 10 01 12 0c ${redacted}`)).toString("hex"),
    );
  });

  test("nesting is bounded by limits.depth", () => {
    const nested = (depth: number): Buffer => {
      let inner = Buffer.alloc(0);
      for (let i = 0; i < depth; i++) inner = Buffer.concat([Buffer.from([0x2a]), varint(inner.length), inner]);
      return Buffer.concat([Buffer.from([0x12]), varint(inner.length), inner]);
    };
    const policy = { protobuf, rules, limits: { depth: 100 } };
    expect(send(policy, frame(nested(98))).outcome).toBe("forwarded");
    expect(send(policy, frame(nested(99))).reason).toBe("limit_depth");
    expect(send({ ...policy, limits: { depth: 1024 } }, frame(nested(10_000))).reason).toBe("limit_depth");
  });
});

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    out.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.from(out);
  }
}

describe("framing", () => {
  const message = encode("shop.Order", { id: "a" });
  test.each<[string, Buffer, string]>([
    ["a compressed message", frame(message, 1), "grpc_compressed"],
    ["an unknown flag", frame(message, 2), "grpc_frame"],
    ["a cut header", Buffer.from([0, 0, 0]), "grpc_frame"],
    ["a cut message", frame(message).subarray(0, 7), "grpc_frame"],
    ["bytes behind the last message", Buffer.concat([frame(message), Buffer.from([0])]), "grpc_frame"],
  ])("%s is refused", (_, body, outcome) => {
    expect(verdict({ protobuf, rules }, body)).toBe(outcome);
  });

  test("an empty message, and several in one body", () => {
    const body = Buffer.concat([
      frame(new Uint8Array()),
      frame(message),
      frame(encode("shop.Order", { card: { number: "4" } })),
    ]);
    const left = frames(Buffer.from(verdict({ protobuf, rules }, body), "hex"));
    expect(left.map((one) => jsonOf("shop.Order", one))).toEqual([{}, { id: "a" }, { card: { number: "[redacted]" } }]);
  });

  test("a message longer than limits.value and limits.hold is refused before it has come", () => {
    const policy = { protobuf, rules, limits: { hold: "1KiB", value: "2KiB" } };
    const long = (size: number) => frame(encode("shop.Order", { note: "x".repeat(size) }));
    expect(send(policy, long(2000)).outcome).toBe("forwarded");
    expect(send(policy, long(2100)).reason).toBe("limit_value");
    expect(send(policy, Buffer.concat([Buffer.from("0040000000", "hex"), Buffer.alloc(64)])).reason).toBe(
      "limit_value",
    );
  });
});

test("a flood of packed numbers, each of which is acted on, is judged within the longest message", () => {
  const points = Buffer.concat([bytes("4a"), varint(60_000), Buffer.alloc(60_000, 7)]);
  const flood = { protobuf, rules: [{ name: "points", select: "proto:shop.Order:points", action: "redact" }] };
  const left = send(flood, frame(points)).request!.body;
  expect(Buffer.from(left)).toEqual(frame(Buffer.concat([points.subarray(0, -60_000), Buffer.alloc(60_000)])));
  expect(send(flood, frame(Buffer.concat([points, points]))).reason).toBe("limit_value");
});

describe("a body that is one message", () => {
  const bodies = [{ path: "/v1/orders/*", request: "shop.Order" }];
  const policy = { protobuf: { ...protobuf, bodies }, rules };
  const sent = { path: "/v1/orders/7?x=1" };
  const message = encode("shop.Order", { id: "a", card: { number: "4111" } });
  test.each(["application/x-protobuf", "application/protobuf", "Application/X-Protobuf"])("%s", (type) => {
    const left = verdict(policy, message, { ...sent, type });
    expect(jsonOf("shop.Order", Buffer.from(left, "hex"))).toEqual({ id: "a", card: { number: "[redacted]" } });
  });
  test.each([
    ["of an unknown path", { path: "/v2/orders", type: "application/x-protobuf" }, "protobuf_type"],
    [
      "whose type stands in a parameter",
      { ...sent, type: "application/x-protobuf; messageType=x.Y" },
      "unsupported_media_type",
    ],
    [
      "with a framing of its own",
      { ...sent, type: "application/x-protobuf; encoding=delimited" },
      "unsupported_media_type",
    ],
    ["of gRPC in JSON", { type: "application/grpc+json" }, "unsupported_media_type"],
    ["of gRPC-Web in JSON", { type: "application/grpc-web+json" }, "unsupported_media_type"],
    ["of gRPC-Web in thrift", { type: "application/grpc-web-text+thrift" }, "unsupported_media_type"],
    ["of an unknown method", { path: "/shop.Checkout/Refund" }, "protobuf_type"],
    ["of a path that only looks like a method", { path: "//shop.Checkout/Pay" }, "protobuf_type"],
  ])("%s is refused", (_, where, outcome) => {
    expect(verdict(policy, message, where)).toBe(outcome);
  });
  test("the policy decides otherwise", () => {
    expect(verdict({ ...policy, unsupported: "pass" }, message, { path: "/x" })).toBe(
      Buffer.from(message).toString("hex"),
    );
    expect(verdict({ ...policy, unsupported: "empty" }, message, { path: "/x" })).toBe("");
  });
  test("without a descriptor set nothing is known of it", () => {
    expect(verdict({ rules: [] }, message, sent)).toBe("unsupported_media_type");
  });
  test("a type in which nothing acts is not read", () => {
    const other = { protobuf: { ...protobuf, unknown: "pass" }, rules: [{ ...rules[0], on: "response" }] };
    expect(verdict(other, bytes("ff ff"))).toBe("ffff");
  });
});

describe("what the descriptor set does not know", () => {
  // Field 99, a string; in the card field 98, a varint.
  const body = frame(bytes("9a 06 03 34 31 31 12 04 90 06 05 10".replace("12 04 90 06 05 10", "12 05 90 06 05 10 01")));
  test.each([
    ["strip", frame(bytes("12 02 10 01")).toString("hex")],
    ["pass", body.toString("hex")],
    ["block", "protobuf_unknown"],
  ])("unknown: %s", (unknown, expected) => {
    expect(verdict({ protobuf: { ...protobuf, unknown }, rules }, body)).toBe(expected);
  });
  test("strip is the default, and holds where no rule selects", () => {
    expect(verdict({ protobuf, rules: [] }, body)).toBe(frame(bytes("12 02 10 01")).toString("hex"));
  });
  test("nothing of it stays where an action covers all there is", () => {
    const covering = [{ name: "c", select: "grpc:shop.Checkout/Pay:card", action: { hash: {} } }];
    const left = verdict(
      { protobuf: { ...protobuf, unknown: "pass" }, rules: covering },
      frame(bytes("12 03 90 06 05")),
    );
    expect(left).toBe(frame(bytes("12 00")).toString("hex"));
  });
  test("answers keep what only the hotfix knows", () => {
    const back = [
      { name: "pan", select: "proto:shop.Card:number", action: { tokenize: { format: "pan" } } },
      { name: "back", on: "response", select: "proto:shop.Card:number", action: { reveal: "pan" } },
    ];
    const headers: [string, string][] = [["content-type", "application/grpc"]];
    const answer = frame(bytes("9a 06 03 34 31 31"));
    const { response } = runExchange(
      pluginOf({ protobuf, rules: back }),
      {
        request: { method: "POST", path: "/shop.Checkout/Pay", headers, body: frame(new Uint8Array()) },
        response: { status: 200, headers, body: answer },
      },
      { holdHeaders: true },
    );
    expect(Buffer.from(response!.body)).toEqual(answer);
  });
});

describe("Any", () => {
  const any = (url: string, value: string) => `42 ${size(url + value)} ${url}${value}`;
  const size = (hex: string) => varint(bytes(hex).length).toString("hex");
  const text = (tag: string, value: string) =>
    `${tag}${varint(value.length).toString("hex")}${Buffer.from(value).toString("hex")}`;
  const card = "12 05 0a 03 34 31 31".replace("12", "");
  const url = (value: string) => text("0a", value);
  const redacted = "12 0c 0a 0a 5b 72 65 64 61 63 74 65 64 5d";
  test.each([
    [
      "its type before its value",
      any(url("type.googleapis.com/shop.Card"), `12${card}`),
      any(url("type.googleapis.com/shop.Card"), redacted),
    ],
    [
      "its type behind its value",
      any(`12${card}`, url("example.org/shop.Card")),
      any(redacted, url("example.org/shop.Card")),
    ],
    ["an unknown type", any(url("type.googleapis.com/x.Y"), `12${card}`), any(url("type.googleapis.com/x.Y"), "")],
    ["no type", any(`12${card}`, ""), any("", "")],
    ["a type without a slash", any(url("shop.Card"), `12${card}`), any(url("shop.Card"), redacted)],
    ["a type with a dot before it", any(url("x.y/.shop.Card"), `12${card}`), any(url("x.y/.shop.Card"), redacted)],
  ])("%s", (_, before, after) => {
    expect(verdict({ protobuf, rules }, frame(bytes(before)))).toBe(frame(bytes(after)).toString("hex"));
  });
  test.each([
    ["two types", any(url("type.googleapis.com/shop.Order") + url("type.googleapis.com/shop.Card"), `12${card}`)],
    ["two values", any(url("type.googleapis.com/shop.Card"), `12${card}12${card}`)],
  ])("%s are refused", (_, body) => {
    expect(verdict({ protobuf, rules }, frame(bytes(body)))).toBe("protobuf_any");
  });
});

test("a refusal answers as a gRPC client understands it, and quotes nothing", () => {
  const { response, reason } = send(
    { protobuf, rules: [{ ...rules[0], action: "block" }] },
    frame(encode("shop.Order", { card: { number: "4111111111111111" } })),
  );
  expect(reason).toBe("rule_block");
  expect(response!.status).toBe(200);
  const header = (name: string) => response!.headers.find(([found]) => found === name)?.[1];
  expect(header("grpc-status")).toBe("7");
  expect(header("grpc-message")).toContain("rule_block");
  expect(JSON.stringify(response!.headers)).not.toContain("4111111111111111");
});
