// GraphQL over HTTP through a real Envoy: literals and variables of a mutation, of a batch, of a GET and of an upload, and
// what is refused.
import { afterAll, beforeAll, expect, test } from "vitest";
import { active, bytewise, json, TestGateway } from "../support/envoy.ts";

const policy = {
  name: "t",
  activation: { verify: "presence" },
  rules: [
    {
      name: "pan",
      select: ["graphql:arguments.card.number", "graphql:variables.card.number"],
      action: { mask: { keepLast: 4 } },
    },
  ],
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ policy });
});
afterAll(() => gateway?.stop());

const mutation = (number: string) =>
  `mutation Pay($note: String = "a\u00e9") {\n  pay(card: {number: "${number}", brand: VISA}, note: $note) { id }\n}`;
const operation = (number: string) => ({ query: mutation(number), variables: { card: { number } } });
const before = operation("4111111111111111");
const after = operation("************1111");

test("a mutation", async () => {
  await gateway.send({ headers: [active, json], body: bytewise(JSON.stringify(before)) });
  expect((await gateway.production.take()).body.toString()).toBe(JSON.stringify(after));
});

test("a body that is the document", async () => {
  const type: [string, string] = ["content-type", "application/graphql"];
  for (const body of [Buffer.from(before.query), bytewise(before.query)]) {
    expect((await gateway.send({ headers: [active, type], body })).status).toBe(200);
    expect((await gateway.production.take()).body.toString()).toBe(after.query);
  }
  const response = await gateway.send({ headers: [active, type], body: Buffer.from("{ card(number: 4111") });
  expect([response.status, JSON.parse(response.body.toString()).code]).toEqual([400, "nested_value"]);
});

test("a batch", async () => {
  await gateway.send({ headers: [active, json], body: bytewise(JSON.stringify([before, before])) });
  expect((await gateway.production.take()).body.toString()).toBe(JSON.stringify([after, after]));
});

test("a GET", async () => {
  const path = (text: string) => `/graphql?query=${encodeURIComponent(text)}&operationName=Pay`;
  await gateway.send({ method: "GET", path: path(before.query), headers: [active] });
  const url = new URL((await gateway.production.take()).path, "http://x");
  expect(Object.fromEntries(url.searchParams)).toEqual({ query: after.query, operationName: "Pay" });
});

test("an upload", async () => {
  const upload = (operations: object) =>
    [
      ["operations", JSON.stringify(operations)],
      ["map", '{"0":["variables.file"]}'],
      ["0", "a file"],
    ]
      .map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join("");
  const type: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
  await gateway.send({ headers: [active, type], body: bytewise(`${upload(before)}--x--\r\n`) });
  expect((await gateway.production.take()).body.toString()).toBe(`${upload(after)}--x--\r\n`);
});

test.each([
  ["a text that is no GraphQL", json, JSON.stringify({ query: '{ pay(card: {number: "4111' }), 400, "nested_value"],
  [
    "a block string that servers end at different places",
    json,
    JSON.stringify({ query: '{ pay(note: """ \\""", card: {number: "4111"}, b: """ \\""") }' }),
    400,
    "nested_value",
  ],
  [
    "a body that is a query in a charset other than UTF-8",
    ["content-type", "application/graphql; charset=utf-16"],
    before.query,
    415,
    "unsupported_charset",
  ],
] as const)("%s is refused", async (_, [name, type], body, status, code) => {
  const arrived = gateway.production.arrived;
  const response = await gateway.send({ headers: [active, [name, type]], body: Buffer.from(body) });
  expect([response.status, JSON.parse(response.body.toString()).code]).toEqual([status, code]);
  expect(gateway.production.arrived).toBe(arrived);
});
