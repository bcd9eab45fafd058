/**
 * What a session pushes to the edge: the tunnel's cluster with the filter in its chain, and the routes that send a share
 * of the traffic there.
 *
 * Invariants: the filter stands in the cluster's own chain, so that nothing enters the tunnel around it, mirrored and
 * retried requests included; the session's id is set by the route itself and never taken from a client; a client's own
 * header of that name goes no further than the ingress.
 */
import { sessionMetadata } from "../audit/access-log/format.ts";
import { type Json, type JsonObject, upstreamHttpFilters } from "../manifest/filter.ts";
import { ingressName, productionCluster, sessionHeader, tunnelCluster } from "./edge.ts";
import { type, typed } from "./resources.ts";

/** @param filter the entry of `filterOf`. @param life after so long the tunnel takes no further request. */
export function tunnelClusterResource(filter: JsonObject, life: number): JsonObject {
  const options = upstreamHttpFilters(filter, "http2");
  const name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  return typed("envoy.config.cluster.v3.Cluster", {
    name: tunnelCluster,
    connect_timeout: "5s",
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: {
      name: "envoy.clusters.reverse_connection",
      typed_config: {
        "@type": `${type}envoy.extensions.clusters.reverse_connection.v3.ReverseConnectionClusterConfig`,
        cleanup_interval: "60s",
        host_id_format: `%REQ(${sessionHeader})%`,
      },
    },
    typed_extension_protocol_options: {
      ...options,
      [name]: {
        ...(options[name] as JsonObject),
        // Past the session's end the connection is drained and cannot be opened again, whatever the routes say.
        common_http_protocol_options: { max_connection_duration: `${life}s` },
      },
    },
  });
}

export interface Shift {
  session: string;
  /** Of 100; 0 is production alone. */
  percent: number;
  /** Only requests with this header and value, such as those of one test user; the others stay in production. */
  match?: { header: string; value: string } | undefined;
}

export function routes(shift: Shift | undefined): JsonObject {
  const production = { match: { prefix: "/" }, route: { cluster: productionCluster, timeout: "0s" } };
  return typed("envoy.config.route.v3.RouteConfiguration", {
    name: ingressName,
    request_headers_to_remove: shift === undefined || shift.percent === 0 ? [sessionHeader] : [],
    virtual_hosts: [{ name: ingressName, domains: ["*"], routes: [...(shift ? shifted(shift) : []), production] }],
  });
}

function shifted({ session, percent, match }: Shift): Json[] {
  if (percent === 0) return [];
  const headers = match ? [{ name: match.header, string_match: { exact: match.value } }] : [];
  const named = {
    header: { key: sessionHeader, value: session },
    append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
  };
  const clusters = [
    { name: tunnelCluster, weight: percent, request_headers_to_add: [named] },
    { name: productionCluster, weight: 100 - percent, request_headers_to_remove: [sessionHeader] },
  ];
  return [
    {
      match: { prefix: "/", ...(match ? { headers } : {}) },
      metadata: sessionMetadata(session),
      route: { weighted_clusters: { clusters: clusters.filter(({ weight }) => weight > 0) }, timeout: "0s" },
    },
  ];
}
