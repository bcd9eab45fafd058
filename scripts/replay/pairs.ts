/**
 * Names that stand in values, seen from outside: {"name": "cvv", "value": "737"} (docs/internals.md, "Names that stand in
 * values"). Which rules by name are about the values of an object that tells a name as a text.
 *
 * Invariant: json-p3 says what a rule selects by the name, in a document whose members are the steps of the name; nothing that
 * was compiled is asked.
 */
import { PAIR } from "../policy/constants.ts";
import { LONGEST_TOLD, nameIn, nameTold, stepsOfName } from "../policy/name-path.ts";
import { pairKind } from "../policy/pairs.ts";
import type { RuleView } from "./oracle.ts";
import { DocumentQuery } from "./queries.ts";
import { namedSelectors } from "./soft.ts";
import { type Document, rawText, type TreeNode } from "./tree.ts";

/** What rules say of a name: the first that acts on what has it, and those that look into that, by their places. */
export interface OnName {
  readonly own: number | undefined;
  readonly detecting: readonly number[];
}

const nothing: OnName = { own: undefined, detecting: [] };
const known = new WeakMap<readonly RuleView[], Map<string, OnName>>();

/** The values that names in the document stand for, and what rules say of them. */
export function namedValues(rules: readonly RuleView[], document: Document): Map<TreeNode, OnName> {
  const named = new Map<TreeNode, OnName>();
  if (!rules.some((rule) => namedSelectors(rule).length > 0)) return named;
  const visit = (node: TreeNode): void => {
    if (node.kind === "object") for (const [value, on] of valuesIn(rules, document, node)) named.set(value, on);
    for (const { node: child } of node.children) visit(child);
  };
  visit(document.root);
  return named;
}

/** The first member that tells a name which a rule knows names all values of its object, the first of which it is near to. */
function* valuesIn(rules: readonly RuleView[], document: Document, object: TreeNode): Generator<[TreeNode, OnName]> {
  const reach = rules[0]!.reach ?? Number.POSITIVE_INFINITY;
  const kinds = object.children.map(({ key }) => pairKind(String(key)));
  if (!kinds.includes(PAIR.VALUE)) return;
  const isNear = (from: number, to: number) => Buffer.byteLength(document.text.slice(from, to)) <= reach;
  const names = object.children.flatMap((child, index) => {
    const on = kinds[index] === PAIR.NAME ? onText(rules, document, child.node) : nothing;
    const isKnown = on.own !== undefined || on.detecting.length > 0;
    return isKnown ? [{ index, on, isHeard: isNear(child.nameEnd, child.node.end), end: child.node.end }] : [];
  });
  let told: OnName | undefined;
  let isSearched = false;
  for (const [index, { node, nameEnd }] of object.children.entries()) {
    if (kinds[index] === PAIR.NAME) told ??= names.find((name) => name.index === index && name.isHeard)?.on;
    if (kinds[index] !== PAIR.VALUE) continue;
    if (!isSearched) told ??= names.find((name) => name.index > index && isNear(nameEnd, name.end))?.on;
    isSearched = true;
    if (told) yield [node, told];
  }
}

function onText(rules: readonly RuleView[], document: Document, node: TreeNode): OnName {
  if (node.kind !== "string") return nothing;
  const raw = rawText(document, node);
  return onTold(rules, JSON.parse(raw) as string, raw.slice(1, -1));
}

/** What rules say of the name that a text tells, which is spelled `raw`. */
export function onTold(rules: readonly RuleView[], told: string, raw: string): OnName {
  if (Buffer.byteLength(raw) > LONGEST_TOLD) return nothing;
  const text = nameTold(told);
  const on = onName(rules, text);
  const isLabel = on.own === undefined && on.detecting.length === 0 && /[ -]/.test(text);
  return isLabel
    ? onName(
        rules,
        text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
      )
    : on;
}

function onName(rules: readonly RuleView[], name: string): OnName {
  const names = known.get(rules) ?? new Map<string, OnName>();
  known.set(rules, names);
  const on = names.get(name) ?? judged(rules, stepsOfName(name) ?? [nameIn(name)]);
  names.set(name, on);
  return on;
}

/** A rule on a step acts on all below it, but for `pass`, which is about what has the name itself. */
function judged(rules: readonly RuleView[], steps: readonly string[]): OnName {
  if (steps.length === 0 || steps[0] === "") return nothing;
  const document = steps.reduceRight<unknown>((inner, step) => Object.fromEntries([[step, inner]]), "x");
  const names = new Set(steps);
  const selected = rules.map((rule) => {
    const queries = namedSelectors(rule).map(({ expression }) =>
      DocumentQuery.of(expression.replaceAll(/(?<=[[,]):(?=[\],])/g, "*")),
    );
    return new Set(queries.flatMap((query) => query.locations(document, names).map(({ length }) => length)));
  });
  const owns: number[] = [];
  const detecting = new Set<number>();
  for (let step = 1; step <= steps.length; step++) {
    const at = rules.flatMap((_, index) => (selected[index]!.has(step) ? [index] : []));
    const own = at.find((index) => rules[index]!.detect === undefined);
    for (const index of at) if (rules[index]!.detect && (own === undefined || index < own)) detecting.add(index);
    const isAround = own !== undefined && rules[own]!.action.kind === "pass" && step < steps.length;
    if (own !== undefined && !isAround) owns.push(own);
  }
  return { own: owns.length > 0 ? Math.min(...owns) : undefined, detecting: [...detecting].sort((a, b) => a - b) };
}
