// The report for an auditor: that it says all that an auditor asks, alike in both formats, and that no text of a record
// becomes markup.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditLog } from "../../../scripts/audit/log.ts";
import { htmlReport } from "../../../scripts/audit/report/html.ts";
import { markdownReport } from "../../../scripts/audit/report/markdown.ts";
import { reportOf } from "../../../scripts/audit/report/sections.ts";
import { bytesOf, durationOf, number } from "../../../scripts/audit/report/sentence.ts";
import { sessionsOf } from "../../../scripts/audit/session.ts";
import { verify } from "../../../scripts/audit/verify.ts";
import { digest, key, logFolder, writeSession } from "./support.ts";

const folder = logFolder();
afterAll(() => folder.remove());

function formats(name: string): { md: string; html: string } {
  const verdict = verify([folder.read(name)], { keys: [key] });
  const report = reportOf(verdict, sessionsOf(verdict.records));
  return { md: markdownReport(report), html: htmlReport(report) };
}

/** What a reader sees: no markup, no escapes. */
const plain = (text: string): string =>
  text
    .replace(/<style>.*?<\/style>|<[^>]*>/gs, " ")
    .replace(/\\(?=[[\]_*`|#~<>{}\\])/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");

describe("a whole session", () => {
  beforeAll(() => writeSession(folder.path("log"), { session: "s-20260302-1" }));

  test.each(["md", "html"] as const)("%s tells who, when, what, how much, why", (format) => {
    const text = plain(formats("log")[format]);
    for (const said of [
      "Intact: 22 records, 4 seals, closed",
      "s-20260302-1",
      "ann@example.org",
      "Checkout fails for orders without a postal code [INC-4711]",
      digest,
      "3 min 10 s",
      "203.0.113.7",
      "refused: token_expired",
      "1 % → 100 %",
      "6\u202f330",
      "PCI DSS 3.4.1, PCI DSS 6.5.5",
      "rule_block",
      "Fraud desk asked for one order",
      "denied: not_authorized",
      "4.9 MiB (5\u202f100\u202f200 B)",
      "yes, tried",
      "No edit, gap, reorder, truncation or replay was found.",
    ]) {
      expect(text).toContain(said);
    }
  });

  test("Markdown has as many cells in each row as its table has columns", () => {
    const blocks = formats("log").md.split("\n\n");
    const tables = blocks.map((block) => block.split("\n").filter((line) => line.startsWith("|")));
    expect(tables.filter((rows) => rows.length > 0)).toHaveLength(9);
    for (const rows of tables) {
      const widths = rows.map((row) => row.replace(/\\\|/g, "").split("|").length);
      expect(new Set(widths).size).toBeLessThanOrEqual(1);
    }
  });

  test("HTML is self-contained and draws each window and each mark", () => {
    const { html } = formats("log");
    expect(html).not.toMatch(/<script|<img|<link|url\(|https?:/);
    expect(html).toContain("default-src 'none'");
    expect(html.match(/<rect class="bar"/g)).toHaveLength(6);
    expect(html.match(/<g class="mark/g)).toHaveLength(9);
    expect(html.match(/<li value=/g)).toHaveLength(9);
  });
});

test("a log that is not intact says so first, with the places", async () => {
  await writeSession(folder.path("cut"), { session: "s-1" });
  const { bytes } = folder.read("cut");
  const verdict = verify([{ name: "cut", bytes: bytes.subarray(0, bytes.length - 2) }], { keys: [key] });
  const report = reportOf(verdict, sessionsOf(verdict.records));
  expect(markdownReport(report)).toContain("**NOT INTACT: ");
  expect(htmlReport(report)).toContain('<p class="summary FAIL">NOT INTACT: ');
  expect(plain(htmlReport(report))).toMatch(/cut:22\s+unfinished/);
});

test("a log with nothing in it says of each part that there was nothing", async () => {
  const log = await AuditLog.open(folder.path("empty"), { writer: "w", key });
  await log.close({ final: true });
  const text = plain(formats("empty").md);
  for (const none of [
    "No tunnel was opened or refused.",
    "Nothing was shifted.",
    "No telemetry is on record.",
    "No rule acted on a value.",
    "Nothing was refused.",
    "Nothing was revealed or denied.",
    "No teardown is on record.",
  ]) {
    expect(text).toContain(none);
  }
});

test("credentials that were not revoked stand out", async () => {
  const log = await AuditLog.open(folder.path("left"), { writer: "w", key, session: "s" });
  await log.append("session.ended", {
    cause: "failed",
    requests: 0,
    bytes: { toTunnel: 0, fromTunnel: 0 },
    credentials: [{ kind: "certificate", id: "ab:cd", revoked: false }],
  });
  await log.close({ final: true });
  expect(formats("left").md).toContain("1 NOT revoked");
});

test("no text of a record becomes markup", async () => {
  const log = await AuditLog.open(folder.path("hostile"), { writer: "w", key, session: "s" });
  const reason = "<script>alert(1)</script> | [x](javascript:1) `code` **bold** &lt;";
  await log.append("reveal", { who: "eve", reason, decision: "denied", values: 0 });
  await log.close({ final: true });
  const { md, html } = formats("hostile");
  expect(html).not.toContain("<script");
  expect(plain(html)).toContain(reason);
  for (const line of md.split("\n").filter((one) => one.includes("alert"))) {
    expect(line.replace(/\\./g, "")).not.toMatch(/[<>`*[\]]/);
  }
});

test("each of several sessions has its own part", async () => {
  for (const session of ["s-1", "s-2"]) {
    const log = await AuditLog.open(folder.path("two"), { writer: "w", key, session });
    await log.append("tunnel.uplink", { who: `of-${session}`, sourceIp: "::1" });
    await log.close({ final: session === "s-2" });
  }
  const [, first, second] = formats("two").md.split(/^## Session /m);
  expect(first).toContain("of-s-1");
  expect(first).not.toContain("of-s-2");
  expect(second).toContain("of-s-2");
});

test.each([
  [0, "0", "0 B", "0 s"],
  [1023, "1\u202f023", "1023 B", "17 min 3 s"],
  [3_600_000, "3\u202f600\u202f000", "3.4 MiB", "1000 h"],
  [1_234_567_890, "1\u202f234\u202f567\u202f890", "1.1 GiB", "342935 h 31 min 30 s"],
])("%d as number, bytes and seconds", (value, asNumber, asBytes, asDuration) => {
  expect([number(value), bytesOf(value), durationOf(value)]).toEqual([asNumber, asBytes, asDuration]);
});
