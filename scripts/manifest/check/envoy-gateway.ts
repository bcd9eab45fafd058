/** The rules for Envoy Gateway's resources: an EnvoyExtensionPolicy, as a WasmPlugin, cannot set the flag of holding. */
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
