// Messages that lax receivers read in another way than strict ones (each case names one that does): refused, or read in every
// way; and what ordinary writers write stays. At every cut, without a finding of the proof.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, file_google_protobuf_struct, StructSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import { frame, frames, jsonOf, shopFile, writeSet } from "../../support/protobuf.ts";
import { Bench } from "../replay/support.ts";

const structs = create(FileDescriptorSetSchema, { file: [file_google_protobuf_struct.proto] });
const structFile = writeSet("structs", toBinary(FileDescriptorSetSchema, structs));
const protobuf = {
  descriptors: [shopFile, structFile],
  bodies: [{ path: "/document", request: "google.protobuf.Struct" }],
};
const hidden = "[redacted]";
const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** A field with its length, of text or of what stands in it. */
function sized(number: number, ...pieces: (string | Uint8Array)[]): Buffer {
  const value = Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
  return Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
}

/** What leaves of a message, or why it is refused. */
async function sent(bench: Bench, message: Uint8Array, path = "/shop.Checkout/Pay"): Promise<Buffer | string> {
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const recording = { id: "one", request: { method: "POST", path, headers, body: frame(message) } };
  const whole = await bench.run(recording);
  expect(bench.findings(whole)).toEqual([]);
  for (const cut of cutsOf(recording.request.body.length).cuts) {
    const { result } = await bench.run(recording, cut);
    expect(result.reason).toBe(whole.result.reason);
    expect(Buffer.from(result.request?.body ?? [])).toEqual(Buffer.from(whole.result.request?.body ?? []));
  }
  return whole.result.reason ?? frames(whole.result.request!.body)[0]!;
}

const hiding = new Bench({ protobuf, rules: [{ name: "r", select: "proto:shop.Order:id", action: "redact" }] });

describe("packed numbers whose last one does not end with them", () => {
  // The tag of the note is the rest of the number, and its length the tag of the id.
  const note = bytes("c2 0c 0a 06 53 45 43 52 45 54 5a 5a 5a");
  test("@bufbuild/protobuf reads on behind them", () => {
    const message = Buffer.concat([bytes("4a 02 01 80"), bytes("00"), sized(1, "SECRET")]);
    expect(jsonOf("shop.Order", message)).toEqual({ points: [1, 0], id: "SECRET" });
  });
  test.each([
    ["varints", Buffer.concat([bytes("4a 02 01 80"), note])],
    ["varints of 64 bits", Buffer.concat([bytes("52 04 01 ff ff 80"), note])],
    ["doubles", Buffer.concat([bytes("9a 01 09 00 00 00 00 00 00 00 00 00"), note])],
    ["fewer bytes than one double", Buffer.concat([bytes("9a 01 07 00 00 00 00 00 00 00"), note])],
  ])("%s", async (_, message) => {
    expect(await sent(hiding, message)).toBe("protobuf_wire");
  });
  test("none at all, and those that end", async () => {
    const message = bytes(
      "4a 00 52 00 9a 01 00 4a 03 01 80 01 52 0a ff ff ff ff ff ff ff ff ff 01 9a 01 08 00 00 00 00 00 00 00 00",
    );
    expect(await sent(hiding, message)).toEqual(message);
  });
});

describe("a field that is longer than the message in which nothing acts", () => {
  // The seal of the card takes the start of the note, and the id stands in the rest of that.
  const message = Buffer.concat([bytes("12 02 22 08"), bytes("c2 0c 0d"), Buffer.from("xxxxx"), sized(1, "SECRET")]);
  test("@bufbuild/protobuf reads on behind it", () => {
    expect((jsonOf("shop.Order", message) as { id: string }).id).toBe("SECRET");
  });
  test.each(["pass", "strip", "block"])("is refused where what is not known is to %s", async (unknown) => {
    const rules = [{ name: "r", select: "proto:shop.Order:id", action: "redact" }];
    expect(await sent(new Bench({ protobuf: { ...protobuf, unknown }, rules }), message)).toBe("protobuf_syntax");
  });
  test("and stays where nothing acts in all of the body", async () => {
    const rules = [{ name: "r", on: "response", select: "proto:shop.Card:number", action: "redact" }];
    expect(await sent(new Bench({ protobuf: { ...protobuf, unknown: "pass" }, rules }), message)).toEqual(message);
  });
});

describe("numbers that their type cannot hold", () => {
  const long = (size: number, last = "00") => `${"80 ".repeat(size - 1)}${last}`;
  // Over five bytes protobufjs 7 reads ten, whatever they say; betterproto and pbf leave a number as long as it is.
  test.each([
    ["an int32 of six bytes", `12 08 10 ${long(6)} 08`],
    ["an int32 of six bytes at the end", `12 07 10 ${long(6)}`],
    ["a uint32 of nine", `80 01 ${long(9)}`],
    ["a bool of eight", `60 ${long(8)}`],
    ["an enum of seven", `68 ${long(7)}`],
    ["a packed one of six", `4a 08 01 ${long(6)} 01`],
    ["a packed one of nine behind many", `4a 1e ${"01 ".repeat(20)}${long(9)} 01`],
    ["an int32 over 2^31", "12 06 10 ff ff ff ff 0f"],
    ["a uint32 over 2^32", "80 01 ff ff ff ff 1f"],
    ["a card number in an int32", "12 09 10 b2 93 d3 ef e5 ce c4 07"],
    ["a negative number in a uint32", "80 01 ff ff ff ff ff ff ff ff ff 01"],
    ["an enum under -2^31", "68 ff ff ff ff f7 ff ff ff ff 01"],
    ["a packed one over 2^31", `4a 19 ${"01 ".repeat(20)}ff ff ff ff 0f`],
  ])("%s is refused", async (_, hex) => {
    const message = bytes(hex);
    // The inner length of the first case leaves a byte over, which is the start of a tag.
    expect(await sent(hiding, message)).toMatch(hex.endsWith(" 08") ? /^protobuf_(wire|syntax)$/ : /^protobuf_wire$/);
  });
  test.each([
    ["-1 in an int32", "12 0b 10 ff ff ff ff ff ff ff ff ff 01"],
    ["-2^31 in an int32", "12 0b 10 80 80 80 80 f8 ff ff ff ff 01"],
    ["2^31 - 1 in an int32", "12 06 10 ff ff ff ff 07"],
    ["2^32 - 1 in a uint32", "80 01 ff ff ff ff 0f"],
    ["overlong ones of five bytes", "80 01 81 80 80 80 00 60 81 80 80 80 00"],
    ["a bool of ten bytes", `60 ${long(10)}`],
    ["an int64 of seven bytes", "12 08 18 ff ff ff ff ff ff 01"],
    ["negative packed ones", `4a 28 ${"ff ff ff ff ff ff ff ff ff 01 ".repeat(4)}`],
    ["packed ones of all lengths", `4a 2d ${"01 80 01 80 80 01 80 80 80 01 80 80 80 80 01 ".repeat(3)}`],
  ])("%s stays", async (_, hex) => {
    expect(await sent(hiding, bytes(hex))).toEqual(bytes(hex));
  });
});

describe("keys of entries", () => {
  const text = sized(3, "4111");
  const entry = (...keys: (string | Uint8Array)[]) => sized(1, ...keys.map((key) => sized(1, key)), sized(2, text));
  const rules = [
    { name: "plan", select: "named:plan", action: "pass" },
    { name: "card", select: "named:card", action: "redact" },
    { name: "kept", select: "named:kept", action: { redact: { keepStructure: true } } },
  ];
  const bench = new Bench({ protobuf, rules });
  const kept = (...keys: string[]) => sized(1, sized(1, "kept"), sized(2, sized(5, entry(...keys))));
  const document = (message: Uint8Array) => sent(bench, message, "/document");

  test.each([
    ["the last of which is another rule's", entry("plan", "card")],
    ["the last of which no rule names", kept("plan", "other")],
  ])("two keys, %s, are refused", async (_, message) => {
    expect(await document(message)).toBe("protobuf_entry");
  });

  // google-protobuf for JavaScript takes it off.
  test("a byte order mark in front is no part of a key", async () => {
    const left = (await document(entry("\ufeffcard"))) as Buffer;
    expect(fromBinary(StructSchema, left).fields["\ufeffcard"]?.kind.value).toBe(hidden);
    expect(await document(entry("\ufeffother"))).toEqual(entry("\ufeffother"));
  });

  // protobufjs 7 reads letters in what is longer than it has to be.
  test.each([
    ["an overlong letter", "63 c1 a1 72 64"],
    ["a byte of another charset", "63 61 72 64 e9"],
    ["a surrogate", "63 ed a0 80"],
    ["a character that is cut off", "63 f0 9f 98"],
  ])("%s in a key is refused", async (_, hex) => {
    expect(await document(entry(bytes(hex)))).toBe("protobuf_entry");
  });

  test("characters of all lengths stay", async () => {
    const message = entry("é€😀");
    expect(await document(message)).toEqual(message);
  });
});

describe("strings that are no UTF-8, where rules detect", () => {
  const found = { name: "found", select: "any:", detect: ["CREDIT_CARD"], action: "redact" };
  const bench = new Bench({ protobuf, rules: [found] });
  const overlong = Buffer.from([..."4111111111111111"].flatMap((digit) => [0xc0, 0x80 | digit.charCodeAt(0)]));
  test.each([
    ["digits that protobufjs 7 reads in overlong letters", overlong],
    ["another charset", bytes("4a 6f 73 e9")],
  ])("%s: nobody can say what they hide", async (_, text) => {
    expect(await sent(bench, sized(1, text))).toEqual(sized(1, hidden));
    // Bytes are no text.
    expect(await sent(bench, sized(2, sized(4, text)))).toEqual(sized(2, sized(4, text)));
  });
  test("where none does they stay", async () => {
    const other = new Bench({ protobuf, rules: [{ name: "r", select: "proto:shop.Card:number", action: "redact" }] });
    expect(await sent(other, sized(1, overlong))).toEqual(sized(1, overlong));
  });
});
