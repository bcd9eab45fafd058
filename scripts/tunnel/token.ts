/**
 * The tunnel token: a JWT (RFC 7519, ES256) that the laptop's Envoy shows in the handshake of the reverse tunnel.
 *
 * Invariants: the signing key belongs to one session, signs one token and is forgotten, so that nobody can mint a second
 * one; the subject is the session's id, and the edge demands that the tunnel registers under exactly that id; a token
 * lives 30 to 60 minutes; the edge takes its first use only (see session/uplink.ts), and knows its key no longer than
 * the session.
 */
import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const tokenIssuer = "frostglass";
export const tokenAudience = "frostglass-tunnel";

export const shortestLife = 30 * 60;
export const longestLife = 60 * 60;

export interface TunnelToken {
  /** What the handshake carries; never in a report, a log or an audit record. */
  token: string;
  /** The token's id, which may be told. */
  id: string;
  /** The key set that proves it (RFC 7517), public. */
  keySet: string;
}

export async function mintTunnelToken(session: string, expires: Date, now = new Date()): Promise<TunnelToken> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const id = randomUUID();
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: id })
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setSubject(session)
    .setJti(id)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(expires)
    .sign(privateKey);
  return { token, id, keySet: await keySetOf(publicKey, id) };
}

/** A key set of which nobody has the private key: what a gateway trusts once a session has ended. */
export async function deadKeySet(): Promise<string> {
  const { publicKey } = await generateKeyPair("ES256");
  return keySetOf(publicKey, "ended");
}

async function keySetOf(key: CryptoKey, id: string): Promise<string> {
  return JSON.stringify({ keys: [{ ...(await exportJWK(key)), kid: id, alg: "ES256", use: "sig" }] });
}
