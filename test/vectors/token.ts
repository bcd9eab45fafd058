/**
 * The verifier of session tokens, compiled from the filter's sources (test/support/session.entry.ts), with node:crypto
 * behind the one host call that it makes.
 */
import { readFileSync } from "node:fs";
import { ALGORITHM } from "../../scripts/policy/constants.ts";
import type { TokenAlgorithm } from "../../scripts/policy/session.ts";
import { nodeForeign } from "../../scripts/token/foreign.ts";
import { compileEntry } from "../support/compile.ts";

interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  PROOF_BYTES: WebAssembly.Global;
  SLOTS: WebAssembly.Global;
  allocate(size: number): number;
  dropSession(session: number): void;
  dropSessions(policy: number): void;
  findSession(policy: number, at: number, length: number): number;
  holds(session: number, byte: number): number;
  jwsHolds(algorithm: number, key: number, keyLength: number, at: number, length: number): number;
  leaveSession(session: number): void;
  openSession(policy: number, proof: number, length: number, id: number, idLength: number): number;
  proxy_on_memory_allocate(size: number): number;
  users(session: number): number;
}

const module = new WebAssembly.Module(readFileSync(await compileEntry("session")));

export class TokenModule {
  readonly exports: Exports;

  constructor() {
    const env = new Proxy<Record<string, unknown>>(
      {
        proxy_call_foreign_function: (...args: [number, number, number, number, number, number]) => this.#call(...args),
      },
      // What the tests do not reach may be imported all the same.
      { get: (target, name) => target[String(name)] ?? (() => 10) },
    );
    const imports = { env, wasi_snapshot_preview1: env } as WebAssembly.Imports;
    this.exports = new WebAssembly.Instance(module, imports).exports as Exports;
  }

  /** Copies bytes into the module; the address. */
  put(bytes: Uint8Array): number {
    const at = this.exports.allocate(Math.max(1, bytes.length));
    new Uint8Array(this.exports.memory.buffer).set(bytes, at);
    return at;
  }

  /** Whether the filter takes the compact JWS under the key: a secret, or a public key (DER). */
  holds(algorithm: TokenAlgorithm, key: Uint8Array, jws: string): boolean {
    const token = Buffer.from(jws, "latin1");
    return this.exports.jwsHolds(ALGORITHM[algorithm], this.put(key), key.length, this.put(token), token.length) !== 0;
  }

  #call(name: number, nameLength: number, at: number, length: number, outAt: number, outLength: number): number {
    const bytes = () => new Uint8Array(this.exports.memory.buffer);
    const called = nodeForeign[Buffer.from(bytes().slice(name, name + nameLength)).toString()];
    const result = called?.(bytes().slice(at, at + length));
    if (!result) return called ? 2 : 1;
    const to = this.exports.proxy_on_memory_allocate(result.length);
    bytes().set(result, to);
    const view = new DataView(this.exports.memory.buffer);
    view.setUint32(outAt, to, true);
    view.setUint32(outLength, result.length, true);
    return 0;
  }
}
