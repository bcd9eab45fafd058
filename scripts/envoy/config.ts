/**
 * Bootstrap configurations for an Envoy under test: a gateway with a "production" cluster and, when asked, a "tunnel"
 * cluster behind a header match, with the filter in the listener's chain (downstream) or in a cluster's (upstream).
 *
 * Every port is 0: Envoy takes free ones and tells them through its admin interface. What Envoy would add to a message
 * on its own is switched off where it can be, so that what arrives is what the filter made.
 */
import { type Json, type JsonObject, upstreamHttpFilters } from "../manifest/filter.ts";

export type Attachment = "downstream" | "upstream" | "both";
export type Protocol = "http1" | "http2";

export interface Backend {
  port: number;
  protocol: Protocol;
}

export interface Tunnel extends Backend {
  header: string;
  /** The route removes the header, which it alone can do after it matched on it. */
  routeRemovesHeader?: boolean | undefined;
}

export interface Gateway {
  /** The filter entry of `wasmHttpFilter`; without one the gateway is a bare Envoy. */
  filter?: JsonObject | undefined;
  attachment: Attachment;
  production: Backend;
  /** The name of the production cluster, for policies that are active by cluster. */
  cluster?: string | undefined;
  /** Puts the response code details of each local reply into a header of this name, before the reply is sent. */
  detailsHeader?: string | undefined;
  /** Filters in the listener's chain before the policy's. */
  before?: readonly JsonObject[] | undefined;
  /** Filters right behind the policy's, in whatever chain that is: they see answers before it. */
  behind?: readonly JsonObject[] | undefined;
  /** Interim answers (1xx) go on to the client: `proxy_100_continue`. */
  interim?: boolean | undefined;
  /** Requests with `header` go here instead. The upstream attachment then stands in this cluster alone. */
  tunnel?: Tunnel | undefined;
  /** Entries of `access_log` on the listener. */
  accessLog?: JsonObject[] | undefined;
  /** Labels of metrics: `stats_config` of the bootstrap. */
  statsConfig?: JsonObject | undefined;
  /** `per_connection_buffer_limit_bytes` on both sides; Envoy's default is 1 MiB. */
  bufferLimit?: number | undefined;
}

const type = "type.googleapis.com/";
const defaultCluster = "production";
const filters = `${type}envoy.extensions.filters`;

/** One gateway listener, named "gateway", that takes HTTP/1.1 and HTTP/2 on the same port. */
export function gatewayConfig(gateway: Gateway): JsonObject {
  const own = gateway.attachment !== "upstream" && gateway.filter ? [gateway.filter, ...(gateway.behind ?? [])] : [];
  const chain = [...(gateway.before ?? []), ...own];
  const config = bootstrap([listener("gateway", chain, gateway)], gatewayClusters(gateway));
  return { ...config, ...(gateway.statsConfig ? { stats_config: gateway.statsConfig } : {}) };
}

/** A filter that leaves claims where envoy.filters.http.jwt_authn leaves those that it has verified. */
export const verifiedClaims = (key: string, claims: JsonObject): JsonObject => ({
  name: "envoy.filters.http.set_metadata",
  typed_config: {
    "@type": `${filters}.http.set_metadata.v3.Config`,
    metadata: [{ metadata_namespace: "envoy.filters.http.jwt_authn", value: { [key]: claims } }],
  },
});

/** The same gateway with its listener in a file of its own (filesystem LDS), for tests of a configuration push. */
export function pushedGatewayConfig(gateway: Gateway, folder: string, file: string): JsonObject {
  return {
    ...bootstrap([], gatewayClusters(gateway)),
    node: { id: "frostglass", cluster: "frostglass" },
    dynamic_resources: {
      lds_config: {
        path_config_source: { path: file, watched_directory: { path: folder } },
        resource_api_version: "V3",
      },
    },
  };
}

/** What such a file holds: the listener, with this filter. */
export function listenerPush(version: string, filter: JsonObject): JsonObject {
  const resource = { "@type": `${type}envoy.config.listener.v3.Listener`, ...listener("gateway", [filter], {}) };
  return { version_info: version, resources: [resource] };
}

/** An Envoy of these listeners and clusters. */
export function bootstrap(listeners: JsonObject[], clusters: JsonObject[]): JsonObject {
  return { admin: { address: localhost(0) }, static_resources: { listeners, clusters } };
}

function localhost(port: number): JsonObject {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

function gatewayClusters(gateway: Gateway): JsonObject[] {
  const upstream = gateway.attachment !== "downstream" ? gateway.filter : undefined;
  const { production, tunnel, cluster: name = defaultCluster } = gateway;
  const limit = bufferLimitOf(gateway);
  if (!tunnel) return [{ ...cluster(name, production, upstream, gateway.behind), ...limit }];
  return [
    { ...cluster(name, production, undefined), ...limit },
    { ...cluster("tunnel", tunnel, upstream, gateway.behind), ...limit },
  ];
}

const bufferLimitOf = ({ bufferLimit }: Partial<Gateway>): JsonObject =>
  bufferLimit === undefined ? {} : { per_connection_buffer_limit_bytes: bufferLimit };

/** A cluster of one backend, with a filter in its chain, and others behind that, or without. */
export function cluster(
  name: string,
  backend: Backend,
  filter: JsonObject | undefined,
  behind: readonly JsonObject[] = [],
): JsonObject {
  return {
    name,
    type: "STATIC",
    connect_timeout: "2s",
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: localhost(backend.port) } }] }],
    },
    typed_extension_protocol_options: upstreamHttpFilters(filter, backend.protocol, behind),
  };
}

/** A listener with these filters before its router; `gateway` says where requests go, unless `table` does. */
export function listener(name: string, chain: Json[], gateway: Partial<Gateway>, table = routes(gateway)): JsonObject {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: { "@type": `${filters}.http.router.v3.Router`, suppress_envoy_headers: true },
  };
  return {
    name,
    address: localhost(0),
    ...bufferLimitOf(gateway),
    filter_chains: [
      {
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: {
              "@type": `${filters}.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: name,
              generate_request_id: false,
              server_header_transformation: "PASS_THROUGH",
              skip_xff_append: true,
              http_protocol_options: { enable_trailers: true },
              http2_protocol_options: { allow_connect: true },
              upgrade_configs: [{ upgrade_type: "websocket" }, { upgrade_type: "CONNECT" }],
              http_filters: [...chain, router],
              ...(gateway.interim ? { proxy_100_continue: true } : {}),
              ...(gateway.accessLog ? { access_log: gateway.accessLog } : {}),
              ...(gateway.detailsHeader ? { local_reply_config: detailsIn(gateway.detailsHeader) } : {}),
              route_config: { virtual_hosts: [{ name, domains: ["*"], routes: table }] },
            },
          },
        ],
      },
    ],
  };
}

function routes({ cluster = defaultCluster, tunnel }: Partial<Gateway>): Json[] {
  const to = (name: string) => ({ route: { cluster: name, timeout: "0s" } });
  const split = (match: JsonObject): Json[] => {
    const ordinary = { match, ...to(cluster) };
    if (!tunnel) return [ordinary];
    const headers = [{ name: tunnel.header, present_match: true }];
    const removal = tunnel.routeRemovesHeader ? { request_headers_to_remove: [tunnel.header] } : {};
    return [{ match: { ...match, headers }, ...to("tunnel"), ...removal }, ordinary];
  };
  return [...split({ connect_matcher: {} }), ...split({ prefix: "/" })];
}

function detailsIn(key: string): JsonObject {
  const every = { status_code_filter: { comparison: { op: "GE", value: { default_value: 0, runtime_key: "none" } } } };
  return {
    mappers: [{ filter: every, headers_to_add: [{ header: { key, value: "%RESPONSE_CODE_DETAILS%" } }] }],
  };
}
