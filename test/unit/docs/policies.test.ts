/**
 * Every policy, rule, action and setting that a page shows compiles, without a finding.
 *
 * What is no policy although it looks like one stands in `others`, with what it is; an entry that no page has any more fails.
 */
import { type ParseError, parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { findingsOf, type Policy, policyOf, protobuf, ruleOf } from "./compiling.ts";
import { decisions, pages } from "./pages.ts";

const actionOf = (action: Policy) => policyOf([ruleOf({ action })]);
const tokensOf = (token: Policy) => actionOf({ tokenize: { format: "pan", ...token } });
const revealOf = (reveal: Policy, format = "pan") => ({
  ...policyOf([
    ruleOf({ name: "RULE", action: { tokenize: { format } } }),
    ruleOf({ on: "response", action: { reveal: "RULE", ...reveal } }),
  ]),
});
const jwt = { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: "edge" };

/** What makes a policy of a property that a page shows, by its name. */
const homes: Record<string, (shown: Policy) => Policy> = {
  name: (shown) => ("rules" in shown ? shown : policyOf([ruleOf(shown)])),
  $schema: (shown) => shown,
  activation: (shown) => ({ ...policyOf([ruleOf({})]), ...shown }),
  select: (shown) => policyOf([ruleOf(shown)]),
  on: (shown) => policyOf([ruleOf(shown)]),
  redact: (shown) => actionOf(shown),
  reveal: revealOf,
  anywhere: ({ anywhere }) => revealOf({ reveal: { rule: "RULE", anywhere } }, "opaque"),
  luhn: tokensOf,
  keepFirst: tokensOf,
  verify: (shown) => policyOf([ruleOf({})], { activation: { ...shown, ...(shown.verify === "jwt" && { jwt }) } }),
  bodies: (shown) => policyOf([ruleOf({})], { protobuf: { ...protobuf, ...shown } }),
  to: (date) => actionOf({ generalize: { date } }),
  v4: (ip) => actionOf({ generalize: { ip } }),
  ...Object.fromEntries(
    ["compressed", "unsupported", "unmatched", "limits", "extends"].map((name) => [
      name,
      (shown: Policy) => policyOf([ruleOf({})], shown),
    ]),
  ),
};

/** Not of a policy, by what it is. */
const others = new Map([
  ["{", "the first letter of a text"],
  ['{"', "the first letters of a text"],
  ["{}", "an empty object, as a value"],
  ['{"cvv"', "a piece of a document"],
  ["{{ name }}", "a text that is no JSON"],
  ['{a: b, c: "d"}', "a text that is no JSON"],
  ['{"name": "cardNumber", "value": ...}', "traffic"],
  ['{"name": "cvv", "value": "737"}', "traffic"],
  ['{"message":{"data":"eyJj..."}}', "traffic"],
  ['{"alg":"none","typ":"JWT"}', "traffic"],
  ['{"cvv": "737"}', "traffic"],
  ['{"type": "message", "content": [...]}', "traffic"],
  ["{a: 1}", "a text that is no JSON"],
  ['{"text"}', "input of `detect`"],
  ['{"spans"}', "output of `detect`"],
  ['{"do":"issue","session","side","commonName","uri","notAfter"}', "input of an authority"],
  ['{"chain","key","root"}', "output of an authority"],
  ['{"do":"revoke","serials":[...]}', "input of an authority"],
  ['{"do":"crl"}', "input of an authority"],
  ['{"crl"}', "output of an authority"],
]);

/** The policy around what a page shows: a whole one, rules, or a property in its place. */
function policyIn(text: string): Policy {
  const errors: ParseError[] = [];
  const isRules = /^\{.*\},\n/.test(text);
  const whole = isRules ? `[${text.replace(/,$/, "")}]` : text.startsWith('"') ? `{${text}}` : text;
  const shown = parse(whole, errors, { allowTrailingComma: false }) as Policy | Policy[];
  if (errors.length > 0) throw new Error(`not JSON: ${text}`);
  if (Array.isArray(shown)) return policyOf(shown.map((rule) => ruleOf(rule)));
  const home = homes[Object.keys(shown)[0]!];
  if (!home) throw new Error(`neither of a policy nor told to be something else: ${text}`);
  return home(shown);
}

const isJson = (text: string) => text.startsWith("{") || /^"[\w$]+": /.test(text);
/** A recording and a record of the audit log: see records.test.ts. */
const isRecord = (text: string) => /^\{"(request|data)":/.test(text);

const shown = [...pages, ...decisions].flatMap(({ blocks, spans }) =>
  [...blocks, ...spans].filter(({ text }) => isJson(text) && !isRecord(text)),
);

describe("JSON", () => {
  const policies = shown
    .filter(({ text }) => !others.has(text))
    .map(({ place, text }) => ({ place, first: text.split("\n")[0], text }));
  test.each(policies)("$place $first", async ({ text }) => {
    expect(await findingsOf(policyIn(text))).toEqual([]);
  });

  test("what is told to be something else stands on a page", () => {
    const texts = shown.map(({ text }) => text);
    expect([...others.keys()].filter((text) => !texts.includes(text))).toEqual([]);
  });
});
