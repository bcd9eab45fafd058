/** What `frostglass manifest` can print: one entry a target. */
import { CommandError } from "../console.ts";
import { extensionPolicy, patchPolicy } from "./envoy-gateway.ts";
import { envoyFilter } from "./envoyfilter.ts";
import { type JsonObject, upstreamHttpFilters } from "./filter.ts";
import type { ManifestOptions } from "./options.ts";
import { type AttachedPolicy, filterOf, type Settings } from "./policy.ts";
import { shift, unshift } from "./shift.ts";
import type { WasmSource } from "./source.ts";
import { wasmPlugin } from "./wasmplugin.ts";
import { type Resource, writeResources } from "./yaml.ts";

export interface TargetInput {
  policy: AttachedPolicy & { digest: string };
  settings: Settings;
  source: WasmSource;
  options: ManifestOptions;
}

interface TargetEntry {
  /** Whether it puts the filter somewhere; routes do not. */
  attaches: boolean;
  /** Resources of Kubernetes, or a piece of Envoy's own configuration. */
  make: (input: TargetInput) => Resource[] | JsonObject;
  /** What the reader must know and the configuration cannot say. */
  notes: (input: TargetInput) => string[];
}

export type Target = keyof typeof targets;

export const targets = {
  /** One entry of `http_filters` in a listener's HttpConnectionManager, before the router. */
  envoy: { attaches: true, make: (input) => filterOf(input.policy, plainCode(input)), notes: routeNotes },
  /** The value of a cluster's `typed_extension_protocol_options`. */
  "envoy-upstream": {
    attaches: true,
    make: (input) => upstreamHttpFilters(filterOf(input.policy, plainCode(input)), input.options.protocol),
    notes: clusterNotes,
  },
  "istio-envoyfilter": {
    attaches: true,
    make: envoyFilter,
    notes: (input) => [...listenerNotes(input), ...istioNotes(input)],
  },
  "istio-wasmplugin": {
    attaches: true,
    make: wasmPlugin,
    notes: (input) => [...routeNotes(input), ...istioNotes(input)],
  },
  "istio-shift": { attaches: false, make: shift, notes: () => [] },
  "istio-unshift": { attaches: false, make: unshift, notes: () => [] },
  "envoy-gateway-extensionpolicy": { attaches: true, make: extensionPolicy, notes: routeNotes },
  "envoy-gateway-patchpolicy": { attaches: true, make: patchPolicy, notes: listenerNotes },
} as const satisfies Record<string, TargetEntry>;

export const print = (made: Resource[] | JsonObject): string =>
  Array.isArray(made) ? writeResources(made) : `${JSON.stringify(made, null, 2)}\n`;

/** Where an Envoy of its own, with no control plane, gets the module. */
function plainCode({ source }: TargetInput): string | JsonObject {
  if (source.kind === "file") return source.reference;
  if (source.kind === "oci") {
    throw new CommandError("Envoy itself pulls no images; give the module as a path or an https:// URL", 2);
  }
  return { remote: { http_uri: { uri: source.reference, cluster: "wasm", timeout: "30s" }, sha256: source.sha256 } };
}

function listenerNotes(input: TargetInput): string[] {
  return input.options.attach === "tunnel" ? [] : routeNotes(input);
}

/** Istio sets `proxy_100_continue` in all of its listeners, and no patch can take a boolean back (seen on 1.31). */
function istioNotes({ settings: { hidesInHeadersOfAnswers } }: TargetInput): string[] {
  if (!hidesInHeadersOfAnswers) return [];
  return [
    "Istio sends interim answers (103 Early Hints) on, and their headers come to no filter: set " +
      "ENABLE_100_CONTINUE_HEADERS=false in the environment of istiod",
  ];
}

/** The name of the cluster is not known here: `manifest --check` of it and of Istio's and Envoy Gateway's targets refuse. */
function clusterNotes({ settings: { role, always, clusters } }: TargetInput): string[] {
  if (role === "egress" || always || clusters.length > 0) return [];
  return [
    "the policy is active by header alone: in the chain of a tunnel's cluster a request without it would enter as it is; " +
      "name the cluster in activation.clusters",
  ];
}

/**
 * Envoy picks the route again after a Wasm filter changed a request header (ABI 0.2.1; seen on 1.36.4, 1.39.3, 1.40.0):
 * where the route into the tunnel matches on the emergency header, its removal sends the request to production.
 */
function routeNotes({ settings: { removedHeader } }: TargetInput): string[] {
  if (removedHeader === undefined) return [];
  return [
    `a route that matches on ${removedHeader} no longer matches after the filter removed it; with such a route set ` +
      `activation.keepHeader and let the route remove it (request_headers_to_remove: ["${removedHeader}"]), or attach ` +
      "with --target envoy-upstream",
  ];
}
