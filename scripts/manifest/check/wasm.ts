/**
 * The rules for one Wasm filter of frostglass in any configuration of Envoy: what would hang each request, let originals
 * through, or run something else than what was reviewed.
 */
import { createHash } from "node:crypto";
import { nearest } from "../../policy/diagnostics.ts";
import { unpacked } from "../configuration.ts";
import type { Json, JsonObject } from "../filter.ts";
import { ANNOTATION } from "../kubernetes.ts";
import { isPolicy, type Settings, settingsOf } from "../policy.ts";
import { field, fieldIn, isObject, type Manifest, type Path, walk } from "./source.ts";

/** A Wasm filter found in a manifest. */
export interface Found {
  manifest: Manifest;
  /** Of the PluginConfig. */
  path: Path;
  config: JsonObject;
  /** Of the filter's policy; undefined when it cannot be read. */
  settings: Settings | undefined;
}

const wasmType = "envoy.extensions.filters.http.wasm.v3.Wasm";
const runtime = "envoy.wasm.runtime.v8";
const structType = /type\.googleapis\.com\/(udpa\.type\.v1|xds\.type\.v3)\.TypedStruct$/;

/** Fields of envoy.extensions.wasm.v3 in Envoy 1.40. Istio and Envoy pass over others, with a warning at most. */
const known = {
  PluginConfig:
    "name root_id vm_config fail_open failure_policy reload_config configuration capability_restriction_config " +
    "allow_on_headers_stop_iteration",
  VmConfig: "vm_id runtime code configuration allow_precompiled nack_on_code_cache_miss environment_variables",
};

export function wasmFilters(manifest: Manifest): Found[] {
  const found: Found[] = [];
  for (const [object, path] of walk(manifest.value)) {
    const type = object["@type"];
    if (typeof type !== "string") continue;
    const isStruct = structType.test(type) && String(field(object, "type_url")).endsWith(wasmType);
    if (!isStruct && !type.endsWith(wasmType)) continue;
    const at = isStruct ? [...path, "value", "config"] : [...path, "config"];
    const config = isStruct ? fieldIn(object, "value", "config") : field(object, "config");
    if (!isObject(config) || !isOurs(manifest, config)) continue;
    if (isStruct) {
      const remedy = `use "@type": type.googleapis.com/${wasmType}`;
      manifest.error("typed-struct", path, "nobody checks the fields of a TypedStruct", remedy);
    }
    const binary = policyIn(field(config, "configuration"));
    found.push({ manifest, path: at, config, settings: binary && settingsOf({ binary }) });
  }
  return found;
}

function isOurs(manifest: Manifest, config: JsonObject): boolean {
  const named = [field(config, "name"), fieldIn(config, "vm_config", "vm_id")].some((name) =>
    /^frostglass\b/.test(String(name)),
  );
  return (
    named ||
    annotation(manifest, ANNOTATION.policy) !== undefined ||
    policyIn(field(config, "configuration")) !== undefined
  );
}

export function annotation(manifest: Manifest, name: string): string | undefined {
  const value = fieldIn(manifest.value, "metadata", "annotations");
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** The binary policy of a plugin configuration: a BytesValue, or base64 in a StringValue, packed or not. */
export function policyIn(configuration: Json | undefined): Uint8Array | undefined {
  const value = field(configuration, "value");
  return typeof value === "string" ? decodePolicy(value) : undefined;
}

export function decodePolicy(base64: string): Uint8Array | undefined {
  const bytes = unpacked(new Uint8Array(Buffer.from(base64, "base64")));
  return bytes && isPolicy(bytes) ? bytes : undefined;
}

export function checkWasm(found: Found): void {
  const { manifest, path, config, settings } = found;
  checkFields(manifest, path, config, known.PluginConfig);
  const vm = field(config, "vm_config");
  if (isObject(vm)) checkFields(manifest, [...path, "vm_config"], vm, known.VmConfig);
  if (field(vm, "runtime") !== runtime) {
    const at = [...path, "vm_config", "runtime"];
    manifest.error("runtime", at, "the gateways of Istio and Envoy have no such runtime", `set it to ${runtime}`);
  }
  checkFailure(found);
  checkSource(found);
  const binary = policyIn(field(config, "configuration"));
  if (!settings || !binary) {
    const remedy = "put the output of `frostglass manifest` there again";
    manifest.error(
      "policy-unreadable",
      [...path, "configuration"],
      "the plugin configuration is no policy of this version",
      remedy,
    );
    return;
  }
  checkDigest(manifest, [...path, "configuration"], binary);
  checkPresence(manifest, [...path, "configuration"], settings);
  const allowed = field(config, "allow_on_headers_stop_iteration") === true;
  if (settings.hold && !allowed) {
    const message = "the policy holds bodies, but allow_on_headers_stop_iteration is not set: each request would hang";
    manifest.error("hold-without-flag", path, message, "set it to true, or limits.hold of the policy to 0");
  }
  const given = fieldIn(vm, "environment_variables", "host_env_keys");
  const names = Array.isArray(given) ? given : [];
  for (const name of settings.environment.filter((each) => !names.includes(each))) {
    const message = `the policy needs the variable ${name}, which the filter may not read: it would refuse every request`;
    manifest.error(
      "environment",
      [...path, "vm_config", "environment_variables"],
      message,
      `add ${name} to host_env_keys`,
    );
  }
}

function checkFields(manifest: Manifest, path: Path, object: JsonObject, list: string): void {
  const names = list.split(" ");
  for (const name of Object.keys(object)) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (names.includes(snake)) continue;
    const near = nearest(snake, names);
    const remedy = near ? `did you mean ${near}?` : "remove it";
    manifest.error("unknown-field", [...path, name], `${name} is no field here, and would be passed over`, remedy);
  }
}

function checkFailure({ manifest, path, config }: Found): void {
  const policy = field(config, "failure_policy");
  if (field(config, "fail_open") === true) {
    const message = "fail_open lets originals through when the filter fails";
    manifest.error("fail-open", [...path, "fail_open"], message, "set it to false");
  }
  if (policy === "FAIL_OPEN") {
    const message = "FAIL_OPEN lets originals through when the filter fails";
    manifest.error("fail-open", [...path, "failure_policy"], message, "set it to FAIL_RELOAD");
  } else if (policy !== "FAIL_RELOAD") {
    const message = "after a trap every request is refused until the proxy is restarted";
    manifest.warning("no-reload", [...path, "failure_policy"], message, "set failure_policy to FAIL_RELOAD");
  }
}

function checkSource({ manifest, path, config }: Found): void {
  const at = [...path, "vm_config", "code"];
  const remote = fieldIn(config, "vm_config", "code", "remote");
  if (remote !== undefined) checkSha256(manifest, [...at, "remote", "sha256"], field(remote, "sha256"));
  // A piece of Envoy's own configuration has no place for the digest of a local file.
  else if (manifest.value.kind !== undefined) {
    const place = ["metadata", "annotations", ANNOTATION.wasmSha256];
    checkSha256(manifest, place, annotation(manifest, ANNOTATION.wasmSha256));
  }
}

/** The digest of the module, and that the annotation, which is what people read, does not say another. */
export function checkSha256(manifest: Manifest, path: Path, sha256: Json | undefined): void {
  const noted = annotation(manifest, ANNOTATION.wasmSha256);
  if (sha256 === undefined || sha256 === "") {
    manifest.error("sha256-missing", path, "the wasm is not pinned", "give its SHA-256, as `frostglass manifest` does");
  } else if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    manifest.error("sha256", path, "the SHA-256 is not 64 lower-case hex digits", "take the output of sha256sum");
  } else if (noted !== undefined && noted !== sha256) {
    manifest.error(
      "sha256-differs",
      path,
      `the annotation ${ANNOTATION.wasmSha256} says another SHA-256`,
      "generate the manifest again",
    );
  }
}

/** A header that anybody can send is no proof. It is no error: drills and tests attach such policies. */
export function checkPresence(manifest: Manifest, path: Path, { presence }: Settings): void {
  if (presence === undefined) return;
  const message = `verify is "presence": whoever sends the header ${presence} opens a session`;
  manifest.warning("verify-presence", path, message, 'for production set activation.verify of the policy to "jwt"');
}

/** That the policy is the one that its annotation names. */
export function checkDigest(manifest: Manifest, path: Path, binary: Uint8Array): void {
  const noted = annotation(manifest, ANNOTATION.policyDigest);
  if (noted === undefined || noted === `sha256:${createHash("sha256").update(binary).digest("hex")}`) return;
  manifest.error(
    "digest-differs",
    path,
    `the policy is not the one that ${ANNOTATION.policyDigest} names`,
    "generate the manifest again",
  );
}
