/**
 * What a run needs beside the policy: the filter's environment, and a session where the policy demands proof of one.
 *
 * Invariants: keys come from the environment; one that is not there is made up for this run alone, and a note says so.
 * The session's id is always the same, so that equal keys give equal tokens in every run.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { needsKey, writeBinary } from "../policy/binary.ts";
import { documentsOf } from "../policy/documents.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { decodeSecret, privateKeyVariable, readPrivateKey } from "../token/key.ts";
import { type Claims, mintToken } from "../token/mint.ts";

export interface Equipment {
  /** The policy of the run: with a public key of the run's own where the private half of the policy's is not at hand. */
  readonly compiled: CompiledPolicy;
  readonly environment: Record<string, string>;
  /** The value of the emergency header. */
  readonly emergency: string;
  /** What Envoy's JWT filter would leave, where the policy takes its word. */
  readonly claims: Claims | undefined;
  readonly notes: readonly string[];
}

const sessionId = "frostglass";

export async function equip(policy: CompiledPolicy): Promise<Equipment> {
  const environment: Record<string, string> = {};
  const notes: string[] = [];
  const missing = needsKey(policy.rules)
    ? policy.policy.roots.map(({ variable }) => variable).filter((variable) => !take(environment, variable))
    : [];
  if (missing.length > 0) {
    notes.push(
      `${missing.join(" and ")} is not set, so this run works with a random key; for equal hashes and tokens in every run: export ${missing[0]}=$(npx frostglass keygen)`,
    );
  }
  const { session } = policy.policy.activation;
  if (!session) return { compiled: policy, environment, emergency: sessionId, claims: undefined, notes };
  const now = Math.floor(Date.now() / 1000);
  const { audience: aud, scope, maxAge, proof } = session;
  const claims: Claims = { jti: sessionId, aud, scope, iat: now, exp: now + maxAge };
  if (proof.by === "metadata") return { compiled: policy, environment, emergency: sessionId, claims, notes };
  if (proof.by === "HS256") {
    if (!take(environment, proof.variable)) {
      notes.push(`${proof.variable} is not set, so the session token of this run is signed with a random key`);
    }
    // A secret that is too short is refused by the filter, with a reason, before any token is read.
    const secret = decodeSecret(environment[proof.variable]!) ?? randomBytes(32);
    const emergency = await mintToken("HS256", claims, secret);
    return { compiled: policy, environment, emergency, claims: undefined, notes };
  }
  const own = readPrivateKey(undefined);
  const isOurs = own !== undefined && spki(own).equals(proof.publicKey);
  const key = isOurs ? own : ephemeralKey(proof.by);
  const compiled = isOurs ? policy : withPublicKey(policy, spki(key));
  if (!isOurs) {
    notes.push(
      `${privateKeyVariable} does not hold the private key of this policy, so this run signs its session token with a key of its own, which the policy of this run names`,
    );
  }
  return { compiled, environment, emergency: await mintToken(proof.by, claims, key), claims: undefined, notes };
}

/** Copies a key from the environment, or makes one up: false then. */
function take(environment: Record<string, string>, variable: string): boolean {
  const value = process.env[variable];
  environment[variable] = value || randomBytes(32).toString("base64url");
  return Boolean(value);
}

const spki = (key: KeyObject): Buffer => createPublicKey(key).export({ type: "spki", format: "der" });

function ephemeralKey(algorithm: "ES256" | "RS256"): KeyObject {
  if (algorithm === "ES256") return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

function withPublicKey(compiled: CompiledPolicy, publicKey: Uint8Array): CompiledPolicy {
  const { activation } = compiled.policy;
  const { session } = activation;
  if (!session || session.proof.by === "HS256" || session.proof.by === "metadata") return compiled;
  const proof = { ...session.proof, publicKey };
  const policy = { ...compiled.policy, activation: { ...activation, session: { ...session, proof } } };
  return { ...compiled, policy, binary: writeBinary({ ...compiled, policy, documents: documentsOf(compiled.rules) }) };
}
