/**
 * The command line: which commands there are, and how all of them speak when something is wrong.
 *
 * Invariants: exit 2 is a wrong call, whatever the command; messages go to stderr as `frostglass: cause; remedy` and
 * carry names and positions, never values; a stack is shown only with FROSTGLASS_DEBUG set.
 */
import { Command, CommanderError } from "commander";
import { CommandError } from "./console.ts";
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
const commands = new Map([
  ["discover", () => import("./discover.ts")],
  ["compile", () => import("./compile.ts")],
  ["lint", () => import("./lint.ts")],
  ["test", () => import("./test.ts")],
  ["apply", () => import("./apply.ts")],
  ["detect", () => import("./detect.ts")],
  ["replay", () => import("./replay.ts")],
  ["manifest", () => import("./manifest.ts")],
  ["package", () => import("./package.ts")],
  ["keygen", () => import("./keygen.ts")],
  ["drill", () => import("./drill.ts")],
  ["token", () => import("./token.ts")],
  ["session", () => import("./session.ts")],
  ["reveal", () => import("./reveal.ts")],
  ["audit", () => import("./audit.ts")],
]);
// To load all of them takes longer than most of them run: a call that names one loads it alone.
const [first = ""] = process.argv.slice(2);
const isVersion = first === "-V" || first === "--version";
for (const [name, load] of commands) {
  if (name === first || !(commands.has(first) || isVersion)) (await load()).register(program);
}

speakAlike(program, "frostglass");

function speakAlike(command: Command, name: string): void {
  command
    .exitOverride()
    .showHelpAfterError(`(try: ${name} --help)`)
    .configureOutput({ outputError: (text, write) => write(withoutValues(text).replace(/^error: /, "frostglass: ")) });
  for (const child of command.commands) speakAlike(child, `${name} ${child.name()}`);
}

/** What the parser of the call quotes may be a token: of headers, and of a header that was not quoted for the shell. */
function withoutValues(text: string): string {
  return text
    .replace(/^(error: option '[^']*header[^']*') argument '[\s\S]*' is invalid\. /, "$1: ")
    .replace(/^(error: too many arguments [\s\S]* but got \d+): [\s\S]*\.$/m, "$1; quote what holds blanks.");
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough closes the pipe: no error of ours.
  if (error.code === "EPIPE") process.exit();
  process.stderr.write(`frostglass: stdout cannot be written (${error.code})\n`);
  process.exit(1);
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
