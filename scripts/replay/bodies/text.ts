/**
 * A body of text: what detectors find in it is replaced, all else stays. Each find goes to the first rule that wants it. One that
 * is JSON is read as such where rules select in that.
 */
import { found } from "../detection.ts";
import type { RuleView } from "../oracle.ts";
import { isKeyed, replacementFault } from "../replacement.ts";
import { readJson } from "./json.ts";
import { allow, type BodyReading, decode, differ } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

/** Rules that detect in texts: none where `unmatched` demands that a rule names what it lets through. */
export const looksIntoTexts = ({ ofText, unmatched }: BodyRules): boolean =>
  ofText.length > 0 && unmatched === undefined;

/** Whether a rule selects in JSON, which may come as a text. */
export const selectsInJson = ({ oracle, unmatched }: BodyRules): boolean =>
  oracle.hasJsonRules || unmatched !== undefined;

/** JSON that says it is a text, of which the first tokens tell. */
export const beginsAsJson = (text: string): boolean => /^[ \t\n\r\ufeff]*(\{[ \t\n\r]*"|\[[ \t\n\r]*["{[])/.test(text);

export function readText(rules: BodyRules, body: Uint8Array): BodyReading | undefined {
  const text = decode(body);
  const isLooked = looksIntoTexts(rules);
  // JSON or XML that says it is a text: receivers read it all the same.
  if (selectsInJson(rules) && beginsAsJson(text)) {
    const isMissed = isLooked && rules.ofText.some((rule) => !rules.everywhere.includes(rule));
    return isMissed ? undefined : readJson(rules.oracle, body, { isFirst: true });
  }
  // A NUL is none of a text: it is UTF-16 or UTF-32.
  if (!isLooked || text.includes("\0") || (!rules.xml.isEmpty && /^[ \t\n\r\ufeff]*<\?/.test(text))) return undefined;
  // A stream has no length at which it is redacted as a whole.
  const views = rules.ofText.map((view) => ({ ...view, detect: { ...view.detect!, limit: Number.POSITIVE_INFINITY } }));
  return searched(views, text);
}

/** A text as those rules that detect leave it. */
export function searched(views: readonly RuleView[], text: string): BodyReading {
  const rule = found(views, text);
  if (rule === undefined) {
    return {
      secrets: [],
      passing: text,
      compare: (after) => (decode(after) === text ? allow(text) : differ("text:", "must stay as it is")),
    };
  }
  return {
    secrets: [{ rule, location: "text:", value: text }],
    passing: "",
    compare(after) {
      const left = decode(after);
      const fault = replacementFault(rule, { kind: "text", value: text }, { kind: "text", value: left });
      if (fault !== undefined) return differ("text:", fault, { rule, kind: left === text ? "unredacted" : "changed" });
      return isKeyed(rule) ? { differences: [], allowed: [], hashed: [left] } : allow(left);
    },
  };
}
