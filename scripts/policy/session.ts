// activation.verify "jwt" -> what a session token must be (RFC 7519, RFC 8725).
// Invariants: the algorithm is pinned and fits the key; a public key is checked here for type and strength, since the
// filter only hands it on; audience and scope are always there.

import { createPublicKey, type KeyObject } from "node:crypto";
import { MAX, MIN } from "./constants.ts";
import type { SessionToken } from "./policy.gen.ts";
import type { Source } from "./source.ts";

export type TokenAlgorithm = NonNullable<SessionToken["algorithm"]>;

export interface ResolvedSession {
  /** How the signature is checked, or the metadata of Envoy's JWT filter, which has checked it. */
  proof:
    | { by: "HS256"; variable: string }
    | { by: "ES256" | "RS256"; publicKey: Uint8Array }
    | { by: "metadata"; key: string };
  audience: string;
  /** The value that the claim `scope` must list. */
  scope: string;
  /** Seconds. */
  maxAge: number;
  invalid: "refuse" | "ignore";
  /** Lower case; undefined when no header tells the session. */
  sessionHeader: string | undefined;
}

/** The scope that opens a policy. */
export const scopeOf = (policy: string): string => `frostglass:${policy}`;

const units: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** Seconds of a time span that the schema has accepted. */
export const parseSpan = (text: string): number => Number.parseInt(text, 10) * (units[text.at(-1) ?? ""] ?? Number.NaN);

/** Resolves what the schema has accepted of `activation.jwt`; undefined when it cannot be enforced. */
export function resolveSession(
  source: Source,
  jwt: SessionToken,
  policy: string,
  rest: Pick<ResolvedSession, "invalid" | "sessionHeader">,
): ResolvedSession | undefined {
  const maxAge = parseSpan(jwt.maxAge ?? "60m");
  if (maxAge > MAX.SESSION_AGE) {
    const path = ["activation", "jwt", "maxAge"];
    source.error("out-of-range", { path }, `a session of ${jwt.maxAge} lives too long`, "choose 60m at most");
  }
  const proof = resolveProof(source, jwt);
  return proof && { proof, audience: jwt.audience, scope: scopeOf(policy), maxAge, ...rest };
}

function resolveProof(source: Source, jwt: SessionToken): ResolvedSession["proof"] | undefined {
  const place = { path: ["activation", "jwt"] };
  const isMetadata = typeof jwt.source === "object";
  const wanted = isMetadata ? undefined : jwt.algorithm === "HS256" ? "key" : "publicKey";
  for (const name of ["key", "publicKey"] as const) {
    if (jwt[name] === undefined || name === wanted) continue;
    const by = isMetadata ? "metadata was verified by Envoy" : `${jwt.algorithm} uses \`${wanted}\``;
    source.error("unused-setting", { ...place, key: name }, `\`${name}\` is not used: ${by}`, "leave it out");
  }
  if (typeof jwt.source === "object") return { by: "metadata", key: jwt.source.metadata };
  if (jwt.algorithm === undefined) {
    const remedy = "choose one: HS256, ES256 or RS256";
    source.error("missing-property", place, "`activation.jwt` lacks `algorithm`", remedy);
  } else if (jwt.algorithm === "HS256") {
    if (jwt.key) return { by: "HS256", variable: jwt.key.env };
    const remedy = 'name the variable that holds it: "key": {"env": "FROSTGLASS_TOKEN_KEY"}';
    source.error("missing-property", place, "HS256 needs a `key`", remedy);
  } else if (jwt.publicKey === undefined) {
    source.error("missing-property", place, `${jwt.algorithm} needs a \`publicKey\``, "add it as PEM");
  } else {
    try {
      return { by: jwt.algorithm, publicKey: importPublicKey(jwt.publicKey, jwt.algorithm) };
    } catch (error) {
      if (!(error instanceof UnfitKey)) throw error;
      const remedy = "give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)";
      source.error("invalid-key", { path: [...place.path, "publicKey"] }, error.message, remedy);
    }
  }
  return undefined;
}

class UnfitKey extends Error {}

/** SubjectPublicKeyInfo of a PEM text, when the key fits the algorithm. */
function importPublicKey(pem: string, algorithm: "ES256" | "RS256"): Uint8Array {
  // A private key would be taken for its public half, and would stand in every copy of the policy.
  if (!/^\s*-----BEGIN PUBLIC KEY-----\s/.test(pem)) throw new UnfitKey("the key is no PEM text of a public key");
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UnfitKey("the key cannot be read");
  }
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (algorithm === "ES256" && namedCurve !== "prime256v1") throw new UnfitKey("the key is not on the curve P-256");
  if (algorithm === "RS256" && key.asymmetricKeyType !== "rsa") throw new UnfitKey("the key is no RSA key");
  if (algorithm === "RS256" && modulusLength < MIN.RSA_BITS) throw new UnfitKey(`the key has ${modulusLength} bits`);
  return new Uint8Array(key.export({ type: "spki", format: "der" }));
}
