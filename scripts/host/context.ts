/**
 * What the guest's calls act on: a root context (a plugin) or a stream context.
 *
 * Invariant: an import never asks which kind it has; a root context answers as Envoy's does, with nothing.
 */
import type { Arena } from "./arena.ts";
import type { BodyBuffer } from "./body.ts";
import type { HeaderMap, Pair } from "./headers.ts";
import type { GuestMemory } from "./memory.ts";
import type { Metrics } from "./metrics.ts";
import type { SharedData, SharedQueues } from "./shared.ts";

/** The value of a property as Envoy gives it to a guest: text and bytes as they are, numbers as 8 bytes. */
export type PropertyValue = string | bigint | Uint8Array;

export interface LocalReply {
  readonly status: number;
  /** The response code details; white space is replaced by underscores. */
  readonly details: string;
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  /** Outside 0 to 16: derived from the HTTP status. */
  readonly grpcStatus?: number;
}

export interface HttpCall {
  readonly cluster: string;
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  readonly trailers: readonly Pair[];
  readonly timeout: number;
}

export interface HttpCallResponse {
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  readonly trailers?: readonly Pair[];
}

export interface Context {
  readonly id: number;
  readonly root: RootContext;
  /** The map if it may be read now. */
  readMap(type: number): HeaderMap | undefined;
  /** The map if it may be changed now; asking for trailers at the end of a body creates them. */
  writeMap(type: number): HeaderMap | undefined;
  /** True during proxy_on_log, where an absent map is not an error. */
  readonly logging: boolean;
  /** A body can be changed, other buffers are bytes that cannot; undefined is a buffer that is not there. */
  buffer(type: number): BodyBuffer | Uint8Array | undefined;
  getProperty(path: string): PropertyValue | undefined;
  /** False when there is no stream to keep it. */
  setProperty(path: string, value: Uint8Array): boolean;
  /** The next three take effect after the guest's call has returned. */
  sendLocalReply(reply: LocalReply): void;
  continueStream(type: number): void;
  closeStream(type: number): void;
}

export interface RootContext extends Context {
  tickPeriod: number;
  readonly status: { readonly code: number; readonly message: string };
  /** The token, or undefined when there is no such cluster. */
  httpCall(call: HttpCall): number | undefined;
  /** proxy_done: false when the context was not waiting for it. */
  done(): boolean;
}

/** What the imports need of the VM. */
export interface Host {
  readonly memory: GuestMemory;
  /** Where the bytes stay that the guest puts in place of a body's. */
  readonly arena: Arena;
  /** The running context, or the one that proxy_set_effective_context chose. */
  readonly context: Context;
  readonly metrics: Metrics;
  readonly sharedData: SharedData;
  readonly queues: SharedQueues;
  readonly environment: readonly Uint8Array[];
  readonly foreign: Readonly<Record<string, (argument: Uint8Array) => Uint8Array | undefined>>;
  readonly logLevel: number;
  now(): bigint;
  random(bytes: Uint8Array): void;
  log(level: number, message: string): void;
  /** False when there is no context with that id. */
  setEffectiveContext(id: number): boolean;
  /** The running callback's answer no longer counts: the stream stops. */
  stopIteration(): void;
  /** Tells the owner of a queue, after the running call. */
  announceQueue(owner: number, token: number): void;
}

export type Imports = Record<string, (...parameters: never[]) => number | undefined>;
