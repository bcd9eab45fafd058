// Rules by name, presets among them, in texts that begin as JSON: in every place that may hold one and at every cut they
// select as in a body, texts inside texts included; any other text is what it is without them. The leak proof agrees.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sent } from "../replay/cuts.ts";
import { Bench, request, textOf } from "../replay/support.ts";
import { form, left, multipart, named, percent, places, rules, searching } from "./places.ts";

/** What the rules make of a text, by another reader: JSON.parse, and all its names one by one. */
function expected(text: string): string {
  const judge = (value: unknown): unknown => {
    if (typeof value === "string") return isText(value) ? expected(value) : value;
    if (Array.isArray(value)) return value.map(judge);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) => {
        if (name === "pin") return [];
        if (name === "cvv") return [[name, inner === "" ? "" : "[redacted]"]];
        if (name === "pan") return [[name, masked(inner as string)]];
        return [[name, judge(inner)]];
      }),
    );
  };
  return JSON.stringify(judge(JSON.parse(text)));
}

/** Texts within texts that are decoded. */
const MOST = 4;

function depthOf(text: string): number {
  const inner = (value: unknown): number[] =>
    typeof value === "string"
      ? [isText(value) ? depthOf(value) : 0]
      : typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([name, one]) => (["cvv", "pan", "pin"].includes(name) ? [] : inner(one)))
        : [0];
  return 1 + Math.max(0, ...inner(JSON.parse(text)));
}

const isText = (text: string): boolean => /^\s*(?:\[\s*)*(?:\{\s*)?"/.test(text);

const masked = (text: string): string =>
  text.length > 4 ? "*".repeat(text.length - 4) + text.slice(-4) : "*".repeat(text.length);

describe.each(Object.entries(places))("%s", (_, place) => {
  test.each([named, searching])("rules by name reach what a text of JSON spells", async (policy) => {
    const text = '{"id":7,"cvv":"123","in":[{"pan":"12345678","pin":[1]}],"t":"{\\"cvv\\":\\"9\\",\\"x\\": 1}"}';
    expect(await left(place, text, policy)).toBe(
      '{"id":7,"cvv":"[redacted]","in":[{"pan":"****5678"}],"t":"{\\"cvv\\":\\"[redacted]\\",\\"x\\": 1}"}',
    );
    expect(await left(place, ' [ {"pan" : "12345678"} ]', policy)).toBe(' [ {"pan" : "****5678"} ]');
  });

  test("what does not begin so is a text like any other", async () => {
    for (const text of [
      "cvv",
      "[note] cvv: 123",
      "{cvv: 123}",
      "[[cvv]]",
      "{}",
      "[]",
      "[1]",
      '"cvv"',
      "{{ cvv }}",
      "a{",
      "[x",
    ]) {
      expect([text, await left(place, text, named)]).toEqual([text, text]);
    }
  });

  test("what begins so and cannot be read is refused", async () => {
    for (const text of ['{"cvv":"123"', '{"cvv":"123"} {}', "{\"cvv\":'1'}", '["x', '{"a":01}', '[[["a"]]'])
      expect([text, await left(place, text, named)]).toEqual([text, "nested_value"]);
  });

  test("unless the policy lets it pass", async () => {
    const policy = { ...named, unsupported: "pass" };
    expect(await left(place, '{"cvv":"123"', policy)).toBe('{"cvv":"123"');
  });
});

test("what leaves of generated documents is what another reader makes of them", async () => {
  const word = fc.constantFrom("", "x", "4711 0815", "é");
  const { document } = fc.letrec((tie) => ({
    document: fc.record(
      { a: tie("value"), b: tie("value"), cvv: word, pan: word, pin: tie("value") },
      { requiredKeys: [] },
    ),
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom("", "x", "{", "[1]", "[[x]]", "é"),
      fc.nat(),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("document").map((inner) => JSON.stringify(inner)),
      tie("document"),
    ),
  }));
  const bench = new Bench(named);
  let changed = 0;
  for (const value of fc.sample(document, { numRuns: 300, seed: 20261126 })) {
    const text = JSON.stringify(value);
    const run = await bench.run(request(JSON.stringify({ m: text })), 7);
    expect([text, bench.findings(run)]).toEqual([text, []]);
    const { reason } = run.result;
    expect([text, reason ?? null]).toEqual([text, depthOf(text) > MOST ? "nested_value" : null]);
    if (reason) continue;
    const { m: left } = JSON.parse(textOf(run.result.request?.body)) as { m: string };
    expect([text, left]).toEqual([text, expected(text)]);
    if (left !== text) changed++;
  }
  expect(changed).toBeGreaterThan(100);
});

describe("what comes first", () => {
  const text = '{"cvv":"123","pan":"12345678"}';
  const also = (select: string[], action: object | string) => ({
    rules: [...rules, { name: "whole", select, action }],
  });

  test("a rule on the text itself", async () => {
    const select = ["json:$.p", "form:p", "query:p", "cookie:p", "multipart:p"];
    for (const place of ["a body", "a form", "a query", "a cookie", "a part"]) {
      expect(await left(places[place]!, text, also(select, "redact"))).toBe("[redacted]");
      expect(await left(places[place]!, text, also(select, "pass"))).toBe(text);
    }
  });

  test("one that looks into a field of this name, as it stands", async () => {
    const detect = {
      select: ["form:p", "query:p", "cookie:p", "multipart:p"],
      detect: ["CREDIT_CARD"],
      action: "redact",
    };
    const policy = { rules: [...rules, { name: "found", ...detect }] };
    for (const place of ["a form", "a query", "a cookie", "a part"]) {
      const card = '{"cvv":"1","n":"4111111111111111"}';
      expect(await left(places[place]!, card, policy)).toBe('{"cvv":"1","n":"[redacted]"}');
    }
  });

  test("a decoder that is told, whose document rules by name select in where it is the same", async () => {
    for (const [place, select] of [
      ["a body", "json:$.p|json:$.pan"],
      ["a form", "form:p|json:$.pan"],
      ["a query", "query:p|json:$.pan"],
      ["a part", "multipart:p|json:$.pan"],
    ] as const) {
      const policy = { rules: [{ name: "told", select, action: { mask: { keepLast: 2 } } }, ...rules] };
      expect(await left(places[place]!, text, policy)).toBe('{"cvv":"[redacted]","pan":"******78"}');
    }
    const coded = { rules: [{ name: "told", select: "form:p|base64|json:$.pan", action: "redact" }, ...rules] };
    const value = Buffer.from(text).toString("base64");
    const made = Buffer.from('{"cvv":"123","pan":"[redacted]"}').toString("base64");
    expect(await left(places["a form"]!, value, coded)).toBe(made);
  });
});

describe("semicolons, at which some receivers separate", () => {
  const outcome = (value: string, policy: object, isQuery: boolean) =>
    isQuery
      ? sent(request(undefined, { method: "GET", path: `/?${value}` }), policy)
      : sent(request(value, { headers: [form] }), policy);

  test.each([true, false])("leave plain values and those that a rule takes as a whole (query: %s)", async (isQuery) => {
    for (const policy of [named, searching]) {
      expect(await outcome("a=b;c=d&e=f", policy, isQuery)).toMatchObject(
        isQuery ? { path: "/?a=b;c=d&e=f" } : { body: "a=b;c=d&e=f" },
      );
      expect(await outcome("cvv=1;c=d", policy, isQuery)).toMatchObject(
        isQuery ? { path: "/?cvv=%5Bredacted%5D" } : { body: "cvv=%5Bredacted%5D" },
      );
    }
  });

  test("hide no text of JSON", async () => {
    expect(await outcome('a=b;c={"cvv":1}', named, true)).toBe("form_separator");
    expect(await outcome('a=b;c={"cvv":1}', searching, true)).toBe("form_separator");
    expect(await outcome('a=b;c={"cvv":1}', named, false)).toBe("form_separator");
    expect(await outcome('a=b;c={"cvv":1}', searching, false)).toBe("form_separator");
  });
});

describe("what is longer than a text that waits", () => {
  const limits = { value: 100, hold: 200 };
  const long = "x".repeat(300);

  test.each(["a body", "a form", "a part"])("is refused in %s where it begins as JSON, or may", async (place) => {
    for (const text of [`{"a":"${long}"}`, " ".repeat(300)]) {
      expect(await left(places[place]!, text, { ...named, limits })).toBe("limit_value");
    }
  });

  test.each(["a body", "a form", "a part"])("passes in %s where it does not", async (place) => {
    for (const text of [long, `[${long}`, `{${long}"`])
      expect(await left(places[place]!, text, { ...named, limits })).toBe(text);
  });
});

test("a field that says how the others are to be read is none of them", async () => {
  for (const [name, outcome] of [
    ["utf-8", undefined],
    ["utf-16", "unsupported_charset"],
    ['{"', "unsupported_charset"],
  ] as const) {
    const inForm = `_charset_=${percent(name)}&a=1`;
    const inPart = `--x\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n${name}\r\n--x--\r\n`;
    for (const recording of [request(inForm, { headers: [form] }), request(inPart, { headers: [multipart] })]) {
      const body = textOf(recording.request.body);
      const left = await sent(recording, named);
      expect(typeof left === "string" ? left : left.body).toBe(outcome ?? body);
    }
  }
});

test("more texts in texts than are decoded are refused", async () => {
  const nest = (depth: number): string => (depth === 0 ? '{"cvv":"1"}' : JSON.stringify({ t: nest(depth - 1) }));
  const made = (depth: number): string =>
    depth === 0 ? '{"cvv":"[redacted]"}' : JSON.stringify({ t: made(depth - 1) });
  expect(await sent(request(nest(4)), named)).toMatchObject({ body: made(4) });
  expect(await sent(request(nest(5)), named)).toBe("nested_value");
});

test("answers are read so, too", async () => {
  const bench = new Bench({ rules: rules.map((rule) => ({ ...rule, on: ["request", "response"] })) });
  for (const [type, body, left] of [
    ["application/json", '{"p":"{\\"cvv\\":\\"1\\"}"}', '{"p":"{\\"cvv\\":\\"[redacted]\\"}"}'],
    ["text/xml", '<p q="{&quot;cvv&quot;:1}">{"cvv":"1"}</p>', '<p q="{&quot;cvv&quot;:0}">{"cvv":"[redacted]"}</p>'],
  ] as const) {
    const headers: [string, string][] = [["content-type", type]];
    const response = { status: 200, headers, body: new Uint8Array(Buffer.from(body)) };
    const run = await bench.run({ ...request("{}"), response });
    expect(bench.findings(run)).toEqual([]);
    expect(textOf(run.result.response?.body)).toBe(left);
  }
});
