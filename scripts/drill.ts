/**
 * `frostglass drill`: a whole break-glass session on this machine, with real Envoys, and a report of it; or a look at a
 * gateway of the user's own.
 * Exit 0 all checks hold, 1 one does not, 2 a wrong call.
 */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandError, hasColor, requirePolicy } from "./console.ts";
import { against } from "./drill/against/play.ts";
import { againstHtml, againstText } from "./drill/against/report.ts";
import { htmlReport } from "./drill/html.ts";
import { againstPlan, drillPlan } from "./drill/plan.ts";
import { drill } from "./drill/play.ts";
import { serve } from "./drill/service.ts";
import { type Version, versions } from "./drill/shop.ts";
import { momentLine, verdictText } from "./drill/terminal.ts";
import { RecordingError } from "./replay/form.ts";
import { type Recording, readRecordings } from "./replay/recording.ts";
import { address, count } from "./session/options.ts";
import { requireSessionPolicy } from "./session/policy.ts";
import { authorityOf } from "./tunnel/authorities.ts";
import type { Address } from "./tunnel/resources.ts";
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
  send?: URL;
  header?: string[];
  dryRun?: boolean;
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
    .option("--against <host:port>", "look at a gateway of your own, by its Envoy's admin interface; shift nothing")
    .option("--send <url>", "with --against: send the recording --incident to this URL of the gateway", url)
    .option("--header <name=value...>", "headers of that request, such as the emergency header")
    .option("--dry-run", "say what would be done, and do nothing")
    .addHelpText(
      "after",
      `
The drill starts two Envoys and a demo service in two versions, opens a session as \`frostglass session\` does, shifts a
running load to the hotfix and back, and proves that credentials of the session are refused afterwards. Everything
listens on loopback alone, and is gone at the end.

With --against it looks at a gateway of your own instead: whether the filter is attached and has loaded its policy, whether
that is --policy, and what would hang requests or let originals through. With --send too, one synthetic request goes
through it to an echo of yours (httpbin's /anything, say), and what comes back is searched for what the policy selects.
Nothing is shifted or changed. A kube context is not there yet: forward the port (kubectl port-forward POD 15000).

  $ frostglass drill --against 127.0.0.1:15000 --policy checkout.json \\
      --send https://shop.example/anything --header x-emergency-tunnel=drill

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

async function run(options: Options, command: Command): Promise<void> {
  if (options.against !== undefined) return runAgainst(options, command);
  for (const name of ["send", "header"] as const) {
    if (options[name] !== undefined) throw new CommandError(`--${name} goes with --against`, 2);
  }
  const policy = await requireSessionPolicy(options.policy);
  const recordings = readAll(options.recordings);
  const incident = incidentOf(recordings, options.incident);
  const authority = authorityOf(options.ca);
  if (options.dryRun) return plan(drillPlan(options.requests, policy));
  const toStdout = options.json === true;
  const color = hasColor(process.stdout);
  const report = await drill({
    policy,
    file: relative(process.cwd(), options.policy),
    recordings,
    incident,
    requests: options.requests,
    connections: options.connections,
    authority,
    keep: options.keep,
    show: toStdout ? undefined : (moment) => process.stdout.write(momentLine(moment, color)),
  });
  if (typeof options.json === "string") write(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.html !== undefined) write(options.html, htmlReport(report));
  process.stdout.write(toStdout ? `${JSON.stringify(report, null, 2)}\n` : verdictText(report, color));
  if (!report.ok) process.exitCode = 1;
}

async function runAgainst(options: Options, command: Command): Promise<void> {
  const gateway = gatewayOf(options.against!);
  const isNamed = command.getOptionValueSource("policy") === "cli";
  if (options.send && !isNamed) throw new CommandError("--send needs --policy: what it selects is looked for", 2);
  const policies = isNamed ? [await requirePolicy(options.policy), await requireSessionPolicy(options.policy)] : [];
  const recording = incidentOf(readAll(options.recordings), options.incident);
  const send = options.send && { url: options.send, recording, headers: (options.header ?? []).map(headerOf) };
  if (options.dryRun) return plan(againstPlan(options.against!, options.send, options.incident));
  const report = await against({ gateway, policies, send });
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (typeof options.json === "string") write(options.json, json);
  if (options.html !== undefined) write(options.html, againstHtml(report));
  process.stdout.write(options.json === true ? json : againstText(report));
  if (!report.ok) process.exitCode = 1;
}

function gatewayOf(text: string): Address {
  try {
    return address(text);
  } catch {
    throw new CommandError(
      "--against takes the admin address of an Envoy, HOST:PORT; a kube context is not there yet: forward the port",
      2,
    );
  }
}

function url(text: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new InvalidArgumentError("a URL begins with http:// or https://.");
}

function headerOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new CommandError("a header is given as NAME=VALUE", 2);
  return [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
}

function plan(steps: readonly string[]): void {
  process.stdout.write(`${steps.map((step, at) => `${at + 1}. ${step}`).join("\n")}\n`);
}

function readAll(file: string): Recording[] {
  try {
    return readRecordings(file);
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(error.message, 2);
    throw error;
  }
}

function incidentOf(recordings: readonly Recording[], id: string): Recording {
  const incident = recordings.find((recording) => recording.id === id);
  if (incident) return incident;
  throw new CommandError(`no recording is called ${id}`, 2);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}); check the path`, 2);
  }
}
