// Rules by name in texts that are base64 of JSON, in every place that may hold one and at every cut; what only begins so, tokens
// and signed values among it, is a text like any other. The leak proof agrees.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Sent, sent } from "../replay/cuts.ts";
import { Bench, request, textOf } from "../replay/support.ts";
import { form, left, named, percent, places, rules, searching } from "./places.ts";

type Style = "base64" | "base64url";
const encode = (text: string, style: Style = "base64"): string => Buffer.from(text).toString(style);
const wrapped = (text: string): string => text.match(/.{1,20}/g)!.join("\n");
/** Clients drop the padding, or keep it with the other alphabet. */
const unpadded = (text: string): string => text.replace(/=+$/, "");
const padded = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, "=");

const text = '{"id":7,"cvv":"123","in":[{"pan":"12345678","pin":[1]}],"who":"Zoë>>>???"}';
const made = '{"id":7,"cvv":"[redacted]","in":[{"pan":"****5678"}],"who":"Zoë>>>???"}';

describe.each(Object.entries(places))("%s", (_, place) => {
  test.each([named, searching])("rules by name reach what base64 of JSON spells", async (policy) => {
    for (const style of ["base64", "base64url"] as const) {
      expect(await left(place, encode(text, style), policy)).toBe(encode(made, style));
    }
    expect(await left(place, padded(encode(text, "base64url")), policy)).toBe(padded(encode(made, "base64url")));
    const short = '{"cvv":"1234"}';
    expect(await left(place, unpadded(encode(short)), policy)).toBe(unpadded(encode('{"cvv":"[redacted]"}')));
    const list = '[ \n[{ "cvv":1}]]';
    expect(await left(place, encode(list), policy)).toBe(encode('[ \n[{ "cvv":0}]]'));
  });

  test("in it, and around it, stand texts of JSON again", async () => {
    const inside = JSON.stringify({ t: text, b: encode(text) });
    const insideMade = JSON.stringify({ t: made, b: encode(made) });
    expect(await left(place, encode(inside), named)).toBe(encode(insideMade));
    const around = JSON.stringify({ b: encode(text), x: "eyJ." });
    expect(await left(place, around, named)).toBe(JSON.stringify({ b: encode(made), x: "eyJ." }));
  });

  test("where nothing is selected every byte stays", async () => {
    for (const plain of [encode('{"id":7}'), unpadded(encode('{"id":71}')), encode('["a"]')]) {
      expect([plain, await left(place, plain, named)]).toEqual([plain, plain]);
    }
  });

  test("what is no base64 of JSON as a whole is a text like any other", async () => {
    const claims = encode(text, "base64url");
    for (const plain of [
      "eyJ.cvv",
      "We",
      "every day",
      "W",
      "e",
      "C4JdY2FyZA",
      `${claims}.${claims}.c2ln`,
      `.${encode(text)}`,
      `${encode(text)}.c2ln`,
      `${encode('{"cvv":"12"}')}--${"0123456789abcdef".repeat(4)}`,
      `${encode('{"cvv":"1234567"}')}--${"0123456789abcdef".repeat(2)}`,
      encode("[1]"),
      encode("{}"),
      encode("[note] cvv: 123"),
      encode(' {"cvv":"1"}'),
    ]) {
      expect([plain, await left(place, plain, named)]).toEqual([plain, plain]);
    }
  });

  test("what is, and cannot be read, is refused", async () => {
    const odd = encode('{"cvv":"123"}');
    for (const broken of [
      encode('{"cvv":"123"'),
      encode('{"cvv":"123"} {}'),
      encode('["x'),
      "eyJ",
      odd.slice(0, -1),
      `${unpadded(odd).slice(0, -1)}B`,
      `${encode('{"a":"?>?>"}').slice(0, 8)}-+/_`,
      `${unpadded(encode('{"cvv":"1234"}'))}--0123`,
    ]) {
      expect([broken, await left(place, broken, named)]).toEqual([broken, "nested_value"]);
    }
  });

  test("unless the policy lets it pass", async () => {
    const broken = encode('{"cvv":"123"');
    expect(await left(place, broken, { ...named, unsupported: "pass" })).toBe(broken);
  });
});

describe("base64 in lines", () => {
  test.each(["a body", "a form", "a query", "a cookie", "an element", "a text in a text"])(
    "is read in %s",
    async (place) => {
      expect(await left(places[place]!, wrapped(encode(text)), named)).toBe(encode(made));
      const plain = wrapped(encode('{"id":7,"name":"nothing of it is selected"}'));
      expect(await left(places[place]!, plain, named)).toBe(plain);
    },
  );
});

test("what leaves of generated documents is what another reader makes of them", async () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("1", ""));
  const document = fc.record({ a: value, cvv: value, list: fc.array(fc.record({ pin: value, b: value })) });
  const bench = new Bench(named);
  for (const one of fc.sample(document, { numRuns: 200, seed: 20261127 })) {
    const style: Style = one.list.length % 2 ? "base64" : "base64url";
    const run = await bench.run(request(JSON.stringify({ m: encode(JSON.stringify(one), style) })), 7);
    expect([one, bench.findings(run)]).toEqual([one, []]);
    // Its own text may begin so, and be none that can be read.
    if (run.result.reason) continue;
    const { m } = JSON.parse(textOf(run.result.request?.body)) as { m: string };
    const list = one.list.map(({ b }) => ({ b }));
    const expected = { ...one, cvv: one.cvv === "" ? "" : "[redacted]", list };
    expect(JSON.parse(Buffer.from(m, style).toString())).toEqual(expected);
  }
});

describe("what comes first", () => {
  const also = (select: string[], action: object | string) => ({
    rules: [...rules, { name: "whole", select, action }],
  });

  test("a rule on the text itself", async () => {
    const select = ["json:$.p", "form:p", "query:p", "cookie:p", "multipart:p"];
    for (const place of ["a body", "a form", "a query", "a cookie", "a part"]) {
      expect(await left(places[place]!, encode(text), also(select, "redact"))).toBe("[redacted]");
      expect(await left(places[place]!, encode(text), also(select, "pass"))).toBe(encode(text));
    }
  });

  test("a decoder that is told", async () => {
    const told = { rules: [{ name: "told", select: "json:$.p|base64|json:$.id", action: "redact" }, ...rules] };
    expect(await left(places["a body"]!, encode(text), told)).toBe(encode(text.replace("7", "0")));
    const asJson = { rules: [{ name: "told", select: "json:$.p|json:$.id", action: "redact" }, ...rules] };
    expect(await left(places["a body"]!, encode(text), asJson)).toBe("nested_value");
  });
});

test("texts that are searched are searched as they stand where they are none", async () => {
  for (const place of Object.values(places)) {
    expect(await left(place, "eyJ, 4111111111111111", searching)).toBe("eyJ, [redacted]");
    expect(await left(place, "eyJhIjoi.4111111111111111", searching)).toBe("eyJhIjoi.[redacted]");
    const card = encode('{"note":"card 4111111111111111"}');
    expect(await left(place, card, searching)).toBe(encode('{"note":"card [redacted]"}'));
  }
});

test("messages of queues and events of functions", async () => {
  const data = encode(JSON.stringify({ order: 1, cvv: "123" }));
  const leftData = encode(JSON.stringify({ order: 1, cvv: "[redacted]" }));
  for (const make of [
    (one: string) => ({ message: { data: one, messageId: "1" }, subscription: "projects/p/subscriptions/s" }),
    (one: string) => ({ Records: [{ kinesis: { partitionKey: "k", data: one }, eventSource: "aws:kinesis" }] }),
    (one: string) => ({ records: [{ key: null, value: one }] }),
    (one: string) => ({ version: "2.0", isBase64Encoded: true, body: one }),
  ]) {
    expect(((await sent(request(JSON.stringify(make(data))), named)) as Sent).body).toBe(
      JSON.stringify(make(leftData)),
    );
  }
});

describe("what is longer than a text that waits", () => {
  const limits = { value: 100, hold: 200 };
  const long = "x".repeat(300);

  test.each(["a body", "a form", "a part", "an element"])(
    "is refused in %s where it may be base64 of JSON",
    async (place) => {
      expect(await left(places[place]!, encode(`{"a":"${long}"}`), { ...named, limits })).toBe("limit_value");
    },
  );

  test.each(["a body", "a form", "a part", "an element"])("passes in %s where it begins otherwise", async (place) => {
    for (const plain of [encode(long), `W${long}`, `e ${long}`])
      expect(await left(places[place]!, plain, { ...named, limits })).toBe(plain);
  });
});

test("a plus that a form leaves unescaped is a blank there, and no digit", async () => {
  const outcome = await sent(request(`p=${percent("eyJhIjoiPj4+")}&q=eyJhIjoiPj4+.`, { headers: [form] }), named);
  expect(outcome).toBe("nested_value");
  expect(await sent(request("q=eyJhIjoiPj4+.", { headers: [form] }), named)).toMatchObject({ body: "q=eyJhIjoiPj4+." });
});
