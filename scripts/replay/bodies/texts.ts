/** Texts in XML and protobuf that are decoded: how the rules look into one, and the verdict on one that no selector decodes. */
import type { Inside } from "../../policy/decoders.ts";
import { isOpened, judgeSoftly, type Looking, readingView, type Setting, softLooking } from "../nested.ts";
import type { RuleView } from "../oracle.ts";
import { isReading } from "../verdict.ts";

/** A selector that decodes the text. */
interface Told {
  readonly rule: number;
  readonly chain: readonly Inside[];
}

interface Around {
  /** The rule that acts on the whole of it. */
  readonly acting: number | undefined;
  /** Rules that detect in it, also those behind the one that acts: they look into what it spells as well. */
  readonly detecting: readonly RuleView[];
  /** Rules by name look into such texts where they begin as JSON. */
  readonly isSoft: boolean;
}

/** How the rules look at a text that is decoded before `acting` acts on it; undefined when it is not. */
export function lookingInto(
  rules: readonly RuleView[],
  told: readonly Told[],
  { acting, detecting, isSoft }: Around,
): Looking[] | undefined {
  const chains: Looking[] = told.map(({ rule, chain }) => ({ view: rules[rule]!, index: rule, chain }));
  if (isSoft && chains[0]?.chain[0]?.decoder === "json") chains.push(...softLooking(rules, "json"));
  const whole = lookingWhole(rules, detecting);
  const isRead =
    chains.length > 0 &&
    isOpened(
      rules,
      chains,
      acting,
      whole.map(({ index }) => index),
    );
  return isRead ? [...chains, ...whole] : undefined;
}

/** The verdict on a text on which no rule acts as a whole; undefined where it does not begin as JSON. */
export function viewSoftly(
  rules: readonly RuleView[],
  setting: Setting,
  text: Buffer,
  detecting: readonly RuleView[],
  isExempt: boolean,
): RuleView | undefined {
  const options = { isExempt, detecting: lookingWhole(rules, detecting) };
  const verdict = judgeSoftly(text, "json", rules, setting, options);
  if (verdict === "plain") return undefined;
  return isReading(verdict) ? readingView(rules[0]!, verdict) : verdict;
}

const lookingWhole = (rules: readonly RuleView[], views: readonly RuleView[]): Looking[] =>
  views.map((view) => ({ view, index: rules.indexOf(view), chain: [] }));
