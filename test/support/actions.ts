/**
 * The actions and digests of the filter as a module of their own (actions.entry.ts), with rules as TypeScript values.
 * Invariants: records and offsets come from scripts/policy/constants.ts; operands lie behind each other without padding, so
 * that a read behind the end of one meets the next.
 */
import { readFileSync } from "node:fs";
import { ACTION, ENCODING, GENERALIZE, RULE, SIZE } from "../../scripts/policy/constants.ts";
import { compileEntry } from "./compile.ts";

interface Exports {
  memory: WebAssembly.Memory;
  allocate(size: number): number;
  release(at: number, size: number): void;
  run(rule: number, policy: number, type: number, at: number, length: number, key: number): number;
  redactText(rule: number, policy: number): void;
  redactJson(rule: number, policy: number, kind: number): void;
  outAt(): number;
  outLength(): number;
  characterLength(at: number, end: number): number;
  hmacSha256(key: number, keyLength: number, at: number, length: number, out: number): void;
  hmacStart(key: number, keyLength: number): void;
  hmacUpdate(at: number, length: number): void;
  hmacFinish(out: number): void;
  sha256(at: number, length: number, out: number): void;
  sha256Start(): void;
  sha256Update(at: number, length: number): void;
  sha256Finish(out: number): void;
  dataEnd(): number;
  tellTime(seconds: bigint): void;
}

/** Codes of assembly/action/types.ts. */
export const TYPE = { string: 0, number: 1, boolean: 2, text: 3, object: 4, array: 5 } as const;
export const VERDICT = ["done", "unchanged", "redact", "failed"] as const;

export type Type = keyof typeof TYPE;
export type Rule =
  | { action: "pass" | "strip" | "block" }
  | { action: "redact"; json?: string; text?: string }
  | { action: "mask"; keepFirst?: number; keepLast?: number; char?: string; skip?: string }
  | { action: "hash"; length?: number; encoding?: keyof typeof ENCODING }
  | { action: "truncate"; keepFirst?: number; keepLast?: number }
  | { action: "generalize"; to: "year" | "month" }
  | { action: "generalize"; to: "aged"; age: number }
  | { action: "generalize"; to: "zip"; digits: number; restricted?: readonly number[] }
  | { action: "generalize"; to: "age"; cap: number }
  | { action: "generalize"; to: "ip"; v4: number; v6: number }
  | { action: "generalize"; to: "number"; bucket: number }
  | { action: "generalize"; to: "geo"; decimals: number };

/** The replacement, or why there is none. */
export type Result = string | { verdict: "unchanged" | "redact" | "failed" };
export const UNCHANGED: Result = { verdict: "unchanged" };
export const REDACT: Result = { verdict: "redact" };

const encoder = new TextEncoder();
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const bytesFrom = (value: string | Uint8Array): Uint8Array =>
  typeof value === "string" ? encoder.encode(value) : value;

/** Actions are pure: whatever they would call of a host throws. */
function noHost(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new Error(`an action called ${name}`);
    };
  }
  return imports;
}

export class Actions {
  readonly wasm: Exports;
  private scratch = 0;
  private scratchSize = 0;
  private used = 0;

  private constructor(wasm: Exports) {
    this.wasm = wasm;
  }

  static async load(): Promise<Actions> {
    const module = await WebAssembly.compile(new Uint8Array(readFileSync(await compileEntry("actions"))));
    const instance = await WebAssembly.instantiate(module, noHost(module));
    return new Actions(instance.exports as unknown as Exports);
  }

  /** Starts a call whose operands take at most `size` bytes in all. */
  begin(size: number): void {
    if (size > this.scratchSize) {
      this.wasm.release(this.scratch, this.scratchSize);
      this.scratchSize = size;
      this.scratch = this.wasm.allocate(size);
    }
    this.used = 0;
  }

  put(bytes: Uint8Array): number {
    const at = this.scratch + this.used;
    if (this.used + bytes.length > this.scratchSize) throw new Error("begin() announced less");
    new Uint8Array(this.wasm.memory.buffer).set(bytes, at);
    this.used += bytes.length;
    return at;
  }

  get(at: number, length: number): Uint8Array {
    return new Uint8Array(this.wasm.memory.buffer).slice(at, at + length);
  }

  /** The rule at the start of a policy: its record, and behind it what its refs point to. */
  private place(rule: Rule): { rule: number; policy: number } {
    const { record, blob } = encodeRule(rule);
    const policy = this.put(blob);
    return { rule: this.put(record), policy };
  }

  transformBytes(rule: Rule, type: Type, value: Uint8Array, key?: Uint8Array): Uint8Array | Result {
    this.begin(1024 + value.length);
    const placed = this.place(rule);
    const at = this.put(value);
    // What follows a value must not matter: a digit, a continuation byte and a point would each be read on.
    this.put(Uint8Array.of(0x39, 0xbf, 0x2e));
    const verdict = this.wasm.run(placed.rule, placed.policy, TYPE[type], at, value.length, key ? this.put(key) : 0);
    const name = VERDICT[verdict];
    if (name === undefined) throw new Error(`verdict ${verdict}`);
    return name === "done" ? this.get(this.wasm.outAt(), this.wasm.outLength()) : { verdict: name };
  }

  transform(rule: Rule, type: Type, value: string | Uint8Array, key?: Uint8Array): Result {
    const result = this.transformBytes(rule, type, bytesFrom(value), key);
    return result instanceof Uint8Array ? decode(result) : result;
  }

  redacted(rule: Rule, type: Type): string {
    this.begin(1024);
    const placed = this.place(rule);
    if (type === "text") this.wasm.redactText(placed.rule, placed.policy);
    else this.wasm.redactJson(placed.rule, placed.policy, TYPE[type]);
    return decode(this.get(this.wasm.outAt(), this.wasm.outLength()));
  }
}

/** The record of a rule and the policy bytes that its refs count into; a few bytes stand before the first of them. */
function encodeRule(rule: Rule): { record: Uint8Array; blob: Uint8Array } {
  let blob = encoder.encode("front");
  const ref = (bytes: Uint8Array): [number, number] => {
    const at = blob.length;
    blob = Uint8Array.from([...blob, ...bytes]);
    return bytes.length === 0 ? [0, 0] : [at, bytes.length];
  };
  const record = new Uint8Array(SIZE.RULE);
  record[RULE.ACTION] = ACTION[rule.action];
  const view = new DataView(record.buffer);
  parameters(rule, ref).forEach((value, i) => {
    view.setUint32(RULE.P0 + 4 * i, value, true);
  });
  return { record, blob };
}

function parameters(rule: Rule, ref: (bytes: Uint8Array) => [number, number]): number[] {
  switch (rule.action) {
    case "redact":
      return [...ref(encoder.encode(rule.json ?? "")), ...ref(encoder.encode(rule.text ?? ""))];
    case "mask": {
      const char = (rule.char ?? "*").codePointAt(0)!;
      return [rule.keepFirst ?? 0, rule.keepLast ?? 0, char, ...ref(encoder.encode(rule.skip ?? ""))];
    }
    case "hash":
      return [rule.length ?? 0, ENCODING[rule.encoding ?? "hex"]];
    case "truncate":
      return [rule.keepFirst ?? 0, rule.keepLast ?? 0];
    case "generalize":
      return [GENERALIZE[rule.to], ...generalizeParameters(rule, ref)];
    default:
      return [];
  }
}

function generalizeParameters(
  rule: Rule & { action: "generalize" },
  ref: (bytes: Uint8Array) => [number, number],
): number[] {
  switch (rule.to) {
    case "zip": {
      const areas = Uint16Array.from(rule.restricted ?? []);
      return [rule.digits, ref(new Uint8Array(areas.buffer))[0], areas.length];
    }
    case "age":
      return [rule.cap];
    case "aged":
      return [rule.age];
    case "ip":
      return [rule.v4, rule.v6];
    case "number":
      return [rule.bucket];
    case "geo":
      return [rule.decimals];
    default:
      return [];
  }
}
