// Rules by name, presets among them, in the texts of GraphQL requests: in every place of the protocol and at every cut they
// reach literals and variables, where a text begins as GraphQL does; any other text is what it is without them. The leak proof
// agrees.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { sent } from "../replay/cuts.ts";
import { Bench, request, textOf } from "../replay/support.ts";
import { documents } from "./documents.ts";

const percent = encodeURIComponent;
const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const multipart: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
const part = (value: string, head = "", name = "operations") =>
  `--x\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${value}\r\n--x--\r\n`;
const inPart = (body: string): string => /\r\n\r\n(.*)\r\n--x--\r\n$/s.exec(body)![1]!;
const member = (text: string): { query: string } => JSON.parse(text);
const parameters = (text: string): URLSearchParams => new URLSearchParams(text.replace(/^[^?]*\?/, ""));

interface Place {
  put(query: string): Recording;
  get(sent: { body: string; path: string }): string;
}

const places: Readonly<Record<string, Place>> = {
  "a body": { put: (query) => request(JSON.stringify({ query })), get: ({ body }) => member(body).query },
  "a body, escaped": {
    put: (query) =>
      request(
        `{"id":1,"query":"${query.replace(/[^a-z]/gi, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"}`,
      ),
    get: ({ body }) => member(body).query,
  },
  "a batch": {
    put: (query) => request(JSON.stringify([{ id: 1 }, { query }])),
    get: ({ body }) => (JSON.parse(body) as [unknown, { query: string }])[1].query,
  },
  "a line": {
    put: (query) =>
      request(`{}\n${JSON.stringify({ query })}\n`, { headers: [["content-type", "application/x-ndjson"]] }),
    get: ({ body }) => member(body.split("\n")[1]!).query,
  },
  "a form": {
    put: (query) => request(`a=1&query=${percent(query)}&b=2`, { headers: [form] }),
    get: ({ body }) => parameters(body).get("query")!,
  },
  "a form of multipart": {
    put: (query) => request(part(query, "", "query"), { headers: [multipart] }),
    get: ({ body }) => inPart(body),
  },
  "a body of a client in Go": {
    put: (Query) => request(JSON.stringify({ Query })),
    get: ({ body }) => (JSON.parse(body) as { Query: string }).Query,
  },
  "an upload": {
    put: (query) => request(part(JSON.stringify({ query })), { headers: [multipart] }),
    get: ({ body }) => member(inPart(body)).query,
  },
  "an upload that says its type": {
    put: (query) =>
      request(part(JSON.stringify({ query }), "\r\nContent-Type: application/json"), { headers: [multipart] }),
    get: ({ body }) => member(inPart(body)).query,
  },
  "a GET": {
    put: (query) => request(undefined, { method: "GET", path: `/graphql?a=1&query=${percent(query)}` }),
    get: ({ path }) => parameters(path).get("query")!,
  },
};

const named = {
  rules: [
    { name: "number", select: "named:cardNumber", action: { mask: { keepLast: 4 } } },
    { name: "in", select: "named:['card','payment']['number']", action: "redact" },
    { name: "cvc", select: "named:cvc", action: "strip" },
  ],
};
const searching = {
  rules: [...named.rules, { name: "find", select: "any:", detect: ["IBAN_CODE"], action: "redact" }],
};
const iban = "DE89370400440532013000";

const mutation = (number: string, rest: string) => `mutation { add(cardNumber: "${number}"${rest}, a: "b") { id } }`;
const before = mutation("4111222233334444", `, cvc: "737", card: {number: 5, name: E}`);
const after = mutation("************4444", `, , card: {number: 0, name: E}`);

describe.each(Object.entries(places))("%s", (_, { put, get }) => {
  const left = async (query: string, policy: object): Promise<string> => {
    const result = await sent(put(query), policy);
    return typeof result === "string" ? result : get(result);
  };

  test.each([
    [named.rules.length, named],
    [searching.rules.length, searching],
  ])("literals, by %d rules", async (_, policy) => {
    expect(await left(before, policy)).toBe(after);
    expect(await left('query Q($cardNumber: N = "4111") { me }', policy)).toBe(
      'query Q($cardNumber: N = "****") { me }',
    );
    expect(await left("fragment F on A { b(cvc: 1) } { ...F }", policy)).toBe("fragment F on A { b } { ...F }");
    expect(await left("{ a: b { c @d(cvc: 1) } }", policy)).toBe("{ a: b { c @d } }");
    expect(await left("{me{id}}", policy)).toBe("{me{id}}");
  });

  test("what looks everywhere looks into literals and names, and comments go", async () => {
    expect(await left(`{ ${iban}: a(b: "to ${iban}", c: ${iban}) # ${iban}\n}`, searching)).toBe(
      `{ _redacted_: a(b: "to [redacted]", c: _redacted_) ${" ".repeat(24)}\n}`,
    );
  });

  test.each([
    "shoes and boots",
    "query",
    "query of the cardNumber: 4111",
    "mutation testing (java)",
    "subscription box",
    "fragment shader on gpu",
    "{}",
    "{ }",
    '{"cardNumber":"4111"}',
    "{cardNumber: 4111}",
    '{cardNumber: "4111"}',
    '{job="cardNumber"} |= "4111"',
    "*[_type == 'card']{number}",
    '"query { a }"',
    "# cardNumber",
    "{ ..a }",
    "query1 { a }",
    "queries of { a }",
    "mutations (cvc)",
    "{ queryId: 1 }",
    "{}{}",
    "query {} cvc",
    "// { a }",
    "/* { a }",
    "/ / { a }",
    '"a" "b" { a }',
    '"a""b""c" { a }',
    "{ \u00e9: }",
    "{ : a }",
    "query\u00e9t\u00e9: cvc",
    "[1]",
    "SELECT cvc FROM card",
  ])("what does not begin as GraphQL stays: %s", async (text) => {
    expect(await left(text, named)).toBe(text);
    expect(await left(text, searching)).toBe(text);
    expect(await left(`${text} ${iban}`, searching)).toBe(`${text} [redacted]`);
  });

  test.each([
    '{ a(cardNumber: "4111" }',
    "{ a } }",
    "query { a(cvc: 0x1) }",
    "{a: b, c: 1}",
    "query ($a) { b }",
    "query @a { b(",
    "{ ...a",
    "\u2028{ a(cvc: 1) }",
    "{\u2029a\u2028(cvc: 1) }",
    "query \u00e9 { a(cvc: 1) }",
    "{ \u00e9 }",
    "\u00e9 { a(cvc: 1) }",
    "{ \u00e9: a(cvc: 1) }",
    "\ufeff{ \u00e9: a(cvc: 1) }",
    "{ \u00e9(cvc: 1) }",
    "{ a: \u00e9(cvc: 1) }",
    "{ \u00e9 { a(cvc: 1) } }",
    "{ b(\u00e9: 1, cvc: 1) }",
    "{\ufeff\u00e9\u4e00: a(cvc: 1) }",
    "{ ...\u00e9 a(cvc: 1) }",
    "query @\u00e9 { a(cvc: 1) }",
    "fragment \u00e9 on T { a(cvc: 1) } { a }",
    "fragment F on \u00e9 { a(cvc: 1) } { a }",
    "{ . . . on T { a(cvc: 1) } }",
    "queryF { a(cvc: 1) }",
    "mutation_($cvc: Int = 1) { a }",
    "fragmentF onT { a(cvc: 1) } { a }",
    "{} { a(cvc: 1) }",
    '"d" query A {} {}, { } mutation B { a(cvc: 1) }',
    "{ // of Jane\u00e9\r b\n a(cvc: 1) }",
    "/* * / // */query/**/Q { a(cvc: 1) }",
    "/**/# /*\n{ \u00e9: a(cvc: 1) }",
    '"a""b" c """ { a(cvc: 1) }',
    "{ a() b(cvc: 1) }",
    "query() { a(cvc: 1) }",
    "query Q(, ) { a(cvc: 1) }",
    '""" \\""" { a(cvc: 1) }',
    '"""a\\\\""" b""" query { a(cvc: 1) }',
    '"""a"""" { a(cvc: 1) }',
  ])("what begins so and cannot be read is refused: %s", async (text) => {
    expect(await left(text, named)).toBe("nested_value");
    expect(await left(text, searching)).toBe("nested_value");
    expect(await left(text, { ...searching, unsupported: "pass" })).toBe(text);
    expect(await left(text, { ...named, unsupported: "empty" })).toBe("");
  });

  test("a rule on the text itself comes first", async () => {
    const fields = ["query:query", "form:query", "multipart:query", "multipart:operations|json:$.query"];
    const select = ["json:$..['query','Query']", ...fields];
    for (const [action, expected] of [
      ["pass", before],
      ["redact", "[redacted]"],
      [{ mask: {} }, "*".repeat(before.length)],
    ] as const) {
      const rules = [...named.rules, { name: "whole", select, action }];
      expect(await left(before, { rules })).toBe(expected);
    }
  });

  test("a decoder that a selector tells comes first, and has the names where it is the same", async () => {
    const rules = [{ name: "a", select: "graphql:arguments.a", action: "redact" }, ...named.rules];
    expect(await left(before, { rules })).toBe(after.replace('a: "b"', 'a: "[redacted]"'));
    expect(await left("shoes", { rules })).toBe("nested_value");
  });

  test("without a rule by name nothing is read", async () => {
    const rules = [{ name: "other", select: ["json:$..cardNumber", "form:cvc", "multipart:cvc"], action: "redact" }];
    expect(await left(before, { rules })).toBe(before);
  });
});

test.each(["\ufeffquery", " query", "query ", "[query]"])(
  "of a field whose name receivers read as query: %j",
  async (name) => {
    const fields = `a=1&${percent(name)}=${percent(before)}`;
    for (const recording of [request(fields, { headers: [form] }), request(undefined, { path: `/?${fields}` })]) {
      const result = await sent(recording, named);
      const text = typeof result === "string" ? result : result.body || result.path;
      expect(parameters(text).get(name)).toBe(after);
    }
  },
);

describe("variables", () => {
  const variables = (number: string) =>
    `{"cardNumber":"${number}","in":{"card":[{"number":"x"}],"payment":{"number":""}}}`;
  const given = variables("4111222233334444");
  const made = variables("************4444");

  test("in a GET, a form, and where they are a text in a body", async () => {
    const get = (text: string) => request(undefined, { method: "GET", path: `/?variables=${percent(text)}` });
    expect(await sent(get(given), named)).toMatchObject({ path: `/?variables=${percent(made)}` });
    const post = (text: string) => request(`variables=${percent(text)}`, { headers: [form] });
    expect(await sent(post(given), searching)).toMatchObject({ body: `variables=${percent(made)}` });
    const body = (text: string) => request(JSON.stringify([{ variables: text }]));
    expect(await sent(body(given), named)).toMatchObject({ body: JSON.stringify([{ variables: made }]) });
    const upload = (text: string) => request(part(JSON.stringify({ variables: text })), { headers: [multipart] });
    expect(await sent(upload(given), named)).toMatchObject({ body: part(JSON.stringify({ variables: made })) });
  });

  test("are read where they begin as a document, and refused where that is none", async () => {
    for (const text of ["{}", "[]", "cardNumber", "{cardNumber:1}", "4111", " "]) {
      const recording = request(JSON.stringify({ variables: text }));
      expect(await sent(recording, searching)).toMatchObject({ body: JSON.stringify({ variables: text }) });
    }
    for (const text of ['{"cardNumber":"4111"', '{"cardNumber":01}', '{"a":1}}']) {
      expect(await sent(request(JSON.stringify({ variables: text })), searching)).toBe("nested_value");
    }
  });
});

test("what is no text under the names of the protocol is what it was", async () => {
  const document = (number: string) => {
    const inside = { card: { number }, list: [{ cardNumber: number }], n: 1, nil: null };
    return { query: inside, variables: [inside], a: { query: "{ a(cvc: 1) }" } };
  };
  const made = document("1").query;
  const body = JSON.stringify(document("4111"));
  const left = JSON.parse(((await sent(request(body), named)) as { body: string }).body);
  expect(left.query).toEqual({ ...made, card: { number: "[redacted]" }, list: [{ cardNumber: "****" }] });
  expect(left.a).toEqual(document("").a);
  for (const value of [null, 7, true, [], ["{ a(cvc: 1) }"]]) {
    const text = JSON.stringify({ query: value, variables: value });
    expect(await sent(request(text), searching)).toMatchObject({ body: text });
  }
  expect(await sent(request('"{ a(cvc: 1) }"'), named)).toMatchObject({ body: '"{ a(cvc: 1) }"' });
});

test("what passes around a text does not keep rules from it, and what takes all does", async () => {
  const recording = request(JSON.stringify({ query: before }));
  const around = (action: unknown, more: object = {}) => ({
    ...more,
    rules: [{ name: "all", select: "json:$", action }, ...named.rules],
  });
  expect(await sent(recording, around("pass"))).toMatchObject({ body: JSON.stringify({ query: after }) });
  expect(await sent(recording, around("pass", { unmatched: "redact" }))).toMatchObject({
    body: JSON.stringify({ query: after }),
  });
  expect(await sent(recording, around({ mask: {} }))).toMatchObject({
    body: JSON.stringify({ query: "*".repeat(before.length) }),
  });
  expect(await sent(recording, { ...named, unmatched: "redact" })).toMatchObject({ body: '{"query":"[redacted]"}' });
});

describe("what is longer than a text that is decoded", () => {
  const limits = { value: 70, hold: 90 };
  const inBody = (query: string) => request(JSON.stringify({ a: 1, query, b: 2 }));
  const inForm = (query: string) => request(`query=${percent(query)}&b=2`, { headers: [form] });
  const inUpload = (operations: string) => request(part(operations), { headers: [multipart] });
  const words = "some words for a search \u00e9 ".repeat(8);

  test("is refused where it begins as GraphQL, or may", async () => {
    for (const text of [
      `{ a(b: "${"x".repeat(90)}") }`,
      `query ${"\n".repeat(80)}`,
      `# ${"x".repeat(100)}`,
      " ".repeat(100),
    ]) {
      expect(await sent(inBody(text), { ...named, limits })).toBe("limit_value");
      expect(await sent(inBody(text), { ...searching, limits })).toBe("limit_value");
      expect(await sent(inForm(text), { ...searching, limits })).toBe("limit_value");
    }
    expect(await sent(inUpload(`{"a":"${"x".repeat(100)}"}`), { ...searching, limits })).toBe("limit_value");
  });

  test("is what it was where it does not", async () => {
    expect(await sent(inBody(words), { ...named, limits })).toMatchObject({ body: textOf(inBody(words).request.body) });
    const redacted = JSON.stringify({ a: 1, query: "[redacted]", b: 2 });
    expect(await sent(inBody(words), { ...searching, limits })).toMatchObject({ body: redacted });
    expect(await sent(inForm(words), { ...searching, limits })).toMatchObject({ body: "query=%5Bredacted%5D&b=2" });
    expect(await sent(inUpload(words), { ...named, limits })).toMatchObject({ body: part(words) });
    expect(await sent(inUpload(words), { ...searching, limits })).toMatchObject({ body: part("[redacted]") });
  });

  test("but for a form that nothing searches, which waits for its end", async () => {
    expect(await sent(inForm(words), { ...named, limits })).toBe("limit_value");
  });
});

test("answers are not read so: a service sends no queries", async () => {
  const bench = new Bench({ rules: named.rules.map((rule) => ({ ...rule, on: ["request", "response"] })) });
  const body = new Uint8Array(Buffer.from(JSON.stringify({ query: before, cvc: "1" })));
  const response = { status: 200, headers: [["content-type", "application/json"] as [string, string]], body };
  const run = await bench.run({ ...request("{}"), response });
  expect(bench.findings(run)).toEqual([]);
  expect(textOf(run.result.response?.body)).toBe(JSON.stringify({ query: before }));
});

describe("generated documents", () => {
  const rules = (select: string) => [{ name: "a", select, action: { mask: { keepLast: 2 } } }];
  const soft = new Bench({ rules: rules("named:number") });
  const told = new Bench({ rules: rules("graphql:arguments.number") });
  const both = async (query: string) => {
    const recording = request(JSON.stringify({ query }));
    const run = await soft.run(recording);
    expect([query, soft.findings(run)]).toEqual([query, []]);
    return [run.result, (await told.run(recording)).result].map(
      ({ reason, request: left }) => reason ?? textOf(left?.body),
    );
  };

  // Rules by name look into literals that are JSON, too.
  const plain = documents.filter((query) => !query.includes('{\\"'));

  test("are read as where a selector says that they are", async () => {
    for (const query of fc.sample(plain, { numRuns: 200, seed: 20261126 })) {
      const [left, expected] = await both(query);
      expect([query, left]).toEqual([query, expected]);
    }
  });

  test("and what is damaged is read so, refused or no GraphQL", async () => {
    const tokens = [
      "{",
      "}",
      "(",
      ")",
      "[",
      ":",
      "...",
      "@",
      "$",
      "a",
      "on",
      "query",
      "1",
      '"',
      "#",
      "=",
      " ",
      "",
      "é",
    ];
    const damaged = fc.tuple(plain, fc.nat(20), fc.constantFrom(...tokens), fc.nat(6));
    for (const [query, at, token, gone] of fc.sample(damaged, { numRuns: 300, seed: 20261126 })) {
      const text = query.slice(0, at) + token + query.slice(at + gone);
      const [left, expected] = await both(text);
      if (left !== expected) expect([text, expected]).toEqual([text, "nested_value"]);
    }
  });
});
