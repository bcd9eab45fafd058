/**
 * Names in a GraphQL document into which rules look: what was found in them, and what may stand in their place.
 *
 * Invariant: names in which something was found are told from all others, and not from one another.
 */
import { type ASTNode, print, visit } from "graphql";
import { redactText } from "../policy/action.ts";
import { differ } from "./bodies/reading.ts";
import type { Comparison } from "./compare.ts";
import type { Secret } from "./needles.ts";
import type { RuleView } from "./oracle.ts";
import { hidesValues, replacementFault } from "./replacement.ts";

/** What stands for each name in which something was found, and for what may have become of it. */
const anyOne = "_found_";

export class Names {
  readonly #found = new Map<string, RuleView>();

  constructor(names: readonly string[], find: (name: string) => RuleView | undefined) {
    for (const name of names) {
      const rule = find(name);
      if (rule !== undefined) this.#found.set(name, rule);
    }
  }

  get secrets(): Secret[] {
    return [...this.#found].flatMap(([value, rule]) =>
      hidesValues(rule) ? [{ rule, location: "a name", value }] : [],
    );
  }

  /** The name, or what stands for those that may have become another one. */
  kept(name: string): string {
    return this.#found.has(name) || this.hasBecome(name) ? anyOne : name;
  }

  /** Whether it may be what became of a name in which something was found. */
  hasBecome(name: string): boolean {
    return [...this.#found].some(([original, rule]) => fits(rule, original, name));
  }

  /** What is wrong with the names that left. */
  compare(left: readonly string[]): Comparison {
    const stayed = left.find((name) => this.#found.has(name) && !this.hasBecome(name));
    if (stayed === undefined)
      return { differences: [], allowed: left.filter((name) => this.hasBecome(name)), hashed: [] };
    return differ("a name", "not what the rules make of it", { kind: "unredacted", rule: this.#found.get(stayed)! });
  }

  /** The node with the names that are kept. */
  print(node: ASTNode): string {
    const kept = visit(node, {
      Name: (one) => ({ ...one, value: this.kept(one.value) }),
      EnumValue: (one) => ({ ...one, value: this.kept(one.value) }),
    });
    return print(kept);
  }

  /** A text in which names stand as those of members, without those in which something was found. */
  without(text: string): string {
    return text.replace(/"@?(\w+)":/g, (member, name: string) => (this.#found.has(name) ? ":" : member));
  }
}

/** Whether the name is what the rule makes of another one, spelled as a name: what none may hold is an underscore. */
function fits(rule: RuleView, original: string, name: string): boolean {
  const texts = [name];
  if (/^_(?:\d|$)/.test(name)) texts.push(name.slice(1));
  // Tokens of the opaque format have dots.
  if (/fg1_/.test(name)) texts.push(name.replace(/fg1_([a-z0-9]+)_/g, "fg1.$1."));
  const before = { kind: "text", value: original } as const;
  return texts.some((value) => replacementFault(inNames(rule), before, { kind: "text", value }) === undefined);
}

const spelled = (text: string): string => text.replace(/\W/gu, "_");

/** The rule with what it puts there spelled as names are. */
function inNames(rule: RuleView): RuleView {
  const { action, finds } = rule;
  if (finds) return { ...rule, finds: finds.map((find) => ({ ...find, rule: inNames(find.rule) })) };
  if (action.kind === "mask") return { ...rule, action: { ...action, char: spelled(action.char) } };
  return action.kind === "redact" ? { ...rule, action: { ...action, with: spelled(redactText(action)) } } : rule;
}
