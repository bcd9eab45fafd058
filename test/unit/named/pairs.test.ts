// Names that stand in values: `named:` selects the value beside a text that tells its name, in either order, at every cut; each
// result is proven by the independent readers too.
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, textOf } from "../replay/support.ts";

const bench = new Bench({
  limits: { value: "1KiB" },
  rules: [
    { name: "open", select: "named:meta", action: "pass" },
    { name: "given", select: "json:$.given.value", action: { redact: { with: "given" } } },
    { name: "cvc", select: "named:cvc", action: "strip" },
    { name: "pan", select: "named:~'card number'", action: { mask: { keepLast: 4 } } },
    { name: "card", select: "named:['card']['number']", action: { mask: { keepLast: 2 } } },
    { name: "address", select: "named:address", action: "redact" },
    { name: "note", select: "named:note", detect: ["EMAIL_ADDRESS"], action: "redact" },
  ],
});

async function left(body: string, type = "application/json"): Promise<string> {
  const headers: [string, string][] = [["content-type", type]];
  const request = { method: "POST", path: "/", headers, body: new Uint8Array(Buffer.from(body)) };
  const recording: Recording = { id: "one", request };
  const whole = await bench.run(recording, undefined);
  expect(bench.findings(whole)).toEqual([]);
  const text = textOf(whole.result.request?.body);
  const cuts = [...body].map((_, at) => [at + 1]);
  for (const cut of ["each" as const, 2, 3, 7, ...cuts]) {
    const run = await bench.run(recording, cut);
    expect([cut, run.result.outcome, textOf(run.result.request?.body)]).toEqual([cut, whole.result.outcome, text]);
  }
  return whole.result.outcome === "blocked" ? `${whole.result.reason}` : text;
}

/** What stays as it is has no second text. */
const cases: [what: string, before: string, after?: string][] = [
  ["a name before its value", '{"name":"cvc","value":"737","n":1}', '{"name":"cvc","n":1}'],
  ["a name behind its value", '{"value":"737","name":"cvc"}', '{"name":"cvc"}'],
  ["white space", '{ "key" : "cvc" ,\n "value" : 737 }', '{ "key" : "cvc"  }'],
  ["a list of them", '[{"id":"cvc","value":1},{"id":"x","value":2}]', '[{"id":"cvc"},{"id":"x","value":2}]'],
  [
    "spellings",
    '{"field":"CARD_NUMBER","value":"4111111111111111"}',
    '{"field":"CARD_NUMBER","value":"************1111"}',
  ],
  [
    "a label",
    '{"label":"Card number: *","value":"4111111111111111"}',
    '{"label":"Card number: *","value":"************1111"}',
  ],
  ["a header", '{"name":"Card-Number","value":"41111"}', '{"name":"Card-Number","value":"*1111"}'],
  ["a path in brackets", '{"name":"card[number]","value":"4111"}', '{"name":"card[number]","value":"**11"}'],
  ["a path with points", '{"key":"payment.card.number","value":4111}', '{"key":"payment.card.number","value":1011}'],
  ["a URI", '{"name":"https://a.example/claims/cvc","value":"7"}', '{"name":"https://a.example/claims/cvc"}'],
  ["a URI with a name in its middle", '[{"name":"urn:cvc:1","value":7},{"name":"https://cvc/a","value":7}]'],
  ["what events have beside a type", '{"type":"address","data":"7","content":"7","text":"7","message":"7"}'],
  [
    "a patch",
    '[{"op":"add","path":"/card/number","value":"4111"}]',
    '[{"op":"add","path":"/card/number","value":"**11"}]',
  ],
  ["a change", '{"field":"cvc","old":"1","new":"2"}', '{"field":"cvc"}'],
  ["an object as its value", '{"key":"address","value":{"stringValue":"A"}}', '{"key":"address","value":{}}'],
  ["what is around it", '{"key":"address.line1","value":"A"}', '{"key":"address.line1","value":"[redacted]"}'],
  [
    "members between",
    '{"value":"7","x":{"name":"q","a":[1,"]}"]},"name":"cvc"}',
    '{"x":{"name":"q","a":[1,"]}"]},"name":"cvc"}',
  ],
  ["escapes", '{"n\\u0061me":"\\u0063vc","valu\\u0065":"7"}', '{"n\\u0061me":"\\u0063vc"}'],
  ["escapes behind", '{"valu\\u0065":"\\"7","n\\u0061me":"\\u0063vc"}', '{"n\\u0061me":"\\u0063vc"}'],
  [
    "the first name that a rule knows",
    '{"id":"x","type":"cvc","name":"address","value":"7"}',
    '{"id":"x","type":"cvc","name":"address"}',
  ],
  ["names alike", '{"name":"x","name":"cvc","value":"7"}', '{"name":"x","name":"cvc"}'],
  ["each object of its own", '{"name":"cvc","a":{"value":"1"},"value":"2"}', '{"name":"cvc","a":{"value":"1"}}'],
  ["an object in the value", '{"name":"x","value":{"name":"cvc","value":"1"}}', '{"name":"x","value":{"name":"cvc"}}'],
  ["a rule that detects", '{"name":"note","value":"to a@b.example"}', '{"name":"note","value":"to [redacted]"}'],
  [
    "a document in the text",
    '{"name":"x","value":"{\\"name\\":\\"cvc\\",\\"value\\":1}"}',
    '{"name":"x","value":"{\\"name\\":\\"cvc\\"}"}',
  ],
  ["an earlier rule on the place", '{"given":{"name":"cvc","value":"7"}}', '{"given":{"name":"cvc","value":"given"}}'],
  ["a rule that passes", '{"name":"meta","value":"7"}'],
  ["one around that passes", '{"name":"meta.cvc","value":"7"}', '{"name":"meta.cvc"}'],
  ["null and empty texts", '{"name":"address","value":null,"answer":""}'],
  ["other names", '[{"name":"cvcs","value":"7"},{"name":"","value":"7"},{"name":"a[b]","value":"7"}]'],
  ["no texts", '[{"name":7,"value":"7"},{"name":["cvc"],"value":"7"},{"name":{"a":"cvc"},"value":"7"}]'],
  ["other members", '[{"name":"cvc","data":"7"},{"names":"cvc","value":"7"},["name","cvc","value","7"]]'],
];

test.each(cases)("%s", async (_, before, after = before) => {
  expect(await left(before)).toBe(after);
});

describe("how far a name may stand", () => {
  const behind = (length: number) => `{"value":"${"7".repeat(length)}","name":"address"}`;
  // Behind `"value"` up to the end of the name's text.
  const most = 1024 - ':"","name":"address"'.length;

  test("within limits.value", async () => {
    expect(await left(behind(most))).toBe('{"value":"[redacted]","name":"address"}');
    expect(await left(behind(most + 1))).toBe(behind(most + 1));
  });

  test("an object is looked through once, from its first value on", async () => {
    const body = (more: string) => `{"value":"${"7".repeat(1100)}",${more}"old":"8","name":"address","new":"9"}`;
    expect(await left(body(""))).toBe(body("").replace('"9"', '"[redacted]"'));
    expect(await left(body('"id":"cvc",'))).toBe(`{"value":"${"7".repeat(1100)}","id":"cvc","name":"address"}`);
  });

  test("a name of 256 bytes", async () => {
    const named = (length: number) => `{"name":"${"a.".repeat(length)}.address","value":"7"}`;
    expect(await left(named(124))).toBe(named(124).replace('"7"', '"[redacted]"'));
    expect(await left(named(125))).toBe(named(125));
  });

  test("a value that is longer than limits.value", async () => {
    const body = `{"name":"address","value":"${"7".repeat(3000)}"}`;
    expect(await left(body)).toBe('{"name":"address","value":"[redacted]"}');
  });
});

test("what is no JSON is refused", async () => {
  for (const body of [
    '{"value":"7","name":"cvc',
    '{"value":"7" "name":"cvc"}',
    '{"value":7,"na\\q":"cvc"}',
    '{"value"}',
  ]) {
    expect(await left(body)).toBe("json_syntax");
  }
});

test("lines and events", async () => {
  const pair = '{"value":"7","name":"cvc"}';
  expect(await left(`${pair}\n${pair}\n`, "application/x-ndjson")).toBe('{"name":"cvc"}\n{"name":"cvc"}\n');
  expect(await left(`data: ${pair}\n\n`, "text/event-stream")).toBe('data: {"name":"cvc"}\n\n');
});

const xmlCases: [what: string, before: string, after?: string][] = [
  ["an attribute on its element", '<f name="cvc">737</f>', '<f name="cvc"></f>'],
  ["an attribute on elements in it", '<A Name="address"><V a="b">x</V></A>', '<A Name="address"></A>'],
  ["a rule that covers", '<A Name="card_number"><V>4111111</V></A>', '<A Name="card_number"><V>***1111</V></A>'],
  ["an attribute before another one", '<p key="address" value="A"/>', '<p key="address" value="[redacted]"/>'],
  ["an attribute that is left out", '<p key=\'cvc\' x="y" value="A"/>', "<p key='cvc' x=\"y\"/>"],
  ["an element before another one", "<m><name>cvc</name><value>7</value></m>", "<m><name>cvc</name></m>"],
  [
    "values in a value",
    "<m><name>Card number:</name>\n<value><string>4111111</string></value></m>",
    "<m><name>Card number:</name>\n<value><string>***1111</string></value></m>",
  ],
  [
    "a list without elements around",
    "<m><key>address</key><value>A</value><x/><value>B</value><key>cvc</key><value>7</value></m>",
    "<m><key>address</key><value>[redacted]</value><x/><value>[redacted]</value><key>cvc</key></m>",
  ],
  [
    "as FHIR has them",
    '<t><system value="address"/><value value="A"/></t>',
    '<t><system value="address"/><value value="[redacted]"/></t>',
  ],
  ["references", '<f name="c&#118;c">7</f>', '<f name="c&#118;c"></f>'],
  ["references in elements", "<m><name>c&#x76;c</name><value>7</value></m>", "<m><name>c&#x76;c</name></m>"],
  ["prefixes of elements", "<a:m><a:name>cvc</a:name><a:value>7</a:value></a:m>", "<a:m><a:name>cvc</a:name></a:m>"],
  ["a path of names", '<f id="card.number">4111</f>', '<f id="card.number">**11</f>'],
  ["a rule that detects", '<f name="note">to a@b.example</f>', '<f name="note">to [redacted]</f>'],
  ["a rule that passes", '<f name="meta">7</f>'],
  ["white space alone", '<f name="cvc"> \n</f>'],
  ["the root", "<value><name>cvc</name></value>"],
  // Its type, and not its name.
  ["an attribute with a prefix", '<f x:type="cvc">7</f>'],
  ["a name behind its value", '<r><p value="7" key="cvc"/><m><value>7</value><name>cvc</name></m></r>'],
  ["another name", '<r><f name="cvcs">7</f><m><name>x</name><value>7</value></m><m><value>7</value></m></r>'],
  ["other elements between the words of a name", "<r><m><name>cv<b/>c</name><value>7</value></m></r>"],
];

// An element without text may stand around: the root cannot be left out.
test.each(xmlCases)("in XML %s", async (_, before, after = before) => {
  expect(await left(`<r>${before}</r>`, "application/xml")).toBe(`<r>${after}</r>`);
});

test("in XML what the root holds is redacted", async () => {
  expect(await left('<f name="cvc">7</f>', "application/xml")).toBe('<f name="cvc">[redacted]</f>');
});

test("in XML a value that stands elsewhere in the document is refused", async () => {
  expect(await left('<r><f name="cvc" href="#a"/><m id="a">7</m></r>', "application/xml")).toBe("xml_reference");
});
