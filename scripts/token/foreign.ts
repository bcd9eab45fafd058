/**
 * Foreign functions that Envoy 1.40 gives every module, as far as the filter calls them, for the Node host. They stand
 * outside scripts/host, which runs without Node.
 *
 * verify_signature: argument VerifySignatureArguments {1 hash_function, 2 public_key (DER, SubjectPublicKeyInfo),
 * 3 signature, 4 text, 5 public_key_pem}, answer VerifySignatureResult {1 result, 2 error}. A key that cannot be read, or
 * none, or two of them, is a bad argument; a wrong signature is an answer. Numbers of fields as in Envoy's
 * verify_signature.proto; ECDSA signatures are DER, RSA is PKCS #1 v1.5.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto";

export type Foreign = (argument: Uint8Array) => Uint8Array | undefined;

const hashes: ReadonlySet<string> = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

export const nodeForeign: Readonly<Record<string, Foreign>> = {
  verify_signature(argument) {
    const fields = readFields(argument);
    const [hash = "", pem = ""] = [1, 5].map((number) => Buffer.from(fields?.get(number) ?? []).toString());
    const [der, signature, text] = [2, 3, 4].map((number) => fields?.get(number) ?? new Uint8Array(0));
    if (!fields || !der || der.length > 0 === pem.length > 0) return undefined;
    const key = importKey(der, pem);
    if (!key) return undefined;
    const isGood = hashes.has(hash) && verify(hash, text!, key, signature!);
    return isGood ? Uint8Array.of(0x08, 1) : answerOf("Failed to verify digest.");
  },
};

function importKey(der: Uint8Array, pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem === "" ? { key: Buffer.from(der), format: "der", type: "spki" } : pem);
  } catch {
    return undefined;
  }
}

/** An answer whose `result` is false, which protobuf leaves out. */
function answerOf(error: string): Uint8Array {
  return Uint8Array.of(0x12, error.length, ...Buffer.from(error));
}

/** The length-delimited fields of a protobuf message by number; undefined when it is none. */
function readFields(bytes: Uint8Array): Map<number, Uint8Array> | undefined {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; shift <= 2 ** 28; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    if (tag % 8 !== 2 || !(at + length <= bytes.length)) return undefined;
    fields.set(Math.floor(tag / 8), bytes.subarray(at, at + length));
    at += length;
  }
  return fields;
}
