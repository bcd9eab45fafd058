/**
 * Binaryen's optimizer over a module that the AssemblyScript compiler left as it came. The passes that the compiler runs by
 * itself at the same level inline small functions before anything has been simplified, which made the filter 50 KB larger, and
 * calls of gRPC a quarter slower (docs/decisions/19-wasm-opt.md).
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "./wasm.ts";

/** The tool, and the version of the passes; one with the compiler's own. */
export const binaryen = join(packageRoot, "node_modules", "binaryen");

/** What the release modules need beyond the first WebAssembly, as asconfig.json enables it. */
const features = ["simd", "bulk-memory", "sign-ext", "mutable-globals", "nontrapping-float-to-int"];

/** Writes the module at `from`, optimized, to `to`. Throws with what the tool says. */
export function optimize(from: string, to: string): Promise<void> {
  const args = [
    join(binaryen, "bin", "wasm-opt"),
    ...features.map((name) => `--enable-${name}`),
    "-O3",
    from,
    "-o",
    to,
  ];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let message = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      message += chunk;
    });
  }
  child.on("error", reject);
  child.on("close", (code) => {
    if (code === 0) resolve();
    else reject(new Error(`wasm-opt failed:\n${message.trim()}`));
  });
  return promise;
}
