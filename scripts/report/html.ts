/**
 * The report as one HTML file.
 *
 * Invariant: ids, names, counts and places, never values; every text of the report passes `escapeMarkup`.
 */
import { describe, type ExchangeReport, type ReplayReport } from "../replay/result.ts";
import { page } from "./page.ts";
import { escapeMarkup, isLeak, markOf, rulesOf, summaryOf, totalsOf } from "./summary.ts";

const style = `
td.id { min-width: 9rem; overflow-wrap: anywhere; }
tr.wrong td { border-bottom: 0; }
tr.wrong + tr td { padding-top: 0; }
ul { margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
td.mark { font-weight: 700; }
`;

const columns = ["Result", "Exchange", "Outcome", "Reason", "Rules"];

export function htmlReport(report: ReplayReport): string {
  const { policy, engine, chunk } = report;
  const { exchanges, unclean } = totalsOf(report);
  const facts = { Policy: policy.name, File: policy.file, Digest: policy.digest, Engine: engine, Chunking: chunk };
  const verdict = unclean > 0 ? "FAIL" : exchanges === 0 ? "warn" : "ok";
  const body = `<h1>frostglass replay</h1>
<dl>
${Object.entries(facts)
  .map(([name, value]) => `<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`)
  .join("\n")}
</dl>
<p class="summary ${verdict}">${escapeMarkup(summaryOf(report))}</p>
<div class="frame">
<table>
<thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join("")}<th scope="col" class="number">Searched</th></tr></thead>
<tbody>
${report.exchanges.map(rows).join("\n")}
</tbody>
</table>
</div>`;
  return page(`frostglass replay: ${policy.name}`, style, body);
}

function rows(exchange: ExchangeReport): string {
  const mark = markOf(exchange);
  const reason = exchange.reason === undefined ? "" : `<code>${escapeMarkup(exchange.reason)}</code>`;
  const cut = exchange.isCut ? "<small>cut: bytes had left before</small>" : "";
  const cells = [
    `<td class="mark ${mark}">${mark}</td>`,
    `<td class="id">${escapeMarkup(exchange.id)}<small>${escapeMarkup(exchange.file)}</small></td>`,
    `<td${exchange.outcome === "forwarded" ? "" : ' class="warn"'}>${exchange.outcome}${cut}</td>`,
    `<td>${reason}</td>`,
    `<td>${escapeMarkup(rulesOf(exchange))}</td>`,
    `<td class="number">${exchange.searched}</td>`,
  ];
  const row = `<tr${mark === "ok" ? "" : ' class="wrong"'}>${cells.join("")}</tr>`;
  return mark === "ok" ? row : `${row}\n<tr><td></td><td colspan="5"><ul>${wrongItems(exchange)}</ul></td></tr>`;
}

const wrongItems = (exchange: ExchangeReport): string =>
  [
    ...exchange.findings.map((finding) => ({ mark: isLeak(finding) ? "LEAK" : "FAIL", text: describe(finding) })),
    ...exchange.failures.map((failure) => ({ mark: "FAIL", text: `failed expectation: ${failure}` })),
  ]
    .map(({ mark, text }) => `<li class="${mark}">${escapeMarkup(text)}</li>`)
    .join("");
