/**
 * Nothing secret stays behind in the working areas: two runs that differ in their secrets only leave the module's own
 * memory, byte for byte, the same.
 */
import { expect, test } from "vitest";
import { CryptoModule } from "../../vectors/wasm.ts";

/** The memory of the module below its heap, after a run on a fresh instance. */
function remains(run: (module: CryptoModule, secret: number) => void, secret: number): Uint8Array {
  const module = new CryptoModule();
  run(module, secret);
  return module.get(0, module.exports.dataEnd());
}

const of = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const numerals = (length: number, value: number): number[] => new Array(length).fill(value % 10);

test.each<[string, (module: CryptoModule, secret: number) => void]>([
  ["AES", (module, secret) => module.aesEncrypt(of(32, secret), of(16, secret))],
  ["CMAC", (module, secret) => module.cmac(of(32, secret), of(40, secret))],
  ["SIV seals", (module, secret) => module.sivSeal(of(64, secret), [of(20, secret)], of(37, secret))],
  ["SIV seals what is short", (module, secret) => module.sivSeal(of(64, secret), [], of(5, secret))],
  ["SIV refuses", (module, secret) => module.sivOpen(of(64, secret), [of(20, secret)], of(53, secret))],
  ["SHA-256", (module, secret) => module.sha256(of(70, secret))],
  ["HMAC", (module, secret) => module.hmacSha256(of(32, secret), of(70, secret))],
  ["HKDF", (module, secret) => module.hkdf(of(32, secret), of(8, secret), of(9, secret), 70)],
  ["FF1 in u64", (module, secret) => module.ff1(false, 10, of(32, secret), of(8, 1), numerals(16, secret))],
  ["FF1 in limbs", (module, secret) => module.ff1(false, 10, of(32, secret), of(8, 1), numerals(60, secret))],
  ["FF1 back", (module, secret) => module.ff1(true, 10, of(32, secret), of(64, 1), numerals(512, secret))],
])("%s", (_name, run) => {
  expect(Buffer.from(remains(run, 0x31)).equals(remains(run, 0xc7))).toBe(true);
});
