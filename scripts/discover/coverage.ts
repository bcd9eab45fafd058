/**
 * Which of the discovered fields a policy already decides about, asked with an independent JSONPath library on documents
 * made of the fields themselves.
 *
 * Invariants: a `pass` rule is a decision too; `unmatched` other than `pass` decides about every request.
 */
import { jsonpath } from "json-p3";
import { matchesPattern } from "../policy/fields.ts";
import type { CompiledPolicy, ResolvedRule } from "../policy/index.ts";
import type { Field } from "./inventory.ts";

const environment = new jsonpath.JSONPathEnvironment({ maxRecursionDepth: 1_000_000 });

export function isCovered({ rules, unmatched }: CompiledPolicy, field: Field): boolean {
  if (field.direction === "request" && unmatched !== "pass") return true;
  return rules.some((rule) => rule.directions.includes(field.direction) && selects(rule, field));
}

function selects({ selectors }: ResolvedRule, { place, expression }: Field): boolean {
  if (place === "json") {
    const { document, locations } = example(expression);
    return selectors.some(
      (selector) =>
        selector.location === "json" &&
        environment
          .query(selector.expression, document as never)
          .nodes.some(({ location }) => locations.has(JSON.stringify(location))),
    );
  }
  return selectors.some(
    (selector) =>
      selector.location === place &&
      (place === "path" ? selector.expression === expression : matchesPattern(selector.expression, expression)),
  );
}

/** A document of this one field, and where it and everything around it stands. */
function example(expression: string): { document: unknown; locations: Set<string> } {
  const steps = [...expression.matchAll(/\[\*\]|\.([A-Za-z_]\w*)|\['((?:[^'\\]|\\.)*)'\]/g)].map(
    ([all, short, quoted]) => (all === "[*]" ? 0 : (short ?? quoted!.replaceAll(/\\(.)/g, "$1"))),
  );
  const document = steps.reduceRight<unknown>((value, key) => (key === 0 ? [value] : { [key]: value }), "x");
  const locations = new Set(steps.map((_, index) => JSON.stringify(steps.slice(0, index + 1))));
  return { document, locations };
}
