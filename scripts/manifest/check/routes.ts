/**
 * The rules between resources: a route into a subset that is not there or at a gateway that is not there, a tunnel filter
 * for a subset that no DestinationRule has, a filter that is not where the gateway is, a canary whose first route takes all.
 *
 * Invariant: it only speaks of resources that are among the files: what is elsewhere in the cluster is not known here.
 */
import type { Json } from "../filter.ts";
import { ANNOTATION } from "../kubernetes.ts";
import { metadataOf } from "./envoyfilter.ts";
import { field, fieldIn, isObject, type Manifest, type Path, walk } from "./source.ts";
import { annotation } from "./wasm.ts";

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
/** Istio's own: an EnvoyFilter there acts on every namespace. */
const rootNamespace = "istio-system";

export function checkRoutes(manifests: readonly Manifest[]): void {
  const subsets = new Map<string, string[]>();
  for (const { value } of manifests.filter((each) => each.value.kind === "DestinationRule")) {
    const names = listOf(fieldIn(value, "spec", "subsets")).map((subset) => String(field(subset, "name")));
    subsets.set(String(fieldIn(value, "spec", "host")), names);
  }
  const checkSubset = (manifest: Manifest, path: Path, host: Json | undefined, subset: Json | undefined) => {
    const known = subsets.get(String(host));
    if (typeof subset !== "string" || known?.includes(subset)) return;
    if (!known) {
      checkHost(manifest, [...path.slice(0, -1), "host"], host, [...subsets.keys()]);
      return;
    }
    const message = `the DestinationRule of ${String(host)} has no subset ${subset}`;
    manifest.error("unknown-subset", path, message, `use one of ${known.join(", ")}`);
  };
  for (const manifest of manifests) {
    const { kind } = manifest.value;
    if (kind === "EnvoyFilter" || kind === "WasmPlugin") checkPlace(manifest, manifests);
    if (kind !== "VirtualService" && kind !== "EnvoyFilter") continue;
    for (const [object, path] of walk(manifest.value)) {
      if (kind === "VirtualService" && (path.at(-1) === "destination" || path.at(-1) === "mirror")) {
        checkSubset(manifest, [...path, "subset"], object.host, object.subset);
      } else if (kind === "EnvoyFilter" && path.at(-1) === "cluster" && path.at(-2) === "match") {
        checkSubset(manifest, [...path, "subset"], object.service, object.subset);
      }
    }
    if (kind === "VirtualService") {
      checkGateways(manifest, manifests);
      checkMatches(manifest);
    }
  }
}

/** A subset of a service that none of the DestinationRules is about: a slip, most likely. */
function checkHost(manifest: Manifest, path: Path, host: Json | undefined, hosts: readonly string[]): void {
  if (hosts.length === 0) return;
  const message = `no DestinationRule among these files is about ${String(host)}`;
  manifest.warning("unknown-host", path, message, `is it ${hosts.join(" or ")}?`);
}

/** Gateways by namespace and name, as routes call them. */
function checkGateways(manifest: Manifest, manifests: readonly Manifest[]): void {
  const known = manifests
    .filter(({ value }) => value.kind === "Gateway")
    .map((gateway) => `${String(metadataOf(gateway).namespace)}/${String(metadataOf(gateway).name)}`);
  if (known.length === 0) return;
  for (const [index, name] of listOf(fieldIn(manifest.value, "spec", "gateways")).entries()) {
    const full = String(name).includes("/")
      ? String(name)
      : `${String(metadataOf(manifest).namespace)}/${String(name)}`;
    if (name === "mesh" || known.includes(full)) continue;
    const message = `no gateway among these files is ${full}`;
    manifest.warning("unknown-gateway", ["spec", "gateways", index], message, `is it ${known.join(" or ")}?`);
  }
}

/** The first route that fits decides, and one without a match fits all. */
function checkMatches(manifest: Manifest): void {
  const http = listOf(fieldIn(manifest.value, "spec", "http"));
  const all = http.findIndex((route) => listOf(field(route, "match")).length === 0);
  if (all < 0 || all === http.length - 1) return;
  const message = "this route has no match and takes all: those behind it never come";
  manifest.error("route-order", ["spec", "http", all], message, "put it last, or say whom it is for");
}

/** That a filter of gateways meets one of those among the files: its labels, its namespace, its chain. */
function checkPlace(manifest: Manifest, manifests: readonly Manifest[]): void {
  const spec = field(manifest.value, "spec");
  const labels = fieldIn(spec, "workloadSelector", "labels") ?? fieldIn(spec, "selector", "matchLabels");
  const gateways = manifests.filter((each) => each.value.kind === "Gateway");
  if (!isObject(labels) || gateways.length === 0 || annotation(manifest, ANNOTATION.wasmSha256) === undefined) return;
  const contexts = listOf(field(spec, "configPatches")).map((patch) => String(fieldIn(patch, "match", "context")));
  const isOfSidecars = contexts.some((context) => context.startsWith("SIDECAR_"));
  const meant = gateways.filter((gateway) => {
    const selector = fieldIn(gateway.value, "spec", "selector");
    return isObject(selector) && Object.entries(labels).every(([name, value]) => selector[name] === value);
  });
  if (meant.length === 0) {
    // Of a WasmPlugin nothing says whether it is meant for gateways; in a tunnel's cluster sidecars are well possible.
    if (!contexts.includes("GATEWAY")) return;
    const message = "no gateway among these files has these labels: here the filter acts on nothing";
    manifest.warning("no-gateway", ["spec", "workloadSelector", "labels"], message, "take the selector of the Gateway");
    return;
  }
  if (isOfSidecars) {
    const path = [
      "spec",
      "configPatches",
      contexts.findIndex((each) => each.startsWith("SIDECAR_")),
      "match",
      "context",
    ];
    manifest.error("context", path, "these are the labels of a gateway, whose chain is another", "set it to GATEWAY");
  }
  const namespace = metadataOf(manifest).namespace;
  const namespaces = meant.map((gateway) => String(metadataOf(gateway).namespace));
  if (namespace === rootNamespace || namespaces.includes(String(namespace))) return;
  const message = `the gateway with these labels is in the namespace ${namespaces[0]}: here the filter acts on nothing`;
  manifest.error("namespace", ["metadata", "namespace"], message, `set it to ${namespaces[0]}`);
}
