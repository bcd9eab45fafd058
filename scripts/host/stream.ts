/**
 * One HTTP stream through one filter: its two directions, local replies and resets.
 *
 * Invariants, all Envoy's: a local reply before the response has begun runs through the response callbacks of the very
 * filter that sent it (downstream attachment); once the response is inside the filter, the reply goes straight out; once
 * response headers are out, it can only cut the stream. A second end of a stream that is already cut crashes Envoy, and
 * throws HostCrash here. Whatever comes in after the end is dropped.
 */
import { BufferType, DataStatus, HeadersStatus, MapType, StreamType } from "./abi.ts";
import { type BodyBuffer, NOTHING } from "./body.ts";
import type { Context, LocalReply, PropertyValue } from "./context.ts";
import { HostCrash } from "./errors.ts";
import { Flow, type FlowOwner, type Side } from "./flow.ts";
import { HeaderMap } from "./headers.ts";
import { FAILED, type Machine, STOPPED } from "./machine.ts";
import { prepareReply } from "./reply.ts";
import type { Plugin } from "./root.ts";

export interface StreamOptions {
  /** Properties by dotted path. */
  properties?: Readonly<Record<string, PropertyValue>>;
  /** allow_on_headers_stop_iteration; without it a filter that stops at headers hangs the stream. */
  holdHeaders?: boolean;
  /** per_connection_buffer_limit_bytes. */
  bufferLimit?: number;
  attachment?: "downstream" | "upstream";
}

const BUFFER_LIMIT = 1024 * 1024;
const utf8 = new TextEncoder();
type Pairs = readonly (readonly [string, string])[];

export class HttpStream implements Context, FlowOwner {
  readonly id: number;
  readonly root: Plugin;
  readonly bufferLimit: number;
  readonly filterState = new Map<string, Uint8Array>();
  /** The local reply that was sent, made by the module or by the host (413, 500, 503). */
  localReply: LocalReply | undefined;
  /** The local reply that came too late and cut the stream instead. */
  lateReply: LocalReply | undefined;
  logging = false;
  dead = false;
  readonly #machine: Machine;
  readonly #options: StreamOptions;
  readonly #request: Flow;
  readonly #response: Flow;
  #created = false;
  #closed = false;
  #endOfStream = false;
  #prepared: LocalReply | undefined;
  #failureSent = false;

  constructor(machine: Machine, root: Plugin, options: StreamOptions) {
    this.#machine = machine;
    this.root = root;
    this.#options = options;
    this.bufferLimit = options.bufferLimit ?? BUFFER_LIMIT;
    this.id = machine.newId();
    machine.contexts.set(this.id, this);
    this.#request = new Flow(this);
    this.#response = new Flow(this);
  }

  /** What left towards the service. */
  get upstream(): Side {
    return this.#request.side;
  }

  /** What left towards the client. */
  get downstream(): Side {
    return this.#response.side;
  }

  requestHeaders(headers: Pairs, endOfStream: boolean): void {
    if (this.dead || this.#request.headers) return;
    this.#created = true;
    this.#machine.enter(this, this.#machine.exports.proxy_on_context_create, 0, this.id, this.root.id);
    this.#request.receiveHeaders(new HeaderMap("request", headers), endOfStream);
  }

  requestBody(chunk: Uint8Array, endOfStream: boolean): void {
    if (this.#takes(this.#request)) this.#request.receiveData(chunk, endOfStream);
  }

  requestTrailers(trailers: Pairs): void {
    if (this.#takes(this.#request)) this.#request.receiveTrailers(new HeaderMap("request trailers", trailers));
  }

  responseHeaders(headers: Pairs, endOfStream: boolean): void {
    const map = new HeaderMap("response", headers);
    const status = Number(map.get(":status"));
    // Interim responses pass Envoy's Wasm filter without a callback.
    if (this.dead || this.#response.headers || (status >= 100 && status < 200 && status !== 101)) return;
    this.#response.receiveHeaders(map, endOfStream);
  }

  responseBody(chunk: Uint8Array, endOfStream: boolean): void {
    if (this.#takes(this.#response)) this.#response.receiveData(chunk, endOfStream);
  }

  responseTrailers(trailers: Pairs): void {
    if (this.#takes(this.#response)) this.#response.receiveTrailers(new HeaderMap("response trailers", trailers));
  }

  /** Ends the stream: access log, done, delete. A stream that was not finished is cut. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#created) {
      const { exports } = this.#machine;
      this.logging = true;
      this.#machine.enter(this, exports.proxy_on_log, 0, this.id);
      this.logging = false;
      this.#machine.enter(this, exports.proxy_on_done, 1, this.id);
      this.#machine.enter(this, exports.proxy_on_delete, 0, this.id);
    }
    this.#end();
    this.#machine.contexts.delete(this.id);
  }

  // What the guest's calls do.

  readMap(type: number): HeaderMap | undefined {
    const request = this.#request;
    const response = this.#response;
    switch (type) {
      case MapType.RequestHeaders:
        return this.logging ? request.headers : request.openHeaders;
      case MapType.RequestTrailers:
        return this.logging ? undefined : request.openTrailers;
      case MapType.ResponseHeaders:
        return this.logging ? response.headers : response.openHeaders;
      case MapType.ResponseTrailers:
        return this.logging ? response.trailers : response.openTrailers;
      default:
        return this.root.readMap(type);
    }
  }

  writeMap(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.RequestHeaders:
        return this.#request.openHeaders;
      case MapType.RequestTrailers:
        return this.#trailersOf(this.#request);
      case MapType.ResponseHeaders:
        return this.#response.openHeaders;
      case MapType.ResponseTrailers:
        return this.#trailersOf(this.#response);
      default:
        return undefined;
    }
  }

  buffer(type: number): BodyBuffer | Uint8Array | undefined {
    if (type === BufferType.HttpRequestBody) return this.#request.body() ?? NOTHING;
    if (type === BufferType.HttpResponseBody) return this.#response.body() ?? NOTHING;
    return this.root.buffer(type);
  }

  getProperty(path: string): PropertyValue | undefined {
    const parts = path.split("\0");
    // Envoy takes a path with a NUL at its end for the path without it.
    if (parts.at(-1) === "") parts.pop();
    const { properties } = this.#options;
    const name = parts.join(".");
    if (properties && Object.hasOwn(properties, name)) return properties[name];
    return parts.length === 1 ? (this.filterState.get(name) ?? this.root.getProperty(name)) : undefined;
  }

  setProperty(path: string, value: Uint8Array): boolean {
    this.filterState.set(path, value);
    return true;
  }

  sendLocalReply(reply: LocalReply): void {
    this.#machine.afterCall(() => this.#reply(reply));
  }

  continueStream(type: number): void {
    if (type === StreamType.Downstream) return;
    this.#request.openHeaders = undefined;
    this.#request.openBody = undefined;
    this.#request.openTrailers = undefined;
    const flow = type === StreamType.Request ? this.#request : this.#response;
    this.#machine.afterCall(() => {
      if (!this.dead) flow.continue();
    });
  }

  closeStream(type: number): void {
    if (type === StreamType.Request || type === StreamType.Response) this.#machine.afterCall(() => this.#cut());
  }

  // What the two directions ask for.

  onHeaders(flow: Flow, count: number, endOfStream: boolean): number {
    this.#endOfStream = endOfStream;
    const { exports } = this.#machine;
    const request = flow === this.#request;
    const callback = request ? exports.proxy_on_request_headers : exports.proxy_on_response_headers;
    if (!request && this.#failureSent) return HeadersStatus.Continue;
    const status = this.#machine.enter(this, callback, 0, this.id, count, endOfStream ? 1 : 0);
    if (status === FAILED) this.#fail();
    if (status < 0 || status > HeadersStatus.StopAllAndWatermark) return HeadersStatus.StopAllAndWatermark;
    if (status === HeadersStatus.StopIteration && this.#options.holdHeaders === false) {
      return HeadersStatus.StopAllAndWatermark;
    }
    // 2 has no meaning in the ABI, and Envoy reads it as Continue.
    return status === 2 ? HeadersStatus.Continue : status;
  }

  onData(flow: Flow, size: number, endOfStream: boolean): number {
    this.#endOfStream = endOfStream;
    const { exports } = this.#machine;
    const request = flow === this.#request;
    const callback = request ? exports.proxy_on_request_body : exports.proxy_on_response_body;
    if (!request && this.#failureSent) return DataStatus.Continue;
    const status = this.#machine.enter(this, callback, 0, this.id, size, endOfStream ? 1 : 0);
    if (status === FAILED) this.#fail();
    return status < 0 || status > DataStatus.StopNoBuffer ? DataStatus.StopNoBuffer : status;
  }

  onTrailers(flow: Flow, count: number): number {
    const { exports } = this.#machine;
    const request = flow === this.#request;
    const callback = request ? exports.proxy_on_request_trailers : exports.proxy_on_response_trailers;
    if (!request && this.#failureSent) return 0;
    const status = this.#machine.enter(this, callback, 0, this.id, count);
    if (status === FAILED) this.#fail();
    return status === 0 ? 0 : STOPPED;
  }

  tooLarge(flow: Flow): void {
    const [status, details, body] =
      flow === this.#request
        ? [413, "request_payload_too_large", "Payload Too Large"]
        : [500, "response_payload_too_large", "Internal Server Error"];
    this.#reply({ status, details, headers: [], body: utf8.encode(body) });
  }

  aborted(flow: Flow): void {
    const reply = this.#prepared;
    if (flow !== this.#request || !reply) return;
    this.#prepared = undefined;
    this.#sendThroughFilter(reply);
  }

  canContinue(flow: Flow): boolean {
    if (this.dead) return false;
    return flow === this.#request ? !this.#response.complete : !this.downstream.ended;
  }

  /** A direction takes more while it has begun and not ended, and no complete response makes it pointless. */
  #takes(flow: Flow): boolean {
    if (this.dead || !flow.headers || flow.complete) return false;
    return flow === this.#response || !this.#response.complete;
  }

  #trailersOf(flow: Flow): HeaderMap | undefined {
    if (!flow.openTrailers && flow.openBody && this.#endOfStream) {
      flow.openTrailers = new HeaderMap(flow === this.#request ? "request trailers" : "response trailers");
      flow.trailers = flow.openTrailers;
    }
    return flow.openTrailers;
  }

  #reply(reply: LocalReply): void {
    if (!this.#mayEnd("proxy_send_local_response")) return;
    if (this.#options.attachment === "upstream") {
      // The reply is the downstream chain's matter; this filter's part of the stream is over.
      this.#request.abort = true;
      this.#response.abort = true;
      this.#sendDirectly(reply);
      return;
    }
    if (this.#request.inCallback) this.#request.abort = true;
    else if (this.#response.inCallback) this.#response.abort = true;
    if (this.#response.headers) this.#sendDirectly(reply);
    else if (this.#request.inCallback) this.#prepared ??= reply;
    else this.#sendThroughFilter(reply);
  }

  #sendThroughFilter(reply: LocalReply): void {
    this.localReply = reply;
    this.#cutUpstream();
    const { headers, body } = prepareReply(reply, this.#request.headers);
    this.#response.receiveHeaders(headers, body.length === 0);
    if (body.length > 0 && !this.dead) this.#response.receiveData(body, true);
  }

  #sendDirectly(reply: LocalReply): void {
    if (this.downstream.headers) {
      this.lateReply = reply;
      this.#reset();
      return;
    }
    this.localReply = reply;
    this.#cutUpstream();
    this.dead = true;
    const { headers, body } = prepareReply(reply, this.#request.headers);
    const { downstream } = this;
    downstream.headers = headers.pairs();
    if (body.length > 0) downstream.body.push(body);
    downstream.ended = true;
  }

  #cut(): void {
    if (!this.#mayEnd("proxy_close_stream")) return;
    if (this.#prepared) throw new HostCrash("proxy_close_stream after proxy_send_local_response; Envoy segfaults here");
    this.#reset();
  }

  #reset(): void {
    if (this.#request.inCallback) this.#request.abort = true;
    if (this.#response.inCallback) this.#response.abort = true;
    this.downstream.reset = true;
    this.#end();
  }

  #end(): void {
    this.dead = true;
    this.#cutUpstream();
    if (this.downstream.headers && !this.downstream.ended) this.downstream.reset = true;
  }

  #cutUpstream(): void {
    if (this.upstream.headers && !this.upstream.ended) this.upstream.reset = true;
  }

  #fail(): void {
    if (this.#failureSent || this.dead || this.#closed) return;
    this.#failureSent = true;
    this.#reply({ status: 503, details: "wasm_fail_stream", headers: [], body: NOTHING });
  }

  /** False once the stream is closed; a second end before that is what crashes Envoy. */
  #mayEnd(call: string): boolean {
    if (this.#closed) return false;
    if (this.dead) throw new HostCrash(`${call} on a stream that has already been ended; a real Envoy segfaults here`);
    return true;
  }
}
