/**
 * What people get wrong in Envoy Gateway's resources, one row a mistake: how it is made in what `frostglass manifest` prints,
 * and what `manifest --check` says of it. What Envoy Gateway and Envoy say is measured in mistakes.test.ts, which writes
 * docs/envoy-gateway-mistakes.md.
 */
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy } from "../support/envoy.ts";
import { manifest } from "../support/manifests.ts";
import { damaged, policy, swap, without } from "../support/mutations.ts";
import { tunnelCluster } from "./gateway-mesh.ts";

const { rules } = cardPolicy;
const everywhere = { name: "orders", activation: { always: true }, rules };
const inTunnel = { name: "orders", activation: { clusters: [tunnelCluster] }, rules };
const byHeader = { name: "orders", activation: { verify: "presence" }, rules };

/** The manifests that the mistakes are made in. */
export type Base = "listener" | "cluster" | "extension";

/** With the module at this https URL. */
export function printBases(url: string): Record<Base, string> {
  const patch = ["--target", "envoy-gateway-patchpolicy", "--gateway", "eg", "--wasm", wasmPath];
  const extension = ["--target", "envoy-gateway-extensionpolicy", "--gateway", "eg", "--wasm", url];
  return {
    listener: manifest(everywhere, ...patch, "--attach", "gateway"),
    cluster: manifest(inTunnel, ...patch),
    extension: manifest({ ...everywhere, limits: { hold: 0 } }, ...extension),
  };
}

export interface Mistake {
  of: Base;
  what: string;
  edit: (text: string) => string;
}

const row = (of: Base, what: string, edit: Mistake["edit"]): Mistake => ({ of, what, edit });

export const mistakes: readonly Mistake[] = [
  row("listener", "`allow_on_headers_stop_iteration` left out", without("allow_on_headers")),
  row("listener", "`fail_open: true`", swap("fail_open: false", "fail_open: true")),
  row("listener", "`failure_policy` left out", without("failure_policy")),
  row("listener", "`jsonPatches` misspelt", swap("jsonPatches", "jsonPatch")),
  row("listener", "the type of the filter misspelt", swap("wasm.v3.Wasm", "wasm.v3.Wsm")),
  row("listener", "the type of the listener misspelt", swap("v3.Listener", "v3.Listner")),
  row("listener", "the name of the listener wrong", swap("default/eg/http", "default/eg/web")),
  row("listener", "the path of the patch wrong", swap("/default_filter_chain/", "/filter_chains/0/")),
  row("listener", "behind the router (`http_filters/-`)", swap("http_filters/0", "http_filters/-")),
  row("listener", "the Gateway wrong", swap(/name: eg$/m, "name: ge")),
  row("listener", "the path of the module wrong", swap(/filename: .*/, "filename: /nowhere/frostglass.wasm")),
  row("listener", "the policy damaged", damaged),
  row("listener", "another policy than the reviewed one", policy(byHeader)),
  row("cluster", "`allow_on_headers_stop_iteration` left out", without("allow_on_headers")),
  row("cluster", "the cluster misspelt", swap(`name: ${tunnelCluster}`, "name: httproute/default/order/rule/0")),
  row("cluster", "the cluster of production", swap(`name: ${tunnelCluster}`, "name: httproute/default/orders/rule/1")),
  row("cluster", "the policy active by header, not by `clusters`", policy(byHeader)),
  row("cluster", "`add` misspelt", swap("op: add", "op: append")),
  row("cluster", "the codec of the chain left out", swap(/ *- name: envoy.filters.http.upstream_codec\n.*\n.*\n/, "")),
  row("extension", "a policy that holds", policy(everywhere)),
  row("extension", "`failOpen: true`", swap("failOpen: false", "failOpen: true")),
  row("extension", "`failOpen` misspelt", swap("failOpen", "failOpn")),
  row("extension", "the SHA-256 cut short", swap(/^( +sha256: [0-9a-f]{40})[0-9a-f]+$/m, "$1")),
  row("extension", "the SHA-256 of another module", swap(/^( {6,}sha256: )[0-9a-f]{64}$/m, `$1${"ab".repeat(32)}`)),
  row("extension", "the SHA-256 left out", without("  sha256: [0-9a-f]")),
  row("extension", "the policy damaged", damaged),
  row("extension", "`config` misspelt", swap("config:", "configuration:")),
  row("extension", "`policy` in `config` misspelt", swap(/policy: (?=RkdQ)/, "polizy: ")),
  row("extension", "the Gateway wrong", swap(/name: eg$/m, "name: ge")),
  row("extension", "the namespace wrong", swap("namespace: default", "namespace: shop")),
];
