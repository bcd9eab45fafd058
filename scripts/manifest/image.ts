/**
 * The filter as an OCI image that Istio, Envoy Gateway and registries read: the Wasm Image Specification v0.0.0
 * (github.com/solo-io/wasm, spec/), in its two variants.
 *
 * - compat: an ordinary image with one layer, a tar of plugin.wasm. Every registry takes it.
 * - artifact: the wasm itself as a layer of its own media type, and a layer of settings, which is empty here.
 *
 * Invariant: the same wasm gives the same bytes everywhere: times are zero, names are fixed, and the gzip stream is
 * stored, not compressed, since what a compressor makes differs by its version.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export type Variant = "compat" | "artifact";

export interface Blob {
  mediaType: string;
  /** Lower-case hex SHA-256. */
  digest: string;
  bytes: Uint8Array;
}

export interface Image extends Blob {
  /** Config and layers. */
  blobs: Blob[];
}

export function imageOf(wasm: Uint8Array, variant: Variant): Image {
  const [config, layers] = variant === "compat" ? compat(wasm) : artifact(wasm);
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor(config),
    layers: layers.map(descriptor),
  };
  return { ...blob(manifest.mediaType, json(manifest)), blobs: [config, ...layers] };
}

export const descriptor = ({ mediaType, digest, bytes }: Blob) => ({
  mediaType,
  digest: `sha256:${digest}`,
  size: bytes.length,
});

function compat(wasm: Uint8Array): [Blob, Blob[]] {
  const archive = tar("plugin.wasm", wasm);
  const config = {
    architecture: "wasm",
    os: "wasi",
    config: {},
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(archive)}`] },
  };
  return [
    blob("application/vnd.oci.image.config.v1+json", json(config)),
    [blob("application/vnd.oci.image.layer.v1.tar+gzip", gzipStored(archive))],
  ];
}

function artifact(wasm: Uint8Array): [Blob, Blob[]] {
  const settings = json({});
  return [
    blob("application/vnd.module.wasm.config.v1+json", json({ name: "frostglass", type: "envoy_proxy" })),
    [
      blob("application/vnd.module.wasm.content.layer.v1+wasm", wasm),
      blob("application/vnd.module.wasm.config.layer.v1+json", settings),
    ],
  ];
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const blob = (mediaType: string, bytes: Uint8Array): Blob => ({ mediaType, digest: sha256(bytes), bytes });

/** One file as a POSIX ustar archive (IEEE 1003.1, "ustar interchange format"), owned by root, of time zero. */
function tar(name: string, content: Uint8Array): Uint8Array {
  const block = 512;
  const header = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, "0"), at);
  header.write(name, 0);
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(content.length, 124, 11);
  octal(0, 136, 11);
  header.fill(" ", 148, 156);
  header.write("0", 156);
  header.write("ustar\0", 257, "latin1");
  header.write("00", 263);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header[154] = 0;
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * block)]);
}

/** A gzip member (RFC 1952) of stored blocks (RFC 1951, 3.2.4), of time zero and unknown system. */
function gzipStored(bytes: Uint8Array): Uint8Array {
  const most = 65_535;
  const parts = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])];
  for (let at = 0; at < bytes.length; at += most) {
    const piece = bytes.subarray(at, at + most);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + most >= bytes.length ? 1 : 0);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(piece.length ^ 0xffff, 3);
    parts.push(head, Buffer.from(piece));
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes));
  tail.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...parts, tail]);
}
