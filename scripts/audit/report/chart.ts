/**
 * A session drawn over time, as one SVG: requests of each window as bars, the share of traffic in the tunnel as a line,
 * what happened as marks with a number that stands in the legend below.
 *
 * Invariants: nothing is drawn that is not on record; text is escaped; colours come from the page's style.
 */
import { escapeMarkup } from "../../report/summary.ts";
import type { AuditRecord } from "../record.ts";
import { having, type Session } from "../session.ts";
import { number, sentenceOf } from "./sentence.ts";

const WIDTH = 1000;
const LEFT = 46;
const RIGHT = 954;
const TOP = 34;
const BOTTOM = 164;

/** Events worth a mark. */
const marked = new Set([
  "session.started",
  "tunnel.uplink",
  "tunnel.refused",
  "configuration.changed",
  "reveal",
  "session.ended",
  "sink.dropped",
]);

export function chartOf(session: Session): string {
  const from = Date.parse(session.from);
  const to = Date.parse(session.to);
  if (!(to > from)) return "";
  const x = (time: string) =>
    LEFT + ((Math.min(Math.max(Date.parse(time), from), to) - from) / (to - from)) * (RIGHT - LEFT);
  const marks = session.records.filter(({ event }) => marked.has(event));
  const drawing = [...bars(session, x), ...axis(from, to), ...shareLine(session, x), ...markLines(marks, x)];
  const legend = marks.map((record, i) => {
    const time = record.time.slice(11, 19);
    return `<li value="${i + 1}"><time>${time}</time> ${escapeMarkup(sentenceOf(record))}</li>`;
  });
  return `<figure>
<svg viewBox="0 0 ${WIDTH} 196" role="img" aria-label="The session over time">
${drawing.join("\n")}
</svg>
<figcaption><span class="bar"></span> requests a window <span class="share"></span> share of traffic in the tunnel</figcaption>
<ol class="marks">${legend.join("\n")}</ol>
</figure>`;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

function bars(session: Session, x: (time: string) => number): string[] {
  const windows = windowsOf(session);
  const most = Math.max(0, ...windows.map(({ requests }) => requests));
  if (most === 0) return [];
  const drawn = windows.map((window) => {
    const height = (window.requests / most) * (BOTTOM - TOP);
    const left = x(window.from);
    const width = Math.max(2, x(window.to) - left - 1);
    return `<rect class="bar" x="${round(left)}" y="${round(BOTTOM - height)}" width="${round(width)}" height="${round(height)}"><title>${number(window.requests)} requests</title></rect>`;
  });
  return [...drawn, `<text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${number(most)}</text>`];
}

/** A window may be on record in several parts, as the access log was read, and for each policy. */
function windowsOf({ counted }: Session): { from: string; to: string; requests: number }[] {
  const windows = new Map<string, { from: string; to: string; requests: number }>();
  for (const { data } of having(counted, "edge.telemetry")) {
    const { from, to, requests } = data;
    const before = windows.get(`${from} ${to}`)?.requests ?? 0;
    windows.set(`${from} ${to}`, { from, to, requests: before + requests });
  }
  return [...windows.values()];
}

function axis(from: number, to: number): string[] {
  const ticks = 5;
  const lines = [`<line class="axis" x1="${LEFT}" y1="${BOTTOM}" x2="${RIGHT}" y2="${BOTTOM}"/>`];
  for (let i = 0; i <= ticks; i++) {
    const at = LEFT + (i / ticks) * (RIGHT - LEFT);
    const time = new Date(from + (i / ticks) * (to - from)).toISOString().slice(11, 19);
    lines.push(`<text x="${round(at)}" y="${BOTTOM + 18}" text-anchor="middle">${time}</text>`);
  }
  return lines;
}

/** A step line: the share holds until the next change. */
function shareLine(session: Session, x: (time: string) => number): string[] {
  const changes = having(session.records, "configuration.changed").filter(({ data }) => data.percent);
  if (changes.length === 0) return [];
  const y = (percent: number) => BOTTOM - (percent / 100) * (BOTTOM - TOP);
  const points: string[] = [`M${LEFT} ${round(y(changes[0]!.data.percent!.from))}`];
  for (const { time, data } of changes) points.push(`H${round(x(time))}`, `V${round(y(data.percent!.to))}`);
  points.push(`H${RIGHT}`);
  return [
    `<path class="share" d="${points.join(" ")}"/>`,
    `<text x="${RIGHT + 6}" y="${TOP + 4}">100 %</text>`,
    `<text x="${RIGHT + 6}" y="${BOTTOM + 4}">0 %</text>`,
  ];
}

/** Numbers that would overlap go to the next of three rows. */
function markLines(marks: readonly AuditRecord[], x: (time: string) => number): string[] {
  const ends = [0, 0, 0];
  return marks.map((record, i) => {
    const at = x(record.time);
    const free = ends.findIndex((end) => at >= end);
    const row = free < 0 ? ends.indexOf(Math.min(...ends)) : free;
    ends[row] = at + 16;
    const y = 8 + row * 10;
    const bad = record.event === "tunnel.refused" || record.event === "sink.dropped" ? " bad" : "";
    return (
      `<g class="mark${bad}"><line x1="${round(at)}" y1="${y + 3}" x2="${round(at)}" y2="${BOTTOM}"/>` +
      `<text x="${round(at)}" y="${y}" text-anchor="middle">${i + 1}</text></g>`
    );
  });
}
