/** Session tokens as an identity provider would sign them: with jose, not with the project's own code. */
import type { KeyObject } from "node:crypto";
import { SignJWT } from "jose";

export type TestSigner = Uint8Array | KeyObject;

export interface TestClaims {
  session: string;
  policy: string;
  audience: string;
  /** Unix seconds; by default now, and in half an hour. */
  issued?: number;
  expires?: number;
}

export function mintTestToken(
  signer: TestSigner,
  algorithm: "HS256" | "ES256" | "RS256",
  { session, policy, audience, issued, expires }: TestClaims,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ scope: `frostglass:${policy}` })
    .setProtectedHeader({ alg: algorithm, typ: "JWT" })
    .setJti(session)
    .setAudience(audience)
    .setIssuedAt(issued ?? now)
    .setExpirationTime(expires ?? now + 1800)
    .sign(signer);
}
