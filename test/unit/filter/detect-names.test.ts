// `any:` looks into names of fields as it does into names of JSON members: a card number or an address that stands there is
// found at every cut, and the value is decided by the name that it came with. The oracle reads every result.
import { describe, expect, test } from "vitest";
import type { Result } from "../../../scripts/replay/run.ts";
import { Bench, request, textOf, withBody, withHeaders } from "../replay/support.ts";

const pan = "4111111111111111";
const mail = "ann@example.org";
const types = ["CREDIT_CARD", "EMAIL_ADDRESS"];
const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const parts: [string, string] = ["content-type", "multipart/form-data; boundary=XX"];
const part = (lines: string, value: string) => `--XX\r\n${lines}\r\n\r\n${value}\r\n`;
const named = (name: string, value: string, more = "") =>
  part(`Content-Disposition: form-data; name=${name}${more}`, value);

const redacting = new Bench({
  limits: { hold: "1KiB" },
  rules: [{ name: "found", on: ["request", "response"], select: "any:", detect: types, action: "redact" }],
});

const bodyOf = ({ request: left }: Result): string => textOf(left?.body);
const headerOf = ({ request: left }: Result, name: string) => left?.headers.find(([other]) => other === name)?.[1];

/** The request as it left, the same at every cut and without a finding of the oracle. */
async function sent(bench: Bench, body: string | undefined, more: Partial<ReturnType<typeof request>["request"]>) {
  const whole = await bench.run(request(body, more));
  expect(bench.findings(whole)).toEqual([]);
  for (const chunk of ["each", 2, 3, 7] as const) {
    const cut = await bench.run(request(body, more), chunk);
    expect([cut.result.outcome, cut.result.reason]).toEqual([whole.result.outcome, whole.result.reason]);
    if (whole.result.outcome !== "forwarded") continue;
    expect(textOf(cut.result.request?.body)).toBe(textOf(whole.result.request?.body));
  }
  return whole.result;
}

const inForm = async (bench: Bench, body: string) => bodyOf(await sent(bench, body, { headers: [form] }));
const inParts = async (bench: Bench, ...all: string[]) =>
  bodyOf(await sent(bench, `${all.join("")}--XX--\r\n`, { headers: [parts] }));
const inTarget = async (bench: Bench, path: string) =>
  headerOf(await sent(bench, undefined, { method: "GET", headers: [], path }), ":path");
const inHeader = async (bench: Bench, name: string, value: string) =>
  headerOf(await sent(bench, undefined, { method: "GET", headers: [[name, value]] }), name);

describe("a name in which something is found is written anew, and all else stays", () => {
  test("in forms", async () => {
    const before = `a=1&${pan}=%7e&&ann%40example.org&b=4111+1111+1111+1111&card[${pan}]=&=x`;
    const after = "a=1&%5Bredacted%5D=%7e&&%5Bredacted%5D&b=%5Bredacted%5D&card[%5Bredacted%5D]=&=x";
    expect(await inForm(redacting, before)).toBe(after);
    expect(await inForm(redacting, `4111+1111%201111+1111=1&${mail}=%zz`)).toBe("%5Bredacted%5D=1&%5Bredacted%5D=%zz");
  });

  test("in parts, with the header lines that no rule can name", async () => {
    const before = [
      named('"a"', "1"),
      named(`"to ${pan}"`, "x"),
      named(pan, "y", `; filename="${pan}.txt"`),
      named('"ann%40example.org"', ""),
      part(
        `Content-Type: text/plain; name="${mail}"\r\nX-Id:  <${mail}> \r\nContent-Disposition: form-data; name=b`,
        "2",
      ),
    ];
    const after = [
      named('"a"', "1"),
      named('"to [redacted]"', "x"),
      named('"[redacted]"', "y", '; filename="[redacted].txt"'),
      named('"%5Bredacted%5D"', ""),
      part(
        'Content-Type: text/plain; name="[redacted]"\r\nX-Id:  <[redacted]> \r\nContent-Disposition: form-data; name=b',
        "2",
      ),
    ];
    expect(await inParts(redacting, ...before)).toBe(`${after.join("")}--XX--\r\n`);
  });

  test("in the query", async () => {
    const after = "/p?a=1&%5Bredacted%5D=%7e&&%5Bredacted%5D&b=2";
    expect(await inTarget(redacting, `/p?a=1&${pan}=%7e&&ann%40example.org&b=2`)).toBe(after);
    expect(await inTarget(redacting, "/p?4111+1111+1111+1111")).toBe("/p?%5Bredacted%5D");
  });

  test("in cookies, and in answers that set them", async () => {
    const after = 'a=1;  %5Bredacted%5D = x; %5Bredacted%5D="y"; b';
    expect(await inHeader(redacting, "cookie", `a=1;  ${pan} = x; ann%40example.org="y"; b`)).toBe(after);
    const headers: [string, string][] = [["set-cookie", `${mail}=1; Path=/; HttpOnly`]];
    const run = await redacting.run({ ...request(undefined, { method: "GET" }), response: { status: 200, headers } });
    expect(redacting.findings(run)).toEqual([]);
    expect(run.result.response!.headers).toContainEqual(["set-cookie", "%5Bredacted%5D=1; Path=/; HttpOnly"]);
  });

  test("in addresses that headers quote", async () => {
    const after = "https://example.com/?[redacted]=1#a%5Bredacted%5D=2";
    const before = `https://example.com/?${pan}=1#a%20ann%40example.org=2`;
    expect(await inHeader(redacting, "referer", before)).toBe(after.replace("#a", "#a%20"));
  });
});

describe("what a name becomes", () => {
  const [tokenizing, revealing] = [{ tokenize: { format: "pan", luhn: "valid", keepFirst: 6 } }, { reveal: "card" }];
  const bench = new Bench({
    rules: [
      { name: "block", select: "any:", detect: ["US_SSN"], action: "block" },
      { name: "gone", select: "any:", detect: ["EMAIL_ADDRESS"], action: "strip" },
      { name: "card", select: "any:", detect: ["CREDIT_CARD"], action: tokenizing },
      { name: "back", on: "response", select: "any:", detect: ["CREDIT_CARD"], action: revealing },
    ],
  });

  test("the token of the value, in every place, and the name again in the answer", async () => {
    const json = bodyOf(await sent(bench, `["${pan}"]`, {}));
    const token: string = JSON.parse(json)[0];
    expect(token).toMatch(/^411111\d{10}$/);
    expect(token).not.toBe(pan);
    expect(await inForm(bench, `${pan}=${pan}`)).toBe(`${token}=${token}`);
    expect(await inParts(bench, named(`"${pan}"`, pan))).toBe(`${named(`"${token}"`, token)}--XX--\r\n`);
    expect(await inTarget(bench, `/${pan}?${pan}=${pan}`)).toBe(`/${token}?${token}=${token}`);
    expect(await inHeader(bench, "cookie", `${pan}=${pan}`)).toBe(`${token}=${token}`);
    const headers: [string, string][] = [["set-cookie", `${token}=${token}; Secure`]];
    const run = await bench.run({ ...request(undefined, { method: "GET" }), response: { status: 200, headers } });
    expect(run.result.response!.headers).toContainEqual(["set-cookie", `${pan}=${pan}; Secure`]);
  });

  test("nothing, where the find is stripped and was all of it", async () => {
    expect(await inForm(bench, `a=1&${mail}=2&${mail}&to ${mail}`)).toBe("a=1&=2&&to ");
    expect(await inTarget(bench, `/?a=1&${mail}=2&${mail}&b`)).toBe("/?a=1&=2&&b");
    expect(await inHeader(bench, "cookie", `a=1; ${mail}=2`)).toBe("a=1; =2");
    expect(await inParts(bench, named(`"${mail}"`, "2"))).toBe(`${named('""', "2")}--XX--\r\n`);
  });

  test.each([
    ["a form", "536-90-4399=1", { headers: [form] }],
    ["parts", `${named('"536-90-4399"', "1")}--XX--\r\n`, { headers: [parts] }],
    [
      "a line of a part",
      `${part("X-Id: 536-90-4399\r\nContent-Disposition: form-data; name=a", "1")}--XX--\r\n`,
      { headers: [parts] },
    ],
    ["a query", undefined, { method: "GET", headers: [], path: "/?536-90-4399" }],
    ["a cookie", undefined, { method: "GET", headers: [["cookie", "536-90-4399=1"]] }],
  ] as const)("a refusal, in %s", async (_, body, more) => {
    const run = await bench.run(request(body, more as never), "each");
    expect([run.result.outcome, run.result.reason]).toEqual(["blocked", "rule_block"]);
    expect(run.result.rules).toMatchObject({ block: 1 });
    expect(bench.findings(run)).toEqual([]);
  });
});

test("the value is decided by the name that it came with, and a field that goes takes its name along", async () => {
  const bench = new Bench({
    rules: [
      { name: "gone", select: ["form:4111*", "query:4111*", "cookie:4111*", "multipart:4111*"], action: "strip" },
      { name: "kept", select: ["form:5555*", "query:5555*", "cookie:5555*", "multipart:5555*"], action: "pass" },
      { name: "made", select: ["form:\\[*", "query:\\[*", "cookie:\\[*", "multipart:\\[*"], action: "block" },
      { name: "found", select: "any:", detect: types, action: "redact" },
    ],
  });
  const other = "5555555555554444";
  expect(await inForm(bench, `${pan}=1&${other}=${mail}&${mail}=2`)).toBe(`%5Bredacted%5D=${mail}&%5Bredacted%5D=2`);
  expect(await inTarget(bench, `/?${pan}=1&${other}=${mail}`)).toBe(`/?%5Bredacted%5D=${mail}`);
  expect(await inHeader(bench, "cookie", `${pan}=1; ${other}=${mail}`)).toBe(`%5Bredacted%5D=${mail}`);
  const left = `${named('"[redacted]"', mail)}--XX--\r\n`;
  expect(await inParts(bench, named(`"${pan}"`, "1"), named(`"${other}"`, mail))).toBe(left);
});

describe("a semicolon in a value that passes may begin a name", () => {
  const bench = new Bench({
    rules: [
      { name: "free", select: ["form:*", "query:*"], action: "pass" },
      { name: "found", select: "any:", detect: types, action: "redact" },
    ],
  });

  test.each([`a=1;${pan}=2`, `a=1;x=2;${mail}`])("%s is refused where something is found in it", async (fields) => {
    expect((await sent(bench, fields, { headers: [form] })).reason).toBe("form_separator");
    const path = `/?${fields}`;
    expect((await sent(bench, undefined, { method: "GET", headers: [], path })).reason).toBe("form_separator");
  });

  test("and stays where nothing is", async () => {
    expect(await inForm(bench, "a=1;x=2;y")).toBe("a=1;x=2;y");
    expect(await inTarget(bench, "/?a=1;x=2;y")).toBe("/?a=1;x=2;y");
  });
});

test("a rule that looks into all fields by a pattern looks into values alone", async () => {
  const bench = new Bench({
    rules: [
      { name: "found", select: ["form:*", "multipart:*", "query:*", "cookie:*"], detect: types, action: "redact" },
    ],
  });
  expect(await inForm(bench, `${pan}=${mail}`)).toBe(`${pan}=%5Bredacted%5D`);
  expect(await inTarget(bench, `/?${pan}=${mail}`)).toBe(`/?${pan}=%5Bredacted%5D`);
});

describe("the proof sees a name that is left", () => {
  const kinds = (findings: readonly { kind: string; location: string }[]) => {
    expect(findings.every(({ location }) => !location.includes(pan))).toBe(true);
    return findings.map(({ kind }) => kind);
  };

  test.each([
    ["a form", `${pan}=1&b=2`, form],
    ["parts", `${named(`"${pan}"`, "1")}--XX--\r\n`, parts],
    ["a line of a part", `${part(`X-Id: ${pan}\r\nContent-Disposition: form-data; name=a`, "1")}--XX--\r\n`, parts],
  ] as const)("in %s", async (_, body, type) => {
    const run = await redacting.run(request(body, { headers: [type] }));
    const left = withBody(() => body);
    expect(kinds(redacting.findings(run, left))).toEqual(["unredacted", "leak"]);
    expect(
      kinds(
        redacting.findings(
          run,
          withBody((out) => out.replace(/%5Bredacted%5D|\[redacted\]/, "other")),
        ),
      ),
    ).toEqual(["changed"]);
  });

  test.each([
    [":path", `/?${pan}=1&b=2`],
    ["cookie", `${pan}=1; b=2`],
  ])("in %s", async (name, value) => {
    const sentHeaders: [string, string][] = name === ":path" ? [] : [[name, value]];
    const more = { method: "GET", headers: sentHeaders, ...(name === ":path" && { path: value }) };
    const run = await redacting.run(request(undefined, more));
    const replaced = (text: string) =>
      withHeaders((headers) => headers.map(([other, old]) => [other, other === name ? text : old]));
    expect(kinds(redacting.findings(run, replaced(value)))).toEqual(["unredacted", "leak"]);
    expect(kinds(redacting.findings(run, replaced(value.replace(pan, "other"))))).toEqual(["changed"]);
  });
});
