// Fields that hold nothing in all recordings: their names speak for them, and a policy is asked whether it decides about them.
import { expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compiled, linesOf, proposalFor, request, response, surveyOf } from "./support.ts";

const json = "application/json";
const text = (value: unknown): string => JSON.stringify(value);
const base64 = (value: unknown): string => Buffer.from(text(value)).toString("base64");
const token = [{ alg: "none" }, { email: null }, ""].map((part) =>
  Buffer.from(typeof part === "string" ? part : text(part)).toString("base64url"),
);
const get = (path: string, headers: Recording["request"]["headers"] = []): Recording => ({
  id: "1",
  request: { method: "GET", path, headers },
});
const nothing = compiled({ name: "p", activation: { verify: "presence" }, rules: [] });

const cases: [string, Recording, string[]][] = [
  [
    "JSON",
    request(json, text({ a: [{ email: null }], phone: "", ibans: [], ok: null, "x'y": { ssn: null } })),
    ["request json:$.a[*].email", "request json:$.phone", "request json:$['x\\'y'].ssn"],
  ],
  ["lines", request("application/x-ndjson", '{"email":null}\n{"id":1}\n'), ["request json:$.email"]],
  ["events", response("text/event-stream", 'data: {"email":""}\n\n'), ["response json:$.email"]],
  ["a form", request("application/x-www-form-urlencoded", "email=&page=2"), ["request form:email"]],
  ["a query", get("/x?email&phone=&page="), ["request query:email", "request query:phone"]],
  ["headers", get("/x", [["x-forwarded-for", ""]]), ["request header:x-forwarded-for"]],
  ["cookies", get("/x", [["cookie", "session=; theme=dark"]]), ["request cookie:session"]],
  [
    "cookies that are set",
    { ...get("/x"), response: { status: 200, headers: [["set-cookie", "session=; Path=/"]] } },
    ["response cookie:session"],
  ],
  [
    "parts",
    request(
      "multipart/form-data; boundary=b",
      '--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n\r\n--b--\r\n',
    ),
    ["request multipart:email"],
  ],
  [
    "texts that spell documents",
    request(json, text({ a: text({ email: null }), b: base64({ phone: null, id: 1 }), c: token.join(".") })),
    ["request json:$.a|json:$.email", "request json:$.b|base64|json:$.phone", "request json:$.c|jwt:$.email"],
  ],
  [
    "GraphQL",
    request(json, text({ query: '{ me(at: {email: ""}) { id } }', variables: { c: { phone: null }, d: [] } })),
    ["request graphql:arguments.me.at.email", "request graphql:variables.c.phone"],
  ],
  [
    "XML",
    request("application/xml", '<o:r xmlns:o="urn:x"><o:email/><card number=""/></o:r>'),
    ["request xml:/r/email", "request xml:/r/card/@number"],
  ],
];

test.each(cases)("%s", async (_, recording, expected) => {
  const found = await surveyOf([recording]);
  expect(linesOf(found)).toEqual(expected);
  expect(linesOf(await surveyOf([recording], nothing))).toEqual(expected);
  const policy = compiled(proposalFor(found));
  expect(lintPolicy(policy, { strict: false })).toEqual([]);
  expect(linesOf(await surveyOf([recording], policy))).toEqual([]);
});

test("what is null here and holds more than a scalar there is no field of its own", async () => {
  const recordings = ['{"address":null}', '{"address":{"city":"Ulm"}}'].map((body) => request(json, body));
  expect(linesOf(await surveyOf(recordings))).toEqual(["request json:$.address.city"]);
});

test.each([
  ["by what holds it", "json:$.a"],
  ["by its name", "named:email"],
  ["by a wildcard", "json:$..*"],
  ["by a rule that settles it", "json:$.a[*].email", "pass"],
])("covered %s", async (_, select, action = "redact") => {
  const policy = compiled({ name: "p", activation: { verify: "presence" }, rules: [{ name: "r", select, action }] });
  expect(linesOf(await surveyOf([request(json, '{"a":[{"email":null}]}')], policy))).toEqual([]);
});
