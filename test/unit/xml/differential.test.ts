// Documents of fast-check, sound and broken, through the filter and an independent reader (saxes) under policies with
// every action: both take the same documents, what left is what the policy says, and no cut changes anything.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Subject } from "./support.ts";

const { mask, pass, strip, redact, block } = {
  mask: { mask: { keepFirst: 1 } },
  pass: "pass",
  strip: "strip",
  redact: "redact",
  block: "block",
} as const;
const kept = { redact: { keepStructure: true } };
const keptWith = { redact: { keepStructure: true, with: '<&"' } };
const rule = (name: string, select: string | string[], action: unknown) => ({ name, select, action });
const limits = { value: 24, depth: 6 };

const policies: object[] = [
  { rules: [rule("a", "xml://a", mask), rule("b", ["xml://b", "xml://@b"], strip), rule("c", "xml:/a/c", redact)] },
  { limits, rules: [rule("a", "xml:/a/*/@*", redact), rule("b", "xml://a//b", redact), rule("c", "xml://@a", mask)] },
  { limits, unmatched: "redact", rules: [rule("a", "xml:/a/b", pass), rule("b", "xml://b/@c", pass)] },
  { unmatched: "strip", rules: [rule("a", "xml:/*/b", mask), rule("b", "xml:/a/c", pass)] },
  { limits, unmatched: "redact", rules: [rule("a", "xml:/a/b/c", { redact: { with: "<&\"']]>" } })] },
  { unmatched: "block", rules: [rule("a", ["xml:/a", "xml://@*"], pass), rule("b", "xml://c", block)] },
  { rules: [rule("a", "xml:/*", { hash: { length: 8 } }), rule("b", "xml://c", pass), rule("c", "xml://d", strip)] },
  { rules: [rule("a", "xml:/*", strip)] },
  { rules: [rule("a", "xml://*/*", { truncate: { keepFirst: 2, keepLast: 1 } })] },
  { limits, rules: [rule("d", "xml://d", strip), rule("c", "xml://@c", mask), rule("a", ["xml://b", "xml:/*"], kept)] },
  {
    unmatched: "redact",
    rules: [rule("b", "xml:/a/b", keptWith), rule("c", "xml://c", pass), rule("a", "xml://a", kept)],
  },
];
const subjects = policies.map((policy) => new Subject(policy));

const name = fc.constantFrom("a", "b", "c", "d", "x:a", "x:b", "é");
const space = fc.constantFrom("", "", " ", "\n", "\t ", "\r\n");
const text = fc.constantFrom(
  "",
  " ",
  "4111",
  "Jane",
  "&amp;",
  "&lt;x",
  "&#x4e;",
  "é",
  "漢字",
  "𝒳",
  "]]",
  ">",
  "\r\n",
  "long ".repeat(6),
);
const cdata = fc.constantFrom("", "4111", "<a>", "]]", "&amp;", " ").map((inside) => `<![CDATA[${inside}]]>`);
const markup = fc.constantFrom("<!-- 4111 -->", "<!---->", "<?pi 4111?>", "<?pi?>", "<?pi ??>");
const value = fc.oneof(
  fc.constantFrom("", "4111", "&quot;", "&#9;x", "é<".slice(0, 1), " a\nb ", "v".repeat(30)).map((raw) => `"${raw}"`),
  fc.constantFrom("", '"', "&apos;", "x>y").map((raw) => `'${raw}'`),
);
const attributes = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "x:a", "xmlns", "xmlns:x", "é"), value, space, space), {
    maxLength: 3,
    selector: ([key]) => key,
  })
  .map((list) => list.map(([key, raw, before, after]) => ` ${before}${key}${before}=${after}${raw}`).join(""));

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  content: fc
    .array(fc.oneof({ weight: 3, arbitrary: text }, tie("element"), tie("element"), cdata, markup), {
      maxLength: 4,
    })
    .map((parts) => parts.join("").replaceAll("]]>", "]] >").replaceAll("[CDATA[]] >", "[CDATA[]]>")),
  element: fc
    .tuple(name, attributes, space, fc.option(tie("content") as fc.Arbitrary<string>, { depthSize: "small" }))
    .map(([tag, list, end, inside]) =>
      inside === null ? `<${tag}${list}${end}/>` : `<${tag}${list}${end}>${inside}</${tag}${end}>`,
    ),
}));

const document = fc
  .tuple(
    fc.constantFrom("", '<?xml version="1.0"?>', "\ufeff", "<!-- 1 -->", " "),
    element,
    fc.constantFrom("", "\n", "<!-- 2 -->"),
  )
  .map((parts) => parts.join(""));

/** A document with a few characters taken out, put in or doubled. */
const broken = fc
  .tuple(
    document,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(..."<>/&;\"'= ?!-[]:1a\u0001\ufffe#x")), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([sound, edits]) =>
    edits.reduce((result, [place, drop, put]) => {
      const at = place % (result.length + 1);
      return result.slice(0, at) + put + result.slice(at + drop);
    }, sound),
  )
  // Half of a character is no text, and would not survive the way into bytes.
  .map((each) => each.toWellFormed());

/** Refusals that say nothing of the document's form. */
const byPolicy = new Set(["rule_block", "unmatched_block", "limit_depth", "limit_value"]);

function check(text: string, at: number, cut: number): void {
  const bytes = Buffer.from(text);
  const subject = subjects[at]!;
  const whole = subject.run(bytes);
  expect(whole.faults).toEqual([]);
  // An element that would be left out between ]] and > is refused.
  const isSeam = whole.error === "xml_syntax" && /\]\]<[^!]/.test(text);
  // saxes lets a question mark follow a target, where XML 1.0 [16] wants white space or the end.
  const isLax = whole.error === "xml_syntax" && /<\?[^\s?>]+\?[^>]/.test(text);
  if (!byPolicy.has(whole.error ?? "") && !isSeam && !isLax) expect(whole.error === undefined).toBe(whole.isRead);
  for (const chunk of ["each" as const, [1 + (cut % bytes.length)], 3]) {
    const other = subject.run(bytes, chunk);
    expect(other.error).toBe(whole.error);
    if (whole.error === undefined)
      expect(Buffer.from(other.output).toString()).toBe(Buffer.from(whole.output).toString());
  }
}

const numRuns = Number(process.env.FUZZ_RUNS ?? 600);

describe("XML through the filter and an independent reader", () => {
  test("sound documents", { timeout: 120_000 }, () => {
    fc.assert(fc.property(document, fc.nat({ max: policies.length - 1 }), fc.nat(), check), { numRuns });
  });

  test("broken documents", { timeout: 120_000 }, () => {
    fc.assert(fc.property(broken, fc.nat({ max: policies.length - 1 }), fc.nat(), check), { numRuns });
  });
});
