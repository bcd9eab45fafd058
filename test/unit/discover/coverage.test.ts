// What counts as covered: what the filter does with the field, by whatever way a policy says so.
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compiled, linesOf, request, surveyOf } from "./support.ts";

const json = "application/json";
const pan = "4111111111111111";
const mail = "zoe.marker@example.org";

const open = async (policy: object, recording: Recording): Promise<string[]> =>
  linesOf(await surveyOf([recording], compiled({ name: "p", activation: { verify: "presence" }, ...policy })));
const rule = (select: string | string[], action: unknown = "redact", more: object = {}) => ({
  rules: [{ name: "r", select, action, ...more }],
});
const customer = request(json, JSON.stringify({ customer: { email: mail, id: 7 } }));
const noted = request(json, JSON.stringify({ note: `ask ${mail}`, taxId: "secret" }));
const mailed = ["request json:$.customer.email"];

describe("covered", () => {
  test.each<[string, object, Recording]>([
    ["by the field itself", rule("json:$.customer.email"), customer],
    ["by what holds it", rule("json:$.customer"), customer],
    ["by a wildcard", rule("json:$..*"), customer],
    ["by named:", rule("named:email"), customer],
    ["by named: with a path", rule("named:['customer']['email']"), customer],
    ["by a pass rule, which is a decision too", rule("json:$.customer.email", "pass"), customer],
    [
      "by an action that may leave a value as it is",
      rule("json:$.customer.email", { truncate: { keepFirst: 99 } }),
      customer,
    ],
    ["by a preset", { extends: ["gdpr"], rules: [] }, customer],
    ["by a preset that has the header", { extends: ["gdpr"], rules: [] }, forwarded()],
    ["by unmatched: redact", { unmatched: "redact", rules: [] }, customer],
    ["by unmatched: strip", { unmatched: "strip", rules: [] }, customer],
    ["by unmatched: block", { unmatched: "block", rules: [] }, customer],
    ["by a rule that blocks", rule("json:$.customer.email", "block"), customer],
    ["by any: and its detectors", rule("any:", "redact", { detect: ["EMAIL_ADDRESS"] }), customer],
    [
      "by a rule that detects, for a free text in which nothing is found",
      rule("json:$.note", "redact", { detect: ["CREDIT_CARD"] }),
      request(json, '{"note":"nothing"}'),
    ],
    ["by names of members", rule("json-key:$.of[*]"), request(json, JSON.stringify({ of: { [mail]: 1 } }))],
    [
      "by a decoder",
      rule("json:$.data|json:$.email"),
      request(json, JSON.stringify({ data: JSON.stringify({ email: mail }) })),
    ],
    [
      "by a rule on the whole text",
      rule("json:$.data"),
      request(json, JSON.stringify({ data: JSON.stringify({ email: mail }) })),
    ],
    ["by a text rule", rule("text:", "redact", { detect: ["EMAIL_ADDRESS"] }), request("text/plain", `ask ${mail}`)],
    ["by a glob", rule("header:x-*"), forwarded()],
  ])("%s", async (_, policy, recording) => {
    expect(await open(policy, recording)).toEqual([]);
  });
});

describe("open", () => {
  test.each<[string, object, Recording, string[]]>([
    ["where another field is selected", rule("json:$.customer.id"), customer, mailed],
    ["where the other direction is", rule("json:$.customer.email", "redact", { on: "response" }), customer, mailed],
    ["where any: looks for something else", rule("any:", "redact", { detect: ["CREDIT_CARD"] }), customer, mailed],
    [
      "where a detector finds nothing in a field whose name says what it is",
      rule("any:", "redact", { detect: ["EMAIL_ADDRESS"] }),
      noted,
      ["request json:$.taxId"],
    ],
    [
      "where only some of what is in a text is found",
      rule("json:$.note", "redact", { detect: ["CREDIT_CARD"] }),
      request(json, JSON.stringify({ note: `${pan}, ask ${mail}` })),
      ["request json:$.note"],
    ],
    [
      "where values are covered and the names that key them are not",
      rule("json:$.of[*]"),
      request(json, JSON.stringify({ of: { [mail]: 1 } })),
      ["request json-key:$.of[*]"],
    ],
    [
      "where the body is of a kind for which there is no rule",
      rule("json:$..email"),
      request("text/plain", `ask ${mail}`),
      ["request text:"],
    ],
    [
      "in headers, although the body is refused",
      rule("json:$.customer.email"),
      { ...request(json, "{", { headers: [["x-forwarded-for", "203.0.113.9"]] }) },
      ["request header:x-forwarded-for"],
    ],
  ])("%s", async (_, policy, recording, expected) => {
    expect(await open(policy, recording)).toEqual(expected);
  });
});

function forwarded(): Recording {
  return { id: "1", request: { method: "GET", path: "/", headers: [["x-forwarded-for", "203.0.113.9"]] } };
}
