/**
 * Wycheproof files: which algorithms, group types and flags are known, and how a case of each is run.
 * Invariant: what is not in these tables is an error of the whole file, so that no new kind of case passes unseen.
 */

import { ff1Purpose, numeralsOf, runFf1 } from "./ff1.ts";
import { bytes, hexOf } from "./hex.ts";
import { accepted, type Outcome, type Tally, VectorError } from "./tally.ts";
import { TokenModule } from "./token.ts";
import { importJwk, minHmacKeyBytes, minRsaKeyBits, tokenAlgorithms } from "./verify-signature.ts";
import { type CryptoModule, Refused } from "./wasm.ts";

interface Case {
  tcId: number;
  comment: string;
  flags?: string[];
  result: string;
  [member: string]: unknown;
}

interface Group {
  type: string;
  tests: Case[];
  [member: string]: unknown;
}

export interface WycheproofFile {
  algorithm?: string;
  schema: string;
  testGroups: Group[];
}

interface Kind {
  types: readonly string[];
  flags: readonly string[];
  run(module: CryptoModule, group: Group, test: Case): Outcome;
  /** Why a case is refused here whatever the file expects. */
  purpose?(group: Group, test: Case): string | undefined;
}

const hex = (test: Case, member: string): Buffer => {
  const value = test[member];
  if (typeof value !== "string" || !/^([0-9a-f]{2})*$/i.test(value))
    throw new VectorError(`${member} is not hexadecimal`);
  return bytes(value);
};

/** Turns a refusal of the primitive into a rejection of the case. */
function attempt(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refused) return { kind: "rejected", why: error.message };
    throw error;
  }
}

const macKind = (flags: readonly string[], compute: "cmac" | "hmacSha256"): Kind => ({
  types: ["MacTest"],
  flags,
  run: (module, group, test) =>
    attempt(() => {
      const tag = module[compute](hex(test, "key"), hex(test, "msg")).subarray(0, Number(group.tagSize) / 8);
      return module.equal(tag, hex(test, "tag")) ? accepted : { kind: "rejected", why: "the tag differs" };
    }),
});

const siv: Kind = {
  types: ["DaeadTest"],
  flags: ["EdgeCaseSiv"],
  run: (module, _group, test) =>
    attempt(() => {
      const [key, data, sealed] = [hex(test, "key"), [hex(test, "aad")], hex(test, "ct")];
      const opened = module.sivOpen(key, data, sealed);
      if (opened === undefined) return { kind: "rejected", why: "not authentic" };
      const isRight = hex(test, "msg").equals(opened) && sealed.equals(module.sivSeal(key, data, opened));
      return isRight ? accepted : { kind: "wrong", why: "seals or opens to something else" };
    }),
};

const hkdf: Kind = {
  types: ["HkdfTest"],
  flags: ["EmptySalt", "MaximalOutputSize", "Normal", "OutputCollision", "SizeTooLarge"],
  run: (module, _group, test) =>
    attempt(() => {
      const output = module.hkdf(hex(test, "ikm"), hex(test, "salt"), hex(test, "info"), Number(test.size));
      return hex(test, "okm").equals(output) ? accepted : { kind: "wrong", why: `gives ${hexOf(output)}` };
    }),
};

/** Messages of FpeStrTest are text over the group's alphabet, those of FpeListTest are lists of numerals. */
function numerals(group: Group, value: unknown): number[] {
  if (group.type === "FpeListTest" && Array.isArray(value)) return value;
  if (typeof value === "string" && typeof group.alphabet === "string") return numeralsOf(value, group.alphabet);
  throw new VectorError(`${group.type} with a message that is neither a list nor over an alphabet`);
}

const ff1: Kind = {
  types: ["FpeStrTest", "FpeListTest"],
  flags: [
    "EdgeCasePrf",
    "EdgeCaseState",
    "InvalidKeySize",
    "InvalidMessageSize",
    "InvalidPlaintext",
    "LargeMessageSize",
    "NormalMessageSize",
    "SmallMessageSize",
  ],
  run: (module, group, test) =>
    runFf1(module, {
      radix: Number(group.radix),
      key: hex(test, "key"),
      tweak: hex(test, "tweak"),
      plain: numerals(group, test.msg),
      cipher: numerals(group, test.ct),
    }),
  purpose: (group, test) =>
    ff1Purpose(Number(group.radix), numerals(group, test.msg).length, hex(test, "tweak").length),
};

type Jwk = Parameters<typeof importJwk>[0];

/** The public half verifies; a symmetric key is in `private` only. */
const jwkOf = (group: Group): Jwk => (group.public ?? group.private) as Jwk;

/** The algorithm that a policy would pin for this key. */
function pinned(jwk: Jwk): string {
  const byType: Record<string, string> = { oct: "HS256", EC: "ES256", RSA: "RS256" };
  return String(jwk.alg ?? byType[String(jwk.kty)]);
}

const tokens = new TokenModule();

const jws: Kind = {
  types: ["JsonWebSignature"],
  flags: ["JsonSerialization", "ModifiedPadding", "ModifiedSignature", "WrongPrimitive", "AlgIsNone"],
  run: (_module, group, test) => {
    const jwk = jwkOf(group);
    const algorithm = tokenAlgorithms.find((name) => name === pinned(jwk));
    if (algorithm === undefined) return { kind: "rejected", why: "not a token algorithm" };
    try {
      // What the compiler of policies and the filter demand of a key; the rest is the wasm's.
      const { key } = importJwk(jwk, algorithm);
      const material = algorithm === "HS256" ? key.export() : key.export({ type: "spki", format: "der" });
      const isRight = tokens.holds(algorithm, new Uint8Array(material as Buffer), String(test.jws));
      return isRight ? accepted : { kind: "rejected", why: "the token does not verify" };
    } catch (error) {
      return { kind: "rejected", why: (error as Error).message };
    }
  },
  purpose: (group) => {
    const jwk = jwkOf(group);
    const size = Buffer.from(String(jwk.n ?? jwk.k ?? ""), "base64url").length;
    if (!tokenAlgorithms.some((name) => name === pinned(jwk))) return `${pinned(jwk)} is not a token algorithm`;
    if (jwk.kty === "RSA" && size * 8 < minRsaKeyBits) return `an RSA key of ${size * 8} bits`;
    if (jwk.kty === "oct" && size < minHmacKeyBytes) return `an HMAC key of ${size * 8} bits`;
    return undefined;
  },
};

/** By `algorithm`, or by `schema` where a file has none. */
const kinds: Record<string, Kind> = {
  "AES-CMAC": macKind(["InvalidKeySize", "ModifiedTag", "Pseudorandom"], "cmac"),
  "AES-FF1": ff1,
  "AES-SIV-CMAC": siv,
  "HKDF-SHA-256": hkdf,
  HMACSHA256: macKind(["ModifiedTag", "Pseudorandom"], "hmacSha256"),
  "json_web_signature_schema.json": jws,
  "json_web_signature_schema_v1.json": jws,
};

export function runWycheproof(module: CryptoModule, file: WycheproofFile, tally: Tally): void {
  const name = file.algorithm ?? file.schema;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) throw new VectorError(`unknown algorithm ${name}`);
  // Everything is looked over before anything runs: an unknown group or flag spoils the file.
  for (const group of file.testGroups) {
    if (!kind.types.includes(group.type)) throw new VectorError(`unknown group type ${group.type} of ${name}`);
    for (const test of group.tests) {
      for (const flag of test.flags ?? []) {
        if (!kind.flags.includes(flag)) throw new VectorError(`tcId ${test.tcId}: unknown flag ${flag} of ${name}`);
      }
    }
  }
  for (const group of file.testGroups) {
    for (const test of group.tests) {
      const outcome = kind.run(module, group, test);
      tally.judge(`tcId ${test.tcId}`, test.result, outcome, kind.purpose?.(group, test));
    }
  }
}
