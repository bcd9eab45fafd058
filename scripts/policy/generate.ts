// Writes the files that are derived from a single source: the AssemblyScript constants, the outcome table and the metrics
// for the wasm, the TypeScript types of a policy and of an audit record from their JSON Schemas, the presets with their
// page, and what Envoy needs to label metrics and to log accesses, and the dashboard that shows them.
// Invariant: the output depends on the sources only, and an unchanged file is not touched.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compile, type JSONSchema } from "json-schema-to-typescript";
import { accessLogEntry, openTelemetryEntry } from "../audit/access-log/format.ts";
import { CHECKS } from "../detect/checks.ts";
import * as folds from "../detect/fold.ts";
import * as layout from "../detect/layout.ts";
import { METRICS, statsTags } from "../host/stats.ts";
import { dashboard } from "../observability/dashboard.ts";
import { presetText } from "../presets/generate.ts";
import { presetsPage } from "../presets/page.ts";
import { PRESETS } from "../presets/presets.ts";
import * as constants from "./constants.ts";
import { GRPC_INTERNAL, GRPC_STATUS, OUTCOMES, RESPONSE_STATUS } from "./outcomes.ts";

const root = join(import.meta.dirname, "../..");
const banner = (source: string) => `// Generated from ${source} by scripts/policy/generate.ts. Do not edit.\n`;

/** A cluster that whoever deploys the file defines. */
const collector = { envoy_grpc: { cluster_name: "collector" } };

/** Brings every generated file up to date. */
export async function generate(): Promise<void> {
  for (const [path, text] of await render()) write(path, text);
}

/** Path from the root of the repository -> text. */
export async function render(): Promise<Map<string, string>> {
  return new Map([
    ["assembly/policy/format.gen.ts", constantsModule("scripts/policy/constants.ts", constants)],
    ["assembly/detect/layout.gen.ts", constantsModule("scripts/detect/layout.ts", layout)],
    ["assembly/detect/checks.gen.ts", checksModule()],
    ["assembly/detect/fold.gen.ts", foldModule()],
    ["assembly/policy/outcomes.gen.ts", outcomesModule()],
    ["assembly/filter/metrics.gen.ts", metricsModule()],
    ["deploy/envoy/access-log.json", `${JSON.stringify(accessLogEntry("/dev/stdout"), null, 2)}\n`],
    ["deploy/envoy/access-log-otlp.json", `${JSON.stringify(openTelemetryEntry(collector), null, 2)}\n`],
    ["deploy/envoy/stats.json", `${JSON.stringify({ stats_config: { stats_tags: statsTags() } }, null, 2)}\n`],
    ["deploy/grafana/frostglass.json", `${JSON.stringify(dashboard(), null, 2)}\n`],
    ["scripts/policy/policy.gen.ts", await policyTypes()],
    ["scripts/audit/record.gen.ts", await recordTypes()],
    ["docs/presets.md", presetsPage(PRESETS)],
    ...PRESETS.map((preset): [string, string] => [`policies/presets/${preset.name}.json`, presetText(preset)]),
  ]);
}

/** `HEADER.NAME` becomes `HEADER_NAME`; a bigint becomes a u64. */
function constantsModule(
  source: string,
  constants: Record<string, number | bigint | string | Record<string, number | bigint>>,
): string {
  const lines = [banner(source)];
  // A module lists its exports by name everywhere but in test runners, which keep the order of the source.
  for (const [name, value] of Object.entries(constants).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (typeof value === "object") {
      for (const [key, item] of Object.entries(value)) lines.push(constant(`${name}_${key.toUpperCase()}`, item));
      lines.push("");
    } else lines.push(constant(name, value));
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function constant(name: string, value: number | bigint | string): string {
  if (typeof value === "string") return `export const ${name}: string = ${JSON.stringify(value)};`;
  const type = typeof value === "bigint" ? "u64" : "u32";
  return `export const ${name}: ${type} = ${value < 65536 ? value : `0x${value.toString(16)}`};`;
}

/** The number of a check function is its place in the list. */
function checksModule(): string {
  const names = CHECKS.map((name, index) => constant(`CHECK_${name.replaceAll("-", "_").toUpperCase()}`, index));
  return `${[banner("scripts/detect/checks.ts"), ...names, constant("CHECK_COUNT", CHECKS.length)].join("\n")}\n`;
}

/** Characters that read as others: rows of first, count, base, period; names with what they stand for behind each. */
function foldModule(): string {
  const rows = folds.FOLDS.map(
    ({ from, count, base, period }) => `  0x${from.toString(16)}, ${count}, ${base}, ${period},`,
  );
  const names = Object.entries(folds.NAMES).map(([name, character]) => name + character);
  return `${[
    banner("scripts/detect/fold.ts"),
    constant("FOLD_COUNT", folds.FOLDS.length),
    `export const FOLD_ROWS: usize = memory.data<u16>([\n${rows.join("\n")}\n]);`,
    constant("MATH_DIGITS", folds.MATH_DIGITS.first),
    constant("MATH_DIGITS_COUNT", folds.MATH_DIGITS.count),
    constant("REFERENCES", names.join("")),
    constant("MAX_REFERENCE", folds.MAX_REFERENCE),
    constant("MAX_DROPPED", folds.MAX_DROPPED),
  ].join("\n")}\n`;
}

function outcomesModule(): string {
  const lines = [banner("scripts/policy/outcomes.ts")];
  OUTCOMES.forEach((outcome, index) => {
    lines.push(constant(outcome.code.toUpperCase(), index));
  });
  lines.push("", constant("OUTCOME_COUNT", OUTCOMES.length), constant("RESPONSE_STATUS", RESPONSE_STATUS));
  const rows = (["code", "title", "detail"] as const).flatMap((field) =>
    OUTCOMES.map((outcome) => bytes(outcome[field])),
  );
  lines.push("", "/** All codes, all titles, all details, in the order of the outcomes and with a NUL behind each. */");
  lines.push(`export const TEXTS: usize = memory.data<u8>([\n${rows.join("\n")}\n]);`);
  const statuses = OUTCOMES.map(({ status }) => `  ${status},`);
  lines.push(`export const STATUSES: usize = memory.data<u16>([\n${statuses.join("\n")}\n]);`);
  lines.push("", "export function grpcStatusOf(status: u32): i32 {", "  switch (status) {");
  for (const [status, code] of Object.entries(GRPC_STATUS)) lines.push(`    case ${status}:`, `      return ${code};`);
  lines.push("    default:", `      return ${GRPC_INTERNAL};`, "  }", "}");
  return `${lines.join("\n")}\n`;
}

/** Names of metrics up to their labels, and of actions and directions as labels. */
function metricsModule(): string {
  const lines = [banner("scripts/host/stats.ts")];
  for (const [key, { name, labels }] of Object.entries(METRICS)) {
    lines.push(`export const ${key}: string = ${JSON.stringify(labels.length > 0 ? `${name}.` : name)};`);
  }
  lines.push("", "export function actionName(action: u32): string {", "  switch (action) {");
  for (const [action, value] of Object.entries(constants.ACTION)) {
    lines.push(`    case ${value}:`, `      return ${JSON.stringify(action)};`);
  }
  lines.push("    default:", '      return "unknown";', "  }", "}");
  return `${lines.join("\n")}\n`;
}

/** A text as bytes, which take half the room of an AssemblyScript string. */
function bytes(text: string): string {
  return `  // ${text}\n  ${[...Buffer.from(text), 0].join(", ")},`;
}

async function policyTypes(): Promise<string> {
  const schema = JSON.parse(readFileSync(join(root, "policies/policy.schema.json"), "utf8")) as JSONSchema;
  return compile(schema, "Policy", {
    bannerComment: banner("policies/policy.schema.json").trimEnd(),
    additionalProperties: false,
    style: { printWidth: 120 },
  });
}

/** A record's `data` by event: "log.opened" holds a LogOpened, and so on. */
async function recordTypes(): Promise<string> {
  const source = "deploy/audit/record.schema.json";
  const schema = JSON.parse(readFileSync(join(root, source), "utf8")) as JSONSchema & {
    allOf: { if: { properties: { event: { const: string } } }; then: { properties: { data: { $ref: string } } } }[];
    $defs: Record<string, { title: string }>;
  };
  const events = schema.allOf.map((branch) => {
    const definition = branch.then.properties.data.$ref.replace("#/$defs/", "");
    return `  "${branch.if.properties.event.const}": ${schema.$defs[definition]!.title};`;
  });
  const { allOf: _, ...plain } = schema;
  const types = await compile(plain, "AuditRecord", {
    bannerComment: banner(source).trimEnd(),
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    additionalProperties: false,
    style: { printWidth: 120 },
  });
  return `${types}\nexport interface EventData {\n${events.join("\n")}\n}\n`;
}

function write(path: string, text: string): void {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (import.meta.main) await generate();
