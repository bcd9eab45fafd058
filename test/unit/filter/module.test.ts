// The release module itself: its size, and what it asks of a host.
import { expect, test } from "vitest";
import { loadWasm, wasmBudget } from "../../../scripts/wasm.ts";

const bytes = loadWasm();
const module = new WebAssembly.Module(bytes);

test("is within its budget", () => {
  expect(bytes.length).toBeLessThanOrEqual(wasmBudget);
});

test("exports what Proxy-Wasm 0.2.1 calls, and no collector", () => {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  expect(names).toContain("proxy_abi_version_0_2_1");
  expect(names.filter((name) => name !== "memory" && !name.startsWith("proxy_"))).toEqual([]);
});

test("imports only what Envoy gives", () => {
  const modules = new Set(WebAssembly.Module.imports(module).map(({ module }) => module));
  expect([...modules].sort()).toEqual(["env", "wasi_snapshot_preview1"]);
});
