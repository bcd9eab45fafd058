/** pan and digits: against @noble/ciphers on the digits that change, their check sums, JSON numbers, and what does not fit. */
import { FF1 } from "@noble/ciphers/ff1.js";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { KEY, type Spec, Tokens, TWEAK } from "../../support/token.ts";
import { digitsOf, luhnSum, withCheckDigit } from "../../support/token-promises.ts";
import { property } from "../crypto/seeded.ts";

let tokens: Tokens;
beforeAll(async () => {
  tokens = await Tokens.load();
});

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength, maxLength });

/** The middle under the tweak that docs/internals.md describes, through another implementation. */
function encrypted(middle: string, kept: string): string {
  const tweak = new Uint8Array([...TWEAK, ...new TextEncoder().encode(kept)]);
  return FF1(10, KEY.subarray(0, 32), tweak)
    .encrypt([...middle].map(Number))
    .join("");
}

describe("an independent FF1 gives the same", () => {
  test("pan, any", () => {
    property(300, [digits(13, 19), fc.nat({ max: 6 }), fc.nat({ max: 1 })], (value, keepFirst, keepLast) => {
      const [head, tail] = [value.slice(0, keepFirst), value.slice(value.length - keepLast)];
      const middle = value.slice(keepFirst, value.length - keepLast);
      const token = tokens.tokenize({ format: "pan", luhn: "any", keepFirst, keepLast }, value);
      expect(token).toBe(`${head}${encrypted(middle, head + tail)}${tail}`);
    });
  });

  test.each(["valid", "invalid"] as const)("pan, %s", (luhn) => {
    property(300, [digits(13, 19), fc.nat({ max: 6 })], (value, keepFirst) => {
      const token = tokens.tokenize({ format: "pan", luhn, keepFirst }, value);
      const sum = luhnSum(value);
      if (luhn === "invalid" && sum === 9) {
        expect(token).toBeUndefined();
        return;
      }
      const head = value.slice(0, keepFirst);
      expect(token!.slice(0, -1)).toBe(head + encrypted(value.slice(keepFirst, -1), `${head}${sum}`));
      expect(luhnSum(token!)).toBe(luhn === "valid" ? sum : sum + 1);
    });
  });

  test("digits, however many are kept", () => {
    property(300, [digits(6, 60), digits(0, 50), digits(0, 5)], (middle, head, tail) => {
      const spec: Spec = { format: "digits", keepFirst: head.length, keepLast: tail.length };
      const token = tokens.tokenize(spec, head + middle + tail);
      // 32 kept digits or more go into the tweak as a digest.
      if (head.length + tail.length < 32) expect(token).toBe(`${head}${encrypted(middle, head + tail)}${tail}`);
      expect(tokens.reveal(spec, token!)).toBe(head + middle + tail);
    });
  });
});

test("all numbers of six digits are hit once", () => {
  expect(tokens.images({ format: "digits" }, 6)).toBe(1_000_000);
});

test("card numbers keep their separators, and one number has one token whatever they are", () => {
  const spec: Spec = { format: "pan", keepFirst: 6 };
  const token = tokens.tokenize(spec, "4111111111111111")!;
  const spaced = token.replace(/^(.{4})(.{4})(.{4})/, "$1 $2 $3 ");
  expect(tokens.tokenize(spec, "4111 1111 1111 1111")).toBe(spaced);
  expect(tokens.tokenize(spec, "4111-1111-1111-1111")).toBe(spaced.replaceAll(" ", "-"));
  expect(Number(tokens.tokenize(spec, "4111111111111111", "number"))).toBe(Number(token));
});

test("the same digits under another BIN, offset, label or key have another token", () => {
  const spec: Spec = { format: "pan", keepFirst: 6, luhn: "any" };
  const middle = (value: string, realm = tokens.realm) => tokens.tokenize(spec, value, "string", realm)!.slice(6);
  const all = [
    middle("4111111111111111"),
    middle("5500001111111111"),
    middle("4111111111111111", tokens.realmOf(KEY, new Uint8Array(16))),
    middle("4111111111111111", tokens.realmOf(KEY.map((byte) => byte ^ 1))),
  ];
  expect(new Set(all).size).toBe(all.length);
});

describe("Luhn", () => {
  test("kept last digits are kept, and another digit is solved", () => {
    property(500, [digits(16, 16), fc.boolean()], (value, right) => {
      const original = right ? withCheckDigit(value) : value;
      const token = tokens.tokenize({ format: "pan", keepFirst: 4, keepLast: 4 }, original)!;
      expect(token.slice(-4)).toBe(original.slice(-4));
      expect(luhnSum(token)).toBe(luhnSum(original));
    });
  });

  test("an invalid token never passes, and one that passes is not revealed", () => {
    const spec: Spec = { format: "pan", keepFirst: 6, luhn: "invalid" };
    expect(tokens.reveal(spec, "4111111111111111")).toBeUndefined();
    expect(luhnSum(tokens.tokenize(spec, "4111111111111111")!)).toBe(1);
  });
});

describe("JSON numbers", () => {
  const integer = fc.oneof(
    fc.bigInt({ min: 10n ** 12n, max: 10n ** 19n }),
    fc.bigInt({ min: 2n ** 53n - 10n ** 10n, max: 2n ** 53n + 10n ** 10n }),
  );
  test("have as many digits, and stay on their side of 2^53 - 1", () => {
    property(1000, [integer, fc.constantFrom("pan", "digits")], (value, format) => {
      const token = tokens.tokenize({ format, luhn: "any" }, String(value), "number");
      if (token === undefined) return;
      expect(token).toMatch(/^[1-9]\d*$/);
      expect(token).toHaveLength(String(value).length);
      expect(BigInt(token) <= Number.MAX_SAFE_INTEGER).toBe(value <= Number.MAX_SAFE_INTEGER);
    });
  });

  test.each(["-1234567890123", "1234567890123.0", "1234567890123e0", "0", "123456", "12345"])(
    "%s does not fit",
    (value) => {
      expect(tokens.tokenize({ format: "digits" }, value, "number")).toBeUndefined();
    },
  );

  test("seven digits are the least, as none may begin with 0", () => {
    expect(tokens.tokenize({ format: "digits" }, "1234567", "number")).toBeDefined();
  });

  test("a class of fewer than 1,000,000 numbers does not fit: 9007199254740992 to ...999999 with ten digits kept", () => {
    const spec: Spec = { format: "digits", keepFirst: 10 };
    expect(tokens.tokenize(spec, "9007199254740991", "number")).toBeUndefined();
    expect(tokens.tokenize(spec, "9007199254740992", "number")).toBeUndefined();
    expect(tokens.tokenize(spec, "9007199255740992", "number")).toBeDefined();
    expect(tokens.tokenize({ ...spec, keepFirst: 9 }, "9007199254740991", "number")).toBeDefined();
  });

  test("everything but a number stays out of other formats", () => {
    for (const format of ["alphanumeric", "email", "phone", "iban", "date", "uuid", "name", "opaque"] as const) {
      expect(tokens.tokenize({ format }, "20230228123456", "number")).toBeUndefined();
    }
  });
});

describe("does not fit", () => {
  test.each([
    ["twelve digits", "411111111111"],
    ["twenty digits", "41111111111111111111"],
    ["a letter", "4111111111111111a"],
    ["a dot", "4111.1111.1111.1111"],
    ["digits that are not ASCII", "４１１１１１１１１１１１１１１１"],
    ["a no-break space", "4111\u00a01111\u00a01111\u00a01111"],
    ["nothing", ""],
  ])("pan with %s", (_, value) => {
    expect(tokens.tokenize({ format: "pan" }, value)).toBeUndefined();
    expect(tokens.reveal({ format: "pan" }, value)).toBeUndefined();
  });

  test("fewer than six digits that may change", () => {
    const pan = "4111111111111111";
    const fits = (spec: Omit<Spec, "format">) => tokens.tokenize({ format: "pan", ...spec }, pan) !== undefined;
    expect(fits({ luhn: "any", keepFirst: 6, keepLast: 4 })).toBe(true);
    expect(fits({ luhn: "any", keepFirst: 7, keepLast: 4 })).toBe(false);
    expect(fits({ keepFirst: 5, keepLast: 4 })).toBe(true);
    expect(fits({ keepFirst: 6, keepLast: 4 })).toBe(false);
    expect(fits({ keepLast: 15 })).toBe(false);
    expect(fits({ keepFirst: 65535, keepLast: 65535 })).toBe(false);
    expect(tokens.tokenize({ format: "digits" }, "12345")).toBeUndefined();
    expect(tokens.tokenize({ format: "digits" }, "123456")).toBeDefined();
  });

  test("digits beside letters, and more than FF1 takes", () => {
    expect(tokens.tokenize({ format: "digits" }, "AB123456")).toBeUndefined();
    expect(tokens.tokenize({ format: "digits" }, "1".repeat(512))).toHaveLength(512);
    expect(tokens.tokenize({ format: "digits" }, "1".repeat(513))).toBeUndefined();
    expect(tokens.tokenize({ format: "digits", keepLast: 1 }, "1".repeat(513))).toHaveLength(513);
  });
});

test("separators of digits are all other ASCII characters", () => {
  const token = tokens.tokenize({ format: "digits" }, "078-05-1120 (#1)")!;
  expect(token.replace(/\d/g, "0")).toBe("000-00-0000 (#0)");
  expect(digitsOf(token)).not.toBe("0780511201");
});
