/**
 * What people get wrong in a manifest, one row a mistake: how it is made in what `frostglass manifest` prints, and what
 * `manifest --check` says of it. What Istio and Envoy say is measured in test/istio/mutations.test.ts, which writes
 * docs/istio-mistakes.md.
 */
import { parseDocument, stringify } from "yaml";
import { cardPolicy, compile } from "./envoy.ts";
import { manifest } from "./manifests.ts";

export const host = "orders.shop.svc.cluster.local";

const rules = cardPolicy.rules;
const everywhere = { name: "orders", activation: { always: true }, rules };
const inTunnel = { name: "orders", activation: { clusters: [`outbound|*|tunnel|${host}`] }, rules };
const keyed = { ...everywhere, rules: [...rules, { name: "pan", select: "json:$..card.number", action: "hash" }] };
const byHeader = { name: "orders", activation: { verify: "presence" }, rules };

/** The manifests that the mistakes are made in. */
export type Base = "gateway" | "keyed" | "remote" | "tunnel" | "plugin" | "shift" | "canary";

export interface Sources {
  /** The module in a file of the gateway. */
  file: string;
  /** The same at an https URL. */
  url: string;
}

export function printBases({ file, url }: Sources): Record<Base, string> {
  const filter = (policy: object, wasm: string, ...more: string[]) =>
    manifest(policy, "--target", "istio-envoyfilter", "--wasm", wasm, ...more);
  const route = ["--host", host, "--name", "orders", "--namespace", "shop", "--port", "8000"];
  const shift = ["--target", "istio-shift", ...route, "--gateway", "istio-system/public"];
  return {
    gateway: filter(everywhere, file, "--attach", "gateway"),
    keyed: filter(keyed, file, "--attach", "gateway"),
    remote: filter(everywhere, url, "--attach", "gateway"),
    tunnel: filter(inTunnel, file, "--host", host),
    plugin: manifest(streams, "--target", "istio-wasmplugin", "--attach", "gateway", "--wasm", url),
    shift: manifest(inTunnel, ...shift),
    canary: manifest(inTunnel, ...shift, "--by", "header", "--user", "42"),
  };
}

const streams = { ...everywhere, limits: { hold: 0 } };

export interface Mutation {
  of: Base;
  mistake: string;
  edit: (text: string) => string;
  /** The codes of `manifest --check`, sorted. */
  check: string[];
}

const row = (of: Base, mistake: string, edit: Mutation["edit"], ...check: string[]): Mutation => ({
  of,
  mistake,
  edit,
  check,
});

/** Replaces what must be there. */
export const swap = (search: string | RegExp, replacement: string) => (text: string) => {
  const edited = text.replace(search, replacement);
  if (edited === text) throw new Error(`the manifest has no ${search}`);
  return edited;
};
export const without = (line: string) => swap(new RegExp(`^ *${line}.*\n`, "m"), "");
const append = (document: string) => (text: string) => `${text}---\n${document}`;

/** Another policy where the reviewed one stood. */
export const policy = (other: object) => swap(/RkdQ[\w+/=]+/, Buffer.from(compile(other).binary).toString("base64"));

/** One bit differs. */
export const damaged = (text: string) => {
  const base64 = /RkdQ[\w+/=]+/.exec(text)![0];
  const bytes = Buffer.from(base64, "base64");
  bytes[200]! ^= 1;
  return text.replace(base64, bytes.toString("base64"));
};

const typedStruct = (text: string) => {
  const document = parseDocument(text);
  const path = ["spec", "configPatches", 0, "patch", "value", "typed_config"];
  const { "@type": url, ...value } = (document.getIn(path) as { toJSON(): Record<string, unknown> }).toJSON();
  document.setIn(path, { "@type": "type.googleapis.com/udpa.type.v1.TypedStruct", type_url: url, value });
  return stringify(document);
};

/** The filter behind the codec, which ends the chain. */
const behindCodec = (text: string) => {
  const document = parseDocument(text);
  const value = ["spec", "configPatches", 0, "patch", "value", "typed_extension_protocol_options"];
  const path = [...value, "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", "http_filters"];
  const [filter, codec] = (document.getIn(path) as { toJSON(): unknown[] }).toJSON();
  document.setIn(path, [codec, filter]);
  return stringify(document);
};

const http10 = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: old-clients, namespace: istio-system}
spec:
  workloadSelector: {labels: {istio: ingressgateway}}
  configPatches:
  - applyTo: NETWORK_FILTER
    match: {context: GATEWAY, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
    patch:
      operation: MERGE
      value:
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          http_protocol_options: {accept_http_10: true}
`;

export const mutations: readonly Mutation[] = [
  // The filter in the chain of a gateway.
  row("gateway", "`allow_on_headers_stop_iteration` left out", without("allow_on_headers"), "hold-without-flag"),
  row(
    "gateway",
    "`allow_on_headers_stop_iteration` misspelt",
    swap("allow_on_headers_stop", "allow_on_header_stop"),
    "hold-without-flag",
    "unknown-field",
  ),
  row("gateway", "`fail_open: true`", swap("fail_open: false", "fail_open: true"), "fail-open"),
  row("gateway", "`failure_policy` left out", without("failure_policy"), "no-reload"),
  row("gateway", "`configPatches` misspelt", swap("configPatches", "configPatch"), "unknown-field"),
  row("gateway", "the filter as a `TypedStruct`", typedStruct, "typed-struct"),
  row("gateway", "the type of the filter misspelt", swap("wasm.v3.Wasm", "wasm.v3.Wsm"), "no-filter"),
  row("gateway", "the runtime misspelt", swap("runtime.v8", "runtime.v9"), "runtime"),
  row("gateway", "the path of the module wrong", swap(/filename: .*/, "filename: /nowhere/frostglass.wasm")),
  row("gateway", "the policy damaged", damaged, "digest-differs"),
  row("gateway", "another policy than the reviewed one", policy(byHeader), "digest-differs", "verify-presence"),
  row("gateway", "the namespace wrong", swap("namespace: istio-system", "namespace: shop"), "namespace"),
  row("gateway", "the labels of the proxies wrong", swap("istio: ingressgateway", "istio: gateway"), "no-gateway"),
  row("gateway", "the labels of the proxies left out", swap(/ {2}workloadSelector:\n.*\n.*\n/, ""), "no-selector"),
  row("gateway", "behind the router (`INSERT_AFTER`)", swap("INSERT_BEFORE", "INSERT_AFTER"), "behind-router"),
  row("gateway", "before all other filters (`INSERT_FIRST`)", swap("INSERT_BEFORE", "INSERT_FIRST"), "filter-order"),
  row("gateway", "before a filter that is not there", swap("filters.http.router", "filters.http.gzip"), "filter-order"),
  row(
    "gateway",
    "in the chain of sidecars (`SIDECAR_INBOUND`)",
    swap("context: GATEWAY", "context: SIDECAR_INBOUND"),
    "context",
  ),
  row("gateway", "in every chain (`ANY`)", swap("context: GATEWAY", "context: ANY"), "context"),
  row("gateway", "HTTP/1.0 accepted beside it", append(http10), "http10"),
  row("keyed", "`host_env_keys` without the key", swap("- FROSTGLASS_KEY", "- FROSTGLASS_KY"), "environment"),
  row("keyed", "`environment_variables` left out", swap(/ *environment_variables:\n.*\n.*\n/, ""), "environment"),
  row(
    "remote",
    "the SHA-256 of the module wrong",
    swap(/^( {6,}sha256: )[0-9a-f]{64}$/m, `$1${"ab".repeat(32)}`),
    "sha256-differs",
  ),
  row("remote", "the SHA-256 of the module wrong, in the annotation too", (text) =>
    text.replace(/sha256: [0-9a-f]{64}$/gm, `sha256: ${"ab".repeat(32)}`),
  ),
  row("remote", "the SHA-256 of the module left out", without("sha256: [0-9a-f]"), "sha256-missing"),
  // The filter in the upstream chain of the tunnel, with all traffic shifted.
  row("tunnel", "`allow_on_headers_stop_iteration` left out", without("allow_on_headers"), "hold-without-flag"),
  row(
    "tunnel",
    "the policy active by header, not by `clusters`",
    policy(byHeader),
    "clusters-missing",
    "digest-differs",
    "verify-presence",
  ),
  row("tunnel", "the subset misspelt", swap("subset: tunnel", "subset: tunel"), "clusters-missing", "unknown-subset"),
  row("tunnel", "the subset left out", without("subset: tunnel"), "every-cluster"),
  row("tunnel", "the service misspelt", swap("service: orders", "service: order"), "clusters-missing", "unknown-host"),
  row("tunnel", "a new cluster instead (`ADD`)", swap("operation: MERGE", "operation: ADD"), "attachment"),
  row("tunnel", "behind the codec of the chain", behindCodec, "behind-codec"),
  row(
    "tunnel",
    "the codec of the chain left out",
    swap(/ *- name: envoy.filters.http.upstream_codec\n.*\n.*\n/, ""),
    "behind-codec",
  ),
  row("tunnel", "the namespace wrong", swap("namespace: istio-system", "namespace: shop"), "namespace"),
  // The WasmPlugin.
  row("plugin", "a policy that holds", policy(everywhere), "digest-differs", "wasmplugin-hold"),
  row("plugin", "`FAIL_OPEN`", swap("FAIL_RELOAD", "FAIL_OPEN"), "fail-open"),
  row("plugin", "the SHA-256 cut short", swap(/^( +sha256: [0-9a-f]{40})[0-9a-f]+$/m, "$1"), "sha256"),
  row(
    "plugin",
    "the SHA-256 of another module",
    swap(/^ {2}sha256: .*$/m, `  sha256: ${"ab".repeat(32)}`),
    "sha256-differs",
  ),
  row("plugin", "the SHA-256 left out", without("sha256:"), "sha256-missing"),
  row("plugin", "`phase: AUTHN`: other filters behind it", swap("UNSPECIFIED_PHASE", "AUTHN"), "filter-order"),
  row("plugin", "the phase misspelt", swap("UNSPECIFIED_PHASE", "AUTH"), "filter-order"),
  row("plugin", "`pluginConfig` misspelt", swap("pluginConfig", "pluginConf"), "policy-unreadable"),
  row("plugin", "the namespace wrong", swap("namespace: istio-system", "namespace: shop"), "namespace"),
  row("plugin", "the labels of the proxies left out", swap(/ {2}selector:\n.*\n.*\n/, ""), "no-selector"),
  // The shift, with the filter of the tunnel in place.
  row("shift", "the subset of the route misspelt", swap("subset: tunnel", "subset: tunel"), "unknown-subset"),
  row("shift", "the labels of the tunnel wrong", swap("version: tunnel", "version: tunel")),
  row("shift", "the gateway misspelt", swap("istio-system/public", "istio-system/publik"), "unknown-gateway"),
  row(
    "shift",
    "the host of the service misspelt",
    swap(/host: orders\.(?=[\s\S]*VirtualService)/, "host: order."),
    "unknown-host",
  ),
  row("shift", "a weight below 0", swap("weight: 100", "weight: -100")),
  row("shift", "`route` misspelt", swap("route:\n", "routes:\n")),
  row("canary", "the match of the one user left out", swap(/ +match:\n(.*\n){3}/, ""), "route-order"),
  row("canary", "`exact` misspelt", swap("exact:", "exakt:")),
];
