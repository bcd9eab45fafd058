// `named:` where names of fields are paths, as frameworks nest them, and names below names in every format; each result is
// proven by the independent readers too.
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compileText } from "../policy/support.ts";
import { Bench, textOf } from "../replay/support.ts";

const bench = new Bench({
  rules: [
    { name: "open", select: "named:meta", action: "pass" },
    { name: "cvc", select: "named:cvc", action: "strip" },
    { name: "card", select: "named:['card','Card']['number','Number']", action: { mask: { keepLast: 2 } } },
    { name: "lists", select: "named:['card','Card'][*]['number']", action: { mask: { keepLast: 2 } } },
    { name: "people", select: "named:['user'][:]['name']", action: "redact" },
    { name: "address", select: "named:address", action: "redact" },
  ],
});

async function left(type: string | undefined, body: string, path = "/"): Promise<string> {
  const headers: [string, string][] = type === undefined ? [] : [["content-type", type]];
  const request = { method: "POST", path, headers, ...(type && { body: new Uint8Array(Buffer.from(body)) }) };
  const recording: Recording = { id: "one", request };
  for (const chunk of ["each", undefined] as const) {
    const run = await bench.run(recording, chunk);
    expect(bench.findings(run)).toEqual([]);
    if (chunk === undefined) {
      const found = run.result.request!.headers.find(([name]) => name === ":path")![1];
      return type === undefined ? found : textOf(run.result.request?.body);
    }
  }
  return "";
}

const fields: [before: string, after: string][] = [
  ["card[cvc]=737&a=1", "a=1"],
  ["source[card][cvc]=737", ""],
  ["payment.cvc=737&x.y=2", "x.y=2"],
  ["cvc[]=737", ""],
  ["meta[cvc]=737&meta[a]=1", "meta[a]=1"],
  ["card[number]=4111&number=7&card[name]=A", "card[number]=**11&number=7&card[name]=A"],
  ["card.number=4111", "card.number=**11"],
  ["card[0][number]=4111&card[0][0][number]=4111", "card[0][number]=**11&card[0][0][number]=4111"],
  ["address[line1]=A&address[geo][lat]=1", "address[line1]=%5Bredacted%5D&address[geo][lat]=%5Bredacted%5D"],
  ["addresses[line1]=A&xcvc=1&cvc2=1&card[cvcs]=1", "addresses[line1]=A&xcvc=1&cvc2=1&card[cvcs]=1"],
  ["card%5Bcvc%5D=737&b=1", "b=1"],
  // Spring, with quotes around the key of a map.
  ["card['cvc']=737&card[\"number\"]=4111", 'card["number"]=**11'],
  // Rails, parts of a date by their positions.
  ["user[address(1i)]=A&user[address(x)]=B", "user[address(1i)]=%5Bredacted%5D&user[address(x)]=B"],
  // Sets of forms in Django and WTForms.
  ["form-0-cvc=737&card-0-number=4111&form-x-cvc=1", "card-0-number=**11&form-x-cvc=1"],
  // JSF and ASP.NET Web Forms.
  ["pay:cvc=737&ctl00$Main$cvc=737&pay:card:number=4111", "pay:card:number=**11"],
];

describe("paths", () => {
  test.each(fields)("form %s", async (before, after) => {
    expect(await left("application/x-www-form-urlencoded", before)).toBe(after);
  });

  test.each(fields)("query %s", async (before, after) => {
    expect(await left(undefined, "", `/p?${before}`)).toBe(after === "" ? "/p" : `/p?${after}`);
  });

  test("parts", async () => {
    const part = (name: string, value: string) =>
      `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = `${part("card[number]", "4111")}${part("card[cvc]", "737")}${part("x", "1")}--b--\r\n`;
    expect(await left("multipart/form-data; boundary=b", body)).toBe(
      `${part("card[number]", "**11")}${part("x", "1")}--b--\r\n`,
    );
  });
});

test("names below names in JSON and XML", async () => {
  expect(await left("application/json", '{"card":{"number":"4111","x":{"number":1}},"number":"7"}')).toBe(
    '{"card":{"number":"**11","x":{"number":11}},"number":"7"}'.replace('{"number":11}', '{"number":1}'),
  );
  expect(await left("text/xml", '<a><Card number="4111"><Number>4111</Number></Card><Number>7</Number></a>')).toBe(
    '<a><Card number="**11"><Number>**11</Number></Card><Number>7</Number></a>',
  );
});

test("between two names, [:] is an element of a list, and in names of fields any step", async () => {
  expect(
    await left("application/json", '{"user":[{"name":"A","x":{"name":"B"}}],"a":{"user":{"role":{"name":"C"}}}}'),
  ).toBe('{"user":[{"name":"[redacted]","x":{"name":"B"}}],"a":{"user":{"role":{"name":"C"}}}}');
  expect(await left("application/x-www-form-urlencoded", "user[0][name]=A&user[name]=B")).toBe(
    "user[0][name]=%5Bredacted%5D&user[name]=B",
  );
});

test.each([
  ["named:['a'][1:]['b']"],
  ["named:['a'][::2]['b']"],
  ["named:['a'][:]"],
  ["named:[0]['a']"],
  ["named:['a']..['b']"],
  ["named:['a'][*]"],
  ["named:['a'"],
  ["named:['a']|json:$.b"],
])("%s is refused", (select) => {
  const text = JSON.stringify({ name: "p", rules: [{ name: "r", select, action: "redact" }] });
  expect(compileText(text).diagnostics.length).toBeGreaterThan(0);
});

test("a list of names is each of them", () => {
  const names = ["cvc", "card_number", "PID.5", "größe", "x-y", "Card No. 1"];
  const policy = (select: string[]) => ({
    name: "own",
    activation: { always: true },
    rules: [
      { name: "open", select: "named:x-y", action: "pass" },
      { name: "one", select, action: "redact" },
    ],
  });
  const text = (select: string[]) => compileText(JSON.stringify(policy(select)));
  const list = text([`named:[${names.map((name) => `'${name}'`)}]`]);
  expect(list.diagnostics).toEqual([]);
  expect(Buffer.from(list.compiled!.binary)).toEqual(
    Buffer.from(text(names.map((name) => `named:${name}`)).compiled!.binary),
  );
  expect(text(["named:['cvc','a  b']"]).diagnostics.map(({ code }) => code)).toEqual(["invalid-selector"]);
});
