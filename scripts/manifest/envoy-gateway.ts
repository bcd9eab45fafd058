/**
 * Envoy Gateway's resources (gateway.envoyproxy.io/v1alpha1, as of its releases 1.7 to 1.9). Its own code
 * serves them to a real Envoy in test/gateway/envoy-gateway.test.ts, and `frostglass manifest --check` reads them.
 *
 * - EnvoyExtensionPolicy fetches the module itself. As a WasmPlugin it cannot set the flag of holding.
 * - EnvoyPatchPolicy patches what Envoy Gateway made of a listener: the filter becomes the first of its chain. It has to
 *   be allowed in the settings of Envoy Gateway (extensionApis.enableEnvoyPatchPolicy).
 */
import { CommandError } from "../console.ts";
import { packed } from "./configuration.ts";
import { upstreamHttpFilters } from "./filter.ts";
import { headOf, metadata } from "./kubernetes.ts";
import type { ManifestOptions } from "./options.ts";
import { filterOf } from "./policy.ts";
import type { TargetInput } from "./targets.ts";
import type { Resource } from "./yaml.ts";

const apiVersion = "gateway.envoyproxy.io/v1alpha1";
const edit = "Edit: the Gateway, in the namespace of this resource.";

function gatewayOf({ gateway }: ManifestOptions): string {
  const [name, ...more] = gateway;
  if (name === undefined || more.length > 0) throw new CommandError("--gateway is missing; name the one Gateway", 2);
  return name;
}

const metadataOf = (input: TargetInput) => metadata(input, input.options.namespace ?? "default", input.source);

export function extensionPolicy(input: TargetInput): Resource[] {
  const { policy, settings, source, options } = input;
  if (settings.hold) {
    throw new CommandError(
      "the policy holds bodies, which an EnvoyExtensionPolicy cannot allow: each request would hang; " +
        "set limits.hold of the policy to 0, or use --target envoy-gateway-patchpolicy",
    );
  }
  if (source.kind === "file") {
    throw new CommandError("Envoy Gateway fetches the module itself; give --wasm as an https:// or oci:// URL", 2);
  }
  const { sha256 } = source;
  return [
    {
      head: headOf(input, "frostglass as an EnvoyExtensionPolicy, for a policy that holds nothing.", "envoy"),
      value: {
        apiVersion,
        kind: "EnvoyExtensionPolicy",
        metadata: metadataOf(input),
        spec: {
          targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gatewayOf(options) }],
          wasm: [
            {
              name: "frostglass",
              rootID: policy.name,
              failOpen: false,
              code:
                source.kind === "oci"
                  ? { type: "Image", image: { url: source.reference.replace(/^oci:\/\//, ""), sha256 } }
                  : { type: "HTTP", http: { url: source.reference, sha256 } },
              ...(settings.environment.length > 0 ? { env: { hostKeys: settings.environment } } : {}),
              config: { policy: Buffer.from(packed(policy.binary)).toString("base64") },
            },
          ],
        },
      },
      comments: [[["spec", "targetRefs"], edit]],
    },
  ];
}

/** Envoy Gateway names clusters after routes; the policy has to be active for this one by its name. */
function clusterOf({ clusters }: TargetInput["settings"]): string {
  const [name, ...more] = clusters;
  if (name !== undefined && more.length === 0 && !name.includes("*")) return name;
  throw new CommandError(
    "the policy does not name the one cluster of the tunnel, so that a request without session would enter as it is; " +
      'set activation.clusters to ["httproute/NAMESPACE/ROUTE/rule/INDEX"]',
  );
}

export function patchPolicy(input: TargetInput): Resource[] {
  const { settings, source, options } = input;
  if (source.kind !== "file") {
    throw new CommandError(
      "an EnvoyPatchPolicy cannot fetch the module; give --wasm as the path of a file that the proxy mounts",
      2,
    );
  }
  const filter = filterOf(input.policy, source.reference);
  const isTunnel = options.attach === "tunnel";
  if (isTunnel && settings.role === "egress") {
    throw new CommandError(
      "an egress policy turns tokens into originals, and the tunnel must not get any; add --attach gateway",
      2,
    );
  }
  const place = isTunnel
    ? {
        type: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
        name: clusterOf(settings),
        operation: {
          op: "add",
          path: "/typed_extension_protocol_options",
          value: upstreamHttpFilters(filter, options.protocol),
        },
      }
    : {
        type: "type.googleapis.com/envoy.config.listener.v3.Listener",
        name: `${options.namespace ?? "default"}/${gatewayOf(options)}/http`,
        operation: {
          op: "add",
          path: "/default_filter_chain/filters/0/typed_config/http_filters/0",
          value: filter,
        },
      };
  return [
    {
      head: headOf(
        input,
        "frostglass as an EnvoyPatchPolicy, which has to be allowed: extensionApis.enableEnvoyPatchPolicy in EnvoyGateway.",
        "envoy",
      ),
      value: {
        apiVersion,
        kind: "EnvoyPatchPolicy",
        metadata: metadataOf(input),
        spec: {
          targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: gatewayOf(options) },
          type: "JSONPatch",
          jsonPatches: [place],
        },
      },
      comments: [
        [["spec", "targetRef"], edit],
        [
          ["spec", "jsonPatches", 0, "name"],
          isTunnel
            ? "The cluster of the route into the tunnel, as in activation.clusters of the policy."
            : "Edit: NAMESPACE/GATEWAY/LISTENER. A listener with TLS has its chain at /filter_chains/0.",
        ],
      ],
    },
  ];
}
