// The policy language in one policy: whatever authors, CI scripts and acceptance checks write by its description compiles. Settings
// that are one of several stand there in turn.

import { expect, test } from "vitest";
import { findingsOf, type Policy, policyOf, ruleOf } from "./compiling.ts";

const token = { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: "edge", maxAge: "60m" };
const whole: Policy = {
  $schema: "./policy.schema.json",
  name: "checkout",
  description: "...",
  extends: ["pci-dss"],
  activation: { header: "x-emergency-tunnel", verify: "jwt", jwt: token, clusters: ["tunnel"], always: false },
  keys: { root: { env: "FROSTGLASS_KEY" } },
  limits: { hold: "64KiB", value: "16KiB", depth: 128, body: "1GiB" },
  unmatched: "pass",
  unsupported: "block",
  rules: [
    {
      name: "pan",
      select: ["json:$..card.number", "form:card_number"],
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "valid", domain: "card" } },
    },
    { name: "cvv", select: "json:$..card.cvc", action: "strip" },
    {
      name: "mail",
      select: ["json:$.customer.email", "header:x-user-email"],
      action: { tokenize: { format: "email" } },
    },
    { name: "notes", select: "json:$..note", detect: ["CREDIT_CARD", "EMAIL_ADDRESS"], action: "redact" },
    { name: "back", on: "response", select: "json:$..card.number", action: { reveal: "pan" } },
  ],
};

test("a whole policy", async () => {
  expect(await findingsOf(whole)).toEqual([]);
});

test.each<[string, unknown]>([
  ...["pass", "redact", "strip", "block"].map((value): [string, unknown] => ["unmatched", value]),
  ...["block", "empty", "pass"].map((value): [string, unknown] => ["unsupported", value]),
  ["activation", { verify: "presence" }],
  ["activation", { always: true }],
])("%s: %j", async (name, value) => {
  expect(await findingsOf({ ...whole, [name]: value })).toEqual([]);
});

test.each<unknown>([
  ...["strip", "redact", "mask", "hash", "pass", "block"],
  { redact: { with: "x" } },
  { mask: { keepFirst: 1, keepLast: 2, char: "#", skip: " -" } },
  { hash: { length: 8, encoding: "hex" } },
  ...["pan", "digits", "alphanumeric", "email", "phone", "iban", "date", "uuid", "name", "opaque"].map((format) => ({
    tokenize: { format },
  })),
  ...[
    { date: "year" },
    { date: "month" },
    { zip: 3 },
    { age: 90 },
    { ip: { v4: 24, v6: 48 } },
    { number: 10 },
    { geo: 2 },
  ].map((generalize) => ({ generalize })),
  { truncate: { keepFirst: 2 } },
])("action %j", async (action) => {
  expect(await findingsOf(policyOf([ruleOf({ action })]))).toEqual([]);
});

test.each([
  ...["json:$.a[*]", "json:$..a", "json:$[0]", "json:$[1:3]", "json:$['a','b']", "json-key:$.users[*]"],
  ...["header:x-*", "cookie:NAME", "query:NAME", "path:/users/{id}/cards/{pan}", "form:NAME"],
  ...["multipart:NAME", "multipart:NAME|json:$.x", "xml:/Path/To/El", "xml://El/@attr"],
  ...["graphql:variables.card.number", "json:$.payload|json:$.card", "form:data|base64|json:$.pan"],
])("selector %s", async (select) => {
  expect(await findingsOf(policyOf([ruleOf({ select })]))).toEqual([]);
});

test.each(["json:$[-1]", "json:$[?@.a]"])("%s is told why it is none", async (select) => {
  expect(await findingsOf(policyOf([ruleOf({ select })]))).toEqual([
    expect.stringMatching(/error\[not-streamable\]: .+; /),
  ]);
});
