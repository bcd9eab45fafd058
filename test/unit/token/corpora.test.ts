/** Values that others collected, through every format that they are meant for: what fits keeps its promises and comes back. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { checkToken } from "../../fuzz/tokens.ts";
import { corpora, corpus, titleOf } from "../../support/corpora.ts";
import { type FormatName, type Spec, Tokens } from "../../support/token.ts";

let tokens: Tokens;
beforeAll(async () => {
  tokens = await Tokens.load();
});

const read = (path: string): string => readFileSync(join(corpora, path), "utf8");
const lines = <Row>(path: string): Row[] =>
  read(path)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

/** How many of the values fit. */
const through = (spec: Spec, values: readonly string[]): number =>
  values.filter((value) => checkToken(tokens, { spec, type: "string", value })).length;

describe.skipIf(!corpus("pii/cards"))(titleOf("card numbers of payment services", "pii/cards"), () => {
  test.each<[string, Spec]>([
    ["valid", { format: "pan", keepFirst: 6 }],
    ["valid, last two kept", { format: "pan", keepFirst: 4, keepLast: 2 }],
    ["any", { format: "pan", keepFirst: 4, keepLast: 2, luhn: "any" }],
    ["invalid", { format: "pan", luhn: "invalid" }],
  ])("%s", (_, spec) => {
    const { cards } = JSON.parse(read("pii/cards/test_cards.json")) as { cards: { display: string; pan: string }[] };
    // Shorter numbers, and those of which too little changes, do not fit.
    const fitting = cards.filter(({ pan }) => pan.length >= 14);
    expect(
      through(
        spec,
        fitting.map(({ display }) => display),
      ),
    ).toBe(fitting.length);
    expect(
      through(
        spec,
        cards.map(({ pan }) => pan),
      ),
    ).toBeGreaterThanOrEqual(fitting.length);
  });
});

test.skipIf(!corpus("pii/iban"))(titleOf("account numbers of the registry, all countries", "pii/iban"), () => {
  const { registry } = JSON.parse(read("pii/iban/iban_examples.json")) as { registry: { example: string }[] };
  const examples = registry.map(({ example }) => example);
  expect(through({ format: "iban" }, examples)).toBe(examples.length);
  expect(
    through(
      { format: "iban" },
      examples.map((example) => example.replace(/.{4}/g, "$& ")),
    ),
  ).toBe(examples.length);
});

test.skipIf(!corpus("pii/phones"))(titleOf("telephone numbers of all regions, in every spelling", "pii/phones"), () => {
  interface Row {
    cc: string;
    national_significant: string;
    e164: string;
    international: string;
    national: string;
  }
  const rows = lines<Row>("pii/phones/libphonenumber_examples.jsonl");
  for (const spelling of ["e164", "international"] as const) {
    const fitting = rows.filter((row) => row.national_significant.length >= 6 && /^[\d +()./-]+$/.test(row[spelling]));
    expect(
      through(
        { format: "phone" },
        fitting.map((row) => row[spelling]),
      ),
    ).toBe(fitting.length);
    for (const row of fitting) {
      const token = tokens.tokenize({ format: "phone" }, row[spelling])!;
      expect(token.replace(/\D/g, "").startsWith(row.cc), row[spelling]).toBe(true);
    }
  }
  expect(
    through(
      { format: "phone" },
      rows.map(({ national }) => national),
    ),
  ).toBeGreaterThan(rows.length * 0.8);
});

test.skipIf(!corpus("pii/validatorjs"))(titleOf("cases of validator.js, valid and invalid", "pii/validatorjs"), () => {
  const formats: Record<string, FormatName> = {
    isCreditCard: "pan",
    isLuhnNumber: "digits",
    isEmail: "email",
    isMobilePhone: "phone",
    isIBAN: "iban",
    isDate: "date",
    isUUID: "uuid",
    isPassportNumber: "alphanumeric",
    isTaxID: "alphanumeric",
  };
  const rows = lines<{ validator: string; value: unknown }>("pii/validatorjs/cases.jsonl");
  for (const [name, format] of Object.entries(formats)) {
    const values = rows.flatMap(({ validator, value }) =>
      validator === name && typeof value === "string" ? [value] : [],
    );
    expect(through({ format }, values), name).toBeGreaterThan(0);
  }
});
