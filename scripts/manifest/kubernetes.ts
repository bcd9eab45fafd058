/**
 * What all Kubernetes resources of the targets share: their names, labels, annotations, and how a proxy gets the key.
 *
 * Invariant: each resource that attaches the filter names the wasm and the policy by digest, so that what runs can be told
 * from the resource alone.
 */
import type { JsonObject } from "./filter.ts";
import { nameOf } from "./options.ts";
import type { Settings } from "./policy.ts";
import type { WasmSource } from "./source.ts";
import type { TargetInput } from "./targets.ts";

export const ANNOTATION = {
  policy: "frostglass.dev/policy",
  policyDigest: "frostglass.dev/policy-digest",
  role: "frostglass.dev/role",
  wasmSha256: "frostglass.dev/wasm-sha256",
} as const;

/** The name of the resource. A policy may be attached in both roles, side by side. */
export const resourceName = ({ policy, settings, options }: TargetInput): string =>
  nameOf(options, `frostglass-${policy.name}${settings.role === "egress" ? "-egress" : ""}`);

/** `metadata` of a resource; with `wasm` it attaches the filter. */
export function metadata(input: TargetInput, namespace: string, wasm?: WasmSource): JsonObject {
  const { policy, settings, options } = input;
  return {
    name: resourceName(input),
    namespace,
    labels: { "app.kubernetes.io/name": "frostglass", "app.kubernetes.io/managed-by": "frostglass", ...options.label },
    annotations: {
      [ANNOTATION.policy]: policy.name,
      [ANNOTATION.policyDigest]: policy.digest,
      ...(wasm ? { [ANNOTATION.role]: settings.role, [ANNOTATION.wasmSha256]: wasm.sha256 } : {}),
    },
  };
}

/** What stands above each resource that attaches the filter; `container` is the one that Envoy runs in. */
export const headOf = ({ settings, source, options }: TargetInput, title: string, container: string): string[] => [
  title,
  ...roleNotes(settings),
  ...presenceNotes(settings),
  ...fileNotes(source),
  ...environmentNotes(settings, options.secret, container),
];

function roleNotes({ role, egress: { clusters, hosts, otherwise } }: Settings): string[] {
  if (role === "edge") return [];
  const list = (kind: string, names: string[]) => (names.length > 0 ? [`${kind} ${names.join(", ")}`] : []);
  const allowed = [...list("clusters", clusters), ...list("hosts", hosts)].join(", and only at ") || "nobody";
  return [
    "",
    `Egress, for what the hotfix calls: tokens become originals for ${allowed};`,
    otherwise === "block"
      ? "calls to anyone else are refused."
      : "calls to anyone else keep their tokens. Every answer is anonymized.",
  ];
}

function presenceNotes({ presence }: Settings): string[] {
  if (presence === undefined) return [];
  return [
    "",
    `WARNING: verify is "presence". Whoever sends the header ${presence} opens a session, without any proof.`,
    'For production set activation.verify of the policy to "jwt".',
  ];
}

/** How the variables of a policy get from a Secret into the environment of the proxy's container. */
function environmentNotes({ environment, role }: Settings, secret: string, container: string): string[] {
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
    ...(role === "egress" ? ["It is the Secret of the edge: under another root key no token turns back."] : []),
  ];
}

/** How the module gets to a proxy that reads it from a file. */
function fileNotes({ kind, reference, sha256 }: WasmSource): string[] {
  if (kind !== "file") return [];
  return [
    "",
    `Mount the wasm into the proxy at ${reference}. Envoy does not check a local file: let what puts it there`,
    `compare its SHA-256 (sha256sum -c) with ${sha256}.`,
  ];
}
