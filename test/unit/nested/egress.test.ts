// Where the hotfix calls out: what a request tokenized in a text is undone in it for allowed destinations, and what comes
// back is tokenized in it again.
import { expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import { binaryOf, compileTest } from "../../support/engine-policy.ts";
import { bodyOf, headerOf, json, machine, send } from "../filter/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;

const policy = {
  rules: [
    {
      name: "pan",
      select: [
        "json:$.a|base64|json:$.pan",
        "xml://A|base64|json:$.pan",
        "header:x-a|jwt:$.pan",
        "path:/p/{a}|base64url|json:$.pan",
      ],
      action: { tokenize: { format: "pan", keepFirst: 6 } },
    },
  ],
  egress: { clusters: ["pay"], hosts: ["api.pay.example"] },
};
const text = '{"pan": "4111111111111111", "n": [1]}';
const xml: [string, string] = ["content-type", "application/xml"];

test.each([
  [json, JSON.stringify({ b: 1, a: base64(text) })],
  [xml, `<o><A>\n ${base64(text)}</A></o>`],
])("%s", (type, body) => {
  const edge = machine().vm.plugin("edge", binaryOf(policy));
  const egress = machine().vm.plugin("egress", binaryOf(policy, "egress"));
  const headers: [string, string][] = [type, ["host", "api.pay.example"], ["x-a", unsigned(text)]];
  const inside = send(edge, { path: `/p/${url(text)}`, headers, body });
  const seen = { path: headerOf(inside, ":path")!, claims: headerOf(inside, "x-a")!, body: bodyOf(inside) };
  expect(seen.path).not.toBe(`/p/${url(text)}`);
  expect(seen.claims).not.toBe(unsigned(text));
  expect(seen.body).not.toBe(body);
  const call = {
    path: seen.path,
    headers: [type, ["host", "api.pay.example"], ["x-a", seen.claims]] as [string, string][],
    body: seen.body,
    response: { headers: [type, ["x-a", unsigned(text)]] as [string, string][], body },
  };
  const outside = send(egress, call, { properties: { "xds.cluster_name": "pay" } });
  expect([headerOf(outside, ":path"), headerOf(outside, "x-a"), bodyOf(outside)]).toEqual([
    `/p/${url(text)}`,
    unsigned(text),
    body,
  ]);
  expect(Buffer.from(outside.response!.body).toString()).toBe(seen.body);
  expect(outside.response!.headers).toContainEqual(["x-a", seen.claims]);
});

test("lint says of tokens that detectors will not find again that they are not undone", () => {
  const codes = (action: object, ...more: object[]) => {
    const find = { name: "find", select: "any:", detect: ["EMAIL_ADDRESS"], action: { tokenize: action } };
    const compiled = compileTest({ rules: [find, ...more], egress: policy.egress });
    return lintPolicy(compiled, { strict: false }).map(({ code }) => code);
  };
  const back = {
    name: "back",
    on: "egress-request",
    select: "json:$.a",
    action: { reveal: { rule: "find", anywhere: true } },
  };
  expect(codes({ format: "opaque" })).toEqual(["undetected-token"]);
  expect(codes({ format: "email" })).toEqual([]);
  expect(codes({ format: "opaque" }, back)).toEqual([]);
});
