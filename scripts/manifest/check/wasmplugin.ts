/**
 * The rules for a WasmPlugin of frostglass. Istio makes the Wasm filter of it, and cannot set
 * `allow_on_headers_stop_iteration` (Istio 1.31), so that a policy that holds would hang each request.
 */

import type { Json } from "../filter.ts";
import { ANNOTATION } from "../kubernetes.ts";
import { settingsOf } from "../policy.ts";
import { field, fieldIn, isObject, type Manifest } from "./source.ts";
import { annotation, checkDigest, checkPresence, checkSha256, decodePolicy } from "./wasm.ts";

export function checkWasmPlugin(manifest: Manifest): void {
  const spec = field(manifest.value, "spec");
  const text = fieldIn(spec, "pluginConfig", "policy");
  if (annotation(manifest, ANNOTATION.policy) === undefined && text === undefined) return;
  const at = ["spec", "pluginConfig", "policy"];
  const binary = typeof text === "string" ? decodePolicy(text) : undefined;
  if (!binary) {
    manifest.error(
      "policy-unreadable",
      at,
      "pluginConfig.policy is no policy of this version",
      "generate the manifest again",
    );
  } else {
    const settings = settingsOf({ binary });
    checkDigest(manifest, at, binary);
    checkPresence(manifest, at, settings);
    if (settings.hold) {
      const message = "the policy holds bodies, which a WasmPlugin cannot allow: each request would hang";
      manifest.error(
        "wasmplugin-hold",
        at,
        message,
        "set limits.hold of the policy to 0, or use --target istio-envoyfilter",
      );
    }
    const env = fieldIn(spec, "vmConfig", "env");
    const given = (Array.isArray(env) ? env : [])
      .filter((entry) => field(entry, "valueFrom") === "HOST")
      .map((entry) => field(entry, "name"));
    for (const name of settings.environment.filter((each) => !given.includes(each))) {
      const message = `the policy needs the variable ${name}, which the filter may not read: it would refuse every request`;
      manifest.error(
        "environment",
        ["spec", "vmConfig"],
        message,
        `add {name: ${name}, valueFrom: HOST} to vmConfig.env`,
      );
    }
  }
  const url = String(field(spec, "url") ?? "");
  if (url.startsWith("file://")) {
    const place = ["metadata", "annotations", ANNOTATION.wasmSha256];
    checkSha256(manifest, place, annotation(manifest, ANNOTATION.wasmSha256));
  } else checkSha256(manifest, ["spec", "sha256"], field(spec, "sha256"));
  checkPlace(manifest, spec);
  const strategy = field(spec, "failStrategy");
  if (strategy === "FAIL_OPEN") {
    const message = "FAIL_OPEN lets originals through when the filter fails";
    manifest.error("fail-open", ["spec", "failStrategy"], message, "set it to FAIL_RELOAD");
  } else if (strategy !== "FAIL_RELOAD") {
    const message = "after a trap every request is refused until the proxy is restarted";
    manifest.warning("no-reload", ["spec", "failStrategy"], message, "set failStrategy to FAIL_RELOAD");
  }
}

/** Where Istio puts it: as near to the router as it can be, in the chain of proxies that are named. */
function checkPlace(manifest: Manifest, spec: Json | undefined): void {
  const phase = field(spec, "phase");
  if (phase !== undefined && phase !== "UNSPECIFIED_PHASE") {
    const message = `in phase ${String(phase)} other filters stand behind it: what those add is not anonymized`;
    manifest.warning("filter-order", ["spec", "phase"], message, "set it to UNSPECIFIED_PHASE");
  }
  const labels = fieldIn(spec, "selector", "matchLabels");
  const isNamed = isObject(labels) && Object.keys(labels).length > 0;
  if (isNamed || field(spec, "targetRefs") !== undefined || field(spec, "targetRef") !== undefined) return;
  const message =
    "without labels it acts on every proxy of the namespace, and from the root namespace on all there are";
  manifest.error("no-selector", ["spec", "selector"], message, "name the labels of the proxies in matchLabels");
}
