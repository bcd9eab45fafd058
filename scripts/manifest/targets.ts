/** What `frostglass manifest` can print: one entry a target. */
import { type JsonObject, upstreamHttpFilters } from "./filter.ts";
import type { Settings } from "./policy.ts";

interface TargetEntry {
  print: (filter: JsonObject, protocol: "http1" | "http2") => JsonObject;
  /** What the reader must know and the configuration cannot say. */
  notes: (settings: Settings) => string[];
}

export type Target = keyof typeof targets;

export const targets = {
  /** One entry of `http_filters` in a listener's HttpConnectionManager, before the router. */
  envoy: { print: (filter) => filter, notes: routeNotes },
  /** The value of a cluster's `typed_extension_protocol_options`. */
  "envoy-upstream": { print: upstreamHttpFilters, notes: () => [] },
} as const satisfies Record<string, TargetEntry>;

/**
 * Envoy picks the route again after a Wasm filter changed a request header (ABI 0.2.1; seen on 1.36.4, 1.39.3, 1.40.0):
 * where the route into the tunnel matches on the emergency header, its removal sends the request to production.
 */
function routeNotes({ removedHeader }: Settings): string[] {
  if (removedHeader === undefined) return [];
  return [
    `a route that matches on ${removedHeader} no longer matches after the filter removed it; with such a route set ` +
      `activation.keepHeader and let the route remove it (request_headers_to_remove: ["${removedHeader}"]), or attach ` +
      "with --target envoy-upstream",
  ];
}
