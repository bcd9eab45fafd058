/** Vector files and folders: found, read, told apart, run. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { packageRoot } from "../../scripts/wasm.ts";
import { runAcvp, type VectorSet } from "./acvp.ts";
import { type Ff1Sample, runFf1Samples, runResponse } from "./response.ts";
import { Tally, VectorError } from "./tally.ts";
import type { CryptoModule } from "./wasm.ts";
import { runWycheproof, type WycheproofFile } from "./wycheproof.ts";

export const corpora = process.env.CORPORA_DIR ?? join(packageRoot, "..", "shared", "corpora");

/** What of the corpora is about the algorithms of the filter; the rest is GCM, CBC padding, SHA-512, Ed25519, JWK sets. */
const concerned = [
  "acvp",
  "ff1",
  "nist-cavs",
  "rfc/hkdf-generated.txt",
  "rfc/rfc4231-hmac-sha256.txt",
  "rfc/rfc5297-aes-siv-openssl.txt",
  "rfc/rfc5869-hkdf-sha256.txt",
  "rfc/sp800-38a-aes256-ctr.txt",
  "wycheproof/aes_cmac_test.json",
  "wycheproof/aes_siv_cmac_test.json",
  "wycheproof/ff1",
  "wycheproof/hkdf_sha256_test.json",
  "wycheproof/hmac_sha256_test.json",
  "wycheproof/json_web_signature_test.json",
];

/** The vectors that are run when none are named. */
export function allVectors(): string[] {
  return concerned.map((path) => join(corpora, "crypto", path)).flatMap(expand);
}

/** A file, an ACVP folder, or everything below another folder. */
export function expand(path: string): string[] {
  if (!existsSync(path)) throw new VectorError(`${path} does not exist`);
  if (!statSync(path).isDirectory()) {
    return [/^(prompt|expectedResults)\.json$/.test(basename(path)) ? dirname(path) : path];
  }
  if (existsSync(join(path, "prompt.json"))) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || /\.(json|rsp|txt)$/.test(entry.name))
    .flatMap((entry) => expand(join(path, entry.name)));
}

function readJson(path: string): unknown {
  if (!existsSync(path)) throw new VectorError(`${path} is missing`);
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new VectorError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

export function runVectors(module: CryptoModule, path: string): Tally {
  const tally = new Tally();
  if (statSync(path).isDirectory()) {
    const [prompt, expected] = ["prompt.json", "expectedResults.json"].map((name) => readJson(join(path, name)));
    runAcvp(module, prompt as VectorSet, expected as VectorSet, tally);
  } else if (path.endsWith(".json")) {
    const file = readJson(path);
    if (Array.isArray(file)) runFf1Samples(module, file as Ff1Sample[], tally);
    else if (Array.isArray((file as WycheproofFile).testGroups)) runWycheproof(module, file as WycheproofFile, tally);
    else throw new VectorError("neither Wycheproof nor a list of FF1 samples");
  } else {
    runResponse(module, path, readFileSync(path, "utf8"), tally);
  }
  if (tally.passed + tally.failed === 0) throw new VectorError("no case in it");
  return tally;
}
