/** The bootstrap of an Envoy that Istio configures over ADS, as a gateway or as the sidecar of a workload. */
import type { JsonObject } from "../manifest/filter.ts";

export interface ProxyOptions {
  kind: "gateway" | "sidecar";
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The port of istiod. */
  discovery: number;
}

/** Of the workload. Istio takes a proxy for every endpoint of its address, so that no other service may have it. */
export const address = "127.0.0.2";

export function proxyConfig({ kind, namespace, name, labels, discovery }: ProxyOptions): JsonObject {
  const role = kind === "gateway" ? "router" : "sidecar";
  return {
    node: {
      id: `${role}~${address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${name}.${namespace}`,
      metadata: {
        ISTIO_VERSION: "1.31.0",
        CLUSTER_ID: "Kubernetes",
        NAMESPACE: namespace,
        NAME: name,
        WORKLOAD_NAME: name,
        LABELS: { ...labels },
        INSTANCE_IPS: address,
        // No iptables: listeners are bound as the Sidecar resource says.
        ...(kind === "sidecar" ? { INTERCEPTION_MODE: "NONE" } : {}),
      },
    },
    ...adsBootstrap(discovery),
  };
}

/** All configuration over ADS from this port, and clusters that are there from the start. */
export function adsBootstrap(discovery: number, clusters: JsonObject[] = []): JsonObject {
  const source: JsonObject = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" };
  return {
    admin: { address: loopback(0) },
    dynamic_resources: {
      ads_config: {
        api_type: "GRPC",
        transport_api_version: "V3",
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: "xds-grpc" } }],
      },
      lds_config: source,
      cds_config: source,
    },
    static_resources: { clusters: [staticCluster("xds-grpc", discovery, "http2"), ...clusters] },
  };
}

export const staticCluster = (name: string, port: number, protocol: "http1" | "http2"): JsonObject => ({
  name,
  type: "STATIC",
  connect_timeout: "2s",
  typed_extension_protocol_options: {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
      explicit_http_config: protocol === "http2" ? { http2_protocol_options: {} } : { http_protocol_options: {} },
    },
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: loopback(port) } }] }],
  },
});

const loopback = (port: number): JsonObject => ({ socket_address: { address: "127.0.0.1", port_value: port } });
