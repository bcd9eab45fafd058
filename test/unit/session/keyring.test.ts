// The keys of a session against an independent HKDF (@noble/hashes), AES (node:crypto) and SIV (@noble/ciphers).

import { createCipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { aessiv } from "@noble/ciphers/aes.js";
import { expand, hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import { compileEntry } from "../../support/compile.ts";
import { binaryOf } from "../../support/engine-policy.ts";

interface Exports {
  memory: WebAssembly.Memory;
  allocate(size: number): number;
  check(policy: number, length: number): number;
  openKeyring(policy: number, roots: number, id: number, idLength: number, issued: bigint): number;
  closeKeyring(ring: number): void;
  currentOf(ring: number): number;
  fingerprint(ring: number, root: number, domain: number, to: number): void;
  blockAt(ring: number, root: number, domain: number): number;
  idAt(ring: number, root: number, domain: number): number;
  BLOCK_BYTES: WebAssembly.Global;
}

const instance = await WebAssembly.instantiate(
  await WebAssembly.compile(new Uint8Array(readFileSync(await compileEntry("keyring")))),
);
const wasm = instance.exports as unknown as Exports;
const put = (bytes: Uint8Array): number => {
  const at = wasm.allocate(Math.max(bytes.length, 16));
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
  return at;
};
const get = (at: number, length: number) => Buffer.from(wasm.memory.buffer).subarray(at, at + length);

const domains = ["card", "a domain with spaces", "ß"];
const tokens = domains.map((domain, index) => ({
  name: `r${index}`,
  select: `json:$.d${index}`,
  action: { tokenize: { format: "opaque", domain } },
}));
const keys = {
  root: { env: "A", id: "k3" },
  previous: [
    { env: "B", id: "k2", until: "2026-02-01T00:00:00Z" },
    { env: "C", id: "k1", until: "2026-01-01T00:00:00Z" },
  ],
};
const binary = binaryOf({ rules: tokens, keys });
const policy = put(binary);
expect(wasm.check(policy, binary.length)).toBe(0);
const roots = [1, 2, 3].map(() => randomBytes(32));
const rootsAt = put(Buffer.concat(roots));

const open = (id: string | Uint8Array, issued = 2n ** 64n - 1n): number => {
  const bytes = Buffer.from(id as string);
  return wasm.openKeyring(policy, rootsAt, put(bytes), bytes.length, BigInt.asIntN(64, issued));
};

/** What the head comment of keyring.ts says, in other hands. */
function expected(root: Uint8Array, session: Uint8Array, domain: string): string {
  const key = hkdf(sha256, root, Buffer.from("frostglass session v1"), session, 32);
  const derive = (purpose: string, size: number) => expand(sha256, key, Buffer.from(`${purpose}\0${domain}`), size);
  const ff1 = createCipheriv("aes-256-ecb", derive("ff1", 32), null).update(Buffer.alloc(16));
  const siv = aessiv(derive("siv", 64)).encrypt(new Uint8Array(0));
  return Buffer.concat([ff1, siv]).toString("hex");
}

const out = wasm.allocate(32);
const actual = (ring: number, root: number, domain: number): string => {
  wasm.fingerprint(ring, root, domain, out);
  return get(out, 32).toString("hex");
};

describe("derivation", () => {
  test.each(["", "s", "9f3c0e52-77aa-4a1e-b1b6-4d2a8c0f3f11", "x".repeat(64), "é\u0000"])("session %j", (session) => {
    const ring = open(session);
    const seen = new Set<string>();
    roots.forEach((root, r) => {
      domains.forEach((domain, d) => {
        const found = actual(ring, r, d);
        expect(found).toBe(expected(root, Buffer.from(session), domain));
        seen.add(found);
      });
    });
    expect(seen.size).toBe(roots.length * domains.length);
    expect(get(wasm.idAt(ring, 1, 0), 2).toString()).toBe("k2");
    wasm.closeKeyring(ring);
  });
});

test.each([
  ["nobody knows", 2n ** 64n - 1n, 0],
  ["after the last rotation", 1769904000n, 0],
  ["just before it", 1769903999n, 1],
  ["before the one before", 1767225599n, 2],
  ["long ago", 0n, 2],
])("the root of a session that was issued %s", (_title, issued, root) => {
  const ring = open("s", issued);
  expect(wasm.currentOf(ring)).toBe(root);
  wasm.closeKeyring(ring);
});

test("a closed keyring leaves nothing of its keys", () => {
  const ring = open("wiped");
  const size = Number(wasm.BLOCK_BYTES.value);
  const places = domains.map((_, d) => wasm.blockAt(ring, 0, d));
  const before = places.map((at) => Buffer.from(get(at, size)));
  wasm.closeKeyring(ring);
  const memory = Buffer.from(wasm.memory.buffer);
  for (const block of before) {
    for (let at = 0; at + 16 <= block.length; at += 16) {
      const part = block.subarray(at, at + 16);
      // The number of rounds among zeros is no secret, and stands elsewhere too.
      if (part.filter((byte) => byte !== 0).length > 8)
        expect(memory.includes(part), `bytes ${at} of a block`).toBe(false);
    }
  }
});
