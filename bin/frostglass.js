#!/usr/bin/env node
/**
 * The launcher: finds the right program and the right Node, and gets out of the way.
 *
 * Published, it runs the bundle `build/cli/cli.js`. In the repository it runs `scripts/cli.ts`, which needs a Node that
 * reads TypeScript: this one if it is new enough, else the one of the `node` dev dependency, so that an old Node on the
 * machine is no obstacle. Invariant: plain JavaScript that Node 20 runs.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const at = (path) => new URL(`../${path}`, import.meta.url);
const source = at("scripts/cli.ts");
const bundle = at("build/cli/cli.js");
const isNewEnough = Number(process.versions.node.split(".")[0]) >= 24;

// Compiled once, not at every call. What lies in this folder is run, so it is in the package, where nobody else may write, and not
// among temporary files. Where this user may not write either, nothing is kept.
const compiled = fileURLToPath(at("build/compiled"));
module.enableCompileCache?.(compiled);

if (!existsSync(source)) await import(bundle.href);
else if (isNewEnough) await import(source.href);
else runWith(at("node_modules/node/bin/node"));

function runWith(node) {
  if (!existsSync(node)) {
    process.stderr.write("frostglass: this Node is older than 24 and the pinned one is missing; run `npm ci`\n");
    process.exit(1);
  }
  const child = spawn(fileURLToPath(node), [fileURLToPath(source), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  // A signal of the terminal reaches the child by itself; one that was sent to this process alone has to be handed on.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`frostglass: ${error.message}; run \`npm ci\`\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}
