// What all formats share: marks, counts that decide the exit, and text made safe.

import { expect, test } from "vitest";
import { isClean } from "../../../scripts/replay/result.ts";
import {
  escapeMarkup,
  markOf,
  outcomeOf,
  rulesOf,
  summaryOf,
  totalsOf,
  visible,
} from "../../../scripts/report/summary.ts";
import { exchange, hostileText, mixed, reportOf } from "./support.ts";

test("marks: a value that left outweighs a difference", () => {
  expect(mixed.exchanges.map(markOf)).toEqual(["ok", "ok", "ok", "LEAK", "FAIL", "FAIL"]);
});

test("an exchange has the mark ok exactly if it is clean, so that the marks agree with the exit code", () => {
  for (const one of mixed.exchanges) expect(markOf(one) === "ok").toBe(isClean(one));
});

test("totals", () => {
  expect(totalsOf(mixed)).toEqual({
    exchanges: 6,
    forwarded: 3,
    blocked: 2,
    bypassed: 1,
    searched: 6,
    leaks: 2,
    differences: 2,
    failures: 2,
    unclean: 3,
  });
});

test("the summary names other differences only where there are any, and knows the singular", () => {
  expect(summaryOf(mixed)).toBe(
    "6 exchanges: 3 forwarded, 2 blocked, 1 bypassed; 6 values searched for, 2 leaks, 2 other differences, 2 failed expectations",
  );
  expect(summaryOf(reportOf(exchange({ searched: 1, failures: ["x"] })))).toBe(
    "1 exchange: 1 forwarded, 0 blocked, 0 bypassed; 1 value searched for, 0 leaks, 1 failed expectation",
  );
  expect(summaryOf(reportOf())).toBe(
    "0 exchanges: 0 forwarded, 0 blocked, 0 bypassed; 0 values searched for, 0 leaks, 0 failed expectations",
  );
});

test("outcome with reason and cut", () => {
  expect(outcomeOf(exchange())).toBe("forwarded");
  expect(outcomeOf(exchange({ outcome: "blocked", reason: "json_syntax" }))).toBe("blocked (json_syntax)");
  expect(outcomeOf(exchange({ outcome: "blocked", reason: "json_syntax", isCut: true }))).toBe(
    "blocked (json_syntax, cut)",
  );
  expect(outcomeOf(exchange({ outcome: "blocked", isCut: true }))).toBe("blocked (cut)");
});

test("rule counts", () => {
  expect(rulesOf(exchange({ rules: { pan: 1, cvv: 1 } }))).toBe("pan 1, cvv 1");
  expect(rulesOf(exchange())).toBe("");
});

test("what steers, hides or is no character is spelled out; letters of any script stay", () => {
  expect(visible("a\n\r\t\x1b\x00\x7f\x9b\u2028\u202e\u200b\ufeff\ud800\ufffe\u{1ffff}")).toBe(
    "a\\u{a}\\u{d}\\u{9}\\u{1b}\\u{0}\\u{7f}\\u{9b}\\u{2028}\\u{202e}\\u{200b}\\u{feff}\\u{d800}\\u{fffe}\\u{1ffff}",
  );
  expect(visible("Zürich 東京 😀 $['a']")).toBe("Zürich 東京 😀 $['a']");
});

test("markup", () => {
  expect(escapeMarkup(`<a href="x" b='y'>&amp;]]>`)).toBe("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;]]&gt;");
  expect(escapeMarkup(hostileText)).not.toMatch(/[<>"'\p{Cc}\p{Cs}]/u);
});
