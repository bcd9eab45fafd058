/**
 * The timeline as one SVG: requests a second as stacked areas, production below and hotfix above, and the moments of the
 * session as numbered marks that the list below explains.
 *
 * Invariant: colours come from the page, light or dark; text is escaped.
 */
import { escapeMarkup } from "../report/summary.ts";
import { type Bucket, bucketSeconds } from "./load.ts";
import type { DrillReport } from "./result.ts";

const width = 1000;
const left = 46;
const right = 990;
const top = 84;
const bottom = 262;

export const chartStyle = `
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg .production { fill: light-dark(#9db4cc, #4d6680); }
svg .hotfix { fill: light-dark(#2f7d5b, #4fae84); }
svg .failed { fill: var(--bad); }
svg text { fill: var(--dim); }
svg .axis { stroke: var(--line); }
svg .moment { stroke: var(--dim); stroke-dasharray: 2 3; }
svg .dot { fill: var(--ground); stroke: var(--dim); }
svg .number { fill: var(--text); text-anchor: middle; font-size: 10px; }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; vertical-align: -.08em; }
.key.production { background: light-dark(#9db4cc, #4d6680); } .key.hotfix { background: light-dark(#2f7d5b, #4fae84); }
figcaption { color: var(--dim); margin-top: .3rem; }
ol.moments { columns: 26rem 2; column-gap: 2.5rem; margin: 1rem 0 0; padding-left: 1.8rem; }
ol.moments li { break-inside: avoid; margin: .1rem 0; padding-left: 4.4rem; text-indent: -4.4rem; }
ol.moments time { display: inline-block; min-width: 4.4rem; text-indent: 0; color: var(--dim); font-variant-numeric: tabular-nums; }
ol.moments small { display: inline; }
`;

export function chart({ timeline, load }: DrillReport): string {
  const end = Math.max(timeline.at(-1)?.seconds ?? 1, 1);
  const x = (seconds: number): number => left + (Math.min(seconds, end) / end) * (right - left);
  const most = Math.max(1, ...load.buckets.map(({ production, hotfix, failed }) => production + hotfix + failed));
  const height = (count: number): number => (count / most) * (bottom - top);
  const parts = [
    ...axes(end, most, x),
    ...load.buckets.flatMap((bucket) => bars(bucket, x, height)),
    ...marks(timeline, x),
  ];
  const list = timeline.map(({ seconds, event, detail }) => {
    const more = detail === undefined ? "" : ` <small>${escapeMarkup(detail)}</small>`;
    return `<li><time>${seconds.toFixed(2)} s</time>${escapeMarkup(event)}${more}</li>`;
  });
  return `<figure>
<svg viewBox="0 0 ${width} 288" role="img" aria-label="Requests a second over the drill, by the service that answered">
${parts.join("\n")}
</svg>
<figcaption>Requests a second, answered by<span class="key production"></span>production<span class="key hotfix"></span>the hotfix, behind tunnel and filter</figcaption>
<ol class="moments">
${list.join("\n")}
</ol>
</figure>`;
}

function axes(end: number, most: number, x: (seconds: number) => number): string[] {
  const step = end > 40 ? 10 : end > 16 ? 4 : end > 6 ? 2 : 1;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  const perSecond = Math.round(most / bucketSeconds);
  return [
    `<line class="axis" x1="${left}" y1="${bottom}" x2="${right}" y2="${bottom}"/>`,
    `<line class="axis" x1="${left}" y1="${top}" x2="${right}" y2="${top}"/>`,
    `<text x="${left - 6}" y="${top + 4}" text-anchor="end">${perSecond}</text>`,
    `<text x="${left - 6}" y="${bottom + 4}" text-anchor="end">0</text>`,
    ...ticks.map(
      (second) => `<text x="${round(x(second))}" y="${bottom + 18}" text-anchor="middle">${second} s</text>`,
    ),
  ];
}

function bars(bucket: Bucket, x: (seconds: number) => number, height: (count: number) => number): string[] {
  const from = x(bucket.seconds);
  const wide = Math.max(0.5, x(bucket.seconds + bucketSeconds) - from - 0.4);
  let y = bottom;
  return (["production", "hotfix", "failed"] as const).flatMap((kind) => {
    if (bucket[kind] === 0) return [];
    const high = height(bucket[kind]);
    y -= high;
    return [
      `<rect class="${kind}" x="${round(from)}" y="${round(y)}" width="${round(wide)}" height="${round(high)}"/>`,
    ];
  });
}

/** Between the middles of two numbers in one row. */
const apart = 18;

/** Numbers in one to four rows, so that moments close to each other stay readable. */
function marks(timeline: DrillReport["timeline"], x: (seconds: number) => number): string[] {
  const rows = [-apart, -apart, -apart, -apart];
  return timeline.flatMap(({ seconds }, index) => {
    const at = x(seconds);
    const free = rows.findIndex((last) => at - last >= apart);
    const row = free === -1 ? rows.indexOf(Math.min(...rows)) : free;
    const place = Math.max(at, rows[row]! + apart);
    rows[row] = place;
    const y = 74 - row * 18;
    return [
      `<line class="moment" x1="${round(at)}" y1="${top}" x2="${round(at)}" y2="${bottom}"/>`,
      `<circle class="dot" cx="${round(place)}" cy="${y - 3.5}" r="7.5"/>`,
      `<text class="number" x="${round(place)}" y="${y}">${index + 1}</text>`,
    ];
  });
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
