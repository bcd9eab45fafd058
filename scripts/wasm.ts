/**
 * Where the package stands, and the filter that was built into it.
 *
 * Invariant: nothing here depends on the working directory. The same code runs from `scripts/` in the repository and,
 * bundled, from `build/` of the published package.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json was not found above this file; reinstall frostglass");
    folder = parent;
  }
  return folder;
}

/** The folder of package.json, in the repository and in the published package. */
export const packageRoot = findRoot();

export const wasmPath = join(packageRoot, "build", "frostglass.wasm");

/** What the release filter may weigh: every reader, detector and key it has, in what a gateway loads in a moment. */
export const wasmBudget = 256 * 1024;

const isModule = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from("\0asm"));

/** The bytes of the release filter, or an error that says how to get it. */
export function loadWasm(path: string = wasmPath): Uint8Array<ArrayBuffer> {
  if (!existsSync(path)) {
    const why = path === wasmPath ? "the filter build/frostglass.wasm is missing; run `npm run build`" : undefined;
    throw new Error(why ?? `${path} is not there; name the wasm of a filter`);
  }
  const bytes = new Uint8Array(readFileSync(path));
  if (!isModule(bytes)) throw new Error(`${path} is no WebAssembly module; name the wasm of a filter`);
  return bytes;
}

/** The version in package.json. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;
}
