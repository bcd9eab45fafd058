/**
 * The Grafana dashboard of the filter, for the platform team: is a session on, does the filter refuse, does it act, does
 * it fit into memory.
 *
 * Invariants: names of metrics come from scripts/host/stats.ts; deploy/grafana/frostglass.json follows this file and is
 * written by scripts/policy/generate.ts. The same expression works whether one Envoy is scraped or a hundred.
 */
import { LABELS, type Label, METRICS, type Metric, prometheusName } from "../host/stats.ts";

interface Query {
  expr: string;
  legend?: string;
}

interface Drawing {
  kind: "timeseries" | "stat" | "bargauge";
  title: string;
  /** What to do about it. */
  help: string;
  unit: string;
  width: number;
  queries: Query[];
}

const label = (of: Label): string => LABELS[of].tag.replaceAll(".", "_");
const policy = label("policy");
const chosen = `${policy}=~"$policy"`;

/** A metric of the chosen policies, and only where `more` holds. */
const series = (metric: Metric, more?: string, suffix = ""): string =>
  `${prometheusName(metric)}${suffix}{${[chosen, ...(more === undefined ? [] : [more])].join(", ")}}`;

const rate = (metric: Metric, by: Label[], more?: string): string =>
  `sum by (${by.map(label).join(", ")}) (rate(${series(metric, more)}[$__rate_interval]))`;

const increase = (metric: Metric, by: Label[], more?: string): string =>
  `sum by (${by.map(label).join(", ")}) (increase(${series(metric, more)}[$__range]))`;

const legend = (...of: Label[]): string => of.map((name) => `{{${label(name)}}}`).join(" ");
const refused = `${label("outcome")}!="forwarded"`;

const { REQUESTS, VALUES, DENIED, BODY_BYTES, HELD_BYTES, SECONDS_LEFT, VM_MEMORY } = METRICS;

const DRAWINGS: readonly Drawing[] = [
  {
    kind: "stat",
    title: "Session seconds left",
    help: "Of the session that the last request proved. Falls to zero when the session expires; requests are refused from then on.",
    unit: "s",
    width: 6,
    queries: [{ expr: `max by (${policy}) (${series(SECONDS_LEFT)})`, legend: legend("policy") }],
  },
  {
    kind: "stat",
    title: "Share of requests refused",
    help: "Refusals by code stand below. A session with a good policy refuses next to nothing.",
    unit: "percentunit",
    width: 6,
    queries: [
      { expr: `${rate(REQUESTS, ["policy"], refused)} / ${rate(REQUESTS, ["policy"])}`, legend: legend("policy") },
    ],
  },
  {
    kind: "stat",
    title: "Reveals in this range",
    help: "Tokens that became originals, for end users and allowed real services, and opaque ones that did not: of another session, forged, or of a key that is gone.",
    unit: "short",
    width: 6,
    queries: [
      { expr: increase(VALUES, ["policy"], `${label("action")}="reveal"`), legend: legend("policy") },
      { expr: increase(DENIED, ["policy"]), legend: `${legend("policy")} denied` },
    ],
  },
  {
    kind: "stat",
    title: "Memory of the filter",
    help: "Linear memory of all virtual machines: one a worker and one of the main thread. It grows to the busiest moment and stays.",
    unit: "bytes",
    width: 6,
    queries: [{ expr: `sum(${prometheusName(VM_MEMORY)})` }],
  },
  {
    kind: "timeseries",
    title: "Requests by outcome",
    help: "Exchanges that the filter was active for. Those of other clients are not counted.",
    unit: "reqps",
    width: 12,
    queries: [{ expr: rate(REQUESTS, ["policy", "outcome"]), legend: legend("policy", "outcome") }],
  },
  {
    kind: "timeseries",
    title: "Refusals by code",
    help: "The README says of each code what the caller was told. session_* are callers without proof; rule_block is what the policy forbids.",
    unit: "reqps",
    width: 12,
    queries: [{ expr: rate(REQUESTS, ["policy", "outcome"], refused), legend: legend("policy", "outcome") }],
  },
  {
    kind: "timeseries",
    title: "Values acted on, by rule",
    help: "A rule that falls silent while requests go on no longer fits the traffic: a field was renamed.",
    unit: "ops",
    width: 12,
    queries: [{ expr: rate(VALUES, ["policy", "action", "rule"]), legend: legend("policy", "action", "rule") }],
  },
  {
    kind: "bargauge",
    title: "Values by action in this range",
    help: "What was tokenized, redacted, masked, stripped, revealed.",
    unit: "short",
    width: 12,
    queries: [{ expr: increase(VALUES, ["action"]), legend: legend("action") }],
  },
  {
    kind: "timeseries",
    title: "Bytes of bodies",
    help: "Read by the filter, by direction.",
    unit: "Bps",
    width: 12,
    queries: [{ expr: rate(BODY_BYTES, ["policy", "direction"]), legend: legend("policy", "direction") }],
  },
  {
    kind: "timeseries",
    title: "Held of an exchange's bodies",
    help: "The most that was held of one exchange. Near limits.hold, bodies begin to stream, and a late refusal cuts the stream.",
    unit: "bytes",
    width: 12,
    queries: [0.5, 0.99].map((share) => ({
      expr: `histogram_quantile(${share}, sum by (${policy}, le) (rate(${series(HELD_BYTES, undefined, "_bucket")}[$__rate_interval])))`,
      legend: `p${share * 100} ${legend("policy")}`,
    })),
  },
];

const source = { type: "prometheus", uid: "$datasource" };
const HEIGHT = { stat: 5, timeseries: 8, bargauge: 8 } as const;
const COLUMNS = 24;

export function dashboard(): object {
  let x = 0;
  let y = 0;
  const panels = DRAWINGS.map(({ kind, title, help, unit, width, queries }, i) => {
    const panel = {
      id: i + 1,
      type: kind,
      title,
      description: help,
      datasource: source,
      gridPos: { x, y, w: width, h: HEIGHT[kind] },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: queries.map(({ expr, legend = "" }, n) => ({
        refId: String.fromCharCode(65 + n),
        datasource: source,
        expr,
        legendFormat: legend,
      })),
    };
    x += width;
    if (x === COLUMNS) [x, y] = [0, y + HEIGHT[kind]];
    return panel;
  });
  return {
    uid: "frostglass",
    title: "frostglass",
    description: "Break-glass sessions: what the filter forwarded, refused, made anonymous and revealed.",
    schemaVersion: 39,
    timezone: "utc",
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus", label: "Prometheus" },
        {
          name: "policy",
          type: "query",
          label: "Policy",
          datasource: source,
          query: { query: `label_values(${prometheusName(REQUESTS)}, ${policy})`, refId: "policy" },
          multi: true,
          includeAll: true,
          refresh: 2,
        },
      ],
    },
    panels,
  };
}
