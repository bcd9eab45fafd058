/** A JSON document, as a body, a line, an event, or in a field: JSON.parse reads it, json-p3 says what is selected. */
import { compareDocuments, scalar } from "../compare.ts";
import type { Secret } from "../needles.ts";
import type { Decisions, Oracle, RuleView } from "../oracle.ts";
import { hidesValues } from "../replacement.ts";
import { type Document, normalizedPath, parseDocument, type TreeNode } from "../tree.ts";
import { allow, type BodyReading, differ, merge } from "./reading.ts";

/** `isExempt`: a pass on the whole exempts what is inside from `unmatched`. Undefined when it is no document. */
export function readJson(oracle: Oracle, body: Uint8Array, isExempt = false): BodyReading | undefined {
  const document = parseDocument(body);
  if (document === undefined) return undefined;
  const decisions = oracle.decide(document, isExempt);
  const passing = passingText(document, decisions);
  return {
    secrets: secretsOf(document, decisions),
    passing,
    compare(after) {
      const output = parseDocument(after);
      if (output !== undefined) return compareDocuments(document, output, decisions);
      return merge([differ("body", "not a JSON document any more"), allow(passing)]);
    },
  };
}

function secretsOf(document: Document, decisions: Decisions): Secret[] {
  const secrets: Secret[] = [];
  const visit = (node: TreeNode, location: readonly (string | number)[], acting: RuleView | undefined): void => {
    const rule = acting ?? decisions.get(node);
    if (rule !== undefined && hidesValues(rule) && (node.kind === "string" || node.kind === "number")) {
      secrets.push({ rule, location: normalizedPath(location), value: scalar(document, node).value });
    }
    for (const child of node.children) visit(child.node, [...location, child.key], rule);
  };
  visit(document.root, [], undefined);
  return secrets;
}

/** The document without the values on which a rule acts. */
function passingText(document: Document, decisions: Decisions): string {
  const parts: string[] = [];
  let at = 0;
  for (const node of [...decisions.keys()].sort((a, b) => a.start - b.start)) {
    parts.push(document.text.slice(at, node.start));
    at = node.end;
  }
  return [...parts, document.text.slice(at)].join("\n");
}
