/**
 * What must become of a JSON text under a policy: the sentences of docs/internals.md, computed a second time.
 *
 * Independent of the filter and of its compiler: JSON.parse says what is valid, jsonc-parser where each value stands,
 * json-p3 which nodes a selector selects, node:crypto what a hash is. The answer comes twice: as a tree, made by
 * changing what JSON.parse returned, and as bytes, made by splicing the text. Limits of depth are the caller's.
 */
import { jsonpath } from "json-p3";
import { type Node, parseTree } from "jsonc-parser";
import { replacement } from "./oracle-actions.ts";

export type Action =
  | { kind: "pass" | "block" | "strip" }
  | { kind: "redact"; with?: unknown; keepStructure?: boolean }
  | { kind: "mask"; keepFirst: number; keepLast: number; char: string; skip: string }
  | { kind: "hash"; length: number; encoding: "hex" | "base64url" }
  | { kind: "truncate"; keepFirst: number; keepLast: number };

export interface Rule {
  select: readonly string[];
  action: Action;
}

export interface OraclePolicy {
  rules: readonly Rule[];
  unmatched: "pass" | "redact" | "strip" | "block";
  /** limits.value, in bytes. */
  value: number;
}

/** `ambiguous`: equal names stand side by side, so that no tree says all that the text says. `edits`: of the text that came. */
export type Expected = { error: string } | { text: string; tree: unknown; ambiguous: boolean; edits: readonly Edit[] };

/** Stands for a node that is not there any more. */
const GONE = Symbol("gone");
const environment = new jsonpath.JSONPathEnvironment({ maxRecursionDepth: 10_000 });

const [anyBelow] = environment.compile("$..*").segments as [jsonpath.JSONPathSegment];

type Step = string | number;
export interface Edit {
  from: number;
  to: number;
  text: string;
}

class Refused extends Error {}

export class Oracle {
  readonly #policy: OraclePolicy;
  readonly #rules: { action: Action; reach: Reach }[];

  constructor(policy: OraclePolicy) {
    this.#policy = policy;
    this.#rules = policy.rules.map(({ select, action }) => ({ action, reach: new Reach(select) }));
  }

  expect(text: string): Expected {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { error: "invalid" };
    }
    const root = parseTree(text)!;
    const ambiguous = hasDuplicates(root);
    const run = new Run(text, this.#policy, this.#rules, value, ambiguous);
    try {
      const tree = run.visit(root, [], undefined, false);
      return { text: spliced(text, run.edits), tree, ambiguous, edits: run.edits };
    } catch (error) {
      if (error instanceof Refused) return { error: error.message };
      throw error;
    }
  }
}

class Run {
  readonly edits: Edit[] = [];
  readonly #text: string;
  readonly #policy: OraclePolicy;
  readonly #rules: readonly { action: Action; reach: Reach }[];
  readonly #asked: (path: readonly Step[]) => { own: number | undefined; live: boolean };

  constructor(
    text: string,
    policy: OraclePolicy,
    rules: { action: Action; reach: Reach }[],
    value: unknown,
    duplicates: boolean,
  ) {
    this.#text = text;
    this.#policy = policy;
    this.#rules = rules;
    if (duplicates) {
      this.#asked = (path) =>
        this.#ask(
          rules.map(({ reach }) => reach.find(spine(path))),
          path,
        );
    } else {
      const found = rules.map(({ reach }) => reach.find(value));
      this.#asked = (path) => this.#ask(found, path);
    }
  }

  #ask(found: readonly Found[], path: readonly Step[]) {
    const key = JSON.stringify(path);
    const own = found.findIndex(({ selected }) => selected.has(key));
    return { own: own < 0 ? undefined : own, live: found.some(({ open }) => open.has(key)) };
  }

  /** The tree that stands in the place of the node. `cover` is a covering rule other than pass; `exempt` a covering pass. */
  visit(node: Node, path: readonly Step[], cover: number | undefined, exempt: boolean): unknown {
    const { own, live } = this.#asked(path);
    const acting = own !== undefined && (cover === undefined || own < cover) ? own : cover;
    const isContainer = node.type === "object" || node.type === "array";
    if (acting === undefined) {
      const { unmatched } = this.#policy;
      if (unmatched === "pass" || exempt)
        return isContainer ? this.#inside(node, path, cover, exempt, live) : this.#kept(node);
      if (isContainer && live) return this.#inside(node, path, cover, exempt, true);
      if (unmatched === "block") throw new Refused("unmatched_block");
      return this.#apply({ kind: unmatched }, node, path);
    }
    const { action } = this.#rules[acting]!;
    if (action.kind === "pass") return isContainer ? this.#inside(node, path, undefined, true, live) : this.#kept(node);
    if (action.kind === "block") throw new Refused("rule_block");
    if (!isContainer || isOnWhole(action)) return this.#apply(action, node, path);
    return this.#inside(node, path, acting, false, true);
  }

  #kept(node: Node): unknown {
    return JSON.parse(this.#text.slice(node.offset, node.offset + node.length));
  }

  #apply(action: Action, node: Node, path: readonly Step[]): unknown {
    if (action.kind === "strip" && path.length > 0) return GONE;
    const raw = this.#text.slice(node.offset, node.offset + node.length);
    const text = replacement(action, node.type, raw, this.#policy.value);
    if (text === undefined) return this.#kept(node);
    this.edits.push({ from: node.offset, to: node.offset + node.length, text });
    return JSON.parse(text);
  }

  /** `reads` says whether names matter here: a rule can act inside. */
  #inside(node: Node, path: readonly Step[], cover: number | undefined, exempt: boolean, live: boolean): unknown {
    const reads = live || cover !== undefined || (this.#policy.unmatched !== "pass" && !exempt);
    const result: unknown = node.type === "array" ? [] : {};
    const items = node.children ?? [];
    let kept = false;
    items.forEach((item, index) => {
      const name = node.type === "array" ? index : nameOf(this.#text, item);
      if (reads && typeof name === "string" && !name.isWellFormed()) throw new Refused("json_name");
      const value = node.type === "array" ? item : item.children![1]!;
      const became = this.visit(value, [...path, name], cover, exempt);
      if (became === GONE) this.#cut(items, index, kept);
      else if (Array.isArray(result)) result.push(became);
      // Not an assignment: a member may be named __proto__.
      else Object.defineProperty(result, name, { value: became, enumerable: true, writable: true, configurable: true });
      kept ||= became !== GONE;
    });
    return result;
  }

  /** A stripped item goes with the separator before it, or, when nothing is before it, with the one behind it. */
  #cut(items: readonly Node[], index: number, kept: boolean): void {
    const item = items[index]!;
    const end = item.offset + item.length;
    if (kept) {
      const before = items[index - 1]!;
      this.edits.push({ from: this.#comma(before.offset + before.length), to: end, text: "" });
      return;
    }
    this.edits.push({ from: item.offset, to: end, text: "" });
    const next = items[index + 1];
    if (next) this.edits.push({ from: this.#comma(end), to: next.offset, text: "" });
  }

  /** Only white space stands between a value and its comma. */
  #comma(from: number): number {
    return this.#text.indexOf(",", from);
  }
}

const isOnWhole = (action: Action): boolean =>
  action.kind === "strip" || (action.kind === "redact" && !action.keepStructure);

function nameOf(text: string, property: Node): string {
  const name = property.children![0]!;
  return JSON.parse(text.slice(name.offset, name.offset + name.length));
}

function spliced(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, text: insert } of edits.toSorted((a, b) => a.from - b.from)) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

function hasDuplicates(node: Node): boolean {
  const names = node.type === "object" ? node.children!.map((property) => property.children![0]!.value as string) : [];
  return new Set(names).size < names.length || (node.children ?? []).some(hasDuplicates);
}

/**
 * A document that holds the path and no more. What a streamable selector says about a node depends on its path alone,
 * so nodes that JSON.parse would drop, below equal names, can be asked about one by one.
 */
function spine(path: readonly Step[]): unknown {
  return path.reduceRight<unknown>((inner, step) => {
    if (typeof step === "string") return Object.fromEntries([[step, inner]]);
    return [...Array.from({ length: step }, () => null), inner];
  }, null);
}

interface Found {
  /** Paths of the nodes that the rule selects. */
  selected: Set<string>;
  /** Paths of the nodes below which it could still select something, whatever came there. */
  open: Set<string>;
}

/** The selectors of one rule, and each of them cut after every segment: what a proper prefix selects is on the way. */
class Reach {
  readonly #whole: jsonpath.JSONPathQuery[];
  readonly #prefixes: jsonpath.JSONPathQuery[] = [];

  constructor(select: readonly string[]) {
    this.#whole = select.map((expression) => environment.compile(expression));
    for (const query of this.#whole) {
      // A slice that holds no index keeps all of the query from selecting anything.
      if (!query.segments.every((segment) => segment.selectors.some(canHold))) continue;
      query.segments.forEach((segment, index) => {
        // Not by its text: json-p3 writes the slice [:0] as [:].
        const before = query.segments.slice(0, index);
        this.#prefixes.push(new jsonpath.JSONPathQuery(environment, before));
        if (isDescendant(segment)) this.#prefixes.push(new jsonpath.JSONPathQuery(environment, [...before, anyBelow]));
      });
    }
  }

  find(value: unknown): Found {
    const paths = (queries: readonly jsonpath.JSONPathQuery[]) =>
      new Set(
        queries.flatMap((query) => query.query(value as never).nodes.map((node) => JSON.stringify(node.location))),
      );
    return { selected: paths(this.#whole), open: paths(this.#prefixes) };
  }
}

const isDescendant = (segment: jsonpath.JSONPathSegment): boolean => `${segment}`.startsWith("..");

function canHold(selector: jsonpath.JSONPathSelector): boolean {
  if (!(selector instanceof jsonpath.selectors.SliceSelector)) return true;
  const { start = 0, stop = Number.POSITIVE_INFINITY, step = 1 } = selector;
  return step > 0 && start < stop;
}
