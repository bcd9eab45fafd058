/**
 * Where a gateway gets the wasm: a file that it mounts, an https URL, or an OCI image, each with the SHA-256 that it must
 * have. For an image that is the digest of its manifest, for the others the one of the wasm itself.
 *
 * Invariant: nothing is named without its digest. Unless given, it is the one of this package's own filter.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CommandError } from "../console.ts";
import { loadWasm, wasmPath } from "../wasm.ts";
import { imageOf } from "./image.ts";

export interface WasmSource {
  kind: "file" | "https" | "oci";
  /** An absolute path, or the URL with its scheme. */
  reference: string;
  sha256: string;
}

export function sourceOf(reference: string | undefined, sha256: string | undefined): WasmSource {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new CommandError("--wasm-sha256 is not 64 lower-case hex digits; take the output of sha256sum", 2);
  }
  if (reference?.startsWith("https://")) {
    return { kind: "https", reference, sha256: sha256 ?? sha256Of(loadWasm()) };
  }
  if (reference?.startsWith("oci://")) {
    const pinned = /@sha256:([0-9a-f]{64})$/.exec(reference)?.[1];
    if (pinned && sha256 && pinned !== sha256) {
      throw new CommandError("--wasm names another digest than --wasm-sha256; give one of them", 2);
    }
    return { kind: "oci", reference, sha256: sha256 ?? pinned ?? imageOf(loadWasm(), "compat").digest };
  }
  if (reference && /^[a-z]+:\/\//.test(reference)) {
    throw new CommandError("--wasm has a scheme that is not supported; use a path, https:// or oci://", 2);
  }
  // A gateway resolves a relative path against its own working directory, which is hardly ever this one.
  const path = reference === undefined ? wasmPath : resolve(reference);
  // The path is the gateway's: here it may well not exist, and the filter of this package is what belongs there.
  const local = existsSync(path) ? readFileSync(path) : loadWasm();
  return { kind: "file", reference: path, sha256: sha256 ?? sha256Of(local) };
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
