// The image layout that `frostglass package` writes, read by its specifications: OCI image-spec 1.1 and the Wasm Image
// Specification. That Istio pulls it is shown in test/istio/remote.test.ts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { wasmPath } from "../../../scripts/wasm.ts";
import { cardPolicy } from "../../support/envoy.ts";
import { fileOf, frostglass } from "../../support/manifests.ts";

const folder = mkdtempSync(join(tmpdir(), "frostglass-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

const pack = (name: string) => {
  const policy = fileOf(JSON.stringify(cardPolicy));
  const { status, stdout } = frostglass("package", "-o", join(folder, name), "--policy", policy, "--json");
  expect(status).toBe(0);
  return JSON.parse(stdout) as { digests: Record<string, string> };
};
const { digests } = pack("image");
const blob = ({ digest, size }: Descriptor): Buffer => {
  const bytes = readFileSync(join(folder, "image", "blobs", ...digest.split(":")));
  expect(sha256(bytes)).toBe(digest);
  expect(bytes.length).toBe(size);
  return bytes;
};
const index = JSON.parse(readFileSync(join(folder, "image", "index.json"), "utf8")) as { manifests: Descriptor[] };
const imageOf = (variant: string) => {
  const found = index.manifests.find(
    ({ annotations }) => annotations?.["org.opencontainers.image.ref.name"] === variant,
  );
  expect(found?.digest).toBe(digests[variant]);
  return JSON.parse(blob(found!).toString()) as { config: Descriptor; layers: Descriptor[] };
};
const wasm = readFileSync(wasmPath);

test("is a layout of version 1.0.0 with both variants", () => {
  expect(JSON.parse(readFileSync(join(folder, "image", "oci-layout"), "utf8"))).toEqual({
    imageLayoutVersion: "1.0.0",
  });
  expect(index.manifests).toHaveLength(2);
});

test("compat: one layer, a tar with plugin.wasm, whose digest the configuration names", () => {
  const { config, layers } = imageOf("compat");
  expect(layers.map(({ mediaType }) => mediaType)).toEqual(["application/vnd.oci.image.layer.v1.tar+gzip"]);
  const archive = gunzipSync(blob(layers[0]!));
  expect(JSON.parse(blob(config).toString()).rootfs.diff_ids).toEqual([sha256(archive)]);
  // By another program than ours.
  const { stdout } = spawnSync("tar", ["-xOf", "-", "plugin.wasm"], { input: archive, maxBuffer: 2 ** 24 });
  expect(sha256(stdout)).toBe(sha256(wasm));
});

test("artifact: the module itself", () => {
  const { config, layers } = imageOf("artifact");
  expect(config.mediaType).toBe("application/vnd.module.wasm.config.v1+json");
  expect(layers[0]!.mediaType).toBe("application/vnd.module.wasm.content.layer.v1+wasm");
  expect(blob(layers[0]!).equals(wasm)).toBe(true);
});

test("is the same each time, with the policy beside it under its digest", () => {
  expect(pack("again").digests).toEqual(digests);
  expect(sha256(readFileSync(join(folder, "image", "t.fgpb")))).toBe(digests.t);
  const files = (name: string) => readdirSync(join(folder, name), { recursive: true }).map(String).sort();
  expect(files("again")).toEqual(files("image"));
});
