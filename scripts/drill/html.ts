/**
 * The report of a drill as one HTML page: verdict, the load over time with the moments of the session on it, checks.
 */
import { page } from "../report/page.ts";
import { escapeMarkup } from "../report/summary.ts";
import { chart, chartStyle } from "./chart.ts";
import type { DrillReport } from "./result.ts";

const style = `
figure { margin: 1.5rem 0; }
td.mark { font-weight: 700; width: 3rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
${chartStyle}`;

export function htmlReport(report: DrillReport): string {
  const { policy, session, authority, load, tunnel, ok } = report;
  const facts: [string, string][] = [
    ["Policy", `${policy.name} (${policy.file})`],
    ["Digest", policy.digest],
    ["Session", session],
    ["Certificates", authority],
    ["Load", `${load.sent} requests, ${load.perSecond} a second`],
    ["Latency", `${load.latency.p50} ms in the middle, ${load.latency.p99} ms at 99 %, ${load.latency.max} ms at most`],
    ["Tunnel", `${tunnel.requests} requests, ${tunnel.toTunnel} bytes in, ${tunnel.fromTunnel} bytes back`],
  ];
  const verdict = ok ? "The drill passed: every check holds." : "The drill failed: see the checks.";
  return page(
    `frostglass drill: ${policy.name}`,
    style,
    `<h1>frostglass drill</h1>
<dl>
${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`).join("\n")}
</dl>
<p class="summary ${ok ? "ok" : "FAIL"}">${verdict}</p>
${chart(report)}
<h2>Checks</h2>
<div class="frame"><table><tbody>
${report.checks
  .map(
    (check) =>
      `<tr><td class="mark ${check.ok ? "ok" : "FAIL"}">${check.ok ? "ok" : "FAIL"}</td><td>${escapeMarkup(check.name)}</td><td>${escapeMarkup(check.detail)}</td></tr>`,
  )
  .join("\n")}
</tbody></table></div>`,
  );
}
