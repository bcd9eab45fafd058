/**
 * The same place before and after: every value that no rule touches is the same text, every other is what its rule makes.
 *
 * Both trees are walked side by side, so nothing can move, appear or vanish unseen, the white space included. Only where
 * a member or element was stripped may a separator and white space go with it.
 * Invariants: findings name places and rules, never values; whatever this comparison accepted is collected as `allowed`,
 * the text that a search for selected values may find again.
 */
import type { Decisions, RuleView } from "./oracle.ts";
import { isKeyed, isRedacted, replacementFault, type Scalar } from "./replacement.ts";
import { type Child, type Document, normalizedPath, rawText, type TreeNode } from "./tree.ts";
import type { TextReading } from "./verdict.ts";

export interface Difference {
  /** `unredacted`: a value left as it was although a rule acts on it. `changed`: anything else that is not as it must be. */
  readonly kind: "unredacted" | "changed";
  readonly rule?: RuleView;
  readonly location: string;
  readonly detail: string;
}

export interface Comparison {
  readonly differences: Difference[];
  readonly allowed: string[];
  /** Hashes and tokens that were accepted, apart: a short value can stand in one by chance, a long one cannot. */
  readonly hashed: string[];
}

/** Longest list of differences that still says something. */
const enough = 20;

export function compareDocuments(
  before: Document,
  after: Document,
  decisions: Decisions,
  names: Decisions = new Map(),
): Comparison {
  return new Walk(before, after, decisions, names).run();
}

class Walk {
  private readonly differences: Difference[] = [];
  private readonly allowed: string[] = [];
  private readonly hashed: string[] = [];
  private readonly location: (string | number)[] = [];
  private readonly before: Document;
  private readonly after: Document;
  private readonly decisions: Decisions;
  /** Rules on member names, by the node under the name. */
  private readonly names: Decisions;

  constructor(before: Document, after: Document, decisions: Decisions, names: Decisions) {
    this.names = names;
    this.before = before;
    this.after = after;
    this.decisions = decisions;
  }

  run(): Comparison {
    const a = this.before.root;
    const b = this.after.root;
    this.sameText(this.before.text.slice(0, a.start), this.after.text.slice(0, b.start), "white space");
    this.sameText(this.before.text.slice(a.end), this.after.text.slice(b.end), "white space");
    this.node(a, b);
    return { differences: this.differences, allowed: this.allowed, hashed: this.hashed };
  }

  private node(a: TreeNode, b: TreeNode): void {
    if (this.differences.length >= enough) return;
    const rule = this.decisions.get(a);
    if (rule?.reading) this.opened(a, b, rule.reading);
    else if (rule !== undefined) this.replaced(a, b, rule);
    else if (a.kind !== b.kind) this.differ("changed", "another type");
    else if (a.kind !== "object" && a.kind !== "array") {
      this.sameText(rawText(this.before, a), rawText(this.after, b), "a value that no rule selects");
    } else this.container(a, b);
  }

  private replaced(a: TreeNode, b: TreeNode, rule: RuleView): void {
    const isUnchanged = rawText(this.before, a) === rawText(this.after, b);
    const fault = this.fault(a, b, rule, isUnchanged);
    const mayStay = a.kind === "null" || rawText(this.before, a) === '""';
    if (fault !== undefined) this.differ(isUnchanged && !mayStay ? "unredacted" : "changed", fault, rule);
    else (isKeyed(rule) ? this.hashed : this.allowed).push(rawText(this.after, b));
  }

  /** A text that was decoded. Where a rule put there what stood there, it may be spelled anew. */
  private opened(a: TreeNode, b: TreeNode, reading: TextReading): void {
    if (b.kind !== "string") {
      this.differ("changed", "another type");
      return;
    }
    const [before, after] = [scalar(this.before, a).value, scalar(this.after, b).value];
    const { differences, allowed, hashed } = reading.compare(after);
    const place = normalizedPath(this.location);
    this.differences.push(...differences.map((one) => ({ ...one, location: place + one.location })));
    this.allowed.push(...allowed);
    this.hashed.push(...hashed);
    if (differences.length > 0) return;
    const isUntouched = before === after && reading.secrets.length === 0;
    if (isUntouched) this.sameText(rawText(this.before, a), rawText(this.after, b), "the spelling of a value");
    else this.allowed.push(rawText(this.after, b));
  }

  private fault(a: TreeNode, b: TreeNode, rule: RuleView, isUnchanged: boolean): string | undefined {
    const before = scalar(this.before, a);
    const after = scalar(this.after, b);
    if (rule.action.kind === "block") return "a value that must block the message went through";
    if (a.kind === "null" || before.value === "") {
      const isRootStrip = rule.action.kind === "strip" && isRedacted(rule, a.kind, after);
      return isUnchanged || isRootStrip ? undefined : "null or an empty text was filled";
    }
    if (a.kind !== "object" && a.kind !== "array") return replacementFault(rule, before, after);
    return isRedacted(rule, a.kind, after) ? undefined : "not redacted as a whole";
  }

  private container(a: TreeNode, b: TreeNode): void {
    const kept = a.children.filter((child) => this.decisions.get(child.node)?.action.kind !== "strip");
    if (kept.length !== b.children.length) {
      this.differ("changed", `${b.children.length} members or elements where ${kept.length} must be`);
      return;
    }
    this.gap(a, b, kept, 0);
    kept.forEach((child, index) => {
      const other = b.children[index]!;
      this.location.push(child.key);
      this.name(child, other);
      this.node(child.node, other.node);
      this.location.pop();
      this.gap(a, b, kept, index + 1);
    });
  }

  private name(a: Child, b: Child): void {
    const rule = this.names.get(a.node);
    const from = rule === undefined ? "nameStart" : "nameEnd";
    const colon = this.before.text.slice(a[from], a.node.start);
    this.sameText(colon, this.after.text.slice(b[from], b.node.start), "a member name");
    if (rule === undefined || typeof a.key !== "string") return;
    if (rule.action.kind === "block") this.differ("changed", "a name that must block the message went through", rule);
    else if (rule.action.kind === "pass" || a.key === "") {
      if (a.key !== b.key) this.differ("changed", "a member name", rule);
      else this.allowed.push(JSON.stringify(a.key));
    } else {
      const fault = replacementFault(rule, { kind: "text", value: a.key }, { kind: "text", value: String(b.key) });
      if (fault !== undefined) this.differ(a.key === b.key ? "unredacted" : "changed", fault, rule);
      else (isKeyed(rule) ? this.hashed : this.allowed).push(this.after.text.slice(b.nameStart, b.nameEnd));
    }
  }

  /** The text before kept child `index`, or before the closing bracket. */
  private gap(a: TreeNode, b: TreeNode, kept: readonly Child[], index: number): void {
    const before = gapText(this.before.text, a, kept, index);
    const after = gapText(this.after.text, b, b.children, index);
    if (before === after) return;
    const separator = index > 0 && index < kept.length ? "," : "";
    const isStripped = kept.length < a.children.length;
    if (!isStripped || after.replace(/[ \t\n\r]/g, "") !== separator || !isSubsequence(after, before)) {
      this.differ("changed", "white space or a separator");
    }
  }

  private sameText(before: string, after: string, what: string): void {
    if (before === after) this.allowed.push(after);
    else this.differ("changed", what);
  }

  private differ(kind: Difference["kind"], detail: string, rule?: RuleView): void {
    const location = normalizedPath(this.location);
    this.differences.push(rule === undefined ? { kind, location, detail } : { kind, rule, location, detail });
  }
}

/** A scalar in its decoded form; an object or array as it is spelled. */
export function scalar(document: Document, node: TreeNode): Scalar {
  const raw = rawText(document, node);
  return { kind: node.kind, value: node.kind === "string" ? (JSON.parse(raw) as string) : raw };
}

function gapText(text: string, node: TreeNode, children: readonly Child[], index: number): string {
  const from = index === 0 ? node.start + 1 : children[index - 1]!.node.end;
  const to = index === children.length ? node.end - 1 : children[index]!.nameStart;
  return text.slice(from, to);
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at++;
  return at >= part.length;
}
