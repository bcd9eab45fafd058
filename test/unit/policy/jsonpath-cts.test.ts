// The RFC 9535 compliance test suite: what is invalid is refused, what is valid and streamable selects exactly the
// expected nodes, and what cannot be streamed is counted by reason.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { matches } from "../../../scripts/policy/automaton.ts";
import { JsonPathError } from "../../../scripts/policy/jsonpath/ast.ts";
import { parseJsonPath } from "../../../scripts/policy/jsonpath/parser.ts";
import { notStreamable } from "../../../scripts/policy/location.ts";
import { automatonOf } from "./support.ts";

interface Case {
  name: string;
  selector: string;
  invalid_selector?: boolean;
  document?: unknown;
  result?: unknown[];
  results?: unknown[][];
  result_paths?: string[];
  results_paths?: string[][];
}

const corpora = process.env.CORPORA_DIR ?? join(import.meta.dirname, "../../../../shared/corpora");
const file = join(corpora, "json/jsonpath-cts/cts.json");
const cases = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { tests: Case[] }).tests : [];

/** Why a valid selector is not streamable, or undefined. */
const reasonOf = (selector: string) =>
  parseJsonPath(selector)
    .segments.flatMap(({ selectors }) => selectors)
    .map((step) => notStreamable(step)?.[0])
    .find((reason) => reason !== undefined);

const invalid = cases.filter((one) => one.invalid_selector);
const valid = cases.filter((one) => !one.invalid_selector);
const streamable = valid.filter((one) => reasonOf(one.selector) === undefined);

/** RFC 9535, 2.7: a normalized path. */
const normalized = (path: readonly (string | number)[]) =>
  `$${path.map((step) => `[${typeof step === "number" ? step : quoted(step)}]`).join("")}`;

const short: Record<string, string> = { "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const quoted = (name: string) =>
  `'${name.replaceAll(/['\\]|\p{Cc}/gu, (found) => {
    if (found === "'" || found === "\\") return `\\${found}`;
    const code = found.charCodeAt(0);
    return short[found] ?? (code < 0x20 ? `\\u${code.toString(16).padStart(4, "0")}` : found);
  })}'`;

const missing = "no compliance suite: set CORPORA_DIR to a folder with json/jsonpath-cts/cts.json";

describe.skipIf(cases.length === 0)(
  `JSONPath compliance suite${cases.length === 0 ? ` (skipped: ${missing})` : ""}`,
  () => {
    test.each(invalid)("refuses $name: $selector", ({ selector }) => {
      expect(() => parseJsonPath(selector)).toThrow(JsonPathError);
    });

    test.each(streamable)("selects $name: $selector", ({ selector, document, ...expected }) => {
      const found = [...matches(automatonOf(selector), 0, document)].map(({ path }) => normalized(path));
      const wanted = expected.result_paths ?? expected.results_paths![0]!;
      // The automaton answers a set in document order; the suite answers a list that may repeat a node.
      expect(found.toSorted()).toEqual([...new Set(wanted)].toSorted());
    });

    test("what cannot be streamed is counted by reason", () => {
      const reasons: Record<string, number> = {};
      for (const { selector } of valid) {
        const reason = reasonOf(selector) ?? "streamable";
        reasons[reason] = (reasons[reason] ?? 0) + 1;
      }
      expect({ invalid: invalid.length, ...reasons }).toMatchInlineSnapshot(`
        {
          "a filter needs the whole element before its first byte can leave": 162,
          "a negative bound counts from an end that is not known yet": 7,
          "a negative index counts from an end that is not known yet": 4,
          "a negative step starts at an end that is not known yet": 9,
          "invalid": 150,
          "streamable": 79,
        }
      `);
    });
  },
);
