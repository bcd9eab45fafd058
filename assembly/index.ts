// The exports of the filter: what Proxy-Wasm 0.2.1 calls, and nothing else.

export { proxy_on_memory_allocate } from "./abi/memory";
export * from "./filter/callbacks";
