/**
 * `npm run build`: everything that lands in `build/`.
 *
 *     shared constants -> generated AssemblyScript -> frostglass.wasm, frostglass.debug.wasm, frostglass.detect.wasm
 *     detectors        -> frostglass.detectors.gz
 *     scripts/cli.ts   -> cli/cli.js and a file for what commands share, for the published package
 *
 * Invariants: a product is written aside and renamed, so that a reader or a second build sees an old or a new one,
 * never half of one. A stamp beside each wasm binds the hash of its inputs to the hash of its bytes; only when both
 * hold is the compiler skipped.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build } from "esbuild";
import { binaryen, optimize } from "./optimize.ts";
import { packageRoot, wasmBudget } from "./wasm.ts";

const out = join(packageRoot, "build");

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** One hash over all that the compiler and the optimizer read: sources, options and their own versions. */
function inputsHash(): string {
  const assembly = join(packageRoot, "assembly");
  const sources = readdirSync(assembly, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of [
    ...sources,
    join(packageRoot, "asconfig.json"),
    join(packageRoot, "asconfig.detect.json"),
    join(packageRoot, "node_modules", "assemblyscript", "package.json"),
    join(binaryen, "package.json"),
    join(packageRoot, "scripts", "optimize.ts"),
  ]) {
    hash.update(`${relative(packageRoot, file)}\0`).update(sha256(readFileSync(file)));
  }
  return hash.digest("hex");
}

/** Runs the compiler in its own process, so that release and debug take two cores. */
function assemble(config: string, target: string, outFile: string, textFile: string | undefined): Promise<void> {
  const asc = join(packageRoot, "node_modules", "assemblyscript", "bin", "asc.js");
  const args = [asc, "--config", config, "--target", target, "--outFile", relative(packageRoot, outFile)];
  if (textFile !== undefined) args.push("--textFile", relative(packageRoot, textFile));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, args, { cwd: packageRoot, stdio: ["ignore", "pipe", "pipe"] });
  let message = "";
  child.stdout.on("data", (chunk) => {
    message += chunk;
  });
  child.stderr.on("data", (chunk) => {
    message += chunk;
  });
  child.on("error", reject);
  child.on("close", (code) => {
    if (code === 0) resolve();
    else reject(new Error(`asc --target ${target} failed:\n${message.trim()}`));
  });
  return promise;
}

async function buildWasm(config: string, target: string, name: string, text: boolean): Promise<string> {
  const product = join(out, `${name}.wasm`);
  const stampFile = `${product}.stamp`;
  const inputs = inputsHash();
  const isFresh =
    existsSync(product) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, "utf8") === `${inputs} ${sha256(readFileSync(product))}\n`;
  if (!isFresh) {
    const aside = join(out, `.${name}.${process.pid}.wasm`);
    const asideText = text ? join(out, `.${name}.${process.pid}.wat`) : undefined;
    try {
      await assemble(config, target, aside, asideText);
      if (target === "release") await optimize(aside, aside);
      const stamp = `${inputs} ${sha256(readFileSync(aside))}\n`;
      renameSync(aside, product);
      if (asideText !== undefined) renameSync(asideText, join(out, `${name}.wat`));
      writeAside(stampFile, stamp);
    } finally {
      rmSync(aside, { force: true });
      if (asideText !== undefined) rmSync(asideText, { force: true });
    }
  }
  return line(product, isFresh ? "up to date" : "built");
}

/** The program of the built-in detectors, for the inputs that its stamp names. */
async function buildDetectors(): Promise<string> {
  const { builtInPath, renderBuiltIn } = await import("./detect/built-in.ts");
  const stampFile = `${builtInPath}.stamp`;
  const folder = join(packageRoot, "scripts", "detect");
  const hash = createHash("sha256");
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (file.endsWith(".ts")) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  }
  const inputs = hash.digest("hex");
  const isFresh =
    existsSync(builtInPath) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, "utf8") === `${inputs} ${sha256(readFileSync(builtInPath))}\n`;
  if (!isFresh) {
    const bytes = renderBuiltIn();
    writeAside(builtInPath, bytes);
    writeAside(stampFile, `${inputs} ${sha256(bytes)}\n`);
  }
  return line(builtInPath, isFresh ? "up to date" : "built");
}

/** The published commands, in files, so that a call loads what its command needs and nothing else. */
async function buildCli(): Promise<string> {
  const folder = join(out, "cli");
  const { outputFiles } = await build({
    entryPoints: [join(packageRoot, "scripts", "cli.ts")],
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    write: false,
    logLevel: "silent",
  });
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles) writeAside(path, contents);
  // Their names change with what is in them: those of the build before go.
  const names = new Set(outputFiles.map(({ path }) => basename(path)));
  const old = readdirSync(folder).filter((name) => name.endsWith(".js") && !names.has(name));
  for (const name of old) rmSync(join(folder, name), { force: true });
  return line(
    folder,
    "built",
    outputFiles.reduce((sum, { contents }) => sum + contents.length, 0),
  );
}

function writeAside(path: string, data: string | Uint8Array): void {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, data);
  renameSync(aside, path);
}

function line(product: string, state: string, size = statSync(product).size): string {
  return `${relative(packageRoot, product).padEnd(28)} ${(size / 1024).toFixed(1).padStart(7)} KiB  ${state}`;
}

async function main(): Promise<void> {
  mkdirSync(out, { recursive: true });
  const generator = join(packageRoot, "scripts", "policy", "generate.ts");
  if (existsSync(generator)) await (await import(generator)).generate();
  const products = await Promise.allSettled([
    buildWasm("asconfig.json", "release", "frostglass", false),
    buildWasm("asconfig.json", "debug", "frostglass.debug", true),
    buildWasm("asconfig.detect.json", "release", "frostglass.detect", false),
    buildDetectors(),
    buildCli(),
  ]);
  for (const product of products) {
    if (product.status === "fulfilled") console.log(product.value);
    else {
      console.error(`frostglass: build: ${product.reason instanceof Error ? product.reason.message : product.reason}`);
      process.exitCode = 1;
    }
  }
  const release = join(out, "frostglass.wasm");
  if (existsSync(release) && statSync(release).size > wasmBudget) {
    console.warn(`frostglass: build: the release wasm is over its budget of ${wasmBudget / 1024} KiB`);
  }
}

await main();
