/**
 * Signatures of session tokens: JWS compact serialization, RFC 7515, with the three algorithms that a policy may pin.
 *
 * Invariants: the algorithm comes from the policy, never from the token; keys that the token brings along (`jwk`, `jku`,
 * `x5c`) are not looked at; base64url is taken in its one canonical spelling, so that no second text verifies; a key is
 * checked once, on import, for type, purpose and strength. Claims (exp, aud, ...) are not this module's business.
 */
import {
  createHmac,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from "node:crypto";

export const tokenAlgorithms = ["HS256", "ES256", "RS256"] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** RFC 7518, sections 3.2 and 3.3: the least strength of a key. */
export const minHmacKeyBytes = 32;
export const minRsaKeyBits = 2048;

const keyTypes = { HS256: "oct", ES256: "EC", RS256: "RSA" } as const;

export interface CompactJws {
  header: Record<string, unknown>;
  payload: Buffer;
  signature: Buffer;
  /** What the signature is over: header and payload as they were written. */
  signed: Buffer;
}

/** A key together with the only algorithm it is used for. */
export interface PinnedKey {
  algorithm: TokenAlgorithm;
  key: KeyObject;
}

/** HMAC-SHA-256; the vectors give the wasm's. */
export type HmacSha256 = (key: Uint8Array, message: Uint8Array) => Uint8Array;

const nodeHmac: HmacSha256 = (key, message) => createHmac("sha256", key).update(message).digest();

/** RFC 7515, section 2: base64url without padding, line breaks or unused bits that are set. */
function decodeCanonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

/** The parts of a compact JWS, RFC 7515, section 5.2, steps 1 to 7; undefined when it is not one. */
export function parseCompactJws(token: string): CompactJws | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  const [head, payload, signature] = parts.map(decodeCanonical);
  if (head === undefined || payload === undefined || signature === undefined) return undefined;
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(head));
    if (header === null || typeof header !== "object" || Array.isArray(header)) return undefined;
    const signed = Buffer.from(`${parts[0]}.${parts[1]}`, "latin1");
    return { header: header as Record<string, unknown>, payload, signature, signed };
  } catch {
    return undefined;
  }
}

/** A verification key out of a JWK, RFC 7517; throws with the reason, which never quotes the key. */
export function importJwk(jwk: JsonWebKey & Record<string, unknown>, algorithm: TokenAlgorithm): PinnedKey {
  if (jwk.kty !== keyTypes[algorithm]) throw new Error(`${algorithm} needs a key of type ${keyTypes[algorithm]}`);
  if (jwk.alg !== undefined && jwk.alg !== algorithm) throw new Error(`the key is for ${jwk.alg}, not ${algorithm}`);
  if (jwk.use !== undefined && jwk.use !== "sig") throw new Error("the key is not for signatures (use)");
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes("verify"))) {
    throw new Error("the key is not for verification (key_ops)");
  }
  if (algorithm === "HS256") {
    const secret = typeof jwk.k === "string" ? decodeCanonical(jwk.k) : undefined;
    if (secret === undefined) throw new Error("the key has no base64url member k");
    return importSecret(secret);
  }
  if (jwk.d !== undefined) throw new Error("the key is private; verification wants its public part only");
  return importPublicKey(createPublicKey({ key: jwk, format: "jwk" }), algorithm);
}

export function importSecret(secret: Uint8Array): PinnedKey {
  if (secret.length < minHmacKeyBytes) throw new Error(`an HS256 key has at least ${minHmacKeyBytes} bytes`);
  return { algorithm: "HS256", key: createSecretKey(secret) };
}

export function importPublicKey(key: KeyObject, algorithm: "ES256" | "RS256"): PinnedKey {
  if (key.type !== "public") throw new Error("the key is not a public key");
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (algorithm === "ES256") {
    if (key.asymmetricKeyType !== "ec" || namedCurve !== "prime256v1") throw new Error("ES256 needs a P-256 key");
  } else {
    if (key.asymmetricKeyType !== "rsa") throw new Error("RS256 needs an RSA key");
    if (modulusLength < minRsaKeyBits) throw new Error(`an RS256 key has at least ${minRsaKeyBits} bits`);
    if (publicExponent < 3n || publicExponent % 2n === 0n)
      throw new Error("the public exponent is not odd and above 1");
  }
  return { algorithm, key };
}

/** Whether header and signature are right under the pinned key, RFC 7515, section 5.2, step 8. */
export function verifySignature(jws: CompactJws, { algorithm, key }: PinnedKey, hmac: HmacSha256 = nodeHmac): boolean {
  // Section 4.1.11: an extension that is marked critical and not understood makes the token invalid; none is understood.
  if (jws.header.alg !== algorithm || Object.hasOwn(jws.header, "crit")) return false;
  switch (algorithm) {
    case "HS256": {
      const secret = key.export();
      const expected = hmac(secret, jws.signed);
      secret.fill(0);
      return expected.length === jws.signature.length && timingSafeEqual(expected, jws.signature);
    }
    case "ES256":
      // RFC 7518, section 3.4: R and S, 32 bytes each.
      return (
        jws.signature.length === 64 && verify("sha256", jws.signed, { key, dsaEncoding: "ieee-p1363" }, jws.signature)
      );
    case "RS256":
      return verify("sha256", jws.signed, key, jws.signature);
  }
}
