/**
 * Which rule must act on what in an XML document: the sentences of docs/internals.md, "Rules on XML", asked path by path.
 * Shares nothing with the filter: no automaton, no minimized states, just how far each selector has come.
 */
import type { Inside } from "../../../policy/decoders.ts";
import { NameList } from "../../../policy/endings.ts";
import type { Looking, Setting } from "../../nested.ts";
import type { RuleView } from "../../oracle.ts";
import { unmatchedRule } from "../../oracle.ts";
import { type OnName, onTold } from "../../pairs.ts";
import { looksEverywhere, type Selector } from "../../selectors.ts";
import { looksSoftly } from "../../soft.ts";
import { lookingInto, viewSoftly } from "../texts.ts";

interface Step {
  readonly descendant: boolean;
  /** Local names or *, of attributes where it says so. */
  readonly tests: NameList;
  readonly isAttribute: boolean;
}

/** `step` steps of a selector are behind. */
export interface Place {
  readonly rule: number;
  readonly steps: readonly Step[];
  readonly step: number;
  /** How a text there is decoded, for a selector of what it spells. */
  readonly chain: readonly Inside[];
}

/** What acts inside an element: the number of the covering rule, and whether a pass exempts from `unmatched`. */
export interface Cover {
  readonly rule: number | undefined;
  readonly exempt: boolean;
}

const stepsOf = (expression: string): Step[] =>
  [...expression.matchAll(/(\/\/?)(@?)\(?([^/()]+)\)?/g)].map(([, slashes, mark, names]) => ({
    descendant: slashes === "//",
    tests: new NameList(names!.split("|")),
    isAttribute: mark === "@",
  }));

const takes = ({ tests, isAttribute }: Step, name: string): boolean =>
  isAttribute === name.startsWith("@") && (tests.names.has("*") || tests.takes(name.replace(/^@/, "")));

interface Selecting {
  readonly expression: string;
  readonly chain: readonly Inside[];
}

/** A rule that detects looks into all text in what it selects; "any:" selects every text and attribute. */
const selectionsOf = (view: RuleView): Selecting[] =>
  view.selectors.flatMap((selector) => {
    const { location, expression, inside } = selector;
    if (location === "xml" && inside) return [{ expression, chain: inside }];
    return expressionsOf(view, selector).map((each) => ({ expression: each, chain: [] }));
  });

function expressionsOf({ detect }: RuleView, { location, expression }: Selector): string[] {
  if (location === "any") return ["//*", "//@*"];
  if (location !== "xml") return [];
  const isElement = !/@[^/]+$/.test(expression);
  return detect && isElement ? [expression, `${expression}//*`, `${expression}//*/@*`] : [expression];
}

export class XmlRules {
  readonly unmatched: RuleView | undefined;
  readonly setting: Setting;
  /** Rules of `any:`: outside the root element, where only white space is text, comments go on their account. */
  readonly everywhere: readonly RuleView[];
  /** Rules by name look into texts that begin as JSON. */
  readonly isSoft: boolean;
  private readonly rules: readonly RuleView[];
  private readonly start: readonly Place[];
  /** The number of the rule that covers the document, root and all. */
  private readonly cover: number | undefined;

  constructor(rules: readonly RuleView[], setting: Setting, cover?: RuleView) {
    this.setting = setting;
    this.unmatched = unmatchedRule(setting.unmatched, setting.direction);
    this.rules = rules.filter((rule) => rule.directions.includes(setting.direction));
    this.cover = cover === undefined ? undefined : this.rules.indexOf(cover);
    this.isSoft = looksSoftly(this.rules, setting.direction);
    this.everywhere = this.rules.filter((rule) => rule.detect && looksEverywhere(rule));
    this.start = this.rules.flatMap((view, rule) =>
      selectionsOf(view).map(({ expression, chain }) => ({ rule, steps: stepsOf(expression), step: 0, chain })),
    );
  }

  get isEmpty(): boolean {
    return this.start.length === 0 && this.cover === undefined;
  }

  begin(): readonly Place[] {
    return this.start;
  }

  /** What acts around the root element. */
  get around(): { cover: Cover; rule: RuleView | undefined } {
    const rule = this.cover === undefined ? this.unmatched : this.view(this.cover);
    return { cover: { rule: this.cover, exempt: false }, rule };
  }

  /** One step further, to a child element, or with @ before the name to an attribute. */
  step(places: readonly Place[], name: string): readonly Place[] {
    return places.flatMap((place) => {
      const ahead = place.steps[place.step];
      if (ahead === undefined) return [];
      const further = takes(ahead, name) ? [{ ...place, step: place.step + 1 }] : [];
      return ahead.descendant ? [place, ...further] : further;
    });
  }

  /** Whether a rule can select something below. */
  isLive(places: readonly Place[]): boolean {
    return places.some(({ steps, step }) => step < steps.length);
  }

  /** What rules by name say of the name that a text tells; undefined where none knows it. */
  told(text: string, raw: string): OnName | undefined {
    if (!this.isSoft) return undefined;
    const on = onTold(this.rules, text, raw);
    return on.own === undefined && on.detecting.length === 0 ? undefined : on;
  }

  /**
   * The rule that acts on a node at these places under this cover, which a name beside it may name; undefined when only
   * `unmatched` can.
   */
  acting(places: readonly Place[], cover: Cover, named?: OnName): number | undefined {
    const own = this.ownOf(places, named);
    if (own === Number.POSITIVE_INFINITY) return cover.rule;
    return cover.rule !== undefined && cover.rule < own ? cover.rule : own;
  }

  private ownOf(places: readonly Place[], named: OnName | undefined): number {
    const rules = this.selecting(places).filter((rule) => this.rules[rule]!.detect === undefined);
    return Math.min(...rules, named?.own ?? Number.POSITIVE_INFINITY);
  }

  private ending(places: readonly Place[], isDecoded: boolean): Place[] {
    return places.filter(({ steps, step, chain }) => step === steps.length && chain.length > 0 === isDecoded);
  }

  private selecting(places: readonly Place[]): number[] {
    return this.ending(places, false).map(({ rule }) => rule);
  }

  /** How the rules look at a text at these places that is decoded before `acting` acts on it; undefined when it is not. */
  lookingInto(places: readonly Place[], acting: number | undefined): Looking[] | undefined {
    const around = { acting, detecting: this.detecting(places, undefined), isSoft: this.isSoft };
    return lookingInto(this.rules, this.ending(places, true), around);
  }

  /** The verdict on a text about which no rule says anything as a whole; undefined where it does not begin as JSON. */
  judgeSoftly(text: string, detecting: readonly RuleView[], isExempt: boolean): RuleView | undefined {
    return this.isSoft ? viewSoftly(this.rules, this.setting, Buffer.from(text), detecting, isExempt) : undefined;
  }

  /** Rules that detect in the text of a node at these places, before `acting` acts on it. */
  detecting(places: readonly Place[], acting: number | undefined, named?: OnName): RuleView[] {
    const isBefore = (rule: number) => acting === undefined || rule < acting;
    const all = [...this.selecting(places), ...(named?.detecting ?? [])];
    const rules = all.filter((rule) => this.rules[rule]!.detect !== undefined && isBefore(rule));
    return [...new Set(rules)].sort((a, b) => a - b).map((rule) => this.rules[rule]!);
  }

  view(rule: number): RuleView {
    return this.rules[rule]!;
  }
}
