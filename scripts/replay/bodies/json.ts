/** A JSON document, as a body, a line, an event, or in a field: JSON.parse reads it, json-p3 says what is selected. */
import { compareDocuments, scalar } from "../compare.ts";
import type { Secret } from "../needles.ts";
import type { Decisions, Oracle, RuleView } from "../oracle.ts";
import { hidesValues } from "../replacement.ts";
import { type Document, normalizedPath, parseDocument, type TreeNode } from "../tree.ts";
import { allow, type BodyReading, differ, merge } from "./reading.ts";

/**
 * `isExempt`: a pass on the whole exempts what is inside from `unmatched`. `isFirst`: a body begins with it, in front of
 * which a byte order mark may stand, which stays; `isMeant`: the query in it is said to be one. Undefined when it is no
 * document.
 */
export function readJson(
  oracle: Oracle,
  body: Uint8Array,
  { isExempt = false, isFirst = false, isMeant = false } = {},
): BodyReading | undefined {
  if (isFirst && hasMark(body)) return behindMark(readJson(oracle, withoutMark(body), { isExempt }));
  const document = parseDocument(body);
  if (document === undefined) return undefined;
  const decisions = oracle.decide(document, isExempt, isMeant);
  const names = oracle.decideNames(document);
  // Of a body of GraphQL the name is not there.
  if (isMeant) names.delete(document.root.children[0]!.node);
  const passing = passingText(document, decisions, names);
  return {
    secrets: [...secretsOf(document, decisions), ...namesIn(document, decisions, names)],
    passing,
    compare(after) {
      const output = parseDocument(after);
      if (output !== undefined) return compareDocuments(document, output, decisions, names);
      return merge([differ("body", "not a JSON document any more"), allow(passing)]);
    },
  };
}

/** A byte order mark in front of a body says nothing (RFC 8259, 8.1). */
export const withoutMark = (body: Uint8Array): Uint8Array => (hasMark(body) ? body.subarray(3) : body);

const hasMark = (body: Uint8Array) => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;

const behindMark = (reading: BodyReading | undefined): BodyReading | undefined =>
  reading && {
    ...reading,
    compare: (after) =>
      hasMark(after) ? reading.compare(withoutMark(after)) : differ("body", "a byte order mark must stay"),
  };

function secretsOf(document: Document, decisions: Decisions): Secret[] {
  const secrets: Secret[] = [];
  const visit = (node: TreeNode, location: readonly (string | number)[], acting: RuleView | undefined): void => {
    const rule = acting ?? decisions.get(node);
    if (rule?.reading) {
      const place = normalizedPath(location);
      secrets.push(...rule.reading.secrets.map((secret) => ({ ...secret, location: place + secret.location })));
      return;
    }
    if (rule !== undefined && hidesValues(rule) && (node.kind === "string" || node.kind === "number")) {
      secrets.push({ rule, location: normalizedPath(location), value: scalar(document, node).value });
    }
    for (const child of node.children) visit(child.node, [...location, child.key], rule);
  };
  visit(document.root, [], undefined);
  return secrets;
}

/** Names on which a rule acts, of members that are still there. */
function namesIn(document: Document, decisions: Decisions, names: Decisions): Secret[] {
  const secrets: Secret[] = [];
  const visit = (node: TreeNode, location: readonly (string | number)[]): void => {
    if (decisions.has(node)) return;
    node.children.forEach((child, index) => {
      const rule = names.get(child.node);
      if (rule !== undefined && hidesValues(rule) && typeof child.key === "string") {
        secrets.push({ rule, location: `name ${index} of ${normalizedPath(location)}`, value: child.key });
      }
      visit(child.node, [...location, rule === undefined ? child.key : index]);
    });
  };
  visit(document.root, []);
  return secrets;
}

/** The document without the values and names on which a rule acts. */
function passingText(document: Document, decisions: Decisions, names: Decisions): string {
  const parts: string[] = [];
  let at = 0;
  const hidden: { start: number; end: number }[] = [...decisions.keys()];
  const visit = (node: TreeNode): void => {
    for (const child of node.children) {
      if (names.has(child.node)) hidden.push({ start: child.nameStart, end: child.nameEnd });
      visit(child.node);
    }
  };
  visit(document.root);
  for (const node of hidden.sort((a, b) => a.start - b.start)) {
    if (node.start >= at) parts.push(document.text.slice(at, node.start));
    at = Math.max(at, node.end);
  }
  for (const { reading } of decisions.values()) if (reading) parts.push(reading.passing);
  return [...parts, document.text.slice(at)].join("\n");
}
