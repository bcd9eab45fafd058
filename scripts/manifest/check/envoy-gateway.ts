/** The rules for Envoy Gateway's resources: an EnvoyExtensionPolicy, as a WasmPlugin, cannot set the flag of holding. */
import type { JsonObject } from "../filter.ts";
import { settingsOf } from "../policy.ts";
import { checkTunnel, checkUpstreamChain } from "./envoyfilter.ts";
import { field, fieldIn, type Manifest } from "./source.ts";
import { checkDigest, checkPresence, checkSha256, decodePolicy, type Found } from "./wasm.ts";

export function checkEnvoyGateway(manifest: Manifest, found: readonly Found[]): void {
  if (manifest.value.kind === "EnvoyPatchPolicy") checkPatches(manifest, found);
  const list = fieldIn(manifest.value, "spec", "wasm");
  for (const [index, entry] of (Array.isArray(list) ? list : []).entries()) {
    const path = ["spec", "wasm", index];
    const text = fieldIn(entry, "config", "policy");
    if (!String(field(entry, "name")).startsWith("frostglass") && text === undefined) continue;
    const binary = typeof text === "string" ? decodePolicy(text) : undefined;
    if (!binary) {
      const message = "config.policy is no policy of this version";
      manifest.error("policy-unreadable", [...path, "config"], message, "generate the manifest again");
    } else {
      const settings = settingsOf({ binary });
      checkDigest(manifest, [...path, "config"], binary);
      checkPresence(manifest, [...path, "config"], settings);
      if (settings.hold) {
        const message = "the policy holds bodies, which an EnvoyExtensionPolicy cannot allow: each request would hang";
        const remedy = "set limits.hold of the policy to 0, or use --target envoy-gateway-patchpolicy";
        manifest.error("extensionpolicy-hold", [...path, "config"], message, remedy);
      }
      const keys = fieldIn(entry, "env", "hostKeys");
      for (const name of settings.environment.filter((each) => !Array.isArray(keys) || !keys.includes(each))) {
        const message = `the policy needs the variable ${name}, which the filter may not read: it would refuse every request`;
        manifest.error("environment", [...path, "env"], message, `add ${name} to env.hostKeys`);
      }
    }
    if (field(entry, "failOpen") === true) {
      const message = "failOpen lets originals through when the filter fails";
      manifest.error("fail-open", [...path, "failOpen"], message, "set it to false");
    }
    const kind = field(fieldIn(entry, "code"), "type") === "Image" ? "image" : "http";
    checkSha256(manifest, [...path, "code", kind, "sha256"], fieldIn(entry, "code", kind, "sha256"));
  }
}

/** That the Gateway which a policy targets, and the listener which it patches, are among the files, where any Gateway is. */
export function checkGatewayTargets(manifests: readonly Manifest[]): void {
  const listeners = new Map<string, string[]>();
  for (const { value } of manifests) {
    if (value.kind !== "Gateway" || !String(value.apiVersion).startsWith("gateway.networking.k8s.io/")) continue;
    const gateway = nameOf(value, fieldIn(value, "metadata", "name"));
    const list = fieldIn(value, "spec", "listeners");
    listeners.set(
      gateway,
      (Array.isArray(list) ? list : []).map((each) => `${gateway}/${field(each, "name")}`),
    );
  }
  if (listeners.size === 0) return;
  for (const manifest of manifests) {
    const { kind, spec } = manifest.value;
    if (kind !== "EnvoyExtensionPolicy" && kind !== "EnvoyPatchPolicy") continue;
    const many = field(spec, "targetRefs");
    const targets = [field(spec, "targetRef"), ...(Array.isArray(many) ? many : [])];
    for (const target of targets.filter((each) => field(each, "kind") === "Gateway")) {
      const gateway = nameOf(manifest.value, field(target, "name"));
      if (listeners.has(gateway)) continue;
      const message = `the Gateway ${gateway} is not among the files: a policy acts on Gateways of its own namespace alone`;
      manifest.warning("unknown-gateway", ["spec"], message, `is it ${[...listeners.keys()].join(" or ")}?`);
    }
    const patches = field(spec, "jsonPatches");
    for (const [index, patch] of (Array.isArray(patches) ? patches : []).entries()) {
      const name = String(field(patch, "name"));
      const known = [...listeners.values()].flat();
      if (!String(field(patch, "type")).endsWith(".Listener") || known.includes(name)) continue;
      const message = `no Gateway among the files has the listener ${name}: nothing would be patched`;
      manifest.warning(
        "unknown-listener",
        ["spec", "jsonPatches", index, "name"],
        message,
        `is it ${known.join(" or ")}?`,
      );
    }
  }
}

const nameOf = (resource: JsonObject, name: unknown): string =>
  `${fieldIn(resource, "metadata", "namespace") ?? "default"}/${name}`;

/** A patch of a listener puts the filter before all others, one of a cluster replaces its protocol options. */
function checkPatches(manifest: Manifest, found: readonly Found[]): void {
  const patches = fieldIn(manifest.value, "spec", "jsonPatches");
  for (const [index, patch] of (Array.isArray(patches) ? patches : []).entries()) {
    const path = ["spec", "jsonPatches", index];
    if (!found.some((each) => path.every((step, at) => each.path[at] === step))) continue;
    const place = String(fieldIn(patch, "operation", "path"));
    const type = String(field(patch, "type"));
    if (type.endsWith(".Listener") && !/\/http_filters\/\d+$/.test(place)) {
      const message = "the filter is put behind the router, where no request comes, or replaces the chain";
      manifest.error("behind-router", [...path, "operation", "path"], message, "end the path with /http_filters/0");
    } else if (type.endsWith(".Cluster")) {
      const options = fieldIn(patch, "operation", "value", "envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
      checkUpstreamChain(manifest, [...path, "operation", "value"], field(options, "http_filters"));
      for (const each of found) checkTunnel(each, String(field(patch, "name")));
    }
  }
}
