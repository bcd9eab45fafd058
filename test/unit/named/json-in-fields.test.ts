// Rules by name in JSON that stands in a form field, a query parameter or a cookie without a decoder: at every cut they select
// in a value that begins as JSON, and any other value is what it is without them. The leak proof agrees.
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { sent } from "../replay/cuts.ts";
import { Bench, request, textOf } from "../replay/support.ts";

const percent = encodeURIComponent;
const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];

interface Place {
  put(value: string): Recording;
  get(sent: { body: string; path: string; cookie: string }): string;
}

const places: Readonly<Record<string, Place>> = {
  "a form": {
    put: (value) => request(`a=1&payload=${value}&b=2`, { headers: [form] }),
    get: ({ body }) => /payload=(.*)&b=2$/.exec(body)![1]!,
  },
  "a form, last": {
    put: (value) => request(`payload=${value}`, { headers: [form] }),
    get: ({ body }) => body.slice("payload=".length),
  },
  "a query": {
    put: (value) => request(undefined, { method: "GET", path: `/x?a=1&payload=${value}` }),
    get: ({ path }) => path.slice("/x?a=1&payload=".length),
  },
  "a cookie": {
    put: (value) => request(undefined, { method: "GET", headers: [["cookie", `a=1; payload=${value}`]] }),
    get: ({ cookie }) => cookie.slice("a=1; payload=".length),
  },
};

const named = {
  rules: [
    { name: "number", select: "named:cardNumber", action: { mask: { keepLast: 4 } } },
    { name: "cvv", select: "named:cvv", action: "redact" },
  ],
};
const searching = {
  rules: [...named.rules, { name: "find", select: "any:", detect: ["IBAN_CODE"], action: "redact" }],
};
/** The second is left nothing to find. */
const searchingTwice = {
  rules: [...searching.rules, { name: "again", select: "any:", detect: ["IBAN_CODE"], action: { mask: {} } }],
};
const iban = "DE89370400440532013000";

describe.each(Object.entries(places))("%s", (_, { put, get }) => {
  const left = async (value: string, policy: object): Promise<string> => {
    const result = await sent(put(value), policy);
    return typeof result === "string" ? result : get(result);
  };

  test.each([named, searching, searchingTwice])("what begins as JSON is read", async (policy) => {
    const text = '{ "cvv": "123", "a": [{"cardNumber":"4111222233334444"}], "b": "x" }';
    const after = '{ "cvv": "[redacted]", "a": [{"cardNumber":"************4444"}], "b": "x" }';
    expect(decodeURIComponent(await left(percent(text), policy))).toBe(after);
    expect(decodeURIComponent(await left(percent(` [${text}]`), policy))).toBe(` [${after}]`);
    expect(await left(percent('{"a": 1}'), policy)).toBe("%7B%22a%22%3A%201%7D");
    expect(await left("%7b%22a%22%3a[1]}", policy)).toBe("%7b%22a%22%3a[1]}");
  });

  test("what looks everywhere looks into it", async () => {
    const text = `{"a":"to ${iban}","cvv":1}`;
    expect(decodeURIComponent(await left(percent(text), searching))).toBe('{"a":"to [redacted]","cvv":0}');
  });

  test.each([
    "",
    "x",
    "{}",
    "{",
    "%7",
    "%7B",
    "%zz",
    "%20%20",
    "%20%7B%20",
    "[note]%20cvv",
    "{cvv:1}",
    "[1]",
    "%5B",
    "%3C?xml",
    "a%7B%22cvv%22:1}",
  ])("%s is a text", async (value) => {
    for (const policy of [named, searching]) expect(await left(value, policy)).toBe(value);
  });

  test("what cannot be read is refused, unless the policy lets it pass or a rule is on the value", async () => {
    const broken = percent('{"cvv":1');
    expect(await left(broken, named)).toBe("nested_value");
    expect(await left(broken, searching)).toBe("nested_value");
    expect(await left(broken, { ...named, unsupported: "pass" })).toBe(broken);
    const selectors = ["form:payload", "query:payload", "cookie:payload"];
    expect(await left(broken, { rules: [{ name: "let", select: selectors, action: "pass" }, ...named.rules] })).toBe(
      broken,
    );
  });
});

test.each([named, searching, searchingTwice])("a part", async (policy) => {
  const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=b"]];
  const part = (value: string) => `--b\r\nContent-Disposition: form-data; name="p"\r\n\r\n${value}\r\n--b--\r\n`;
  const result = await sent(request(part('{ "cvv": "123", "a": [1] }'), { headers }), policy);
  expect(result).toMatchObject({ body: part('{ "cvv": "[redacted]", "a": [1] }') });
});

test.each([named, searching])("a cookie that Express marks as JSON", async (policy) => {
  const { put, get } = places["a cookie"]!;
  const left = async (value: string): Promise<string> => {
    const result = await sent(put(value), policy);
    return typeof result === "string" ? result : get(result);
  };
  const text = percent('{"a":"é","cvv":"123"}');
  const after = percent('{"a":"é","cvv":"[redacted]"}');
  for (const mark of ["j:", "j%3A", "j%3a"]) {
    expect(await left(`${mark}${text}`)).toBe(`${mark}${after}`);
    expect(await left(`"${mark}${text}"`)).toBe(`"${mark}${after}"`);
    expect(await left(`${mark}${percent('{"cvv":')}`)).toBe("nested_value");
    for (const value of ["", "x", "[1]", percent("{}")]) expect(await left(mark + value)).toBe(mark + value);
  }
  for (const value of ["j", "j%3", `jj:${text}`, `k:${text}`]) expect(await left(value)).toBe(value);
});

describe("semicolons", () => {
  const inForm = (body: string) => sent(request(body, { headers: [form] }), named);
  const inQuery = (query: string) => sent(request(undefined, { method: "GET", path: `/x?${query}` }), named);

  test("a text with some stays, and a document behind one is not hidden", async () => {
    expect(await inForm("a=b;c=d&e=f;g")).toMatchObject({ body: "a=b;c=d&e=f;g" });
    expect(await inQuery("a=b;c=d&e=f;g")).toMatchObject({ path: "/x?a=b;c=d&e=f;g" });
    expect(await inForm("a=b;c=%7B%22cvv%22:1}")).toBe("form_separator");
    expect(await inQuery("a=b;c=%7B%22cvv%22:1}")).toBe("form_separator");
    expect(await inForm("a=b;cvv=1")).toBe("form_separator");
  });
});

test("a long text streams, a long document is refused", async () => {
  const long = "x".repeat(70_000);
  const policy = { ...named, limits: { value: 1024, hold: 65_536 } };
  const bench = new Bench(policy);
  const run = (body: string) => bench.run(request(body, { headers: [form] }), 4096);
  expect(textOf((await run(`a=${long}`)).result.request?.body)).toBe(`a=${long}`);
  expect((await run(`a=%7B%22a%22:%22${long}%22}`)).result.reason).toBe("limit_value");
});

describe("in answers", () => {
  const answering = { rules: named.rules.map((rule) => ({ ...rule, on: "response" })) };
  const text = '{"query": "{ a(cvv: 123) }", "cvv": "123", "a": [{"cardNumber": "4111222233334444"}]}';
  const after = '{"query": "{ a(cvv: 123) }", "cvv": "[redacted]", "a": [{"cardNumber": "************4444"}]}';
  const left = async (type: string, body: string): Promise<string> => {
    const bench = new Bench(answering);
    const headers: [string, string][] = [["content-type", type]];
    const response = { status: 200, headers, body: new Uint8Array(Buffer.from(body)) };
    const runs = await Promise.all(
      ([undefined, "each", 7] as const).map((chunk) => bench.run({ ...request("{}"), response }, chunk)),
    );
    for (const run of runs) expect(bench.findings(run)).toEqual([]);
    const bodies = new Set(runs.map(({ result }) => result.reason ?? textOf(result.response?.body)));
    expect(bodies.size).toBe(1);
    return [...bodies][0]!;
  };

  test("a form, whose query is none of GraphQL", async () => {
    const body = (value: string) => `a=1&payload=${percent(value)}&query=${percent(value)}`;
    const sent = new URLSearchParams(await left(form[1], body(text)));
    expect([...sent]).toEqual([...new URLSearchParams(body(after))]);
    expect(await left(form[1], "query=%7B%20a(cvv%3A%20123)%20%7D")).toBe("query=%7B%20a(cvv%3A%20123)%20%7D");
    expect(await left(form[1], "payload=%7B%22cvv")).toBe("nested_value");
  });

  test("a part", async () => {
    const body = (value: string) =>
      `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${value}\r\n--x--\r\n`;
    expect(await left("multipart/form-data; boundary=x", body(text))).toBe(body(after));
  });
});
