// Literals in the text of a GraphQL query: what is selected changes, everything else keeps its spelling; what is no GraphQL
// is refused. At every split of the request.
import { beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

const policyOf = (rules: readonly object[], more: object = {}) =>
  binaryOf({ ...more, rules: rules.map((rule, index) => ({ name: `r${index}`, ...rule })) } as never);

/** What leaves of a query, or the outcome of a refusal: the same at every split. */
function queried(query: string, rules: readonly object[], more: object = {}): string | undefined {
  engine.use(policyOf(rules, more));
  const bytes = Buffer.from(JSON.stringify({ id: 1, query }));
  const texts = new Set<string>();
  for (let cut = 0; cut < bytes.length; cut++) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
    const { error, output } = engine.rewrite(pieces);
    texts.add(error ?? (JSON.parse(Buffer.from(output).toString()) as { query: string }).query);
  }
  expect(texts.size).toBe(1);
  return [...texts][0];
}

const pan = { select: "graphql:arguments.card.number", action: "redact" };
const strip = { select: "graphql:arguments.card.number", action: "strip" };

describe("literals in a query", () => {
  it.each([
    [
      "a field of an argument's object",
      'mutation { pay(card: {number: "4111", cvc: 12}) { id } }',
      'mutation { pay(card: {number: "[redacted]", cvc: 12}) { id } }',
    ],
    [
      "blanks, commas and the order of fields stay",
      'mutation{pay(\n  card:{cvc:12,,number:"4111"},tip : 1e3 )\t{id}}',
      'mutation{pay(\n  card:{cvc:12,,number:"[redacted]"},tip : 1e3 )\t{id}}',
    ],
    ["a number", "{ pay(card: {number: 4111111111111111, cvc: 1}) }", "{ pay(card: {number: 0, cvc: 1}) }"],
    [
      "an argument below a field of the name",
      '{ me { card(number: "4111") { id } } }',
      '{ me { card(number: "[redacted]") { id } } }',
    ],
    [
      "a field is known by its name in the schema",
      '{ card: other(number: "1") x: card(number: "2") }',
      '{ card: other(number: "1") x: card(number: "[redacted]") }',
    ],
    [
      "defaults of variables",
      'query Q($card: Card! = {number: "4111"}, $n: [Int!]! = [1]) @live { me(card: $card, n: $n) { id } }',
      'query Q($card: Card! = {number: "[redacted]"}, $n: [Int!]! = [1]) @live { me(card: $card, n: $n) { id } }',
    ],
    [
      "fragments",
      '{ me { ...F ... on User { card(number: "1") } ... @include(if: true) { id } } } fragment F on User { card(number: "2") { id } }',
      '{ me { ...F ... on User { card(number: "[redacted]") } ... @include(if: true) { id } } } fragment F on User { card(number: "[redacted]") { id } }',
    ],
    [
      "variables and names of enumerations stay",
      '{ pay(card: {number: $n, brand: VISA}) { id } also(card: {brand: VISA, number: "4", of: $o}) }',
      '{ pay(card: {number: $n, brand: VISA}) { id } also(card: {brand: VISA, number: "[redacted]", of: $o}) }',
    ],
    [
      "a block string becomes a string",
      '{ pay(card: {number: """\n  41\n    11 \\"" #no comment\n"""}) }',
      '{ pay(card: {number: "[redacted]"}) }',
    ],
    [
      "escapes are read",
      '{ pay(card: {number: "\\u{34}\\u0031\\"1"}, note: "\\u{1F600}\\/") }',
      '{ pay(card: {number: "[redacted]"}, note: "\\u{1F600}\\/") }',
    ],
    [
      "comments become blanks",
      '{ # 4111 1111 1111 1111\n pay(card: {number: "#4"} # x "\n) }',
      `{ ${" ".repeat(21)}\n pay(card: {number: "[redacted]"} ${" ".repeat(5)}\n) }`,
    ],
  ])("%s", (_, before, after) => {
    expect(queried(before, [pan])).toBe(after);
  });

  it.each([
    ["a field of an object", '{ pay(card: {number: "4111", cvc: 12}) }', "{ pay(card: {, cvc: 12}) }"],
    ["all of an object", '{ pay(card: {number: "4111"}) }', "{ pay(card: {}) }"],
    ["an argument", '{ card(a: 1, number: "4111", b: 2) { id } }', "{ card(a: 1, , b: 2) { id } }"],
    ["the last argument, and the parentheses with it", '{ card(number: "4111") { id } }', "{ card { id } }"],
    ["a default", "query ($number: Int = 4 @x) { a }", "query ($number: Int = 4 @x) { a }"],
    ["an item in a list of objects", '{ a(card: {number: ["1", $x, "2"], n: 1}) }', "{ a(card: {, n: 1}) }"],
  ])("strip: %s", (_, before, after) => {
    expect(queried(before, [strip])).toBe(after);
  });

  it("strips a default with its sign, and items of a list", () => {
    const rule = (select: string) => [{ select, action: "strip" }];
    expect(queried("query ($n: Int = 4 @x) { a(n: $n) }", rule("graphql:arguments.variables.n"))).toBe(
      "query ($n: Int  @x) { a(n: $n) }",
    );
    expect(queried('{ a(l: ["1", {k: "2", m: E}, $v]) }', rule("graphql:arguments.l[1]"))).toBe(
      '{ a(l: ["1", , $v]) }',
    );
    expect(queried("{ a(l: [[1, $v, 2], 3]) }", rule("graphql:arguments.l[0][0]"))).toBe("{ a(l: [[, $v, 2], 3]) }");
  });

  it("selects by the whole path, by fields and directives, and through decoders", () => {
    const rule = (select: string) => [{ select, action: "redact" }];
    const query = '{ a { b(c: "1") } d { b(c: "2") @e(c: "3") } }';
    expect(queried(query, rule("json:$.query|graphql:$.a.b.c"))).toBe(query.replace("1", "[redacted]"));
    expect(queried(query, rule("json:$.query|graphql:$.d.b['@e'].c"))).toBe(query.replace("3", "[redacted]"));
    const nested = `{ a(payload: ${JSON.stringify(JSON.stringify({ pan: "4", x: 1 }))}) }`;
    expect(queried(nested, rule("json:$.query|graphql:$.a.payload|json:$.pan"))).toBe(
      nested.replace("4", "[redacted]"),
    );
  });

  it("finds what detectors find, in literals alone", () => {
    const rule = { select: "json:$.query|graphql:$..*", detect: ["CREDIT_CARD"], action: "redact" };
    expect(queried('{ a(text: "with 4111 1111 1111 1111.", n: 4111111111111111) }', [rule])).toBe(
      '{ a(text: "with [redacted].", n: 0) }',
    );
  });

  it("judges what no rule selects", () => {
    expect(queried('{ a(b: "x", c: V, d: [1, $v]) }', [pan], { unmatched: "redact" })).toBe(
      '{ a(b: "[redacted]", c: V, d: [0, $v]) }',
    );
  });
});

describe("what is no GraphQL", () => {
  it.each([
    " ",
    "shoes",
    "{",
    "{}",
    "{ a } }",
    "{ a( ) }",
    "{ a(b) }",
    "{ a(b:) }",
    '{ a(b: "x) }',
    '{ a(b: "x\n") }',
    '{ a(b: """x) }',
    "{ a(b: 01) }",
    "{ a(b: 1.) }",
    "{ a(b: 1x) }",
    "{ a(b: 1.2.3) }",
    "{ a(b: .5) }",
    '{ a(b: "\\x41") }',
    '{ a(b: "\\u12") }',
    '{ a(b: "\\u{}") }',
    '{ a(b: "\\u{D800}") }',
    '{ a(b: "\\u{110000}") }',
    "{ a(b: [1) }",
    "{ a(b: {c 1}) }",
    "{ ..a }",
    "query ($a Int) { a }",
    "query () { a }",
    "query ($a: Int = $b) { a }",
    "query ($a: [Int] = [$b]) { a }",
    "query ($a: Int @b(c: $d)) { a }",
    "query ($a: [Int) { a }",
    "fragment F { a }",
    "fragment on on T { a }",
    "type A { b: Int }",
    "{ a } \u0001",
  ])("is refused: %j", (query) => {
    expect(queried(query, [pan])).toBe("nested_value");
  });

  // What each of these spells for a server that ends the string elsewhere: a card number in its place.
  it.each([
    ["graph-gophers: escaped quotes", '{ pay(note: """ \\""", card: {number: "4111"}, b: """ \\""") }'],
    ["graphql-go: escaped quotes, at the second reading", '{ pay(note: """ \\""" """) }'],
    ["escaped quotes behind a backslash", '{ pay(note: """ \\\\""" """) }'],
    ["escaped quotes in a description", '""" \\""" """ query { pay(card: {number: "4111"}) }'],
    ["gqlparser: the last three of four", '{ pay(a: ["""x"""" ], card: {number: "4111"}, b: [" ]) }'],
    ["graphql-ruby: the last three of five", '{ pay(a: ["""x""""" "]) }'],
    ["the last three of seven", '{ pay(a: [""""""" ], card: {number: 4111}, b: [" ]) }'],
    ["graph-gophers: a string with a quote behind it", '{ pay(a: ["x""y" """" ], card: {number: "4111"}, b: ["]) }'],
    ["juniper: a row of strings", '{ pay(a: [1, """x" ], card: {number: "4111"}, b: ["x"""]) }'],
    ["juniper: the same in a default", 'query ($a: [S] = ["""x" ], card: {number: "4111"}, b: ["x"""]) { pay }'],
  ])("a string that servers end at different places is refused: %s", (_, query) => {
    const told = { select: "json:$.query|graphql:$.pay.card.number", action: "redact" };
    const named = { select: "named:['card']['number']", action: "redact" };
    for (const rule of [pan, told, named]) {
      expect(queried(query, [rule])).toBe("nested_value");
      expect(queried(query, [rule], { unsupported: "empty" })).toBe("");
      expect(queried(query, [rule, { select: "json:$.query", action: "redact" }])).toBe("[redacted]");
    }
  });

  it.each([
    '{ pay(note: """say "yes", or \\"" twice: "" """) }',
    '{ pay(a: ["""x""" """\\y"""], b: [{c: """ "d" """}]) }',
    '{ pay(note: """""", a: ["""""" """"""]) }',
    '{ pay(note: "\\"\\"\\"", a: ["\\"" """x"""]) }',
  ])("a block string that all servers read alike is read: %s", (query) => {
    for (const select of [pan.select, "named:number"])
      expect(queried(query, [{ select, action: "redact" }])).toBe(query);
  });

  it("is refused where it is too deep to be read", () => {
    expect(queried(`{ a${"{ a".repeat(200)}${"}".repeat(200)} }`, [pan])).toBe("nested_value");
    expect(queried(`{ a(b: ${"[".repeat(70)}1${"]".repeat(70)}) }`, [pan])).toBe("nested_value");
  });
});

it("descriptions of operations and variables are read, and go", () => {
  const query = '"of it" query ("""4111""" $card: Card = {number: "1"}) { a }';
  expect(queried(query, [pan])).toBe(' query ( $card: Card = {number: "[redacted]"}) { a }');
});
