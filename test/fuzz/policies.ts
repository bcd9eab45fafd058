/** Random policies: selectors that can be streamed over the names of `documents.ts`, every action, every `unmatched`. */
import fc from "fast-check";
import type { Action, OraclePolicy, Rule } from "../support/oracle.ts";
import { names } from "./documents.ts";

const quoted = fc.constantFrom(...names).map((name) => `'${name}'`);
const index = fc.nat({ max: 3 }).map(String);
const slice = fc
  .tuple(fc.option(fc.nat({ max: 3 })), fc.option(fc.nat({ max: 5 })), fc.option(fc.nat({ max: 3 })))
  .map(([start, end, step]) => `${start ?? ""}:${end ?? ""}${step === null ? "" : `:${step}`}`);
const selector = fc.oneof(
  { weight: 5, arbitrary: quoted },
  { weight: 2, arbitrary: fc.constant("*") },
  { weight: 2, arbitrary: index },
  { weight: 1, arbitrary: slice },
);
const bracketed = fc.array(selector, { minLength: 1, maxLength: 3 }).map((selectors) => `[${selectors.join(",")}]`);
const dotted = fc.constantFrom(".a", ".b", ".c", ".card", ".cvc", ".é", ".*");
const segment = fc.oneof(
  { weight: 4, arbitrary: dotted },
  { weight: 3, arbitrary: bracketed },
  {
    weight: 1,
    arbitrary: fc.oneof(
      dotted.map((name) => `.${name}`),
      bracketed.map((inside) => `..${inside}`),
    ),
  },
);
const query = fc.array(segment, { maxLength: 4, size: "max" }).map((segments) => `$${segments.join("")}`);

const keep = fc.nat({ max: 5 });
const some = <const T>(...values: T[]) => fc.constantFrom(...values);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Action>({ kind: "strip" }) },
  { weight: 3, arbitrary: fc.constant<Action>({ kind: "redact" }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("redact" as const), with: some<unknown>("x\ny", 1.5, null, [1], {}) }),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      { kind: fc.constant("redact" as const), keepStructure: fc.boolean(), with: some<unknown>("x\ny", 0, [1], {}) },
      { requiredKeys: ["kind", "keepStructure"] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("mask" as const),
      keepFirst: keep,
      keepLast: keep,
      char: some("*", "é", "😀"),
      skip: some("", "- ", "@é\\"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("hash" as const),
      length: some(43, 1, 12),
      encoding: some("hex", "base64url"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ kind: fc.constant("truncate" as const), keepFirst: keep, keepLast: keep })
      .filter(({ keepFirst, keepLast }) => keepFirst + keepLast > 0),
  },
  { weight: 3, arbitrary: fc.constant<Action>({ kind: "pass" }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: "block" }) },
);

const rule: fc.Arbitrary<Rule> = fc.record({ select: fc.array(query, { minLength: 1, maxLength: 2 }), action });

export const policies: fc.Arbitrary<OraclePolicy> = fc.record({
  rules: fc.array(rule, { maxLength: 4, size: "max" }),
  unmatched: fc.oneof(
    { weight: 3, arbitrary: fc.constant("pass" as const) },
    some("redact" as const, "strip", "block"),
  ),
  // Above any name and separator that documents have, so that only values exceed it.
  value: some(16384, 16384, 64),
});

/** The same policy as its author would write it. */
export function written({ rules, unmatched, value }: OraclePolicy): object {
  return {
    limits: { value },
    unmatched,
    rules: rules.map(({ select, action: { kind, ...parameters } }, place) => ({
      name: `r${place}`,
      select: select.map((expression) => `json:${expression}`),
      action: Object.keys(parameters).length === 0 ? kind : { [kind]: parameters },
    })),
  };
}
