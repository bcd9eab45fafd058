/**
 * Which of the discovered fields a policy already decides about, asked with an independent JSONPath library on documents
 * made of the fields themselves.
 *
 * Invariants: a `pass` rule is a decision too; `unmatched` other than `pass` decides about every request.
 */
import { jsonpath } from "json-p3";
import { matchesPattern } from "../policy/fields.ts";
import type { CompiledPolicy, ResolvedRule } from "../policy/index.ts";
import { MessageRules } from "../replay/bodies/protobuf/rules.ts";
import type { Field } from "./inventory.ts";

const environment = new jsonpath.JSONPathEnvironment({ maxRecursionDepth: 1_000_000 });

export function isCovered(compiled: CompiledPolicy, field: Field): boolean {
  const { rules, unmatched } = compiled;
  if (field.direction === "request" && unmatched !== "pass") return true;
  if (field.place === "grpc") return isSelectedInMessage(compiled, field);
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

/** Whether a rule selects the field of a message, or what holds it, asked of the reader that the leak proof has. */
function isSelectedInMessage({ rules, policy }: CompiledPolicy, { direction, expression }: Field): boolean {
  // What a rule that detects selects is all that it looks into.
  const views = rules.map(({ name, action, directions, selectors }) => ({ name, action, directions, selectors }));
  const messages = new MessageRules(views, "pass", direction, policy.protobuf);
  const [method = "", path = ""] = expression.split(":");
  let here = messages.begin(`/${method}`);
  for (const step of path.match(/\[[^\]]*\]|[^.]+/g) ?? []) {
    if (here === undefined) return false;
    const type = step.startsWith("[") ? messages.typeNamed(step.slice(1, -1)) : undefined;
    if (type) {
      here = { type, places: messages.unpack(here.places, type) };
      continue;
    }
    const field = [...here.type.fields.values()].find(({ name }) => name === step);
    if (field === undefined) return false;
    const next = messages.step(here.places, field);
    if (messages.own(next) !== undefined) return true;
    const inner = field.message?.();
    here = inner && { type: inner, places: messages.enter(next, inner) };
  }
  return false;
}
