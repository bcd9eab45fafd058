/**
 * The edge: an Envoy that takes its listeners, clusters and routes from the files of a directory (filesystem xDS), so
 * that a session is opened, shifted and ended by pushes, without a restart.
 *
 * Invariants: the bootstrap knows production and nothing of any session; everything of a session comes and goes with
 * three files; the ingress listener is the same bytes in each push, so that no push touches a client's connection.
 */
import { join } from "node:path";
import { accessLogEntry } from "../audit/access-log/format.ts";
import type { JsonObject } from "../manifest/filter.ts";
import { type Address, backendCluster, httpFilterChain, socketAddress, type, typed } from "./resources.ts";

/** Which edge this is. Stands beside its files, for later sessions. */
export interface Edge {
  ingress: Address;
  production: Address;
  /** Where laptops dial in while a session waits for its uplink. */
  uplink: Address;
  admin: Address;
}

export const files = { listeners: "listeners.json", clusters: "clusters.json", routes: "routes.json" } as const;
export type ResourceFile = keyof typeof files;

/** Where the edge tells who opened and closed a tunnel: one JSON object a line. */
export const uplinkFile = "uplink.ndjson";

/** Where the edge tells what the filter did with each request that was sent to the tunnel. Empty between sessions. */
export const accessFile = "access.ndjson";

export const ingressName = "ingress";
export const productionCluster = "production";
export const tunnelCluster = "tunnel";
export const uplinkListener = "uplink";

/** Names the session of a request between ingress and tunnel. Only the gateway sets it. */
export const sessionHeader = "x-frostglass-session";

export function edgeBootstrap(edge: Edge, folder: string): JsonObject {
  const source = (file: ResourceFile): JsonObject => ({
    path_config_source: { path: join(folder, files[file]), watched_directory: { path: folder } },
    resource_api_version: "V3",
  });
  return {
    node: { id: "edge", cluster: "edge" },
    admin: { address: socketAddress(edge.admin) },
    bootstrap_extensions: [
      {
        name: "envoy.bootstrap.reverse_tunnel.upstream_socket_interface",
        typed_config: {
          "@type": `${type}envoy.extensions.bootstrap.reverse_tunnel.upstream_socket_interface.v3.UpstreamReverseConnectionSocketInterface`,
          stat_prefix: "edge",
          enable_detailed_stats: true,
          access_log: [uplinkLog(join(folder, uplinkFile))],
        },
      },
    ],
    dynamic_resources: { lds_config: source("listeners"), cds_config: source("clusters") },
    static_resources: {
      clusters: [
        backendCluster(productionCluster, edge.production, {
          // Shorter than what services keep an idle connection: a request never meets one that is being closed.
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

/** A line of `uplink.ndjson`: what happened to the tunnel of which node, and where it was dialled from. */
function uplinkLog(path: string): JsonObject {
  const told = (name: string): string => `%DYNAMIC_METADATA(envoy.reverse_tunnel.lifecycle:${name})%`;
  return {
    name: "envoy.access_loggers.file",
    typed_config: {
      "@type": `${type}envoy.extensions.access_loggers.file.v3.FileAccessLog`,
      path,
      log_format: {
        json_format: {
          time: "%START_TIME%",
          event: told("event"),
          node: told("node_id"),
          sourceIp: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        },
      },
    },
  };
}

/** The listener of clients. Its routes come from the third file. */
export function ingressListener(edge: Edge, folder: string): JsonObject {
  const rds = {
    route_config_name: ingressName,
    config_source: {
      path_config_source: { path: join(folder, files.routes), watched_directory: { path: folder } },
      resource_api_version: "V3",
    },
  };
  return typed("envoy.config.listener.v3.Listener", {
    name: ingressName,
    address: socketAddress(edge.ingress),
    filter_chains: httpFilterChain({
      name: ingressName,
      routes: { rds },
      more: { access_log: [accessLogEntry(join(folder, accessFile), tunnelCluster)] },
    }),
  });
}
