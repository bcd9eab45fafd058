/**
 * One instance of the module: its memory, its exports, and the rule by which it is entered.
 *
 * Invariants: a guest runs only inside `enter`, always for a context. What it asks to happen to a stream happens after
 * its call has returned. A trap fails the instance for good: it is never entered again.
 */
import { LOG_LEVELS, type LogLevel } from "./abi.ts";
import { Arena } from "./arena.ts";
import type { Context, Host } from "./context.ts";
import { GuestExit, ModuleRefused } from "./errors.ts";
import { importsFor } from "./imports/index.ts";
import { GuestMemory } from "./memory.ts";
import { Metrics } from "./metrics.ts";
import { SharedData, SharedQueues } from "./shared.ts";

export interface MachineOptions {
  environment?: Record<string, string>;
  vmConfiguration?: Uint8Array;
  log?: (level: LogLevel, message: string) => void;
  /** Messages below it are dropped, and proxy_get_log_level reports it; "info" as in Envoy. */
  logLevel?: LogLevel;
  /** Nanoseconds since 1970. */
  now?: () => bigint;
  random?: (bytes: Uint8Array) => void;
  /** Foreign functions by name; undefined as an answer refuses the argument. */
  foreign?: Record<string, (argument: Uint8Array) => Uint8Array | undefined>;
  /** One object for all VMs with the same vm_id. */
  sharedData?: SharedData;
}

type Callback = (...parameters: number[]) => number | undefined;

/** `enter` answers these instead of a guest's number, which is never negative. */
export const STOPPED = -1;
export const FAILED = -2;

const utf8 = new TextEncoder();
const CRITICAL = LOG_LEVELS.indexOf("critical");

export class Machine implements Host {
  readonly arena = new Arena();
  readonly metrics = new Metrics();
  readonly queues = new SharedQueues();
  readonly sharedData: SharedData;
  readonly environment: readonly Uint8Array[];
  readonly foreign: NonNullable<MachineOptions["foreign"]>;
  readonly logLevel: number;
  readonly now: () => bigint;
  readonly random: (bytes: Uint8Array) => void;
  readonly vmConfiguration: Uint8Array;
  /** All contexts that the guest may name; ids of roots and streams share one number space. */
  readonly contexts = new Map<number, Context & { queueReady?(token: number): void }>();
  readonly exports: Readonly<Record<string, Callback | undefined>>;
  failed = false;
  readonly #log: MachineOptions["log"];
  readonly #memory: GuestMemory | undefined;
  #nextId = 1;
  #current: Context | undefined;
  #effective: Context | undefined;
  #stopped = false;
  #after: (() => void)[] = [];

  constructor(module: WebAssembly.Module, options: MachineOptions) {
    this.sharedData = options.sharedData ?? new SharedData();
    this.environment = Object.entries(options.environment ?? {}).map(([name, value]) =>
      utf8.encode(`${name}=${value}\0`),
    );
    this.foreign = options.foreign ?? {};
    this.logLevel = LOG_LEVELS.indexOf(options.logLevel ?? "info");
    this.now = options.now ?? (() => BigInt(Date.now()) * 1_000_000n);
    this.random = options.random ?? ((bytes) => globalThis.crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>));
    this.vmConfiguration = options.vmConfiguration ?? new Uint8Array(0);
    this.#log = options.log;

    const { exports } = new WebAssembly.Instance(module, importsFor(module, this));
    this.exports = exports as Record<string, Callback | undefined>;
    const allocate = this.exports.malloc ?? this.exports.proxy_on_memory_allocate;
    if (!("proxy_abi_version_0_2_1" in exports)) throw new ModuleRefused("the module is not of Proxy-Wasm ABI 0.2.1");
    if (!(exports.memory instanceof WebAssembly.Memory)) throw new ModuleRefused("the module exports no memory");
    if (!allocate) throw new ModuleRefused("the module exports neither malloc nor proxy_on_memory_allocate");
    this.#memory = new GuestMemory(exports.memory, (size) => allocate(size) ?? 0);
  }

  get memory(): GuestMemory {
    // Envoy has no context yet while the start function of a module runs, and crashes when that calls the host.
    if (!this.#memory) throw new ModuleRefused("the start function of the module calls the host");
    return this.#memory;
  }

  get context(): Context {
    const context = this.#effective ?? this.#current;
    if (!context) throw new ModuleRefused("the module calls the host outside any context");
    return context;
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  newId(): number {
    return this.#nextId++;
  }

  /** Runs an export for a context; `absent` is the answer of a module that does not have it. */
  enter(context: Context, callback: Callback | undefined, absent: number, a = 0, b = 0, c = 0, d = 0, e = 0): number {
    if (this.failed) return FAILED;
    if (!callback) return absent;
    const current = this.#current;
    const effective = this.#effective;
    this.#current = context;
    this.#effective = undefined;
    let answer = FAILED;
    try {
      answer = (callback(a, b, c, d, e) ?? 0) >>> 0;
    } catch (error) {
      this.#trap(error);
    } finally {
      this.#current = current;
      this.#effective = effective;
    }
    if (this.#stopped) {
      this.#stopped = false;
      if (!this.failed) answer = STOPPED;
    }
    for (let action = this.#after.shift(); action; action = this.#after.shift()) action();
    return answer;
  }

  /** Runs `action` when the guest's call has returned; at once when none is running. */
  afterCall(action: () => void): void {
    if (this.busy) this.#after.push(action);
    else action();
  }

  stopIteration(): void {
    this.#stopped = true;
  }

  setEffectiveContext(id: number): boolean {
    const context = this.contexts.get(id);
    if (!context) return false;
    this.#effective = context;
    return true;
  }

  announceQueue(owner: number, token: number): void {
    this.afterCall(() => this.contexts.get(owner)?.queueReady?.(token));
  }

  log(level: number, message: string): void {
    if (level >= this.logLevel) this.#log?.(LOG_LEVELS[level]!, message);
  }

  #trap(error: unknown): void {
    // A guest that recurses too deeply ends in a RangeError in some engines.
    const overflow = error instanceof RangeError && /stack/i.test(error.message);
    const trapped = error instanceof WebAssembly.RuntimeError || error instanceof GuestExit || overflow;
    this.#after = [];
    this.failed = true;
    if (!trapped) throw error;
    this.log(CRITICAL, `the module trapped: ${error.message}`);
  }
}
