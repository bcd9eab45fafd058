// The leak proof of literals in GraphQL documents: an honest result has no finding, whatever the policy and the document;
// what is planted in one, or taken from it, is found.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documents } from "../graphql/documents.ts";
import { Bench, request, textOf, withBody } from "./support.ts";

const mutation = `mutation Pay($tip: Int = 4111, $n: Name) { # of Jane Roe
  pay(card: {number: "4111111111111111", brand: VISA, holder: $n}, amounts: [1999, 2001, 2003]) { id, note(text: """left""") }
}`;
const bench = new Bench({
  rules: [
    { name: "pan", select: "graphql:arguments.card.number", action: { mask: { keepLast: 4 } } },
    { name: "tip", select: "graphql:arguments.variables.tip", action: "strip" },
    { name: "amounts", select: "graphql:arguments.amounts", action: "redact" },
  ],
});
const recording = request(JSON.stringify({ query: mutation }));

describe("a mutation", () => {
  test("an honest result has no finding", async () => {
    const run = await bench.run(recording);
    expect(run.result.outcome).toBe("forwarded");
    const { query } = JSON.parse(textOf(run.result.request?.body)) as { query: string };
    expect(query).toContain('number: "************1111", brand: VISA, holder: $n}, amounts: [, , ]');
    expect(bench.findings(run)).toEqual([]);
  });

  test("the original is found", async () => {
    const found = bench.findings(
      await bench.run(recording),
      withBody(() => textOf(recording.request.body)),
    );
    expect(found.map(({ kind }) => kind)).toContain("leak");
  });

  test.each([
    ["a literal that no rule selects", "left", "Left"],
    ["a variable", "holder: $n", "holder: $tip"],
    ["the name of an enumeration", "VISA", "AMEX"],
    ["a field", " id,", " it,"],
    ["an argument that is gone", 'note(text: \\"\\"\\"left\\"\\"\\")', "note"],
    ["an argument more", "{ id", "{ id(a: 1)"],
    ["a default", "$n: Name", "$n: Name = 1"],
    ["no GraphQL", "mutation", "mutation {"],
  ])("%s is found", async (_, from, to) => {
    const run = await bench.run(recording);
    const body = textOf(run.result.request?.body);
    expect(body).toContain(from);
    const found = bench.findings(
      run,
      withBody(() => body.replace(from, to)),
    );
    expect(found.map(({ kind }) => kind)).toContain("changed");
  });

  test("a query in which nothing was to change keeps its spelling", async () => {
    const run = await bench.run(request(JSON.stringify({ query: "{ a(b:  1) }" })));
    expect(bench.findings(run)).toEqual([]);
    const found = bench.findings(
      run,
      withBody((body) => body.replace("b:  1", "b: 1")),
    );
    expect(found.map(({ kind }) => kind)).toContain("changed");
  });
});

const blocks = ['{ a(b: """ \\""" """) }', '{ a(b: ["""x"""" "]) }', '{ a(b: [""" "x" """]) }'];
const told = ["shoes", "type A { b: Int }", "{ a(b: 1 }", '{ a(b: "\u0001") }', ...blocks].map((query) => ({
  query,
  bench,
}));
const byName = new Bench({ rules: [{ name: "number", select: "named:number", action: "redact" }] });
const begun = ["{ \u00e9: a(number: 1) }", "{ . . . on \u00e9 { a(number: 1) } }", "{ a() b(number: 1) }", ...blocks];

test.each([...told, ...begun.map((query) => ({ query, bench: byName }))])(
  "$query is refused, and found where it went through",
  async ({ query, bench }) => {
    const run = await bench.run(request(JSON.stringify({ query })));
    expect(run.result.reason).toBe("nested_value");
    expect(bench.findings(run)).toEqual([]);
    const body = Buffer.from(JSON.stringify({ query }));
    const through = { outcome: "forwarded" as const, isReply: false, requestComplete: true };
    expect(bench.findings(run, () => ({ ...through, request: { headers: [], body } })).length).toBeGreaterThan(0);
  },
);

describe("generated documents", () => {
  const inQuery = (path: string) => `json:$.query|graphql:${path}`;
  test.each<[string, object]>([
    ["redact", { rules: [{ name: "a", select: inQuery("$..card.number"), action: "redact" }] }],
    [
      "mask and strip",
      {
        rules: [
          { name: "a", select: inQuery("$..number"), action: { mask: { keepLast: 2 } } },
          { name: "b", select: inQuery("$..id"), action: "strip" },
          { name: "c", select: inQuery("$.variables.*"), action: "strip" },
        ],
      },
    ],
    ["unmatched", { unmatched: "redact", rules: [{ name: "a", select: inQuery("$..note"), action: "pass" }] }],
    ["detect", { rules: [{ name: "a", select: inQuery("$"), detect: ["CREDIT_CARD"], action: "redact" }] }],
    ["tokens", { rules: [{ name: "a", select: inQuery("$..*"), action: { tokenize: { format: "opaque" } } }] }],
    [
      "names",
      {
        rules: [
          { name: "a", select: inQuery("$..number"), action: { mask: { keepLast: 2 } } },
          { name: "b", select: "any:", detect: ["NOTE", "CREDIT_CARD"], action: { hash: {} } },
        ],
        detectors: [{ name: "NOTE", pattern: "note|number|_x1", score: 0.9, examples: { finds: ["[[note]]"] } }],
      },
    ],
    ["items", { rules: [{ name: "a", select: inQuery("$..list[0]"), action: "strip" }] }],
  ])("%s", async (_, policy) => {
    const own = new Bench(policy);
    for (const query of fc.sample(documents, { numRuns: 60, seed: 20261125 })) {
      const run = await own.run(request(JSON.stringify({ query })));
      expect([query, run.result.outcome, run.result.reason, own.findings(run)]).toEqual([
        query,
        "forwarded",
        undefined,
        [],
      ]);
    }
  });
});
