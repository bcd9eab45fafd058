// Tokens on their way back: what becomes an original again, and what stays as it came.
import { describe, expect, test } from "vitest";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, json, key, machine, send } from "./support.ts";

const oldKey = "ff".repeat(32);
const until = "2026-01-01T00:00:00Z";

const rules = (domain = "note") => [
  { name: "note", select: "json:$.note", action: { tokenize: { format: "opaque", domain } } },
  { name: "back", on: "response", select: ["json:$.note", "header:x-note"], action: { reveal: "note" } },
  {
    name: "inside",
    on: "response",
    select: "json:$.text",
    action: { reveal: { rule: "note", anywhere: true } },
  },
];

const plugin = (policy: object = {}, environment: Record<string, string> = { FROSTGLASS_KEY: key }) =>
  machine(environment).vm.plugin("test", binaryOf({ rules: rules(), ...policy }));

const frosted = plugin();
const tokenOf = (value: string, by = frosted): string =>
  (JSON.parse(bodyOf(send(by, { body: JSON.stringify({ note: value }) }))) as { note: string }).note;

const answer = (body: string, by = frosted, chunk?: number | number[]): string => {
  const sent = { method: "GET", headers: [], response: { body } };
  return Buffer.from(send(by, sent, chunk === undefined ? {} : { chunk }).response!.body).toString();
};

describe("a round trip is exact", () => {
  test.each([
    "a",
    "\u0000",
    "4111 1111 1111 1111",
    'quote " and \\ back',
    "späte Grüße 🎂",
    "\ud800 alone",
    "x".repeat(9000),
  ])("case %#", (value) => {
    const token = tokenOf(value);
    expect(token).not.toContain(value);
    expect(JSON.parse(answer(JSON.stringify({ note: token })))).toEqual({ note: value });
  });

  test("at every cut", () => {
    const body = `{"a":[1], "note":"${tokenOf("one")}", "text":"x ${tokenOf("two")}, ${tokenOf("three")}."}`;
    const expected = '{"a":[1], "note":"one", "text":"x two, three."}';
    for (let cut = 1; cut < body.length; cut++) expect(answer(body, frosted, [cut])).toBe(expected);
    expect(answer(body, frosted, 1)).toBe(expected);
  });
});

test("inside a text a token may stand right behind a percent escape", () => {
  const [one, two] = [tokenOf("one"), tokenOf("two")];
  expect(answer(JSON.stringify({ text: `?q=a%20${one}%2c${two}` }))).toBe('{"text":"?q=a%20one%2ctwo"}');
  for (const front of ["a0", "%0", "%zz", "%2g", "a%200", "20"]) {
    const body = JSON.stringify({ text: `${front}${one}` });
    expect(answer(body)).toBe(body);
  }
});

test("inside a text a token may stand right behind a backslash escape, of a text in the text", () => {
  const [one, two] = [tokenOf("one"), tokenOf("two")];
  for (const front of [..."bfnrtv0"].map((letter) => `\\${letter}`).concat("\\\\n", "\\u000a", "\\u00FC", "\\x0a")) {
    const text = `{"a":"${front}${one}${front}${two}"}`;
    expect(answer(JSON.stringify({ text })), front).toBe(JSON.stringify({ text: `{"a":"${front}one${front}two"}` }));
  }
  for (const front of ["n", "\\d", "\\nn", "\\u00a", "\\u00g0", "u000a", "\\x0", "x0a", "\\n\\n0"]) {
    const body = JSON.stringify({ text: `${front}${one}` });
    expect(answer(body), front).toBe(body);
  }
});

describe("stays as it came", () => {
  const token = tokenOf("secret");
  const flip = (at: number) => token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
  test.each([
    ["null", "null"],
    ["an empty text", '""'],
    ["a boolean", "true"],
    ["a number", "4111"],
    ["another text", '"plain"'],
    ["a prefix alone", '"fg1."'],
    ["a key id alone", '"fg1.k0."'],
    ["another key id", `"fg1.k1.${token.slice(7)}"`],
    ["a shortened token", `"${token.slice(0, -1)}"`],
    ["a longer token", `"${token}A"`],
    ["a changed code", `"${flip(7)}"`],
    ["a changed value", `"${flip(token.length - 2)}"`],
    ["a token inside a text, where the rule does not look inside", `"see ${token}"`],
    ["a text longer than limits.value", `"${token}${" ".repeat(20000)}"`],
  ])("%s", (_title, value) => {
    const body = `{"note":${value}}`;
    expect(answer(body)).toBe(body);
    expect(answer(body, frosted, 7)).toBe(body);
  });

  test("a token of another domain, policy, or root", () => {
    const body = JSON.stringify({ note: token, text: `(${token})` });
    expect(answer(body, plugin({ rules: rules("other") }))).toBe(body);
    expect(answer(body, plugin({ name: "other" }))).toBe(body);
    expect(answer(body, plugin({}, { FROSTGLASS_KEY: oldKey }))).toBe(body);
  });
});

describe("rotation", () => {
  const before = plugin({ keys: { root: { env: "OLD", id: "k1" } } }, { OLD: oldKey });
  const after = plugin(
    { keys: { root: { env: "NEW", id: "k2" }, previous: [{ env: "OLD", id: "k1", until }] } },
    { OLD: oldKey, NEW: key },
  );

  test("tokens of the old root are revealed while it is configured", () => {
    const token = tokenOf("value", before);
    expect(token).toMatch(/^fg1\.k1\./);
    expect(tokenOf("value", after)).toMatch(/^fg1\.k2\./);
    expect(answer(JSON.stringify({ note: token, text: `a ${token} b` }), after)).toBe(
      '{"note":"value","text":"a value b"}',
    );
    const gone = plugin({ keys: { root: { env: "NEW", id: "k2" } } }, { NEW: key });
    expect(answer(JSON.stringify({ note: token }), gone)).toBe(JSON.stringify({ note: token }));
  });

  test.each([
    ["missing", { NEW: key }],
    ["short", { NEW: key, OLD: "00".repeat(31) }],
    ["no key", { NEW: key, OLD: "not a key" }],
  ])("an old root that is %s refuses the policy, and its value is in no log line", (_title, environment) => {
    const { vm, log } = machine(environment);
    const keys = { root: { env: "NEW", id: "k2" }, previous: [{ env: "OLD", id: "k1", until }] };
    expect(() => vm.plugin("test", binaryOf({ rules: rules(), keys }))).toThrow();
    expect(log.join("\n")).toContain("the environment variable OLD");
    for (const value of Object.values(environment)) expect(log.join("\n")).not.toContain(value);
  });
});

test("headers of a response", () => {
  const headers: [string, string][] = [json, ["x-note", tokenOf("from a header")]];
  const result = send(frosted, { method: "GET", headers: [], response: { headers, body: "{}" } });
  expect(result.response?.headers.find(([name]) => name === "x-note")?.[1]).toBe("from a header");
});

describe("a part in which an original would begin another one", () => {
  const parts = plugin({
    rules: [
      { name: "note", select: "json:$.note", action: { tokenize: { format: "opaque" } } },
      { name: "back", on: "response", select: ["multipart:note", "xml://note"], action: { reveal: "note" } },
    ],
  });
  const answered = (original: string, type = "text/plain", spell = (text: string) => text, chunk?: number) => {
    const head = `--x\r\nContent-Disposition: form-data; name="n"\r\nContent-Type: ${type}\r\n\r\n`;
    const text = head.replace('"n"', type === "text/plain" ? '"note"' : '"n"');
    const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=x"]];
    const body = `${text}${spell(tokenOf(original, parts))}\r\n--x--\r\n`;
    const sent = { method: "GET", headers: [], response: { headers, body } };
    const result = send(parts, sent, chunk === undefined ? {} : { chunk });
    return result.reason ?? Buffer.from(result.response!.body).toString().slice(text.length);
  };
  const element = (text: string) => `<note>${text}</note>`;
  const other = '\r\n--x\r\nContent-Disposition: form-data; name="admin"\r\n\r\n1';

  test("is refused", () => {
    for (const chunk of [undefined, 1, 7]) {
      expect(answered(`a${other}`, "text/plain", undefined, chunk)).toBe("multipart_delimiter");
      expect(answered(other, "application/xml", element, chunk)).toBe("multipart_delimiter");
    }
  });

  test("all else comes back", () => {
    expect(answered("a\r\n--y-x\r\n")).toBe("a\r\n--y-x\r\n\r\n--x--\r\n");
    expect(answered("\n-x", "application/xml", element)).toBe("<note>\n-x</note>\r\n--x--\r\n");
  });
});
