// Alerts and metrics, judged by Prometheus's own promtool. What names which metric and label is checked without it in test/unit/observability.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { METRICS, type Metric, prometheusName, statsTags } from "../../scripts/host/stats.ts";
import { packageRoot } from "../../scripts/wasm.ts";
import { active, cardPolicy, json, order, TestGateway } from "../support/envoy.ts";
import { fileOf } from "../support/manifests.ts";

const programs = inject("programs");
const alerts = join(packageRoot, "deploy", "prometheus", "alerts.yaml");
const unitTests = join(import.meta.dirname, "promtool", "alerts.test.yaml");

const promtool = (parameters: string[], input = ""): SpawnSyncReturns<string> =>
  spawnSync(programs!.promtool, parameters, { input, encoding: "utf8" });

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

describe.skipIf(!programs)("promtool", () => {
  const rules = (parse(readFileSync(alerts, "utf8")) as Rules).groups.flatMap((group) => group.rules);

  test("takes the alerts, and finds nothing to mend", () => {
    const { status, stdout, stderr } = promtool(["check", "rules", "--lint=all", "--lint-fatal", alerts]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`${rules.length} rules found`);
  });

  test("refuses a broken alert: the test above can fail", () => {
    const broken = fileOf(readFileSync(alerts, "utf8").replace("humanizePercentage", "humanisePercentage"));
    const { status, stderr } = promtool(["check", "rules", broken]);
    expect(status).toBe(1);
    expect(stderr).toContain("humanisePercentage");
  });

  test("each alert fires when it should, and not beside that", () => {
    const { status, stdout, stderr } = promtool(["test", "rules", unitTests]);
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.stringContaining("SUCCESS") });
    const text = readFileSync(unitTests, "utf8");
    for (const { alert } of rules) expect(text).toContain(`- name: ${alert}`);
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))("its tests see when %s falls silent", (_, { expr }) => {
    // Every alert in turn becomes one that never fires.
    const silent = readFileSync(alerts, "utf8").split("- alert: ");
    const at = rules.findIndex((rule) => rule.expr === expr) + 1;
    silent[at] = silent[at]!.replace(/expr: (>-\n)?[\s\S]*?(?=\n {8}(for|labels):)/, "expr: vector(0) > 1");
    const rulesFile = fileOf(silent.join("- alert: "));
    const tests = readFileSync(unitTests, "utf8").replace(/^rule_files: .*/m, `rule_files: [${rulesFile}]`);
    expect(promtool(["test", "rules", fileOf(tests)]).status).not.toBe(0);
  });

  test("reads what Envoy tells of the filter, and misses only help texts, which Envoy never writes", async () => {
    // With one of every kind of metric.
    const reveal = { name: "note", on: "response", select: "json:$.note", action: { reveal: "mail" } };
    const mail = { name: "mail", select: "json:$.customer.email", action: { tokenize: { format: "opaque" } } };
    const policy = { ...cardPolicy, rules: [mail, reveal] };
    const gateway = await TestGateway.start({
      policy,
      statsConfig: { stats_tags: statsTags().map((tag) => ({ ...tag })) },
    });
    try {
      await gateway.send({ headers: [json, active], body: Buffer.from(order) });
      const text = await gateway.envoy.admin("/stats/prometheus");
      const own = text.split("\n").filter((line) => /^(# TYPE )?frostglass_/.test(line));
      const { status, stderr } = promtool(["check", "metrics"], `${own.join("\n")}\n`);
      // 3: lint only; what cannot be read is 1.
      expect(status).toBe(3);
      const names = (Object.values(METRICS) as Metric[]).map(prometheusName);
      expect(stderr.trim().split("\n").sort()).toEqual(names.map((name) => `${name} no help text`).sort());
    } finally {
      await gateway.stop();
    }
  });
});
