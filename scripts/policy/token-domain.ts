// How many values a tokenize can make tokens of, as far as the policy says, and the fields for which it never suffices.
// SP 800-38G Rev. 1, section 5.2: fewer than 1,000,000 values can be tried out one by one, so none are permuted.
// Invariants: a fault is certain, since every length counts as the policy gives it (16 digits of a card number when it
// does not); without one, each value is still measured by the filter, and takes the fallback where it is too short.

import type { Tokenize } from "./policy.gen.ts";

export interface DomainFault {
  message: string;
  remedy: string;
}

const LEAST = 1_000_000;
const CARD_DIGITS = 16;
/** The most values that one character can take and keep its class: capital, small letter or digit. */
const RADIX = { pan: 10, digits: 10, alphanumeric: 26 } as const;

/** Formats that make tokens of values as short as these; the others have a form that these fields do not have. */
const short: ReadonlySet<string> = new Set(["pan", "digits", "alphanumeric", "date"]);

/** Names in small letters without separators; what stands in the field, and what to do instead. */
const classics: readonly { names: RegExp; what: string; remedy: string }[] = [
  {
    names: /^(card)?(cvc2?|cvv2?|csc|cvn|cid|cav2?|securitycode|verification(code|value)|pin|pinblock)$/,
    what: "a card's security code or PIN, three to six digits",
    remedy: 'use "strip", since it is never kept after authorization (PCI DSS 3.3.1), or "redact"',
  },
  {
    names: /^(card)?exp(iry|iration|ires)?(date|month|year|mm|yy|yyyy)?$/,
    what: "a card's expiry, a few hundred values",
    remedy: 'use "redact", or {"tokenize": {"format": "opaque"}} where the original must come back',
  },
  {
    names: /^(card)?last(4|four)(digits)?$/,
    what: "the last four digits, 10,000 values",
    remedy: 'use "mask" or "redact", or {"tokenize": {"format": "opaque"}} where the original must come back',
  },
];

/** What is wrong with a tokenize whose rule selects values under these names. */
export function domainFault(parameters: Tokenize, selectorNames: readonly string[]): DomainFault | undefined {
  return fieldFault(parameters, selectorNames) ?? sizeFault(parameters);
}

function fieldFault({ format }: Tokenize, names: readonly string[]): DomainFault | undefined {
  if (!short.has(format)) return undefined;
  for (const name of names) {
    const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
    const classic = classics.find(({ names }) => names.test(plain));
    if (classic) return { message: `${name} holds ${classic.what}: too few for a token`, remedy: classic.remedy };
  }
  return undefined;
}

function sizeFault({ format, keepFirst = 0, keepLast = 0, luhn, length }: Tokenize): DomainFault | undefined {
  if (format !== "pan" && format !== "digits" && format !== "alphanumeric") return undefined;
  const total = format === "pan" ? CARD_DIGITS : length;
  if (total === undefined) return undefined;
  const solved = format === "pan" && luhn !== "any" ? 1 : 0;
  const free = Math.max(total - keepFirst - keepLast - solved, 0);
  const values = RADIX[format] ** free;
  if (values >= LEAST) return undefined;
  const kept = solved ? "what is kept and the check digit" : "what is kept";
  const noun = free === 1 ? "character" : "characters";
  return {
    message: `beside ${kept}, ${free} of ${total} ${noun} change: ${values.toLocaleString("en")} values, fewer than 1,000,000`,
    remedy: 'keep less, or use "mask", "redact" or {"tokenize": {"format": "opaque"}}',
  };
}
