// Headers, cookies, query parameters, trailers: rules, separators, encodings, and what no rule names.
import { describe, expect, test } from "vitest";
import { headerOf, json, pluginOf, send } from "./support.ts";

const rule = (select: string | string[], action: unknown, on: string | string[] = "request") => ({
  rules: [{ name: "r", on, select, action }],
});

describe("cookies", () => {
  const cookie = (policy: object, value: string) =>
    headerOf(send(pluginOf(policy), { method: "GET", headers: [["cookie", value]] }), "cookie");

  test.each([
    ["the first is stripped with its separator", "a=1; b=2; c=3", "strip", "cookie:a", "b=2; c=3"],
    ["with the tabs around it", "a=1;\tb\t=\t2;\tc=3", "strip", "cookie:b", "a=1;\tc=3"],
    ["the last", "a=1; b=2; c=3", "strip", "cookie:c", "a=1; b=2"],
    ["one in the middle", "a=1; b=2; c=3", "strip", "cookie:b", "a=1; c=3"],
    ["the only one takes the header with it", "a=1", "strip", "cookie:a", undefined],
    ["the only one, with a separator behind it", "a=1; ", "strip", "cookie:a", undefined],
    ["one in front of a separator", "b=2; a=1;", "strip", "cookie:a", "b=2;"],
    ["each of equal names", "a=1; b=2; a=3", "strip", "cookie:a", "b=2"],
    ["names are case-sensitive", "A=1; a=2", "strip", "cookie:a", "A=1"],
    [
      "a glob",
      "sess-x=1; other=2; sess-y=3",
      "redact",
      "cookie:sess-*",
      "sess-x=[redacted]; other=2; sess-y=[redacted]",
    ],
    ["a quoted value keeps its quotes", 'a="secret"; b=2', "redact", "cookie:a", 'a="[redacted]"; b=2'],
    ["an empty value stays empty", "a=; b=2", "redact", "cookie:a", "a=; b=2"],
    ["spacing of the others stays", "a=1;b=2 ;  c=3", "redact", "cookie:a", "a=[redacted];b=2 ;  c=3"],
    [
      "what a cookie may not hold is encoded",
      'a=1" 2;b=1',
      { truncate: { keepFirst: 3 } },
      "cookie:a",
      "a=1%22%20;b=1",
    ],
  ])("%s", (_title, value, action, select, expected) => {
    expect(cookie(rule(select, action), value)).toBe(expected);
  });

  test("of a response: the pair, and what is no attribute", () => {
    const policy = rule("cookie:session", "redact", "response");
    const headers: [string, string][] = [
      ["set-cookie", "session=abc; Path=/; HttpOnly"],
      ["set-cookie", "theme=dark; session=x"],
    ];
    const result = send(pluginOf(policy), { method: "GET", headers: [], response: { headers, body: "" } });
    expect(result.response?.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value)).toEqual([
      "session=[redacted]; Path=/; HttpOnly",
      "theme=dark; session=[redacted]",
    ]);
  });
});

describe("query", () => {
  const path = (policy: object, value: string) =>
    headerOf(send(pluginOf(policy), { method: "GET", path: value, headers: [] }), ":path");

  test.each([
    ["the first", "/p?a=1&b=2", "strip", "query:a", "/p?b=2"],
    ["the last", "/p?a=1&b=2", "strip", "query:b", "/p?a=1"],
    ["the only one takes the question mark with it", "/p?a=1", "strip", "query:a", "/p"],
    ["repeated", "/p?a=1&a=2&b=3", "redact", "query:a", "/p?a=%5Bredacted%5D&a=%5Bredacted%5D&b=3"],
    ["an encoded name", "/p?%61=1&b=2", "strip", "query:a", "/p?b=2"],
    ["plus is a space", "/p?my+name=1&b=2", "strip", "query:my name", "/p?b=2"],
    ["an encoded value is masked decoded", "/p?a=4%31%31%31", { mask: { keepLast: 2 } }, "query:a", "/p?a=**11"],
    ["a bad escape stands for itself", "/p?a=%zz&b=%41", "strip", "query:b", "/p?a=%zz"],
    ["an empty value stays", "/p?a=&b=2", "redact", "query:a", "/p?a=&b=2"],
    ["without a value", "/p?a&b=2", "redact", "query:a", "/p?a&b=2"],
    ["empty parts stay", "/p?&a=1&&b=2&", "strip", "query:a", "/p?&&b=2&"],
    ["what no rule names stays as it is spelled", "/p?a=1&b=%7e+x", "redact", "query:a", "/p?a=%5Bredacted%5D&b=%7e+x"],
    ["a semicolon that hides nothing stays", "/p?b=1;c=2;a&d=x;", "redact", "query:a", "/p?b=1;c=2;a&d=x;"],
    ["a semicolon in what is replaced", "/p?a=1;a=2", "redact", "query:a", "/p?a=%5Bredacted%5D"],
    ["the value may hold more equals signs", "/p?a=x=y&b=2", { mask: {} }, "query:a", "/p?a=***&b=2"],
  ])("%s", (_title, value, action, select, expected) => {
    expect(path(rule(select, action), value)).toBe(expected);
  });

  test("a semicolon that hides a parameter from its rule is refused", () => {
    const policy = {
      rules: [
        { name: "name", select: "query:name", action: "redact" },
        { name: "pan", select: "any:", detect: ["CREDIT_CARD"], action: "redact" },
      ],
    };
    const sent = (value: string) => send(pluginOf(policy), { method: "GET", path: value, headers: [] });
    for (const value of ["/p?a=1;name=Bob", "/p?a;b=1;n%61me=Bob", "/p?a=4111111111111111;name=Bob"])
      expect(sent(value).reason).toBe("form_separator");
    for (const value of ["/p?fields=id;name", "/p?a=1;b=2", "/p?a=1%3Bname=Bob", "/p;name=Bob"])
      expect(headerOf(sent(value), ":path")).toBe(value);
  });
});

describe("headers", () => {
  test("names in any case, globs, repeated headers in order", () => {
    const policy = rule("header:X-User-*", { mask: { keepFirst: 1 } });
    const headers: [string, string][] = [
      ["x-user-a", "abc"],
      ["x-other", "abc"],
      ["x-user-b", "de"],
      ["x-user-a", "fgh"],
    ];
    const result = send(pluginOf(policy), { method: "GET", headers });
    const left = result.request!.headers.filter(([name]) => name.startsWith("x-"));
    expect(left.filter(([name]) => name === "x-user-a").map(([, value]) => value)).toEqual(["a**", "f**"]);
    expect(Object.fromEntries(left)).toMatchObject({ "x-other": "abc", "x-user-b": "d*" });
    expect(result.rules).toEqual({ r: 3 });
  });

  test("one of two equal names is stripped when only it is selected by position of the first rule", () => {
    const result = send(pluginOf(rule("header:x-a", "strip")), {
      method: "GET",
      headers: [
        ["x-a", "1"],
        ["x-b", "2"],
        ["x-a", "3"],
      ],
    });
    expect(result.request?.headers.filter(([name]) => name.startsWith("x-"))).toEqual([["x-b", "2"]]);
  });

  test("block", () => {
    expect(send(pluginOf(rule("header:x-a", "block")), { method: "GET", headers: [["x-a", "1"]] })).toMatchObject({
      outcome: "blocked",
      reason: "rule_block",
      request: undefined,
    });
  });

  test("trailers fall under the header rules", () => {
    const plugin = pluginOf(rule("header:x-sum", "redact"));
    const stream = plugin.stream();
    stream.requestHeaders([[":method", "POST"], [":path", "/"], json], false);
    stream.requestBody(Buffer.from("[1]"), false);
    stream.requestTrailers([
      ["x-sum", "secret"],
      ["x-kind", "a"],
    ]);
    expect(stream.upstream.trailers).toEqual(
      expect.arrayContaining([
        ["x-sum", "[redacted]"],
        ["x-kind", "a"],
      ]),
    );
    expect(Buffer.concat(stream.upstream.body).toString()).toBe("[1]");
    stream.close();
  });

  test("deny by default: transport headers stay, others, cookies and parameters do not", () => {
    const policy = { unmatched: "redact", ...rule(["header:x-ok", "cookie:theme", "query:page"], "pass") };
    const headers: [string, string][] = [
      ["accept", "*/*"],
      ["authorization", "Bearer t"],
      ["cookie", "theme=dark; id=7"],
      ["x-ok", "yes"],
      ["x-user", "ann"],
    ];
    const result = send(pluginOf(policy), { method: "GET", path: "/p?page=2&mail=a%40b", headers });
    expect(Object.fromEntries(result.request!.headers)).toMatchObject({
      ":path": "/p?page=2&mail=%5Bredacted%5D",
      accept: "*/*",
      authorization: "[redacted]",
      cookie: "theme=dark; id=[redacted]",
      "x-ok": "yes",
      "x-user": "[redacted]",
    });
  });

  test("what blocks unnamed values strips unnamed headers, since proxies add them on their own", () => {
    const plugin = pluginOf({ unmatched: "block", ...rule("json:$.a", "pass") });
    const result = send(plugin, { headers: [json, ["x-user", "ann"], ["accept", "*/*"]], body: '{"a":1}' });
    expect(result.outcome).toBe("forwarded");
    expect(headerOf(result, "x-user")).toBeUndefined();
    expect(headerOf(result, "accept")).toBe("*/*");
    expect(send(plugin, { path: "/?q=1", body: '{"a":1}' }).reason).toBe("unmatched_block");
  });
});
