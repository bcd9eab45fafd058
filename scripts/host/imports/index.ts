/**
 * Every function a module may import, by import module; what is not here, Envoy 1.40 (ABI 0.2.1) refuses or we do.
 */
import type { Host, Imports } from "../context.ts";
import { ModuleRefused } from "../errors.ts";
import { bufferImports } from "./buffers.ts";
import { generalImports } from "./general.ts";
import { mapImports } from "./maps.ts";
import { storeImports } from "./store.ts";
import { streamImports } from "./streams.ts";
import { wasiImports } from "./wasi.ts";

/** The import object for the module, or an error that names each import nobody provides. */
export function importsFor(module: WebAssembly.Module, host: Host): WebAssembly.Imports {
  const tables: Record<string, Imports> = {
    env: {
      ...generalImports(host),
      ...mapImports(host),
      ...bufferImports(host),
      ...streamImports(host),
      ...storeImports(host),
    },
    wasi_snapshot_preview1: wasiImports(host),
  };
  const missing = WebAssembly.Module.imports(module).filter(
    (wanted) => wanted.kind !== "function" || !tables[wanted.module]?.[wanted.name],
  );
  if (missing.length > 0) {
    const names = missing.map((wanted) => `${wanted.kind} ${wanted.module}.${wanted.name}`).join(", ");
    throw new ModuleRefused(`the module imports what Envoy does not provide: ${names}`);
  }
  return tables as WebAssembly.Imports;
}
