// Settings that are valid and let data through all the same.

import { isTaking } from "../action.ts";
import type { Check } from "./index.ts";

/** A body that nothing has read goes into the tunnel as it is. */
export const unsupportedPasses: Check = ({ policy }) =>
  policy.unsupported.request === "pass"
    ? [
        {
          code: "unsupported-pass",
          place: { path: ["unsupported"] },
          message: 'with "unsupported": "pass" bodies that cannot be read leave unchanged',
          remedy: 'use "block", or "empty" where the service can do without such bodies',
        },
      ]
    : [];

/** A field that no selector can name. */
export const unknownPasses: Check = ({ policy }) =>
  policy.protobuf?.unknown === "pass"
    ? [
        {
          code: "unknown-pass",
          place: { path: ["protobuf", "unknown"] },
          message: 'with "unknown": "pass" fields that the descriptor set does not know leave unchanged',
          remedy: 'use "strip", and write the descriptor set anew with each release of the service',
        },
      ]
    : [];

export const presenceIsNoProof: Check = ({ policy }) =>
  policy.activation.verify === "presence"
    ? [
        {
          code: "verify-presence",
          place: { path: ["activation", "verify"] },
          message: `whoever sends the header ${policy.activation.header} activates the filter and the route behind it`,
          remedy: "remove the header from outside traffic at the edge, or activate by clusters alone",
        },
      ]
    : [];

export const unmatchedPasses: Check = ({ policy }) =>
  policy.unmatched === "pass"
    ? [
        {
          code: "unmatched-pass",
          place: { path: ["unmatched"] },
          message: 'values that no rule names leave unchanged ("unmatched": "pass")',
          remedy: 'use "redact" and allow-list what the service needs with "pass" rules',
        },
      ]
    : [];

/** Actions that make one name of several. */
const levelling: ReadonlySet<string> = new Set(["redact", "mask", "generalize", "truncate"]);

/** Of members with equal names a parser keeps one, and most do not say so. */
export const equalNames: Check = ({ rules }) =>
  rules.flatMap((rule) => {
    const selector = rule.selectors.find(({ location }) => location === "json-key");
    if (selector === undefined || !levelling.has(rule.action.kind)) return [];
    return [
      {
        code: "equal-names",
        rule,
        place: selector.place,
        message: `${rule.name} can make several names of an object equal, of which a parser keeps one, and its value`,
        remedy: 'use "hash" or "tokenize", which keep names apart',
      },
    ];
  });

/** What is found in a text decides about the text: rules by name behind never see it. Those of presets stand last anyway. */
export const findsBeforeNames: Check = ({ rules, source }) => {
  const own = rules.filter((rule) => rule.source === source);
  return own.flatMap((rule, at) => {
    if (!rule.detect || !rule.selectors.every(({ location }) => location === "any")) return [];
    const later = own
      .slice(at + 1)
      .find(
        ({ detect, action, directions }) =>
          !detect && isTaking(action) && directions.some((direction) => rule.directions.includes(direction)),
      );
    if (later === undefined) return [];
    return [
      {
        code: "finds-before-names",
        rule,
        place: { path: [...rule.path, "select"] },
        message: `of a value in which ${rule.name} finds something the rest stays, also where ${later.name} behind it would take all`,
        remedy: "move it behind the rules that select by name",
      },
    ];
  });
};

const BITS_ENOUGH = 64;

/** Two values meet in one short hash sooner than expected, and a guess is confirmed by chance. */
export const shortHash: Check = ({ rules }) =>
  rules.flatMap((rule) => {
    const { action } = rule;
    if (action.kind !== "hash" || action.length === 0) return [];
    const bits = action.length * (action.encoding === "hex" ? 4 : 6);
    if (bits >= BITS_ENOUGH) return [];
    return [
      {
        code: "short-hash",
        rule,
        place: { path: [...rule.path, "action"] },
        message: `the hash of ${rule.name} keeps only ${bits} bits, so that different values can look the same`,
        remedy: `keep at least ${BITS_ENOUGH} bits: 16 characters of hex, 11 of base64url`,
      },
    ];
  });
