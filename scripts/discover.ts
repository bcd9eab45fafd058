/**
 * `frostglass discover`: which fields of recorded or described traffic look sensitive: a proposed policy, or, against a
 * policy, what it does not cover yet.
 *
 * Invariant: what is shown of a value is that it was there, and what found it; never the value.
 */
import { isAbsolute } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { CommandError, hasColor, note, requirePolicy } from "./console.ts";
import { selectorOf } from "./discover/field.ts";
import type { Finding } from "./discover/group.ts";
import { proposePolicy } from "./discover/propose.ts";
import { readSources, type Sources } from "./discover/sources.ts";
import { type Progress, type Survey, survey } from "./discover/survey.ts";
import type { CompiledPolicy } from "./policy/index.ts";
import type { Policy } from "./policy/policy.gen.ts";
import { RecordingError } from "./replay/form.ts";

interface Options {
  policy?: string;
  name: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("discover")
    .description("propose a policy for recorded or described traffic, or list what a policy does not cover")
    .argument(
      "<source...>",
      "recordings (NDJSON, HAR, Envoy tap), OpenAPI 3 or Swagger 2 documents (JSON, YAML) or protobuf descriptor sets; - for stdin",
    )
    .option("--policy <file>", "an existing policy: list sensitive-looking fields that none of its rules covers")
    .option("--name <name>", "the name of the proposed policy", parseName, "discovered")
    .option("--json", "one JSON object on stdout: fields with their evidence, and the proposal")
    .addHelpText(
      "after",
      `
The proposal goes to stdout, the evidence for it to stderr: kinds of names, and how often a detector found something.
No value of the traffic is ever shown. A descriptor set (buf build, protoc) tells the fields of its services, and reads the gRPC
calls of the recordings; so does the one that --policy names. A field whose name or values mislead is settled by a rule with "pass".
Files may be compressed with gzip.

Examples:
  $ frostglass discover recordings/*.ndjson >policies/orders.json
  $ kubectl exec deploy/edge -- cat tap.json.gz | frostglass discover - >policies/orders.json
  $ frostglass discover shop.binpb recordings/grpc.ndjson >shop.json
  $ frostglass discover --policy policies/orders.json openapi.yaml recordings/new.ndjson

Exit codes: 0 nothing left to cover, 1 with --policy: fields that no rule covers, 2 a wrong call, an unreadable source or policy`,
    )
    .action(discover);
}

function parseName(text: string): string {
  if (!/^[a-z0-9-]{1,63}$/.test(text)) throw new InvalidArgumentError("use 1 to 63 characters of a-z, 0-9 and hyphen.");
  return text;
}

async function discover(paths: string[], options: Options): Promise<void> {
  const compiled = options.policy === undefined ? undefined : await policyAt(options.policy);
  const sources = await attempt(() => readSources(paths));
  const found = await attempt(() => survey(sources, compiled, showProgress()));
  const policy = proposalOf(options.name, found, sources, compiled);
  for (const [reason, count] of found.unread)
    note(`${count} ${count === 1 ? "body was" : "bodies were"} not read: ${reason}; the filter refuses such a body`);
  if (sources.missing > 0)
    note(
      `${sources.missing} references lead nowhere: what is behind them was not read; put the files beside the document`,
    );
  if (options.json) {
    const fields = found.findings.map(factsOf);
    process.stdout.write(
      `${JSON.stringify(compiled ? { uncovered: fields, rules: policy.rules } : { fields, policy }, null, 2)}\n`,
    );
  } else if (compiled) showUncovered(found.findings, options.policy!, policy);
  else {
    showTable(found.findings, process.stderr);
    if (found.findings.length === 0)
      note(`nothing looks sensitive in ${found.fields} fields, so the proposal has no rule`);
    process.stdout.write(`${JSON.stringify(policy, null, 2)}\n`);
  }
  if (compiled && found.findings.length > 0) process.exitCode = 1;
}

/** A policy with mistakes is no field that is not covered: the call ends as a wrong one. */
async function policyAt(path: string): Promise<CompiledPolicy> {
  try {
    return await requirePolicy(path);
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(error.message, 2) : error;
  }
}

const proposalOf = (
  name: string,
  { findings, isCompressed }: Survey,
  { sets }: Sources,
  added: CompiledPolicy | undefined,
): Policy =>
  proposePolicy(name, findings, {
    descriptors: sets.map(({ path }) => besideIt(path)),
    isCompressed,
    taken: added?.rules.map((rule) => rule.name) ?? [],
  });

function showUncovered(findings: readonly Finding[], path: string, { rules = [] }: Policy): void {
  showTable(findings, process.stdout);
  if (findings.length === 0) {
    note(`every sensitive-looking field is covered by ${path}`);
    return;
  }
  const some =
    findings.length === 1 ? "1 sensitive-looking field is" : `${findings.length} sensitive-looking fields are`;
  note(`${some} not covered by ${path}; rules for it to start from, or to settle with "action": "pass":`);
  process.stderr.write(`${rules.map((rule) => JSON.stringify(rule, null, 2)).join(",\n")}\n`);
}

const factsOf = ({ field, places, evidence: { kind, marks = [], detectors } }: Finding) => ({
  direction: field.direction,
  selector: selectorOf(field),
  ...(kind === undefined ? {} : { name: kind }),
  ...(marks.length === 0 ? {} : { marks }),
  detectors: Object.fromEntries(detectors),
  values: field.values,
  ...(field.isDescribed ? { described: true } : {}),
  ...(places === 1 ? {} : { places }),
});

/** Selectors longer than this push their own line out, and no other. */
const widest = 56;

/** A line a finding, in columns: direction, selector, what speaks for it, and how much of it there was. */
function showTable(findings: readonly Finding[], to: NodeJS.WriteStream): void {
  const width = Math.min(widest, Math.max(0, ...findings.map(({ field }) => selectorOf(field).length)));
  for (const finding of findings) to.write(`${lineOf(finding, width, hasColor(to))}\n`);
}

function lineOf(finding: Finding, width: number, isColored: boolean): string {
  const { field, places, evidence } = finding;
  const { kind, marks = [], detectors } = evidence;
  const found = [...detectors].map(([name, count]) => `${name} ${count}x`);
  const where = field.place === "any" ? ["in names of fields"] : [];
  const why = [...(kind === undefined ? [] : [`name: ${kind}`]), ...marks, ...found, ...where].join(", ");
  const held = field.values > 0 || !field.isDescribed;
  const much = [
    ...(held ? [`${field.values} ${field.values === 1 ? "value" : "values"}`] : []),
    ...(field.isDescribed ? ["described"] : []),
  ].join(", ");
  const selector = selectorOf(field).padEnd(width);
  const shown = isColored ? `\u001b[1m${selector}\u001b[0m` : selector;
  return `${field.direction.padEnd(8)} ${shown}  (${why}; ${much}${places === 1 ? "" : ` in ${places} fields`})`;
}

/** The set as a policy names it. */
const besideIt = (path: string): string => (isAbsolute(path) || path.startsWith(".") ? path : `./${path}`);

/** On a terminal, so that long work is seen to go on. */
function showProgress(): Progress {
  if (!process.stderr.isTTY) return () => {};
  let last = "";
  return (done, all, what) => {
    const text = `${what} ${Math.floor((100 * (done + 1)) / all)} %`;
    if (text === last || all < 100) return;
    last = text;
    process.stderr.write(done + 1 === all ? "\r\u001b[K" : `\r${text}`);
  };
}

async function attempt<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(error.message, 2);
    throw error;
  }
}
