/** AES-SIV and HKDF. */
import { hkdfSync } from "node:crypto";
import { aessiv } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hexOf } from "../../vectors/hex.ts";
import { CryptoModule, Refused } from "../../vectors/wasm.ts";
import { bytesOf, bytesUpTo, property } from "./seeded.ts";

const module = new CryptoModule();
const data = fc.array(bytesUpTo(40), { maxLength: 5 });

test("SIV against @noble/ciphers, and back", () => {
  property(1000, [bytesOf(32, 48, 64), data, bytesUpTo(80)], (key, parts, plain) => {
    const sealed = module.sivSeal(key, parts, plain);
    expect(hexOf(sealed)).toBe(hexOf(aessiv(key, ...parts).encrypt(plain)));
    expect(hexOf(module.sivOpen(key, parts, sealed)!)).toBe(hexOf(plain));
  });
});

test("SIV opens nothing that was changed: message, data, their borders, key", () => {
  property(200, [bytesOf(64), data, bytesUpTo(40), fc.nat()], (key, parts, plain, at) => {
    const sealed = module.sivSeal(key, parts, plain);
    const flipped = sealed.slice();
    flipped[at % sealed.length]! ^= 1 << (at & 7);
    expect(module.sivOpen(key, parts, flipped)).toBeUndefined();
    expect(module.sivOpen(key, [...parts, new Uint8Array()], sealed)).toBeUndefined();
    if (parts.length > 1) expect(module.sivOpen(key, [Buffer.concat(parts)], sealed)).toBeUndefined();
    const otherKey = key.slice();
    otherKey[at % 32]! ^= 1; // The S2V half: an empty message never meets the other.
    expect(module.sivOpen(otherKey, parts, sealed)).toBeUndefined();
    expect(module.sivOpen(key, parts, sealed.subarray(0, sealed.length - 1))).toBeUndefined();
  });
});

test("SIV in place", () => {
  const { exports } = module;
  const [key, plain] = [new Uint8Array(64).fill(7), new Uint8Array(37).fill(9)];
  const expected = module.sivSeal(key, [], plain);
  module.begin(4096);
  const siv = module.room(exports.SIV_KEY_BYTES.value);
  exports.sivExpand(siv, module.put(key), 64);
  const at = module.room(53);
  new Uint8Array(exports.memory.buffer).set(plain, at + 16);
  expect(exports.sivSeal(siv, 0, 0, at + 16, 37, at)).toBe(1);
  expect(module.get(at, 53)).toEqual(expected);
  expect(exports.sivOpen(siv, 0, 0, at, 53, at + 16)).toBe(1);
  expect(module.get(at + 16, 37)).toEqual(plain);
});

test("SIV refuses wrong key sizes, too short messages and more than 126 strings", () => {
  for (const length of [0, 16, 31, 33, 40, 63, 128]) {
    expect(() => module.sivSeal(new Uint8Array(length), [], new Uint8Array())).toThrow(Refused);
  }
  const key = new Uint8Array(32);
  for (let length = 0; length < 16; length++) {
    expect(module.sivOpen(key, [], new Uint8Array(length))).toBeUndefined();
  }
  const strings = (count: number) => Array.from({ length: count }, () => new Uint8Array());
  const sealed = module.sivSeal(key, strings(126), new Uint8Array(3));
  expect(module.sivOpen(key, strings(126), sealed)).toEqual(new Uint8Array(3));
  expect(() => module.sivSeal(key, strings(127), new Uint8Array())).toThrow(Refused);
  expect(module.sivOpen(key, strings(127), sealed)).toBeUndefined();
});

test("HKDF against node:crypto and @noble/hashes", () => {
  const lengths = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(8159, 8160));
  property(500, [bytesUpTo(100), bytesUpTo(100), bytesUpTo(100), lengths], (key, salt, info, length) => {
    const output = hexOf(module.hkdf(key, salt, info, length));
    expect(output).toBe(hexOf(new Uint8Array(hkdfSync("sha256", key, salt, info, length))));
    expect(output).toBe(hexOf(hkdf(sha256, key, salt, info, length)));
  });
});

test("HKDF refuses more than 255 blocks", () => {
  expect(() => module.hkdf(new Uint8Array(32), new Uint8Array(), new Uint8Array(), 8161)).toThrow(Refused);
});
