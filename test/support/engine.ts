/**
 * The JSON rewriter of the filter as a module of its own (engine.entry.ts): a policy and chunks in, bytes out.
 */
import { readFileSync } from "node:fs";
import { OUTCOMES } from "../../scripts/policy/outcomes.ts";
import { compileEntry } from "./compile.ts";

interface Exports {
  memory: WebAssembly.Memory;
  policyAt(length: number): number;
  keyAt(): number;
  usePolicy(length: number): number;
  inputAt(length: number): number;
  begin(): void;
  feed(length: number, last: number): number;
  end(): void;
  isEdited(): number;
  outputAt(): number;
  outputLength(): number;
}

/** The code of the outcome (scripts/policy/outcomes.ts) when the document was refused, and what had come out by then.
 * Chunks without an edit are in the output as they are, not as copies. */
export interface Result {
  error?: string;
  output: Uint8Array;
}

/** The root key of every test, in hex: what the environment variable of a policy holds. */
export const testKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/** A WebAssembly module of the engine, compiled when no cached one fits the sources. */
export async function engineModule(): Promise<WebAssembly.Module> {
  return new WebAssembly.Module(readFileSync(await compileEntry("engine")));
}

/** Host calls that the rewriter never makes, except to count: they answer Ok. */
function silentHost(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => 0;
  }
  return imports;
}

export class Engine {
  readonly #wasm: Exports;

  static async load(): Promise<Engine> {
    const module = await engineModule();
    return new Engine(new WebAssembly.Instance(module, silentHost(module)).exports as unknown as Exports);
  }

  private constructor(wasm: Exports) {
    this.#wasm = wasm;
    new Uint8Array(wasm.memory.buffer).set(Buffer.from(testKey, "hex"), wasm.keyAt());
  }

  use(policy: Uint8Array): void {
    const at = this.#wasm.policyAt(policy.length);
    new Uint8Array(this.#wasm.memory.buffer).set(policy, at);
    const verdict = this.#wasm.usePolicy(policy.length);
    if (verdict) throw new Error(`the bounds check refuses the policy: ${verdict}`);
  }

  /** Rewrites a document that comes in these chunks under the policy in use. */
  rewrite(chunks: readonly Uint8Array[]): Result {
    const wasm = this.#wasm;
    const pieces: Uint8Array[] = [];
    let error = 0;
    wasm.begin();
    for (let i = 0; i < chunks.length && !error; i++) {
      const chunk = chunks[i]!;
      const at = wasm.inputAt(chunk.length);
      new Uint8Array(wasm.memory.buffer).set(chunk, at);
      error = wasm.feed(chunk.length, i === chunks.length - 1 ? 1 : 0);
      if (error) break;
      if (!wasm.isEdited()) pieces.push(chunk);
      else
        pieces.push(new Uint8Array(wasm.memory.buffer).slice(wasm.outputAt(), wasm.outputAt() + wasm.outputLength()));
    }
    wasm.end();
    const output = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    return error ? { error: OUTCOMES[error]?.code ?? String(error), output } : { output };
  }

  run(policy: Uint8Array, chunks: readonly Uint8Array[]): Result {
    this.use(policy);
    return this.rewrite(chunks);
  }
}
