// Session tokens for tests of the filter: keys, claims and policies that fit together, and a clock that stands still.
import { createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import { type Plugin, Vm } from "../../../scripts/host/index.ts";
import { nodeForeign } from "../../../scripts/token/foreign.ts";
import { loadWasm } from "../../../scripts/wasm.ts";
import { binaryOf } from "../../support/engine-policy.ts";

export type Algorithm = "HS256" | "ES256" | "RS256";
export const algorithms: readonly Algorithm[] = ["HS256", "ES256", "RS256"];

/** Unix seconds. */
export const now = 1_800_000_000;
export const secret = Buffer.alloc(32, 7);
const pairs = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

export const signingKey = (algorithm: Algorithm): KeyObject =>
  algorithm === "HS256"
    ? createSecretKey(secret)
    : createPrivateKey(pairs[algorithm].privateKey.export({ type: "pkcs8", format: "pem" }));

const pem = (algorithm: "ES256" | "RS256") =>
  pairs[algorithm].publicKey.export({ type: "spki", format: "pem" }).toString();

/** `activation.jwt` for an algorithm. */
export const jwtOf = (algorithm: Algorithm): object => ({
  algorithm,
  ...(algorithm === "HS256" ? { key: { env: "TOKEN_KEY" } } : { publicKey: pem(algorithm) }),
  audience: "edge",
});

export const claims: JWTPayload = {
  jti: "session-1",
  aud: "edge",
  scope: "frostglass:t",
  iat: now,
  exp: now + 600,
};

/** A token with these claims changed; undefined takes one away. */
export function mint(
  algorithm: Algorithm,
  changes: Record<string, unknown> = {},
  header: object = {},
): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...claims, ...changes })) as JWTPayload;
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, ...header }).sign(signingKey(algorithm));
}

export interface Clock {
  seconds: number;
}

const module = new WebAssembly.Module(loadWasm());

/** A plugin whose policy demands tokens, with its log, and a clock that only a test moves. */
export function guarded(
  activation: object,
  {
    clock = { seconds: now },
    environment = {},
    ...policy
  }: { clock?: Clock; environment?: Record<string, string> } & Record<string, unknown> = {},
): { plugin: Plugin; log: string[]; vm: Vm } {
  const log: string[] = [];
  const vm = new Vm(module, {
    environment: { FROSTGLASS_KEY: "11".repeat(32), TOKEN_KEY: secret.toString("base64url"), ...environment },
    foreign: nodeForeign,
    now: () => BigInt(clock.seconds) * 1_000_000_000n,
    log: (_level, message) => log.push(message),
  });
  const plugin = vm.plugin("t", binaryOf({ name: "t", activation: { verify: "jwt", ...activation }, ...policy }));
  return { plugin, log, vm };
}
