/**
 * Rules that detect, seen from outside: which of the rules that look at a value acts on it, and where in it.
 *
 * What a detector finds is asked of the scanner alone, over the whole value, apart from the filter: that the scanner finds
 * what it should is shown by labelled texts (docs/detectors.md), and is not the question here.
 * Invariant: places of finds are offsets in a JavaScript text; a view with finds stands for all rules that found something.
 */
import { foldText } from "../detect/fold.ts";
import type { Span } from "../detect/scanner.ts";
import { Scanner } from "../detect/scanner.ts";
import type { DetectorProgram, ResolvedDetect } from "../policy/detect.ts";
import { matchesPattern } from "../policy/fields.ts";
import type { RuleView } from "./oracle.ts";
import { looksEverywhere } from "./selectors.ts";

export interface DetectView extends ResolvedDetect {
  /** `limits.value`: a longer value is not looked into, and redacted. */
  readonly limit: number;
  /** All spans of these types, whatever they overlap; or the winners among them. */
  scan(text: string, types: readonly string[], threshold: number, rivals: "all" | "none"): Span[];
}

/** Part of a value on which a rule acts. */
export interface Find {
  readonly from: number;
  readonly to: number;
  /** The rule that wanted it; of what no winner covers of a find that lost, one that hides it wholly. */
  readonly rule: RuleView;
  /** The rule as the policy has it, for a part of a find. */
  readonly of?: RuleView;
}

const CONTEXT_BYTES = 80;

/** The rules with `limits.value`, and with a scanner where they detect. */
export function withScanner<T extends object>(
  rules: readonly (T & { detect?: ResolvedDetect })[],
  program: DetectorProgram | undefined,
  limit: number,
): (T & { detect?: DetectView; reach: number })[] {
  if (program === undefined) return rules.map((rule) => ({ ...(rule as T), reach: limit }));
  const scanner = new Scanner(program);
  const scan: DetectView["scan"] = (text, types, threshold, rivals) =>
    scanner.scan(text, { threshold: threshold / 100, types, rivals });
  return rules.map((rule) => ({
    ...(rule as T),
    reach: limit,
    ...(rule.detect && { detect: { ...rule.detect, limit, scan } }),
  }));
}

/** The rule itself, acting on whole values. */
const wholly = ({ detect: _, ...rule }: RuleView): RuleView => rule;

/** The rule as it takes the whole text of a place whose name has left already: what is stripped there becomes empty. */
export const emptying = (rule: RuleView, text: string): RuleView =>
  rule.action.kind === "strip" ? viewOf([{ from: 0, to: text.length, rule }]) : rule;

const viewOf = (finds: readonly Find[]): RuleView => ({
  ...wholly(finds[0]!.rule),
  // Nothing is decided by this action: whoever looks at a view asks for its finds first.
  action: { kind: finds.some(({ rule }) => rule.action.kind === "block") ? "block" : "redact" },
  finds,
});

/** What the first of the rules that detect makes of a text of which nobody can say what it hides. */
export const unseen = (first: RuleView): RuleView => ({ ...wholly(first), action: redactionOf(first) });

/**
 * What the rules that detect, in policy order, make of a text: a rule that acts on the whole of it, a view with finds, or
 * undefined where they find nothing. `spelled`: the text as it stands, whose length counts.
 */
export function found(
  rules: readonly RuleView[],
  text: string,
  isNumber = false,
  spelled: string | Uint8Array = text,
): RuleView | undefined {
  const [first] = rules;
  if (first?.detect === undefined || text === "") return undefined;
  if (Buffer.byteLength(spelled) > first.detect.limit) return unseen(first);
  const finds = findsIn(isNumber ? digitsOf(text) : text, rules);
  if (finds.length === 0) return undefined;
  const whole = rules.find((rule) =>
    finds.some((find) => (find.of ?? find.rule) === rule && (isNumber || rule.detect!.whole)),
  );
  return whole ? wholly(whole) : viewOf(finds);
}

/** A number as detectors look at it: the digits of an integer that is spelled with a point or an exponent. */
function digitsOf(text: string): string {
  const [, sign, integer, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (integer === undefined || !/[.e]/i.test(text)) return text;
  const places = integer.length + Number(exponent);
  if (places < 1 || places > 64) return text;
  const digits = (integer + fraction).padEnd(places, "0");
  return /^0*$/.test(digits.slice(places)) ? sign + digits.slice(0, places) : text;
}

/** Finds, each with the first rule that wants it, in the order of the text. */
function findsIn(text: string, rules: readonly RuleView[]): Find[] {
  const types = [...new Set(rules.flatMap(({ detect }) => detect!.types))];
  const thresholds = rules.map(({ detect }) => detect!.threshold);
  const isPlain = rules.every(({ detect }) => detect!.context.length === 0 && detect!.except.length === 0);
  const scan = (rivals: "all" | "none"): Judged[] => {
    const spans = rules[0]!.detect!.scan(text, types, Math.min(...thresholds), rivals);
    return spans.map((span) => {
      const [from, to] = [offset(span.start), offset(span.end)];
      return { text, span, from, to, rule: rules.find(({ detect }) => wants(detect!, span, text, from, to)) };
    });
  };
  const points = [...text];
  const offset = (point: number): number => points.slice(0, point).join("").length;
  const all = scan("none");
  if (all.length === 0) return [];
  // Without further conditions the winner is wanted, and the scanner knows it.
  const isDecided = isPlain && new Set(thresholds).size === 1;
  const best = byRank(all);
  const winners = isDecided ? scan("all") : winnersOf(best);
  const finds = winners.flatMap(({ from, to, rule }) => (rule ? [{ from, to, rule }] : []));
  return joined([...finds, ...partsOf(best, winners)].sort((a, b) => a.from - b.from));
}

interface Judged {
  readonly text: string;
  readonly span: Span;
  readonly from: number;
  readonly to: number;
  readonly rule: RuleView | undefined;
}

/** The best first. */
function byRank(judged: readonly Judged[]): Judged[] {
  const length = ({ from, to, text }: Judged): number => Buffer.byteLength(foldText(text.slice(from, to)));
  return judged.toSorted((a, b) => b.span.score - a.span.score || length(b) - length(a) || a.from - b.from);
}

/** Whether a better find stands in the way of a worse one; one that no rule wants does for those of its own type alone. */
const rulesOver = (winner: Judged, { span }: Judged): boolean =>
  winner.rule !== undefined || winner.span.type === span.type;

/** The best of those that overlap. */
function winnersOf(best: readonly Judged[]): Judged[] {
  const winners: Judged[] = [];
  for (const one of best) {
    if (!winners.some((other) => one.from < other.to && other.from < one.to && rulesOver(other, one)))
      winners.push(one);
  }
  return winners;
}

/** What no winner covers of finds that lost: it is hidden by the rule that wanted them, as a part and not as a value. */
function partsOf(best: readonly Judged[], winners: readonly Judged[]): Find[] {
  const parts: Find[] = [];
  for (const one of best) {
    if (one.rule === undefined) continue;
    const above = [...winners.filter((winner) => rulesOver(winner, one)), ...parts];
    for (let at = one.from; at < one.to; ) {
      const here = at;
      const covering = above.find(({ from, to }) => from <= here && here < to);
      const end = covering
        ? covering.to
        : Math.min(one.to, ...above.map(({ from }) => from).filter((from) => from > here));
      if (!covering) parts.push({ from: here, to: end, rule: hiding(one.rule), of: one.rule });
      at = end;
    }
  }
  return parts;
}

/** Finds of one rule become one where they touch: parts, and what is redacted with its parts. */
function joined(finds: readonly Find[]): Find[] {
  const all: Find[] = [];
  for (const find of finds) {
    const last = all.at(-1);
    if (last !== undefined && last.to === find.from && isOne(last, find))
      all[all.length - 1] = { from: last.from, to: find.to, rule: last.rule, ...(find.of && { of: find.of }) };
    else all.push(find);
  }
  return all;
}

function isOne(a: Find, b: Find): boolean {
  const rule = a.of ?? a.rule;
  if (rule !== (b.of ?? b.rule)) return false;
  return (a.of && b.of) !== undefined || ((a.of ?? b.of) !== undefined && rule.action.kind === "redact");
}

const keepsParts = new Set(["pass", "reveal", "strip", "block", "redact"]);
const hiding = (rule: RuleView): RuleView =>
  keepsParts.has(rule.action.kind) ? rule : { ...rule, action: redactionOf(rule) };

/** Of rules that select a text, in policy order, the one that acts on it; or a view with finds. */
export function firstActing(rules: readonly RuleView[], text: string, spelled: string = text): RuleView | undefined {
  const plain = rules.findIndex(({ detect }) => detect === undefined);
  const detecting = plain < 0 ? rules : rules.slice(0, plain);
  return found(detecting, text, false, spelled) ?? rules[plain];
}

/** What the rules that look everywhere find in a name that no rule can select otherwise. */
export function foundInName(rules: readonly RuleView[], direction: string, name: string): RuleView | undefined {
  return found(
    rules.filter((rule) => rule.directions.includes(direction) && looksEverywhere(rule)),
    name,
  );
}

const redactionOf = ({ action }: RuleView): RuleView["action"] =>
  action.kind === "redact" ? action : { kind: "redact" };

function wants(detect: DetectView, span: Span, text: string, from: number, to: number): boolean {
  if (!detect.types.includes(span.type) || Math.round(span.score * 100) < detect.threshold) return false;
  const before = Buffer.from(foldText(text.slice(0, from)))
    .subarray(-CONTEXT_BYTES)
    .toString("latin1")
    .toLowerCase();
  const hasWord = detect.context.some((word) => before.includes(Buffer.from(word).toString("latin1")));
  if (detect.context.length > 0 && !hasWord) return false;
  return !detect.except.some((pattern) => matchesPattern(pattern, foldText(text.slice(from, to))));
}

/** Whether `output` is `text` with something in the place of each find that `fits` it; undefined when it is. */
export function findsFault(
  finds: readonly Find[],
  text: string,
  output: string,
  fits: (rule: RuleView, original: string, replacement: string) => boolean,
): string | undefined {
  const blocking = finds.some(({ rule }) => rule.action.kind === "block");
  if (blocking) return "a value that must block the message went through";
  /** Whether the rest of the text, from a find on, can be the rest of the output. */
  const matches = (index: number, at: number, place: number): boolean => {
    const find = finds[index];
    if (find === undefined) return output.slice(place) === text.slice(at);
    const kept = text.slice(at, find.from);
    if (!output.startsWith(kept, place)) return false;
    const start = place + kept.length;
    const next = text.slice(find.to, finds[index + 1]?.from ?? text.length);
    for (let end = start; end <= output.length; end++) {
      if (!output.startsWith(next, end)) continue;
      const replacement = output.slice(start, end);
      if (fits(find.rule, text.slice(find.from, find.to), replacement) && matches(index + 1, find.to, end)) return true;
    }
    return false;
  };
  return matches(0, 0, 0) ? undefined : "not what the rules make of what detectors find in it";
}
