// A policy with a preset, or with all of them, fits into the annotation that `kubectl apply` makes of a resource, whatever
// attaches it, with room for rules of one's own.
import { describe, expect, test } from "vitest";
import type { ManifestOptions } from "../../../scripts/manifest/options.ts";
import { settingsOf } from "../../../scripts/manifest/policy.ts";
import { ANNOTATIONS_LIMIT, annotationBytes, sizeNotes } from "../../../scripts/manifest/size.ts";
import { type Target, targets } from "../../../scripts/manifest/targets.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { PRESETS } from "../../../scripts/presets/presets.ts";

const presets = PRESETS.map(({ name }) => name);
const url = "https://releases.example/frostglass.wasm";
const options: ManifestOptions = {
  ...{ protocol: "http1", attach: "gateway", selector: {}, label: {}, secret: "frostglass-key", subset: "tunnel" },
  ...{ by: "weight", weight: 100, userHeader: "x-user-id", gateway: ["eg"], productionLabels: {}, tunnelLabels: {} },
};
const resources: Target[] = [
  "istio-envoyfilter",
  "istio-wasmplugin",
  "envoy-gateway-extensionpolicy",
  "envoy-gateway-patchpolicy",
];

describe.each([...presets.map((name) => [name]), presets])("%s", (...names) => {
  const text = JSON.stringify({ name: "p", extends: names, activation: { always: true }, limits: { hold: 0 } });
  const policy = compilePolicy({ path: "p.json", text }).compiled!;

  test.each(resources)("%s", (target) => {
    const kind = target === "envoy-gateway-patchpolicy" ? ("file" as const) : ("https" as const);
    const source = { kind, reference: kind === "file" ? "/etc/frostglass.wasm" : url, sha256: "ab".repeat(32) };
    const made = targets[target].make({ policy, settings: settingsOf(policy), source, options });
    if (!Array.isArray(made)) throw new Error("no resource");
    const bytes = Math.max(...made.map(({ value }) => annotationBytes(value)));
    expect(bytes).toBeLessThan(ANNOTATIONS_LIMIT * (names.length === 1 ? 0.6 : 0.95));
    expect(sizeNotes(made)).toEqual([]);
  });
});
