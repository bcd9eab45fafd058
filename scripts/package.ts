/**
 * `frostglass package`: the filter as an OCI image layout, for `oci://` in Istio and Envoy Gateway.
 *
 * The layout (OCI image-spec 1.1, image-layout.md) holds both variants of the Wasm Image Specification, under the tags
 * `compat` and `artifact`; tools such as skopeo, crane or oras push it to a registry.
 * Invariant: the same wasm gives the same layout, so that its digest can stand in a manifest before anything is pushed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { requirePolicy } from "./console.ts";
import { descriptor, imageOf, type Variant } from "./manifest/image.ts";
import { loadWasm } from "./wasm.ts";

interface Options {
  output: string;
  wasm?: string;
  policy?: string;
  json?: boolean;
}

const variants: readonly Variant[] = ["compat", "artifact"];

export function register(program: Command): void {
  program
    .command("package")
    .description("Writes the filter as an OCI image layout that Istio and Envoy Gateway can pull.")
    .requiredOption("-o, --output <folder>", "the folder of the layout")
    .option("--wasm <path>", "another filter than the one of this package")
    .option("--policy <file>", "also write this policy, compiled, beside the layout: one release, both digests")
    .option("--json", "one JSON object on stdout: the digests")
    .action(pack);
}

async function pack({ output, wasm: path, policy: policyPath, json }: Options): Promise<void> {
  const policy = policyPath === undefined ? undefined : await requirePolicy(policyPath);
  const wasm = loadWasm(path);
  const images = variants.map((variant) => ({ variant, image: imageOf(wasm, variant) }));
  const blobs = join(output, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  for (const { image } of images) {
    for (const { digest, bytes } of [image, ...image.blobs]) writeFileSync(join(blobs, digest), bytes);
  }
  const manifests = images.map(({ variant, image }) => ({
    ...descriptor(image),
    annotations: { "org.opencontainers.image.ref.name": variant },
  }));
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
  writeFileSync(join(output, "index.json"), `${JSON.stringify(index)}\n`);
  writeFileSync(join(output, "oci-layout"), `${JSON.stringify({ imageLayoutVersion: "1.0.0" })}\n`);
  if (policy) writeFileSync(join(output, `${policy.name}.fgpb`), policy.binary);
  const digests: Record<string, string> = Object.fromEntries(
    images.map(({ variant, image }) => [variant, `sha256:${image.digest}`]),
  );
  if (policy) digests[policy.name] = policy.digest;
  if (json) process.stdout.write(`${JSON.stringify({ output, digests }, null, 2)}\n`);
  else for (const [name, digest] of Object.entries(digests)) process.stdout.write(`${name}: ${digest}\n`);
}
