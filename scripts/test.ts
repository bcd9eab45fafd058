/**
 * `frostglass test`: the cases of NAME.test.json beside each policy, through the wasm.
 * Exit 0 all passed, 1 a failed case or a policy with errors, 2 usage (a missing or malformed test file too).
 */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { CommandError, note, requirePolicy } from "./console.ts";
import type { CompiledPolicy } from "./policy/index.ts";
import { equip } from "./replay/equip.ts";
import { failures } from "./replay/expect.ts";
import { RecordingError } from "./replay/form.ts";
import { readCases } from "./replay/policy-test.ts";
import { nodeEngine, run, startPlugin } from "./replay/run.ts";

interface Result {
  policy: string;
  title: string;
  failures: string[];
}

export function register(program: Command): void {
  program
    .command("test")
    .description("run the tests beside each policy (NAME.test.json) through the filter")
    .argument("<policy...>", "policy files")
    .option("--json", "one JSON object: passed, failed, results")
    .addHelpText(
      "after",
      "\nExample:\n  npx frostglass test policies/checkout.json\n\nExit codes: 0 passed, 1 failed or policy error, 2 usage.",
    )
    .action(test);
}

async function test(files: string[], options: { json?: boolean }, command: Command): Promise<void> {
  const suites = files.map((file) => {
    // Its tests are missed only of a policy that is there.
    if (!existsSync(file)) throw new CommandError(`${file} is not there; name a policy file`, 2);
    const path = file.replace(/\.json$/, ".test.json");
    try {
      return { file, cases: readCases(readTests(path), path) };
    } catch (error) {
      if (error instanceof RecordingError) return command.error(`error: ${error.message}`, { exitCode: 2 });
      throw error;
    }
  });
  const results: Result[] = [];
  for (const { file, cases } of suites) {
    const policy = await loadPolicyOr(results, file);
    if (policy === undefined) continue;
    const session = await equip(policy);
    const { compiled, environment } = session;
    for (const text of session.notes) note(text);
    const active = { isActive: true, session };
    // One VM for all cases, as in a gateway: what one case leaves behind would show in the next.
    const engine = nodeEngine(compiled, startPlugin(compiled, environment), active);
    for (const one of cases) {
      const { result } = await run(engine, compiled, one.recording, active, undefined);
      results.push({ policy: compiled.name, title: one.title, failures: failures(one.expect, result) });
    }
  }
  print(results, options.json === true);
}

function readTests(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new RecordingError(`${path} is not there; write the tests of a policy beside it, as NAME.test.json`);
  }
}

/** A broken policy fails, and the tests of the others still run. */
async function loadPolicyOr(results: Result[], file: string): Promise<CompiledPolicy | undefined> {
  try {
    return await requirePolicy(file);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    results.push({ policy: file, title: "the policy compiles", failures: ["it has errors"] });
    return undefined;
  }
}

function print(results: Result[], isJson: boolean): void {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const passed = results.length - failed;
  if (failed > 0) process.exitCode = 1;
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ passed, failed, results })}\n`);
    return;
  }
  for (const { policy, title, failures } of results) {
    process.stdout.write(`${failures.length === 0 ? "ok  " : "FAIL"} ${policy}: ${title}\n`);
    for (const failure of failures) process.stdout.write(`       ${failure}\n`);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
