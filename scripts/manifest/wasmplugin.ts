/**
 * `--target istio-wasmplugin`: the filter by Istio's own resource for Wasm. Refused for a policy that holds: Istio makes
 * the filter's configuration and cannot set `allow_on_headers_stop_iteration`, without which a held request hangs.
 *
 * Istio hands on `pluginConfig` as JSON text; the filter takes the member `policy` of it.
 */
import { CommandError } from "../console.ts";
import { packed } from "./configuration.ts";
import { headOf, metadata } from "./kubernetes.ts";
import { gatewayLabels, selectorOf } from "./options.ts";
import type { TargetInput } from "./targets.ts";
import type { Resource } from "./yaml.ts";

/** Within its phase, the last before the router. */
const priority = -1000;

export function wasmPlugin(input: TargetInput): Resource[] {
  const { policy, settings, source, options } = input;
  const { attach } = options;
  if (attach === "tunnel") {
    throw new CommandError(
      "a WasmPlugin reaches no upstream chain; add --attach gateway, or use --target istio-envoyfilter",
      2,
    );
  }
  if (settings.hold) {
    throw new CommandError(
      "the policy holds bodies, which a WasmPlugin cannot allow: each request would hang; " +
        "set limits.hold of the policy to 0, or use --target istio-envoyfilter",
    );
  }
  const isGateway = attach === "gateway";
  return [
    {
      head: headOf(
        input,
        "frostglass as a WasmPlugin, for a policy that holds nothing: what is refused in its middle is cut.",
        "istio-proxy",
      ),
      value: {
        apiVersion: "extensions.istio.io/v1alpha1",
        kind: "WasmPlugin",
        metadata: metadata(input, options.namespace ?? (isGateway ? "istio-system" : "default"), source),
        spec: {
          selector: { matchLabels: selectorOf(options, isGateway ? gatewayLabels(settings.role) : undefined) },
          url: source.kind === "file" ? `file://${source.reference}` : source.reference,
          ...(source.kind === "file" ? {} : { sha256: source.sha256, imagePullPolicy: "IfNotPresent" }),
          type: "HTTP",
          phase: "UNSPECIFIED_PHASE",
          priority,
          pluginName: policy.name,
          failStrategy: "FAIL_RELOAD",
          match: [
            {
              mode: attach === "sidecar-inbound" ? "SERVER" : "CLIENT",
              ...(options.port === undefined ? {} : { ports: [{ number: options.port }] }),
            },
          ],
          ...(settings.environment.length > 0
            ? { vmConfig: { env: settings.environment.map((name) => ({ name, valueFrom: "HOST" })) } }
            : {}),
          pluginConfig: { policy: Buffer.from(packed(policy.binary)).toString("base64") },
        },
      },
      comments: [
        [
          ["metadata", "namespace"],
          "Edit: where the proxies run. Elsewhere, but in the root namespace, it acts on nothing.",
        ],
        [["spec", "selector"], "Edit: the labels of the proxies."],
      ],
    },
  ];
}
