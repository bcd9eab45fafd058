/**
 * `frostglass manifest`: the configuration that attaches a policy to a gateway, on stdout.
 *
 * Invariant: the same policy and filter path give the same bytes, so that a manifest can stand in version control.
 */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { roleOption } from "./console.ts";
import { filterOf, settingsOf } from "./manifest/policy.ts";
import { type Target, targets } from "./manifest/targets.ts";
import { formatDiagnostic } from "./policy/diagnostics.ts";
import { loadPolicy, type Role } from "./policy/index.ts";
import { wasmPath } from "./wasm.ts";

interface Options {
  policy: string;
  role: Role;
  target: Target;
  wasm?: string;
  protocol: "http1" | "http2";
}

export function register(program: Command): void {
  program
    .command("manifest")
    .description("Prints configuration that attaches a policy to a gateway.")
    .requiredOption("--policy <file>", "the policy")
    .addOption(roleOption())
    .addOption(
      new Option("--target <target>", "where it is attached").choices(Object.keys(targets)).makeOptionMandatory(),
    )
    .option("--wasm <path>", "the filter, as the gateway will find it (default: build/frostglass.wasm of this package)")
    .addOption(
      new Option("--protocol <protocol>", "envoy-upstream: what the cluster speaks")
        .choices(["http1", "http2"])
        .default("http1"),
    )
    .action(manifest);
}

async function manifest(options: Options): Promise<void> {
  const { diagnostics, compiled } = await loadPolicy(options.policy, options.role);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (!compiled) {
    process.exitCode = 1;
    return;
  }
  const target = targets[options.target];
  // Envoy resolves a relative path against its own working directory, which is hardly ever this one.
  const filter = filterOf(compiled, options.wasm === undefined ? wasmPath : resolve(options.wasm));
  for (const note of target.notes(settingsOf(compiled))) process.stderr.write(`frostglass: note: ${note}\n`);
  process.stdout.write(`${JSON.stringify(target.print(filter, options.protocol), null, 2)}\n`);
}
