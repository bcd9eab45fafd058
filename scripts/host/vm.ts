/**
 * A VM as Envoy has one per worker: one instance of the module, shared by every plugin with the same vm_id.
 *
 * Invariant: after a trap every stream of every plugin gets a 503, until a new Vm is made (fail_open is false).
 */
import { Machine, type MachineOptions } from "./machine.ts";
import { type HttpCallHandler, Plugin } from "./root.ts";

export interface VmOptions extends MachineOptions {
  /** Without it every proxy_http_call is refused, as with an unknown cluster. */
  httpCall?: HttpCallHandler;
}

export class Vm {
  readonly #machine: Machine;
  readonly #httpCall: HttpCallHandler | undefined;

  constructor(module: WebAssembly.Module, options: VmOptions = {}) {
    this.#machine = new Machine(module, options);
    this.#httpCall = options.httpCall;
  }

  /** Creates a root context, starts and configures it; throws ConfigurationRefused when the module says no. */
  plugin(rootId: string, configuration: Uint8Array): Plugin {
    return new Plugin(this.#machine, rootId, configuration, this.#httpCall);
  }

  get memoryBytes(): number {
    return this.#machine.memory.size;
  }

  /** All metrics by name; a histogram counts its samples. */
  get metrics(): Map<string, bigint> {
    return this.#machine.metrics.values();
  }

  get failed(): boolean {
    return this.#machine.failed;
  }
}
