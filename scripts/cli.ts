/**
 * The command line: which commands there are, and how all of them speak when something is wrong.
 *
 * Invariants: exit 2 is a wrong call, whatever the command; messages go to stderr as `frostglass: cause; remedy` and
 * carry names and positions, never values; a stack is shown only with FROSTGLASS_DEBUG set.
 */
import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { packageRoot, packageVersion } from "./wasm.ts";

const program = new Command("frostglass")
  .description("Edge anonymization gateway for break-glass traffic: policies, the filter and its proofs.")
  .version(packageVersion(), "-V, --version")
  .showHelpAfterError("(`npx frostglass --help` lists commands and options)")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "frostglass: ")) })
  .exitOverride();

for (const name of ["compile", "lint", "test", "apply", "replay", "manifest", "keygen"]) {
  const file = `${packageRoot}/scripts/${name}.ts`;
  if (existsSync(file)) (await import(file)).register(program);
}
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`frostglass: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
