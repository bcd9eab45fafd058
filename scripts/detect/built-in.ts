// The program of all built-in detectors, compiled once by `npm run build` and shipped, since compiling takes seconds.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { packageRoot } from "../wasm.ts";
import { DETECTORS } from "./detectors/index.ts";
import { PROGRAM } from "./layout.ts";
import { compileProgram, type Program } from "./program.ts";

export const builtInPath = join(packageRoot, "build", "frostglass.detectors.gz");

/** What `builtInPath` holds. */
export const renderBuiltIn = (): Uint8Array => gzipSync(compileProgram(DETECTORS).binary, { level: 9 });

export function builtInProgram(): Pick<Program, "binary" | "types"> {
  if (!existsSync(builtInPath)) throw new Error("build/frostglass.detectors.gz is missing; run `npm run build`");
  const binary = new Uint8Array(gunzipSync(readFileSync(builtInPath)));
  return { binary, types: typesOf(binary) };
}

/** The names of the types that a program carries. */
function typesOf(binary: Uint8Array): string[] {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const table = view.getUint32(PROGRAM.types, true);
  return Array.from({ length: view.getUint32(PROGRAM.types + 4, true) }, (_, index) => {
    const offset = view.getUint32(table + index * 8, true);
    const length = view.getUint32(table + index * 8 + 4, true);
    return Buffer.from(binary.buffer, binary.byteOffset + offset, length).toString();
  });
}
