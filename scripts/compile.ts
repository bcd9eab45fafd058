// frostglass compile POLICY... [-o FILE|DIR] [--json]: policies -> binary policies.
// Exit 0, or 1 with all problems at once.

import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { roleOption } from "./console.ts";
import { type CompiledPolicy, formatDiagnostic, loadPolicy, type Role } from "./policy/index.ts";

export function register(program: Command): void {
  program
    .command("compile")
    .description("check policies and write the binary policies that the filter loads")
    .argument("<policy...>", "policy files")
    .option("-o, --output <path>", "a file for one policy, or a folder for NAME.fgpb of each")
    .addOption(roleOption())
    .option("--json", "one JSON object on stdout: policies and diagnostics")
    .action(async (files: string[], options: { output?: string; role: Role; json?: boolean }, command: Command) => {
      const results = await Promise.all(files.map((file) => loadPolicy(file, options.role)));
      const diagnostics = results.flatMap((result) => result.diagnostics);
      const compiled = results.flatMap((result) => result.compiled ?? []);
      const failed = compiled.length < files.length;
      const target = options.output;
      if (target !== undefined && files.length > 1 && existsSync(target) && !statSync(target).isDirectory()) {
        command.error(`error: ${target} is a file, but several policies were given`, { exitCode: 2 });
      }
      const twice = compiled.find(({ name }, index) => compiled.slice(0, index).some((other) => other.name === name));
      if (target !== undefined && twice) {
        command.error(`error: two policies are named ${twice.name} and would be one file`, { exitCode: 2 });
      }
      const outputs = target === undefined || failed ? [] : write(target, files.length, compiled);
      if (options.json) {
        const policies = compiled.map((policy, index) => ({ ...summary(policy), output: outputs[index] }));
        process.stdout.write(`${JSON.stringify({ policies, diagnostics }, null, 2)}\n`);
      } else {
        for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
        for (const policy of compiled) {
          const { name, rules, states, bytes, digest } = summary(policy);
          process.stdout.write(`${name}: ${rules} rules, ${states} states, ${bytes} bytes, ${digest}\n`);
        }
      }
      if (failed) process.exitCode = 1;
    });
}

const summary = ({ name, rules, automaton, binary, digest }: CompiledPolicy) => ({
  name,
  rules: rules.length,
  states: automaton.states.length,
  bytes: binary.length,
  digest,
});

/** A path is a folder when it is one, ends like one, or has to hold several policies. */
function write(target: string, count: number, policies: CompiledPolicy[]): string[] {
  const isFolder = count > 1 || /[\\/]$/.test(target) || (existsSync(target) && statSync(target).isDirectory());
  mkdirSync(isFolder ? target : dirname(target), { recursive: true });
  return policies.map((policy) => {
    const file = isFolder ? join(target, `${policy.name}.fgpb`) : target;
    writeFileSync(file, policy.binary);
    return file;
  });
}
