/**
 * `--target istio-envoyfilter`: the filter in a chain that Istio makes.
 *
 * - gateway, sidecar-inbound, sidecar-outbound: before the router of the HTTP chain, behind all other filters there.
 * - tunnel: in the upstream chain of the tunnel's cluster. What enters the tunnel passes it whatever routed it there,
 *   mirrored and retried requests included, and nothing that changes the route afterwards can go around it.
 *
 * A module in a file stands in the chain itself. Envoy of Istio cannot fetch one: istio-agent does, for extension
 * configurations alone, so that a remote module is one (ECDS), and the chain refers to it. Until it is there the chain is
 * not taken into service; when its digest is wrong, the agent puts a filter there that denies everything.
 */
import { CommandError } from "../console.ts";
import { type JsonObject, upstreamHttpFilters } from "./filter.ts";
import { globMatches } from "./glob.ts";
import { headOf, metadata, resourceName } from "./kubernetes.ts";
import { type Attach, gatewayLabels, hostOf, type ManifestOptions, selectorOf } from "./options.ts";
import { filterOf } from "./policy.ts";
import type { TargetInput } from "./targets.ts";
import type { Resource } from "./yaml.ts";

const type = "type.googleapis.com/";
/** Of the ties in Istio's order the last: the nearest to the router. */
const priority = 1000;

const contexts = {
  gateway: "GATEWAY",
  "sidecar-inbound": "SIDECAR_INBOUND",
  "sidecar-outbound": "SIDECAR_OUTBOUND",
} as const;

export function envoyFilter(targetInput: TargetInput): Resource[] {
  const { policy, settings, source, options } = targetInput;
  const { attach } = options;
  if (attach === "tunnel" && settings.role === "egress") {
    throw new CommandError(
      "an egress policy turns tokens into originals, and the tunnel must not get any; add --attach gateway",
      2,
    );
  }
  const name = resourceName(targetInput);
  const filter = filterOf(policy, source.kind === "file" ? source.reference : remote(source.reference, source.sha256));
  const [entry, extension] = source.kind === "file" ? [filter, undefined] : discovered(`frostglass.${name}`, filter);
  const chain =
    attach === "tunnel" ? clusterPatch(entry, input(options), settings) : listenerPatch(entry, attach, options);
  const context = chain.match.context;
  const patches = [
    ...(extension
      ? [{ applyTo: "EXTENSION_CONFIG", match: { context }, patch: { operation: "ADD", value: extension } }]
      : []),
    chain,
  ];
  return [
    {
      head: headOf(targetInput, titles[attach], "istio-proxy"),
      value: {
        apiVersion: "networking.istio.io/v1alpha3",
        kind: "EnvoyFilter",
        metadata: metadata(targetInput, namespaceOf(options), source),
        spec: {
          workloadSelector: {
            labels: selectorOf(options, isGateway(attach) ? gatewayLabels(settings.role) : undefined),
          },
          priority,
          configPatches: patches,
        },
      },
      comments: [
        [
          ["metadata", "namespace"],
          "Edit: where the proxies run. Elsewhere, but in the root namespace, it acts on nothing.",
        ],
        [["spec", "workloadSelector"], "Edit: the labels of the proxies."],
      ],
    },
  ];
}

const isGateway = (attach: Attach) => attach === "gateway" || attach === "tunnel";
const namespaceOf = ({ namespace, attach }: ManifestOptions) =>
  namespace ?? (isGateway(attach) ? "istio-system" : "default");

const titles: Record<Attach, string> = {
  gateway: "frostglass in the HTTP chain of a gateway: it sees each request before it is routed.",
  "sidecar-inbound": "frostglass in the inbound HTTP chain of a sidecar: it sees what comes to the workload.",
  "sidecar-outbound": "frostglass in the outbound HTTP chain of a sidecar: it sees what the workload sends.",
  tunnel:
    "frostglass in the upstream chain of the tunnel's cluster: it sees all that enters the tunnel, and nothing else.",
};

interface Patch extends JsonObject {
  match: { context: string } & JsonObject;
}

function listenerPatch(entry: JsonObject, attach: keyof typeof contexts, { port }: ManifestOptions): Patch {
  return {
    applyTo: "HTTP_FILTER",
    match: {
      context: contexts[attach],
      listener: {
        ...(port === undefined ? {} : { portNumber: port }),
        filterChain: {
          filter: {
            name: "envoy.filters.network.http_connection_manager",
            subFilter: { name: "envoy.filters.http.router" },
          },
        },
      },
    },
    patch: { operation: "INSERT_BEFORE", value: entry },
  };
}

interface Tunnel {
  host: string;
  subset: string;
  port: number | undefined;
  protocol: ManifestOptions["protocol"];
}

const input = (options: ManifestOptions): Tunnel => ({
  host: hostOf(options),
  subset: options.subset,
  port: options.port,
  protocol: options.protocol,
});

function clusterPatch(entry: JsonObject, tunnel: Tunnel, settings: TargetInput["settings"]): Patch {
  const { host, subset, port, protocol } = tunnel;
  if (!settings.always && !coversCluster(settings.clusters, tunnel)) {
    throw new CommandError(
      "the policy is not active for the tunnel's cluster, so that a request without session would enter as it is; " +
        `set activation.clusters to ["outbound|${port ?? "*"}|${subset}|${host}"]`,
    );
  }
  return {
    applyTo: "CLUSTER",
    match: {
      // A tunnel is reached from gateways and from sidecars; the name says which cluster it is.
      context: "ANY",
      cluster: { service: host, subset, ...(port === undefined ? {} : { portNumber: port }) },
    },
    // Istio replaces the whole entry of this key: the protocol of the cluster is said here too.
    patch: { operation: "MERGE", value: { typed_extension_protocol_options: upstreamHttpFilters(entry, protocol) } },
  };
}

/** Whether a cluster of this subset is active by its name, whatever port it has. */
function coversCluster(globs: readonly string[], { host, subset, port }: Tunnel): boolean {
  const ports = port === undefined ? [80, 65535] : [port];
  return ports.every((each) => globs.some((glob) => globMatches(glob, `outbound|${each}|${subset}|${host}`)));
}

function remote(uri: string, sha256: string): JsonObject {
  // The agent fetches it. Envoy demands the name of a cluster all the same.
  return { remote: { http_uri: { uri, cluster: "_", timeout: "30s" }, sha256 } };
}

/** The reference in the chain, and the extension configuration that it names. */
function discovered(name: string, filter: JsonObject): [JsonObject, JsonObject] {
  const reference = {
    name,
    config_discovery: {
      config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
      type_urls: [
        `${type}envoy.extensions.filters.http.wasm.v3.Wasm`,
        `${type}envoy.extensions.filters.http.rbac.v3.RBAC`,
      ],
    },
  };
  return [reference, { ...filter, name }];
}
