// mask: golden cases, and an oracle over code points (strings) and over JSON.parse (numbers).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, type Rule, UNCHANGED } from "../../support/actions.ts";

const actions = await Actions.load();
type Mask = { keepFirst?: number; keepLast?: number; char?: string; skip?: string };
const mask = (options: Mask, type: "string" | "text" | "number", value: string | Uint8Array) =>
  actions.transform({ action: "mask", ...options }, type, value);

describe("mask of text", () => {
  it.each<[string, Mask, string, string]>([
    ["the ends stay", { keepFirst: 6, keepLast: 4 }, "4111111111111111", "411111******1111"],
    ["separators stay and do not count", { keepLast: 4, skip: " -" }, "4111 1111-1111 1111", "**** ****-**** 1111"],
    ["nothing kept", {}, "secret", "******"],
    ["a separator as the mask character", { skip: "-", char: "-" }, "a-b", "---"],
    ["the character is a code point", { keepFirst: 1, char: "😀" }, "abc", "a😀😀"],
    ["a two-byte character", { char: "·" }, "ab", "··"],
    ["a three-byte character", { char: "•" }, "ab", "••"],
    ["characters are code points, not bytes", { keepFirst: 1, keepLast: 1 }, "é😀ß漢", "é**漢"],
    ["separators of more than a byte", { skip: "–·" }, "12–34·5", "**–**·*"],
    ["the ends cover the whole: everything is hidden", { keepFirst: 6, keepLast: 4 }, "1234567890", "**********"],
    ["one character short of covered", { keepFirst: 6, keepLast: 4 }, "12345678901", "123456*8901"],
    ["more kept than there is", { keepFirst: 0xffffffff, keepLast: 0xffffffff }, "abc", "***"],
  ])("%s", (_title, options, value, expected) => {
    expect(mask(options, "string", value)).toBe(expected);
    expect(mask(options, "text", value)).toBe(expected);
  });

  it("a value of separators only stays", () => {
    expect(mask({ skip: "-" }, "string", "---")).toEqual(UNCHANGED);
  });

  it("an invalid byte is one character", () => {
    const rule: Rule = { action: "mask", keepFirst: 1, keepLast: 1 };
    const value = Uint8Array.of(0xff, 0xc3, 0xf0, 0x9f, 0x98, 0x80, 0x80);
    expect(actions.transformBytes(rule, "text", value)).toEqual(Uint8Array.of(0xff, 0x2a, 0x2a, 0x80));
  });

  it("the lead byte of a separator is no separator", () => {
    const rule: Rule = { action: "mask", skip: "é" };
    const value = Uint8Array.of(0xc3, 0x41, 0xc3, 0xa9);
    expect(actions.transformBytes(rule, "text", value)).toEqual(Uint8Array.of(0x2a, 0x2a, 0xc3, 0xa9));
  });

  it("a lone surrogate is one character and stays whole at a kept end", () => {
    const rule: Rule = { action: "mask", keepFirst: 1 };
    const value = Uint8Array.of(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80);
    expect(actions.transformBytes(rule, "string", value)).toEqual(Uint8Array.of(0xed, 0xa0, 0xbd, 0x2a));
  });

  it("agrees with an oracle over code points", () => {
    const characters = fc.string({ unit: fc.constantFrom("a", "1", "-", " ", "é", "漢", "😀"), minLength: 1 });
    const kept = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(characters, kept, kept, fc.constantFrom("", "-", "- é"), (value, keepFirst, keepLast, skip) => {
        const all = [...value];
        const places = all.flatMap((character, i) => (skip.includes(character) ? [] : [i]));
        const covered = keepFirst + keepLast >= places.length;
        const hidden = new Set(covered ? places : places.slice(keepFirst, places.length - keepLast));
        const expected = all.map((character, i) => (hidden.has(i) ? "#" : character)).join("");
        const result = mask({ keepFirst, keepLast, skip, char: "#" }, "string", value);
        expect(result).toEqual(places.length === 0 ? UNCHANGED : expected);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("mask of a number", () => {
  it.each<[string, Mask, string, string]>([
    ["a leading digit becomes 1", {}, "4242", "1000"],
    ["the only digit becomes 1", {}, "7", "1"],
    ["a single integer digit becomes 1", {}, "9.99", "1.00"],
    ["the last four stay", { keepLast: 4 }, "4111111111111234", "1000000000001234"],
    ["the first stay", { keepFirst: 2 }, "987654", "980000"],
    ["the sign stays", {}, "-42", "-10"],
    ["the exponent is made of digits too", { keepFirst: 1 }, "6.02E+23", "6.00E+00"],
    ["the ends cover the whole", { keepFirst: 2, keepLast: 2 }, "1234", "1000"],
    ["a kept end does not keep a zero in front", { keepLast: 1 }, "123", "103"],
    ["characters that stay do not matter", { skip: "4" }, "444", "100"],
  ])("%s", (_title, options, value, expected) => {
    expect(mask(options, "number", value)).toBe(expected);
  });

  it("stays JSON of the same shape", () => {
    const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?$/);
    const kept = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(number, kept, kept, (value, keepFirst, keepLast) => {
        const result = mask({ keepFirst, keepLast }, "number", value) as string;
        expect(typeof JSON.parse(result)).toBe("number");
        expect(result.replace(/[0-9]/g, "9")).toBe(value.replace(/[0-9]/g, "9"));
        const before = value.replace(/[^0-9]/g, "");
        const after = result.replace(/[^0-9]/g, "");
        const covered = keepFirst + keepLast >= before.length;
        const from = covered ? 0 : keepFirst;
        const to = covered ? before.length : before.length - keepLast;
        expect(after.slice(0, from) + after.slice(to)).toBe(before.slice(0, from) + before.slice(to));
        expect(after.slice(from, to)).toMatch(from === 0 ? /^10*$/ : /^0*$/);
      }),
      { numRuns: 3000 },
    );
  });
});
