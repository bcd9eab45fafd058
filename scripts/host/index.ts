/**
 * The embedded Proxy-Wasm host: runs a filter module with the semantics of Envoy 1.40, wherever WebAssembly runs.
 *
 * Invariant: nothing below this folder imports from Node.
 */
export type { LogLevel } from "./abi.ts";
export type { Chunking } from "./chunks.ts";
export type { HttpCall, HttpCallResponse, LocalReply, PropertyValue } from "./context.ts";
export { ConfigurationRefused, HostCrash, ModuleRefused } from "./errors.ts";
export { type Exchange, type ExchangeOptions, type ExchangeResult, type Message, runExchange } from "./exchange.ts";
export type { Side } from "./flow.ts";
export type { Pair } from "./headers.ts";
export { Random } from "./random.ts";
export { type HttpCallHandler, Plugin } from "./root.ts";
export { SharedData } from "./shared.ts";
export { HttpStream, type StreamOptions } from "./stream.ts";
export { Vm, type VmOptions } from "./vm.ts";
