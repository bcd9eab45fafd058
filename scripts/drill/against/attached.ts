/**
 * The filters of frostglass that a running Envoy has, from its `/config_dump`: where each stands, under which policy, and
 * what `manifest --check` would say of it.
 *
 * Invariant: what Envoy runs is looked at, not what waits or was refused; nothing of the dump is told but names, digests
 * and the codes of the check.
 */
import { createHash } from "node:crypto";
import { checkTunnel, checkUpstreamChain } from "../../manifest/check/envoyfilter.ts";
import { checkHttp10 } from "../../manifest/check/http10.ts";
import { checkInterim } from "../../manifest/check/interim.ts";
import { field, fieldIn, isObject, ManifestFile } from "../../manifest/check/source.ts";
import { checkWasm, policyIn, wasmFilters } from "../../manifest/check/wasm.ts";
import type { JsonObject } from "../../manifest/filter.ts";
import { type Settings, settingsOf } from "../../manifest/policy.ts";
import { HEADER } from "../../policy/constants.ts";
import type { Diagnostic } from "../../policy/diagnostics.ts";

export interface Attached {
  /** `listener NAME`, `cluster NAME` or `extension NAME`. */
  place: string;
  /** Undefined when its configuration is no policy of this version. */
  policy: { name: string; digest: string; settings: Settings } | undefined;
  /** SHA-256 of the module where Envoy fetches it; a local file has none here. */
  wasm: string | undefined;
}

export interface Dump {
  attached: Attached[];
  /** What would hang requests or let originals through. */
  findings: Diagnostic[];
  clusters: string[];
}

const wasmType = "envoy.extensions.filters.http.wasm.v3.Wasm";
const optionsName = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

export function readDump(dump: JsonObject): Dump {
  const result: Dump = { attached: [], findings: [], clusters: [] };
  for (const { kind, resource } of resourcesOf(dump)) {
    const name = String(field(resource, "name"));
    if (kind === "cluster") result.clusters.push(name);
    const text = JSON.stringify(resource);
    if (!text.includes(wasmType)) continue;
    const place = `${kind} ${name}`;
    const file = new ManifestFile(place, text);
    for (const manifest of file.manifests) {
      checkHttp10(manifest);
      const found = wasmFilters(manifest);
      for (const each of found) {
        checkWasm(each);
        if (kind === "cluster") checkTunnel(each, name);
        result.attached.push(attachedOf(place, each.config));
      }
      checkInterim(manifest, found);
      const chain = ["typed_extension_protocol_options", optionsName, "http_filters"];
      if (kind === "cluster" && found.length > 0) checkUpstreamChain(manifest, chain, fieldIn(resource, ...chain));
    }
    result.findings.push(...file.diagnostics);
  }
  return result;
}

function attachedOf(place: string, config: JsonObject): Attached {
  const binary = policyIn(field(config, "configuration"));
  const sha256 = fieldIn(config, "vm_config", "code", "remote", "sha256");
  return {
    place,
    policy: binary && {
      name: nameIn(binary),
      digest: `sha256:${createHash("sha256").update(binary).digest("hex")}`,
      settings: settingsOf({ binary }),
    },
    wasm: typeof sha256 === "string" ? sha256 : undefined,
  };
}

function nameIn(binary: Uint8Array): string {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const at = view.getUint32(HEADER.NAME, true);
  return new TextDecoder().decode(binary.subarray(at, at + view.getUint32(HEADER.NAME + 4, true)));
}

/** Where each kind stands in the sections of a dump: the list, and the way from an element to the resource. */
const sections = [
  ["static_listeners", "listener", ["listener"]],
  ["dynamic_listeners", "listener", ["active_state", "listener"]],
  ["static_clusters", "cluster", ["cluster"]],
  ["dynamic_active_clusters", "cluster", ["cluster"]],
  ["ecds_filters", "extension", ["ecds_filter"]],
] as const;

function* resourcesOf(
  dump: JsonObject,
): Generator<{ kind: "listener" | "cluster" | "extension"; resource: JsonObject }> {
  const configs = field(dump, "configs");
  for (const config of Array.isArray(configs) ? configs : []) {
    for (const [list, kind, way] of sections) {
      const elements = field(config, list);
      for (const element of Array.isArray(elements) ? elements : []) {
        const resource = fieldIn(element, ...way);
        if (isObject(resource)) yield { kind, resource };
      }
    }
  }
}
