/**
 * The filter's cryptography against node:crypto and @noble/ciphers, at length: random keys, messages and parameters, each
 * call with others. Cases come from one seeded stream, so that a seed shows a failure again.
 */
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { aessiv, cmac } from "@noble/ciphers/aes.js";
import { FF1 } from "@noble/ciphers/ff1.js";
import { hexOf } from "../vectors/hex.ts";
import { CryptoModule } from "../vectors/wasm.ts";
import type { Tally } from "./tokens.ts";

/** The key stream of AES-CTR under the seed, cut as asked. */
class Stream {
  private readonly cipher;
  private block = Buffer.alloc(0);
  private at = 0;

  constructor(seed: number) {
    this.cipher = createCipheriv("aes-128-ctr", createHash("md5").update(String(seed)).digest(), Buffer.alloc(16));
  }

  bytes(length: number): Buffer {
    if (this.at + length > this.block.length) {
      this.block = this.cipher.update(Buffer.alloc(65_536 + length));
      this.at = 0;
    }
    this.at += length;
    return this.block.subarray(this.at - length, this.at);
  }

  /** 0..below-1, below 65,536. */
  number(below: number): number {
    return this.bytes(4).readUInt32LE() % below;
  }

  upTo(length: number): Buffer {
    return this.bytes(this.number(length + 1));
  }
}

type Hex = string | number[] | undefined;

interface Primitive {
  name: string;
  /** Of 1,000 cases; what the peer does slowly gets fewer. */
  share: number;
  /** One case: what the filter says, and what the other implementation says. */
  run(module: CryptoModule, random: Stream): [Hex, Hex];
}

const aesKey = (random: Stream): Buffer => random.bytes([16, 24, 32][random.number(3)]!);

const primitives: Primitive[] = [
  {
    name: "SHA-256",
    share: 250,
    run(module, random) {
      const message = random.upTo(300);
      return [hexOf(module.sha256(message)), createHash("sha256").update(message).digest("hex")];
    },
  },
  {
    name: "HMAC-SHA-256",
    share: 200,
    run(module, random) {
      const [key, message] = [random.upTo(150), random.upTo(200)];
      return [hexOf(module.hmacSha256(key, message)), createHmac("sha256", key).update(message).digest("hex")];
    },
  },
  {
    name: "HKDF-SHA-256",
    share: 50,
    run(module, random) {
      const [key, salt, info, length] = [random.upTo(64), random.upTo(80), random.upTo(80), 1 + random.number(200)];
      const expected = hkdfSync("sha256", key, salt, info, length);
      return [hexOf(module.hkdf(key, salt, info, length)), hexOf(new Uint8Array(expected))];
    },
  },
  {
    name: "AES",
    share: 250,
    run(module, random) {
      const [key, block] = [aesKey(random), random.bytes(16)];
      const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
      return [hexOf(module.aesEncrypt(key, block)), hexOf(cipher.update(block))];
    },
  },
  {
    name: "AES-CMAC",
    share: 120,
    run(module, random) {
      const [key, message] = [aesKey(random), random.upTo(100)];
      return [hexOf(module.cmac(key, message)), hexOf(cmac(message, key))];
    },
  },
  {
    name: "AES-SIV",
    share: 100,
    run(module, random) {
      const key = random.bytes([32, 48, 64][random.number(3)]!);
      const data = Array.from({ length: random.number(4) }, () => random.upTo(40));
      const plain = random.upTo(80);
      const sealed = module.sivSeal(key, data, plain);
      const opened = module.sivOpen(key, data, sealed);
      return [
        `${hexOf(sealed)} ${opened && hexOf(opened)}`,
        `${hexOf(aessiv(key, ...data).encrypt(plain))} ${hexOf(plain)}`,
      ];
    },
  },
  {
    name: "FF1",
    share: 30,
    run(module, random) {
      const [key, tweak, radix] = [aesKey(random), random.upTo(64), 2 + random.number(255)];
      const least = Math.ceil(6 / Math.log10(radix) + 1e-9);
      const plain = [...random.bytes(least + random.number(30))].map((byte) => byte % radix);
      const cipher = module.ff1(false, radix, key, tweak, plain);
      const back = module.ff1(true, radix, key, tweak, cipher);
      return [
        [...cipher, ...back],
        [...FF1(radix, key, tweak).encrypt(plain), ...plain],
      ];
    },
  },
];

/** Runs so many cases, shared out among the primitives; a primitive ends with its first failure. */
export function fuzzCrypto(count: number, seed: number): Tally {
  const module = new CryptoModule();
  const tally: Tally = { passed: 0, failed: 0, failures: [] };
  for (const { name, share, run } of primitives) {
    const random = new Stream(seed);
    const cases = Math.ceil((count * share) / 1000);
    for (let index = 0; index < cases; index++) {
      const [ours, theirs] = run(module, random);
      if (String(ours) === String(theirs)) {
        tally.passed++;
        continue;
      }
      tally.failed++;
      tally.failures.push(`FUZZ_SEED=${seed} ${name}, case ${index}: ${ours} instead of ${theirs}`);
      break;
    }
  }
  return tally;
}
