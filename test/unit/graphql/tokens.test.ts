// Where tokens begin and end: random texts as the items of a list, read by `graphql` and by the filter, which takes each
// item for itself. Both accept the same texts, but for block strings that servers end at different places, and every token that
// becomes another one shows its two ends.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { isQuery, QueryOracle } from "./oracle.ts";

const SEED = 20261125;
const rules = [{ select: ["$.a.b[*]"], action: { kind: "redact", with: "–" } as const }];
const oracle = new QueryOracle({ rules, unmatched: "pass", value: 16_384 });

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
  const select = "json:$.query|graphql:$.a.b[*]";
  engine.use(binaryOf({ rules: [{ name: "items", select, action: { redact: { with: "–" } } }] }));
});

function agrees(items: string): void {
  const query = `{a(b:[0 ${items}])}`;
  const { error, output } = engine.rewrite([Buffer.from(JSON.stringify({ query }))]);
  if (!isQuery(query)) expect([query, error]).toEqual([query, "nested_value"]);
  else {
    expect([query, error]).toEqual([query, undefined]);
    const { query: result } = JSON.parse(Buffer.from(output).toString()) as { query: string };
    expect({ text: result }).toEqual(oracle.expect(query));
  }
}

const runs = { numRuns: 6_000, seed: SEED };
const of = (characters: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...characters), maxLength });

test("numbers and names", () => {
  fc.assert(fc.property(of("0017.eE+-x_,$ ", 8), agrees), runs);
});

test("strings, their escapes and what stands around them", () => {
  fc.assert(fc.property(of('""""\\\\un1#a\n é', 12), agrees), runs);
});

test("characters by their numbers", () => {
  const digits = of("0dDcC8fF1", 9);
  const numbered = fc.tuple(fc.constantFrom("\\u", "\\u{", "\\U"), digits, fc.constantFrom("", "}"));
  const text = fc.array(numbered, { minLength: 1, maxLength: 2 }).map((list) => `"${list.flat().join("")}"`);
  fc.assert(fc.property(text, agrees), runs);
});

test("block strings, their quotes, indents and line breaks", () => {
  const inside = fc.array(fc.constantFrom('"', "\\", '\\"""', "a", " ", "\t", "\n", "\r\n", "\r", "#"), {
    maxLength: 12,
  });
  const text = inside.map((list) => `"""${list.join("")}"""`);
  fc.assert(fc.property(text, agrees), runs);
  fc.assert(
    fc.property(text, (block) => agrees(`] c:${block} d:[`)),
    runs,
  );
});

test("comments, commas and byte order marks", () => {
  fc.assert(fc.property(of('##"1a,\n\r\t \ufeff[]{}:é', 10), agrees), runs);
});
