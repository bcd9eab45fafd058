// frostglass lint POLICY... [--json] [--strict]: what a valid policy gets wrong all the same.
// Exit 0 without findings, 1 with errors or warnings.

import type { Command } from "commander";
import { formatDiagnostic, loadPolicy } from "./policy/index.ts";
import { lintPolicy } from "./policy/lint/index.ts";

export function register(program: Command): void {
  program
    .command("lint")
    .description("find unreachable rules, PCI DSS traps and unsafe settings")
    .argument("<policy...>", "policy files")
    .option("--strict", "also report what is allowed but deserves a second look")
    .option("--json", "one JSON object on stdout: diagnostics")
    .action(async (files: string[], options: { strict?: boolean; json?: boolean }) => {
      const found = await Promise.all(
        files.map(async (file) => {
          const { diagnostics, compiled } = await loadPolicy(file);
          return compiled
            ? [...diagnostics, ...lintPolicy(compiled, { strict: options.strict ?? false })]
            : diagnostics;
        }),
      );
      const diagnostics = found.flat();
      if (options.json) process.stdout.write(`${JSON.stringify({ diagnostics }, null, 2)}\n`);
      else for (const diagnostic of diagnostics) process.stdout.write(`${formatDiagnostic(diagnostic)}\n`);
      if (diagnostics.length > 0) process.exitCode = 1;
    });
}
