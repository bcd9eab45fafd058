/**
 * The audit report as Markdown (GitHub's tables), for tickets and repositories.
 *
 * Invariant: text of a record cannot become markup: what steers Markdown or HTML is escaped, what steers a terminal is
 * spelled out.
 */
import { visible } from "../../report/summary.ts";
import type { Report, Section } from "./sections.ts";

export function markdownReport(report: Report): string {
  const parts = [
    "# frostglass audit report",
    `**${text(report.verdict)}**`,
    ...report.sessions.flatMap(({ session, sections }) => [
      `## ${session.id === undefined ? "Session" : `Session ${text(session.id)}`}`,
      ...sections.map(sectionText),
    ]),
    "## The log",
    ...report.log.map(sectionText),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sectionText({ title, facts = [], columns, numeric, rows, none }: Section): string {
  const lines = [`### ${title}`, "", ...facts.map(([name, value]) => `- ${name}: ${text(value)}`)];
  if (rows.length === 0) return [...lines, ...(none === "" ? [] : [none])].join("\n");
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    ...lines,
    ...(facts.length > 0 ? [""] : []),
    row(columns),
    row(columns.map((_, i) => (numeric.includes(i) ? "---:" : "---"))),
    ...rows.map((cells) => row(cells.map(text))),
  ].join("\n");
}

const text = (value: string): string =>
  visible(value)
    .replace(/[\\`*_{}[\]<>|#~]/g, "\\$&")
    .replace(/&/g, "&amp;");
