/**
 * `frostglass discover`: which fields of recorded or described traffic look sensitive: a proposed policy, or, against a
 * policy, what it does not cover yet.
 *
 * Invariant: what is shown of a value is that it was there, and what found it; never the value.
 */
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { CommandError, note, requirePolicy } from "./console.ts";
import { isCovered } from "./discover/coverage.ts";
import { builtInEvidence } from "./discover/detectors.ts";
import { type Detect, type Evidence, kindOf } from "./discover/evidence.ts";
import { type Field, Inventory, selectorOf } from "./discover/inventory.ts";
import { Messages } from "./discover/messages.ts";
import { readOpenApi } from "./discover/openapi.ts";
import { type Finding, proposePolicy } from "./discover/propose.ts";
import type { CompiledPolicy } from "./policy/index.ts";
import { readDescriptors } from "./policy/protobuf/descriptors.ts";
import { RecordingError } from "./replay/form.ts";
import { readRecordings } from "./replay/recording.ts";

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
      "recordings (NDJSON, HAR, Envoy tap), OpenAPI 3 documents (JSON, YAML) or protobuf descriptor sets",
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

Examples:
  $ frostglass discover recordings/*.ndjson >policies/orders.json
  $ frostglass discover shop.binpb recordings/grpc.ndjson >policies/shop.json
  $ frostglass discover --policy policies/orders.json openapi.yaml recordings/new.ndjson

Exit codes: 0 nothing left to cover, 1 with --policy: fields that no rule covers, 2 a wrong call or an unreadable source`,
    )
    .action(discover);
}

function parseName(text: string): string {
  if (!/^[a-z0-9-]{1,63}$/.test(text)) throw new InvalidArgumentError("use 1 to 63 characters of a-z, 0-9 and hyphen.");
  return text;
}

async function discover(sources: string[], options: Options): Promise<void> {
  const compiled = options.policy === undefined ? undefined : await requirePolicy(options.policy);
  const sets = sources.filter(isDescriptorSet);
  const findings = findIn(sources, sets, builtInEvidence(), compiled);
  const open = compiled ? findings.filter(({ field }) => !isCovered(compiled, field)) : findings;
  const policy = proposePolicy(options.name, open, sets.map(besideIt));
  if (options.json) {
    const fields = open.map(({ field, evidence }) => ({
      direction: field.direction,
      selector: selectorOf(field),
      ...(evidence.kind === undefined ? {} : { name: evidence.kind }),
      detectors: Object.fromEntries(evidence.detectors),
      values: field.values,
    }));
    process.stdout.write(`${JSON.stringify(compiled ? { uncovered: fields } : { fields, policy }, null, 2)}\n`);
  } else if (compiled) {
    for (const finding of open) process.stdout.write(`${lineOf(finding)}\n`);
    const words =
      open.length === 0
        ? "every sensitive-looking field is covered"
        : `${open.length} sensitive-looking fields are not covered`;
    note(`${words} by ${options.policy}`);
  } else {
    for (const finding of open) process.stderr.write(`${lineOf(finding)}\n`);
    process.stdout.write(`${JSON.stringify(policy, null, 2)}\n`);
  }
  if (compiled && open.length > 0) process.exitCode = 1;
}

function lineOf({ field, evidence: { kind, detectors } }: Finding): string {
  const found = [...detectors].map(([name, count]) => `${name} ${count}x`);
  const why = [...(kind === undefined ? [] : [`name: ${kind}`]), ...found].join(", ");
  return `${field.direction.padEnd(8)} ${selectorOf(field)}  (${why}; ${field.values} values)`;
}

/** A descriptor set is bytes; all other sources are texts, and none of them reads as one. */
function isDescriptorSet(path: string): boolean {
  try {
    const bytes = readFileSync(path);
    return !/^\s*[{[#]/.test(bytes.subarray(0, 64).toString("latin1")) && readDescriptors([bytes]).messages.size > 0;
  } catch {
    return false;
  }
}

/** The set as a policy names it. */
const besideIt = (path: string): string => (isAbsolute(path) || path.startsWith(".") ? path : `./${path}`);

function findIn(
  sources: readonly string[],
  sets: readonly string[],
  detect: Detect,
  policy?: CompiledPolicy,
): Finding[] {
  const given = sets.map((path) => readFileSync(path));
  const known = [...given, ...(policy?.policy.protobuf?.sets ?? [])];
  const seen = new Map<Field, Map<string, number>>();
  const inventory = new Inventory(
    (field, value) => {
      const counts = seen.get(field) ?? new Map<string, number>();
      for (const name of detect(value)) counts.set(name, (counts.get(name) ?? 0) + 1);
      seen.set(field, counts);
    },
    known.length > 0 ? new Messages(known, policy) : undefined,
  );
  if (given.length > 0) inventory.describe(new Messages(given));
  const parameters: Field[] = [];
  for (const source of sources) {
    if (sets.includes(source)) continue;
    const described = attempt(() => readOpenApi(source));
    const recordings = described?.recordings ?? attempt(() => readRecordings(source));
    for (const recording of recordings) inventory.add(recording);
    for (const { name, template } of described?.parameters ?? []) {
      parameters.push({ direction: "request", place: "path", expression: template, names: [name], values: 0 });
    }
  }
  const unique = new Map(parameters.map((field) => [field.expression, field]));
  return [...inventory.fields, ...unique.values()].flatMap((field) => {
    const evidence: Evidence = { kind: kindOf(field), detectors: seen.get(field) ?? new Map() };
    return evidence.kind === undefined && evidence.detectors.size === 0 ? [] : [{ field, evidence }];
  });
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(error.message, 2);
    throw error;
  }
}
