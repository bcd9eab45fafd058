// Finds that overlap, through the release filter: not a byte of a find that a rule wants is left, whichever of them wins
// and wherever a chunk ends, and what no find covers stays. What was found is asked of the scanner alone, find by find.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { Bench, request, textOf } from "../replay/support.ts";

const seed = Number(process.env.FUZZ_SEED ?? 7);
const groups = [
  ["CREDIT_CARD", "IBAN_CODE"],
  ["PHONE_NUMBER", "US_SSN"],
  ["EMAIL_ADDRESS", "URL", "DATE_TIME", "IP_ADDRESS"],
];
const types = groups.flat();
const scanner = new Scanner(compileProgram(DETECTORS.filter(({ type }) => types.includes(type))));
const marks = ["<A>", "<B>", "<C>"];
const redacting = groups.map((detect, index) => ({
  name: `r${index}`,
  select: ["json:$..note", "text:"],
  detect,
  action: { redact: { with: marks[index] } },
}));

/** The text without all that a find of these types covers; what touches becomes one mark. */
function hidden(text: string, of: readonly string[] = types): string {
  const points = [...text];
  const gone = new Set<number>();
  for (const { start, end } of scanner.scan(text, { rivals: "none", types: of })) {
    for (let at = start; at < end; at++) gone.add(at);
  }
  return points
    .map((point, at) => (gone.has(at) ? "■" : point))
    .join("")
    .replace(/■+/g, "■");
}

const marked = (text: string): string => text.replace(/(?:<[ABC]>)+/g, "■");
const plain = { headers: [["content-type", "text/plain"]] as [string, string][] };

const digits = (count: number) => fc.nat(10 ** count - 1).map((number) => String(number).padStart(count, "0"));
const piece = fc.oneof(
  fc.constantFrom(
    "4111 1111 1111 1111",
    "+41 44 668 18 00",
    "44 668 18 00",
    "DE89 3704 0044 0532 0130 00",
    "0532 0130 00",
    "ann@example.org",
    "https://example.org/4111111111111111",
    "2024-12-31",
    "192.168.0.1",
    "é🙂",
  ),
  digits(4),
  digits(9),
  fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join("-")),
);
const glue = fc.constantFrom(" ", "-", ".", "/", " ", ", ");
const row = (most: number) =>
  fc.array(fc.tuple(piece, glue), { minLength: 1, maxLength: most }).map((parts) => parts.flat().slice(0, -1).join(""));

describe("finds that overlap", () => {
  const bench = new Bench({ rules: redacting });

  test("what the better one does not cover goes too", async () => {
    const text = "AL47 212A 1009 8742-123-4567";
    const run = await bench.run(request(JSON.stringify({ note: `${text} 4111 1111 1111 1111 22 33` })));
    expect(run.result.outcome).toBe("forwarded");
    const { note } = JSON.parse(textOf(run.result.request?.body)) as { note: string };
    expect(marked(note)).toBe(hidden(`${text} 4111 1111 1111 1111 22 33`));
    expect(bench.findings(run)).toEqual([]);
  });

  test("no byte of a find is left and no other is gone: short and long rows, in JSON and in text", async () => {
    let overlaps = 0;
    for (const most of [4, 60]) {
      for (const text of fc.sample(row(most), { seed, numRuns: most === 4 ? 400 : 60 })) {
        const expected = hidden(text);
        const all = scanner.scan(text, { rivals: "none" });
        overlaps += all.length - scanner.scan(text).length;
        const json = await bench.run(request(JSON.stringify({ note: text })));
        const { note } = JSON.parse(textOf(json.result.request?.body)) as { note: string };
        expect(marked(note), text).toBe(expected);
        if (most === 4) expect(bench.findings(json), text).toEqual([]);
        for (const cut of [{ random: seed }, 1]) {
          const run = await bench.run(request(text, plain), cut);
          expect(marked(textOf(run.result.request?.body)), text).toBe(expected);
        }
      }
    }
    expect(overlaps).toBeGreaterThan(200);
  });

  const own = [
    { name: "LEFT", pattern: "a{4}\\d{4}", score: 0.9, right: "", examples: {} },
    { name: "RIGHT", pattern: "\\d{4}b{4}", score: 0.8, left: "", examples: {} },
  ];
  test.each([
    [{ mask: { keepLast: 4 } }, "x <L>[redacted] y"],
    [{ tokenize: { format: "opaque" } }, "x <L>[redacted] y"],
    [{ truncate: { length: 3 } }, "x <L>[redacted] y"],
    ["hash", "x <L>[redacted] y"],
    [{ redact: { with: "-" } }, "x <L>- y"],
    ["strip", "x <L> y"],
    ["pass", "x <L>bbbb y"],
  ])("a part is hidden as a whole, whatever the action: %j", async (action, expected) => {
    const rules = [
      { name: "left", select: "json:$..note", detect: ["LEFT"], action: { redact: { with: "<L>" } } },
      { name: "right", select: "json:$..note", detect: ["RIGHT"], action },
    ];
    const bench = new Bench({ detectors: own, rules });
    const run = await bench.run(request('{"note":"x aaaa1234bbbb y"}'));
    expect(textOf(run.result.request?.body)).toBe(JSON.stringify({ note: expected }));
    expect(bench.findings(run)).toEqual([]);
  });

  test("what one rule redacts is one text; a part of a rule that blocks blocks", async () => {
    const rule = { name: "both", select: "json:$..note", detect: ["LEFT", "RIGHT"], action: "redact" };
    const one = new Bench({ detectors: own, rules: [rule] });
    const run = await one.run(request('{"note":"aaaa1234bbbb"}'));
    expect(textOf(run.result.request?.body)).toBe('{"note":"[redacted]"}');
    expect(run.result.rules).toEqual({ both: 1 });
    const blocking = new Bench({
      detectors: own,
      rules: [
        { ...rule, detect: ["LEFT"] },
        { ...rule, name: "right", detect: ["RIGHT"], action: "block" },
      ],
    });
    expect((await blocking.run(request('{"note":"aaaa1234bbbb"}'))).result.outcome).toBe("blocked");
  });

  test.each([
    ["+5105105105105100", /^\[redacted\]\*{16}$/, { mask: {} }],
    ["ann@example.org.bob@example.org", /^\[redacted\][0-9a-f]{8}$/, { hash: { length: 8 } }],
    ["+5105105105105100", /^\[redacted\]\d{16}$/, { tokenize: { format: "pan" } }],
  ])("a part in front of a find is hidden beside what becomes of it: %s", async (note, expected, action) => {
    const detect = ["CREDIT_CARD", "EMAIL_ADDRESS", "PHONE_NUMBER"];
    const own = new Bench({ rules: [{ name: "r", select: "json:$..note", detect, action }] });
    const run = await own.run(request(JSON.stringify({ note })));
    expect(JSON.parse(textOf(run.result.request?.body)).note).toMatch(expected);
    expect(own.findings(run)).toEqual([]);
  });

  test("a rule that lets finds pass keeps what it wins, and not what others want beside it", async () => {
    const rules = [
      { name: "mails", select: "json:$..note", detect: ["EMAIL_ADDRESS"], action: "pass" },
      { name: "rest", select: "json:$..note", detect: ["PHONE_NUMBER", "URL"], action: "redact" },
    ];
    const own = new Bench({ rules });
    const run = await own.run(request(JSON.stringify({ note: "ann@example.org and 415-555-0132" })));
    expect(textOf(run.result.request?.body)).toBe('{"note":"ann@example.org and [redacted]"}');
  });
});
