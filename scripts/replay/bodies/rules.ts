/**
 * The rules of one direction, as a body is asked about: by document, and by the names of its fields.
 */
import type { ResolvedProtobuf } from "../../policy/protobuf/index.ts";
import { emptying, firstActing, foundInName } from "../detection.ts";
import { selectingByName, selectorsNaming } from "../names.ts";
import { judgeField, judgeText, lookingAt, type Setting } from "../nested.ts";
import { type Direction, Oracle, type RuleView, type Unmatched, unmatchedRule } from "../oracle.ts";
import { pathsNaming, selectsPath } from "../paths.ts";
import { looksEverywhere, type Selector, selectorsAt, selectorsOf } from "../selectors.ts";
import { looksSoftly, namedSelectors, softDecoder } from "../soft.ts";
import { isReading, type TextVerdict } from "../verdict.ts";
import { MessageRules } from "./protobuf/index.ts";
import { XmlRules } from "./xml/index.ts";

/** What a rule that covers a whole body selects in it, beside what it selects anyway: the document, each field of a form. */
const covering: readonly Selector[] = [
  { location: "json", expression: "$" },
  { location: "form", expression: "*" },
];

export type BodyLocation = "form" | "multipart" | "multipart-filename";

/** What a selector of a field selects in the document there; one that detects in the field looks into all of it. */
function insideOf(rule: RuleView, { nested, inside, isSoft }: Selector): Selector[] {
  if (nested !== undefined)
    return [{ location: "json", expression: nested, ...(inside && { inside }), ...(isSoft && { isSoft }) }];
  if (inside !== undefined) return [];
  return rule.detect ? [{ location: "json", expression: "$" }] : [];
}

export class BodyRules {
  readonly direction: Direction;
  /** The rules on JSON bodies, and on each document of a body of several. */
  readonly oracle: Oracle;
  readonly xml: XmlRules;
  readonly messages: MessageRules;
  /** What acts on a field that no rule names. */
  readonly unmatched: RuleView | undefined;
  private readonly rules: readonly RuleView[];
  private readonly word: Unmatched;
  private readonly nested = new Map<string, Oracle | undefined>();
  private readonly covered = new Map<RuleView, BodyRules>();
  /** The rule that covers a body as a whole. */
  private readonly cover: RuleView | undefined;

  readonly unsupported: Setting["unsupported"];
  private readonly protobuf: ResolvedProtobuf | undefined;

  constructor(
    rules: readonly RuleView[],
    unmatched: Unmatched,
    direction: Direction,
    protobuf: ResolvedProtobuf | undefined,
    unsupported: Setting["unsupported"] = "block",
    cover?: RuleView,
  ) {
    this.cover = cover;
    this.protobuf = protobuf;
    this.direction = direction;
    this.unsupported = unsupported;
    this.oracle = new Oracle(rules, unmatched, direction, unsupported);
    const setting = { unmatched, direction, unsupported };
    this.xml = new XmlRules(rules, setting, cover);
    this.messages = new MessageRules(rules, setting, protobuf);
    this.unmatched = unmatchedRule(unmatched, direction);
    this.rules = rules.filter((rule) => rule.directions.includes(direction));
    this.word = unmatched;
  }

  /** The same rules where what no rule names passes. */
  get exempt(): BodyRules {
    return new BodyRules(this.rules, "pass", this.direction, this.protobuf, this.unsupported);
  }

  /** The same rules where one of them, which acts, is on the whole of what they are asked about as well. */
  covering(rule: RuleView): BodyRules {
    const known = this.covered.get(rule);
    if (known !== undefined) return known;
    const cover = { ...rule, selectors: [...rule.selectors, ...covering] };
    const rules = this.rules.map((one) => (one === rule ? cover : one));
    const found = new BodyRules(rules, this.word, this.direction, this.protobuf, this.unsupported, cover);
    this.covered.set(rule, found);
    return found;
  }

  /** Whether a rule covers a body as a whole, and does not turn back what is in it. */
  get isCovered(): boolean {
    return this.cover !== undefined && this.cover.action.kind !== "reveal";
  }

  /** Whether something acts on all there is. */
  get isStrict(): boolean {
    return this.unmatched !== undefined || this.isCovered;
  }

  /** Whether a rule names fields of one of these locations, or what stands in them. */
  names(...locations: BodyLocation[]): boolean {
    const all: string[] = ["any", ...locations.flatMap((location) => [location, `${location}-path`])];
    return this.rules.some((rule) => all.some((location) => selectorsAt(rule, location).length > 0));
  }

  /**
   * The rule that acts on the value of the field itself: the first that selects it, or that finds something in it. Names
   * leave before values are looked into: what would be stripped then becomes empty. `spelled`: the value as it stands.
   */
  ruleFor(location: BodyLocation, name: string, value: string, spelled: string = value): RuleView | undefined {
    const selecting = this.selecting(location, name);
    const rule = firstActing(selecting, value, spelled) ?? this.unmatched;
    return rule !== undefined && selecting[0]?.detect !== undefined ? emptying(rule, value) : rule;
  }

  /** The first rule that selects the field itself, whatever stands in it. */
  plainRuleFor(location: BodyLocation, name: string): RuleView | undefined {
    return this.selecting(location, name).find(({ detect }) => detect === undefined);
  }

  /** Whether a rule looks into the value of the field for what it detects, before another decides about the whole. */
  searches(location: BodyLocation, name: string): boolean {
    return this.selecting(location, name)[0]?.detect !== undefined;
  }

  /** The same by rules of which some other selector than `any:` selects it. */
  searchesByName(location: BodyLocation, name: string): boolean {
    return this.selecting(location, name).some((rule) => rule.detect !== undefined && !looksEverywhere(rule));
  }

  /** The same by rules that stand before this one, which selects it too. */
  searchesBefore(rule: RuleView, location: BodyLocation, name: string): boolean {
    const selecting = this.selecting(location, name);
    const before = selecting.slice(0, selecting.indexOf(rule));
    return before.some((one) => one.detect !== undefined && !looksEverywhere(one));
  }

  private selecting(location: BodyLocation, name: string): RuleView[] {
    return selectingByName(
      this.rules,
      location,
      name,
      (rule, reading) =>
        looksEverywhere(rule) ||
        selectsPath(this.rules, rule, location, reading) ||
        selectorsOf(rule, location, reading).some(({ nested, inside }) => nested === undefined && inside === undefined),
    );
  }

  /**
   * The verdict on a field whose value is decoded, "plain" for any other. Its name leaves before the value is looked into,
   * unless a rule on the whole stands before all others: what would be stripped then becomes empty. `isTyped`: it is read as a
   * body of the type that it names.
   */
  verdictOn(location: BodyLocation, name: string, value: Buffer, isTyped = false): TextVerdict | "plain" {
    const field = { direction: this.direction, location, name };
    const looking = lookingAt(this.rules, field, (rule) => [
      ...selectorsAt(rule, "any"),
      ...selectorsNaming(rule, location, name).filter(({ nested }) => nested === undefined),
      ...pathsNaming(this.rules, rule, location, name),
    ]);
    const setting = { unmatched: this.word, direction: this.direction, unsupported: this.unsupported };
    if (looking === undefined) {
      const isTaken =
        isTyped ||
        this.plainRuleFor(location, name) !== undefined ||
        this.searchesByName(location, name) ||
        this.documentIn(location, name) !== undefined;
      return isTaken ? "plain" : judgeField(field, value, this.rules, setting);
    }
    const verdict = judgeText(value, looking, setting, false);
    if (isReading(verdict) || verdict === undefined) return verdict;
    const first = Math.min(...looking.flatMap(({ chain, index }) => (chain.length > 0 ? [index] : [])));
    const at = this.rules.indexOf(verdict);
    return at >= 0 && at < first ? verdict : emptying(verdict, value.toString());
  }

  /** What rules find in the name of a field, or in a line of which no rule knows the name. */
  inName(text: string): RuleView | undefined {
    return foundInName(this.rules, this.direction, text);
  }

  /** Rules that detect in bodies of text. */
  get ofText(): readonly RuleView[] {
    return this.rules.filter((rule) => looksEverywhere(rule) || selectorsAt(rule, "text").length > 0);
  }

  /** Rules that look into data of events that is a text; none where it is demanded that a rule names it. */
  get everywhere(): readonly RuleView[] {
    if (this.isStrict) return [];
    return this.rules.filter(looksEverywhere);
  }

  /** The rules on the document in the field; undefined when none looks into it. `cover` is on the whole of it as well. */
  documentIn(location: BodyLocation, name: string, cover?: RuleView): Oracle | undefined {
    const key = `${location}:${name}${cover ? `|${this.rules.indexOf(cover)}` : ""}`;
    if (!this.nested.has(key)) this.nested.set(key, this.oracleFor(location, name, cover));
    return this.nested.get(key);
  }

  private oracleFor(location: BodyLocation, name: string, cover: RuleView | undefined): Oracle | undefined {
    const isSoft = softDecoder(location, name, this.direction) === "json" && looksSoftly(this.rules, this.direction);
    const named = ({ expression }: Selector) => ({
      location: "json",
      expression,
      isNamed: true as const,
    });
    const inside = this.rules.map((rule) => ({
      ...rule,
      selectors: [
        ...selectorsAt(rule, "any"),
        ...selectorsNaming(rule, location, name).flatMap((selector) => insideOf(rule, selector)),
        ...(isSoft ? namedSelectors(rule).map(named) : []),
        ...(rule === cover ? covering : []),
      ],
    }));
    const isDocument = (rule: RuleView) =>
      selectorsNaming(rule, location, name).some(({ nested }) => nested !== undefined);
    const isNested = this.rules.some(isDocument);
    const isRequest = location === "multipart" && name === "operations";
    return isNested ? new Oracle(inside, this.word, this.direction, this.unsupported, isRequest) : undefined;
  }
}
