/**
 * The rules of one direction, as a body is asked about: by document, and by the names of its fields.
 */
import { matchesPattern } from "../../policy/fields.ts";
import { type Direction, Oracle, type RuleView, type Unmatched, unmatchedRule } from "../oracle.ts";
import { XmlRules } from "./xml/index.ts";

export type BodyLocation = "form" | "multipart" | "multipart-filename";

export class BodyRules {
  readonly direction: Direction;
  /** The rules on JSON bodies, and on each document of a body of several. */
  readonly oracle: Oracle;
  readonly xml: XmlRules;
  /** What acts on a field that no rule names. */
  readonly unmatched: RuleView | undefined;
  private readonly rules: readonly RuleView[];
  private readonly word: Unmatched;
  private readonly nested = new Map<string, Oracle | undefined>();

  constructor(rules: readonly RuleView[], unmatched: Unmatched, direction: Direction) {
    this.direction = direction;
    this.oracle = new Oracle(rules, unmatched, direction);
    this.xml = new XmlRules(rules, unmatched, direction);
    this.unmatched = unmatchedRule(unmatched, direction);
    this.rules = rules.filter((rule) => rule.directions.includes(direction));
    this.word = unmatched;
  }

  /** Whether a rule names fields of one of these locations, or what stands in them. */
  names(...locations: BodyLocation[]): boolean {
    const isOne = (location: string) => (locations as string[]).includes(location);
    return this.rules.some((rule) => rule.selectors.some((selector) => isOne(selector.location)));
  }

  /** The first rule that selects the value of the field itself. */
  ruleFor(location: BodyLocation, name: string): RuleView | undefined {
    return this.rules.find((rule) =>
      rule.selectors.some(
        (selector) =>
          selector.location === location && selector.nested === undefined && matchesPattern(selector.expression, name),
      ),
    );
  }

  /** The rules on the document in the field; undefined when none looks into it. */
  documentIn(location: BodyLocation, name: string): Oracle | undefined {
    const key = `${location}:${name}`;
    if (!this.nested.has(key)) this.nested.set(key, this.oracleFor(location, name));
    return this.nested.get(key);
  }

  private oracleFor(location: BodyLocation, name: string): Oracle | undefined {
    const inside = this.rules.map((rule) => ({
      ...rule,
      selectors: rule.selectors.flatMap((selector) =>
        selector.location === location && selector.nested !== undefined && matchesPattern(selector.expression, name)
          ? [{ location: "json", expression: selector.nested }]
          : [],
      ),
    }));
    const oracle = new Oracle(inside, this.word, this.direction);
    return oracle.hasJsonRules ? oracle : undefined;
  }
}
