/**
 * Places in messages whose values become tokens on the way in and originals on the way back, and the policies that say so.
 */
import fc from "fast-check";
import { everywhere, selector } from "./selectors.ts";
import { descriptors } from "./types.ts";
import { some } from "./words.ts";

/** Where a rule acts; without a format it does what it always does, or passes what it selects. */
export interface Place {
  select: string[];
  detect?: string[];
  tokenize?: { format: string; [key: string]: unknown };
  always?: object | string;
}

/** The call that is answered in the type of its request. */
export const echoed = (text: string): string =>
  text.replace("Shop/Pay", "Shop/Echo").replace("Shop/Send", "Shop/Echoes");

const domain = some("one", "two");
const opaque = fc.record({ format: fc.constant("opaque"), domain }, { requiredKeys: ["format"] });
const formatted = fc.record(
  {
    format: some("pan", "digits", "alphanumeric", "email", "phone", "iban", "date", "uuid", "name"),
    // What is redacted does not come back.
    fallback: some("opaque", "opaque", "block"),
    domain,
  },
  { requiredKeys: ["format", "fallback"] },
);

const selectors = fc.array(selector.map(echoed), { minLength: 1, maxLength: 2 });
const named: fc.Arbitrary<Place> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ select: selectors, tokenize: fc.oneof(opaque, formatted) }) },
  fc.record({ select: selectors }),
);

/** Detectors find the tokens of these formats where they found the originals. */
const found = some<{ detect: string[]; tokenize: { format: string } }>(
  { detect: ["EMAIL_ADDRESS"], tokenize: { format: "email" } },
  { detect: ["CREDIT_CARD"], tokenize: { format: "pan", keepFirst: 6 } as never },
  { detect: ["IBAN_CODE"], tokenize: { format: "iban" } },
  { detect: ["UUID"], tokenize: { format: "uuid" } },
);
const finding: fc.Arbitrary<Place> = fc
  .tuple(
    fc.oneof(
      selectors,
      everywhere.map((one) => [one]),
    ),
    found,
  )
  .map(([select, { detect, tokenize }]) => ({ select, detect, tokenize: { ...tokenize, fallback: "block" } }));

const listOf = (place: fc.Arbitrary<Place>): fc.Arbitrary<Place[]> => fc.array(place, { minLength: 1, maxLength: 4 });
export const places = listOf(fc.oneof({ weight: 6, arbitrary: named }, { weight: 1, arbitrary: finding }));
/** Without detectors, and with rules in between that hide, on the way back as on the way in. */
export const namedPlaces = listOf(
  fc.oneof(
    { weight: 4, arbitrary: named },
    fc.record({
      select: selectors,
      always: some<object | string>("redact", "strip", { redact: { keepStructure: true } }, { mask: {} }),
    }),
  ),
);

/** When bodies leave. */
export const holds = some("64KiB", "64KiB", "0", "100B");

export const policyOf = (rules: object[], more: object = {}): object => ({
  name: "back",
  activation: { always: true },
  keys: { root: { env: "FROSTGLASS_KEY" } },
  unsupported: "pass",
  compressed: "decode",
  egress: { hosts: ["*.example"] },
  protobuf: { descriptors, unknown: "pass" },
  rules,
  ...more,
});

/** Requests lose the values; answers, and calls to other services, get them back. */
export const thereAndBack = (given: readonly Place[], hold = "64KiB", more: object = {}): object =>
  policyOf(
    given.flatMap(({ tokenize, ...place }, at): object[] =>
      tokenize === undefined
        ? [{ name: `r${at}`, on: ["request", "response", "egress-request"], ...place, action: "pass" }]
        : [
            { name: `r${at}`, ...place, action: { tokenize } },
            { name: `back${at}`, on: "response", ...place, action: { reveal: `r${at}` } },
          ],
    ),
    { limits: { hold }, ...more },
  );

/** The rule whose tokens `acting` turns back; it selects nothing that is sent. */
export const MADE = "made";
export const maker = (domain: string, select = "header:x-no-such-header"): object => ({
  name: MADE,
  select,
  action: { tokenize: { format: "opaque", domain } },
});

/** One action at all the places. */
export const acting = (given: readonly Place[], action: object, on: string, hold = "64KiB"): object =>
  policyOf(
    [
      ...given.map(({ select, tokenize, always = "pass" }, at) => ({
        name: `r${at}`,
        on,
        select,
        action: tokenize === undefined ? always : action,
      })),
      maker("one"),
    ],
    { limits: { hold } },
  );

/** Every selector of the policy. */
export const selectorsOf = (given: readonly Place[]): string[] => given.flatMap(({ select }) => select);
