/**
 * What all Kubernetes resources of the targets share: their names, labels, annotations, and how a proxy gets the key.
 *
 * Invariant: each resource that attaches the filter names the wasm and the policy by digest, so that what runs can be told
 * from the resource alone.
 */
import type { JsonObject } from "./filter.ts";
import type { Settings } from "./policy.ts";
import type { WasmSource } from "./source.ts";

export const ANNOTATION = {
  policy: "frostglass.dev/policy",
  policyDigest: "frostglass.dev/policy-digest",
  wasmSha256: "frostglass.dev/wasm-sha256",
} as const;

/** `metadata` of a resource; `pinned` says what it attaches. */
export function metadata(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  pinned: { policy: string; digest: string; wasm?: WasmSource },
): JsonObject {
  return {
    name,
    namespace,
    labels: { "app.kubernetes.io/name": "frostglass", "app.kubernetes.io/managed-by": "frostglass", ...labels },
    annotations: {
      [ANNOTATION.policy]: pinned.policy,
      [ANNOTATION.policyDigest]: pinned.digest,
      ...(pinned.wasm ? { [ANNOTATION.wasmSha256]: pinned.wasm.sha256 } : {}),
    },
  };
}

/** How the variables of a policy get from a Secret into the environment of the proxy's container. */
export function environmentNotes({ environment }: Settings, secret: string, container: string): string[] {
  if (environment.length === 0) return [];
  return [
    "",
    `The filter reads ${environment.join(", ")} from the environment of the proxy and from nowhere else. Put the`,
    `value into a Secret, and the Secret into the container "${container}" of the proxy's pods:`,
    `  kubectl create secret generic ${secret}${environment.map((name) => ` --from-file=${name}`).join("")}`,
    `  containers: [{name: ${container}, env: [`,
    ...environment.map((name) => `    {name: ${name}, valueFrom: {secretKeyRef: {name: ${secret}, key: ${name}}}},`),
    "  ]}]",
    "Without it the policy is refused, and with it every request.",
  ];
}

/** How the module gets to a proxy that reads it from a file. */
export function fileNotes({ kind, reference, sha256 }: WasmSource): string[] {
  if (kind !== "file") return [];
  return [
    "",
    `Mount the wasm into the proxy at ${reference}. Envoy does not check a local file: let what puts it there`,
    `compare its SHA-256 (sha256sum -c) with ${sha256}.`,
  ];
}
