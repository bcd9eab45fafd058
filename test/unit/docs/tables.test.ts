// Tables and figures of the pages say what the sources say: detectors, actions, formats of tokens, outcomes, metrics, events
// of the audit log, versions of binary formats. No row is broken.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { DETECT_VERSION } from "../../../scripts/detect/layout.ts";
import { METRICS } from "../../../scripts/host/stats.ts";
import { ACTION, SIZE, TOKEN_FORMAT, VERSION } from "../../../scripts/policy/constants.ts";
import { OUTCOMES } from "../../../scripts/policy/outcomes.ts";
import { packageRoot } from "../../../scripts/wasm.ts";
import { frostglass } from "../cli/support.ts";
import { decisions, pages, readPage } from "./pages.ts";

/** Cells of a row; a bar that is escaped is none. */
const cellsOf = (row: string) =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** The tables of a text: their rows, without the line below the head. */
const tablesOf = (text: string): string[][][] =>
  text.split(/\n\n+/).flatMap((part) => {
    const lines = part.split("\n").filter((line) => line.trim() !== "");
    return /^\s*\|/.test(lines[0] ?? "") ? [lines.map((line) => cellsOf(line.trim())).toSpliced(1, 1)] : [];
  });

/** The first column of the table with this head, without the signs of code. */
function column(page: string, head: string): string[] {
  const table = tablesOf(readPage(page).prose).find(([names]) => names?.[0] === head);
  return table!.slice(1).map(([first]) => first!.replaceAll("`", ""));
}

test.each([...pages, ...decisions])("rows of tables of $path are whole", ({ prose }) => {
  for (const [head, ...rows] of tablesOf(prose)) expect(rows.filter((row) => row.length !== head!.length)).toEqual([]);
});

interface Listed {
  type: string;
  checks: string[];
  score: number;
  contextScore: number;
}

test("the built-in detectors are those of `detect --list`", async () => {
  const table = tablesOf(readPage("docs/detectors.md").prose.split("## The built-in detectors")[1]!)[0]!;
  const { detectors } = JSON.parse((await frostglass(["detect", "--list", "--json"])).out) as { detectors: Listed[] };
  expect(table.slice(1)).toEqual(
    detectors.map(({ type, checks, score, contextScore }) => [
      type,
      checks.join(", ") || "-",
      score.toFixed(2),
      contextScore.toFixed(2),
    ]),
  );
});

test("how many detectors there are", () => {
  const types = new Set(DETECTORS.map(({ type }) => type)).size;
  const detectors = readPage("docs/detectors.md").text;
  expect(detectors).toContain(`all ${DETECTORS.length}, of ${types} types`);
  expect(detectors).toContain(`\n${types} types. The scores`);
  expect(readPage("README.md").text).toContain(`**Detectors**: ${types} built-in ones`);
  expect(readPage("docs/benchmarks.md").text).toContain(`| all (${DETECTORS.length}) `);
});

test("actions and formats of tokens", () => {
  expect(column("README.md", "action").sort()).toEqual(Object.keys(ACTION).sort());
  const formats = Object.keys(TOKEN_FORMAT).map((name) => `\`${name}\``);
  expect(readPage("README.md").text).toContain(`the format (${formats.join(", ")})`);
});

test("outcomes that pages name in brackets", () => {
  const named = pages.flatMap(({ prose }) =>
    [...prose.matchAll(/\(`([a-z]+(?:_[a-z0-9]+)+)`/g)].map(([, code]) => code!),
  );
  const known = new Set(OUTCOMES.map(({ code }) => code));
  // What stands there besides: settings of Envoy, and names in examples.
  const others = ["card_number", "proxy_100_continue", "request_headers_to_remove", "tenant_ssn"];
  expect([...new Set(named.filter((code) => !known.has(code)))].toSorted()).toEqual(others);
});

test("metrics", () => {
  const names = Object.values(METRICS).map(({ name }) => name.replace(".", "_"));
  expect(column("docs/audit.md", "metric").sort()).toEqual(names.sort());
});

test("events of the audit log", () => {
  const schema = readFileSync(join(packageRoot, "deploy/audit/record.schema.json"), "utf8");
  const { properties } = JSON.parse(schema) as { properties: { event: { enum: string[] } } };
  const events = column("docs/audit.md", "event").flatMap((cell) => cell.split(", "));
  expect(events.sort()).toEqual(properties.event.enum.sort());
});

test("versions of binary formats", () => {
  const policy = readPage("docs/internals.md");
  expect(policy.text.includes(`## The binary policy, version ${VERSION}\n`)).toBe(true);
  expect(policy.text.includes(`version = ${VERSION} `)).toBe(true);
  expect(policy.text.includes(`header, ${SIZE.HEADER} bytes`)).toBe(true);
  const program = readPage("docs/detectors.md");
  expect(program.text.includes(`## The detector program, version ${DETECT_VERSION}\n`)).toBe(true);
  expect(program.text.includes(`version = ${DETECT_VERSION} `)).toBe(true);
});
