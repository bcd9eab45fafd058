/** Token signatures: what verifies, and everything near it that does not. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  importJwk,
  importPublicKey,
  importSecret,
  type PinnedKey,
  parseCompactJws,
  type TokenAlgorithm,
  verifySignature,
} from "../../vectors/verify-signature.ts";
import { CryptoModule } from "../../vectors/wasm.ts";

const module = new CryptoModule();
const secret = new Uint8Array(32).fill(0x42);
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function makeSignature(algorithm: TokenAlgorithm, signed: Buffer): Buffer {
  if (algorithm === "HS256") return createHmac("sha256", secret).update(signed).digest();
  if (algorithm === "RS256") return sign("sha256", signed, rsa.privateKey);
  return sign("sha256", signed, { key: ec.privateKey, dsaEncoding: "ieee-p1363" });
}

function token(algorithm: TokenAlgorithm, header: object = {}): string {
  const signed = `${encode({ alg: algorithm, ...header })}.${encode({ jti: "s1" })}`;
  return `${signed}.${makeSignature(algorithm, Buffer.from(signed)).toString("base64url")}`;
}

const keys: Record<TokenAlgorithm, PinnedKey> = {
  HS256: importSecret(secret),
  ES256: importPublicKey(ec.publicKey, "ES256"),
  RS256: importPublicKey(rsa.publicKey, "RS256"),
};
const algorithms = Object.keys(keys) as TokenAlgorithm[];

const verifies = (text: string, key: PinnedKey): boolean => {
  const jws = parseCompactJws(text);
  return jws !== undefined && verifySignature(jws, key);
};

describe.each(algorithms)("%s", (algorithm) => {
  const key = keys[algorithm];

  test("verifies, and carries header and payload", () => {
    const jws = parseCompactJws(token(algorithm, { kid: "k1" }))!;
    expect(verifySignature(jws, key)).toBe(true);
    expect(jws.header).toEqual({ alg: algorithm, kid: "k1" });
    expect(jws.payload.toString()).toBe('{"jti":"s1"}');
  });

  test("under its own key only", () => {
    for (const other of algorithms) expect(verifies(token(algorithm), keys[other])).toBe(other === algorithm);
  });

  test("not with another algorithm in the header, though the signature fits", () => {
    for (const alg of ["none", "HS512", "hs256", undefined, 1, ["ES256"]]) {
      const header = encode({ alg });
      const signature = makeSignature(algorithm, Buffer.from(`${header}.e30`)).toString("base64url");
      expect(verifies(`${header}.e30.${signature}`, key)).toBe(false);
    }
  });

  test("not with a critical extension, not with its own key in the header", () => {
    expect(verifies(token(algorithm, { crit: ["b64"], b64: false }), key)).toBe(false);
    const jwk = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
    expect(verifies(token("ES256", { jwk }), keys.RS256)).toBe(false);
  });

  test("not when any bit of the signature changes, or it is cut, extended or empty", () => {
    const [header, payload, signature] = token(algorithm).split(".") as [string, string, string];
    const raw = Buffer.from(signature, "base64url");
    const withSignature = (changed: Uint8Array) => `${header}.${payload}.${Buffer.from(changed).toString("base64url")}`;
    for (let at = 0; at < raw.length; at++) {
      const changed = Buffer.from(raw);
      changed[at]! ^= 1 << (at & 7);
      expect(verifies(withSignature(changed), key)).toBe(false);
    }
    expect(verifies(withSignature(raw.subarray(1)), key)).toBe(false);
    expect(verifies(withSignature(Buffer.concat([raw, Buffer.alloc(1)])), key)).toBe(false);
    expect(verifies(withSignature(Buffer.alloc(0)), key)).toBe(false);
    expect(verifies(withSignature(Buffer.alloc(raw.length)), key)).toBe(false);
  });
});

test("ES256 takes R and S, not DER", () => {
  const signed = `${encode({ alg: "ES256" })}.e30`;
  const der = sign("sha256", Buffer.from(signed), ec.privateKey).toString("base64url");
  expect(verifies(`${signed}.${der}`, keys.ES256)).toBe(false);
});

test("HS256 through the wasm", () => {
  const jws = parseCompactJws(token("HS256"))!;
  expect(verifySignature(jws, keys.HS256, (key, message) => module.hmacSha256(key, message))).toBe(true);
});

test.each([
  ["nothing", ""],
  ["one part", "e30"],
  ["two parts", "e30.e30"],
  ["four parts", "e30.e30.AA.AA"],
  ["a fourth part that is empty", "e30.e30.AA."],
  ["no header", ".e30.AA"],
  ["a header that is not JSON", "YQ.e30.AA"],
  ["a header that is an array", "W10.e30.AA"],
  ["a header that is null", "bnVsbA.e30.AA"],
  ["a header that is a number", "MQ.e30.AA"],
  ["padding", "e30=.e30.AA"],
  ["a line break", "e30\n.e30.AA"],
  ["a blank", "e30 .e30.AA"],
  ["base64 instead of base64url", "e30.e30.A+A/"],
  ["unused bits that are set", "e30.e30.AB"],
  ["a header that is not UTF-8", `${Buffer.from("7b22ff223a317d", "hex").toString("base64url")}.e30.AA`],
  ["a byte order mark", `${Buffer.from("\ufeff{}").toString("base64url")}.e30.AA`],
  ["JSON serialization", '{"payload":"Zm9v","signatures":[]}'],
])("not a compact JWS: %s", (_name, text) => {
  expect(parseCompactJws(text)).toBeUndefined();
});

describe("keys that are refused", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
  const jwk = (key: KeyObject, members: object = {}) => ({ ...key.export({ format: "jwk" }), ...members });

  test("weak or of the wrong type", () => {
    expect(() => importSecret(new Uint8Array(31))).toThrow("at least 32 bytes");
    expect(() => importPublicKey(weak, "RS256")).toThrow("at least 2048 bits");
    expect(() => importPublicKey(p384, "ES256")).toThrow("P-256");
    expect(() => importPublicKey(rsa.publicKey, "ES256")).toThrow("P-256");
    expect(() => importPublicKey(ec.publicKey, "RS256")).toThrow("RSA");
    expect(() => importPublicKey(rsa.privateKey, "RS256")).toThrow("not a public key");
    const one = createPublicKey({ key: jwk(rsa.publicKey, { e: "AQ" }), format: "jwk" });
    expect(() => importPublicKey(one, "RS256")).toThrow("exponent");
  });

  test("JWKs for something else", () => {
    expect(() => importJwk(jwk(ec.publicKey, { use: "enc" }), "ES256")).toThrow("use");
    expect(() => importJwk(jwk(ec.publicKey, { key_ops: ["sign"] }), "ES256")).toThrow("key_ops");
    expect(() => importJwk(jwk(ec.publicKey, { alg: "ES512" }), "ES256")).toThrow("ES512");
    expect(() => importJwk(jwk(ec.publicKey), "HS256")).toThrow("type oct");
    expect(() => importJwk(jwk(ec.privateKey), "ES256")).toThrow("private");
    expect(() => importJwk({ kty: "oct", k: "AAAA" }, "HS256")).toThrow("at least 32 bytes");
    expect(() => importJwk({ kty: "oct" }, "HS256")).toThrow("member k");
  });

  test("and the ones that are taken", () => {
    expect(verifies(token("ES256"), importJwk(jwk(ec.publicKey, { use: "sig", alg: "ES256" }), "ES256"))).toBe(true);
    expect(verifies(token("RS256"), importJwk(jwk(rsa.publicKey, { key_ops: ["verify"] }), "RS256"))).toBe(true);
    const oct = { kty: "oct", k: Buffer.from(secret).toString("base64url") };
    expect(verifies(token("HS256"), importJwk(oct, "HS256"))).toBe(true);
  });
});
