// Random rules of every kind on what texts spell and on the texts, in every place that holds texts, judged by the proof.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { encode, frame, shopFile } from "../../support/protobuf.ts";
import { Bench, json, request } from "../replay/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const percent = encodeURIComponent;
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const typed = (type: string): [string, string][] => [["content-type", type]];

/** Where a text may stand, and a message with it. */
const carriers: Record<string, (text: string) => Recording> = {
  "header:x-a": (text) => request("{}", { headers: [json, ["x-a", text]] }),
  "cookie:a": (text) => request("{}", { headers: [json, ["cookie", `b=1; a=${percent(text)}`]] }),
  "query:a": (text) => request("{}", { path: `/?b=1&a=${percent(text)}` }),
  "path:/p/{a}": (text) => request("{}", { path: `/p/${percent(text)}` }),
  "form:a": (text) => request(`b=1&a=${percent(text)}`, { headers: typed("application/x-www-form-urlencoded") }),
  "multipart:a": (text) =>
    request(`--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--x--\r\n`, {
      headers: typed("multipart/form-data; boundary=x"),
    }),
  "json:$.a": (text) => request(JSON.stringify({ b: 1, a: text })),
  "xml://a": (text) => request(`<o>\n<a>${escaped(text)}</a><b/></o>`, { headers: typed("application/xml") }),
  "xml://@a": (text) => request(`<o><b a="${escaped(text)}"/></o>`, { headers: typed("text/xml") }),
  "grpc:*/*:note": (text) => ({
    id: "one",
    request: {
      method: "POST",
      path: "/shop.Checkout/Pay",
      headers: typed("application/grpc"),
      body: frame(encode("shop.Order", { id: "1", note: text })),
    },
  }),
};

const chains: [chain: string, spell: (text: string) => string][] = [
  ["|json:$", (text) => text],
  ["|base64|json:$", base64],
  ["|base64url|json:$", url],
  ["|jwt:$", token],
  ["|base64url|base64|json:$", (text) => url(base64(text))],
];

/** Values of their own, so that one that stays does not look like another that must go. */
function distinct(text: string): string {
  let count = 0;
  return text.replace(/MAIL|WORD/g, (word) => (word === "MAIL" ? `jane${++count}@example.com` : `Zyx${++count}wvut`));
}

const texts = fc.constantFrom("MAIL", "x MAIL y", "WORD", "", true, null);
const documents = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, texts, fc.array(tie("value"), { maxLength: 2 }), tie("object")),
  object: fc.dictionary(fc.constantFrom("n", "m", "o"), tie("value"), { maxKeys: 3, minKeys: 1 }),
})).object;

const { redact, mask, hash, tokenize } = {
  redact: "redact",
  mask: { mask: { keepFirst: 1 } },
  hash: { hash: { length: 16 } },
  tokenize: { tokenize: { format: "opaque" } },
};
const find = { detect: ["EMAIL_ADDRESS"] };
const acts = fc.constantFrom<object>(
  { action: redact },
  { action: "pass" },
  { action: "block" },
  { action: mask },
  { action: hash },
  { action: tokenize },
  { ...find, action: redact },
  { ...find, action: "pass" },
  { ...find, action: mask },
  { ...find, action: tokenize, whole: true },
  { ...find, action: hash, whole: true },
);

const cases = fc
  .tuple(fc.constantFrom(...Object.keys(carriers)), fc.constantFrom(...chains))
  .chain(([place, [chain, spell]]) => {
    const inside = fc.constantFrom(".n", ".m", "..o", "[*]").map((step) => place + chain + step);
    const rule = fc.oneof(
      { weight: 4, arbitrary: fc.record({ select: inside, act: fc.oneof(acts, fc.constant({ action: "strip" })) }) },
      { weight: 2, arbitrary: fc.record({ select: fc.constant(place), act: acts }) },
      fc.constant({ select: "any:", act: { ...find, action: redact } }),
    );
    return fc.record({
      place: fc.constant(place),
      text: fc.oneof(
        { weight: 5, arbitrary: documents.map((document) => spell(distinct(JSON.stringify(document)))) },
        fc.constantFrom("none", "jane@example.com", "x jane@example.com y"),
      ),
      rules: fc
        .array(rule, { minLength: 1, maxLength: 4 })
        .map((rules) => [
          ...rules.map(({ select, act }, index) => ({ name: `r${index}`, select, ...act })),
          { name: "last", select: `${place}${chain}.n`, action: redact },
        ]),
      unsupported: fc.constantFrom("block", "empty", "pass"),
      unmatched: fc.constantFrom("pass", "pass", "redact", "strip"),
    });
  });

const refusals = [undefined, "rule_block", "nested_value", "path_ambiguous", "json_syntax"];

test("random rules, places and texts", { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ place, text, rules, ...more }) => {
      const bench = new Bench({ protobuf: { descriptors: shopFile }, rules, ...more });
      const run = await bench.run(carriers[place]!(text), "each");
      expect(bench.findings(run)).toEqual([]);
      expect(refusals).toContain(run.result.reason);
    }),
    { numRuns: 600, seed: 20261125 },
  );
});
