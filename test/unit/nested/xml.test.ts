// Texts inside elements and attributes: golden cases at every cut, and random rules and documents, each judged by an
// independent reader (saxes, JSON.parse, Buffer).

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Subject } from "../xml/support.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const quote = (text: string) => escaped(text).replaceAll('"', "&quot;");

const rule = (select: string | readonly string[], action: unknown = "redact", more: object = {}) => ({
  name: "inside",
  select,
  action,
  ...more,
});

function became(policy: object, body: string): string {
  const subject = new Subject(policy);
  const bytes = Buffer.from(body);
  const whole = subject.run(bytes);
  const outcome = whole.error ?? Buffer.from(whole.output).toString();
  const cuts = bytes.length < 700 ? bytes.map((_, at) => at).slice(1) : bytes.subarray(0, 0);
  for (const chunk of ["each" as const, ...[...cuts.keys()].map((at) => [at + 1])]) {
    const other = subject.run(bytes, chunk);
    expect([other.error ?? Buffer.from(other.output).toString(), other.faults]).toEqual([outcome, []]);
  }
  expect(whole.faults).toEqual([]);
  return outcome;
}

const pan = '{"pan": "4111", "note":"<&>é"}';
const gone = '{"pan": "[redacted]", "note":"<&>é"}';

describe("elements", () => {
  const policy = { rules: [rule(["xml:/Order/Payload|json:$.pan", "xml://Data|base64|json:$.pan"])] };

  test("a document, spelled with references", () => {
    const body = (text: string) => `<Order><Payload>${escaped(text)}</Payload></Order>`;
    expect(became(policy, body(pan))).toBe(body(gone));
  });

  test("CDATA sections, comments between them, white space around", () => {
    const body = `<o:Order xmlns:o="u"><Payload a="1">\n  <![CDATA[${pan.slice(0, 9)}]]><!-- 4111 -->${escaped(pan.slice(9))}\n</Payload></o:Order>`;
    const after = `<o:Order xmlns:o="u"><Payload a="1">\n  ${escaped(gone)}\n</Payload></o:Order>`;
    expect(became(policy, body)).toBe(after);
  });

  test("base64 in a SOAP body", () => {
    const soap = (text: string) =>
      `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Data>${text}</Data><x/></s:Body></s:Envelope>`;
    expect(became(policy, soap(base64(pan)))).toBe(soap(base64(gone)));
    const clean = soap(base64('{"note":1}'));
    expect(became(policy, clean)).toBe(clean);
  });

  test.each([
    "<Order><Payload/><Payload></Payload><Payload>\n </Payload><Payload><!-- none --></Payload></Order>",
    '<Order><Payload><![CDATA[{"note":"4111"}]]></Payload></Order>',
    '<Order><Payload>{"note":&quot;&#52;111&quot;}</Payload></Order>',
  ])("what does not change stays: %s", (body) => {
    expect(became(policy, body)).toBe(body.replace("<!-- none -->", ""));
  });

  test.each([
    "<Order><Payload>none</Payload><Data>4111!</Data></Order>",
    `<Order><Payload>${escaped(pan)}<b/></Payload></Order>`,
    `<Order><Payload><b/>${escaped(pan)}</Payload></Order>`,
    `<Order><Payload><b>${escaped(pan)}</b></Payload></Order>`,
    `<Order><Payload>${base64(pan)}</Payload></Order>`,
    `<Order><Data>${base64(pan).replace(/.{8}/, "$&\n")}</Data></Order>`,
  ])("refused, emptied or let through: %s", (body) => {
    expect(became(policy, body)).toBe("nested_value");
    expect(became({ ...policy, unsupported: "pass" }, body)).toBe(body);
    const isText = !body.includes("<b");
    const emptied = became({ ...policy, unsupported: "empty" }, body);
    expect(emptied).toBe(
      isText ? body.replaceAll(/(<(Payload|Data)>)[^<]*/g, (_, tag: string) => tag) : "nested_value",
    );
  });

  test.each([
    ["redact", "<o>x<d>[redacted]</d>y</o>", "<o><d></d></o>"],
    ["strip", "<o>x<d></d>y</o>", "<o><d></d></o>"],
    ["block", "rule_block", "rule_block"],
    [{ mask: { keepLast: 1 } }, "<o>x<d>**3</d>y</o>", '<o><d>*<b a="*">*</b>*</d></o>'],
    ["pass", "<o>x<d>1,3</d>y</o>", '<o><d>1<b a="2">3</b>4</d></o>'],
  ])("a rule behind on what cannot be read: %s", (action, text, element) => {
    const behind = { rules: [rule("xml://d|json:$.pan"), { name: "whole", select: "xml://d", action }] };
    expect(became(behind, '<o>x<d>{"pan":7}</d>y</o>')).toBe('<o>x<d>{"pan":0}</d>y</o>');
    expect(became(behind, "<o>x<d>1,3</d>y</o>")).toBe(text);
    expect(became(behind, '<o><d>1<b a="2">3</b>4</d></o>')).toBe(element);
  });

  test("a rule that stands first takes the text undecoded, and so does one above", () => {
    for (const select of ["xml://Payload", "xml:/Order"]) {
      const first = { rules: [{ name: "whole", select, action: { mask: {} } }, ...policy.rules] };
      const body = '<Order><Payload>{"pan":1}</Payload></Order>';
      expect(became(first, body)).toBe("<Order><Payload>*********</Payload></Order>");
    }
  });

  test("what unmatched says acts inside, and a pass around exempts from it", () => {
    const body = '<o><d k="1">{"pan":1,"b":2}</d><e>3</e></o>';
    const inside = [rule("xml://d|json:$.pan", "pass")];
    expect(became({ unmatched: "redact", rules: inside }, body)).toBe(
      '<o><d k="[redacted]">{"pan":1,"b":0}</d><e>[redacted]</e></o>',
    );
    const around = [rule("xml://d|json:$.pan"), { name: "around", select: "xml:/o", action: "pass" }];
    expect(became({ unmatched: "redact", rules: around }, body)).toBe('<o><d k="1">{"pan":0,"b":2}</d><e>3</e></o>');
    expect(became({ unmatched: "redact", rules: inside }, "<o><d>none</d></o>")).toBe("<o><d>[redacted]</d></o>");
    expect(became({ unmatched: "redact", rules: around }, "<o><d>none</d></o>")).toBe("nested_value");
    expect(became({ unmatched: "block", rules: inside }, "<o><d>{}<!-- 4111 --></d></o>")).toBe("unmatched_block");
  });

  test("a text waits up to the limit", () => {
    const limits = { value: 64, hold: 128 };
    const text = (length: number, value: string) =>
      `<Order><Payload>{"pan":${value},"n":"${"n".repeat(length - 16)}"}</Payload></Order>`;
    expect(became({ ...policy, limits }, text(128, "1"))).toBe(text(128, "0"));
    expect(became({ ...policy, limits }, text(129, "1"))).toBe("limit_value");
  });
});

describe("attributes", () => {
  const policy = { rules: [rule(["xml://Claim/@token|jwt:$.sub", "xml://@data|json:$.pan"])] };

  test("tokens and documents", () => {
    const body = (one: string, other: string) => `<a><Claim id='1' token = '${one}'/><b data="${other}" c="2"/></a>`;
    expect(became(policy, body(token('{"sub":"jane"}'), quote(pan)))).toBe(
      body(unsigned('{"sub":"[redacted]"}'), quote(gone)),
    );
    const clean = body(token('{"n":1}'), "{&#x22;n&quot;:1}");
    expect(became(policy, clean)).toBe(clean);
    expect(became(policy, body("opaque", "{}"))).toBe("nested_value");
    expect(became(policy, body("", ""))).toBe(body("", ""));
  });

  test("a rule behind, of which strip leaves the name", () => {
    const strip = { rules: [...policy.rules, { name: "whole", select: "xml://@token", action: "strip" }] };
    expect(became(strip, '<a><Claim token="opaque"/><b token="x"/></a>')).toBe('<a><Claim token=""/><b/></a>');
  });
});

test("rules that detect, inside and on the whole", () => {
  const card = "4111111111111111";
  const find = (select: string) => ({ rules: [rule(select, "redact", { detect: ["CREDIT_CARD"] })] });
  expect(became(find("xml://d|json:$.n"), `<o><d>{"n":["x ${card}"],"m":"${card}"}</d></o>`)).toBe(
    `<o><d>{"n":["x [redacted]"],"m":"${card}"}</d></o>`,
  );
  expect(became(find("xml://@d|base64"), `<o d="${base64(`x ${card}`)}"/>`)).toBe(`<o d="${base64("x [redacted]")}"/>`);
  const any = { rules: [rule("xml://d|json:$.x", "pass", { name: "first" }), ...find("any:").rules] };
  expect(became(any, `<o e="${card}"><d>{"${card}":[1]}</d></o>`)).toBe(
    '<o e="[redacted]"><d>{"[redacted]":[1]}</d></o>',
  );
  expect(became(any, `<o><d>pan ${card}</d></o>`)).toBe("<o><d>pan [redacted]</d></o>");
});

test("a text in front of an element that goes stays, and the white space behind it", () => {
  const rules = [rule("xml://b", "strip", { name: "gone" }), rule("any:", "redact", { detect: ["CREDIT_CARD"] })];
  expect(became({ rules }, "<o>one <b>2</b> three<b/>\n</o>")).toBe("<o>one  three\n</o>");
  expect(became({ rules }, "<o>4111111111111111 <b>2</b></o>")).toBe("<o>[redacted] </o>");
});

test("a pass on a text does not keep a rule that detects in what it spells from looking", () => {
  const rules = [
    { name: "whole", select: "xml://d", action: "pass" },
    rule("xml://d|base64", "redact", { detect: ["CREDIT_CARD"] }),
  ];
  expect(became({ rules }, `<d>${base64("x 4111111111111111")}</d>`)).toBe(`<d>${base64("x [redacted]")}</d>`);
});

test("random documents, rules and cuts, judged by an independent reader", { timeout: 120_000 }, () => {
  const values = fc.constantFrom<unknown>("Jane", "", 7, -1.5, true, null, "<&]]>", { b: "Roe" }, ["é"]);
  const documents = fc
    .dictionary(fc.constantFrom("a", "b", "c"), values, { maxKeys: 3 })
    .map((value) => JSON.stringify(value));
  const spelled = fc.oneof(
    documents,
    documents.map(base64),
    documents.map(url),
    documents.map(token),
    fc.constantFrom("", " ", "none", "4111"),
  );
  const text = fc.tuple(spelled, fc.constantFrom("", "\n ", " "), fc.constantFrom(0, 1, 2)).map(([one, space, way]) => {
    const at = Math.min(3, one.length);
    const body = way === 1 ? `<![CDATA[${one.replaceAll("]]>", "]] >")}]]>` : escaped(one);
    return `${space}${way === 2 ? `${escaped(one.slice(0, at))}<!-- c -->${escaped(one.slice(at))}` : body}${space}`;
  });
  const element = fc
    .tuple(
      fc.constantFrom("a", "b"),
      fc.option(spelled),
      fc.array(fc.oneof(text, fc.constant("<b>4</b>")), { maxLength: 2 }),
    )
    .map(([name, attribute, parts]) => {
      const head = attribute === null ? name : `${name} k="${quote(attribute)}"`;
      return `<${head}>${parts.slice(0, parts.some((part) => part.startsWith("<b>")) ? 2 : 1).join("")}</${name}>`;
    });
  const bodies = fc.array(element, { minLength: 1, maxLength: 3 }).map((parts) => `<o>${parts.join("")}</o>`);
  const chains = ["|json:$.a", "|base64|json:$.b", "|base64url|json:$..b", "|jwt:$.a"];
  const selects = (chain: string) =>
    fc.constantFrom(`xml://a${chain}`, `xml:/o/*${chain}`, `xml://@k${chain}`, "xml://a", "xml://@k", "xml:/o");
  const actions = fc.constantFrom(
    "redact",
    "strip",
    "pass",
    "block",
    { mask: { keepFirst: 1 } },
    { hash: { length: 8 } },
  );
  const policies = fc.constantFrom(...chains).chain((chain) =>
    fc.record({
      unmatched: fc.constantFrom("pass", "pass", "redact", "strip"),
      unsupported: fc.constantFrom("block", "empty", "pass"),
      rules: fc
        .array(fc.record({ select: selects(chain), action: actions }), { minLength: 1, maxLength: 3 })
        .map((rules) => [
          ...rules.map((one, index) => ({ name: `r${index}`, ...one })),
          { name: "last", select: [`xml://a${chain}`, `xml://@k${chain}`], action: "redact" },
        ]),
    }),
  );
  fc.assert(
    fc.property(policies, bodies, fc.nat(), (policy, body, cut) => {
      const subject = new Subject(policy);
      const bytes = Buffer.from(body);
      const whole = subject.run(bytes);
      expect(whole.faults).toEqual([]);
      expect([undefined, "rule_block", "nested_value"]).toContain(whole.error);
      for (const chunk of ["each" as const, [1 + (cut % bytes.length)]]) {
        const other = subject.run(bytes, chunk);
        expect([other.error, Buffer.from(other.output).toString()]).toEqual([
          whole.error,
          Buffer.from(whole.output).toString(),
        ]);
      }
    }),
    { numRuns: 400, seed: 20261125 },
  );
});
