// The RFC 9535 compliance suite through compiler, binary policy and wasm: each valid selector that can be streamed
// changes exactly the nodes of the suite's result paths. Invalid selectors and those that cannot be streamed are
// diagnostics; the latter are counted by reason.
//
// Shown twice. Redacting puts a mark in the place of each expected node (a node below another expected one vanishes with
// it; null and "" stay by contract). Stripping removes each, null and "" too.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { corpus, titleOf } from "../../support/corpora.ts";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";

interface Case {
  name: string;
  selector: string;
  invalid_selector?: boolean;
  document?: unknown;
  result_paths?: string[];
  results_paths?: string[][];
}

const file = "json/jsonpath-cts/cts.json";
const path = corpus(file);
const cases = path ? (JSON.parse(readFileSync(path, "utf8")) as { tests: Case[] }).tests : [];

const MARK = "\u2588";

const policyOf = (selector: string, action: unknown) => ({
  rules: [{ name: "r", select: `json:${selector}`, action }],
});

function refusalOf(selector: string) {
  const text = JSON.stringify({ name: "t", activation: { always: true }, ...policyOf(selector, "strip") });
  const { compiled, diagnostics } = compilePolicy({ path: "p.json", text }, () => undefined);
  return compiled ? undefined : diagnostics.find(({ severity }) => severity === "error");
}

const valid = cases.filter(({ invalid_selector }) => !invalid_selector);
const invalid = cases.filter(({ invalid_selector }) => invalid_selector);
const streamable = valid.filter(({ selector }) => refusalOf(selector)?.code !== "not-streamable");

type Step = string | number;

/** RFC 9535, 2.7: a normalized path. */
function stepsOf(normalized: string): Step[] {
  return [...normalized.matchAll(/\[(?:([0-9]+)|'((?:[^'\\]|\\.)*)')\]/gs)].map(([, index, name]) =>
    index !== undefined
      ? Number(index)
      : (JSON.parse(`"${name!.replaceAll('"', '\\"').replaceAll("\\'", "'")}"`) as string),
  );
}

const GONE = Symbol("gone");

/** The document with every node of the paths replaced; outer ones win. */
function changed(node: unknown, paths: readonly Step[][], change: (node: unknown) => unknown): unknown {
  if (paths.some((steps) => steps.length === 0)) return change(node);
  if (typeof node !== "object" || node === null) return node;
  const below = (key: Step) => paths.filter(([first]) => first === key).map((steps) => steps.slice(1));
  if (Array.isArray(node)) {
    return node.map((item, index) => changed(item, below(index), change)).filter((item) => item !== GONE);
  }
  const members = Object.entries(node).map(([name, item]) => [name, changed(item, below(name), change)] as const);
  return Object.fromEntries(members.filter(([, item]) => item !== GONE));
}

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

function through(selector: string, action: unknown, document: unknown): unknown {
  engine.use(binaryOf(policyOf(selector, action)));
  const bytes = Buffer.from(JSON.stringify(document));
  const { error, output } = engine.rewrite([bytes]);
  expect(error).toBeUndefined();
  const bytewise = engine.rewrite(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  expect(Buffer.from(bytewise.output).equals(output)).toBe(true);
  return JSON.parse(Buffer.from(output).toString());
}

const byType = (node: unknown) => (Array.isArray(node) ? [] : typeof node === "object" && node !== null ? {} : node);

describe.skipIf(!path)(titleOf("JSONPath compliance suite through the wasm", file), () => {
  test.each(streamable)("$name: $selector", ({ selector, document, result_paths, results_paths }) => {
    const paths = (result_paths ?? results_paths![0]!).map(stepsOf);
    const marked = changed(document, paths, (node) => (node === null || node === "" ? node : MARK));
    expect(through(selector, { redact: { with: MARK } }, document)).toEqual(marked);
    // The root cannot be stripped: it is redacted, and the root of the suite's documents is a container.
    const rootSelected = paths.some((steps) => steps.length === 0);
    const stripped = changed(document, paths, (node) => (rootSelected ? byType(node) : GONE));
    expect(through(selector, "strip", document)).toEqual(stripped);
  });

  test.each(invalid)("refuses $name: $selector", ({ selector }) => {
    const refusal = refusalOf(selector);
    expect(refusal).toBeDefined();
    expect(refusal!.message && refusal!.remedy).toBeTruthy();
  });

  test("what cannot be streamed has a reason, and is counted by it", () => {
    const reasons: Record<string, number> = {};
    for (const { selector } of valid) {
      const refusal = refusalOf(selector);
      const reason = refusal ? `${refusal.code}: ${refusal.message}` : "streamable";
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    expect({ invalid: invalid.length, ...reasons }).toMatchInlineSnapshot(`
      {
        "invalid": 150,
        "not-streamable: a filter needs the whole element before its first byte can leave": 162,
        "not-streamable: a negative bound counts from an end that is not known yet": 7,
        "not-streamable: a negative index counts from an end that is not known yet": 4,
        "not-streamable: a negative step starts at an end that is not known yet": 9,
        "streamable": 79,
      }
    `);
  });
});
