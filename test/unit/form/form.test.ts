// Forms through the release filter, judged by URLSearchParams: third-party cases, and random bodies at random cuts.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corpora, corpus, titleOf } from "../../support/corpora.ts";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const type = "application/x-www-form-urlencoded";
const filter = new Filter();

/** What a receiver reads; bytes beyond ASCII survive the way through a JavaScript text as escapes. */
function entriesOf(body: Uint8Array): [string, string][] {
  const ascii = Buffer.from(body)
    .toString("latin1")
    .replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  return [...new URLSearchParams(ascii)];
}

const lines = (file: string) =>
  readFileSync(`${corpora}/payloads/form/${file}`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** A percent sign in a name that begins no escape: receivers differ, and the filter refuses. */
const hasOddName = (body: Uint8Array) =>
  Buffer.from(body)
    .toString("latin1")
    .split("&")
    .some((piece) => /%(?![0-9a-fA-F]{2})/.test(piece.split("=", 1)[0]!));

describe.skipIf(corpus("payloads/form") === undefined)(titleOf("third-party cases", "payloads/form"), () => {
  const bodies: [string, Buffer][] = [];
  if (corpus("payloads/form")) {
    for (const { input } of lines("wpt_urlencoded.jsonl")) bodies.push([input, Buffer.from(input)]);
    for (const { what, chunks_b64 } of lines("busboy_urlencoded.jsonl")) {
      bodies.push([what, Buffer.concat(chunks_b64.map((chunk: string) => Buffer.from(chunk, "base64")))]);
    }
  }

  test.each(bodies)("%s: all values are redacted, and names stay", (_, body) => {
    filter.use(binaryOf({ rules: [{ name: "all", select: "form:*", action: "redact" }] }));
    for (const chunk of [undefined, "each"] as const) {
      const { error, output } = filter.rewrite(body, chunk, type);
      if (hasOddName(body)) {
        expect(error).toBe("form_name");
        continue;
      }
      expect(error).toBeUndefined();
      expect(entriesOf(output)).toEqual(entriesOf(body).map(([name, value]) => [name, value && "[redacted]"]));
    }
  });

  test.each(bodies)("%s: what no rule selects leaves byte for byte", (_, body) => {
    filter.use(binaryOf({ rules: [{ name: "one", select: "form:selects nothing", action: "redact" }] }));
    const { error, output } = filter.rewrite(body, undefined, type);
    if (hasOddName(body)) expect(error).toBe("form_name");
    else expect(Buffer.from(output).equals(body)).toBe(true);
  });
});

const name = fc.constantFrom("card", "c%61rd", "cvc", "mail", "m+l", "x", "", "a%3Bb", "%C3%A9", "card[]", "é");
const value = fc.constantFrom("", "1", "4111+1111", "%34%31", "%zz", "é", "a=b", "%00", "x".repeat(30), "{}", "%");
const field = fc.oneof(
  fc.tuple(name, value).map(([left, right]) => `${left}=${right}`),
  name,
);
const body = fc.array(field, { maxLength: 8 }).map((fields) => Buffer.from(fields.join("&")));

test("random forms: a receiver reads what the rules promise, whatever the cuts", () => {
  filter.use(
    binaryOf({
      limits: { value: 24 },
      rules: [
        { name: "card", select: "form:card", action: { mask: {} } },
        { name: "cvc", select: "form:cvc", action: "strip" },
        { name: "mail", select: ["form:m*l"], action: { redact: { with: "a b&c" } } },
      ],
    }),
  );
  const after = ([name, value]: [string, string], spelled: number): [string, string][] => {
    if (name === "cvc") return [];
    if (value === "") return [[name, value]];
    if (name === "card") return [[name, spelled > 24 ? "[redacted]" : value.replace(/./gsu, "*")]];
    return [[name, name.startsWith("m") && name.endsWith("l") ? "a b&c" : value]];
  };
  fc.assert(
    fc.property(body, fc.integer({ min: 0, max: 1_000_000 }), (form, seed) => {
      const { error, output } = filter.rewrite(form, { random: seed }, type);
      expect(error).toBeUndefined();
      const spelled = form
        .toString()
        .split("&")
        .filter((piece) => piece !== "")
        .map((piece) => Buffer.byteLength(piece.replace(/^[^=]*=?/, "")));
      const expected = entriesOf(form).flatMap((entry, index) => after(entry, spelled[index]!));
      expect(entriesOf(output)).toEqual(expected);
      expect(Buffer.from(filter.rewrite(form, "each", type).output).equals(output)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("a form of many megabytes goes through in constant memory", () => {
  filter.use(
    binaryOf({ limits: { body: "1GiB" }, rules: [{ name: "card", select: "form:card", action: { mask: {} } }] }),
  );
  const long = (label: string) => Buffer.concat([Buffer.from(`${label}=`), Buffer.alloc(8 << 20, "x")]);
  filter.rewrite(long("note"), 65_536, type);
  const before = filter.vm.memoryBytes;
  for (let round = 0; round < 8; round++) {
    expect(filter.rewrite(long("note"), 65_536, type).output.length).toBe(5 + (8 << 20));
    expect(Buffer.from(filter.rewrite(long("card"), 65_536, type).output).toString()).toBe("card=%5Bredacted%5D");
    expect(filter.rewrite(Buffer.alloc(1 << 20, "x"), 65_536, type).error).toBe("limit_value");
  }
  expect(filter.vm.memoryBytes).toBe(before);
});

describe("which bodies are read", () => {
  const json = { name: "json", select: "json:$.a", action: "redact" };
  test.each([
    ["no selector of forms", { rules: [json] }, "unsupported_media_type"],
    ["no selector of forms, passed on request", { rules: [json], unsupported: "pass" }, undefined],
    ["no selector of forms, but unmatched acts", { rules: [json], unmatched: "redact" }, undefined],
  ])("%s", (_, policy, error) => {
    filter.use(binaryOf(policy));
    expect(filter.rewrite(Buffer.from("a=1"), undefined, type).error).toBe(error);
  });

  test.each([
    ["application/x-www-form-urlencoded; charset=utf-16", "unsupported_charset"],
    ["application/x-www-form-urlencoded;charset=ISO-8859-1", undefined],
    ["application/x-www-form-urlencoded;charset=utf-7", "unsupported_charset"],
    ["Application/X-WWW-Form-Urlencoded; charset=UTF-8", undefined],
    ["application/x-www-form-urlencodedx", "unsupported_media_type"],
    ["application/x-www-form-urlencoded, application/json", "content_type_repeated"],
  ])("%s", (contentType, error) => {
    filter.use(binaryOf({ rules: [{ name: "a", select: "form:a", action: "redact" }] }));
    expect(filter.rewrite(Buffer.from("a=1"), undefined, contentType).error).toBe(error);
  });
});
