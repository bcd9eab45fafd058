/**
 * Root contexts: a plugin configuration at work in a VM.
 *
 * Invariants: the plugin configuration can be read only while it is being applied; every plugin has its own root
 * context, whatever VM it shares.
 */
import { BufferType, MapType, Status } from "./abi.ts";
import { type BodyBuffer, NOTHING } from "./body.ts";
import type { HttpCall, HttpCallResponse, LocalReply, PropertyValue, RootContext } from "./context.ts";
import { ConfigurationRefused } from "./errors.ts";
import { HeaderMap } from "./headers.ts";
import type { Machine } from "./machine.ts";
import { HttpStream, type StreamOptions } from "./stream.ts";

/**
 * Where proxy_http_call goes: false refuses the cluster. `respond` may be called at once or later, once; without a
 * response the call has failed.
 */
export type HttpCallHandler = (call: HttpCall, respond: (response?: HttpCallResponse) => void) => boolean;

/** Ids of HTTP calls grow by four: their low bits tell them from gRPC calls. */
const CALL_ID_STEP = 4;

export class Plugin implements RootContext {
  readonly id: number;
  readonly rootId: string;
  readonly logging = false;
  /** Milliseconds between ticks that the module asked for; 0 is none. Ticks come only from `tick`. */
  tickPeriod = 0;
  status = { code: 0, message: "" };
  readonly #machine: Machine;
  readonly #httpCall: HttpCallHandler | undefined;
  #configuration: Uint8Array | undefined;
  #response: { headers: HeaderMap; body: Uint8Array; trailers: HeaderMap | undefined } | undefined;
  #lastCall = 0;
  #state: "open" | "closing" | "closed" = "open";

  constructor(machine: Machine, rootId: string, configuration: Uint8Array, httpCall?: HttpCallHandler) {
    this.#machine = machine;
    this.rootId = rootId;
    this.#httpCall = httpCall;
    this.id = machine.newId();
    machine.contexts.set(this.id, this);
    const { exports } = machine;
    this.#configuration = configuration;
    machine.enter(this, exports.proxy_on_context_create, 0, this.id, 0);
    this.#configuration = undefined;
    const started = machine.enter(this, exports.proxy_on_vm_start, 1, this.id, machine.vmConfiguration.length);
    if (started <= 0 || !this.configure(configuration)) {
      machine.contexts.delete(this.id);
      throw new ConfigurationRefused(
        machine.failed ? "the module trapped while it was configured" : "the module refused its configuration",
      );
    }
  }

  get root(): this {
    return this;
  }

  /** Applies a configuration to the running plugin; false says the module refused it. */
  configure(configuration: Uint8Array): boolean {
    this.#configuration = configuration;
    const { exports } = this.#machine;
    const answer = this.#machine.enter(this, exports.proxy_on_configure, 1, this.id, configuration.length);
    this.#configuration = undefined;
    return answer > 0;
  }

  stream(options: StreamOptions = {}): HttpStream {
    return new HttpStream(this.#machine, this, options);
  }

  /** What each metric of the VM has gained since the last call. */
  takeMetricChanges(): Map<string, bigint> {
    return this.#machine.metrics.takeChanges();
  }

  tick(): void {
    this.#machine.enter(this, this.#machine.exports.proxy_on_tick, 0, this.id);
  }

  /** Ends the plugin; when the module is not done yet, its end waits for proxy_done. */
  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    if (this.#machine.enter(this, this.#machine.exports.proxy_on_done, 1, this.id) !== 0) this.#delete();
  }

  done(): boolean {
    if (this.#state !== "closing") return false;
    this.#state = "closed";
    this.#machine.afterCall(() => this.#delete());
    return true;
  }

  queueReady(token: number): void {
    this.#machine.enter(this, this.#machine.exports.proxy_on_queue_ready, 0, this.id, token);
  }

  httpCall(call: HttpCall): number | undefined {
    const token = this.#lastCall + CALL_ID_STEP;
    let answered = false;
    const respond = (response?: HttpCallResponse): void => {
      if (answered) return;
      answered = true;
      this.#machine.afterCall(() => this.#deliver(token, response));
    };
    if (!this.#httpCall?.(call, respond)) return undefined;
    this.#lastCall = token;
    return token;
  }

  readMap(type: number): HeaderMap | undefined {
    if (type === MapType.HttpCallResponseHeaders) return this.#response?.headers;
    if (type === MapType.HttpCallResponseTrailers) return this.#response?.trailers;
    return undefined;
  }

  writeMap(): undefined {
    return undefined;
  }

  buffer(type: number): BodyBuffer | Uint8Array | undefined {
    if (type === BufferType.PluginConfiguration) return this.#configuration;
    if (type === BufferType.HttpCallResponseBody) return this.#response?.body;
    // Envoy answers for a body or call data that is not there with an empty buffer, not with NotFound.
    return type === BufferType.VmConfiguration ? this.#machine.vmConfiguration : NOTHING;
  }

  getProperty(path: string): PropertyValue | undefined {
    return path === "plugin_root_id" ? this.rootId : undefined;
  }

  setProperty(): boolean {
    return false;
  }

  // A root context has no stream: Envoy accepts these calls and does nothing.
  sendLocalReply(_reply: LocalReply): void {}
  continueStream(): void {}
  closeStream(): void {}

  #deliver(token: number, response: HttpCallResponse | undefined): void {
    const { exports } = this.#machine;
    if (response) {
      const headers = new HeaderMap("response", response.headers);
      const trailers = response.trailers && new HeaderMap("response trailers", response.trailers);
      this.#response = { headers, body: response.body, trailers };
    } else {
      this.status = { code: Status.BrokenConnection, message: "reset" };
    }
    const { headers, body, trailers } = this.#response ?? {};
    const sizes = [headers?.size ?? 0, body?.length ?? 0, trailers?.size ?? 0] as const;
    this.#machine.enter(this, exports.proxy_on_http_call_response, 0, this.id, token, ...sizes);
    this.#response = undefined;
    this.status = { code: this.status.code, message: "" };
  }

  #delete(): void {
    this.#state = "closed";
    this.#machine.enter(this, this.#machine.exports.proxy_on_delete, 0, this.id);
    this.#machine.contexts.delete(this.id);
  }
}
