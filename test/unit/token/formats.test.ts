/** The other formats: what stays, what changes, what does not fit; and the property of all, a share of `npm run fuzz`. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { checkToken, generators } from "../../fuzz/tokens.ts";
import { type FormatName, KEY, OTHER_KEY, Tokens } from "../../support/token.ts";
import { ibanOffset, shape } from "../../support/token-promises.ts";
import { seed } from "../crypto/seeded.ts";

let tokens: Tokens;
beforeAll(async () => {
  tokens = await Tokens.load();
});

const formats = Object.keys(generators) as FormatName[];
const RUNS = 500;

test.each(formats)(`%s: tokens keep their promises and come back, seed ${seed}`, (format) => {
  let fitting = 0;
  fc.assert(
    fc.property(generators[format], (one) => {
      if (checkToken(tokens, one)) fitting++;
    }),
    { seed, numRuns: RUNS },
  );
  // A generator whose values do not fit would prove nothing.
  expect(fitting).toBeGreaterThan(RUNS / 5);
});

const samples: { [format in FormatName]: string } = {
  pan: "4111 1111 1111 1111",
  digits: "078-05-1120",
  alphanumeric: "Order-7Kd83b",
  email: "jane.doe+shop@example.co.uk",
  phone: "+49 (151) 2345-6789",
  iban: "DE89 3704 0044 0532 0130 00",
  date: "1987-06-05",
  uuid: "550e8400-e29b-41d4-a716-446655440000",
  name: "Mary-Jane O'Neil",
  opaque: "anything, 日本語 included",
};

test.each(formats)("%s: another key or label, another token; and neither comes back under the other", (format) => {
  const value = samples[format];
  const realms = [tokens.realm, tokens.realmOf(OTHER_KEY), tokens.realmOf(KEY, new Uint8Array(16))];
  const made = realms.map((realm) => tokens.tokenize({ format }, value, "string", realm)!);
  expect(new Set(made).size).toBe(3);
  for (const realm of realms.slice(1)) {
    const revealed = tokens.reveal({ format }, made[0]!, "string", realm);
    if (format === "opaque") expect(revealed).toBeUndefined();
    else expect(revealed).not.toBe(value);
  }
});

describe("email", () => {
  test("keeps the shape and the top-level domain", () => {
    const token = tokens.tokenize({ format: "email" }, "Jane.Doe+x1@Mail.example.co.uk")!;
    expect(token).toMatch(/^[A-Z][a-z]{3}\.[A-Z][a-z]{2}\+[a-z]\d@[A-Z][a-z]{3}\.[a-z]{7}\.[a-z]{2}\.uk$/);
  });

  test("the longest address of RFC 5321 has a token", () => {
    const value = `${"a".repeat(64)}@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(57)}.com`;
    const token = tokens.tokenize({ format: "email" }, value)!;
    expect(token).toHaveLength(254);
    expect(tokens.reveal({ format: "email" }, token)).toBe(value);
  });

  test.each([
    "nobody",
    "@example.com",
    "jane@localhost",
    "jane@[192.0.2.1]",
    "jane@192.0.2.1",
    "jane@example.",
    "jane@xn--bcher-kva.example",
    "jäne@example.com",
    "a@b.de",
    "jane doe <jane@example.com>",
  ])("%s does not fit", (value) => expect(tokens.tokenize({ format: "email" }, value)).toBeUndefined());
});

describe("phone", () => {
  test.each([
    ["+1 212 555 0123", /^\+1 212 [2-9]\d\d \d{4}$/],
    ["+1 212 155 0123", /^\+1 212 [01]\d\d \d{4}$/],
    ["(212) 555-0123", /^\(212\) [2-9]\d\d-\d{4}$/],
    ["1-212-555-0123", /^1-212-[2-9]\d\d-\d{4}$/],
    ["+49 151 23456789", /^\+49 151 \d{8}$/],
    ["0049 151 23456789", /^0049 151 \d{8}$/],
    ["0151 23456789", /^0151 \d{8}$/],
    ["+353 85 123 4567", /^\+353 85 1\d\d \d{4}$/],
    ["+7 912 345-67-89", /^\+7 912 \d{3}-\d\d-\d\d$/],
    ["+376 712 345", /^\+376 \d{3} \d{3}$/],
    ["5551234", /^5\d{6}$/],
  ])("%s", (value, wanted) => {
    const token = tokens.tokenize({ format: "phone" }, value)!;
    expect(token).toMatch(wanted);
    expect(tokens.reveal({ format: "phone" }, token)).toBe(value);
  });

  test("the same international number has one token, dialled with + or 00", () => {
    const [plus, zeros] = ["+4915123456789", "004915123456789"].map(
      (value) => tokens.tokenize({ format: "phone" }, value)!,
    );
    expect(zeros!.slice(2)).toBe(plus!.slice(1));
  });

  test.each([
    "112",
    "555123",
    "012345",
    "+0123456789",
    "+49 12345",
    "+4915123456789123",
    "+49 151 23456789 ext. 5",
    "49+15123456789",
    "++4915123456789",
    "",
  ])("%s does not fit", (value) => expect(tokens.tokenize({ format: "phone" }, value)).toBeUndefined());
});

describe("iban", () => {
  test("right check digits stay right, wrong ones are wrong by as much", () => {
    for (let check = 2; check <= 98; check++) {
      const value = `DE${String(check).padStart(2, "0")} 3704 0044 0532 0130 00`;
      const token = tokens.tokenize({ format: "iban" }, value)!;
      expect(ibanOffset(token)).toBe(ibanOffset(value));
      expect(tokens.reveal({ format: "iban" }, token)).toBe(value);
    }
  });

  test.each([
    "DE00370400440532013000",
    "DE01370400440532013000",
    "DE99370400440532013000",
    "1289370400440532013000",
    "DEA9370400440532013000",
    "DE8937040044",
    "DE89-3704-0044-0532-0130-00",
  ])("%s does not fit", (value) => expect(tokens.tokenize({ format: "iban" }, value)).toBeUndefined());
});

describe("date", () => {
  test.each([
    "2023-02-30",
    "2023-02-29",
    "2023-13-01",
    "2023-00-10",
    "2023-01-00",
    "0999-12-31",
    "13/13/2023",
    "2023/01/02",
    "1.2.2023",
    "23-01-02",
    "2023-01-02T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "1899-12-31T00:00:00Z",
    "2100-01-01T00:00:00Z",
    "2023-01-02T10:00Z",
    "2023-01-02T10:00:00+24:00",
    "2023-01-02T10:00:00.Z",
    "20230230",
    "2023-02-3０",
  ])("%s does not fit", (value) => expect(tokens.tokenize({ format: "date" }, value)).toBeUndefined());

  test.each(["1000-01-01", "9999-12-31", "2024-02-29", "1900-01-01T00:00:00Z", "2099-12-31T23:59:59.999+14:00"])(
    "%s, at an end",
    (value) => {
      const token = tokens.tokenize({ format: "date" }, value)!;
      expect(tokens.reveal({ format: "date" }, token)).toBe(value);
    },
  );

  test("one day has one token in every spelling that says its order", () => {
    const [dashed, plain, dotted] = ["1987-06-05", "19870605", "05.06.1987"].map(
      (value) => tokens.tokenize({ format: "date" }, value)!,
    );
    const [year, month, day] = dashed!.split("-");
    expect([plain, dotted]).toEqual([`${year}${month}${day}`, `${day}.${month}.${year}`]);
  });

  test("fraction and offset of a time stay", () => {
    expect(tokens.tokenize({ format: "date" }, "2023-02-28T10:11:12.345+02:00")!.slice(19)).toBe(".345+02:00");
  });
});

describe("uuid", () => {
  test("digits alone may get letters, and capitals keep one", () => {
    for (const value of [
      "11111111-1111-4111-8111-111111111111",
      "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA",
      "550e8400E29b41d4a716446655440000",
    ]) {
      const token = tokens.tokenize({ format: "uuid" }, value)!;
      expect(tokens.reveal({ format: "uuid" }, token)).toBe(value);
      expect(/[A-F]/.test(token)).toBe(/[A-F]/.test(value));
    }
  });

  test.each([
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "550e8400-e29b-41d4-a716-44665544000",
    "550e8400-e29b-41d4-a716-44665544000g",
    "550e8400e-29b-41d4-a716-446655440000",
    "{550e8400-e29b-41d4-a716-446655440000}",
  ])("%s does not fit", (value) => expect(tokens.tokenize({ format: "uuid" }, value)).toBeUndefined());
});

describe("name and alphanumeric", () => {
  test.each(["Ann", "René Dupont", "Smith3 Jones", "日本語の名前", "Smith, John"])(
    "the name %s does not fit",
    (value) => {
      expect(tokens.tokenize({ format: "name" }, value)).toBeUndefined();
    },
  );

  test("ends are kept, and everything printable between letters and digits", () => {
    const token = tokens.tokenize({ format: "alphanumeric", keepFirst: 3, keepLast: 2 }, "AB-12/cd_ef~34")!;
    expect(token).toMatch(/^AB-1\d\/[a-z]{2}_[a-z]{2}~34$/);
  });

  test.each(["a1b2", "abc\u00e9defgh", "tab\there-1234567"])("%s does not fit", (value) => {
    expect(tokens.tokenize({ format: "alphanumeric" }, value)).toBeUndefined();
  });

  test("up to the 512 characters of FF1, and 2^2048 values", () => {
    const spec = { format: "alphanumeric" } as const;
    for (const value of ["a".repeat(512), `1${"a".repeat(434)}`, "a1".repeat(125)]) {
      const token = tokens.tokenize(spec, value)!;
      expect(shape(token)).toBe(shape(value));
      expect(tokens.reveal(spec, token)).toBe(value);
    }
    expect(tokens.tokenize(spec, "a".repeat(513))).toBeUndefined();
    expect(tokens.tokenize(spec, `1${"a".repeat(440)}`)).toBeUndefined();
  });
});
