/**
 * The token formats of the filter as a module of their own (token.entry.ts), texts in and out.
 * Invariants: records come from scripts/policy/constants.ts; whatever the module would call of a host throws.
 */
import { readFileSync } from "node:fs";
import { LUHN, SIZE, TOKEN, TOKEN_FORMAT } from "../../scripts/policy/constants.ts";
import { compileEntry } from "./compile.ts";

interface Exports {
  memory: WebAssembly.Memory;
  allocate(size: number): number;
  outAt(): number;
  outLength(): number;
  keysFrom(key: number, id: number, idLength: number): number;
  run(undo: boolean, ...operands: Operands): number;
  repeat(...operands: [...Operands, times: number]): number;
  permuteAll(spec: number, tweak: number, length: number, keys: number, digits: number, seen: number): number;
  dataEnd(): number;
}

type Operands = [
  spec: number,
  tweak: number,
  tweakLength: number,
  keys: number,
  type: number,
  at: number,
  length: number,
];

export type FormatName = keyof typeof TOKEN_FORMAT;

export interface Spec {
  format: FormatName;
  luhn?: keyof typeof LUHN;
  keepFirst?: number;
  keepLast?: number;
}

/** Codes of assembly/action/types.ts. */
export const TYPE = { string: 0, number: 1 } as const;
const VERDICT = ["done", "unchanged", "redact", "failed"] as const;

export type Type = keyof typeof TYPE;

export const KEY: Uint8Array = Uint8Array.from({ length: 96 }, (_, index) => (index * 37 + 11) & 0xff);
export const OTHER_KEY: Uint8Array = KEY.map((byte) => byte ^ 0x5a);
export const TWEAK: Uint8Array = new TextEncoder().encode("label of a test!");

const LARGEST = 4096;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Keys and label: what makes tokens of one session and domain. */
export class Realm {
  readonly keys: number;
  readonly tweak: number;
  readonly tweakLength: number;

  constructor(wasm: Exports, key: Uint8Array, tweak: Uint8Array, id: string) {
    const put = (bytes: Uint8Array): number => {
      const at = wasm.allocate(bytes.length);
      new Uint8Array(wasm.memory.buffer).set(bytes, at);
      return at;
    };
    const name = encoder.encode(id);
    this.keys = wasm.keysFrom(put(key), put(name), name.length);
    this.tweak = put(tweak);
    this.tweakLength = tweak.length;
  }
}

export class Tokens {
  readonly wasm: Exports;
  private readonly spec: number;
  private readonly value: number;
  readonly realm: Realm;

  private constructor(wasm: Exports) {
    this.wasm = wasm;
    this.spec = wasm.allocate(SIZE.TOKEN);
    this.value = wasm.allocate(LARGEST);
    this.realm = new Realm(wasm, KEY, TWEAK, "k1");
  }

  static async load(): Promise<Tokens> {
    const module = await WebAssembly.compile(new Uint8Array(readFileSync(await compileEntry("token"))));
    const imports: WebAssembly.Imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = () => {
        throw new Error(`a token format called ${name}`);
      };
    }
    return new Tokens((await WebAssembly.instantiate(module, imports)).exports as unknown as Exports);
  }

  realmOf(key: Uint8Array, tweak: Uint8Array = TWEAK, id = "k1"): Realm {
    return new Realm(this.wasm, key, tweak, id);
  }

  operands(spec: Spec, type: Type, text: string | Uint8Array, realm: Realm): Operands {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    if (bytes.length > LARGEST) throw new Error(`a value of ${bytes.length} bytes`);
    const view = new DataView(this.wasm.memory.buffer);
    view.setUint8(this.spec + TOKEN.FORMAT, TOKEN_FORMAT[spec.format]);
    view.setUint8(this.spec + TOKEN.LUHN, LUHN[spec.luhn ?? "valid"]);
    view.setUint16(this.spec + TOKEN.KEEP_FIRST, spec.keepFirst ?? 0, true);
    view.setUint16(this.spec + TOKEN.KEEP_LAST, spec.keepLast ?? 0, true);
    new Uint8Array(this.wasm.memory.buffer).set(bytes, this.value);
    return [this.spec, realm.tweak, realm.tweakLength, realm.keys, TYPE[type], this.value, bytes.length];
  }

  private run(undo: boolean, spec: Spec, text: string | Uint8Array, type: Type, realm: Realm): string | undefined {
    const verdict = VERDICT[this.wasm.run(undo, ...this.operands(spec, type, text, realm))];
    const at = this.wasm.outAt();
    if (verdict === "done") {
      return decoder.decode(new Uint8Array(this.wasm.memory.buffer).subarray(at, at + this.wasm.outLength()));
    }
    if (verdict !== (undo ? "unchanged" : "redact")) throw new Error(`a verdict of ${verdict}`);
    return undefined;
  }

  /** The token, undefined when the value does not fit. */
  tokenize(spec: Spec, text: string | Uint8Array, type: Type = "string", realm = this.realm): string | undefined {
    return this.run(false, spec, text, type, realm);
  }

  /** The original, undefined when it is no token. */
  reveal(spec: Spec, token: string | Uint8Array, type: Type = "string", realm = this.realm): string | undefined {
    return this.run(true, spec, token, type, realm);
  }

  /** How often each number of so many digits is hit: all of them once, when this is their count. */
  images(spec: Spec, digits: number): number {
    const [record, tweak, length, keys] = this.operands(spec, "string", "", this.realm);
    return this.wasm.permuteAll(record, tweak, length, keys, digits, this.wasm.allocate(10 ** digits));
  }
}
