/**
 * `frostglass replay`: recordings through the wasm, the leak proof, the report.
 * Exit 0 clean, 1 leak or failed expectation (or a policy with errors), 2 usage.
 */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { parseChunk, runner, usablePolicy } from "./replay/command.ts";
import { RecordingError } from "./replay/form.ts";
import { type Judged, judge } from "./replay/judge.ts";
import { Prover } from "./replay/proof.ts";
import { type Recording, readRecordings } from "./replay/recording.ts";
import { isClean, type ReplayReport } from "./replay/result.ts";
import type { Left } from "./replay/run.ts";
import { headersFromWire } from "./replay/text.ts";
import { htmlReport } from "./report/html.ts";
import { junitReport } from "./report/junit.ts";
import { sarifReport } from "./report/sarif.ts";
import { terminalReport } from "./report/terminal.ts";
import { packageVersion } from "./wasm.ts";

interface Options {
  policy: string;
  chunk?: string;
  emit?: string;
  junit?: string;
  sarif?: string;
  html?: string;
  engine: string;
  inactive?: boolean;
  json?: boolean;
}

const examples = `
Recordings: NDJSON (one exchange a line), HAR, Envoy tap.

Examples:
  npx frostglass replay --policy policies/checkout.json policies/checkout.recordings.ndjson
  npx frostglass replay --policy policies/checkout.json --chunk each --junit report.xml recordings/*.ndjson
  npx frostglass replay --policy policies/checkout.json --engine envoy traffic.har

Exit codes: 0 clean, 1 leak, failed expectation or policy error, 2 usage.`;

export function register(program: Command): void {
  program
    .command("replay")
    .description("run recordings through the filter and prove that nothing selected leaves")
    .requiredOption("--policy <file>", "the policy")
    .argument("<recording...>", "recording files")
    .option("--chunk <size>", "deliver bodies in pieces: a size in bytes, random:SEED, or each (every split)")
    .option("--emit <file>", "write what left, one exchange a line")
    .option("--junit <file>", "write a JUnit report")
    .option("--sarif <file>", "write a SARIF report")
    .option("--html <file>", "write an HTML report")
    .option("--engine <engine>", "node (the embedded host) or envoy (a real Envoy)", "node")
    .option("--inactive", "without emergency tunnel mode: all passes untouched")
    .option("--json", "the report as one JSON object on stdout")
    .addHelpText("after", examples)
    .action(run);
}

async function run(files: string[], options: Options, command: Command): Promise<void> {
  const usage = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
  const chunk = options.chunk === undefined ? undefined : parseChunk(options.chunk);
  if (options.chunk !== undefined && chunk === undefined) usage("--chunk is a size in bytes, random:SEED or each");
  const { engine } = options;
  if (engine !== "node" && engine !== "envoy") return usage("--engine is node or envoy");
  const recordings = read(files, usage);
  const compiled = await usablePolicy(options.policy);
  if (compiled === undefined) return;
  const filter = await runner(compiled, { isActive: options.inactive !== true, engine });
  const prover = new Prover(compiled);
  const judged: Judged[] = [];
  try {
    for (const { file, recording } of recordings) {
      progress(judged.length, recordings.length);
      judged.push(await judge(filter, prover, recording, file, chunk));
    }
  } finally {
    progress(recordings.length, recordings.length);
    await filter.stop();
  }
  const report: ReplayReport = {
    policy: { name: compiled.name, file: options.policy, digest: compiled.digest },
    engine,
    chunk: options.chunk ?? "whole",
    exchanges: judged.map(({ report }) => report),
  };
  write(options, report, judged);
  if (!report.exchanges.every(isClean)) process.exitCode = 1;
}

function read(files: string[], usage: (message: string) => never): { file: string; recording: Recording }[] {
  try {
    return files.flatMap((file) => readRecordings(file).map((recording) => ({ file, recording })));
  } catch (error) {
    if (error instanceof RecordingError) return usage(error.message);
    throw error;
  }
}

/** A counter on a terminal, and nothing anywhere else. */
function progress(done: number, all: number): void {
  if (!process.stderr.isTTY || all < 100) return;
  process.stderr.write(done === all ? "\r\x1b[K" : `\r${done} of ${all} exchanges`);
}

function write(options: Options, report: ReplayReport, judged: readonly Judged[]): void {
  if (options.emit) writeFileSync(options.emit, judged.map(emitted).join(""));
  if (options.junit) writeFileSync(options.junit, junitReport(report));
  if (options.sarif) writeFileSync(options.sarif, sarifReport(report, packageVersion()));
  if (options.html) writeFileSync(options.html, htmlReport(report));
  const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const width = process.stdout.columns;
  const text = options.json
    ? JSON.stringify(report)
    : terminalReport(report, { color, ...(width && { width }) }).trimEnd();
  process.stdout.write(`${text}\n`);
}

function emitted({ report, result }: Judged): string {
  const side = (left: Left) => ({
    headers: headersFromWire(left.headers),
    bodyBase64: Buffer.from(left.body).toString("base64"),
  });
  const { request, response } = result;
  const line = {
    id: report.id,
    outcome: report.outcome,
    reason: report.reason ?? null,
    ...(request && { request: side(request) }),
    ...(response && { response: { status: response.status, ...side(response) } }),
    rules: report.rules,
  };
  return `${JSON.stringify(line)}\n`;
}
