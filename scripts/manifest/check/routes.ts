/**
 * The rules between resources: a route into a subset that is not there, a tunnel filter for a subset that no
 * DestinationRule has, a gateway's filter in another namespace than the gateway, a canary whose first route takes all.
 *
 * Invariant: it only speaks of resources that are among the files: what is elsewhere in the cluster is not known here.
 */
import type { Json } from "../filter.ts";
import { metadataOf } from "./envoyfilter.ts";
import { field, fieldIn, isObject, type Manifest, type Path, walk } from "./source.ts";

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
    if (!known || typeof subset !== "string" || known.includes(subset)) return;
    const message = `the DestinationRule of ${String(host)} has no subset ${subset}`;
    manifest.error("unknown-subset", path, message, `use one of ${known.join(", ")}`);
  };
  for (const manifest of manifests) {
    const { kind } = manifest.value;
    if (kind === "EnvoyFilter" || kind === "WasmPlugin") checkNamespace(manifest, manifests);
    if (kind !== "VirtualService" && kind !== "EnvoyFilter") continue;
    for (const [object, path] of walk(manifest.value)) {
      if (kind === "VirtualService" && (path.at(-1) === "destination" || path.at(-1) === "mirror")) {
        checkSubset(manifest, [...path, "subset"], object.host, object.subset);
      } else if (kind === "EnvoyFilter" && path.at(-1) === "cluster" && path.at(-2) === "match") {
        checkSubset(manifest, [...path, "subset"], object.service, object.subset);
      }
    }
    if (kind === "EnvoyFilter") checkHosts(manifest, [...subsets.keys()]);
    else checkMatches(manifest);
  }
}

/** A tunnel filter for a service that none of the DestinationRules is about: a slip, most likely. */
function checkHosts(manifest: Manifest, hosts: readonly string[]): void {
  for (const [object, path] of walk(manifest.value)) {
    const { service } = object;
    if (path.at(-1) !== "cluster" || path.at(-2) !== "match" || typeof service !== "string") continue;
    if (hosts.length === 0 || hosts.includes(service)) continue;
    const message = `no DestinationRule among these files is about ${service}`;
    manifest.warning("unknown-host", [...path, "service"], message, `is it ${hosts.join(" or ")}?`);
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

function checkNamespace(manifest: Manifest, manifests: readonly Manifest[]): void {
  const namespace = metadataOf(manifest).namespace;
  const spec = field(manifest.value, "spec");
  const labels = fieldIn(spec, "workloadSelector", "labels") ?? fieldIn(spec, "selector", "matchLabels");
  if (namespace === rootNamespace || !isObject(labels)) return;
  for (const gateway of manifests.filter((each) => each.value.kind === "Gateway")) {
    const selector = fieldIn(gateway.value, "spec", "selector");
    const elsewhere = metadataOf(gateway).namespace;
    if (!isObject(selector) || elsewhere === namespace) continue;
    if (!Object.entries(labels).every(([name, value]) => selector[name] === value)) continue;
    const message = `the gateway with these labels is in the namespace ${String(elsewhere)}: here the filter acts on nothing`;
    manifest.error("namespace", ["metadata", "namespace"], message, `set it to ${String(elsewhere)}`);
  }
}
