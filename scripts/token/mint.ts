/**
 * Makes session tokens: JWS compact serialization (RFC 7515) of the claims that the filter checks (docs/internals.md).
 *
 * Invariant: the header names the policy's algorithm; the signing key is handed in and never kept.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import type { TokenAlgorithm } from "../policy/session.ts";

/** Signs the text `header.claims`; the answer as in JWS: 32 bytes (HS256), R and S (ES256), PKCS #1 (RS256). */
export type Signer = (signingInput: string) => Uint8Array;

export interface Claims extends JWTPayload {
  jti: string;
  aud: string;
  scope: string;
  iat: number;
  exp: number;
}

export async function mintToken(
  algorithm: TokenAlgorithm,
  claims: Claims,
  key: KeyObject | Uint8Array | Signer,
): Promise<string> {
  if (typeof key !== "function") {
    const signing = key instanceof Uint8Array ? createSecretKey(key) : key;
    return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: "JWT" }).sign(signing);
  }
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signingInput = `${encode({ alg: algorithm, typ: "JWT" })}.${encode(claims)}`;
  return `${signingInput}.${Buffer.from(key(signingInput)).toString("base64url")}`;
}
