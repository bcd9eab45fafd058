// The metrics of the filter: their names in Envoy's stats, and how those become Prometheus names with labels.
// Invariant: this is the only source; assembly/filter/metrics.gen.ts, deploy/envoy and the readers of stats follow it.
//
//     stat        frostglass.requests_total.checkout.json_syntax
//     Prometheus  frostglass_requests_total{frostglass_policy="checkout", frostglass_outcome="json_syntax"}
//
// A label's value follows the metric's name, behind a dot. Only the last may hold dots itself, as names of rules do.

export type MetricType = "counter" | "gauge" | "histogram";

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly labels: readonly Label[];
  readonly help: string;
}

/** Attribute names as OpenTelemetry wants them, in a namespace; Prometheus writes them with underscores. */
export const LABELS = {
  policy: { tag: "frostglass.policy", values: "[a-z0-9-]+" },
  outcome: { tag: "frostglass.outcome", values: "[a-z0-9_]+" },
  action: { tag: "frostglass.action", values: "[a-z]+" },
  rule: { tag: "frostglass.rule", values: ".+" },
  direction: { tag: "frostglass.direction", values: "request|response" },
} as const;

export type Label = keyof typeof LABELS;

const metric = (name: string, type: MetricType, labels: readonly Label[], help: string): Metric => ({
  name: `frostglass.${name}`,
  type,
  labels,
  help,
});

export const METRICS = {
  REQUESTS: metric("requests_total", "counter", ["policy", "outcome"], "Active exchanges that ended, by outcome."),
  VALUES: metric("values_total", "counter", ["policy", "action", "rule"], "Values that a rule acted on."),
  DENIED: metric("reveals_denied_total", "counter", ["policy", "rule"], "Opaque tokens that were not turned back."),
  BODY_BYTES: metric("body_bytes_total", "counter", ["policy", "direction"], "Bytes of bodies that were read."),
  HELD_BYTES: metric("held_bytes", "histogram", ["policy"], "The most that was held of an exchange's bodies."),
  SECONDS_LEFT: metric("session_seconds_left", "gauge", ["policy"], "Until the session of the last request expires."),
  VM_MEMORY: metric("vm_memory_bytes", "gauge", [], "Linear memory of all virtual machines of the filter."),
} as const satisfies Record<string, Metric>;

/** The metric's stats, with a named group a label. */
const patternOf = ({ name, labels }: Metric): string =>
  [name.replaceAll(".", "\\."), ...labels.map((label) => `(?<${label}>${LABELS[label].values})`)].join("\\.");

const READERS = (Object.values(METRICS) as Metric[]).map((metric) => ({
  metric,
  pattern: new RegExp(`(?:^|\\.)${patternOf(metric)}$`),
}));

/**
 * What a stat of the filter says; undefined for any other stat. Envoy's prefix may stand before it: "wasmcustom.", and in
 * Envoy 1.36 the cluster's name before the stats of its own filters.
 */
export function readStat(stat: string): { metric: Metric; labels: Partial<Record<Label, string>> } | undefined {
  for (const { metric, pattern } of READERS) {
    const found = pattern.exec(stat);
    if (found) return { metric, labels: { ...found.groups } };
  }
  return undefined;
}

export interface TagSpecifier {
  tag_name: string;
  regex: string;
}

/**
 * Envoy's `stats_config.stats_tags`: one a label, since Envoy takes no tag name twice. Of each regex the first group is
 * cut out of the name, the second is the value. Every regex is applied to the whole name, so each spells out what may
 * stand before its label.
 */
export function statsTags(): TagSpecifier[] {
  const ofLabels = (Object.keys(LABELS) as Label[]).map((label) => {
    const before = (Object.values(METRICS) as Metric[])
      .filter(({ labels }) => labels.includes(label))
      .map(({ name, labels }) =>
        [name.replaceAll(".", "\\."), ...labels.slice(0, labels.indexOf(label)).map(unnamed)].join("\\."),
      );
    const end = label === "rule" ? "$" : "(?:\\.|$)";
    return {
      tag_name: LABELS[label].tag,
      regex: `^(?:cluster\\..+?\\.)?wasmcustom\\.(?:${before.join("|")})(\\.(${LABELS[label].values}))${end}`,
    };
  });
  return [...ofLabels, { tag_name: CLUSTER_TAG, regex: "^(cluster\\.(.+?)\\.)wasmcustom\\.frostglass\\." }];
}

/**
 * The cluster whose filter counted, where Envoy says it: Envoy 1.36 puts the cluster's name before the stats of upstream
 * filters. Cut out of the name as a label, it leaves the metrics the same names in every version.
 */
const CLUSTER_TAG = "frostglass.cluster";

const unnamed = (label: Label): string => `(?:${LABELS[label].values})`;

/** The name in /stats/prometheus, without the suffixes of a histogram. */
export const prometheusName = ({ name }: Metric): string => name.replaceAll(".", "_");
