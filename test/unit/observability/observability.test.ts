// Alerts and dashboard: every expression is PromQL, and names only metrics, labels, outcomes and actions that there are.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { LABELS, METRICS, type Metric, prometheusName } from "../../../scripts/host/stats.ts";
import { OUTCOMES } from "../../../scripts/policy/outcomes.ts";
import { metricsNamed, misfits } from "./names.ts";
import { readPromql } from "./promql.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const { groups, ...rest } = parse(read("deploy/prometheus/alerts.yaml")) as {
  groups: { name: string; rules: Rule[] }[];
};
const rules = groups.flatMap(({ rules }) => rules);
const { panels, templating } = JSON.parse(read("deploy/grafana/frostglass.json")) as {
  panels: {
    id: number;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr: string; legendFormat: string }[];
  }[];
  templating: { list: { name: string }[] };
};
/** What Grafana puts in before Prometheus sees it. */
const filled = (expr: string) =>
  expr.replaceAll("$__rate_interval", "1m").replaceAll("$__range", "1h").replaceAll("$policy", ".*");

describe("alerts", () => {
  test("the file has groups of alerts and nothing that Prometheus does not know", () => {
    expect(rest).toEqual({});
    for (const group of groups) expect(Object.keys(group).sort()).toEqual(["name", "rules"]);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      const known = ["alert", "expr", "for", "labels", "annotations"];
      expect(Object.keys(rule).filter((name) => !known.includes(name))).toEqual([]);
      expect(rule.alert).toMatch(/^Frostglass[A-Za-z]+$/);
      expect(rule.for ?? "1m").toMatch(/^\d+[smh]$/);
      expect(["info", "warning", "critical"]).toContain(rule.labels.severity);
      expect(Object.keys(rule.annotations).sort()).toEqual(["description", "summary"]);
    }
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))("%s asks for what there is", (_name, { expr }) => {
    expect(misfits(expr)).toEqual([]);
    expect(metricsNamed(expr)).not.toEqual([]);
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))("%s tells labels that its result has", (_name, rule) => {
    const told = Object.values(rule.annotations).flatMap((text) =>
      [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!),
    );
    const { grouped } = readPromql(rule.expr);
    for (const label of told) expect(grouped).toContain(label);
  });
});

describe("dashboard", () => {
  const queries = panels.flatMap(({ title, targets }) => targets.map((target) => [title, target] as const));

  test.each(queries)("%s asks for what there is", (_title, { expr, legendFormat }) => {
    expect(misfits(filled(expr))).toEqual([]);
    const { grouped } = readPromql(filled(expr));
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(grouped).toContain(label);
  });

  test("shows every metric", () => {
    const shown = new Set(queries.flatMap(([, { expr }]) => metricsNamed(filled(expr))));
    expect([...shown].sort()).toEqual((Object.values(METRICS) as Metric[]).map(prometheusName).sort());
  });

  test("panels fill the grid without overlap, and variables are defined", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length % 24).toBe(0);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(templating.list.map(({ name }) => name)).toEqual(["datasource", "policy"]);
  });
});

describe("the check finds", () => {
  test.each([
    ["broken PromQL", "sum(rate(frostglass_requests_total[5m])", "PromQL"],
    ["a metric that is not there", "frostglass_request_total", "metric"],
    ["a label that is not there", 'frostglass_requests_total{outcome="forwarded"}', "label"],
    ["a label of another metric", "sum by (frostglass_rule) (frostglass_requests_total)", "label"],
    ["an outcome that is not there", 'frostglass_requests_total{frostglass_outcome="forward"}', "value"],
    ["one of several outcomes", 'frostglass_requests_total{frostglass_outcome=~"internal|nothing"}', "value"],
    ["an action that is not there", 'frostglass_values_total{frostglass_action="revealed"}', "value"],
    ["buckets of a counter", "frostglass_requests_total_bucket", "metric"],
    ["a histogram without its suffix", "frostglass_held_bytes", "metric"],
  ])("%s", (_what, expr, kind) => {
    expect(misfits(expr).map(({ kind }) => kind)).toContain(kind);
  });

  test("nothing in what is right", () => {
    const codes = OUTCOMES.map(({ code }) => code).join("|");
    expect(
      misfits(
        `sum by (${LABELS.outcome.tag.replace(".", "_")}) (frostglass_requests_total{frostglass_outcome=~"${codes}"})`,
      ),
    ).toEqual([]);
  });
});
