/**
 * The property of tokens: whatever the format, its parameters and the value, a token keeps what its format promises and
 * comes back byte for byte; and what can be revealed is the token of what it reveals, so that nothing is hit twice.
 */
import fc from "fast-check";
import { Tokens as Module, type Spec, type Tokens, type Type } from "../support/token.ts";
import { broken, withCheckDigit } from "../support/token-promises.ts";

export interface Case {
  spec: Spec;
  type: Type;
  value: string;
}

const text = (alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
const decimals = "0123456789";
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = (from: number, to: number): fc.Arbitrary<string> => text(decimals, from, to);
const ends = { keepFirst: fc.nat({ max: 8 }), keepLast: fc.nat({ max: 5 }) };
const luhn = fc.constantFrom("valid", "invalid", "any");

/** Separators strewn in between. */
const strewn = (value: fc.Arbitrary<string>, separators: string): fc.Arbitrary<string> =>
  fc
    .tuple(value, fc.array(fc.constantFrom("", "", "", ...separators), { minLength: 40, maxLength: 40 }))
    .map(([characters, between]) => [...characters].map((c, index) => `${c}${between[index % 40]}`).join(""));

const integers = fc.oneof(
  digits(1, 22).map((value) => String(BigInt(value))),
  fc.bigInt({ min: 10n ** 15n, max: 10n ** 16n - 1n }).map(String),
  fc
    .bigInt({ min: BigInt(Number.MAX_SAFE_INTEGER) - 10n ** 9n, max: BigInt(Number.MAX_SAFE_INTEGER) + 10n ** 9n })
    .map(String),
);

const pad = (value: number, width: number): string => String(value).padStart(width, "0");
const day = fc.tuple(
  fc.integer({ min: 950, max: 9999 }),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 31 }),
);
const dates = fc.tuple(day, fc.nat({ max: 4 })).map(([[y, m, d], form]) => {
  const [year, month, date] = [pad(y, 4), pad(m, 2), pad(d, 2)];
  return [
    `${year}-${month}-${date}`,
    `${year}${month}${date}`,
    `${date}.${month}.${year}`,
    `${month}/${date}/${year}`,
    `${date}/${month}/${year}`,
  ][form]!;
});
const times = fc
  .tuple(
    fc.tuple(fc.integer({ min: 1880, max: 2120 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 })),
    fc.tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }), fc.nat({ max: 60 })),
    fc.constantFrom("T", "t", " "),
    fc.constantFrom("", ".5", ".123456789"),
    fc.constantFrom("Z", "z", "", "+02:00", "-11:30"),
  )
  .map(([[y, m, d], time, separator, fraction, zone]) => {
    return `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}${separator}${time.map((part) => pad(part, 2)).join(":")}${fraction}${zone}`;
  });

const uuids = fc
  .tuple(
    text("0123456789abcdef", 32, 32),
    fc.constantFrom("1", "4", "7", "8"),
    fc.constantFrom(..."89ab"),
    fc.nat({ max: 3 }),
    fc.boolean(),
  )
  .map(([hex, version, variant, style, hyphens]) => {
    const plain = `${hex.slice(0, 12)}${version}${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
    const cased =
      style === 0
        ? plain.toUpperCase()
        : style === 1
          ? plain.replace(/[a-f](?=[0-9])/g, (c) => c.toUpperCase())
          : plain;
    return hyphens ? cased.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-") : cased;
  });

const ibans = strewn(
  fc.tuple(text(letters, 2, 2), digits(2, 2), text(decimals + letters, 11, 30)).map((parts) => parts.join("")),
  " ",
);

const emails = fc.oneof(
  fc.emailAddress(),
  fc
    .tuple(
      text(`${letters}${decimals}.+_-'`, 1, 64),
      text(`${letters}${decimals}-.`, 1, 60),
      fc.constantFrom("de", "com", "co.uk"),
    )
    .map(([local, domain, top]) => `${local}@${domain}.${top}`),
);

const make = (spec: fc.Arbitrary<Spec>, value: fc.Arbitrary<string>, type: Type = "string"): fc.Arbitrary<Case> =>
  fc.record({ spec, type: fc.constant(type), value });
const plain = (format: Spec["format"]): fc.Arbitrary<Spec> => fc.constant({ format });

const panSpec = fc.record({ format: fc.constant("pan" as const), luhn, ...ends }) as fc.Arbitrary<Spec>;
const digitsSpec = fc.record({ format: fc.constant("digits" as const), ...ends }) as fc.Arbitrary<Spec>;
const mixedSpec = fc.record({ format: fc.constant("alphanumeric" as const), ...ends }) as fc.Arbitrary<Spec>;
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");

/** One generator a format, of values that mostly fit it. */
export const generators: { [format in Spec["format"]]: fc.Arbitrary<Case> } = {
  pan: fc.oneof(
    make(panSpec, strewn(fc.oneof(digits(13, 19), digits(13, 19).map(withCheckDigit)), " -")),
    make(panSpec, integers, "number"),
  ),
  digits: fc.oneof(make(digitsSpec, strewn(digits(4, 60), " -./:#")), make(digitsSpec, integers, "number")),
  alphanumeric: make(mixedSpec, fc.oneof(text(printable, 8, 60), text(letters + decimals, 4, 300))),
  email: make(plain("email"), emails),
  phone: make(
    plain("phone"),
    fc
      .tuple(fc.constantFrom("", "", "+", "+1", "1", "0", "00"), strewn(digits(5, 15), " -()./"))
      .map((parts) => parts.join("")),
  ),
  iban: make(plain("iban"), ibans),
  date: make(plain("date"), fc.oneof(dates, times)),
  uuid: make(plain("uuid"), uuids),
  name: make(plain("name"), text(`${letters} -'.`, 1, 60)),
  opaque: make(plain("opaque"), fc.string({ unit: "binary", minLength: 1, maxLength: 80 })),
};

const anything: fc.Arbitrary<Case> = fc.record({
  spec: fc.oneof(...Object.values(generators).map((generator) => generator.map(({ spec }) => spec))),
  type: fc.constant("string" as const),
  value: fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    ...Object.values(generators).map((one) => one.map(({ value }) => value)),
  ),
});

export const cases: fc.Arbitrary<Case> = fc.oneof(...Object.values(generators), anything);

/** Throws what a case breaks; true when the value fits its format. */
export function checkToken(tokens: Tokens, { spec, type, value }: Case): boolean {
  const fail = (what: string, ...seen: (string | undefined)[]): never => {
    throw new Error(`${what}: ${JSON.stringify({ spec, type, value, seen })}`);
  };
  // Lone surrogates would be replaced on the way in.
  if (!value.isWellFormed()) return false;
  const token = tokens.tokenize(spec, value, type);
  if (token !== undefined) {
    if (tokens.tokenize(spec, value, type) !== token) fail("another token for the same value", token);
    const fault = broken(spec, type, value, token);
    if (fault !== undefined) fail(fault, token);
    const back = tokens.reveal(spec, token, type);
    if (back !== value) fail("does not come back", token, back);
  }
  const original = tokens.reveal(spec, value, type);
  if (original !== undefined && tokens.tokenize(spec, original, type) !== value)
    fail("reveals what has another token", original);
  return token !== undefined;
}

export interface Tally {
  passed: number;
  failed: number;
  /** Shrunk, each with the seed that shows it again. */
  failures: string[];
}

/** Runs so many cases; stops at the first failure, since a broken format fails everywhere. */
export async function fuzzTokens(count: number, seed: number): Promise<Tally> {
  const tokens = await Module.load();
  const property = fc.property(cases, (one) => void checkToken(tokens, one));
  const details = fc.check(property, { seed, numRuns: count });
  if (!details.failed) return { passed: count, failed: 0, failures: [] };
  return { passed: details.numRuns - 1, failed: 1, failures: [fc.defaultReportMessage(details)!] };
}
