// What an expression names against what the filter tells: scripts/host/stats.ts, the outcome table, the actions.
import { LABELS, type Label, METRICS, type Metric, prometheusName } from "../../../scripts/host/stats.ts";
import { ACTION } from "../../../scripts/policy/constants.ts";
import { OUTCOMES } from "../../../scripts/policy/outcomes.ts";
import { readPromql } from "./promql.ts";

export interface Misfit {
  kind: "PromQL" | "metric" | "label" | "value";
  text: string;
}

const series = new Map<string, Metric>(
  (Object.values(METRICS) as Metric[]).flatMap((metric): [string, Metric][] => {
    const name = prometheusName(metric);
    if (metric.type !== "histogram") return [[name, metric]];
    return ["_bucket", "_sum", "_count"].map((suffix) => [name + suffix, metric]);
  }),
);
/** Labels that come from the scrape or from histograms. */
const general = ["instance", "job", "le"];
const labelName = (label: Label): string => LABELS[label].tag.replaceAll(".", "_");

const values: Partial<Record<string, readonly string[]>> = {
  [labelName("outcome")]: OUTCOMES.map(({ code }) => code),
  [labelName("action")]: Object.keys(ACTION),
  [labelName("direction")]: ["request", "response"],
};

/** The metrics that it names, without the suffixes of histograms. */
export const metricsNamed = (expr: string): string[] =>
  readPromql(expr).selectors.flatMap(({ metric }) => {
    const found = series.get(metric);
    return found ? [prometheusName(found)] : [];
  });

export function misfits(expr: string): Misfit[] {
  const { errors, selectors, grouped } = readPromql(expr);
  const found: Misfit[] = errors.map((text) => ({ kind: "PromQL", text }));
  for (const { metric, matchers } of selectors) {
    const known = series.get(metric);
    if (!known) {
      found.push({ kind: "metric", text: metric });
      continue;
    }
    const labels = [...known.labels.map(labelName), ...general];
    for (const label of [...grouped, ...matchers.map(({ label }) => label)]) {
      if (!labels.includes(label)) found.push({ kind: "label", text: `${metric}: ${label}` });
    }
    for (const { label, operator, value } of matchers) {
      const possible = values[label];
      if (!possible || value === ".*") continue;
      for (const one of operator.includes("~") ? value.split("|") : [value]) {
        if (!possible.includes(one)) found.push({ kind: "value", text: `${label}: ${one}` });
      }
    }
  }
  return found;
}
