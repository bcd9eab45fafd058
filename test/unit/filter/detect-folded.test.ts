// What reads as a number or an address without being spelled in ASCII, through the release filter: in every place where text
// stands, and numbers of JSON with a point or an exponent. What the filter leaves is what the scanner alone does not cover.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { Bench, request, textOf } from "../replay/support.ts";

const types = ["CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER"];
const everywhere = new Bench({ rules: [{ name: "all", select: "any:", detect: types, action: "redact" }] });
const scanner = new Scanner(compileProgram(DETECTORS.filter(({ type }) => types.includes(type))));
const type = (value: string): { headers: [string, string][] } => ({ headers: [["content-type", value]] });

const card = "4111\u00a01111\u20111111\u202f１１１１";

async function outcomeOf(
  bench: Bench,
  body: string,
  media: string,
  cut?: number | { random: number },
): Promise<string> {
  const run = await bench.run(request(body, type(media)), cut);
  expect(run.result.outcome).toBe("forwarded");
  expect(bench.findings(run)).toEqual([]);
  return textOf(run.result.request?.body);
}

test.each([
  ["application/json", JSON.stringify({ a: `pay ${card}, ok` }), '{"a":"pay [redacted], ok"}'],
  ["application/json", '{"ann&#64;example.org":"&#52;111111111111111;"}', '{"[redacted]":"[redacted];"}'],
  ["text/plain", `pay ${card}, ok`, "pay [redacted], ok"],
  ["text/html; charset=utf-8", "<a>ann&#64;example&period;org</a> &amp; Zo&euml;", "<a>[redacted]</a> &amp; Zo&euml;"],
  [
    "application/x-www-form-urlencoded",
    `a=${encodeURIComponent(`pay ${card}, ok`)}&b=1`,
    "a=pay%20%5Bredacted%5D%2C+ok&b=1",
  ],
  [
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="d"\r\nContent-Type: application/json\r\n\r\n{"pan":"\\u0034111111111111111"}\r\n--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="d"\r\nContent-Type: application/json\r\n\r\n{"pan":"[redacted]"}\r\n--b--\r\n',
  ],
  [
    "application/json",
    '{"a":"https://x.example/?q=ann%40example.org&c=%25"}',
    '{"a":"https://x.example/?q=[redacted]&c=%25"}',
  ],
  ["text/plain", 'sent {"mail":"ann\\u0040example.org"}', 'sent {"mail":"[redacted]"}'],
  [
    "application/xml",
    `<a b="${card}">x\u200by ${card.replace("11", "1\u200b1")}</a>`,
    '<a b="[redacted]">x\u200by [redacted]</a>',
  ],
])("%s %s", async (media, body, expected) => {
  const decoded = (text: string) => (media.endsWith("urlencoded") ? [...new URLSearchParams(text)] : text);
  for (const cut of [undefined, 1])
    expect(decoded(await outcomeOf(everywhere, body, media, cut))).toEqual(decoded(expected));
});

describe("a number of JSON", () => {
  test.each([
    "4.242424242424242e15",
    "4242424242424242.0",
    "424242424242424.2E+1",
    "4242424242424242000e-3",
    "42424242424242420.00e-1",
  ])("is found by its digits: %s", async (number) => {
    expect(await outcomeOf(everywhere, `{"n":[${number},1.5e3]}`, "application/json")).toBe('{"n":[0,1.5e3]}');
  });

  test("is found where it is spelled shorter than any number of its kind", async () => {
    const bench = new Bench({ rules: [{ name: "card", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] });
    expect(await outcomeOf(bench, "[4.2e15,4.1e15]", "application/json")).toBe("[0,4.1e15]");
  });

  test.each(["4.242424242424243e15", "4.242424242424242e16", "4.2e99999999999", "0e0", "-0.0"])(
    "that is none stays: %s",
    async (number) => {
      expect(await outcomeOf(everywhere, `[${number}]`, "application/json")).toBe(`[${number}]`);
    },
  );
});

test("exceptions and words of a rule are read as texts are", async () => {
  const bench = new Bench({
    rules: [
      { name: "a", select: "json:$.a", detect: ["CREDIT_CARD"], except: ["4111\u20111111*"], action: "redact" },
      { name: "b", select: "json:$.b", detect: ["CREDIT_CARD"], context: ["ｐａｎ\u00a0is"], action: "redact" },
    ],
  });
  const body = JSON.stringify({ a: "4111–1111–1111–1111", b: `pan is ${card}`, c: 1 });
  expect(await outcomeOf(bench, body, "application/json")).toBe(
    '{"a":"4111–1111–1111–1111","b":"pan is [redacted]","c":1}',
  );
});

test("a text leaves without what the scanner covers, however long and however cut", async () => {
  const piece = fc.constantFrom(
    card,
    "ann&#64;example.org",
    "&amp;",
    "字",
    "\u200b",
    "１２",
    "&#x",
    " ok ",
    "é",
    "+41\u00a044\u00a0668\u00a018\u00a000",
    ", ",
  );
  for (const text of fc.sample(
    fc.array(piece, { maxLength: 300 }).map((parts) => parts.join("")),
    { seed: 3, numRuns: 40 },
  )) {
    const points = [...text];
    const hidden = points.map(() => false);
    for (const { start, end } of scanner.scan(text, { rivals: "none" })) hidden.fill(true, start, end);
    const expected = points
      .map((point, at) => (hidden[at] ? "■" : point))
      .join("")
      .replace(/■+/g, "■");
    for (const cut of [undefined, { random: 1 }, 1]) {
      const run = await everywhere.run(request(text, type("text/plain")), cut);
      expect(textOf(run.result.request?.body).replace(/(?:\[redacted\])+/g, "■"), text).toBe(expected);
    }
  }
});
