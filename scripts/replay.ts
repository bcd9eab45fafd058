/**
 * `frostglass replay`: recordings through the filter, with a proof that nothing selected left.
 * Exit 0 clean, 1 a leak, a failed expectation or a policy error, 2 a wrong call or a recording that cannot be read.
 */
import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { CommandError, hasColor, note, requirePolicy } from "./console.ts";
import { verifiedClaims } from "./envoy/config.ts";
import { EnvoyEngine } from "./envoy/engine.ts";
import type { JsonObject } from "./manifest/filter.ts";
import { type ChunkPlan, parseChunk, wholeBodies } from "./replay/chunks.ts";
import { type Equipment, equip } from "./replay/equip.ts";
import { RecordingError } from "./replay/form.ts";
import { type Recording, readRecordings } from "./replay/recording.ts";
import { isClean, type ReplayReport } from "./replay/result.ts";
import { type Engine, envoyEngine, nodeEngine, type Settings, startPlugin, tunnelCluster } from "./replay/run.ts";
import { Session } from "./replay/session.ts";
import { emitLine } from "./report/emit.ts";
import { htmlReport } from "./report/html.ts";
import { jsonReport } from "./report/json.ts";
import { junitReport } from "./report/junit.ts";
import { sarifReport } from "./report/sarif.ts";
import { terminalReport } from "./report/terminal.ts";
import { packageVersion } from "./wasm.ts";

interface Options {
  policy: string;
  chunk: ChunkPlan;
  emit?: string;
  junit?: string;
  sarif?: string;
  html?: string;
  engine: "node" | "envoy";
  inactive?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("replay")
    .description("run recorded exchanges through the filter and prove that no selected value leaves")
    .argument("<recording...>", "NDJSON recordings, HAR files or Envoy taps")
    .requiredOption("--policy <file>", "the policy")
    .addOption(
      new Option("--chunk <how>", "pieces of bodies: N bytes, each (all two-way splits and every byte), random[:SEED]")
        .argParser(parseChunk)
        .default(wholeBodies, "whole bodies"),
    )
    .option("--emit <file>", "what left, one JSON line an exchange")
    .option("--junit <file>", "report as JUnit XML")
    .option("--sarif <file>", "report as SARIF 2.1.0")
    .option("--html <file>", "report as one HTML page")
    .addOption(new Option("--engine <engine>", "where the filter runs").choices(["node", "envoy"]).default("node"))
    .option("--inactive", "without the emergency header: shows that inactive traffic passes untouched")
    .option("--json", "the report as one JSON object on stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ frostglass replay --policy policies/checkout.json policies/checkout.recordings.ndjson
  $ frostglass replay --policy p.json traffic.har --chunk each --junit report.xml --emit left.ndjson

Exit codes: 0 clean, 1 a leak or a failed expectation, 2 a wrong call or an unreadable recording`,
    )
    .action(replay);
}

async function replay(files: string[], options: Options): Promise<void> {
  const recordings = files.flatMap((file) => readAll(file).map((recording) => ({ file, recording })));
  const session = await equip(await requirePolicy(options.policy));
  const { compiled } = session;
  for (const text of session.notes) note(text);
  const settings = { isActive: !options.inactive, session };
  const { engine, stop } = await startEngine(session, settings, options.engine);
  const exchanges: ReplayReport["exchanges"][number][] = [];
  const emitted: string[] = [];
  try {
    const replay = new Session(engine, compiled, settings, options.chunk);
    for (const { file, recording } of recordings) {
      showProgress(exchanges.length, recordings.length);
      const { report, result, notes } = await replay.replay(recording, file);
      exchanges.push(report);
      if (options.emit !== undefined) emitted.push(emitLine(recording.id, result));
      for (const text of notes) note(text);
    }
  } finally {
    await stop();
    showProgress(undefined, recordings.length);
  }
  const { name, digest } = compiled;
  const policy = { name, digest, file: options.policy };
  const report: ReplayReport = { policy, engine: options.engine, chunk: options.chunk.label, exchanges };
  write(options.emit, () => emitted.join(""));
  write(options.junit, () => junitReport(report));
  write(options.sarif, () => sarifReport(report, packageVersion()));
  write(options.html, () => htmlReport(report));
  const { columns } = process.stdout;
  const text = options.json
    ? jsonReport(report)
    : terminalReport(report, { color: hasColor(process.stdout), ...(columns === undefined ? {} : { width: columns }) });
  process.stdout.write(text);
  if (!exchanges.every(isClean)) process.exitCode = 1;
}

function readAll(file: string): Recording[] {
  try {
    return readRecordings(file);
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(error.message, 2);
    throw error;
  }
}

async function startEngine(
  { compiled, environment, claims }: Equipment,
  settings: Settings,
  engine: Options["engine"],
): Promise<{ engine: Engine; stop: () => Promise<void> }> {
  if (engine === "node") {
    const plugin = startPlugin(compiled, environment);
    return { engine: nodeEngine(compiled, plugin, settings), stop: async () => {} };
  }
  // A real Envoy takes the key from its environment, which it inherits.
  Object.assign(process.env, environment);
  const proof = compiled.policy.activation.session?.proof;
  const envoy = await EnvoyEngine.start(compiled, {
    cluster: settings.isActive ? tunnelCluster(compiled) : undefined,
    before:
      settings.isActive && claims && proof?.by === "metadata"
        ? [verifiedClaims(proof.key, { ...claims } as JsonObject)]
        : [],
  });
  return { engine: envoyEngine(envoy), stop: () => envoy.stop() };
}

function write(file: string | undefined, render: () => string): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, render());
  } catch (error) {
    throw new CommandError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}); check the path`, 2);
  }
}

/** One line on a terminal that overwrites itself; it goes when the work is done. */
function showProgress(done: number | undefined, all: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(done === undefined ? "\r\x1b[K" : `\r\x1b[Kexchange ${done + 1} of ${all}`);
}
