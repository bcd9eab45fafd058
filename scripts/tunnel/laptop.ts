/**
 * The laptop's side: an Envoy that dials the edge, and serves what comes back through that connection from the hotfix
 * process. It listens on no port of its own.
 */
import type { JsonObject } from "../manifest/filter.ts";
import { type Certificate, identityOf } from "./authority.ts";
import { type Address, backendCluster, httpFilterChain, socketAddress, type } from "./resources.ts";
import { tlsContext } from "./uplink.ts";

export interface Laptop {
  session: string;
  /** The uplink of the edge. */
  edge: Address;
  hotfix: Address;
  admin: Address;
  certificate: Certificate;
  root: string;
  token: string;
  /** One for each worker of the edge, since each worker sends through tunnels of its own. */
  connections?: number | undefined;
}

export function laptopBootstrap(laptop: Laptop): JsonObject {
  const { session, certificate, root } = laptop;
  const tls = {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${type}envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext`,
      common_tls_context: tlsContext({ root, revocations: undefined }, certificate, identityOf(session, "edge")),
    },
  };
  return {
    node: { id: session, cluster: "laptop" },
    admin: { address: socketAddress(laptop.admin) },
    bootstrap_extensions: [
      {
        name: "envoy.bootstrap.reverse_tunnel.downstream_socket_interface",
        typed_config: {
          "@type": `${type}envoy.extensions.bootstrap.reverse_tunnel.downstream_socket_interface.v3.DownstreamReverseConnectionSocketInterface`,
          stat_prefix: "laptop",
          // A dial that failed is repeated soon, not after the 10 s that are Envoy's default.
          maintain_interval: "1s",
          max_reconnect_backoff: "2s",
          http_handshake: {
            additional_headers: [{ header: { key: "authorization", value: `Bearer ${laptop.token}` } }],
          },
        },
      },
    ],
    static_resources: {
      listeners: [
        {
          name: "tunnel",
          address: {
            socket_address: {
              address: `rc://${session}:laptop:frostglass@edge:${laptop.connections ?? 1}`,
              port_value: 0,
              resolver_name: "envoy.resolvers.reverse_connection",
            },
          },
          listener_filters_timeout: "0s",
          filter_chains: httpFilterChain({
            name: "tunnel",
            routes: {
              route_config: {
                virtual_hosts: [
                  {
                    name: "hotfix",
                    domains: ["*"],
                    routes: [{ match: { prefix: "/" }, route: { cluster: "hotfix", timeout: "0s" } }],
                  },
                ],
              },
            },
          }),
        },
      ],
      clusters: [
        backendCluster("edge", laptop.edge, { transport_socket: tls }),
        backendCluster("hotfix", laptop.hotfix, {
          typed_extension_protocol_options: {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
              "@type": `${type}envoy.extensions.upstreams.http.v3.HttpProtocolOptions`,
              common_http_protocol_options: { idle_timeout: "3s" },
              explicit_http_config: { http_protocol_options: { enable_trailers: true } },
            },
          },
        }),
      ],
    },
  };
}
