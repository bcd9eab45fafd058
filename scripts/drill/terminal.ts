/**
 * The drill on a terminal: each moment as it comes, the verdict at the end.
 */
import type { DrillReport } from "./result.ts";
import type { Moment } from "./timeline.ts";

const paint = (color: boolean, code: number, text: string): string => (color ? `\x1b[${code}m${text}\x1b[0m` : text);

export function momentLine({ seconds, event, detail }: Moment, color: boolean): string {
  const time = paint(color, 2, `${seconds.toFixed(2).padStart(7)} s`);
  return `${time}  ${event}${detail === undefined ? "" : paint(color, 2, `  ${detail}`)}\n`;
}

export function verdictText({ ok, checks, load, session, audit }: DrillReport, color: boolean): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map((check) => {
    const mark = check.ok ? paint(color, 32, "ok  ") : paint(color, 31, "FAIL");
    return `${mark}  ${check.name.padEnd(width)}  ${check.detail}`;
  });
  const { p50, p99, max } = load.latency;
  return [
    "",
    ...lines,
    "",
    `${load.sent} requests, ${load.perSecond} a second; ${p50} ms in the middle, ${p99} ms at 99 %, ${max} ms at most`,
    ...(audit.file === undefined ? [] : [`audit log: ${audit.file}`]),
    ok ? paint(color, 32, `drill passed, session ${session}`) : paint(color, 31, `drill failed, session ${session}`),
    "",
  ].join("\n");
}
