/**
 * The audit report as one HTML file that an auditor can read, print and keep.
 *
 * Invariant: every text of a record passes `escapeMarkup`.
 */
import { page } from "../../report/page.ts";
import { escapeMarkup } from "../../report/summary.ts";
import { chartOf } from "./chart.ts";
import type { Report, Section } from "./sections.ts";

const style = `
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.8rem 0 .5rem; }
p.none { color: var(--dim); margin: 0; }
td { overflow-wrap: break-word; }
td code { overflow-wrap: anywhere; }
@media (max-width: 60rem) { td code { display: inline-block; min-width: 19rem; } }
td.time { white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
figure { margin: 1rem 0; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--dim); }
svg .bar, span.bar { fill: var(--bars); background: var(--bars); }
svg .axis { stroke: var(--line); }
svg .share { fill: none; stroke: var(--good); stroke-width: 2; }
svg .mark line { stroke: var(--dim); stroke-dasharray: 2 3; }
svg .mark text { fill: var(--text); font-weight: 700; }
svg .bad line { stroke: var(--bad); } svg .bad text { fill: var(--bad); }
:root { --bars: light-dark(#c9d6e6, #33445a); }
figcaption { color: var(--dim); font-size: .87rem; }
figcaption span { display: inline-block; width: .9rem; height: .7rem; margin: 0 .3rem 0 .9rem; }
figcaption span.bar { margin-left: 0; }
figcaption span.share { height: 0; border-top: 2px solid var(--good); vertical-align: .25rem; }
ol.marks { padding-left: 1.6rem; margin: .6rem 0 0; font-size: .93rem; }
ol.marks time { color: var(--dim); font-variant-numeric: tabular-nums; margin-right: .4rem; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } tr, figure { break-inside: avoid; } .frame { overflow: visible; } }
`;

export function htmlReport(report: Report): string {
  const sessions = report.sessions.map(({ session, sections: [overview, ...rest] }) =>
    [
      `<h2>${session.id === undefined ? "Session" : `Session <code>${escapeMarkup(session.id)}</code>`}</h2>`,
      ...(overview ? [bodyOf(overview)] : []),
      chartOf(session),
      ...rest.map(sectionOf),
    ].join("\n"),
  );
  const title = ["frostglass audit report", ...report.sessions.flatMap(({ session }) => session.id ?? [])].join(": ");
  return page(
    title,
    style,
    `<h1>frostglass audit report</h1>
<p class="summary ${report.good ? "ok" : "FAIL"}">${escapeMarkup(report.verdict)}</p>
${sessions.join("\n")}
<h2>The log</h2>
${report.log.map(sectionOf).join("\n")}`,
  );
}

const sectionOf = (section: Section): string => `<section>\n<h3>${section.title}</h3>\n${bodyOf(section)}\n</section>`;

function bodyOf({ facts = [], columns, numeric, rows, none }: Section): string {
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`);
  const parts = facts.length > 0 ? [`<dl>\n${list.join("\n")}\n</dl>`] : [];
  if (rows.length === 0) return [...parts, ...(none === "" ? [] : [`<p class="none">${none}</p>`])].join("\n");
  const kind = (i: number) => (numeric.includes(i) ? ' class="number"' : columns[i] === "Time" ? ' class="time"' : "");
  const head = columns.map((name, i) => `<th scope="col"${kind(i)}>${name}</th>`).join("");
  const lines = rows.map((row) => `<tr>${row.map((cell, i) => `<td${kind(i)}>${cellOf(cell)}</td>`).join("")}</tr>`);
  const table = `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${lines.join("\n")}\n</tbody>\n</table>`;
  return [...parts, `<div class="frame">\n${table}\n</div>`].join("\n");
}

/** Digests are read figure by figure. */
const cellOf = (text: string): string =>
  /^(sha256:)?[0-9a-f]{32,64}$/.test(text) ? `<code>${text}</code>` : escapeMarkup(text);
