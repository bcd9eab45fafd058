// Rules by name in texts and attributes of XML that begin as JSON: comments and sections within, elements beside, rules and passes
// around, limits. Each at every cut, judged by an independent reader (saxes, JSON.parse).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Subject } from "../xml/support.ts";

const rules = [
  { name: "cvv", select: "named:cvv", action: "redact" },
  { name: "gone", select: "named:pin", action: "strip" },
];
const named = { rules };
const searching = { rules: [...rules, { name: "found", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] };
const card = "4111111111111111";

function became(policy: object, body: string): string {
  const subject = new Subject(policy);
  const bytes = Buffer.from(body);
  const whole = subject.run(bytes);
  const outcome = whole.error ?? Buffer.from(whole.output).toString();
  expect([body, whole.faults]).toEqual([body, []]);
  const cuts = bytes.length < 700 ? [...bytes.keys()].slice(1) : [];
  for (const chunk of ["each" as const, ...cuts.map((at) => [at])]) {
    const other = subject.run(bytes, chunk);
    expect([chunk, other.error ?? Buffer.from(other.output).toString()]).toEqual([chunk, outcome]);
  }
  return outcome;
}

test("comments go from a text that begins as JSON, or may, and stay elsewhere", () => {
  for (const [before, after] of [
    ['<a><!-- 1 -->{"cvv":1}</a>', '<a><!-- 1 -->{"cvv":0}</a>'],
    ['<a> <!-- 1 --> <?x y?>{"cvv":1}</a>', '<a> <!-- 1 --> <?x y?>{"cvv":0}</a>'],
    ['<a>{"c<!-- 1 -->vv":1<?x y?>} <!-- 2 --></a>', '<a>{"cvv":0} </a>'],
    ['<a>{"b"<!-- 1 -->:1}</a>', '<a>{"b":1}</a>'],
    ['<a>[<!-- 1 -->{ <?x y?>"cvv":1}]</a>', '<a>[{ "cvv":0}]</a>'],
    ["<a>[<!-- 1 -->note] <!-- 2 --><b/> <!-- 3 --></a>", "<a>[note] <!-- 2 --><b/> <!-- 3 --></a>"],
    ['<a>x<!-- 1 -->{"cvv":1}</a>', '<a>x<!-- 1 -->{"cvv":1}</a>'],
    ['<a><![CDATA[ ]]><!-- 1 -->{"cvv":1}</a>', '<a> {"cvv":0}</a>'],
    ["<!-- 1 --><a><!-- 2 --></a><?x y?>", "<!-- 1 --><a><!-- 2 --></a><?x y?>"],
  ] as const) {
    expect([before, became(named, before)]).toEqual([before, after]);
  }
  expect(became(searching, '<a>x<!-- 1 --> y <!-- 2 -->{"cvv":1}</a>')).toBe('<a>x y {"cvv":1}</a>');
  expect(became(searching, '<a><!-- 1 -->{"cvv":1<!-- 2 -->}</a>')).toBe('<a>{"cvv":0}</a>');
});

test("sections and references are read as a receiver reads them", () => {
  for (const [before, after] of [
    ['<a>\n<![CDATA[{"cvv]]>&#34;:&quot;<![CDATA[<b>]]>&quot;}\n</a>', '<a>\n{"cvv":"[redacted]"}\n</a>'],
    ['<a><![CDATA[[]]>{"cvv":1}]</a>', '<a>[{"cvv":0}]</a>'],
    ['<a><![CDATA[]]]]>{"cvv":1}</a>', '<a><![CDATA[]]]]>{"cvv":1}</a>'],
    ['<a><![CDATA[]x]]>{"cvv":1}</a>', '<a><![CDATA[]x]]>{"cvv":1}</a>'],
    ['<a>&#9;&#x7b;"cvv":1}</a>', '<a>&#9;{"cvv":0}</a>'.replace("&#9;", "\t")],
    ['<a>&lt;{"cvv":1}</a>', '<a>&lt;{"cvv":1}</a>'],
    ['<a>é{"cvv":1}</a>', '<a>é{"cvv":1}</a>'],
    ["<a>！{&quot;cvv&quot;:1}</a>", "<a>！{&quot;cvv&quot;:1}</a>"],
    ['<a>{"é":"漢","cvv":1,"x":"<![CDATA[&]]>"}</a>', '<a>{"é":"漢","cvv":0,"x":"&amp;"}</a>'],
    ['<a b=\'{"cvv":1}\' c="{&quot;pin&quot;:1}"/>', '<a b=\'{"cvv":0}\' c="{}"/>'],
    ["<a b='{' c='[' d=' ' e='' f='{&quot;x&quot;:1}'/>", "<a b='{' c='[' d=' ' e='' f='{&quot;x&quot;:1}'/>"],
    ["<a xmlns:x='{&quot;cvv&quot;:1}'/>", "<a xmlns:x='{&quot;cvv&quot;:1}'/>"],
  ] as const) {
    expect([before, became(named, before)]).toEqual([before, after]);
    expect([before, became(searching, before)]).toEqual([before, after]);
  }
  expect(became(named, '<a>&#xfeff;{"cvv":1}</a>')).toBe("nested_value");
  expect(became(named, '<a>\ufeff{"cvv":1}</a>')).toBe("nested_value");
});

test("each text between two tags is one", () => {
  expect(became(named, '<a>{"cvv":1}<b>{"cvv":2}</b>x<b/>["x"]<pin>3</pin><e/>{"pin":4}</a>')).toBe(
    '<a>{"cvv":0}<b>{"cvv":0}</b>x<b/>["x"]<e/>{}</a>',
  );
  expect(became(named, '<a>{"cvv":<b>1</b>}</a>')).toBe("nested_value");
  expect(became({ ...named, unsupported: "pass" }, '<a>{"cvv":<b>1</b>}</a>')).toBe('<a>{"cvv":<b>1</b>}</a>');
  expect(became({ ...named, unsupported: "empty" }, '<a b="[&quot;">{"cvv":<b>1</b>}</a>')).toBe(
    '<a b=""><b>1</b>}</a>',
  );
  expect(became({ ...named, unsupported: "pass" }, '<a>{"cvv":<!-- 1 --> x<![CDATA[y]]></a>')).toBe(
    '<a>{"cvv": xy</a>',
  );
});

describe("what comes first", () => {
  const also = (select: string, action: unknown, more = {}) => ({
    ...more,
    rules: [...rules, { name: "whole", select, action }],
  });
  const body = '<o k="{&quot;cvv&quot;:1}"><d>{"cvv":1}</d></o>';

  test("a rule on the text itself, or one that acts on all around it", () => {
    expect(became(also("xml://d", "pass"), body)).toBe('<o k="{&quot;cvv&quot;:0}"><d>{"cvv":1}</d></o>');
    expect(became(also("xml://@k", "pass"), body)).toBe('<o k="{&quot;cvv&quot;:1}"><d>{"cvv":0}</d></o>');
    expect(became(also("xml://d", { mask: {} }), body)).toBe('<o k="{&quot;cvv&quot;:0}"><d>*********</d></o>');
    expect(became(also("xml:/o", { mask: {} }), body)).toBe('<o k="{&quot;cvv&quot;:0}"><d>*********</d></o>');
    expect(became(also("xml://cvv", "pass"), '<cvv>{"cvv":1}</cvv>')).toBe("<cvv>[redacted]</cvv>");
  });

  test("a pass around it exempts from unmatched alone, which takes it elsewhere", () => {
    const unmatched = { unmatched: "redact" };
    expect(became(also("xml:/o", "pass", unmatched), '<o>{"cvv":1}<d>{"a":1,"cvv":1}</d></o>')).toBe(
      '<o>{"cvv":1}<d>{"a":1,"cvv":0}</d></o>',
    );
    expect(became({ ...named, ...unmatched }, body)).toBe('<o k="[redacted]"><d>[redacted]</d></o>');
  });

  test("a decoder that is told, whose document rules by name select in where it is the same", () => {
    const told = {
      rules: [{ name: "told", select: ["xml://d|json:$.a", "xml://@k|json:$.a"], action: "redact" }, ...rules],
    };
    expect(became(told, '<o k=\'{"a":1,"cvv":2,"b":3}\'><d>{"a":1,"cvv":2,"b":3}</d></o>')).toBe(
      '<o k=\'{"a":0,"cvv":0,"b":3}\'><d>{"a":0,"cvv":0,"b":3}</d></o>',
    );
    expect(became(told, "<o><d>x</d></o>")).toBe("nested_value");
    const coded = { rules: [{ name: "told", select: "xml://d|base64|json:$.a", action: "redact" }, ...rules] };
    expect(became(coded, "<o><d>eyJhIjoxLCJjdnYiOjJ9</d></o>")).toBe("<o><d>eyJhIjowLCJjdnYiOjJ9</d></o>");
    expect(became(coded, '<o><d>{"cvv":1}</d></o>')).toBe("nested_value");
  });

  test("rules that detect look into all that it spells", () => {
    const body = `<o><d>{"n":"x ${card}","${card}":[${card}],"cvv":1}</d><e>{x ${card}}</e></o>`;
    expect(became(searching, body)).toBe(
      '<o><d>{"n":"x [redacted]","[redacted]":[0],"cvv":0}</d><e>{x [redacted]}</e></o>',
    );
    const one = { rules: [...rules, { name: "found", select: "xml://d", detect: ["CREDIT_CARD"], action: "redact" }] };
    expect(became(one, body)).toBe(`<o><d>{"n":"x [redacted]","${card}":[0],"cvv":0}</d><e>{x ${card}}</e></o>`);
    expect(became(one, `<o><d>{"${card}</d></o>`)).toBe("nested_value");
  });
});

test("a text waits up to the limit where it begins as JSON, or may, and any other goes on", () => {
  const policy = { ...named, limits: { value: 64, hold: 128 } };
  const long = "x".repeat(300);
  const text = (length: number, cvv: number) => `{"cvv":${cvv},"n":"${"n".repeat(length - 16)}"}`;
  for (const put of [(one: string) => `<a>  ${one}<b/></a>`, (one: string) => `<a b='${one}'/>`]) {
    expect(became(policy, put(text(128, 1)))).toBe(put(text(128, 0)));
    expect(became(policy, put(text(129, 1)))).toBe("limit_value");
    for (const one of [long, `[${long}`, `{${long}"`, `${long}{"cvv":1}`])
      expect(became(policy, put(one))).toBe(put(one));
    expect(became(policy, put(`[${" ".repeat(200)}x`))).toBe("limit_value");
    expect(became(policy, put(`eyJ${long}`))).toBe("limit_value");
    for (const one of [`eyJ.${long}`, `eyJ=${long}`, `We${long}`]) expect(became(policy, put(one))).toBe(put(one));
  }
  const spaced = (cvv: number) => `<a>${" ".repeat(200)}{"cvv":${cvv}}<b>${"\n".repeat(200)}</b></a>`;
  expect(became(policy, spaced(1))).toBe(spaced(0));
  expect(became({ ...policy, rules: searching.rules }, `<a>${"x ".repeat(200)}</a>`)).toBe("<a>[redacted]</a>");
});

test("a policy without rules by name does not look", () => {
  const policy = {
    rules: [{ name: "cvv", select: ["xml://cvv", "json:$..cvv", "xml://b|json:$.cvv"], action: "redact" }],
  };
  const body = '<a c="[&quot;">{"cvv":1<!-- 1 --><cvv>2</cvv></a>';
  expect(became(policy, body)).toBe(body.replace(">2<", ">[redacted]<"));
});

test("random documents and cuts, judged by an independent reader", { timeout: 120_000 }, () => {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const value = fc.constantFrom<unknown>("x", "", "&<", 7, null, ["é"], { cvv: 1 }, '{"cvv":"2"}', "[", '{"');
  const json = fc
    .dictionary(fc.constantFrom("a", "cvv", "pin"), value, { maxKeys: 3 })
    .map((one) => JSON.stringify(one));
  const spelled = fc.oneof(
    json,
    json.map((one) => ` [${one}]`),
    json.map((one) => one.slice(0, -1)),
    json.map((one) => Buffer.from(one).toString("base64")),
    json.map((one) => `${Buffer.from(one).toString("base64url")}.x`),
    fc.constantFrom(
      "x",
      "[",
      "[[ ",
      "{ ",
      "{x",
      "]",
      "\ufeff",
      `${card} `,
      "[note] ",
      "eyJ",
      "eyJ=",
      "eyJ=x",
      "ew",
      "We",
      "W y I",
    ),
  );
  const markup = fc.constantFrom("", "", "", "<!-- 1 -->", "<?x y?>", "<![CDATA[]]>", " ");
  const text = fc
    .tuple(spelled, fc.nat(4), fc.nat(4), fc.boolean(), markup, markup, markup)
    .map(([one, first, second, isSection, ...around]) => {
      const put = (part: string) => (isSection && !part.includes("]]>") ? `<![CDATA[${part}]]>` : escaped(part));
      const [a, b, c] = around;
      return `${a}${escaped(one.slice(0, first))}${b}${put(one.slice(first, first + second))}${c}${escaped(one.slice(first + second))}`;
    });
  const attribute = spelled.map((one) => ` k="${escaped(one).replaceAll('"', "&#34;")}"`);
  const element = fc
    .tuple(fc.constantFrom("a", "cvv", "d"), fc.option(attribute), fc.array(text, { maxLength: 2 }))
    .map(([name, head, parts]) => `<${name}${head ?? ""}>${parts.join("<b/>")}</${name}>`);
  const bodies = fc
    .tuple(fc.array(element, { maxLength: 3 }), text, text)
    .map(([parts, before, after]) => `<o>${before}${parts.join("")}${after}</o>`);
  const policies = [
    named,
    searching,
    { ...named, unsupported: "pass" },
    { ...searching, unsupported: "empty" },
    { unmatched: "redact", rules: [...rules, { name: "d", select: "xml://d", action: "pass" }] },
    { rules: [...rules, { name: "d", select: "xml://d", action: { mask: {} } }] },
    { rules: [{ name: "d", select: "xml://d|json:$.a", action: "redact" }, ...rules] },
    { rules: [...rules, { name: "d", select: ["xml://d", "xml://@k"], detect: ["CREDIT_CARD"], action: "redact" }] },
  ].map((policy) => new Subject(policy));
  const outcomes = new Set<string | undefined>();
  fc.assert(
    fc.property(fc.constantFrom(...policies), bodies, fc.nat(), (subject, body, cut) => {
      const bytes = Buffer.from(body);
      const whole = subject.run(bytes);
      expect(whole.faults).toEqual([]);
      outcomes.add(whole.error);
      for (const chunk of ["each" as const, [1 + (cut % bytes.length)], 5]) {
        const other = subject.run(bytes, chunk);
        expect([other.error, Buffer.from(other.output).toString()]).toEqual([
          whole.error,
          Buffer.from(whole.output).toString(),
        ]);
      }
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 1000), seed: 20261126 },
  );
  expect([...outcomes].sort()).toEqual(["nested_value", undefined]);
});
