/**
 * Random policies that mix everything: selectors of all locations, rules with and without `detect`, every action, presets and
 * a file in `extends` in any order, all settings. Most compile; those that do not have a diagnostic.
 */
import fc from "fast-check";
import { everywhere, selector } from "./selectors.ts";
import { descriptors } from "./types.ts";
import { some } from "./words.ts";

const keep = fc.nat({ max: 5 });

const generalize = some<object>(
  { date: "year" },
  { date: { to: "year", age: 90 } },
  { zip: 3 },
  { age: 90 },
  { ip: { v4: 24, v6: 48 } },
  { number: 100 },
  { geo: 1 },
);

const tokenize = fc.oneof(
  { weight: 3, arbitrary: fc.record({ format: fc.constant("opaque") }) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        format: some("pan", "digits", "alphanumeric", "email", "phone", "iban", "date", "uuid", "name"),
        fallback: some("redact", "opaque", "block"),
        domain: some("one", "two"),
      },
      { requiredKeys: ["format"] },
    ),
  },
  fc.record({ format: fc.constant("pan"), keepFirst: some(0, 6), luhn: some("valid", "invalid", "any") }),
);

/** What may stand on a find as well as on a value. */
const acting: fc.Arbitrary<object | string> = fc.oneof(
  { weight: 4, arbitrary: some<object | string>("redact", { redact: {} }) },
  {
    weight: 2,
    arbitrary: some<object>({ redact: { with: "gone" } }, { redact: { with: 0 } }, { redact: { with: null } }),
  },
  { weight: 2, arbitrary: fc.constant("pass") },
  {
    weight: 3,
    arbitrary: fc
      .record({ keepFirst: keep, keepLast: keep, char: some("*", "x", "•"), skip: some("", " -", "@") })
      .map((mask) => ({ mask })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ length: some(8, 16, 43), encoding: some("hex", "base64url") }).map((hash) => ({ hash })),
  },
  {
    weight: 1,
    arbitrary: some<object>(
      { truncate: 3 },
      { truncate: { keepLast: 2 } },
      { truncate: { keepFirst: 1, keepLast: 1 } },
    ),
  },
  { weight: 1, arbitrary: generalize.map((one) => ({ generalize: one })) },
  { weight: 4, arbitrary: tokenize.map((one) => ({ tokenize: one })) },
);
const action = fc.oneof(
  { weight: 8, arbitrary: acting },
  { weight: 2, arbitrary: fc.constant<object | string>("strip") },
  {
    weight: 2,
    arbitrary: some<object>({ redact: { keepStructure: true } }, { redact: { keepStructure: true, with: "x" } }),
  },
  { weight: 1, arbitrary: some("block", "strip") },
);

const directions = fc.oneof(
  { weight: 6, arbitrary: fc.constant("request") },
  some<string | string[]>("response", ["request", "response"], ["response", "egress-request"], "egress-response"),
);

const detects = fc.record(
  {
    detect: some(
      ["EMAIL_ADDRESS"],
      ["CREDIT_CARD"],
      ["EMAIL_ADDRESS", "CREDIT_CARD"],
      ["TICKET"],
      ["TICKET", "EMAIL_ADDRESS"],
    ),
    whole: fc.boolean(),
    threshold: some(0, 0.5, 0.95),
    context: some(["card"], ["mail", "ticket"]),
    except: some(["*@example.net"], ["4111*", "x"]),
  },
  { requiredKeys: ["detect"] },
);

interface Rule {
  select: string | string[];
  action: object | string;
  [key: string]: unknown;
}

const selectors = fc.array(selector, { minLength: 1, maxLength: 3 });
const named: fc.Arbitrary<Rule> = fc
  .record({ select: selectors, action, on: directions }, { requiredKeys: ["select", "action"] })
  .map((one) => ({ ...one, action: fitting(one.action, one.select) }));

const places = fc.oneof(selectors, everywhere, fc.tuple(everywhere, selector));
const finding: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.record(
      { select: places, action: fc.oneof({ weight: 5, arbitrary: acting }, some("strip", "block")), on: directions },
      { requiredKeys: ["select", "action"] },
    ),
    detects,
  )
  .map(([one, { whole, ...detect }]) => {
    const mayBeWhole = !/any:|text:/.test(String(one.select));
    return {
      ...one,
      ...detect,
      action: fitting(one.action, list(one.select)),
      ...(mayBeWhole && whole !== undefined && { whole }),
    };
  });

const list = (given: string | readonly string[]): readonly string[] => (typeof given === "string" ? [given] : given);

/** Most rules do what their selectors can bear; a few are left to the diagnostics. */
function fitting(given: object | string, select: readonly string[]): object | string {
  const has = (part: RegExp) => select.some((one) => part.test(one));
  const isStrip = given === "strip" && has(/^(?:json-key|path):/);
  const isForeign = JSON.stringify(given).includes("•") && has(/^(?:header|cookie):/);
  // Arguments of GraphQL as a whole have no place for a word.
  const isWord = /"with"/.test(JSON.stringify(given)) && has(/graphql:/);
  return isStrip || isForeign || isWord ? "redact" : given;
}

const rule = fc.oneof({ weight: 3, arbitrary: named }, { weight: 2, arbitrary: finding });

const ruleset = (prefix: string, most: number) =>
  fc
    .array(rule, { maxLength: most, size: "max" })
    .map((rules) => rules.map((one, at) => ({ name: `${prefix}${at}`, ...one })));

/** Rules that turn tokens back, of those that make some. */
function reveals(rules: readonly ({ name: string } & Rule)[]): object[] {
  return rules
    .filter(({ action: one }) => typeof one === "object" && "tokenize" in one)
    .map(({ name, action: _, on: __, ...rest }) => ({
      ...rest,
      name: `back-${name}`,
      on: ["response", "egress-request"],
      action: { reveal: name },
    }));
}

export const presets: string[] = ["pci-dss", "hipaa-safe-harbor", "gdpr", "secrets"];
const few: fc.Arbitrary<string[]> = some(0, 0, 1).map((count) => ["./base.json"].slice(0, count));
const many: fc.Arbitrary<string[]> = fc.shuffledSubarray([...presets, "./base.json"], { minLength: 1 });

const own = { name: "TICKET", pattern: "TCK-[0-9]{6}", score: 0.9 };

const unsupported = some("block", "empty", "pass");

const settings = fc.record(
  {
    unmatched: some("pass", "pass", "redact", "strip", "block"),
    unsupported: fc.oneof(
      unsupported,
      fc.record({ request: unsupported, response: unsupported }, { requiredKeys: [] }),
    ),
    compressed: some("decode", "decode", "block"),
    limits: fc.record(
      { hold: some("64KiB", "0", "100B"), value: some("16KiB", "64B"), depth: some(128, 6) },
      { requiredKeys: [] },
    ),
    egress: some<object>({ hosts: ["*.example"] }, { clusters: ["out"], otherwise: "keep" }),
  },
  { requiredKeys: [] },
);

export interface MixedPolicy {
  policy: object;
  /** What `./base.json` holds. */
  base: object;
  role: "edge" | "egress";
}

const extending = (bases: fc.Arbitrary<string[]>): fc.Arbitrary<MixedPolicy> =>
  fc
    .record({
      rules: ruleset("r", 6),
      below: ruleset("b", 3),
      hasReveals: fc.boolean(),
      bases,
      settings,
      baseSettings: settings,
      unknown: some("strip", "block", "pass"),
      role: fc.oneof({ weight: 5, arbitrary: fc.constant("edge" as const) }, fc.constant("egress" as const)),
    })
    .map(({ rules, below, hasReveals, bases: named, settings: given, baseSettings, unknown, role }) => ({
      role,
      base: { name: "base", rules: below, ...baseSettings },
      policy: {
        name: "mixed",
        activation: { always: true },
        keys: { root: { env: "FROSTGLASS_KEY" } },
        ...(named.length > 0 && { extends: named }),
        ...given,
        protobuf: { descriptors, unknown },
        detectors: [own],
        rules: [...rules, ...(hasReveals ? reveals(rules) : [])],
      },
    }));

export const policies: fc.Arbitrary<MixedPolicy> = extending(few);

/** Policies on presets, which take seconds to compile. */
export const onPresets: fc.Arbitrary<MixedPolicy> = extending(many);
