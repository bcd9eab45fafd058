// Texts of protobuf messages that are decoded: what is selected in each is a group of queries with a root of its own in the
// selector automaton, which begins at the text.
// Invariant: equal groups are one, so that the automaton grows with what the policy says and not with the descriptor set.

import type { Query } from "../jsonpath/ast.ts";
import type { ResolvedRule } from "../resolve.ts";
import { softText } from "../soft.ts";
import type { RuleQuery } from "../subset.ts";
import { ANY, type ProtoField, type ProtoMessage } from "./descriptors.ts";

/** Whether the field may hold a text that is decoded. What an Any holds is a message. */
export const holdsText = ({ kind, name }: ProtoField, message: ProtoMessage): boolean =>
  (kind === "string" || kind === "bytes") && !(message.name === ANY && name === "value");

/** Whether it is one that may begin as JSON without a decoder. A key of a map is a name. */
export const isSoftText = (field: ProtoField, message: ProtoMessage): boolean =>
  holdsText(field, message) && message.name !== ANY && !(message.isEntry && field.number === 1);

interface Inside {
  readonly rule: number;
  readonly query: Query | undefined;
}

const below: Query["segments"] = [{ descendant: true, selectors: [{ kind: "wildcard", at: 0 }] }];

export class Texts {
  readonly groups: RuleQuery[][] = [];
  readonly #numbers = new Map<string, number>();
  readonly #soft: (readonly RuleQuery[])[] = [];

  /**
   * `inside` selects in what the text spells, `soft` where it begins as JSON, and the rules of `finding` detect in all of it;
   * undefined where nothing selects.
   */
  groupOf(
    rules: readonly ResolvedRule[],
    inside: readonly Inside[],
    finding: readonly number[],
    soft: readonly RuleQuery[] | undefined,
  ): number | undefined {
    if (inside.length === 0 && soft === undefined) return undefined;
    const queries = [
      ...inside.flatMap(({ rule, query }) => queriesOf(rule, query!, rules[rule]!.detect !== undefined)),
      ...finding.map((rule): RuleQuery => {
        const names = rules[rule]!.selectors.some(({ location }) => location === "any");
        return { query: { segments: [] }, rule, detects: true, names };
      }),
    ];
    const key = `${this.#numberOf(soft)} ${JSON.stringify(queries)}`;
    const all = soft ? [...queries, softText(soft)] : queries;
    const known = this.#numbers.get(key) ?? this.groups.push(all) - 1;
    this.#numbers.set(key, known);
    return known;
  }

  /** A group may lead to itself, and is known by its number. */
  #numberOf(soft: readonly RuleQuery[] | undefined): number {
    if (soft === undefined) return -1;
    if (!this.#soft.includes(soft)) this.#soft.push(soft);
    return this.#soft.indexOf(soft);
  }
}

/** A rule that detects looks into every scalar in what it selects. */
const queriesOf = (rule: number, query: Query, detects: boolean): RuleQuery[] => {
  const all = detects ? [query, { segments: [...query.segments, ...below] }] : [query];
  return all.map((one) => ({ query: one, rule, detects }));
};
