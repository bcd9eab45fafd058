/**
 * `frostglass audit`: the log of a session, for those who were not there.
 *
 * Exit codes of `verify` and `report`: 0 the log is intact, 1 it is not, 2 wrong usage or nothing to check it with; of
 * `ingest`, `ship` and `close`: 0 all of it, 1 not all of it.
 */
import { writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ingest } from "./audit/ingest.ts";
import { readInput } from "./audit/input.ts";
import { AuditLog } from "./audit/log.ts";
import { htmlReport } from "./audit/report/html.ts";
import { markdownReport } from "./audit/report/markdown.ts";
import { reportOf, verdictOf } from "./audit/report/sections.ts";
import { KEY_VARIABLE, SealKey } from "./audit/seal.ts";
import { sessionsOf } from "./audit/session.ts";
import { ship } from "./audit/ship.ts";
import { sinksFromEnvironment } from "./audit/sinks/environment.ts";
import { type Verdict, verify } from "./audit/verify.ts";
import { CommandError } from "./console.ts";
import { visible } from "./report/summary.ts";

interface VerifyOptions {
  open?: boolean;
  session?: string;
  anchor?: string;
  keyEnv?: string[];
}

export function register(program: Command): void {
  const audit = program.command("audit").description("verify, read and fill the audit log of sessions");
  withVerification(audit.command("verify"))
    .description("find every edit, gap, reorder, truncation and replay in audit logs")
    .option("--json", "one JSON object on stdout: good, logs, findings")
    .action((files: string[], options: VerifyOptions & { json?: boolean }) => {
      const verdict = judge(files, options);
      if (!verdict.good) process.exitCode = 1;
      const { good, logs, findings } = verdict;
      process.stdout.write(options.json ? `${JSON.stringify({ good, logs, findings }, null, 2)}\n` : textOf(verdict));
    });
  withVerification(audit.command("report"))
    .description("render sessions for an auditor: who, when, what shifted, redactions, reveals, teardown, verdict")
    .addOption(new Option("--format <format>", "of the report").choices(["md", "html"]).default("md"))
    .option("-o, --output <file>", "write to a file instead of stdout")
    .action((files: string[], options: VerifyOptions & { format: "md" | "html"; output?: string }) => {
      const verdict = judge(files, options);
      if (!verdict.good) process.exitCode = 1;
      const sessions = sessionsOf(verdict.records);
      const chosen = sessions.filter(({ id }) => options.session === undefined || id === options.session);
      const report = reportOf(verdict, chosen);
      const text = options.format === "html" ? htmlReport(report) : markdownReport(report);
      if (options.output === undefined) process.stdout.write(text);
      else writeFileSync(options.output, text);
    });
  audit
    .command("ingest")
    .description("put access logs of the gateway (deploy/envoy/access-log.json) on record: telemetry and refusals")
    .argument("<file...>", "access logs; a line counts once, however often its file is given")
    .requiredOption("--log <file>", "the audit log to append to")
    .option("--writer <name>", "the gateway that wrote the access logs", "edge")
    .option("--session <id>", "take the lines of this session only, and record them as its own")
    .option(
      "--from <time>",
      "lines from then on that name no session are of --session (default: as --log says)",
      moment,
    )
    .option("--until <time>", "and up to then, such as 2026-03-02T14:35:00Z", moment)
    .option("--policy <file>", "the policy that ran: actions and clauses of its rules go on record too")
    .option("--window <seconds>", "length of a window of telemetry", positive, 60)
    .option("--json", "one JSON object on stdout: lines, records, inactive, foreign, unrelated, unreadable")
    .action(ingest);
  audit
    .command("close")
    .description("close an audit log for every writer with a last seal; keep its hash apart, for `verify --anchor`")
    .argument("<file>", "audit log")
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--json", "one JSON object on stdout: file, records, anchor")
    .action(close);
  audit
    .command("ship")
    .description("send an audit log to an OpenTelemetry collector; run again, it goes on where it stopped")
    .argument("<file>", "audit log")
    .requiredOption("--to <url>", "OTLP/HTTP endpoint for logs, such as http://localhost:4318/v1/logs")
    .option("--header <name=value...>", "headers of each request")
    .option("--patience <seconds>", "how long to try in all", positive, 60)
    .option("--state <file>", "remembers how far it came (default: the log's name and .shipped)")
    .option("--json", "one JSON object on stdout: records, before, sent, rejected, left")
    .action(ship);
}

function moment(text: string): number {
  const time = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError("a time is written as RFC 3339 says: 2026-03-02T14:05:00Z.");
  }
  return time;
}

async function close(file: string, options: { dryRun?: boolean; json?: boolean }): Promise<void> {
  readInput(file);
  const key = SealKey.fromEnvironment();
  if (!key)
    throw new CommandError(`${KEY_VARIABLE} is not set; a log is closed by a seal, and a seal needs the key`, 2);
  if (options.dryRun) {
    process.stdout.write(`would seal ${file} for good; whoever writes on begins another log\n`);
    return;
  }
  const log = await AuditLog.open(file, { writer: "close", key, sinks: sinksFromEnvironment() });
  const seal = (await log.close({ final: true }))!;
  const told = { file, records: seal.data.count + 1, anchor: seal.hash };
  process.stdout.write(
    options.json ? `${JSON.stringify(told)}\n` : `${file} is closed: ${told.records} records, anchor ${told.anchor}\n`,
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError("give seconds, at most a day.");
  return value;
}

function withVerification(command: Command): Command {
  return command
    .argument("<file...>", "audit logs")
    .option("--open", "a log without a closing seal is good up to its last seal: its session still runs")
    .option("--session <id>", "every record must be of this session: shows the log of another one")
    .option("--anchor <hash>", "a record with this hash must be there: the closing seal that was kept apart")
    .option("--key-env <name...>", `environment variables with audit keys (default: ${KEY_VARIABLE})`);
}

function judge(files: readonly string[], options: VerifyOptions): Verdict {
  const logs = files.map((name) => ({ name, bytes: readInput(name) }));
  return verify(logs, { ...options, keys: keysOf(options.keyEnv ?? [KEY_VARIABLE]) });
}

function keysOf(variables: readonly string[]): SealKey[] {
  return variables.map((variable) => {
    let key: SealKey | undefined;
    try {
      key = SealKey.fromEnvironment(variable);
    } catch (error) {
      throw new CommandError(`${variable}: ${(error as Error).message}`, 2);
    }
    if (key) return key;
    throw new CommandError(`${variable} is not set; the seals of a log cannot be checked without its key`, 2);
  });
}

/** `FILE:LINE: error[CODE]: what`, one a line, then the verdict. */
function textOf(verdict: Verdict): string {
  const lines = verdict.findings.map(({ file, line, code, writer, seq, message }) => {
    const who = writer === undefined ? "" : ` (${writer} ${seq})`;
    return visible(`${file}:${line}: error[${code}]: ${message}${who}`);
  });
  return `${[...lines, verdictOf(verdict)].join("\n")}\n`;
}
