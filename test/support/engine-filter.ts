/** The release filter in the embedded host, asked the same way as the engine: a policy and a body in, a body out. */
import { type Chunking, type Plugin, runExchange, Vm } from "../../scripts/host/index.ts";
import { loadWasm } from "../../scripts/wasm.ts";
import { type Result, testKey } from "./engine.ts";

export class Filter {
  readonly vm: Vm;
  #plugin: Plugin | undefined;

  constructor(wasm: Uint8Array<ArrayBuffer> = loadWasm()) {
    this.vm = new Vm(new WebAssembly.Module(wasm), { environment: { FROSTGLASS_KEY: testKey } });
  }

  use(policy: Uint8Array): void {
    if (!this.#plugin) this.#plugin = this.vm.plugin("test", policy);
    else if (!this.#plugin.configure(policy)) throw new Error("the filter refuses the policy");
  }

  /** A request through the policy in use. */
  rewrite(body: Uint8Array, chunk?: Chunking, contentType = "application/json", encoding?: string): Result {
    const headers: [string, string][] = [["content-type", contentType]];
    if (encoding !== undefined) headers.push(["content-encoding", encoding]);
    const exchange = { request: { method: "POST", path: "/", headers, body } };
    const result = runExchange(
      this.#plugin!,
      exchange,
      chunk === undefined ? { holdHeaders: true } : { holdHeaders: true, chunk },
    );
    const output = result.request?.body ?? new Uint8Array(0);
    if (result.outcome === "forwarded" && result.requestComplete) return { output };
    return { error: result.reason ?? result.outcome, output };
  }
}
