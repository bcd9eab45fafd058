// The leak proof can fail: every kind of planted leak and change is found, and an honest result is not.

import { describe, expect, test } from "vitest";
import { OUTCOMES } from "../../../scripts/policy/outcomes.ts";
import type { Result } from "../../../scripts/replay/run.ts";
import { Bench, bytes, json, request, textOf, withBody, withHeaders } from "./support.ts";

const pan = "4111111111111111";
const name = "Zoë O'Neill";
const bench = new Bench({
  rules: [
    { name: "pan", select: "json:$..number", action: { mask: { keepFirst: 6, keepLast: 4 } } },
    { name: "cvv", select: ["json:$..cvc", "query:cvc"], action: "strip" },
    {
      name: "holder",
      select: ["json:$..holder", "header:x-holder", "cookie:holder", "query:holder"],
      action: "redact",
    },
    { name: "mail", select: "json:$..email", action: "hash" },
    { name: "year", select: "json:$..born", action: { generalize: { date: "year" } } },
    { name: "zip", select: "json:$..postalCode", action: { generalize: { zip: 3 } } },
    { name: "flag", select: "json:$..vip", action: "redact" },
    { name: "whole", select: "json:$.device", action: "redact" },
    { name: "back", on: "response", select: "json:$..token", action: "redact" },
  ],
});

const body = JSON.stringify(
  {
    card: { number: pan, cvc: "7371", holder: name },
    customer: { email: "zoe@mail.example", born: "1987-04-23", postalCode: null, vip: true, nick: "" },
    device: { ids: ["fp-7c19e0a4d2", 12345678] },
    total: 12.5,
    note: "leave at the door",
  },
  null,
  1,
);
const recording = {
  ...request(body, {
    path: `/pay?page=2&holder=${encodeURIComponent(name)}&cvc=7371`,
    headers: [json, ["x-holder", name], ["cookie", "theme=dark; holder=zoe-oneill"], ["x-trace", "a1"]],
  }),
  response: { status: 200, headers: [json], body: bytes('{"token":"tok-5512-abcdef","ok":true}') },
};
const original = await bench.run(recording);

test("an honest result has no finding", () => {
  expect(original.result.outcome).toBe("forwarded");
  expect(bench.findings(original)).toEqual([]);
});

const escaped = [...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const percent = [...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const into = (text: string) => withBody((out) => out.replace("leave at the door", text));

describe("a selected value in another place", () => {
  test.each([
    ["raw", into(pan), "pan", "raw"],
    ["raw, a code of four digits as a word", into("code 7371."), "cvv", "raw"],
    ["raw, from inside an object redacted as a whole", into("fp-7c19e0a4d2"), "whole", "raw"],
    ["raw, a number from inside it", into("12345678"), "whole", "raw"],
    ["JSON-escaped throughout", into(escaped), "holder", "json-escaped"],
    ["JSON-escaped in part", into(name.replace("ë", "\\u00EB")), "holder", "json-escaped"],
    ["percent-encoded throughout", into(percent), "holder", "percent-encoded"],
    ["percent-encoded as a form", into(encodeURIComponent(name).replaceAll("%20", "+")), "holder", "percent-encoded"],
    ["base64", into(Buffer.from(name).toString("base64")), "holder", "base64"],
    ["base64, one byte further", into(Buffer.from(`:${name}`).toString("base64")), "holder", "base64"],
    ["base64, two bytes further", into(Buffer.from(`a:${name};`).toString("base64")), "holder", "base64"],
    ["base64url", into(Buffer.from(`~~?${name}`).toString("base64url")), "holder", "base64url"],
    ["in a header of its own", withHeaders((headers) => [...headers, ["x-debug", pan]]), "pan", "raw"],
    [
      "behind the path",
      withHeaders((all) => all.map(([n, v]) => [n, n === ":path" ? `${v}&d=${pan}` : v])),
      "pan",
      "raw",
    ],
    ["behind the document", withBody((out) => `${out}\n${pan}`), "pan", "raw"],
    ["in what is no JSON any more", withBody((out) => out.replace("{", pan)), "pan", "raw"],
  ])("%s", (_title, change, rule, encoding) => {
    expect(bench.findings(original, change)).toContainEqual(expect.objectContaining({ kind: "leak", rule, encoding }));
  });

  test("in the response", () => {
    const change = {
      response: { ...original.result.response!, body: bytes('{"token":"[redacted]","ok":"tok-5512-abcdef"}') },
    };
    const found = bench.findings(original, () => change);
    expect(found).toContainEqual(expect.objectContaining({ kind: "leak", rule: "back", direction: "response" }));
  });

  test("quoted by a refusal", () => {
    const reply = { status: 400, headers: [] as [string, string][], body: bytes(`{"detail":"bad value ${pan}"}`) };
    const found = bench.findings(original, () => ({
      outcome: "blocked",
      request: undefined,
      response: reply,
      isReply: true,
    }));
    expect(found).toContainEqual(expect.objectContaining({ kind: "leak", rule: "pan" }));
  });

  test("quoted by a refusal of gRPC-Web, and its own words are no leak", async () => {
    const words = new Bench({
      rules: [{ name: "word", select: ["json:$.*", "query:*"], action: "redact" }],
    });
    const path = "/?a=body&b=policy&c=detail&d=direction";
    const refused = await words.run(request('{"a":', { path }));
    expect(refused.result.reason).toBe("json_syntax");
    expect(words.findings(refused)).toEqual([]);
    const call = (message: string): Partial<Result> => {
      const trailers = Buffer.from(`grpc-status:3\r\ngrpc-message:${message}\r\n`);
      const frame = Buffer.concat([Buffer.of(0x80, 0, 0, trailers.length >> 8, trailers.length & 255), trailers]);
      const headers: [string, string][] = [["content-type", "application/grpc-web-text+proto"]];
      return { response: { status: 200, headers, body: bytes(frame.toString("base64")) } };
    };
    const { title, code, detail } = OUTCOMES.find((one) => one.code === "json_syntax")!;
    expect(words.findings(refused, () => call(`${title} (${code}). ${detail}`))).toEqual([]);
    const quoting = words.findings(refused, () => call(`${title} (${code}). ${detail} It has a body.`));
    expect(quoting).toContainEqual(expect.objectContaining({ kind: "leak", rule: "word" }));
  });

  test("in the part of a body that left before it was cut", () => {
    const part = withBody(() => body.slice(0, body.indexOf("cvc")));
    const found = bench.findings(original, (result) => ({
      ...part(result),
      outcome: "blocked",
      requestComplete: false,
    }));
    expect(found).toContainEqual(expect.objectContaining({ kind: "leak", rule: "pan", encoding: "raw" }));
  });
});

describe("a value that stands where it stood", () => {
  test.each([
    ["a text", withBody((out) => out.replace("411111******1111", pan)), "pan", "$['card']['number']"],
    [
      "a boolean, which no search could find",
      withBody((out) => out.replace("false", "true")),
      "flag",
      "$['customer']['vip']",
    ],
    ["a date", withBody((out) => out.replace("1987-01-01", "1987-04-23")), "year", "$['customer']['born']"],
    [
      "a header",
      withHeaders((all) => all.map(([n, v]) => [n, n === "x-holder" ? Buffer.from(name).toString("latin1") : v])),
      "holder",
      "header:x-holder",
    ],
    [
      "a cookie",
      withHeaders((all) => all.map(([n, v]) => [n, v.replace("[redacted]", "zoe-oneill")])),
      "holder",
      "cookie:holder",
    ],
    [
      "a parameter",
      withHeaders((all) => all.map(([n, v]) => [n, v.replace("%5Bredacted%5D", encodeURIComponent(name))])),
      "holder",
      "query:holder",
    ],
  ])("%s", (_title, change, rule, location) => {
    expect(bench.findings(original, change)).toContainEqual(
      expect.objectContaining({ kind: "unredacted", rule, location }),
    );
  });
});

describe("a change that no rule asks for", () => {
  test.each([
    ["another text", withBody((out) => out.replace("leave", "bring"))],
    ["another spelling of a number", withBody((out) => out.replace("12.5", "12.50"))],
    ["another spelling of a name", withBody((out) => out.replace('"note"', '"no\\u0074e"'))],
    ["white space", withBody((out) => out.replace("\n", "\n\n"))],
    [
      "another order",
      withBody((out) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(out)).reverse()), null, 1)),
    ],
    ["a member too many", withBody((out) => out.replace('"total"', '"tax": 1,\n "total"'))],
    ["a member gone", withBody((out) => out.replace(/ "total": 12.5,\n/, ""))],
    ["null filled", withBody((out) => out.replace("null", '"00000"'))],
    ["an empty text filled", withBody((out) => out.replace('"nick": ""', '"nick": "x"'))],
    ["a stripped member that stays, empty", withBody((out) => out.replace('"holder": "[', '"cvc": "", "holder": "['))],
    ["a mask of another length", withBody((out) => out.replace("******", "*****"))],
    ["a mask that shows more", withBody((out) => out.replace("411111*", "4111111"))],
    ["a hash that is none", withBody((out) => out.replace(/"email": "[0-9a-f]{64}"/, '"email": "zoe"'))],
    ["another type", withBody((out) => out.replace('"device": {}', '"device": []'))],
    ["trailing bytes", withBody((out) => `${out} `)],
    ["no body", withBody(() => "")],
    ["a header too many", withHeaders((headers) => [...headers, ["x-new", "1"]])],
    ["a header gone", withHeaders((headers) => headers.filter(([n]) => n !== "x-trace"))],
    ["another header value", withHeaders((headers) => headers.map(([n, v]) => [n, n === "x-trace" ? "a2" : v]))],
    ["a cookie gone", withHeaders((all) => all.map(([n, v]) => [n, v.replace("theme=dark; ", "")]))],
    ["another method", withHeaders((all) => all.map(([n, v]) => [n, n === ":method" ? "PUT" : v]))],
    ["another path", withHeaders((all) => all.map(([n, v]) => [n, v.replace("/pay", "/pray")]))],
    ["a parameter changed", withHeaders((all) => all.map(([n, v]) => [n, v.replace("page=2", "page=3")]))],
  ])("%s", (_title, change) => {
    expect(bench.findings(original, change)).toContainEqual(expect.objectContaining({ kind: "changed" }));
  });

  test("in inactive traffic", async () => {
    const idle = new Bench({
      activation: { verify: "presence" },
      rules: [{ name: "pan", select: "json:$..number", action: "redact" }],
    });
    const passed = await idle.run({ ...recording, active: false });
    expect(passed.result.outcome).toBe("bypassed");
    expect(idle.findings(passed)).toEqual([]);
    expect(
      idle.findings(
        passed,
        withBody((out) => out.replace(pan, "x")),
      ),
    ).toHaveLength(1);
  });
});

describe("what the policy lets through", () => {
  test("a value that also stands where no rule looks is a note, not a leak", async () => {
    const twice = await bench.run(request(JSON.stringify({ card: { number: pan }, memo: `card ${pan}` })));
    expect(bench.findings(twice)).toEqual([]);
    expect(bench.notes(twice)).toEqual([
      expect.stringContaining("also stands in a place that the policy lets through"),
    ]);
    expect(bench.notes(twice).join()).not.toContain(pan);
  });

  test("what stands beside a find, and a value that an action leaves, in a part of a body", async () => {
    const detecting = new Bench({
      unmatched: "block",
      rules: [
        { name: "mail", select: "json:$.note", detect: ["EMAIL_ADDRESS"], action: "redact" },
        { name: "short", select: "json:$.code", action: { truncate: 8 } },
      ],
      limits: { hold: "0" },
    });
    const cut = await detecting.run(
      request('{"note":"Zyx1wvut ann@mail.example","code":"Qrs2abcd","other":"Zyx1wvut"}'),
      8,
    );
    expect(cut.result.isCut).toBe(true);
    expect(textOf(cut.result.request?.body)).toContain("Qrs2abcd");
    expect(detecting.findings(cut)).toEqual([]);
  });

  test("what passes in base64, in a part of a body", async () => {
    const rules = [
      { name: "pan", select: "named:pan", action: "redact" },
      { name: "last", select: "json:$.b", action: "block" },
    ];
    const named = new Bench({ rules, limits: { hold: "0" } });
    const data = Buffer.from('{"a":"Zyx1wvut","pan":"4111"}').toString("base64");
    const cut = await named.run(request(`{"data":"${data}","pan":"Zyx1wvut","b":1}`), 8);
    expect(cut.result.isCut).toBe(true);
    expect(named.findings(cut)).toEqual([]);
    const leaking = named.findings(
      cut,
      withBody((left) => left.replace("[redacted]", "Zyx1wvut")),
    );
    expect(leaking).toContainEqual(expect.objectContaining({ kind: "leak", rule: "pan", encoding: "raw" }));
  });

  test("one time more than the policy lets through is a leak", async () => {
    const twice = await bench.run(request(JSON.stringify({ card: { number: pan }, memo: `card ${pan}`, rest: "x" })));
    const change = withBody((out) => out.replace('"x"', `"${pan}"`));
    expect(bench.findings(twice, change)).toContainEqual(expect.objectContaining({ kind: "leak", rule: "pan" }));
  });

  test("a body that cannot be read, and went through all the same", async () => {
    const refused = await bench.run(request("{"));
    expect(refused.result.outcome).toBe("blocked");
    const sent = { headers: refused.exchange.request.headers as [string, string][], body: bytes("{") };
    const change = () => ({
      outcome: "forwarded" as const,
      request: sent,
      requestComplete: true,
      isReply: false,
      response: undefined,
    });
    expect(bench.findings(refused, change)).toContainEqual(
      expect.objectContaining({ kind: "changed", detail: "a body that cannot be read went through" }),
    );
  });

  test("findings hold no value", () => {
    const found = [
      ...bench.findings(original, into(pan)),
      ...bench.findings(
        original,
        withBody(() => body),
      ),
    ];
    const told = JSON.stringify(found);
    for (const value of [pan, name, "7371", "zoe@mail.example", "fp-7c19e0a4d2"]) expect(told).not.toContain(value);
    expect(textOf(original.result.request?.body)).not.toContain(pan);
  });
});

describe("what a reveal leaves, which no key is there to check", async () => {
  const opaque = { tokenize: { format: "opaque" } };
  const places = ["note", "text", "pan"] as const;
  const [note, text, pan] = places.map((name) => `json:$.${name}`);
  const back = new Bench({
    rules: [
      { name: "note", select: [note, text], action: opaque },
      { name: "pan", select: pan, action: { tokenize: { format: "pan", keepFirst: 6 } } },
      { name: "note-back", on: "response", select: note, action: { reveal: "note" } },
      { name: "text-back", on: "response", select: text, action: { reveal: { rule: "note", anywhere: true } } },
      { name: "pan-back", on: "response", select: pan, action: { reveal: "pan" } },
    ],
  });
  const answered = async (given: object) => {
    const hidden = await back.run(request(JSON.stringify(given)));
    const { note: first } = JSON.parse(textOf(hidden.result.request!.body)) as { note: string };
    const shown = textOf(hidden.result.request!.body).replace(/"text":"[^"]*"/, `"text":"a ${first} b ${first}."`);
    return back.run({ ...request("{}"), response: { status: 200, headers: [json], body: bytes(shown) } });
  };
  const honest = await answered({ note: "call me", text: "x", pan: "4111111111111111", other: 1 });
  const left = (given: object) => ({ response: { ...honest.result.response!, body: bytes(JSON.stringify(given)) } });
  const shown = { note: "call me", text: "a call me b call me.", pan: "4111111111111111", other: 1 };

  test("originals in the place of tokens are no finding", () => {
    expect(JSON.parse(textOf(honest.result.response!.body))).toEqual(shown);
    expect(back.findings(honest)).toEqual([]);
  });

  test.each([
    ["the text around a token", { ...shown, text: "a call me c call me." }, "text-back"],
    ["a text that lost its end", { ...shown, text: "a call me b call me" }, "text-back"],
    ["a number of another form", { ...shown, pan: "4111 1111 1111 1111" }, "pan-back"],
    ["digits that a token keeps", { ...shown, pan: "4222221111111111" }, "pan-back"],
    ["another type", { ...shown, note: 1 }, "note-back"],
    ["a place of no rule", { ...shown, other: 2 }, undefined],
  ])("%s", (_title, given, rule) => {
    expect(back.findings(honest, () => left(given)).map((one) => one.rule)).toEqual([rule]);
  });

  test("a value in which no token stood stays", async () => {
    const plain = { note: "call me", text: "a b.", pan: "none" };
    const run = await back.run({
      ...request("{}"),
      response: { status: 200, headers: [json], body: bytes(JSON.stringify(plain)) },
    });
    expect(back.findings(run)).toEqual([]);
    for (const [place, value] of [
      ["note", "call you"],
      ["text", "a c."],
      ["pan", "some"],
    ] as const) {
      const other = {
        response: { ...run.result.response!, body: bytes(JSON.stringify({ ...plain, [place]: value })) },
      };
      expect(back.findings(run, () => other).map(({ detail }) => detail)).toEqual(["no token stood there"]);
    }
  });
});
