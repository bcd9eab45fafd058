// Names of metrics, their labels in Envoy's regular expressions, and the way back from a stat.
import { describe, expect, test } from "vitest";
import { LABELS, METRICS, prometheusName, readStat, statsTags } from "../../../scripts/host/stats.ts";

describe("readStat", () => {
  test.each([
    ["frostglass.requests_total.shop.json_syntax", { policy: "shop", outcome: "json_syntax" }],
    [
      "wasmcustom.frostglass.values_total.my-shop.mask.card.number",
      { policy: "my-shop", action: "mask", rule: "card.number" },
    ],
    ["frostglass.body_bytes_total.a.request", { policy: "a", direction: "request" }],
    ["frostglass.vm_memory_bytes", {}],
    ["cluster.tunnel.wasmcustom.frostglass.held_bytes.shop", { policy: "shop" }],
  ])("%s", (stat, labels) => {
    expect(readStat(stat)?.labels).toEqual(labels);
  });

  test.each([
    "frostglass.requests_total",
    "frostglass.values_total.p.mask",
    "cluster.a.upstream_rq_total",
    "xfrostglass.vm_memory_bytes",
  ])("%s is none of ours", (stat) => {
    expect(readStat(stat)).toBeUndefined();
  });
});

/** What Envoy does: every regex on the whole name, first groups cut out, second groups values. */
function tagged(stat: string): { name: string; tags: Record<string, string> } {
  const cuts: [number, number][] = [];
  const tags: Record<string, string> = {};
  for (const { tag_name, regex } of statsTags()) {
    const found = new RegExp(regex, "d").exec(stat);
    if (!found?.indices) continue;
    cuts.push(found.indices[1]!);
    tags[tag_name] = found[2]!;
  }
  let name = stat;
  for (const [from, to] of cuts.sort(([a], [b]) => b - a)) name = name.slice(0, from) + name.slice(to);
  return { name, tags };
}

describe("stats_tags", () => {
  test("name each label once, as Envoy demands", () => {
    const names = statsTags().map(({ tag_name }) => tag_name);
    expect(names).toEqual([...Object.values(LABELS).map(({ tag }) => tag), "frostglass.cluster"]);
  });

  test.each([
    ["requests_total.shop.forwarded", "requests_total", { policy: "shop", outcome: "forwarded" }],
    ["values_total.shop.strip.a.b.c", "values_total", { policy: "shop", action: "strip", rule: "a.b.c" }],
    ["values_total.request.mask.request", "values_total", { policy: "request", action: "mask", rule: "request" }],
    ["body_bytes_total.response.request", "body_bytes_total", { policy: "response", direction: "request" }],
    ["held_bytes.shop", "held_bytes", { policy: "shop" }],
    ["session_seconds_left.shop", "session_seconds_left", { policy: "shop" }],
    ["vm_memory_bytes", "vm_memory_bytes", {}],
  ])("%s", (stat, name, labels) => {
    const tags = Object.fromEntries(Object.entries(labels).map(([label, value]) => [`frostglass.${label}`, value]));
    const expected = { name: `wasmcustom.frostglass.${name}`, tags };
    expect(tagged(`wasmcustom.frostglass.${stat}`)).toEqual(expected);
    for (const cluster of ["tunnel", "outbound|80|v1|shop.prod.svc.cluster.local"]) {
      expect(tagged(`cluster.${cluster}.wasmcustom.frostglass.${stat}`)).toEqual({
        ...expected,
        tags: { ...tags, "frostglass.cluster": cluster },
      });
    }
  });

  test.each(["cluster.frostglass.requests_total.shop.forwarded", "http.gateway.downstream_rq_2xx"])(
    "leave %s alone",
    (stat) => {
      expect(tagged(stat)).toEqual({ name: stat, tags: {} });
    },
  );
});

test("counters end in _total, sizes and times in their unit", () => {
  for (const metric of Object.values(METRICS)) {
    expect(prometheusName(metric)).toMatch(
      metric.type === "counter" ? /^frostglass_\w+_total$/ : /^frostglass_\w+_(bytes|left)$/,
    );
  }
});
