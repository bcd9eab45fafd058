// The report on a terminal, whole and character by character.

import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { terminalReport } from "../../../scripts/report/terminal.ts";
import { exchange, hostile, mixed, reportOf } from "./support.ts";

test("all of it, without colour", () => {
  expect(terminalReport(mixed, { color: false })).toBe(`\
policy checkout, digest sha256:0a1b, engine node, chunking whole

ok    order-1   forwarded                   pan 1, cvv 2
ok    order-22  blocked (json_syntax, cut)
ok    health    bypassed
LEAK  order-3   forwarded                   pan 1
      leak in the response at $['card']['pan'] (rule pan): found as base64
      unredacted in the request at header:x-cvv (rule cvv): unchanged
      failed expectation: outcome is blocked
FAIL  order-4   forwarded
      changed in the request at $['note']: missing
      split in the request at $: cut at byte 7, outcome differs
FAIL  order-5   blocked (rule_block)
      failed expectation: outcome is forwarded

6 exchanges: 3 forwarded, 2 blocked, 1 bypassed; 6 values searched for, 2 leaks, 2 other differences, 2 failed expectations
`);
});

test("colour changes nothing but colour", () => {
  const plain = terminalReport(mixed, { color: false });
  const colored = terminalReport(mixed, { color: true });
  expect(stripVTControlCharacters(colored)).toBe(plain);
  expect(colored).toContain("\x1b[32mok\x1b[0m    order-1 ");
  expect(colored).toContain("\x1b[31mLEAK\x1b[0m  order-3 ");
  expect(colored).toContain("\x1b[31mFAIL\x1b[0m  order-4 ");
  expect(plain).not.toContain("\x1b");
});

test("the summary is green for a clean report, red for any other, yellow where nothing was replayed", () => {
  const last = (report: typeof mixed) => terminalReport(report, { color: true }).trimEnd().split("\n").at(-1);
  expect(last(reportOf(exchange()))).toContain("\x1b[32m1 exchange:");
  expect(last(reportOf(exchange({ failures: ["x"] })))).toContain("\x1b[31m1 exchange:");
  expect(last(reportOf())).toContain("\x1b[33m0 exchanges:");
});

test("wraps at spaces, with a hanging indent", () => {
  const rules = { "first-rule": 1, "second-rule": 2, "third-rule": 3 };
  const report = reportOf(exchange({ rules, failures: ["the response has status 200 and not 403"] }));
  const text = terminalReport(report, { color: false, width: 44 });
  expect(text.split("\n").slice(3, 9)).toEqual([
    "FAIL  one  forwarded  first-rule 1,",
    "                      second-rule 2,",
    "                      third-rule 3",
    "      failed expectation: the response has",
    "        status 200 and not 403",
    "",
  ]);
});

test.each([20, 40, 79, 120])("width %i: no word is lost, and no line is longer where the columns fit", (width) => {
  const words = (text: string) => text.split(/\s+/);
  const text = terminalReport(mixed, { color: false, width });
  expect(words(text)).toEqual(words(terminalReport(mixed, { color: false })));
  if (width >= 79) for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
});

test("a long id stays whole and does not push the other lines", () => {
  const id = "x".repeat(60);
  const lines = terminalReport(reportOf(exchange(), exchange({ id })), { color: false, width: 50 }).split("\n");
  expect(lines).toContain(`ok    one${" ".repeat(37)}  forwarded`);
  expect(lines).toContain(`ok    ${id}  forwarded`);
});

test("no id can steer the terminal or forge a line", () => {
  const text = terminalReport(hostile, { color: false });
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(text.split("\n")).toHaveLength(8);
});
