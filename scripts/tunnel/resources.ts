/**
 * The few shapes that the configurations of both Envoys of a tunnel are made of.
 */
import type { Json, JsonObject } from "../manifest/filter.ts";

export const type = "type.googleapis.com/";
const filters = `${type}envoy.extensions.filters`;

export interface Address {
  host: string;
  port: number;
}

export function socketAddress({ host, port }: Address): JsonObject {
  return { socket_address: { address: host, port_value: port } };
}

/** A cluster of one backend. An address by name is resolved, and resolved again as its DNS record says. */
export function backendCluster(name: string, backend: Address, more: JsonObject = {}): JsonObject {
  return {
    name,
    type: /^[\d.]+$|:/.test(backend.host) ? "STATIC" : "STRICT_DNS",
    connect_timeout: "2s",
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(backend) } }] }],
    },
    ...more,
  };
}

export interface Http {
  name: string;
  /** `route_config` or `rds`. */
  routes: JsonObject;
  more?: JsonObject;
}

export function httpFilterChain({ name, routes, more = {} }: Http): Json[] {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: { "@type": `${filters}.http.router.v3.Router`, suppress_envoy_headers: true },
  };
  return [
    {
      filters: [
        {
          name: "envoy.filters.network.http_connection_manager",
          typed_config: {
            "@type": `${filters}.network.http_connection_manager.v3.HttpConnectionManager`,
            stat_prefix: name,
            generate_request_id: false,
            http_filters: [router],
            ...routes,
            ...more,
          },
        },
      ],
    },
  ];
}

export function pemFile(text: string): JsonObject {
  return { inline_string: text };
}

/** A resource as the files of an xDS directory hold it. */
export function typed(kind: string, resource: JsonObject): JsonObject {
  return { "@type": `${type}${kind}`, ...resource };
}
