// Texts inside texts in headers, cookies, queries, forms and parts, and on the way back.

import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, json, request, textOf } from "../replay/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const percent = encodeURIComponent;
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;

const bench = new Bench({
  rules: [
    { name: "subject", select: "header:authorization|jwt:$.sub", action: "redact" },
    {
      name: "pan",
      select: ["header:x-cart|base64|json:$.pan", "cookie:cart|json:$.pan", "query:cart|base64url|json:$.pan"],
      action: { mask: { keepLast: 4 } },
    },
    { name: "fields", select: ["form:a|base64|json:$.pan", "form:b|json:$.c|json:$.pan"], action: "redact" },
    { name: "parts", select: "multipart:a|base64|json:$.pan", action: "redact" },
    { name: "later", select: ["header:authorization", "cookie:cart", "form:a"], action: "strip" },
    { name: "variables", select: "graphql:variables.card.number", action: { mask: { keepLast: 4 } } },
  ],
});

const pan = '{"pan":"4111111111111111"}';
const masked = '{"pan":"************1111"}';
const redacted = '{"pan":"[redacted]"}';

async function sent(recording: Recording) {
  const run = await bench.run(recording);
  expect(bench.findings(run)).toEqual([]);
  const { outcome, reason, request: left } = run.result;
  const header = (name: string) => left?.headers.find((one) => one[0] === name)?.[1];
  return { outcome, reason, body: textOf(left?.body), header };
}

const headed = (...headers: [string, string][]) => request("{}", { headers: [json, ...headers] });

describe("headers", () => {
  test.each([
    [`Bearer ${token('{"sub":"jane"}')}`, `Bearer ${unsigned('{"sub":"[redacted]"}')}`],
    [token('{"a":1, "sub":"jane"}'), unsigned('{"a":1, "sub":"[redacted]"}')],
    [`Bearer ${token('{"a":1}')}`, `Bearer ${token('{"a":1}')}`],
    ["Bearer opaque", undefined],
    [`Basic YTpi, Bearer ${token('{"sub":"jane"}')}`, undefined],
    [`{"payload":"e30", "signature":""},Bearer ${token('{"sub":"jane"}')}`, undefined],
    [`Bearer ${token('{"sub":"jane"}')}, Bearer ${token('{"a":1}')}`, undefined],
    [`${token('{"sub":"jane"}')} ${token('{"a":1}')}`, undefined],
    ["Basic amFuZTpyb2U=", undefined],
  ])("authorization: %s", async (before, after) => {
    expect((await sent(headed(["authorization", before]))).header("authorization")).toBe(after);
  });

  test("base64 in a header, refused where it is none", async () => {
    expect((await sent(headed(["x-cart", base64(pan)]))).header("x-cart")).toBe(base64(masked));
    expect((await bench.run(headed(["x-cart", "4111111111111111!"]))).result.reason).toBe("nested_value");
  });

  test.each<[string, object]>([
    ["passes", { unsupported: "pass" }],
    [
      "is looked into as it stands",
      { rules: [{ name: "found", select: "header:*", detect: ["IBAN_CODE"], action: "redact" }] },
    ],
  ])(
    "cookies, which together are no base64, are judged one by one where what cannot be decoded %s",
    async (_, more) => {
      const { rules = [], ...settings } = more as { rules?: object[] };
      const inside = { name: "inside", select: "header:*|base64|json:$.pan", action: "redact" };
      const cookies = { name: "cookies", on: ["request", "response"], select: "cookie:pan", action: "strip" };
      const on = ["request", "response"];
      const wide = new Bench({
        ...settings,
        rules: [{ ...inside, on }, ...rules.map((one) => ({ ...one, on })), cookies],
      });
      const headers: [string, string][] = [json, ["set-cookie", "pan=4111111111111111; Path=/"]];
      const recording = { ...headed(["cookie", "a=1; pan=4111111111111111"]), response: { status: 200, headers } };
      const run = await wide.run(recording);
      expect(wide.findings(run)).toEqual([]);
      expect(run.result.request!.headers).toContainEqual(["cookie", "a=1"]);
      expect(run.result.response!.headers.map(([name]) => name)).not.toContain("set-cookie");
    },
  );

  test("cookies are percent-encoded as they came, and go where they cannot be read", async () => {
    const cookies = async (text: string) => (await sent(headed(["cookie", `a=1; cart=${text}; b=2`]))).header("cookie");
    expect(await cookies(percent(pan))).toBe(`a=1; cart=${percent(masked)}; b=2`);
    expect(await cookies(percent('{"x":1}'))).toBe(`a=1; cart=${percent('{"x":1}')}; b=2`);
    expect(await cookies("none")).toBe("a=1; b=2");
  });

  test("a parameter", async () => {
    const { header } = await sent(request("{}", { path: `/?a=1&cart=${url(pan)}&b=2` }));
    expect(header(":path")).toBe(`/?a=1&cart=${url(masked)}&b=2`);
  });
});

describe("bodies", () => {
  const form = (body: string) => request(body, { headers: [["content-type", "application/x-www-form-urlencoded"]] });

  test("form fields", async () => {
    const nested = (inner: string) => percent(JSON.stringify({ c: inner }));
    const { body } = await sent(form(`x=1&a=${percent(base64(pan))}&b=${nested(pan)}&y=%41`));
    expect(body).toBe(`x=1&a=${percent(base64(redacted))}&b=${nested(redacted)}&y=%41`);
    expect((await sent(form("x=1&a=none&y=2"))).body).toBe("x=1&a=&y=2");
  });

  test("parts", async () => {
    const part = (value: string) => `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--x--\r\n`;
    const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=x"]];
    expect((await sent(request(part(base64(pan)), { headers }))).body).toBe(part(base64(redacted)));
    expect((await bench.run(request(part("none!"), { headers }))).result.reason).toBe("nested_value");
  });
});

describe("variables of GraphQL", () => {
  const call = (number: string) =>
    `{"query":"mutation($card:Card){pay(card:$card)}","variables":{"card":{"number":"${number}"}}}`;
  const [before, after] = ["4111111111111111", "************1111"];

  test("in a body, and in each request of a batch", async () => {
    expect((await sent(request(call(before)))).body).toBe(call(after));
    expect((await sent(request(`[${call(before)}, ${call("")}]`))).body).toBe(`[${call(after)}, ${call("")}]`);
    const persisted = '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}},"variables":null}';
    expect((await sent(request(persisted))).body).toBe(persisted);
  });

  test("in the query of a GET", async () => {
    const path = (number: string) => `/graphql?query=%7Bme%7D&variables=${percent(`{"card":{"number":"${number}"}}`)}`;
    const { header } = await sent({ id: "one", request: { method: "GET", path: path(before), headers: [] } });
    expect(header(":path")).toBe(path(after));
  });
});

test("rules that detect look into documents in fields, too", async () => {
  const finding = new Bench({
    rules: [
      { name: "inside", select: ["form:x|json:$.a", "multipart:x|json:$.a"], action: "redact" },
      { name: "find", select: "any:", detect: ["CREDIT_CARD"], action: "redact" },
    ],
  });
  const before = '{"a":1,"b":["pan 4111111111111111."],"4111111111111111":2}';
  const after = '{"a":0,"b":["pan [redacted]."],"[redacted]":2}';
  const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
  const run = await finding.run(request(`x=${percent(before)}`, { headers: [form] }));
  expect([textOf(run.result.request?.body), finding.findings(run)]).toEqual([`x=${percent(after)}`, []]);
  const part = (value: string) => `--x\r\nContent-Disposition: form-data; name="x"\r\n\r\n${value}\r\n--x--\r\n`;
  const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=x"]];
  const parts = await finding.run(request(part(before), { headers }));
  expect([textOf(parts.result.request?.body), finding.findings(parts)]).toEqual([part(after), []]);
});

// The document in the one and the text of the other end in the same state of the automaton.
describe("a name with two readings, of which one says that a document stands there and the other a token", () => {
  const text = `"${token('{"sub":"jane"}')}"`;
  const both = (location: string, other: string) =>
    new Bench({
      unsupported: "pass",
      rules: [
        { name: "r", select: [`${location}:a|json:$|jwt:$.sub`, `${location}:${other}|jwt:$.sub`], action: "redact" },
      ],
    });
  test.each([
    ["a%00x", "*x"],
    ["%20a", "* a"],
  ])("a field: %s", async (name, other) => {
    const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
    const run = await both("form", other).run(request(`${name}=${percent(text)}`, { headers: [form] }));
    expect(textOf(run.result.request?.body)).not.toContain(url('{"sub":"jane"}'));
    expect(run.result.reason).toBe("form_name");
  });
  test("a part", async () => {
    const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=x"]];
    const body = `--x\r\nContent-Disposition: form-data; name="%61"\r\n\r\n${text}\r\n--x--\r\n`;
    const run = await both("multipart", "*61").run(request(body, { headers }));
    expect(run.result.reason).toBe("multipart_header");
  });
});
