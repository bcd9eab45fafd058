/**
 * Response files in the CAVS style (`NAME = value` lines), and the FF1 samples as a plain array: what NIST, the
 * RFCs and BouncyCastle publish.
 * Invariant: the names of a case say which algorithm it tests; a set of names that is not in the table is an error.
 */
import { ff1Purpose, numeralsOf, runFf1 } from "./ff1.ts";
import { bytes } from "./hex.ts";
import { type Tally, VectorError } from "./tally.ts";
import type { CryptoModule } from "./wasm.ts";

type Fields = Record<string, string>;

/** The cases: one ends where a name comes again. Names in lower case; comments and `[SECTION]` lines are left out. */
function casesOf(text: string): Fields[] {
  const found: Fields[] = [];
  let fields: Fields = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const name = match[1]!.toLowerCase();
    if (name in fields) {
      found.push(fields);
      fields = {};
    }
    fields[name] = match[2]!;
  }
  if (Object.keys(fields).length > 0) found.push(fields);
  return found;
}

const field = (fields: Fields, name: string): Buffer => {
  const value = fields[name] ?? "";
  if (!/^([0-9a-f]{2})*$/i.test(value)) throw new VectorError(`${name} is not hexadecimal: ${value}`);
  return bytes(value);
};

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);

/** SP 800-38A, section 6.2, for the sake of its AES blocks. */
function cbc(module: CryptoModule, key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  let chain = iv;
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < plain.length; at += 16) {
    chain = module.aesEncrypt(key, xor(plain.subarray(at, at + 16), chain));
    blocks.push(chain);
  }
  return Buffer.concat(blocks);
}

/** SP 800-38A, section 6.5, likewise. */
function ctr(module: CryptoModule, key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const counter = Buffer.from(iv);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < plain.length; at += 16) {
    blocks.push(xor(plain.subarray(at, at + 16), module.aesEncrypt(key, counter)));
    counter.writeUInt32BE((counter.readUInt32BE(12) + 1) >>> 0, 12);
  }
  return Buffer.concat(blocks);
}

interface Kind {
  names: readonly string[];
  isRight(module: CryptoModule, fields: Fields, path: string): boolean;
}

const kinds: readonly Kind[] = [
  {
    names: ["len", "msg", "md"],
    isRight: (module, fields) => {
      const message = field(fields, "msg").subarray(0, Number(fields.len) / 8);
      return field(fields, "md").equals(module.sha256(message));
    },
  },
  {
    names: ["len", "key", "msg", "md"],
    isRight: (module, fields) =>
      field(fields, "md").equals(module.hmacSha256(field(fields, "key"), field(fields, "msg"))),
  },
  {
    names: ["count", "key", "message", "output"],
    isRight: (module, fields) =>
      field(fields, "output").equals(module.cmac(field(fields, "key"), field(fields, "message"))),
  },
  {
    names: ["count", "hash", "ikm", "salt", "info", "l", "okm"],
    isRight: (module, fields) => {
      const inputs = [field(fields, "ikm"), field(fields, "salt"), field(fields, "info")] as const;
      return field(fields, "okm").equals(module.hkdf(...inputs, Number(fields.l)));
    },
  },
  {
    names: ["count", "key", "aad", "tag", "plaintext", "ciphertext"],
    isRight: (module, fields) => {
      const key = field(fields, "key");
      const data = ["aad", "aad2", "aad3"].filter((name) => name in fields).map((name) => field(fields, name));
      const sealed = Buffer.concat([field(fields, "tag"), field(fields, "ciphertext")]);
      const plain = field(fields, "plaintext");
      const opened = module.sivOpen(key, data, sealed);
      return sealed.equals(module.sivSeal(key, data, plain)) && opened !== undefined && plain.equals(opened);
    },
  },
  {
    names: ["count", "key", "iv", "plaintext", "ciphertext"],
    isRight: (module, fields, path) => {
      const mode = /ctr/i.test(path) ? ctr : cbc;
      const inputs = [field(fields, "key"), field(fields, "iv"), field(fields, "plaintext")] as const;
      return field(fields, "ciphertext").equals(mode(module, ...inputs));
    },
  },
];

/** Names that a case may have besides. */
const optional = new Set(["aad2", "aad3", "prk"]);

export function runResponse(module: CryptoModule, path: string, text: string, tally: Tally): void {
  for (const [index, fields] of casesOf(text).entries()) {
    const names = Object.keys(fields).filter((name) => !optional.has(name));
    const kind = kinds.find((one) => one.names.length === names.length && one.names.every((name) => name in fields));
    if (kind === undefined) throw new VectorError(`unknown set of names: ${names.join(", ")}`);
    const name = `case ${fields.count ?? index}`;
    tally.check(name, kind.isRight(module, fields, path), "another result");
  }
}

export interface Ff1Sample {
  alphabet?: string;
  radix: number;
  key: string;
  tweak: string;
  pt: string;
  ct: string;
}

export function runFf1Samples(module: CryptoModule, samples: readonly Ff1Sample[], tally: Tally): void {
  for (const [index, sample] of samples.entries()) {
    const alphabet = sample.alphabet ?? "0123456789abcdefghijklmnopqrstuvwxyz";
    const [plain, cipher] = [numeralsOf(sample.pt, alphabet), numeralsOf(sample.ct, alphabet)];
    const [key, tweak] = [bytes(sample.key), bytes(sample.tweak)];
    const outcome = runFf1(module, { radix: sample.radix, key, tweak, plain, cipher });
    tally.judge(`sample ${index + 1}`, "valid", outcome, ff1Purpose(sample.radix, plain.length, tweak.length));
  }
}
