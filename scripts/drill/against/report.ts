/**
 * The report of `drill --against`, on a terminal and as one HTML page.
 */
import { page } from "../../report/page.ts";
import { escapeMarkup, visible } from "../../report/summary.ts";
import type { AgainstCheck, AgainstReport } from "./play.ts";

const mark = ({ ok }: AgainstCheck): string => (ok === null ? "open" : ok ? "ok" : "FAIL");

const verdict = ({ ok, checks }: AgainstReport): string => {
  const open = checks.filter((check) => check.ok === null).length;
  if (!ok) return "The gateway is not ready: see what failed.";
  return open === 0 ? "The gateway is ready: every check holds." : `Nothing failed; ${open} could not be seen.`;
};

export function againstText(report: AgainstReport): string {
  const width = Math.max(...report.checks.map(({ name }) => name.length));
  const lines = report.checks.map((check) => `${mark(check).padEnd(4)}  ${check.name.padEnd(width)}  ${check.detail}`);
  return `${[...lines, "", verdict(report), "Nothing was shifted or changed."].map(visible).join("\n")}\n`;
}

export function againstHtml(report: AgainstReport): string {
  const rows = report.checks.map((check) => {
    const code = mark(check);
    const kind = code === "open" ? "warn" : code;
    return `<tr><td class="mark ${kind}">${code}</td><td>${escapeMarkup(check.name)}</td><td>${escapeMarkup(check.detail)}</td></tr>`;
  });
  const filters = report.attached.map(
    ({ place, policy, digest, wasm }) =>
      `<tr><td>${escapeMarkup(place)}</td><td>${escapeMarkup(policy)}</td><td><code>${escapeMarkup(digest)}</code></td><td><code>${escapeMarkup(wasm)}</code></td></tr>`,
  );
  return page(
    `frostglass drill against ${report.gateway}`,
    "td.mark { font-weight: 700; width: 3rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }",
    `<h1>frostglass drill against a gateway</h1>
<dl><dt>Gateway</dt><dd>${escapeMarkup(report.gateway)}</dd><dt>Envoy</dt><dd>${escapeMarkup(report.envoy)}</dd></dl>
<p class="summary ${report.ok ? "ok" : "FAIL"}">${verdict(report)} Nothing was shifted or changed.</p>
<div class="frame"><table><tbody>
${rows.join("\n")}
</tbody></table></div>
<h2>Filters that run there</h2>
<div class="frame"><table><thead><tr><th>Where</th><th>Policy</th><th>Digest</th><th>Wasm</th></tr></thead><tbody>
${filters.join("\n")}
</tbody></table></div>`,
  );
}
