/**
 * The cryptography of the filter, compiled from the same sources into a module of its own (test/support/crypto.entry.ts),
 * with byte arrays in and out.
 *
 * Invariants: the compiled module is kept under a name that is the hash of its inputs, written aside and renamed, so that
 * parallel test processes never read half of one. Arguments live in one region that every call fills anew.
 */
import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../scripts/wasm.ts";

const entry = "test/support/crypto.entry.ts";
const options = ["--config", "none", "--runtime", "stub", "--enable", "simd", "--use", "abort="];
const optimization = ["-O3", "--converge", "--noAssert", "--noColors"];

interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  AES_KEY_BYTES: WebAssembly.Global;
  CMAC_KEY_BYTES: WebAssembly.Global;
  SIV_KEY_BYTES: WebAssembly.Global;
  allocate(size: number): number;
  aesExpand(schedule: number, key: number, length: number): number;
  aesEncrypt(schedule: number, from: number, to: number): void;
  cmacExpand(cmac: number, key: number, length: number): number;
  cmac(cmac: number, at: number, length: number, out: number): void;
  dataEnd(): number;
  equalSecret(a: number, b: number, length: number): number;
  ff1Encrypt(key: number, radix: number, tweak: number, t: number, x: number, n: number): number;
  ff1Decrypt(key: number, radix: number, tweak: number, t: number, x: number, n: number): number;
  ff1Repeat(key: number, radix: number, tweak: number, t: number, x: number, n: number, times: number): number;
  hkdf(...salt_key_info_out_and_lengths: number[]): number;
  hmacSha256(key: number, keyLength: number, at: number, length: number, out: number): void;
  sha256(at: number, length: number, out: number): void;
  sivExpand(siv: number, key: number, length: number): number;
  sivOpen(siv: number, data: number, count: number, sealed: number, length: number, out: number): number;
  sivSeal(siv: number, data: number, count: number, plain: number, length: number, out: number): number;
}

/** Why FF1 refuses, by the codes of assembly/crypto/ff1.ts. */
export const ff1Refusals = [
  undefined,
  "the radix is not 2..256",
  "more than 512 numerals",
  "a tweak of more than 64 bytes",
  "a domain below 1,000,000",
  "a numeral outside the radix",
] as const;

/** A refusal by the primitive itself, not a wrong result. */
export class Refused extends Error {}

function compiled(): Uint8Array<ArrayBuffer> {
  const hash = createHash("sha256").update([...options, ...optimization].join(" "));
  const folders = ["assembly/bytes", "assembly/crypto"];
  const sources = folders.flatMap((folder) =>
    readdirSync(join(packageRoot, folder)).map((name) => `${folder}/${name}`),
  );
  for (const path of [...sources.sort(), entry, "node_modules/assemblyscript/package.json"]) {
    hash.update(`${path}\0`).update(readFileSync(join(packageRoot, path)));
  }
  const folder = join(packageRoot, "node_modules", ".cache", "frostglass");
  const product = join(folder, `crypto-${hash.digest("hex").slice(0, 32)}.wasm`);
  if (!existsSync(product)) {
    mkdirSync(folder, { recursive: true });
    const aside = `${product}.${randomUUID()}`;
    const asc = join(packageRoot, "node_modules", "assemblyscript", "bin", "asc.js");
    const args = [asc, entry, ...options, ...optimization, "--outFile", aside];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: packageRoot, encoding: "utf8" });
    if (status !== 0) throw new Error(`asc ${entry} failed:\n${stderr}`);
    renameSync(aside, product);
  }
  return new Uint8Array(readFileSync(product));
}

export class CryptoModule {
  readonly exports: Exports;
  private region = 0;
  private regionSize = 0;
  private used = 0;

  constructor() {
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(compiled())).exports as Exports;
  }

  /** Starts a call whose arguments and results take at most `size` bytes. */
  begin(size: number): void {
    if (size > this.regionSize) {
      this.regionSize = size * 2;
      this.region = this.exports.allocate(this.regionSize);
      if (this.region === 0) throw new Error(`out of memory for ${size} bytes`);
    }
    this.used = 0;
  }

  room(size: number): number {
    const at = this.region + this.used;
    this.used += (size + 15) & ~15;
    if (this.used > this.regionSize) throw new Error("a call took more room than it announced");
    return at;
  }

  put(bytes: Uint8Array): number {
    const at = this.room(bytes.length);
    new Uint8Array(this.exports.memory.buffer).set(bytes, at);
    return at;
  }

  get(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer).slice(at, at + length);
  }

  private expanded(
    expand: "aesExpand" | "cmacExpand" | "sivExpand",
    size: WebAssembly.Global,
    key: Uint8Array,
  ): number {
    const at = this.room(size.value);
    if (!this.exports[expand](at, this.put(key), key.length)) throw new Refused(`a key of ${key.length} bytes`);
    return at;
  }

  aesEncrypt(key: Uint8Array, block: Uint8Array): Uint8Array<ArrayBuffer> {
    this.begin(1024 + key.length);
    const schedule = this.expanded("aesExpand", this.exports.AES_KEY_BYTES, key);
    const at = this.put(block);
    this.exports.aesEncrypt(schedule, at, at);
    return this.get(at, 16);
  }

  cmac(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
    this.begin(1024 + key.length + message.length);
    const cmac = this.expanded("cmacExpand", this.exports.CMAC_KEY_BYTES, key);
    const out = this.room(16);
    this.exports.cmac(cmac, this.put(message), message.length, out);
    return this.get(out, 16);
  }

  private associated(data: readonly Uint8Array[]): number {
    const refs = new Uint32Array(data.flatMap((part) => [this.put(part), part.length]));
    return this.put(new Uint8Array(refs.buffer));
  }

  sivSeal(key: Uint8Array, data: readonly Uint8Array[], plain: Uint8Array): Uint8Array<ArrayBuffer> {
    this.begin(2048 + key.length + 2 * plain.length + data.reduce((sum, part) => sum + part.length + 32, 0));
    const siv = this.expanded("sivExpand", this.exports.SIV_KEY_BYTES, key);
    const refs = this.associated(data);
    const out = this.room(plain.length + 16);
    if (!this.exports.sivSeal(siv, refs, data.length, this.put(plain), plain.length, out)) {
      throw new Refused(`${data.length} strings of associated data`);
    }
    return this.get(out, plain.length + 16);
  }

  /** The plaintext; undefined when the message is not authentic, and then nothing of it may be in memory. */
  sivOpen(key: Uint8Array, data: readonly Uint8Array[], sealed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    this.begin(2048 + key.length + 2 * sealed.length + data.reduce((sum, part) => sum + part.length + 32, 0));
    const siv = this.expanded("sivExpand", this.exports.SIV_KEY_BYTES, key);
    const refs = this.associated(data);
    const length = Math.max(sealed.length - 16, 0);
    const out = this.put(new Uint8Array(length));
    const opened = this.exports.sivOpen(siv, refs, data.length, this.put(sealed), sealed.length, out);
    const plain = this.get(out, length);
    if (opened) return plain;
    if (plain.some((byte) => byte !== 0)) throw new Error("sivOpen left output behind although it failed");
    return undefined;
  }

  sha256(message: Uint8Array): Uint8Array<ArrayBuffer> {
    this.begin(128 + message.length);
    const out = this.room(32);
    this.exports.sha256(this.put(message), message.length, out);
    return this.get(out, 32);
  }

  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
    this.begin(128 + key.length + message.length);
    const out = this.room(32);
    this.exports.hmacSha256(this.put(key), key.length, this.put(message), message.length, out);
    return this.get(out, 32);
  }

  hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
    this.begin(128 + key.length + salt.length + info.length + length);
    const inputs = [salt, key, info].flatMap((part) => [this.put(part), part.length]);
    const out = this.room(length);
    if (!this.exports.hkdf(...inputs, out, length)) throw new Refused(`an output of ${length} bytes`);
    return this.get(out, length);
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    this.begin(64 + a.length + b.length);
    return a.length === b.length && Boolean(this.exports.equalSecret(this.put(a), this.put(b), a.length));
  }

  /** FF1 over numerals; a value that is no byte is refused here as the wasm refuses one outside the radix. */
  ff1(isDecryption: boolean, radix: number, key: Uint8Array, tweak: Uint8Array, numerals: readonly number[]): number[] {
    this.begin(1024 + key.length + tweak.length + numerals.length);
    const schedule = this.expanded("aesExpand", this.exports.AES_KEY_BYTES, key);
    const fits = numerals.every((numeral) => Number.isInteger(numeral) && numeral >= 0 && numeral < 256);
    if (radix <= 256 && !fits) throw new Refused(ff1Refusals[5]);
    const x = this.put(Uint8Array.from(numerals));
    const run = isDecryption ? this.exports.ff1Decrypt : this.exports.ff1Encrypt;
    const code = run(schedule, radix, this.put(tweak), tweak.length, x, numerals.length);
    if (code !== 0) throw new Refused(ff1Refusals[code] ?? `refusal ${code}`);
    return [...this.get(x, numerals.length)];
  }
}
