/** The rules for an EnvoyFilter of frostglass: that it acts, where it stands, and that nothing can go around it. */
import { nearest } from "../../policy/diagnostics.ts";
import type { Json, JsonObject } from "../filter.ts";
import { globMatches } from "../glob.ts";
import { field, fieldIn, isObject, type Manifest, type Path } from "./source.ts";
import type { Found } from "./wasm.ts";

const upstream = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const codec = "envoy.filters.http.upstream_codec";
const router = "envoy.filters.http.router";
const specFields = ["workloadSelector", "targetRefs", "configPatches", "priority"];

export function checkEnvoyFilter(manifest: Manifest, found: readonly Found[]): void {
  const spec = field(manifest.value, "spec");
  if (!isObject(spec)) return;
  for (const name of Object.keys(spec).filter((each) => !specFields.includes(each))) {
    const near = nearest(name, specFields);
    manifest.error(
      "unknown-field",
      ["spec", name],
      `${name} is no field here`,
      near ? `did you mean ${near}?` : "remove it",
    );
  }
  const labels = fieldIn(spec, "workloadSelector", "labels");
  if (spec.targetRefs === undefined && (!isObject(labels) || Object.keys(labels).length === 0)) {
    const message =
      "without labels it acts on every proxy of the namespace, and from the root namespace on all there are";
    manifest.error("no-selector", ["spec", "workloadSelector"], message, "name the labels of the proxies");
  }
  const patches = Array.isArray(spec.configPatches) ? spec.configPatches : [];
  for (const [index, patch] of patches.entries()) {
    const path = ["spec", "configPatches", index];
    const within = found.filter((each) => path.every((step, at) => each.path[at] === step));
    const applies = field(patch, "applyTo");
    const names = within.length > 0 || JSON.stringify(patch).includes('"name":"frostglass');
    if (!names) continue;
    if (applies === "HTTP_FILTER") checkListenerPatch(manifest, path, patch);
    else if (applies === "CLUSTER") checkClusterPatch(manifest, path, patch, found);
    else if (applies !== "EXTENSION_CONFIG") {
      const message = `applyTo ${String(applies)} is no place of the filter`;
      manifest.error("attachment", [...path, "applyTo"], message, "use HTTP_FILTER, or CLUSTER for the tunnel");
    }
  }
}

function checkListenerPatch(manifest: Manifest, path: Path, patch: Json): void {
  const operation = fieldIn(patch, "patch", "operation");
  const before = fieldIn(patch, "match", "listener", "filterChain", "filter", "subFilter", "name");
  const at = [...path, "patch", "operation"];
  const remedy = `set operation to INSERT_BEFORE and match.listener.filterChain.filter.subFilter.name to ${router}`;
  if (operation === "INSERT_FIRST") {
    const message = "the filter stands before all others: what those add behind it is not anonymized";
    manifest.warning("filter-order", at, message, remedy);
  } else if (operation !== "INSERT_BEFORE") {
    const message = `${String(operation)} puts the filter behind the router, where no request comes`;
    manifest.error("behind-router", at, message, remedy);
  } else if (before !== router) {
    const message = "the filter stands before another filter than the router: what comes between is not anonymized";
    manifest.error("filter-order", at, message, remedy);
  }
  const context = fieldIn(patch, "match", "context");
  if (!["GATEWAY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND"].includes(String(context))) {
    const message =
      "the chain is not said: in a sidecar a request would be anonymized on its way in and again on its way out";
    manifest.error(
      "context",
      [...path, "match", "context"],
      message,
      "use GATEWAY, SIDECAR_INBOUND or SIDECAR_OUTBOUND",
    );
  }
}

function checkClusterPatch(manifest: Manifest, path: Path, patch: Json, found: readonly Found[]): void {
  const operation = fieldIn(patch, "patch", "operation");
  if (operation !== "MERGE") {
    const message = `${String(operation)} does not put the filter into a cluster that is there`;
    manifest.error("attachment", [...path, "patch", "operation"], message, "use MERGE");
  }
  const options = fieldIn(patch, "patch", "value", "typed_extension_protocol_options");
  const chain = fieldIn(options, upstream, "http_filters");
  checkUpstreamChain(manifest, [...path, "patch", "value"], chain);
  const cluster = fieldIn(patch, "match", "cluster");
  const name = nameOf(cluster);
  if (name === undefined) {
    const message = "the patch matches more than the tunnel's cluster: what goes to production would be anonymized";
    manifest.error(
      "every-cluster",
      [...path, "match"],
      message,
      "match on cluster.service and cluster.subset of the tunnel",
    );
    return;
  }
  for (const each of found) checkTunnel(each, name);
}

/** The filter first, Envoy's codec last, as Envoy demands. */
export function checkUpstreamChain(manifest: Manifest, path: Path, chain: Json | undefined): void {
  const names = Array.isArray(chain) ? chain.map((entry) => String(field(entry, "name"))) : [];
  const end = names.indexOf(codec);
  const ours = names.findIndex((name) => name.startsWith("frostglass"));
  if (end !== names.length - 1 || end < 0) {
    manifest.error("behind-codec", path, `${codec} does not end the chain`, "put it last, with the filter before it");
  } else if (ours < 0) {
    manifest.error("attachment", path, "the filter is not in http_filters", "generate the manifest again");
  }
}

/** The name of the one cluster, `*` for a port that is not said; undefined when several match. */
function nameOf(cluster: Json | undefined): string | undefined {
  const [name, service, subset] = [field(cluster, "name"), field(cluster, "service"), field(cluster, "subset")];
  if (typeof name === "string" && name !== "") return name;
  if (typeof service !== "string" || typeof subset !== "string") return undefined;
  return `outbound|${String(field(cluster, "portNumber") ?? "*")}|${subset}|${service}`;
}

/** In the tunnel nothing turns back, and a policy that waits for a header would let a request without it in as it is. */
export function checkTunnel({ manifest, path, settings }: Found, cluster: string): void {
  if (settings?.role === "egress") {
    const message = "an egress policy turns tokens into originals, here in the way into the tunnel";
    const remedy = "generate it without --role egress, or attach it to the gateway that the hotfix calls";
    manifest.error("egress-in-tunnel", [...path, "configuration"], message, remedy);
    return;
  }
  if (!settings || settings.always) return;
  const names = cluster.includes("*") ? ["80", "65535"].map((port) => cluster.replace("*", port)) : [cluster];
  if (names.every((name) => settings.clusters.some((glob) => globMatches(glob, name)))) return;
  const message = `the policy is not active for the cluster ${cluster}: a request without session would enter the tunnel as it is`;
  manifest.error(
    "clusters-missing",
    [...path, "configuration"],
    message,
    `set activation.clusters of the policy to ["${cluster}"]`,
  );
}

export const metadataOf = ({ value }: Manifest): JsonObject => {
  const found = field(value, "metadata");
  return isObject(found) ? found : {};
};
