/**
 * An external signer: a command that gets the signing input on stdin and answers with the signature on stdout, so that
 * the key never leaves its vault.
 *
 * What it may answer: the bytes; or text: base64 or base64url, with or without the prefix `vault:v1:` of Vault's transit
 * engine. An ECDSA signature may be R and S, or the DER of them that OpenSSL and most vaults give.
 */
import { spawnSync } from "node:child_process";
import { CommandError } from "../console.ts";
import type { TokenAlgorithm } from "../policy/session.ts";
import type { Signer } from "./mint.ts";

export const externalSigner =
  (command: string, algorithm: TokenAlgorithm): Signer =>
  (signingInput) => {
    const { status, stdout, error } = spawnSync(command, {
      input: signingInput,
      shell: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    // A signer that ends without reading what it was to sign breaks the pipe: its status says more.
    if (status) throw new CommandError(`the signer failed (exit ${status})`);
    if (error || status !== 0) throw new CommandError(`the signer failed (${error?.message ?? "it was killed"})`);
    return readSignature(stdout, algorithm);
  };

/** The signature in a signer's answer, in the form of JWS. */
export function readSignature(answer: Uint8Array, algorithm: TokenAlgorithm): Uint8Array {
  const [, encoded] = /^(?:vault:v\d+:)?([\w+/-]+={0,2})\s*$/.exec(Buffer.from(answer).toString("latin1")) ?? [];
  const bytes = encoded === undefined ? answer : new Uint8Array(Buffer.from(encoded, "base64url"));
  return algorithm === "ES256" && bytes.length !== 64 ? rawOf(bytes) : bytes;
}

/** R and S, 32 bytes each (RFC 7518, section 3.4), of a DER SEQUENCE of two INTEGERs. */
function rawOf(der: Uint8Array): Uint8Array {
  const raw = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    let integer = der.subarray(at + 2, at + 2 + length);
    while (integer.length > 32 && integer[0] === 0) integer = integer.subarray(1);
    const isSound = der[0] === 0x30 && der[at] === 2 && length > 0 && integer.length <= 32;
    if (!isSound) throw new CommandError("the signer answered with no ECDSA signature over P-256");
    raw.set(integer, end - integer.length);
    at += 2 + length;
  }
  return new Uint8Array(raw);
}
