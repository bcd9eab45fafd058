/**
 * Where a gateway fetches the module from: an https server, and a registry that serves what `frostglass package` wrote
 * (OCI distribution-spec 1.1, the two endpoints of a pull). Both on loopback; the certificate is trusted by `trust` alone.
 */
// The dependency injection of @peculiar/x509 asks for it, before anything else.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttp, type RequestListener, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { wasmPath } from "../../scripts/wasm.ts";
import { frostglass } from "../support/manifests.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export class Releases {
  /** Of the module over https. */
  readonly url: string;
  /** Environment in which a program of Go's trusts the https server, and nobody else. */
  readonly trust: Readonly<Record<string, string>>;
  /** The digests of the image's variants, as `frostglass package` says them. */
  readonly digests: Readonly<Record<string, string>>;
  /** What was asked for, by path. */
  readonly requested: string[] = [];
  readonly #registry: string;
  readonly #folder: string;
  readonly #servers: Server[];

  static async start(): Promise<Releases> {
    const folder = await mkdtemp(join(tmpdir(), "frostglass-releases-"));
    const { status, stdout, stderr } = frostglass("package", "-o", join(folder, "image"), "--json");
    if (status !== 0) throw new Error(stderr);
    const { digests } = JSON.parse(stdout) as { digests: Record<string, string> };
    const { key, cert } = await certificate();
    await writeFile(join(folder, "root.pem"), cert);
    const requested: string[] = [];
    const module = createHttps({ key, cert }, (request, response) => {
      requested.push(request.url ?? "");
      readFile(wasmPath).then((wasm) => response.end(request.url === "/frostglass.wasm" ? wasm : ""));
    });
    const registry = createHttp(pull(join(folder, "image"), requested));
    for (const server of [module, registry]) await once(server.listen(0, "127.0.0.1"), "listening");
    return new Releases(folder, [module, registry], digests, requested);
  }

  private constructor(folder: string, servers: Server[], digests: Record<string, string>, requested: string[]) {
    const [module, registry] = servers.map((server) => (server.address() as AddressInfo).port);
    this.url = `https://127.0.0.1:${module}/frostglass.wasm`;
    this.#registry = `127.0.0.1:${registry}`;
    this.trust = { SSL_CERT_FILE: join(folder, "root.pem"), SSL_CERT_DIR: folder };
    this.digests = digests;
    this.requested = requested;
    this.#folder = folder;
    this.#servers = servers;
  }

  /** The image by its tag, which is the name of a variant. */
  image(variant: "compat" | "artifact"): string {
    return `oci://${this.#registry}/frostglass:${variant}`;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Index {
  manifests: { mediaType: string; digest: string; annotations: Record<string, string> }[];
}

/** Manifests by tag or digest, blobs by digest: what stands in an image layout. */
function pull(layout: string, requested: string[]): RequestListener {
  return async (request, response) => {
    requested.push(request.url ?? "");
    const [, kind, reference] = /^\/v2\/frostglass\/(manifests|blobs)\/(.+)$/.exec(request.url ?? "") ?? [];
    if (request.url === "/v2/") response.end();
    else if (kind === undefined || reference === undefined) response.writeHead(404).end();
    else {
      const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as Index;
      const found = manifests.find(
        ({ digest, annotations }) =>
          digest === reference || annotations["org.opencontainers.image.ref.name"] === reference,
      );
      const digest = kind === "manifests" ? found?.digest : reference;
      const bytes = digest && (await readFile(join(layout, "blobs", ...digest.split(":"))).catch(() => undefined));
      if (!bytes) response.writeHead(404).end();
      else {
        const type = kind === "manifests" && found ? found.mediaType : "application/octet-stream";
        response.writeHead(200, { "content-type": type, "content-length": bytes.length }).end(bytes);
      }
    }
  };
}

/** Signed by itself, for this address alone. */
async function certificate(): Promise<{ key: string; cert: string }> {
  const crypto = webcrypto as unknown as Crypto;
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=releases",
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 24 * 3_600_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
      ],
    },
    crypto,
  );
  const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), PemConverter.PrivateKeyTag);
  return { key, cert: cert.toString("pem") };
}
