// application/graphql: the body is judged as the member `query` of a request in JSON is, at every cut, and by the oracle.
import { expect, test } from "vitest";
import { Bench } from "../replay/support.ts";

const literals = { name: "pan", select: "graphql:arguments.card.number", action: { mask: { keepLast: 4 } } };
const type = (value: string): [string, string][] => [["content-type", value]];

async function send(policy: object, body: string | Uint8Array, headers = type("application/graphql")) {
  const bench = new Bench(policy as ConstructorParameters<typeof Bench>[0]);
  const bytes = new Uint8Array(Buffer.from(body));
  const seen = new Set<string>();
  const cuts = ["each" as const, ...Array.from({ length: Math.min(bytes.length, 120) }, (_, at) => at + 1)];
  for (const chunk of [undefined, ...cuts]) {
    const run = await bench.run({ id: "graphql", request: { method: "POST", path: "/", headers, body: bytes } }, chunk);
    expect(bench.findings(run)).toEqual([]);
    seen.add(run.result.reason ?? Buffer.from(run.result.request!.body!).toString());
  }
  return [...seen];
}

const mutation = (number: string) => `mutation { pay(card: {number: "${number}", brand: VISA}) { id } }`;

test("literals of the document", async () => {
  for (const header of ["application/graphql", "Application/GraphQL; charset=utf-8"])
    expect(await send({ rules: [literals] }, mutation("4111111111111111"), type(header))).toEqual([
      mutation("************1111"),
    ]);
  expect(await send({ rules: [literals] }, "{ me { id } }")).toEqual(["{ me { id } }"]);
});

test("a body has no name on which a rule could act", async () => {
  const names = { name: "names", select: "json-key:$.*", action: { mask: {} } };
  expect(await send({ rules: [names, literals] }, mutation("4111111111111111"))).toEqual([
    mutation("************1111"),
  ]);
});

test("any JSONPath into it, a default, and detectors", async () => {
  const deep = { name: "deep", select: "json:$.query|graphql:$..note", detect: ["EMAIL_ADDRESS"], action: "redact" };
  const query = (note: string) => `query Q($note: String = "a") { add(note: "${note}") }`;
  expect(await send({ rules: [deep] }, query("to ann@example.org"))).toEqual([query("to [redacted]")]);
});

test("rules on the text, and on the whole document, take it undecoded", async () => {
  const on = (select: string, action: unknown) => ({ rules: [{ name: "all", select, action }] });
  const text = mutation("4111111111111111");
  for (const select of ["json:$.query", "json:$..query", "json:$", "json:$.*", "named:query"])
    expect(await send(on(select, "redact"), text)).toEqual(["[redacted]"]);
  expect(await send(on("json:$.query", { mask: { keepFirst: 8 } }), text)).toEqual([
    text.slice(0, 8) + "*".repeat(text.length - 8),
  ]);
  expect(await send(on("json:$.query", "block"), text)).toEqual(["rule_block"]);
  expect(await send(on("json:$.query", "strip"), text)).toEqual([""]);
  expect(await send(on("json:$.query", { redact: { with: 0 } }), text)).toEqual(["0"]);
  expect(await send(on("json:$.query", { redact: { with: null } }), text)).toEqual([""]);
});

test("of rules that detect, those behind a rule on the whole have nothing to say", async () => {
  const find = { name: "find", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" };
  const all = (select: string) => ({ name: "all", select, action: { mask: { keepFirst: 4 } } });
  const text = mutation("of ann@example.org");
  for (const select of ["json:$", "json:$.query", "json:$.*"]) {
    const masked = text.slice(0, 4) + "*".repeat(text.length - 4);
    expect(await send({ rules: [all(select), find] }, text)).toEqual([masked]);
    expect(await send({ rules: [find, all(select)] }, text)).toEqual([mutation("of [redacted]")]);
  }
  const taken = (action: string) => ({ name: "taken", select: ["json:$", "graphql:arguments.card"], action });
  expect(await send({ rules: [find, taken("block")] }, text)).toEqual(["rule_block"]);
  expect(await send({ rules: [find, taken("redact")] }, text)).toEqual(["[redacted]"]);
  const around = { name: "around", select: "json:$", action: "pass" };
  expect(await send({ rules: [around, find] }, text)).toEqual([mutation("of [redacted]")]);
  expect(await send({ rules: [], unmatched: "strip" }, text)).toEqual([""]);
});

test("what is no document of operations is refused, or what a rule behind it makes of it", async () => {
  const broken = ["{ card(number: 4111", "{}", '{"query":"{ me }"}', "type Card { number: ID }", "words", "\u00e9"];
  for (const text of broken) {
    expect(await send({ rules: [literals] }, text)).toEqual(["nested_value"]);
    const behind = { name: "text", select: "json:$.query", action: "redact" };
    expect(await send({ rules: [literals, behind] }, text)).toEqual(["[redacted]"]);
  }
  expect(await send({ rules: [literals] }, Buffer.from('{ a(b: "\xe9") }', "latin1"))).toEqual(["nested_value"]);
  expect(await send({ rules: [literals], unsupported: "empty" }, "words")).toEqual([""]);
});

test("a policy that says nothing of queries does not read it, and unmatched does", async () => {
  const other = { name: "other", select: ["json:$.card", "form:number"], action: "redact" };
  const text = mutation("4111111111111111");
  expect(await send({ rules: [other] }, text)).toEqual(["unsupported_media_type"]);
  expect(await send({ rules: [other], unmatched: "redact" }, text)).toEqual(["[redacted]"]);
  const kept = { name: "kept", select: "graphql:arguments.card.brand", action: "pass" };
  expect(await send({ rules: [kept], unmatched: "redact" }, text)).toEqual([mutation("[redacted]")]);
});

test("rules by name select literals, and what cannot be read is refused, however it begins", async () => {
  const named = { name: "named", select: "named:number", action: { mask: { keepLast: 4 } } };
  const find = { name: "find", select: "any:", detect: ["IBAN_CODE"], action: "redact" };
  const around = { name: "around", select: "json:$", action: "pass" };
  for (const rules of [[named], [named, find], [named, around]]) {
    expect(await send({ rules }, mutation("4111111111111111"))).toEqual([mutation("************1111")]);
    for (const text of ["words", "{}", '{"query":"{ me }"}', "{ card(number: 4111"])
      expect(await send({ rules }, text)).toEqual(["nested_value"]);
  }
});

test("it waits whole, up to the longest text", async () => {
  const policy = { rules: [literals], limits: { hold: 100, value: 100 } };
  expect(await send(policy, `{ a(b: "${"x".repeat(88)}") }`.slice(0, 100))).not.toEqual(["limit_value"]);
  expect(await send(policy, `{ a(b: "${"x".repeat(100)}") }`)).toEqual(["limit_value"]);
  expect(await send({ rules: [literals] }, mutation("4"), type("application/graphql; charset=utf-16"))).toEqual([
    "unsupported_charset",
  ]);
});
