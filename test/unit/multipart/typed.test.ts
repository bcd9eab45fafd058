// Parts that name a format: judged as a body of that type is, at every cut, and proven by the independent readers.
import { describe, expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";

const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=b"]];
const part = (type: string | undefined, value: string, name = "p") =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`;
const rest = `${part(undefined, "zz", "z")}--b--\r\n`;

/** What becomes of the part, or why it is refused; the same however the body is cut. */
async function left(bench: Bench, type: string | undefined, value: string, name = "p"): Promise<string | undefined> {
  const body = Buffer.from(part(type, value, name) + rest, "latin1");
  const recording = request(undefined, { headers, body: new Uint8Array(body) });
  const outcomes = [];
  for (const chunk of [undefined, "each", 7] as const) {
    const run = await bench.run(recording, chunk);
    expect(bench.findings(run)).toEqual([]);
    const { outcome, reason, request: sent } = run.result;
    outcomes.push(outcome === "forwarded" ? Buffer.from(sent?.body ?? []).toString("latin1") : reason);
  }
  expect(new Set(outcomes).size).toBe(1);
  const [, found] = /^--b\r\n.*?\r\n\r\n(.*?)\r\n--b\r\n/s.exec(outcomes[0]!) ?? [];
  return found ?? outcomes[0];
}

const named = new Bench({
  rules: [
    { name: "pan", select: "named:cardNumber", action: "redact" },
    { name: "mail", select: "named:mail", action: "strip" },
  ],
});

describe("names", () => {
  test.each([
    ["application/json", '{"cardNumber":4111,"x":"y","mail":2}', '{"cardNumber":0,"x":"y"}'],
    ["application/json", '{"x":{"mail":[]},"y":1}', '{"x":{},"y":1}'],
    ["Application/Vnd.shop+JSON; charset=UTF-8", '\xef\xbb\xbf{"mail":2, "x": 1}', '\xef\xbb\xbf{"x": 1}'],
    ["application/json", "", ""],
    ["application/json", '{"cardNumber":"4111"', "json_syntax"],
    ["application/json", "no JSON", "json_syntax"],
    ["application/json; charset=iso-8859-1", '{"mail":"4","x":"\xe9"}', '{"x":"\xe9"}'],
    ["application/json; charset=utf-16", "{}", "unsupported_charset"],
    ["application/x-ndjson", '{"mail":1}\n{"cardNumber":"4"}\n', '{}\n{"cardNumber":"[redacted]"}\n'],
    ["application/json-seq", '\x1e{"mail":1}\n', "\x1e{}\n"],
    ["text/event-stream", 'data: {"mail":1}\n\n', "data: {}\n\n"],
    ["application/x-www-form-urlencoded", "mail=3&x=1&mail=4", "x=1"],
    ["application/x-www-form-urlencoded", "mail=3", ""],
    ["text/xml", '<a><cardNumber>4</cardNumber><b mail="x"/></a>', "<a><cardNumber>[redacted]</cardNumber><b/></a>"],
    [
      "application/soap+xml",
      '<?xml version="1.0" encoding="iso-8859-1"?><a><mail>4</mail>\xe9</a>',
      '<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>',
    ],
    ["application/xml", "<!DOCTYPE a><a/>", "xml_doctype"],
    ["text/plain", '{"cardNumber":"4111"}', '{"cardNumber":"[redacted]"}'],
    ["text/plain", 'cardNumber "4111"', 'cardNumber "4111"'],
    ["image/png", '{"cardNumber":"4111"}', '{"cardNumber":"[redacted]"}'],
    ["image/png", 'cardNumber "4111"', 'cardNumber "4111"'],
    [undefined, '{"cardNumber":"4111"}', '{"cardNumber":"[redacted]"}'],
    [undefined, 'cardNumber "4111"', 'cardNumber "4111"'],
  ])("%s %j", async (type, before, after) => {
    expect(await left(named, type, before)).toBe(after);
  });

  test("a rule on the part itself is on the whole document", async () => {
    expect(await left(named, "application/json", '{"x":1}', "cardNumber")).toBe("{}");
  });

  test("a document that is edited leaves without the length of its part", async () => {
    const head = '--b\r\nContent-Disposition: form-data; name="p"\r\nContent-Type: application/json\r\n';
    const body = `${head}Content-Length: 10\r\n\r\n{"mail":1}\r\n--b--`;
    const run = await named.run(request(body, { headers }));
    expect(textOf(run.result.request?.body)).toBe(`${head}\r\n{}\r\n--b--`);
  });
});

test("detectors read what a receiver does: numbers, escapes, references", async () => {
  const rules = [{ name: "all", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }];
  const bench = new Bench({ rules });
  expect(await left(bench, "application/json", '{"a":4.242424242424242e15,"\\u0034111111111111111":[]}')).toBe(
    '{"a":0,"[redacted]":[]}',
  );
  expect(await left(bench, "text/xml", '<a b="&#52;111111111111111">4111<![CDATA[111111111111]]></a>')).toBe(
    '<a b="[redacted]">[redacted]</a>',
  );
  expect(await left(bench, "application/x-www-form-urlencoded", "4111111111111111=1&b=%34111+1111+1111+1111")).toBe(
    "%5Bredacted%5D=1&b=%5Bredacted%5D",
  );
  expect(await left(bench, "application/octet-stream", "\x00 4111111111111111 \x01")).toBe("\x00 [redacted] \x01");
});

test("what rules find by the name of a part goes as well, behind what stands in it", async () => {
  const bench = new Bench({
    rules: [
      { name: "found", select: "multipart:*", detect: ["CREDIT_CARD"], action: "redact" },
      { name: "mail", select: "named:mail", action: "redact" },
    ],
  });
  expect(await left(bench, "application/json", '{"mail":"jane","x":"4111111111111111"}')).toBe(
    '{"mail":"[redacted]","x":"[redacted]"}',
  );
});

test("what no rule names is decided value by value, unless a rule lets the part pass", async () => {
  const rules = [
    { name: "ok", select: "json:$.ok", action: "pass" },
    { name: "open", select: ["multipart:open", "multipart:z"], action: "pass" },
  ];
  const type = "application/json";
  const bench = (unmatched: string) => new Bench({ unmatched, rules });
  expect(await left(bench("redact"), type, '{"ok":1,"x":"y"}')).toBe('{"ok":1,"x":"[redacted]"}');
  expect(await left(bench("strip"), type, '{"ok":1,"x":"y"}')).toBe('{"ok":1}');
  expect(await left(bench("block"), type, '{"ok":1}')).toBe('{"ok":1}');
  expect(await left(bench("block"), type, '{"ok":1,"x":"y"}')).toBe("unmatched_block");
  expect(await left(bench("redact"), "text/xml", "<a>1</a>")).toBe("<a>[redacted]</a>");
  for (const [of, value] of [
    [type, '{"ok":1,"x":"y"}'],
    ["text/xml", "<a>1</a>"],
    ["application/x-www-form-urlencoded", "a=1"],
  ] as const) {
    expect(await left(bench("block"), of, value, "open")).toBe(value);
  }
});

test("a document of any length goes through as it comes; other formats wait, up to limits.hold", async () => {
  const bench = new Bench({
    limits: { value: "1KiB", hold: "4KiB", body: "1MiB" },
    rules: [{ name: "mail", select: "named:mail", action: "redact" }],
  });
  const long = Array.from({ length: 800 }, () => '{"mail":1}');
  const json = await left(bench, "application/json", `[${long.join()}]`);
  expect(json).toBe(`[${long.join().replaceAll("1", "0")}]`);
  expect(await left(bench, "application/x-ndjson", long.join("\n"))).toBe("limit_value");
});
