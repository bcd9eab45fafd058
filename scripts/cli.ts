/**
 * The command line: which commands there are, and how all of them speak when something is wrong.
 *
 * Invariants: exit 2 is a wrong call, whatever the command; messages go to stderr as `frostglass: cause; remedy` and
 * carry names and positions, never values; a stack is shown only with FROSTGLASS_DEBUG set.
 */
import { Command, CommanderError } from "commander";
import { register as apply } from "./apply.ts";
import { register as audit } from "./audit.ts";
import { register as compile } from "./compile.ts";
import { CommandError } from "./console.ts";
import { register as detect } from "./detect.ts";
import { register as discover } from "./discover.ts";
import { register as drill } from "./drill.ts";
import { register as keygen } from "./keygen.ts";
import { register as lint } from "./lint.ts";
import { register as manifest } from "./manifest.ts";
import { register as packageImage } from "./package.ts";
import { register as replay } from "./replay.ts";
import { register as reveal } from "./reveal.ts";
import { register as session } from "./session.ts";
import { register as test } from "./test.ts";
import { register as token } from "./token.ts";
import { packageVersion } from "./wasm.ts";

const program = new Command("frostglass")
  .description("Anonymizes traffic that enters an emergency tunnel: policies, the filter and its proofs.")
  .version(packageVersion(), "-V, --version")
  .addHelpText(
    "after",
    `
Examples:
  $ frostglass compile policies/checkout.json
  $ frostglass apply --policy policies/checkout.json <body.json
  $ frostglass replay --policy policies/checkout.json policies/checkout.recordings.ndjson`,
  );

// In the order of a policy's life: written, checked, tried, proven, attached, accounted for.
for (const register of [
  discover,
  compile,
  lint,
  test,
  apply,
  detect,
  replay,
  manifest,
  packageImage,
  keygen,
  drill,
  token,
  session,
  reveal,
  audit,
])
  register(program);

speakAlike(program, "frostglass");

function speakAlike(command: Command, name: string): void {
  command
    .exitOverride()
    .showHelpAfterError(`(try: ${name} --help)`)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "frostglass: ")) });
  for (const child of command.commands) speakAlike(child, `${name} ${child.name()}`);
}

// A reader that has seen enough closes the pipe: no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) process.stderr.write(`frostglass: ${textOf(error)}\n`);
}
// A body that was refused is not read to its end.
process.stdin.destroy();

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof CommandError ? error.exitCode : 1;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.FROSTGLASS_DEBUG ? (error.stack ?? error.message) : error.message;
}
