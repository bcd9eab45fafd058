// What holds for every action: empty values, booleans, unknown kinds, exhausted memory; and what a character is.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Rule, UNCHANGED } from "../../support/actions.ts";

const actions = await Actions.load();
const key = new Uint8Array(32).fill(7);
const rules: Rule[] = [
  { action: "mask" },
  { action: "hash" },
  { action: "truncate", keepFirst: 1 },
  { action: "generalize", to: "year" },
  { action: "generalize", to: "month" },
  { action: "generalize", to: "zip", digits: 3 },
  { action: "generalize", to: "age", cap: 90 },
  { action: "generalize", to: "ip", v4: 24, v6: 48 },
  { action: "generalize", to: "number", bucket: 10 },
  { action: "generalize", to: "geo", decimals: 2 },
];
const titled = rules.map((rule) => [JSON.stringify(rule), rule] as const);

describe("every action", () => {
  it.each(titled)("%s leaves an empty value empty", (_title, rule) => {
    expect(actions.transform(rule, "string", "", key)).toEqual(UNCHANGED);
    expect(actions.transform(rule, "text", "", key)).toEqual(UNCHANGED);
  });

  it.each(titled)("%s redacts a boolean", (_title, rule) => {
    expect(actions.transform(rule, "boolean", "true", key)).toEqual(REDACT);
    expect(actions.transform(rule, "boolean", "false", key)).toEqual(REDACT);
  });

  it.each(titled)("%s makes only JSON numbers of numbers", (_title, rule) => {
    const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?$/);
    fc.assert(
      fc.property(number, (value) => {
        const result = actions.transform(rule, "number", value, key);
        if (typeof result === "string") expect(result).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(titled.slice(3))("%s redacts what is none of its values", (_title, rule) => {
    for (const value of ["Jane Doe", "4111 1111 1111 1111", "-", ".", ":", "١٢٣٤٥", "\u0000", "12345\n", " 1.2.3.4"]) {
      expect(actions.transform(rule, "string", value, key)).toEqual(REDACT);
      expect(actions.transform(rule, "text", value, key)).toEqual(REDACT);
    }
  });

  it.each<Rule>([{ action: "pass" }, { action: "strip" }, { action: "redact" }])(
    "$action has no transformation",
    (rule) => {
      expect(actions.transform(rule, "string", "secret")).toEqual(REDACT);
    },
  );

  it("reports exhausted memory instead of half a value", async () => {
    const own = await Actions.load();
    const rule: Rule = { action: "mask" };
    expect(own.transform(rule, "string", "short")).toBe("*****");
    own.begin(65536);
    for (let size = 2 ** 30; size >= 64; size /= 2) while (own.wasm.allocate(size) !== 0);
    expect(own.transform(rule, "string", "x".repeat(5000))).toEqual({ verdict: "failed" });
    expect(own.transform(rule, "string", "short")).toBe("*****");
  });
});

describe("a character", () => {
  const lengthOf = (bytes: number[], end = bytes.length): number => {
    actions.begin(16);
    const at = actions.put(Uint8Array.from(bytes));
    return actions.wasm.characterLength(at, at + end);
  };

  it("is a code point of UTF-8 or a surrogate on its own", () => {
    for (let code = 0; code < 0x110000; code += code < 0x11000 ? 1 : 251) {
      const bytes =
        code >= 0xd800 && code < 0xe000
          ? [0xed, 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
          : [...Buffer.from(String.fromCodePoint(code))];
      expect(lengthOf(bytes)).toBe(bytes.length);
      if (bytes.length > 1) expect(lengthOf(bytes, bytes.length - 1)).toBe(1);
    }
  });

  it.each([
    ["a continuation byte", [0x80, 0x80]],
    ["an overlong form of two bytes", [0xc1, 0xbf]],
    ["an overlong form of three bytes", [0xe0, 0x9f, 0xbf]],
    ["an overlong form of four bytes", [0xf0, 0x8f, 0xbf, 0xbf]],
    ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["no lead byte", [0xf5, 0x80, 0x80, 0x80]],
    ["a broken third byte", [0xe6, 0xbc, 0x41]],
    ["a broken fourth byte", [0xf0, 0x9f, 0x98, 0x41]],
  ])("is one byte: %s", (_title, bytes) => {
    expect(lengthOf(bytes)).toBe(1);
  });
});
