// The automaton against an independent JSONPath package, and its size.

import fc from "fast-check";
import { jsonpath } from "json-p3";
import { describe, expect, test } from "vitest";
import { matches } from "../../../scripts/policy/automaton.ts";
import { parseJsonPath } from "../../../scripts/policy/jsonpath/parser.ts";
import { buildAutomaton } from "../../../scripts/policy/subset.ts";
import { automatonOf } from "./support.ts";

const name = fc.constantFrom("a", "b", "c", "", "é", "na me");
const bound = fc.option(fc.nat(6), { nil: undefined });
const selector = fc.oneof(
  name.map((text) => JSON.stringify(text)),
  fc.constant("*"),
  fc.nat(6).map(String),
  fc
    .tuple(bound, bound, fc.option(fc.nat(4), { nil: undefined }))
    .map(([start, end, step]) => `${start ?? ""}:${end ?? ""}${step === undefined ? "" : `:${step}`}`),
);
const segment = fc
  .tuple(fc.constantFrom("", "", ".."), fc.array(selector, { minLength: 1, maxLength: 3 }))
  .map(([descendant, selectors]) => `${descendant}[${selectors.join()}]`);
const query = fc.array(segment, { maxLength: 4 }).map((segments) => `$${segments.join("")}`);
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, 1, "x"),
    fc.array(tie("document"), { maxLength: 8 }),
    fc.dictionary(name, tie("document"), { maxKeys: 4 }),
  ),
}));

test("the first rule that selects a node, for random rules and documents", () => {
  fc.assert(
    fc.property(fc.array(query, { minLength: 1, maxLength: 6 }), document, (queries, value) => {
      const expected = new Map<string, number>();
      queries.forEach((text, rule) => {
        for (const node of jsonpath.query(text, value as never).nodes) {
          const path = JSON.stringify(node.location);
          if (!expected.has(path)) expected.set(path, rule);
        }
      });
      const found = [...matches(automatonOf(...queries), 0, value)].map(
        ({ path, rule }) => [JSON.stringify(path), rule] as const,
      );
      expect(found.toSorted()).toEqual([...expected].toSorted());
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 3000) },
  );
});

describe("size", () => {
  const states = (...selectors: string[]) => automatonOf(...selectors).states.length;

  test("equal futures are one state", () => {
    expect(states("$.a.x", "$.b.x")).toBe(6);
    expect(states("$['a','b'].x")).toBe(4);
    expect(states("$..a", "$..a.b")).toBe(4);
  });

  test("a thousand names of one rule are a handful of states, and one class", () => {
    const names = Array.from({ length: 1000 }, (_, index) => JSON.stringify(`n${index}`));
    for (const selectors of [[`$..[${names}]`], names.map((name) => `$..[${name}]`)]) {
      const automaton = buildAutomaton([selectors.map((text) => ({ query: parseJsonPath(text), rule: 0 }))]);
      expect(automaton.states).toHaveLength(3);
      expect(automaton.classes.size).toBe(1000);
      expect(new Set(automaton.classes.values())).toEqual(new Set([0]));
      expect(automaton.states.map((state) => state.names.size)).toEqual([0, 1, 1]);
    }
  });

  test("names are told apart by what they lead to, the earlier rule counting; a name that leads nowhere has no class", () => {
    const { classes } = automatonOf("$..['a','b','c']", "$.x['c','d']", "$..['e']", "$..['f'][5:2]");
    expect([..."abcdex"].map((name) => classes.get(name))).toEqual([0, 0, 0, 1, 3, 2]);
    expect(classes.has("f")).toBe(false);
  });

  test("steps that agree with wider ones vanish", () => {
    const [, root] = automatonOf("$[*,::3]").states;
    expect(root?.ranges).toEqual([{ from: 0, targets: [2] }]);
  });

  test("a selector that selects nothing is dead", () => {
    expect(automatonOf("$[5:2]", "$[0:9:0]").roots).toEqual([0]);
  });

  test("indexes beyond the element counter are out of reach", () => {
    expect(automatonOf("$[4294967296]").roots).toEqual([0]);
    expect(automatonOf("$[4294967295]").states[1]?.ranges).toHaveLength(2);
  });

  test("too many states are refused", () => {
    expect(() => states(`$..a${".*".repeat(20)}`)).toThrow("65535 states");
  });

  test("too long a common period is refused", () => {
    expect(() => states("$[::97].a", "$[::89].b")).toThrow("8633 elements");
    expect(states("$[0:50:97].a", "$[0:50:89].b")).toBeGreaterThan(1);
  });
});
