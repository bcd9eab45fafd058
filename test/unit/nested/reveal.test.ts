// Tokens inside texts inside texts: what a request tokenizes in a text, a response turns back in it, in every carrier and
// at every cut of the body; and what becomes of texts that are almost what the policy says.
import { describe, expect, test } from "vitest";
import { bodyOf, headerOf, json, pluginOf, send } from "../filter/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const token = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;

const chains: [chain: string, spell: (text: string) => string][] = [
  ["|json:$.v", (text) => text],
  ["|base64|json:$.v", base64],
  ["|base64url|json:$.v", url],
  ["|jwt:$.v", token],
  ["|json:$.s|json:$.v", (text) => JSON.stringify({ s: text })],
  ["|jwt:$.s|base64|json:$.v", (text) => token(JSON.stringify({ s: base64(text) }))],
];

const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const multipart: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
const part = (text: string) => `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--x--\r\n`;

const bodies: [location: string, type: [string, string], put: (text: string) => string][] = [
  ["json:$.a", json, (text) => JSON.stringify({ b: 1, a: text })],
  ["json:$.a", ["content-type", "application/x-ndjson"], (text) => `{"b":1}\n${JSON.stringify({ a: text })}\n`],
  ["json:$.a", ["content-type", "text/event-stream"], (text) => `id: 1\ndata: ${JSON.stringify({ a: text })}\n\n`],
  ["form:a", form, (text) => `b=1&a=${encodeURIComponent(text)}&c=2`],
  ["multipart:a", multipart, part],
];

const format = { format: "pan", keepFirst: 6 };
const value = "4111111111111111";
const written = `{"v":"${value}","w":[1, "x"]}`;

const policyOf = (select: string, action: object = { tokenize: format }) => ({
  rules: [
    { name: "pan", select, action },
    { name: "back", on: "response", select, action: { reveal: "pan" } },
  ],
});

describe.each(bodies)("%s, %s", (location, type, put) => {
  test.each(chains)("%s", (chain, spell) => {
    for (const action of [{ tokenize: format }, { tokenize: { format: "opaque" } }]) {
      const plugin = pluginOf(policyOf(location + chain, action));
      const original = put(spell(written));
      const tokenized = bodyOf(send(plugin, { headers: [type], body: original }));
      expect(tokenized).not.toBe(original);
      const response = { headers: [type], body: tokenized };
      for (let cut = 1; cut < tokenized.length; cut++) {
        const result = send(plugin, { method: "GET", headers: [], response }, { chunk: [cut] });
        expect(Buffer.from(result.response!.body).toString()).toBe(original);
      }
      const bytewise = send(plugin, { method: "GET", headers: [], response }, { chunk: 1 });
      expect(Buffer.from(bytewise.response!.body).toString()).toBe(original);
    }
  });
});

test.each(chains)("a header, %s", (chain, spell) => {
  const plugin = pluginOf(policyOf(`header:x-a${chain}`));
  const sent = headerOf(send(plugin, { headers: [["x-a", spell(written)]] }), "x-a")!;
  expect(sent).not.toBe(spell(written));
  const result = send(plugin, { method: "GET", headers: [], response: { headers: [["x-a", sent]] } });
  expect(result.response!.headers).toContainEqual(["x-a", spell(written)]);
});

describe("texts that are almost what the policy says", () => {
  const select = [
    "json:$.b|base64|json:$.v",
    "json:$.u|base64url|json:$.v",
    "json:$.t|jwt:$.v",
    "json:$.n|jwt:$.i|jwt:$.v",
  ];
  const plugin = pluginOf({ rules: [{ name: "v", select, action: "redact" }] });
  const became = (body: string) => {
    const result = send(plugin, { body });
    return result.reason ?? bodyOf(result);
  };
  // Bytes that need the digits + and / in base64, and - and _ in that of URLs.
  const text = '{"v":"x","w":"\u00bf\u00bf>>>???"}';
  const left = '{"v":"[redacted]","w":"\u00bf\u00bf>>>???"}';
  const jwe = [url('{"alg":"dir","enc":"A256GCM"}'), "", url("iv"), url("secret"), url("tag")].join(".");

  test.each([
    ["base64", { b: base64(text) }, { b: base64(left) }],
    ["base64 without its padding", { b: base64(text).replace(/=+$/, "") }, { b: base64(left).replace(/=+$/, "") }],
    ["base64 with line breaks", { b: base64(text).replace(/.{20}/, "$&\r\n") }, "nested_value"],
    ["base64 with half its padding", { b: `${base64('{"v":"12"}').replace(/=+$/, "")}=` }, "nested_value"],
    [
      "the alphabet of URLs where base64 must be",
      { b: base64(text).replaceAll("+", "-").replaceAll("/", "_") },
      "nested_value",
    ],
    ["base64 where the alphabet of URLs must be", { u: base64(text) }, "nested_value"],
    ["base64 of base64 where one is told", { b: base64(base64(text)) }, "nested_value"],
    ["an encrypted token, which nobody here can read", { t: jwe }, "nested_value"],
    ["a token in a token", { n: token(`{"i":"${token(text)}"}`) }, { n: token(`{"i":"${token(left)}"}`) }],
    ["an encrypted token in a token", { n: token(`{"i":"${jwe}"}`) }, "nested_value"],
  ])("%s", (_, before, after) => {
    expect(became(JSON.stringify(before))).toBe(typeof after === "string" ? after : JSON.stringify(after));
  });

  test("base64 spelled in escapes, a blank and a lone surrogate", () => {
    const escaped = (one: string) =>
      [...one].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    expect(became(`{"b":"${escaped(base64(text))}"}`)).toBe(`{"b":"${base64(left)}"}`);
    expect(became(`{"b":"${base64(text)} "}`)).toBe("nested_value");
    expect(became(`{"b":"${base64(text)}\\ud83d"}`)).toBe("nested_value");
  });
});
