/** AES, CMAC and the comparison of secrets. */
import { createCipheriv } from "node:crypto";
import { cmac } from "@noble/ciphers/aes.js";
import { expect, test } from "vitest";
import { bytes, hexOf } from "../../vectors/hex.ts";
import { CryptoModule, Refused } from "../../vectors/wasm.ts";
import { bytesOf, bytesUpTo, property } from "./seeded.ts";

const module = new CryptoModule();

test.each([
  ["AES-128", "000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"],
  ["AES-192", "000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191"],
  ["AES-256", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089"],
])("%s, FIPS 197, appendix C", (_name, key, cipher) => {
  expect(hexOf(module.aesEncrypt(bytes(key), bytes("00112233445566778899aabbccddeeff")))).toBe(cipher);
});

test("AES against node:crypto", () => {
  property(2000, [bytesOf(16, 24, 32), bytesOf(16)], (key, block) => {
    const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
    expect(hexOf(module.aesEncrypt(key, block))).toBe(hexOf(cipher.update(block)));
  });
});

test("CMAC against @noble/ciphers", () => {
  property(1000, [bytesOf(16, 24, 32), bytesUpTo(100)], (key, message) => {
    expect(hexOf(module.cmac(key, message))).toBe(hexOf(cmac(message, key)));
  });
});

test.each([0, 1, 15, 17, 23, 25, 31, 33, 64])("a key of %i bytes is refused", (length) => {
  expect(() => module.aesEncrypt(new Uint8Array(length), new Uint8Array(16))).toThrow(Refused);
  expect(() => module.cmac(new Uint8Array(length), new Uint8Array(16))).toThrow(Refused);
});

test("secrets are compared over their whole length", () => {
  property(500, [bytesOf(1, 16, 32, 33)], (secret) => {
    expect(module.equal(secret, secret)).toBe(true);
    for (let bit = 0; bit < secret.length * 8; bit++) {
      const other = secret.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(module.equal(secret, other)).toBe(false);
    }
  });
  expect(module.equal(new Uint8Array(), new Uint8Array())).toBe(true);
});
