/**
 * What may stand where a rule acted: each action, seen from outside.
 *
 * Invariants: written from the policy language, not from the filter's code; the answer is a reason without values, or
 * undefined when the replacement is what the rule promises.
 */
import type { ResolvedAction } from "../policy/action.ts";
import { isCoarser } from "./coarser.ts";
import { findsFault } from "./detection.ts";
import type { RuleView } from "./oracle.ts";
import { isRevealed, isTokenOf } from "./token-shape.ts";
import type { Kind } from "./tree.ts";

/** A value: a text in its decoded form, anything else as it is spelled. "text" is a header, cookie or parameter. */
export interface Scalar {
  readonly kind: Kind | "text";
  readonly value: string;
}

type ActionOf<K extends ResolvedAction["kind"]> = Extract<ResolvedAction, { kind: K }>;

/** What stands where a text was redacted, by whatever filter it was. */
export const redactedText = "[redacted]";

const redacted: Record<string, string> = {
  string: redactedText,
  text: redactedText,
  number: "0",
  boolean: "false",
  object: "{}",
  array: "[]",
};

/** Whether `output` is what redact leaves of a value of this kind; other actions fall back to the same defaults. */
export function isRedacted({ action }: RuleView, kind: Kind | "text", output: Scalar): boolean {
  const replacement = action.kind === "redact" ? action.with : undefined;
  if (replacement === undefined) return output.kind === kind && output.value === redacted[kind];
  if (kind === "text") {
    const plain = typeof replacement === "string" ? replacement : JSON.stringify(replacement);
    return output.value === (replacement === null ? "" : plain);
  }
  if (output.kind === "string") return replacement === output.value;
  // By spelling: parsed, a number beyond the range of a double would look like null.
  return output.value === JSON.stringify(replacement);
}

/** Whether an object, array, element or message that the rule selects goes as one thing, not scalar by scalar. */
export const takesWhole = ({ action }: RuleView): boolean =>
  action.kind === "redact" ? action.keepStructure !== true : action.kind === "strip" || action.kind === "block";

/** Whether the values that the rule selects must not leave. What a reveal selects came from the tunnel. */
export const hidesValues = ({ action, finds }: RuleView): boolean =>
  finds ? finds.some(({ rule }) => hidesValues(rule)) : action.kind !== "pass" && action.kind !== "reveal";

/**
 * Whether all that stands there depends on a key, so that a short text can occur in it by chance; beside finds stands
 * what nothing was found in.
 */
export const isKeyed = ({ action, finds }: RuleView): boolean =>
  finds === undefined && (action.kind === "hash" || action.kind === "tokenize");

/** Why `output` cannot be what `rule` makes of the scalar `original`. */
export function replacementFault(rule: RuleView, original: Scalar, output: Scalar): string | undefined {
  if (rule.finds) {
    if (output.kind !== original.kind) return "another type";
    return findsFault(rule.finds, original.value, output.value, isFindReplaced);
  }
  if (rule.action.kind === "pass") return output.value === original.value ? undefined : "must stay as it is";
  if (rule.action.kind === "reveal") {
    // Without the keys nobody can say what a token stood for: only that what is no token stays, in its type.
    if (output.kind !== original.kind) return "another type";
    const { token, anywhere } = rule.action;
    const mayBe = token === undefined || isRevealed(token, anywhere, original, output.value);
    return output.value === original.value || mayBe ? undefined : "no token stood there";
  }
  if (isRedacted(rule, original.kind, output)) return undefined;
  if (output.kind !== original.kind) return "another type";
  const { action } = rule;
  const fits = original.kind !== "boolean" && isResultOf(action, original, output.value);
  return fits ? undefined : `not what ${action.kind} makes of it`;
}

/** Whether the rule may leave the value as it is: a text that is short enough, the year of a date. */
export function mayBeKept({ action }: RuleView, value: string): boolean {
  if (action.kind !== "truncate" && action.kind !== "generalize" && action.kind !== "mask") return false;
  return (["text", "number"] as const).some((kind) => isResultOf(action, { kind, value }, value));
}

/** A find is a text of its own: stripped it is gone, and one that passes stays. */
function isFindReplaced(rule: RuleView, original: string, replacement: string): boolean {
  if (rule.action.kind === "strip") return replacement === "";
  return replacementFault(rule, { kind: "text", value: original }, { kind: "text", value: replacement }) === undefined;
}

function isResultOf(action: ResolvedAction, original: Scalar, output: string): boolean {
  const isNumber = original.kind === "number";
  switch (action.kind) {
    case "mask":
      return isNumber ? isMaskedNumber(action, original.value, output) : isMasked(action, original.value, output);
    case "hash":
      return isNumber ? /^[1-9]\d{14}$/.test(output) : isHash(action, output);
    case "truncate":
      // Without the digits that tell its size a sign, fraction or exponent says something else than before.
      return !(isNumber && /\D/.test(original.value)) && isTruncated(action, original.value, output);
    case "generalize":
      return isCoarser(action, original.value, output);
    case "tokenize":
      return isTokenOf(action.token, original, output);
    default:
      return false;
  }
}

function isHash({ encoding, length }: ActionOf<"hash">, output: string): boolean {
  const isBase64 = encoding === "base64url";
  return output.length === (length || (isBase64 ? 43 : 64)) && (isBase64 ? /^[\w-]+$/ : /^[0-9a-f]+$/).test(output);
}

function isTruncated({ keepFirst, keepLast }: ActionOf<"truncate">, original: string, output: string): boolean {
  const characters = [...original];
  if (keepFirst + keepLast >= characters.length) return output === original;
  const tail = characters.slice(characters.length - keepLast);
  return output === [...characters.slice(0, keepFirst), ...tail].join("");
}

/** Which of `count` characters a mask hides: those between the ends, or all when the ends would hide nothing. */
function hidden({ keepFirst, keepLast }: ActionOf<"mask">, count: number): (index: number) => boolean {
  if (keepFirst + keepLast >= count) return () => true;
  return (index) => index >= keepFirst && index < count - keepLast;
}

function isMasked(action: ActionOf<"mask">, original: string, output: string): boolean {
  const skip = new Set(action.skip);
  const before = [...original];
  const after = [...output];
  const isHidden = hidden(action, before.filter((character) => !skip.has(character)).length);
  let index = 0;
  return (
    before.length === after.length &&
    before.every((character, at) => {
      if (skip.has(character)) return after[at] === character;
      return after[at] === (isHidden(index++) ? action.char : character);
    })
  );
}

function isMaskedNumber(action: ActionOf<"mask">, original: string, output: string): boolean {
  const isHidden = hidden(action, original.replace(/\D/g, "").length);
  let index = 0;
  return (
    original.length === output.length &&
    [...original].every((character, at) => {
      if (!/\d/.test(character)) return output[at] === character;
      const isFirst = index === 0;
      if (!isHidden(index++)) return output[at] === character;
      // A leading zero before other digits would not be JSON.
      return output[at] === (isFirst ? "1" : "0");
    })
  );
}
