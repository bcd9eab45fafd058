/**
 * validator.js as the outside judge: of 10,000 valid values each token is valid, and a bug about a bad value still shows,
 * for its token is as bad.
 */
import fc from "fast-check";
import validator from "validator";
import { beforeAll, expect, test } from "vitest";
import { type Spec, Tokens } from "../../support/token.ts";
import { ibanOffset, withCheckDigit } from "../../support/token-promises.ts";
import { seed } from "../crypto/seeded.ts";

const COUNT = 10_000;

let tokens: Tokens;
beforeAll(async () => {
  tokens = await Tokens.load();
});

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });
const capitals = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"), minLength: length, maxLength: length });
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(""));
const is = fc.constantFrom;
const text = (alphabet: string, minLength: number) => fc.string({ unit: is(...alphabet), minLength, maxLength: 40 });

const cards = fc.oneof(
  joined(is("4"), digits(15)).map(withCheckDigit),
  joined(is("51", "52", "53", "54", "55"), digits(14)).map(withCheckDigit),
  joined(is("34", "37"), digits(13)).map(withCheckDigit),
  joined(is("6011"), digits(12)).map(withCheckDigit),
);

const accounts = fc
  .oneof(
    joined(is("DE"), digits(18)),
    joined(is("GB"), capitals(4), digits(14)),
    joined(is("NL"), capitals(4), digits(10)),
    joined(is("NO"), digits(11)),
    joined(
      is("FR"),
      digits(10),
      text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 11).map((t) => t.slice(0, 11)),
      digits(2),
    ),
    joined(
      is("MT"),
      capitals(4),
      digits(5),
      text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 18).map((t) => t.slice(0, 18)),
    ),
  )
  .map((bare) => {
    const offset = ibanOffset(`${bare.slice(0, 2)}50${bare.slice(2)}`);
    const check = ((50 - offset - 2 + 97 * 2) % 97) + 2;
    return `${bare.slice(0, 2)}${String(check).padStart(2, "0")}${bare.slice(2)}`;
  });

const mobiles: [validator.MobilePhoneLocale, fc.Arbitrary<string>][] = [
  ["de-DE", joined(is("+49", "0"), is("151", "160", "170", "175"), digits(8))],
  ["en-US", joined(is("+1", "1", ""), is("212", "415", "907"), is("2", "5", "9"), digits(6))],
  ["en-GB", joined(is("+447", "07"), is("4", "7", "9"), digits(8))],
  ["fr-FR", joined(is("+33", "0"), is("6", "7"), digits(8))],
  ["es-ES", joined(is("+34", ""), is("6", "7"), digits(8))],
  ["it-IT", joined(is("+39", ""), is("347", "333"), digits(7))],
  ["zh-CN", joined(is("+86"), is("138", "159", "186"), digits(8))],
];

const days = fc.date({ min: new Date("1000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
const times = fc.date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });

const judged: [name: string, spec: Spec, values: fc.Arbitrary<string>, isValid: (value: string) => boolean][] = [
  ["card numbers", { format: "pan", keepFirst: 6 }, cards, (value) => validator.isCreditCard(value)],
  [
    "card numbers, last two kept",
    { format: "pan", keepFirst: 6, keepLast: 2 },
    cards,
    (value) => validator.isCreditCard(value),
  ],
  ["digits", { format: "digits" }, digits(12), (value) => validator.isNumeric(value, { no_symbols: true })],
  [
    "alphanumeric",
    { format: "alphanumeric" },
    text("abcdefABCDEF0123456789", 7),
    (value) => validator.isAlphanumeric(value),
  ],
  [
    "addresses",
    { format: "email" },
    joined(
      text("abcdefgh0123456789", 5),
      is(".x", "+tag", "_y", ""),
      is("@"),
      text("abcxyz123", 4),
      is(".com", ".co.uk", ".info"),
    ),
    (value) => validator.isEmail(value),
  ],
  ["addresses of every form", { format: "email" }, fc.emailAddress(), (value) => validator.isEmail(value)],
  ...mobiles.map(([locale, values]): (typeof judged)[number] => [
    `mobile numbers, ${locale}`,
    { format: "phone" },
    values,
    (value) => validator.isMobilePhone(value, locale),
  ]),
  ["account numbers", { format: "iban" }, accounts, (value) => validator.isIBAN(value)],
  [
    "days",
    { format: "date" },
    days.map((day) => day.toISOString().slice(0, 10)),
    (value) => validator.isISO8601(value, { strict: true, strictSeparator: true }),
  ],
  [
    "days between slashes",
    { format: "date" },
    days.map((day) => day.toISOString().replace(/^(....)-(..)-(..).*/, "$2/$3/$1")),
    (value) => validator.isDate(value, { format: "MM/DD/YYYY", strictMode: true }),
  ],
  ["times", { format: "date" }, times.map((time) => time.toISOString()), (value) => validator.isRFC3339(value)],
  ["UUIDs", { format: "uuid" }, fc.uuid(), (value) => validator.isUUID(value, "all")],
  ["names", { format: "name" }, text("abcdefghABCDEFGH", 5), (value) => validator.isAlpha(value, "en-US")],
];

test.each(judged)(`tokens of valid ${"%s"} are valid, seed ${seed}`, (_, spec, values, isValid) => {
  const valid = fc.sample(values, { numRuns: COUNT, seed }).filter((value) => isValid(value));
  // The judge agrees with nearly all that the generator makes.
  expect(valid.length).toBeGreaterThan(COUNT * 0.8);
  let made = 0;
  for (const value of valid) {
    const token = tokens.tokenize(spec, value);
    if (token === undefined) continue;
    made++;
    if (!isValid(token)) expect.fail(`${token}, the token of ${value}, is not valid`);
  }
  expect(made).toBeGreaterThan(valid.length * 0.7);
});

const mistyped = (values: fc.Arbitrary<string>, at: number) =>
  fc.tuple(values, fc.integer({ min: 1, max: 9 })).map(([value, step]) => {
    const place = at < 0 ? value.length + at : at;
    return `${value.slice(0, place)}${(Number(value[place]) + step) % 10}${value.slice(place + 1)}`;
  });

test.each<[string, Spec, fc.Arbitrary<string>, (value: string) => boolean]>([
  ["card numbers", { format: "pan", keepFirst: 6 }, mistyped(cards, -1), (value) => validator.isLuhnNumber(value)],
  ["account numbers", { format: "iban" }, mistyped(accounts, 3), (value) => validator.isIBAN(value)],
])("tokens of mistyped %s are invalid", (_, spec, values, isValid) => {
  let made = 0;
  for (const value of fc.sample(values, { numRuns: COUNT, seed })) {
    const token = tokens.tokenize(spec, value);
    if (token === undefined) continue;
    made++;
    if (isValid(token) !== isValid(value)) expect.fail(`${token} is the token of ${value}`);
  }
  expect(made).toBeGreaterThan(COUNT * 0.8);
});

test("no token made to be invalid can be a card", () => {
  for (const value of fc.sample(cards, { numRuns: COUNT, seed })) {
    const token = tokens.tokenize({ format: "pan", keepFirst: 6, luhn: "invalid" }, value)!;
    if (validator.isLuhnNumber(token)) expect.fail(`${token} passes`);
  }
});
