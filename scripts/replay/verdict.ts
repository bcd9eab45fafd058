/**
 * The verdict on one text: a reading of what it spells, a rule on the whole of it, or nothing; and whether what left of it is
 * what that makes of it.
 */
import { decode, differ } from "./bodies/reading.ts";
import type { Comparison } from "./compare.ts";
import type { Secret } from "./needles.ts";
import type { RuleView } from "./oracle.ts";
import { hidesValues, isKeyed, replacementFault } from "./replacement.ts";

export interface TextReading {
  readonly secrets: readonly Secret[];
  readonly passing: string;
  compare(after: string): Comparison;
}

/** What a rule does to a text: a reading of what it spells, a rule on the whole of it, or nothing. */
export type TextVerdict = TextReading | RuleView | undefined;

export const isReading = (verdict: TextVerdict): verdict is TextReading =>
  verdict !== undefined && "secrets" in verdict;

/** What of a text must not leave, and what passes. */
export function whole(
  verdict: TextVerdict,
  text: Buffer,
  location: string,
): { secrets: readonly Secret[]; passing: string } {
  if (isReading(verdict)) {
    const secrets = verdict.secrets.map((secret) => ({ ...secret, location: location + secret.location }));
    return { secrets, passing: verdict.passing };
  }
  if (verdict === undefined || verdict.action.kind === "pass") return { secrets: [], passing: decode(text) };
  const isHidden = hidesValues(verdict) && text.length > 0;
  return { secrets: isHidden ? [{ rule: verdict, location, value: decode(text) }] : [], passing: "" };
}

/** Whether what left of a text is what the verdict makes of it; what is stripped of a text without a name is empty. */
export function compareText(verdict: TextVerdict, before: Buffer, after: string, location: string): Comparison {
  const text = decode(before);
  if (isReading(verdict)) {
    const comparison = verdict.compare(after);
    const differences = comparison.differences.map((one) => ({ ...one, location: location + one.location }));
    return { ...comparison, differences };
  }
  if (verdict === undefined || verdict.action.kind === "pass" || text === "") {
    return text === after
      ? { differences: [], allowed: [after], hashed: [] }
      : differ(location, "must stay as it is", verdict ? { rule: verdict } : {});
  }
  if (verdict.action.kind === "block") {
    return differ(location, "a value that must block the message went through", { rule: verdict });
  }
  const isStripped = verdict.action.kind === "strip" && verdict.finds === undefined;
  const fault =
    isStripped && after === ""
      ? undefined
      : replacementFault(verdict, { kind: "text", value: text }, { kind: "text", value: after });
  if (fault !== undefined)
    return differ(location, fault, { rule: verdict, kind: text === after ? "unredacted" : "changed" });
  return isKeyed(verdict)
    ? { differences: [], allowed: [], hashed: [after] }
    : { differences: [], allowed: [after], hashed: [] };
}
