/**
 * `frostglass manifest --check`: reads manifests as they stand, edited or not, and says what in them would hang requests,
 * let originals through, or run something that nobody reviewed, before anything is applied.
 *
 * It knows what a schema cannot: settings that belong together but stand apart, in the policy, the filter, the chain and
 * the routes. It does not repeat what `istioctl validate` says (docs/istio.md has who catches what).
 */
import { readFileSync } from "node:fs";
import { type Diagnostic, sortDiagnostics } from "../policy/diagnostics.ts";
import { checkEnvoyGateway, checkGatewayTargets } from "./check/envoy-gateway.ts";
import { checkEnvoyFilter, checkUpstreamChain } from "./check/envoyfilter.ts";
import { checkHttp10 } from "./check/http10.ts";
import { checkInterim } from "./check/interim.ts";
import { checkRoutes } from "./check/routes.ts";
import { field, fieldIn, type Manifest, ManifestFile } from "./check/source.ts";
import { annotation, checkWasm, type Found, wasmFilters } from "./check/wasm.ts";
import { checkWasmPlugin } from "./check/wasmplugin.ts";
import { ANNOTATION } from "./kubernetes.ts";

export function checkManifests(paths: readonly string[]): Diagnostic[] {
  const files = paths.map((path) => read(path));
  const manifests = files.flatMap((file) => file.manifests);
  const found = manifests.flatMap((manifest) => checkOne(manifest));
  checkRoutes(manifests);
  checkGatewayTargets(manifests);
  checkSharedVms(found);
  const ours = manifests.some((manifest) => annotation(manifest, ANNOTATION.policy) !== undefined);
  const diagnostics = files.flatMap((file) => file.diagnostics);
  if (diagnostics.length === 0 && !ours && found.length === 0) {
    files[0]?.report(
      "error",
      "nothing-attached",
      0,
      "no frostglass filter is in these files",
      "name the files that attach it",
    );
    return files.flatMap((file) => file.diagnostics);
  }
  return sortDiagnostics(diagnostics);
}

function read(path: string): ManifestFile {
  try {
    return new ManifestFile(path, readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error;
    const file = new ManifestFile(path, "");
    file.report("error", "no-file", 0, `the file cannot be read: ${(error as Error).message}`, "check the path");
    return file;
  }
}

function checkOne(manifest: Manifest): Found[] {
  checkHttp10(manifest);
  const found = wasmFilters(manifest);
  for (const each of found) checkWasm(each);
  checkInterim(manifest, found);
  const { kind } = manifest.value;
  const patches = kind === "EnvoyFilter" || kind === "EnvoyPatchPolicy";
  if (patches && found.length === 0 && annotation(manifest, ANNOTATION.wasmSha256) !== undefined) {
    const remedy = "put the output of `frostglass manifest` there again";
    manifest.error("no-filter", ["spec"], "it says that it attaches frostglass, and holds no filter of it", remedy);
  }
  if (kind === "EnvoyFilter") checkEnvoyFilter(manifest, found);
  else if (kind === "WasmPlugin") checkWasmPlugin(manifest);
  else if (kind === "EnvoyExtensionPolicy" || kind === "EnvoyPatchPolicy") checkEnvoyGateway(manifest, found);
  else if (kind === undefined) checkUpstreamOptions(manifest, found);
  return found;
}

/** What `--target envoy-upstream` prints, for a cluster whose name is not known here. */
function checkUpstreamOptions(manifest: Manifest, found: readonly Found[]): void {
  const name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const options = fieldIn(manifest.value, name);
  if (options === undefined) return;
  checkUpstreamChain(manifest, [name], field(options, "http_filters"));
  for (const { path, settings } of found) {
    // At egress nobody gets through without a session, whatever the cluster.
    if (!settings || settings.role === "egress" || settings.always || settings.clusters.length > 0) continue;
    const message = "the policy is active by header alone: a request without it would enter the tunnel as it is";
    manifest.error("clusters-missing", path, message, "name the tunnel's cluster in activation.clusters of the policy");
  }
}

/** Envoy gives all plugins of a VM the environment of the first. */
function checkSharedVms(found: readonly Found[]): void {
  const first = new Map<string, string>();
  for (const { manifest, path, config } of found) {
    const id = String(fieldIn(config, "vm_config", "vm_id") ?? "");
    const variables = JSON.stringify(fieldIn(config, "vm_config", "environment_variables") ?? {});
    const before = first.get(id);
    if (before === undefined) first.set(id, variables);
    else if (before !== variables) {
      const message = `another filter has the vm_id ${JSON.stringify(id)} with another environment, and one of both would get the wrong one`;
      manifest.error("shared-vm", [...path, "vm_config", "vm_id"], message, "give each its own vm_id");
    }
  }
}
