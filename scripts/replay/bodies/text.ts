/** A body of text: what detectors find in it is replaced, all else stays. Each find goes to the first rule that wants it. */
import { found } from "../detection.ts";
import type { RuleView } from "../oracle.ts";
import { isKeyed, replacementFault } from "../replacement.ts";
import { allow, type BodyReading, decode, differ } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

/** JSON or XML that says it is a text: receivers read it all the same. */
const isDisguised = ({ oracle, xml }: BodyRules, text: string): boolean =>
  (oracle.hasJsonRules && /^[\s\ufeff]*(\{\s*"|\[\s*["{[])/.test(text)) ||
  (!xml.isEmpty && /^[\s\ufeff]*<\?/.test(text));

export function readText(rules: BodyRules, body: Uint8Array): BodyReading | undefined {
  const text = decode(body);
  if (isDisguised(rules, text)) return undefined;
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
