/**
 * The report as one HTML file: no script, nothing fetched, light or dark as the reader has it.
 *
 * Invariants: ids, names, counts and places, never values; every text of the report passes `escapeMarkup`, and the
 * content security policy of the page forbids all but its own style.
 */
import { describe, type ExchangeReport, type ReplayReport } from "../replay/result.ts";
import { escapeMarkup, isLeak, markOf, rulesOf, summaryOf, totalsOf } from "./summary.ts";

const style = `
:root { color-scheme: light dark; --line: light-dark(#d9dee5, #343a44); --dim: light-dark(#5a6472, #9aa4b2);
  --ground: light-dark(#ffffff, #14171c); --text: light-dark(#1a1f27, #e4e8ee); --raised: light-dark(#f5f7f9, #1c2027);
  --good: light-dark(#0b6b35, #5fd08d); --bad: light-dark(#b3121f, #ff8088); --warn: light-dark(#7d5200, #e8b85a); }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1.25rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0 0 1.25rem; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
.summary { border-left: 4px solid; padding: .6rem .9rem; background: var(--raised); }
.frame { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; }
td.id { min-width: 9rem; overflow-wrap: anywhere; }
tr.wrong td { border-bottom: 0; }
tr.wrong + tr td { padding-top: 0; }
code { font: .92em ui-monospace, monospace; }
ul { margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
small { color: var(--dim); display: block; }
.ok { color: var(--good); } .LEAK, .FAIL { color: var(--bad); } .warn { color: var(--warn); }
td.mark { font-weight: 700; }
`;

const columns = ["Result", "Exchange", "Outcome", "Reason", "Rules"];

export function htmlReport(report: ReplayReport): string {
  const { policy, engine, chunk } = report;
  const { exchanges, unclean } = totalsOf(report);
  const facts = { Policy: policy.name, File: policy.file, Digest: policy.digest, Engine: engine, Chunking: chunk };
  const verdict = unclean > 0 ? "FAIL" : exchanges === 0 ? "warn" : "ok";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>frostglass replay: ${escapeMarkup(policy.name)}</title>
<style>${style}</style>
</head>
<body>
<h1>frostglass replay</h1>
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
</div>
</body>
</html>
`;
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
