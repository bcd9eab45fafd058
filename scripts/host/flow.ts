/**
 * One direction of a stream: from the wire through the filter to the other side, with Envoy's rules of holding.
 *
 * Invariants: nothing leaves before the filter lets the headers go, and then in order: headers, body, trailers. A filter
 * that stops after headers still gets the body; one that stops everything gets nothing until it continues. What it
 * keeps with "buffer" it sees again, whole, at the next callback; what it answers with "no buffer" is gone.
 *
 * The names follow Envoy's filter manager: single stop (StopIteration) and full stop (StopAll).
 */
import { DataStatus, HeadersStatus } from "./abi.ts";
import { BodyBuffer } from "./body.ts";
import type { HeaderMap, Pair } from "./headers.ts";

/** What left the filter on one side. */
export interface Side {
  headers?: Pair[];
  /** Released pieces in order; unchanged pieces are the very arrays that came in. */
  body: Uint8Array[];
  trailers?: Pair[];
  /** The last byte has left. */
  ended: boolean;
  /** Cut off before its end. */
  reset: boolean;
}

/** The stream, as a direction needs it. */
export interface FlowOwner {
  readonly bufferLimit: number;
  /** No callback may run and nothing may leave any more. */
  readonly dead: boolean;
  onHeaders(flow: Flow, count: number, endOfStream: boolean): number;
  onData(flow: Flow, size: number, endOfStream: boolean): number;
  onTrailers(flow: Flow, count: number): number;
  /** The buffered body has passed the limit. */
  tooLarge(flow: Flow): void;
  /** The callback returned after a local reply was asked for. */
  aborted(flow: Flow): void;
  /** Whether held data may still move on. */
  canContinue(flow: Flow): boolean;
}

const RUNNING = 0;
const SINGLE_STOP = 1;
const FULL_STOP = 2;

export class Flow {
  readonly side: Side = { body: [], ended: false, reset: false };
  /** The maps as they are on the wire, for the access log. */
  headers: HeaderMap | undefined;
  trailers: HeaderMap | undefined;
  /** What the guest may touch now. */
  openHeaders: HeaderMap | undefined;
  openTrailers: HeaderMap | undefined;
  openBody: BodyBuffer | undefined;
  /** The last byte has come in. */
  complete = false;
  /** A callback of this direction is running. */
  inCallback = false;
  /** A local reply was asked for in a callback of this direction. */
  abort = false;
  readonly #owner: FlowOwner;
  #iteration = RUNNING;
  #headersReleased = false;
  #buffered: BodyBuffer | undefined;
  #buffering = false;
  /** Only a body that the filter asked to buffer meets the limit; other holding is back-pressure. */
  #streaming = true;
  #overLimit = false;
  /** The filter has been told that the stream ends. */
  #told = false;

  constructor(owner: FlowOwner) {
    this.#owner = owner;
  }

  receiveHeaders(headers: HeaderMap, endOfStream: boolean): void {
    this.headers = headers;
    this.openHeaders = headers;
    this.complete = endOfStream;
    this.#told = endOfStream;
    this.inCallback = true;
    const status = this.#owner.onHeaders(this, headers.size, endOfStream);
    this.inCallback = false;
    if (status === HeadersStatus.Continue) this.openHeaders = undefined;
    if (this.abort) {
      this.#iteration = SINGLE_STOP;
      this.#owner.aborted(this);
    } else if (status === HeadersStatus.StopIteration) this.#iteration = SINGLE_STOP;
    else if (status !== HeadersStatus.Continue) {
      this.#iteration = FULL_STOP;
      this.#streaming = status === HeadersStatus.StopAllAndWatermark;
    } else this.#releaseHeaders(endOfStream);
  }

  receiveData(bytes: Uint8Array, endOfStream: boolean): void {
    this.complete = endOfStream;
    const data = new BodyBuffer(bytes);
    if (this.#iteration === FULL_STOP) this.#hold(data);
    else if (!this.#told) this.#runData(data, endOfStream);
  }

  receiveTrailers(trailers: HeaderMap): void {
    this.complete = true;
    this.trailers = trailers;
    if (this.#iteration !== FULL_STOP) this.#runTrailers(trailers);
  }

  /** The body as the guest may read and write it, or undefined when there is none at hand. */
  body(): BodyBuffer | undefined {
    return this.#buffering ? this.#buffered : this.openBody;
  }

  /** proxy_continue_stream, or a callback that lets a held stream go. */
  continue(): void {
    if (this.#iteration === RUNNING || !this.#owner.canContinue(this)) return;
    // Callbacks that a full stop has kept from the filter are made up for now.
    const fullStop = this.#iteration === FULL_STOP;
    this.#iteration = RUNNING;
    const { trailers } = this;
    if (!this.#headersReleased) this.#releaseHeaders(this.complete && !this.#buffered && !trailers);
    if (this.#buffered && !this.#owner.dead) {
      const endOfStream = this.complete && !trailers;
      if (fullStop) this.#runData(this.#buffered, endOfStream);
      else this.#releaseData(this.#buffered, endOfStream);
    }
    if (trailers && !this.#owner.dead) {
      if (fullStop) this.#runTrailers(trailers);
      else this.#releaseTrailers(trailers);
    }
  }

  #runData(data: BodyBuffer, endOfStream: boolean): void {
    const hadTrailers = this.trailers !== undefined;
    this.#told = endOfStream && !hadTrailers;
    this.inCallback = true;
    if (this.#buffering) {
      this.#streaming = false;
      this.#hold(data);
    }
    this.openBody = data;
    const status = this.#owner.onData(this, this.body()!.length, this.#told);
    this.#buffering = status === DataStatus.StopAndBuffer;
    this.inCallback = false;
    if (status === DataStatus.Continue || this.#owner.dead) this.openBody = undefined;
    if (this.abort) {
      this.#iteration = SINGLE_STOP;
      this.#owner.aborted(this);
      return;
    }
    if (this.#owner.dead) return;
    const added = hadTrailers ? undefined : this.trailers;
    if (status === DataStatus.Continue) {
      if (this.#iteration === SINGLE_STOP) {
        this.#hold(data);
        this.continue();
      } else {
        this.#releaseData(data, endOfStream && !added);
        if (added) this.#releaseTrailers(added);
      }
      return;
    }
    this.#iteration = SINGLE_STOP;
    if (status === DataStatus.StopNoBuffer) {
      // The end of the stream must survive even though its bytes are gone.
      if (this.complete && !this.trailers) this.#buffered ??= new BodyBuffer();
      // Envoy leaves the guest a pointer into freed memory here; an absent body is the safe reading of it.
      this.openBody = undefined;
    } else {
      this.#streaming = status === DataStatus.StopAndWatermark;
      this.#hold(data);
    }
  }

  #runTrailers(trailers: HeaderMap): void {
    this.openTrailers = trailers;
    this.inCallback = true;
    const status = this.#owner.onTrailers(this, trailers.size);
    this.inCallback = false;
    this.#told = true;
    if (status === 0) this.openTrailers = undefined;
    if (this.abort) {
      this.#iteration = SINGLE_STOP;
      this.#owner.aborted(this);
    } else if (this.#owner.dead) return;
    else if (status !== 0) {
      if (this.#iteration === RUNNING) this.#iteration = SINGLE_STOP;
    } else if (this.#iteration === SINGLE_STOP) this.continue();
    else this.#releaseTrailers(trailers);
  }

  #hold(data: BodyBuffer): void {
    this.#buffered ??= new BodyBuffer();
    if (this.#buffered !== data) this.#buffered.moveFrom(data);
    if (this.#streaming || this.#overLimit || this.#buffered.length <= this.#owner.bufferLimit) return;
    this.#overLimit = true;
    this.#owner.tooLarge(this);
  }

  #releaseHeaders(endOfStream: boolean): void {
    if (this.#owner.dead) return;
    this.#headersReleased = true;
    this.side.headers = this.headers!.pairs();
    this.side.ended = endOfStream;
  }

  #releaseData(data: BodyBuffer, endOfStream: boolean): void {
    const bytes = data.take();
    this.#overLimit = false;
    if (bytes.length > 0) this.side.body.push(bytes);
    this.side.ended = endOfStream;
  }

  #releaseTrailers(trailers: HeaderMap): void {
    this.side.trailers = trailers.pairs();
    this.side.ended = true;
  }
}
