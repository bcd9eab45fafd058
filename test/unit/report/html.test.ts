// The page: its rows, and that no text of a report becomes markup.

import { expect, test } from "vitest";
import { htmlReport } from "../../../scripts/report/html.ts";
import { escapeMarkup } from "../../../scripts/report/summary.ts";
import { exchange, hostile, hostileText, mixed, reportOf } from "./support.ts";

const bodyOf = (html: string): string => html.slice(html.indexOf("<tbody>"), html.indexOf("</tbody>"));

test("a clean exchange is one row", () => {
  const one = exchange({ outcome: "blocked", reason: "json_syntax", isCut: true, rules: { pan: 1 }, searched: 4 });
  expect(bodyOf(htmlReport(reportOf(one)))).toBe(
    `<tbody>
<tr>${[
      '<td class="mark ok">ok</td>',
      '<td class="id">one<small>recordings/shop.ndjson</small></td>',
      '<td class="warn">blocked<small>cut: bytes had left before</small></td>',
      "<td><code>json_syntax</code></td>",
      "<td>pan 1</td>",
      '<td class="number">4</td>',
    ].join("")}</tr>
`,
  );
});

test("what is wrong stands in a row below, as wide as the rest", () => {
  const html = htmlReport(reportOf(exchange({ failures: ["outcome is blocked"] })));
  expect(bodyOf(html)).toContain(
    '</tr>\n<tr><td></td><td colspan="5"><ul><li class="FAIL">failed expectation: outcome is blocked</li></ul></td></tr>',
  );
  expect(html.match(/<th /g)).toHaveLength(6);
});

test("marks, findings and the summary", () => {
  const html = htmlReport(mixed);
  expect([...html.matchAll(/<td class="mark (\w+)">\1</g)].map(([, mark]) => mark)).toEqual([
    "ok",
    "ok",
    "ok",
    "LEAK",
    "FAIL",
    "FAIL",
  ]);
  expect([...html.matchAll(/<li class="(\w+)">(\w+)/g)].map(([, mark, kind]) => `${mark} ${kind}`)).toEqual([
    "LEAK leak",
    "LEAK unredacted",
    "FAIL failed",
    "FAIL changed",
    "FAIL split",
    "FAIL failed",
  ]);
  expect(html).toContain('<p class="summary FAIL">6 exchanges: 3 forwarded, 2 blocked, 1 bypassed; ');
});

test("the summary has the colour of the verdict", () => {
  expect(htmlReport(reportOf(exchange()))).toContain('<p class="summary ok">');
  expect(htmlReport(reportOf())).toContain('<p class="summary warn">');
});

test("self-contained: no script, nothing fetched, both colour schemes", () => {
  const html = htmlReport(mixed);
  expect(html).not.toMatch(/<(?:script|link|img|iframe|object)|\b(?:src|href)=|url\(|@import|\son\w+=/i);
  expect(html).toContain("default-src 'none'");
  expect(html).toContain("color-scheme: light dark");
});

test("hostile text adds no tag and no attribute", () => {
  const tags = (html: string) => html.match(/<[^>]*>/g);
  const tame = JSON.parse(JSON.stringify(hostile).replaceAll(JSON.stringify(hostileText).slice(1, -1), "x"));
  expect(tame.policy.name).toBe("x");
  const html = htmlReport(hostile);
  expect(tags(html)).toEqual(tags(htmlReport(tame)));
  // Policy: title, name, file, digest, chunking. Exchange: id, file, reason, rule. Finding: three. Failure: one.
  expect(html.split(escapeMarkup(hostileText))).toHaveLength(14);
  expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}]/u);
});
