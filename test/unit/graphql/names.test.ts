// Names in a GraphQL document that is read: rules that look everywhere look into them, as into names of members, at every
// cut; what becomes of one is a name again; and the leak proof sees those that leave.
import { describe, expect, test } from "vitest";
import { Bench, request, textOf, withBody } from "../replay/support.ts";

const iban = "DE89370400440532013000";
const literals = { name: "opened", select: "graphql:arguments.card.number", action: { mask: { keepLast: 4 } } };
const find = { name: "find", select: "any:", detect: ["IBAN_CODE"], action: "redact" };
const benches = new Map<object, Bench>();

/** What leaves of a query under these rules, at every cut; or the outcome of a refusal. */
async function left(query: string, rules: readonly object[]): Promise<string> {
  const bench = benches.get(rules) ?? new Bench({ rules });
  benches.set(rules, bench);
  const seen = new Set<string>();
  const recording = request(JSON.stringify({ query }));
  for (const chunk of [undefined, "each" as const, 7]) {
    const run = await bench.run(recording, chunk);
    expect(bench.findings(run)).toEqual([]);
    const { reason, request: sent } = run.result;
    seen.add(reason ?? (JSON.parse(textOf(sent?.body)) as { query: string }).query);
  }
  expect(seen.size).toBe(1);
  return [...seen][0]!;
}

const both = [literals, find];

describe("names that hold what detectors find", () => {
  test.each([
    ["an alias", `{ ${iban}: me { id } }`],
    ["a field", `{ me { ${iban} } }`],
    ["a field with arguments", `{ ${iban}(a: 1) }`],
    ["an operation", `query ${iban} { me }`],
    ["a variable, wherever it stands", `query ($${iban}: ID) { me(a: $${iban}, b: [$${iban}]) }`],
    ["a type", `query ($a: [${iban}!]) { me { ... on ${iban} { id } } }`],
    ["a fragment", `{ ...${iban} } fragment ${iban} on A { id }`],
    ["a directive", `{ me @${iban}(if: true) }`],
    ["an argument", `{ me(${iban}: "x") }`],
    ["an argument without a literal", `{ me(${iban}: $a) }`],
    ["a name in an object", `{ me(a: {b: 1, ${iban}: {c: [2]}, d: $e}) }`],
    ["a value of an enumeration", `{ me(a: ${iban}, b: [1, ${iban}, {c: ${iban}}]) }`],
    ["a default", `query ($a: B = ${iban}) { me }`],
    ["beside a literal that is selected", `{ ${iban}: pay(card: {number: "4111", ${iban}: 1}) }`],
  ])("%s", async (_, query) => {
    const after = query.replaceAll(iban, "_redacted_").replace("4111", "****");
    expect(await left(query, both)).toBe(after);
    expect(await left(query, [find, literals])).toBe(after);
  });

  test("what does not, stays as it is spelled", async () => {
    for (const query of ["{ me{id,,x:y(a:1.5e3,b:-1E+2)} }", '{ me(a: "x", b: """y""") }']) {
      expect(await left(query, both)).toBe(query);
    }
  });

  test("what becomes of one is a name again, and equal names stay equal", async () => {
    const rules = (action: unknown) => [literals, { ...find, action }];
    const query = `{ a: b(c: ${iban}) ${iban} }`;
    expect(await left(query, rules({ redact: { with: "0 é" } }))).toBe("{ a: b(c: _0__) _0__ }");
    expect(await left(query, rules("strip"))).toBe("{ a: b(c: _) _ }");
    expect(await left(query, rules({ mask: { keepFirst: 4 } }))).toBe(
      `{ a: b(c: DE89${"_".repeat(18)}) DE89${"_".repeat(18)} }`,
    );
    expect(await left(query, rules("pass"))).toBe(query);
    for (const action of [{ hash: {} }, { tokenize: { format: "iban" } }, { tokenize: { format: "opaque" } }]) {
      const [, one, other] = /^\{ a: b\(c: (\w+)\) (\w+) \}$/.exec(await left(query, rules(action)))!;
      expect(one).toBe(other);
      expect(one).not.toBe(iban);
    }
  });

  test("block refuses", async () => {
    expect(await left(`{ ${iban}: me }`, [literals, { ...find, action: "block" }])).toBe("rule_block");
    expect(await left("{ me }", [literals, { ...find, action: "block" }])).toBe("{ me }");
  });

  test("they are counted, and selected by the name that came", async () => {
    const rules = [{ ...literals, select: `json:$.query|graphql:$.${iban}.a.${iban}` }, find];
    expect(await left(`{ ${iban}(a: {${iban}: "4111", b: "4111"}) }`, rules)).toBe(
      '{ _redacted_(a: {_redacted_: "****", b: "4111"}) }',
    );
    const bench = benches.get(rules)!;
    const run = await bench.run(request(JSON.stringify({ query: `{ ${iban} ${iban}: a }` })));
    expect(run.result.rules).toEqual({ find: 2 });
  });
});

test("rules that do not look into names leave them", async () => {
  const rules = [{ ...find, select: "json:$.query|graphql:$..*" }];
  expect(await left(`{ ${iban}(a: "${iban}") }`, rules)).toBe(`{ ${iban}(a: "[redacted]") }`);
});

describe("the proof", () => {
  const bench = new Bench({ rules: both });
  const query = `query ${iban} { a: me(b: ${iban}) ...F } fragment F on A { id }`;

  test.each([
    ["a name that stayed", "query _redacted_", `query ${iban}`],
    ["a value of an enumeration that stayed", "b: _redacted_", `b: ${iban}`],
    ["another name for one", "query _redacted_", "query redacted"],
    ["another name", "a: me", "b: me"],
    ["a name that went", "a: me", "me"],
    ["a name for one in which nothing was found", "a: me", "_redacted_: me"],
  ])("%s is found", async (_, from, to) => {
    const run = await bench.run(request(JSON.stringify({ query })));
    expect(bench.findings(run)).toEqual([]);
    const body = textOf(run.result.request?.body);
    expect(body).toContain(from);
    const found = bench.findings(
      run,
      withBody(() => body.replace(from, to)),
    );
    expect(found.length).toBeGreaterThan(0);
  });
});
