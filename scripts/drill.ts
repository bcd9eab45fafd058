/**
 * `frostglass drill`: a whole break-glass session on this machine, with real Envoys, and a report of it.
 * Exit 0 all checks hold, 1 one does not, 2 a wrong call.
 */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Command, Option } from "commander";
import { CommandError, hasColor } from "./console.ts";
import { htmlReport } from "./drill/html.ts";
import { drill } from "./drill/play.ts";
import { serve } from "./drill/service.ts";
import { type Version, versions } from "./drill/shop.ts";
import { momentLine, verdictText } from "./drill/terminal.ts";
import { RecordingError } from "./replay/form.ts";
import { type Recording, readRecordings } from "./replay/recording.ts";
import { count } from "./session/options.ts";
import { requireSessionPolicy } from "./session/policy.ts";
import { authorityOf } from "./tunnel/authorities.ts";
import { packageRoot } from "./wasm.ts";

interface Options {
  policy: string;
  recordings: string;
  incident: string;
  requests: number;
  connections: number;
  ca: string;
  json?: string | true;
  html?: string;
  keep?: boolean;
  against?: string;
}

const own = (file: string): string => join(packageRoot, "policies", file);

export function register(program: Command): void {
  program
    .command("drill")
    .description("play a whole break-glass session on this machine, with real Envoys, and report on it")
    .addOption(new Option("--policy <file>", "the policy").default(own("checkout.json"), "the sample policy"))
    .addOption(
      new Option("--recordings <file>", "exchanges that go through the tunnel").default(
        own("checkout.recordings.ndjson"),
        "the sample recordings",
      ),
    )
    .option("--incident <id>", "the recording that fails in production", "incident-null-postal-code")
    .option("--requests <count>", "size of the load", count, 20_000)
    .option("--connections <count>", "connections of the load", count, 8)
    .option("--ca <authority>", "where certificates come from", "built-in")
    .option("--json [file]", "the report as JSON, to a file or to stdout")
    .option("--html <file>", "the report as one HTML page, with the timeline drawn")
    .option("--keep", "leave the folder with configurations and audit log")
    .option("--against <gateway>", "a gateway of your own (an Envoy's admin address or a kube context): not there yet")
    .addHelpText(
      "after",
      `
The drill starts two Envoys and a demo service in two versions, opens a session as \`frostglass session\` does, shifts a
running load to the hotfix and back, and proves that credentials of the session are refused afterwards. Everything
listens on loopback alone, and is gone at the end.

Not there yet: --against, a drill on a gateway of your own. Rehearse there with \`frostglass session start --dry-run\`.

Exit codes: 0 all checks hold, 1 one does not, 2 a wrong call`,
    )
    .action(run);

  program
    .command("drill-service", { hidden: true })
    .description("the demo service of a drill")
    .argument("<version>", "production or hotfix")
    .action((version: string) => {
      if (!versions.includes(version as Version)) throw new CommandError("a version is production or hotfix", 2);
      return serve(version as Version);
    });
}

async function run(options: Options): Promise<void> {
  if (options.against !== undefined) {
    throw new CommandError("drill --against is not there yet: a drill plays on this machine only", 2);
  }
  const policy = await requireSessionPolicy(options.policy);
  const toStdout = options.json === true;
  const color = hasColor(process.stdout);
  const report = await drill({
    policy,
    file: relative(process.cwd(), options.policy),
    recordings: readAll(options.recordings),
    incident: options.incident,
    requests: options.requests,
    connections: options.connections,
    authority: authorityOf(options.ca),
    keep: options.keep,
    show: toStdout ? undefined : (moment) => process.stdout.write(momentLine(moment, color)),
  });
  if (typeof options.json === "string") write(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.html !== undefined) write(options.html, htmlReport(report));
  process.stdout.write(toStdout ? `${JSON.stringify(report, null, 2)}\n` : verdictText(report, color));
  if (!report.ok) process.exitCode = 1;
}

function readAll(file: string): Recording[] {
  try {
    return readRecordings(file);
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(error.message, 2);
    throw error;
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}); check the path`, 2);
  }
}
