// Texts inside segments of paths, judged by the proof as well.
import { describe, expect, test } from "vitest";
import { isSameTemplate, shareSegment } from "../../../scripts/policy/path-template.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { headerOf, json, machine, send } from "../filter/support.ts";
import { compileText } from "../policy/support.ts";
import { Bench, request } from "../replay/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;
const percent = encodeURIComponent;

const rule = (select: string | string[], action: unknown = "redact", more: object = {}) => ({
  name: "inside",
  select,
  action,
  ...more,
});

async function became(rules: object[], path: string, more: object = {}): Promise<string | undefined> {
  const bench = new Bench({ rules, ...more });
  const run = await bench.run(request("{}", { path }));
  expect(bench.findings(run)).toEqual([]);
  const { reason, request: left } = run.result;
  return reason ?? left?.headers.find(([name]) => name === ":path")?.[1];
}

const pan = '{"pan":"4111","n":1}';
const gone = '{"pan":"[redacted]","n":1}';

describe("segments", () => {
  test.each([
    ["path:/x/{t}|jwt:$.pan", `/x/${token(pan)}?a=1`, `/x/${unsigned(gone)}?a=1`],
    ["path:/x/{t}|jwt:$.pan", `/x/${token("{}")}`, `/x/${token("{}")}`],
    ["path:/x/{d}|base64url|json:$.pan", `/x/${url(pan)}/`, `/x/${url(gone)}/`],
    ["path:/x/{d}|json:$.pan", `/x/${percent(pan)}`, `/x/${percent(gone)}`],
    ["path:/x/{d}|json:$.pan", "/x/%7b%22n%22:1%7D", "/x/%7b%22n%22:1%7D"],
    ["path:/x/{a}/*/{b}|base64url|json:$.pan", `/x/${url(pan)}/y/${url(pan)}`, `/x/${url(gone)}/y/${url(gone)}`],
    ["path:/x/{d}/**|base64url", `/x/${url("Jane")}/y`, `/x/${url("[redacted]")}/y`],
    ["path:/x/{d}|jwt:$.pan", "/y/none", "/y/none"],
    ["path:/x/{d}|jwt:$.pan", "/x/", "/x/"],
    ["path:/x/{d}|jwt:$.pan", "/x/none", "nested_value"],
    ["path:/x/{d}|json:$.pan", "/x/%7B%22pan%22%3A%22a%2Fb%22%7D", "path_ambiguous"],
  ])("%s of %s", async (select, before, after) => {
    expect(await became([rule(select)], before)).toBe(after);
  });

  test("what cannot be decoded goes to a rule behind; nothing is emptied, for that would be another path", async () => {
    const inside = rule("path:/x/{d}|jwt:$.pan");
    const behind = { name: "behind", select: "path:/x/{any}", action: "redact" };
    expect(await became([inside, behind], "/x/none")).toBe("/x/%5Bredacted%5D");
    expect(await became([inside, behind], `/x/${token(pan)}`)).toBe(`/x/${unsigned(gone)}`);
    expect(await became([behind, inside], `/x/${token(pan)}`)).toBe("/x/%5Bredacted%5D");
    expect(await became([inside], "/x/none", { unsupported: "pass" })).toBe("/x/none");
    const bench = new Bench({ rules: [inside], unsupported: "empty" });
    expect((await bench.run(request("{}", { path: "/x/none" }))).result.reason).toBe("nested_value");
  });

  // Plugins of one VM have policies of their own: a rule of another one would be a place in memory with no rule in it.
  test("the refusal of a segment of which nothing would be left names no rule, whatever acted before", () => {
    const { vm } = machine();
    const other = { name: "other", select: "header:x-name", action: "redact" };
    const before = vm.plugin(
      "before",
      binaryOf({ rules: [rule("json:$.a"), rule("json:$.b", "redact", { name: "b" }), other] }),
    );
    const plugin = vm.plugin("path", binaryOf({ unsupported: "empty", rules: [rule("path:/{d}|jwt:$.pan")] }));
    expect(headerOf(send(before, { headers: [json, ["x-name", "Ann"]], body: "{}" }), "x-name")).toBe("[redacted]");
    const { localReply } = send(plugin, { path: "/none" });
    expect(JSON.parse(Buffer.from(localReply!.body).toString())).toMatchObject({ code: "nested_value", policy: "t" });
    expect(JSON.parse(Buffer.from(localReply!.body).toString())).not.toHaveProperty("rule");
  });

  test("rules that detect", async () => {
    const card = "4111111111111111";
    const inside = rule("path:/x/{d}|base64url|json:$.a", "pass");
    const find = (select: string) => rule(select, "redact", { name: "find", detect: ["CREDIT_CARD"] });
    const text = (what: string) => `/x/${url(`{"b":"x ${what}"}`)}`;
    for (const select of ["any:", "path:/x/{other}", "path:/x/{d}|base64url|json:$.b"]) {
      expect(await became([inside, find(select)], text(card))).toBe(text("[redacted]"));
    }
    expect(await became([inside, find("any:")], `/x/${card}`)).toBe("/x/%5Bredacted%5D");
  });
});

describe("templates", () => {
  test.each([
    ["/a/{b}", "/a/{c}/", true, true],
    ["/a/{b}", "/*/{c}", false, true],
    ["/a/{b}", "/{a}/b", false, false],
    ["/a/{b}", "/b/{b}", false, false],
    ["/a/{b}", "/a/{b}/{c}", false, false],
    ["/a/{b}/**", "/a/{b}/{c}", false, true],
    ["/a/**", "/a/{b}", false, false],
  ])("%s and %s", (a, b, isSame, isShared) => {
    expect([isSameTemplate(a, b), shareSegment(a, b), shareSegment(b, a)]).toEqual([isSame, isShared, isShared]);
  });

  const codes = (...selects: string[]) =>
    compileText(
      JSON.stringify({
        name: "t",
        activation: { always: true },
        rules: selects.map((select, index) => ({ name: `r${index}`, select, action: "redact" })),
      }),
    ).diagnostics.map(({ code }) => code);

  test("that could read one segment in two ways are refused", () => {
    expect(codes("path:/a/{b}|jwt:$.x", "path:/*/{b}|jwt:$.y")).toEqual(["overlapping-documents"]);
    expect(codes("path:/a/{b}|jwt:$.x", "path:/a/{c}|jwt:$.y", "path:/b/{c}|json:$.y")).toEqual([]);
  });

  test("strip leaves no segment out", () => {
    const strip = (select: string) =>
      compileText(
        JSON.stringify({
          name: "t",
          activation: { always: true },
          rules: [{ name: "r", select, action: "strip" }],
        }),
      ).diagnostics.map(({ code }) => code);
    expect(strip("path:/a/{b}|base64")).toEqual(["conflict"]);
    expect(strip("path:/a/{b}|base64|json:$.x")).toEqual([]);
  });
});
