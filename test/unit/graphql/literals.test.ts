// Literals of generated documents under policies with every kind of action: what leaves is byte for byte what the oracle
// says, whatever stands between two tokens and wherever the request is cut, and `graphql` parses it.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import type { Action, OraclePolicy } from "../../support/oracle.ts";
import { documents } from "./documents.ts";
import { isQuery, QueryOracle } from "./oracle.ts";

const SEED = 20261125;

const redact: Action = { kind: "redact" };
const strip: Action = { kind: "strip" };
const pass: Action = { kind: "pass" };
const mask: Action = { kind: "mask", keepFirst: 0, keepLast: 2, char: "•", skip: " " };
const rule = (select: string, action: Action) => ({ select: [select], action });

const policies: Record<string, Partial<OraclePolicy>> = {
  "a place below its names": { rules: [rule("$..card.number", redact)] },
  "masks and what goes": { rules: [rule("$..number", mask), rule("$..id", strip)] },
  "items of lists": { rules: [rule("$..list[0]", redact), rule("$..note[*]", mask)] },
  "defaults and directives": {
    rules: [rule("$.variables.*", { kind: "redact", with: "–gone–" }), rule("$..['@on'].*", strip)],
  },
  "whole values": { rules: [rule("$..card", { kind: "redact", with: null }), rule("$..list", strip)] },
  "numbers in the place of all": { rules: [rule("$..*[*]", { kind: "redact", with: 7 })] },
  "nothing in the place of texts": { rules: [rule("$..*[*]", { kind: "redact", with: "" })] },
  "what is left of texts": { rules: [rule("$..*", { kind: "truncate", keepFirst: 1, keepLast: 1 })] },
  "hashes from the root": { rules: [rule("$.card..*", { kind: "hash", length: 8, encoding: "hex" })] },
  "what is not allowed": { rules: [rule("$..note", pass)], unmatched: "redact" },
  "what is not allowed goes": { rules: [rule("$..note", pass), rule("$..id.*", pass)], unmatched: "strip" },
  "edits beside what goes": {
    rules: [rule("$..list[1]", strip), rule("$..number", redact), rule("$..note[0]", strip)],
  },
  "what is forbidden": { rules: [rule("$..card.id", { kind: "block" }), rule("$..list.*", strip)] },
};

/** The action as a policy has it. */
function written({ kind, ...options }: Action): unknown {
  if (kind === "pass" || kind === "block" || kind === "strip") return kind;
  return kind === "redact" && !("with" in options) ? kind : { [kind]: options };
}

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

describe("what leaves is what the policy says:", () => {
  test.each(Object.entries(policies))("%s", (_, { rules = [], unmatched = "pass" }) => {
    const oracle = new QueryOracle({ rules, unmatched, value: 16_384 });
    const own = rules.map(({ select, action }, index) => ({
      name: `r${index}`,
      select: select.map((path) => `json:$.query|graphql:${path}`),
      action: written(action),
    }));
    // What is around the query is no part of the question.
    const envelope = { name: "id", select: "json:$.id", action: "pass" };
    engine.use(binaryOf({ unmatched, rules: [...own, envelope] }));
    fc.assert(
      fc.property(documents, fc.nat(), (query, cut) => {
        expect(isQuery(query)).toBe(true);
        const expected = oracle.expect(query);
        const bytes = Buffer.from(JSON.stringify({ id: "x", query }));
        const at = cut % bytes.length;
        const { error, output } = engine.rewrite(
          [bytes.subarray(0, at), bytes.subarray(at)].filter(({ length }) => length > 0),
        );
        if ("error" in expected) {
          expect(error).toBe(expected.error);
          return;
        }
        expect(error).toBeUndefined();
        const { query: result } = JSON.parse(Buffer.from(output).toString()) as { query: string };
        expect(result).toBe(expected.text);
        expect(isQuery(result)).toBe(true);
      }),
      { numRuns: 300, seed: SEED },
    );
  });
});
