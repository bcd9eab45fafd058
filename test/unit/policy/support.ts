// Short ways to compile policies in these tests.

import { basename } from "node:path";
import type { Automaton } from "../../../scripts/policy/automaton.ts";
import {
  type CompiledPolicy,
  compilePolicy,
  formatDiagnostic,
  type LoadResult,
} from "../../../scripts/policy/index.ts";
import { parseJsonPath } from "../../../scripts/policy/jsonpath/parser.ts";
import { buildAutomaton } from "../../../scripts/policy/subset.ts";

/** Compiles `own` with the other files beside it; a reference finds them by base name. */
export function compileText(own: string, files: Record<string, string> = {}): LoadResult {
  return compilePolicy({ path: "own.json", text: own }, (reference) => {
    const path = basename(reference, ".json");
    const text = path === "own" ? own : files[path];
    return text === undefined ? undefined : { path: `${path}.json`, text };
  });
}

/** Compiles a policy that is always active, and fails on any diagnostic. */
export function compileSound(policy: object, files?: Record<string, object>): CompiledPolicy {
  const texts = Object.entries(files ?? {}).map(([name, file]) => [name, JSON.stringify(file)]);
  const own = JSON.stringify({ name: "own", activation: { always: true }, ...policy });
  const { compiled, diagnostics } = compileText(own, Object.fromEntries(texts));
  if (!compiled || diagnostics.length > 0) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return compiled;
}

/** One automaton for the request direction; the place of a selector is its rule. */
export const automatonOf = (...selectors: string[]): Automaton =>
  buildAutomaton([selectors.map((selector, rule) => ({ query: parseJsonPath(selector), rule }))]);
