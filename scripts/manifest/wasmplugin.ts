/**
 * `--target istio-wasmplugin`: the filter by Istio's own resource for Wasm. Refused for a policy that holds: Istio makes
 * the filter's configuration and cannot set `allow_on_headers_stop_iteration`, without which a held request hangs.
 *
 * Istio hands on `pluginConfig` as JSON text; the filter takes the member `policy` of it.
 */
import { CommandError } from "../console.ts";
import { environmentNotes, fileNotes, metadata } from "./kubernetes.ts";
import { nameOf, selectorOf } from "./options.ts";
import type { TargetInput } from "./targets.ts";
import type { Resource } from "./yaml.ts";

/** Within its phase, the last before the router. */
const priority = -1000;

export function wasmPlugin({ policy, settings, source, options }: TargetInput): Resource[] {
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
      head: [
        "frostglass as a WasmPlugin, for a policy that holds nothing: what is refused in its middle is cut.",
        ...fileNotes(source),
        ...environmentNotes(settings, options.secret, "istio-proxy"),
      ],
      value: {
        apiVersion: "extensions.istio.io/v1alpha1",
        kind: "WasmPlugin",
        metadata: metadata(
          nameOf(options, `frostglass-${policy.name}`),
          options.namespace ?? (isGateway ? "istio-system" : "default"),
          options.label,
          { policy: policy.name, digest: policy.digest, wasm: source },
        ),
        spec: {
          selector: { matchLabels: selectorOf(options, isGateway ? { istio: "ingressgateway" } : undefined) },
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
          pluginConfig: { policy: Buffer.from(policy.binary).toString("base64") },
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
