/**
 * Test modules of the filter's parts: `test/support/NAME.entry.ts`, compiled and optimized as the release module is.
 * Invariants: one compilation for one state of the sources, kept under build/test by a hash of all that the compiler
 * reads; a module is written aside and renamed, so that test files in parallel see a whole one.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join, relative, resolve } from "node:path";

import { optimize } from "../../scripts/optimize.ts";

const root = join(import.meta.dirname, "../..");
const cache = "build/test";

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The options of the release target of asconfig.json, as flags. */
function releaseOptions(): string[] {
  const config = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")) as {
    options: Record<string, unknown>;
    targets: { release: Record<string, unknown> };
  };
  const { outFile: _, ...options } = { ...config.options, ...config.targets.release };
  return Object.entries(options).flatMap(([name, value]) => {
    if (typeof value === "boolean") return value ? [`--${name}`] : [];
    return [`--${name}`, Array.isArray(value) ? value.join(",") : String(value)];
  });
}

/**
 * Compiles an entry, given relative to the project, unless its module is there already, with other texts of the files `replaced`; returns
 * the module's path.
 */
export async function compileFile(entry: string, replaced: Readonly<Record<string, string>> = {}): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(replaced));
  const options = ["asconfig.json", "scripts/optimize.ts", entry].map((file) => join(root, file));
  for (const file of [...options, ...sourcesOf("assembly")]) {
    hash.update(readFileSync(file)).update("\0");
  }
  const name = entry.replaceAll(/[^a-z0-9]+/gi, "-");
  const product = join(root, cache, `${name}-${hash.digest("hex").slice(0, 16)}.wasm`);
  if (existsSync(product)) return product;
  mkdirSync(join(root, cache), { recursive: true });
  const aside = join(cache, `${name}-${process.pid}.wasm`);
  // The compiler takes a second to load: only when there is something to compile.
  const { default: asc } = await import("assemblyscript/asc");
  // The entries of asconfig.json would be linked too, so its options are given one by one.
  const args = [entry, "--config", "none", ...releaseOptions(), "--outFile", aside, "--baseDir", root];
  const readFile = (name: string, base: string): string | null => {
    const path = resolve(base, name);
    return replaced[relative(root, path)] ?? (existsSync(path) ? readFileSync(path, "utf8") : null);
  };
  const { error, stderr } = await asc.main(args, { readFile });
  if (error) throw new Error(`${entry} does not compile:\n${stderr.toString()}`);
  await optimize(join(root, aside), join(root, aside));
  renameSync(join(root, aside), product);
  return product;
}

/** The module of `test/support/NAME.entry.ts`. */
export const compileEntry = (name: string): Promise<string> => compileFile(`test/support/${name}.entry.ts`);
