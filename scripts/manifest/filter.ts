/**
 * The one place that says how the filter is attached: every manifest and every Envoy of the tests takes its Wasm filter
 * entry from here, so that what is tested is what is handed out.
 *
 * Two settings belong to the policy and go wrong silently when set apart from it:
 * - `allow_on_headers_stop_iteration` exactly when the policy holds bodies. Without it, a filter that holds hangs each
 *   request for good.
 * - `host_env_keys` with the name of the key variable, or the filter finds no key and refuses everything.
 */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export interface WasmFilter {
  /** The policy's name: root id of the plugin, and how Envoy's log calls it. */
  name: string;
  /** A file as the gateway sees it, or what Envoy's AsyncDataSource says of a remote one. */
  wasm: string | JsonObject;
  /** The binary policy, or its gzip. */
  configuration: Uint8Array;
  /** Whether the policy holds bodies (`limits.hold` above 0). */
  hold: boolean;
  /** Environment variables of Envoy that the filter may read. */
  environment: readonly string[];
}

const type = "type.googleapis.com/";
const upstreamCodec: JsonObject = {
  name: "envoy.filters.http.upstream_codec",
  typed_config: { "@type": `${type}envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec` },
};

export function wasmHttpFilter(filter: WasmFilter): JsonObject {
  return {
    name: "frostglass",
    typed_config: {
      "@type": `${type}envoy.extensions.filters.http.wasm.v3.Wasm`,
      config: {
        name: filter.name,
        root_id: filter.name,
        fail_open: false,
        // A trap refuses its own request and ends the VM; the next request after the backoff gets a new one.
        failure_policy: "FAIL_RELOAD",
        reload_config: { backoff: { base_interval: "1s" } },
        ...(filter.hold ? { allow_on_headers_stop_iteration: true } : {}),
        configuration: {
          "@type": `${type}google.protobuf.BytesValue`,
          value: Buffer.from(filter.configuration).toString("base64"),
        },
        vm_config: {
          // Envoy shares a VM between plugins of the same vm_id and code, with the environment of the first; policies
          // that need other variables must not share it.
          vm_id: ["frostglass", ...filter.environment].join("/"),
          runtime: "envoy.wasm.runtime.v8",
          code: typeof filter.wasm === "string" ? { local: { filename: filter.wasm } } : filter.wasm,
          ...(filter.environment.length > 0
            ? { environment_variables: { host_env_keys: [...filter.environment] } }
            : {}),
        },
      },
    },
  };
}

/**
 * A cluster's protocol with the filter in its chain, if there is one, and others behind it: the value of
 * `typed_extension_protocol_options`.
 */
export function upstreamHttpFilters(
  filter: JsonObject | undefined,
  protocol: "http1" | "http2",
  behind: readonly JsonObject[] = [],
): JsonObject {
  const codec: JsonObject =
    protocol === "http2" ? { http2_protocol_options: {} } : { http_protocol_options: { enable_trailers: true } };
  return {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": `${type}envoy.extensions.upstreams.http.v3.HttpProtocolOptions`,
      explicit_http_config: codec,
      // Envoy ends the chain with this codec itself when there is no chain, and demands it when there is one.
      ...(filter ? { http_filters: [filter, ...behind, upstreamCodec] } : {}),
    },
  };
}
