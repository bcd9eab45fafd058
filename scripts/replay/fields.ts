/**
 * Headers, cookies and query parameters before and after: the same questions as for a document, asked name by name.
 *
 * Invariants: whatever no rule names stays where it is, byte for byte; only the headers that frame a message, and the
 * emergency header, may change on their own.
 */
import type { Comparison, Difference } from "./compare.ts";
import {
  type Field,
  type FieldPolicy,
  fieldsOf,
  fits,
  isRemoved,
  lengths,
  type Name,
  setCookies,
} from "./header-fields.ts";
import type { Secret } from "./needles.ts";
import { hidesValues, isKeyed, redactedText, replacementFault } from "./replacement.ts";
import type { Header } from "./text.ts";

export interface FieldComparison extends Comparison {
  readonly secrets: readonly Secret[];
}

/** They say what the body was, and go where it may change. */
export const digests: ReadonlySet<string> = new Set(["content-md5", "digest", "content-digest", "repr-digest"]);
export function compareFields(
  policy: FieldPolicy,
  before: readonly Header[],
  after: readonly Header[],
): FieldComparison {
  const isGone = (name: string): boolean => digests.has(name) && !after.some(([other]) => other === name);
  const follows = ([name]: Header): boolean => lengths.has(name) || name === policy.emergencyHeader || isGone(name);
  const original = before.filter((header) => !follows(header)).flatMap((header) => fieldsOf(policy, header));
  // What rules took for a header as a whole is one afterwards too, though they find nothing in it any more.
  const wholes = new Map<string, boolean[]>();
  for (const header of before) {
    const all = fieldsOf(policy, header);
    if (all.every(isRemoved)) continue;
    const isWhole = all[0]?.label === `header:${header[0]}`;
    wholes.set(header[0], [...(wholes.get(header[0]) ?? []), isWhole]);
  }
  const left = after
    .filter((header) => !follows(header))
    .flatMap((header) => fieldsOf(policy, header, wholes.get(header[0])?.shift()));
  const differences: Difference[] = [];
  const allowed = after.filter(follows).map(([, value]) => value);
  const hashed: string[] = [];

  const rest = new Map<string, Field[]>();
  for (const field of left) {
    const same = rest.get(field.label);
    if (same === undefined) rest.set(field.label, [field]);
    else same.push(field);
  }
  for (const field of original.filter((candidate) => !isRemoved(candidate))) {
    const found = rest.get(field.label)?.shift();
    const nameFault = found && faultOfName(field.name, found.name);
    if (nameFault !== undefined) {
      const rule = field.name?.rule;
      const kind = rule !== undefined && found!.name?.text === field.name!.text ? "unredacted" : "changed";
      differences.push({ kind, location: field.location, detail: nameFault, ...(rule && { rule }) });
      continue;
    }
    if (found?.name !== undefined) {
      (field.name?.rule && isKeyed(field.name.rule) ? hashed : allowed).push(found.name.raw, found.name.text);
    }
    if (found !== undefined && field.rule?.reading) {
      const comparison = compareInside(field, found);
      differences.push(...comparison.differences);
      allowed.push(field.label, ...comparison.allowed, ...(comparison.differences.length > 0 ? [] : [found.value]));
      hashed.push(...comparison.hashed);
      continue;
    }
    if (field.hidden !== undefined && found?.raw === field.raw) {
      const detail = "holds a cookie that some receivers see: it must block the message";
      differences.push({ kind: "unredacted", location: field.location, detail, rule: field.hidden });
      continue;
    }
    const fault = found === undefined ? "missing" : faultOf(field, found);
    if (fault === undefined) {
      (field.rule && isKeyed(field.rule) ? hashed : allowed).push(field.label, found!.raw);
      continue;
    }
    const kind = field.rule !== undefined && found?.value === field.value ? "unredacted" : "changed";
    differences.push({ kind, location: field.location, detail: fault, ...(field.rule && { rule: field.rule }) });
  }
  for (const field of [...rest.values()].flat()) {
    differences.push({ kind: "changed", location: field.location, detail: "not in the original, or to be stripped" });
  }
  differences.push(...untouchedTexts(policy, before, after));
  if (
    policy.direction === "request" &&
    !policy.keepsHeader &&
    after.some(([name]) => name === policy.emergencyHeader)
  ) {
    differences.push({ kind: "changed", location: `header:${policy.emergencyHeader}`, detail: "must not leave" });
  }
  const inside = original.flatMap(({ rule, location }) =>
    (rule?.reading?.secrets ?? []).map((secret) => ({ ...secret, location: location + secret.location })),
  );
  const named = original.flatMap(({ name, location }) =>
    name?.rule !== undefined && hidesValues(name.rule) ? [{ rule: name.rule, location, value: name.text }] : [],
  );
  const secrets = original
    .filter(({ rule, value }) => rule !== undefined && hidesValues(rule) && value !== "")
    .map(({ rule, location, value }) => ({ rule: rule!, location, value }));
  return { differences, allowed, hashed, secrets: [...secrets, ...named, ...inside] };
}

/** A cookie header or a path of which no rule touches a part is the same as a whole, separators included. */
function untouchedTexts(policy: FieldPolicy, before: readonly Header[], after: readonly Header[]): Difference[] {
  return before
    .filter(([name]) => name === "cookie" || setCookies.has(name) || name === ":path")
    .filter((header) =>
      fieldsOf(policy, header).every(
        ({ rule, name }) =>
          name?.rule === undefined && (rule === undefined || (rule.action.kind === "pass" && !rule.reading)),
      ),
    )
    .filter(([name, value]) => !after.some((other) => other[0] === name && other[1] === value))
    .map(([name]) => ({ kind: "changed", location: `header:${name}`, detail: "a separator" }));
}

/** What left of a value that was decoded, in the way of writing in which it fits. */
function compareInside({ rule, location }: Field, found: Field): Comparison {
  const comparisons = found.readings.map((text) => rule!.reading!.compare(text));
  const { differences, ...rest } = comparisons.find((one) => one.differences.length === 0) ?? comparisons[0]!;
  return { ...rest, differences: differences.map((one) => ({ ...one, location: location + one.location })) };
}

function faultOfName(name: Name | undefined, found: Name | undefined): string | undefined {
  if (name?.rule === undefined) return found?.raw === name?.raw ? undefined : "a name";
  return fits(name.rule, name.text, found?.text ?? "") ? undefined : "not what the rules make of a name";
}

/** Segments that receivers leave out of a path: what would become one of them is redacted. */
const leaving = new Set(["", ".", ".."]);

function faultOf({ rule, raw, value, location }: Field, found: Field): string | undefined {
  if (rule === undefined || rule.action.kind === "pass" || value === "") {
    return found.raw === raw ? undefined : "must stay as it is";
  }
  if (rule.action.kind === "block") return "a value that must block the message went through";
  if (location.startsWith("path[")) {
    const left = found.readings.at(-1)!;
    if (leaving.has(left)) return "another path";
    if (left === redactedText && [...leaving].some((text) => fits(rule, value, text))) return undefined;
  }
  const faults = found.readings.map((text) =>
    replacementFault(rule, { kind: "text", value }, { kind: "text", value: text }),
  );
  return faults.includes(undefined) ? undefined : faults[0];
}
