// PCI DSS 4.0.1 traps, by the names that selectors end in. Names are a hint, not a proof: a warning says what to check.

import type { CompiledPolicy, ResolvedRule, ResolvedSelector } from "../index.ts";
import type { Check } from "./index.ts";

/** Requirement 3.3.1: sensitive authentication data. */
const authenticationData =
  /^(card)?(cvv2?|cvc2?|cvn|csc|cav2?|cid|securitycode|verificationcode|verificationvalue|pin|pinblock|track[12]?(data)?|magstripe)$/;
const cardNumber =
  /^(pan|(credit|debit|payment|primary)?card(number|num|no)|primaryaccountnumber|ccnumber|ccnum|accountnumber)$/;

/** The names on the way to what a selector selects, as far as it says them. */
function steps({ query, path, location, expression }: ResolvedSelector): string[] {
  if (query) return query.segments.map(({ selectors: [step] }) => (step?.kind === "name" ? step.name : ""));
  if (path === undefined) return [expression];
  // A message is named as what it is: shop.Card.
  const type = location === "proto" ? [path.scope.split(".").at(-1)!] : [];
  return [...type, ...path.steps.map((step) => (step.kind === "field" ? step.name : ""))];
}

/** The last two names of a selector, lower case, without separators: what stands there, and in what. */
function names(selector: ResolvedSelector): { last: string; both: string } {
  const [parent = "", last = ""] = ["", ...steps(selector)].slice(-2);
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replace(/^x-/, "")
      .replaceAll(/[^a-z0-9]/g, "");
  return { last: plain(last), both: plain(parent) + plain(last) };
}

const isCardNumber = (selector: ResolvedSelector) => {
  const { last, both } = names(selector);
  return cardNumber.test(last) || cardNumber.test(both);
};
const isAuthenticationData = (selector: ResolvedSelector) => authenticationData.test(names(selector).last);

function kept({ action }: ResolvedRule): [first: number, last: number] {
  if (action.kind === "tokenize") return [action.token.keepFirst, action.token.keepLast];
  return action.kind === "mask" || action.kind === "truncate" ? [action.keepFirst, action.keepLast] : [0, 0];
}
const keeps = (rule: ResolvedRule) => kept(rule)[0] + kept(rule)[1] > 0;

/** 3.5.1: a hashed and a truncated version of one PAN side by side give the PAN back to whoever tries the rest. */
export const hashAndTruncate: Check = ({ rules }) => {
  const hashed = rules.filter((rule) => rule.action.kind === "hash");
  return rules.filter(keeps).flatMap((rule) => {
    const other = hashed.find((candidate) => overlap(rule, candidate));
    if (!other) return [];
    return [
      {
        code: "pci-hash-and-truncate",
        rule,
        place: { path: [...rule.path, "action"] },
        message: `${rule.name} keeps parts of values that ${other.name} hashes, and the two can be correlated (PCI DSS 3.5.1)`,
        remedy: "use one of the two everywhere",
      },
    ];
  });
};

const overlap = (a: ResolvedRule, b: ResolvedRule) =>
  a.selectors.some((one) =>
    b.selectors.some((two) => names(one).last === names(two).last || (isCardNumber(one) && isCardNumber(two))),
  );

/** FAQ 1091: at most the first 6 (8 of 16 digits) and the last 4. */
export const truncationLimits: Check = ({ rules }) =>
  rules
    .filter((rule) => keeps(rule) && rule.selectors.some(isCardNumber))
    .flatMap((rule) => {
      const [first, last] = kept(rule);
      if (first <= 6 && last <= 4) return [];
      const message =
        first <= 8 && last <= 4
          ? `${rule.name} keeps the first ${first} digits, which only card numbers of 16 digits allow (PCI DSS 3.4.1, FAQ 1091)`
          : `${rule.name} keeps ${first} and ${last} digits of a card number, too many (PCI DSS 3.4.1, FAQ 1091)`;
      return [
        {
          code: "pci-truncation",
          rule,
          place: { path: [...rule.path, "action"] },
          message,
          remedy: "keep the first 6 and the last 4 at most",
        },
      ];
    });

const removing = new Set(["strip", "redact", "block"]);

/** 3.3.1: verification codes, PINs and track data are not kept in any form that derives from the original. */
export const sensitiveAuthenticationData: Check = (compiled) => [...derived(compiled), ...missing(compiled)];

const derived: Check = ({ rules }) =>
  rules
    .filter((rule) => !removing.has(rule.action.kind))
    .flatMap((rule) =>
      rule.selectors.filter(isAuthenticationData).map((selector) => ({
        code: "pci-authentication-data",
        rule,
        place: selector.place,
        message: `${rule.name} keeps something of sensitive authentication data (PCI DSS 3.3.1): ${rule.action.kind}`,
        remedy: 'use "strip" or "redact"',
      })),
    );

/** Where card numbers travel, verification codes usually do too. */
function missing({ rules, unmatched }: CompiledPolicy): ReturnType<Check> {
  if (unmatched !== "pass") return [];
  const requests = rules.filter((rule) => rule.directions.includes("request"));
  const card = requests.find((rule) => rule.action.kind !== "pass" && rule.selectors.some(isCardNumber));
  if (!card || requests.some((rule) => rule.selectors.some(isAuthenticationData))) return [];
  return [
    {
      code: "pci-authentication-data-missing",
      rule: card,
      place: { path: [...card.path, "name"] },
      message: `${card.name} selects card numbers, but no rule names a verification code (PCI DSS 3.3.1)`,
      remedy: 'add a rule such as {"name": "cvv", "select": ["json:$..cvv", "json:$..cvc"], "action": "strip"}',
    },
  ];
}
