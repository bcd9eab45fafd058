// token mint and token verify; and that apply and replay open a session for their run.
import { generateKeyPairSync, sign, verify as verifyBytes } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { readSignature } from "../../../scripts/token/signer.ts";
import { folderWith, frostglass } from "./support.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const privatePem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicPem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
const environment = { TOKEN_KEY: "5a".repeat(32) };

const policyOf = (jwt: object) => ({
  name: "shop",
  activation: { verify: "jwt", jwt: { audience: "edge", maxAge: "45m", ...jwt } },
  rules: [{ name: "pan", select: "json:$.pan", action: "redact" }],
});
const hs256 = policyOf({ algorithm: "HS256", key: { env: "TOKEN_KEY" } });
const es256 = policyOf({ algorithm: "ES256", publicKey: publicPem });
const metadata = policyOf({ source: { metadata: "fg" } });
const files = { "hs.json": hs256, "es.json": es256, "md.json": metadata, "key.pem": privatePem };

test("mint makes what verify accepts, with the claims that were asked for", async () => {
  const cwd = folderWith(files);
  const options = ["--ttl", "10m", "--subject", "ann", "--session", "s-1"];
  const minted = await frostglass(["token", "mint", "--policy", "hs.json", ...options], { cwd, environment });
  expect(minted).toMatchObject({ code: 0, err: "" });
  const { iat, exp, ...rest } = decodeJwt(minted.out.trim());
  expect(rest).toEqual({ jti: "s-1", sub: "ann", aud: "edge", scope: "frostglass:shop" });
  expect(exp! - iat!).toBe(600);
  expect(decodeProtectedHeader(minted.out.trim())).toEqual({ alg: "HS256", typ: "JWT" });
  const verify = (stdin: string, ...more: string[]) =>
    frostglass(["token", "verify", "--policy", "hs.json", ...more], { cwd, environment, stdin });
  const expires = new Date(exp! * 1000).toISOString();
  const verdict = { valid: true, session: "s-1", expires, subject: "ann" };
  expect(JSON.parse((await verify(minted.out, "--json")).out)).toEqual(verdict);
  expect(await verify(minted.out)).toMatchObject({ code: 0, out: `valid: session s-1, until ${expires}\n` });
  expect(await verify(minted.out.slice(2))).toMatchObject({ code: 1, out: "not valid: session_invalid\n" });
  const foreign = await frostglass(["token", "mint", "--policy", "hs.json", "--audience", "x"], { cwd, environment });
  expect(JSON.parse((await verify(foreign.out, "--json")).out)).toEqual({ valid: false, reason: "session_foreign" });
});

describe("ES256", () => {
  const verifies = async (cwd: string, ...options: string[]) => {
    const minted = await frostglass(["token", "mint", "--policy", "es.json", ...options], { cwd });
    if (minted.code !== 0) return minted.err;
    return (await frostglass(["token", "verify", "--policy", "es.json"], { cwd, stdin: minted.out })).code;
  };

  test("with a key in a file", async () => {
    expect(await verifies(folderWith(files), "--key-file", "key.pem")).toBe(0);
  });

  test("with an external signer, whatever form its answer has", async () => {
    const signer = `const key = require("fs").readFileSync("key.pem");
      const input = require("fs").readFileSync(0);
      const bytes = require("crypto").sign("sha256", input, { key, dsaEncoding: process.argv[2] });
      process.stdout.write(process.argv[3] === "raw" ? bytes : process.argv[3] + bytes.toString("base64") + "\\n");`;
    const cwd = folderWith({ ...files, "sign.cjs": signer });
    for (const form of ["der raw", "der vault:v1:", "ieee-p1363 vault:v12:"]) {
      const command = `${JSON.stringify(process.execPath)} sign.cjs ${form}`;
      expect(await verifies(cwd, "--signer", command), form).toBe(0);
    }
  });

  test("not with another key, a signer that fails, or none at all", async () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const cwd = folderWith({ ...files, "other.pem": other.toString() });
    expect(await verifies(cwd, "--key-file", "other.pem")).toContain("does not verify under the policy");
    expect(await verifies(cwd, "--signer", "exit 3")).toContain("the signer failed (exit 3)");
    expect(await verifies(cwd)).toContain("no private key");
  });
});

test("DER signatures with short and with long integers", () => {
  for (let i = 0; i < 300; i++) {
    const der = sign("sha256", Buffer.from(String(i)), pair.privateKey);
    const raw = readSignature(new Uint8Array(der), "ES256");
    expect(raw).toHaveLength(64);
    const key = { key: publicPem, dsaEncoding: "ieee-p1363" } as const;
    expect(verifyBytes("sha256", Buffer.from(String(i)), key, raw)).toBe(true);
  }
  expect(() => readSignature(Uint8Array.of(0x30, 2, 2, 0), "ES256")).toThrow("no ECDSA signature");
});

test("what cannot be done is said", async () => {
  const cwd = folderWith({ ...files, "open.json": { name: "open", activation: { verify: "presence" } } });
  const said = async (...args: string[]) => {
    const { code, err } = await frostglass(["token", ...args], { cwd, stdin: "" });
    return `${code} ${err.trim()}`;
  };
  expect([
    await said("mint", "--policy", "hs.json"),
    await said("verify", "--policy", "hs.json"),
    await said("mint", "--policy", "hs.json", "--ttl", "46m"),
    await said("mint", "--policy", "open.json"),
    await said("verify", "--policy", "md.json"),
  ]).toMatchInlineSnapshot(`
    [
      "1 frostglass: TOKEN_KEY is not set; export TOKEN_KEY=$(npx frostglass keygen --type hmac)",
      "1 frostglass: TOKEN_KEY is not set; export TOKEN_KEY=$(npx frostglass keygen --type hmac)",
      "2 frostglass: --ttl is longer than maxAge of the policy; choose 2700s at most",
      "1 frostglass: open.json demands no token; set activation.verify to "jwt"",
      "1 frostglass: md.json leaves tokens to envoy.filters.http.jwt_authn; make and check them with its issuer",
    ]
  `);
});

test("apply and replay open a session for their run", async () => {
  const recording = { id: "1", request: { method: "POST", path: "/", body: '{"pan":"4111"}' } };
  const headers = [["content-type", "application/json"]];
  const line = JSON.stringify({ ...recording, request: { ...recording.request, headers } });
  const cwd = folderWith({ ...files, "r.ndjson": `${line}\n` });
  for (const file of ["hs.json", "es.json", "md.json"]) {
    const applied = await frostglass(["apply", "--policy", file], { cwd, environment, stdin: '{"pan":"4111"}' });
    expect(applied, file).toMatchObject({ code: 0, out: '{"pan":"[redacted]"}' });
    expect(applied.err.includes("with a key of its own")).toBe(file === "es.json");
    expect((await frostglass(["replay", "--policy", file, "r.ndjson"], { cwd, environment })).code, file).toBe(0);
  }
  const forged = ["apply", "--policy", "hs.json", "-H", "x-emergency-tunnel: x", "--json"];
  const refused = await frostglass(forged, { cwd, environment, stdin: '{"pan":"4111"}' });
  expect(JSON.parse(refused.out)).toMatchObject({ outcome: "blocked", reason: "session_invalid", status: 403 });
});
