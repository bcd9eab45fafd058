/**
 * Headers, cookies and query parameters before and after: the same questions as for a document, asked name by name.
 *
 * Invariants: whatever no rule names stays where it is, byte for byte; only the headers that frame a message, and the
 * emergency header, may change on their own.
 */
import { TRANSPORT_HEADERS } from "../policy/fields.ts";
import type { Comparison, Difference } from "./compare.ts";
import { firstActing, foundInName } from "./detection.ts";
import { selectingByName, selectorsNaming } from "./names.ts";
import type { Secret } from "./needles.ts";
import { judgeField, judgeText, type Looking, lookingAt, readingView, type Setting } from "./nested.ts";
import { type Direction, type RuleView, type Unmatched, unmatchedRule } from "./oracle.ts";
import { selectsPath } from "./paths.ts";
import { hidesValues, isKeyed, redactedText, replacementFault } from "./replacement.ts";
import { looksEverywhere, selectorsAt, selectorsOf } from "./selectors.ts";
import { beginsAs, looksSoftly } from "./soft.ts";
import { decodeHeader, decodePercent, decodeQuery, type Header } from "./text.ts";
import { isReading } from "./verdict.ts";

export interface FieldPolicy {
  readonly rules: readonly RuleView[];
  readonly unmatched: Unmatched;
  readonly direction: Direction;
  readonly unsupported: Setting["unsupported"];
  /** Never selected; the filter takes it off a request unless the policy keeps it. */
  readonly emergencyHeader: string | undefined;
  readonly keepsHeader: boolean;
}

export interface FieldComparison extends Comparison {
  readonly secrets: readonly Secret[];
}

/** They say how long a message is, and so follow the body. */
const lengths = new Set(["content-length", "transfer-encoding"]);
/** They say what the body was, and go where it may change. */
export const digests: ReadonlySet<string> = new Set(["content-md5", "digest", "content-digest", "repr-digest"]);
/** No rule selects these: changing one would change what the bytes around it mean. */
const framing = new Set([...lengths, "content-encoding", "content-type", "connection", "host"]);

interface Field {
  /** What must not change: the kind, the name of a header, the attributes of a cookie. Equal labels keep their order. */
  readonly label: string;
  /** The name of a cookie or parameter, which rules may look into. */
  readonly name?: Name;
  /** As it is spelled. */
  readonly raw: string;
  readonly value: string;
  /** The same text in the other ways in which a replacement may be written. */
  readonly readings: readonly string[];
  readonly rule: RuleView | undefined;
  readonly location: string;
}

interface Name {
  readonly raw: string;
  readonly text: string;
  /** What rules find in it. */
  readonly rule: RuleView | undefined;
  /** No equals sign follows: without the name there is no field. */
  readonly isAll: boolean;
}

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
    .filter(([name]) => name === "cookie" || name === "set-cookie" || name === ":path")
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

function isRemoved({ rule, location, name }: Field): boolean {
  if (name?.rule !== undefined && name.isAll && fits(name.rule, name.text, "")) return true;
  // What `unmatched` blocks in a header is stripped, since proxies add headers on their own.
  const isUnmatchedHeader = rule?.selectors.length === 0 && location.startsWith("header:");
  return rule?.action.kind === "strip" || (rule?.action.kind === "block" && isUnmatchedHeader);
}

const fits = (rule: RuleView, before: string, after: string): boolean =>
  replacementFault(rule, { kind: "text", value: before }, { kind: "text", value: after }) === undefined;

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

/** A header as one field, or as its cookies or query parameters. */
function fieldsOf(policy: FieldPolicy, [name, value]: Header, isWhole = false): Field[] {
  if (name === ":path") return pathFields(policy, value);
  const location = `header:${name}`;
  const readings = [...new Set([value, decodePercent(value), decodeHeader(value), decodeQuery(value)])];
  const plain = { label: location, raw: value, value, readings, location };
  if (framing.has(name) || name.startsWith(":")) return [{ ...plain, rule: undefined }];
  if (isWhole) return [{ ...plain, rule: undefined }];
  const rule = ruleFor(policy, "header", name, value);
  // What was found in it was found in what its escapes spell.
  if (rule?.finds) return [{ ...plain, value: decodeHeader(value), rule }];
  if (rule !== undefined) return [{ ...plain, rule }];
  if (name === "cookie" && policy.direction === "request") {
    return value
      .split(";")
      .filter((pair) => pair.trim() !== "")
      .map((pair, index) => cookie(policy, pair, "", index));
  }
  if (name === "set-cookie" && policy.direction === "response") {
    const end = value.includes(";") ? value.indexOf(";") : value.length;
    return [cookie(policy, value.slice(0, end), value.slice(end), 0)];
  }
  const isExempt = TRANSPORT_HEADERS.includes(name);
  return [{ ...plain, rule: isExempt ? undefined : unmatchedRule(policy.unmatched, policy.direction) }];
}

function cookie(policy: FieldPolicy, pair: string, attributes: string, index: number): Field {
  const at = pair.indexOf("=");
  const name = pair.slice(0, Math.max(at, 0)).trim();
  const [, quoted, bare] = /^"(.*)"$|^(.*)$/s.exec(pair.slice(at + 1).trim()) ?? [];
  const value = quoted ?? bare ?? "";
  // A cookie that is decoded or searched is percent-encoded as a rule; for all others the text is its own reading.
  const naming = (rule: RuleView) => selectorsNaming(rule, "cookie", name);
  const first = policy.rules.find(
    (rule) => rule.directions.includes(policy.direction) && (looksEverywhere(rule) || naming(rule).length > 0),
  );
  const isSearched = first?.detect !== undefined;
  const others = unmatchedRule(policy.unmatched, policy.direction);
  const isWhole = others !== undefined || isNamedWhole(policy.rules, "cookie", name);
  const isText = !isWhole && looksSoftly(policy.rules, policy.direction) && beginsAs("json", decodePercent(value));
  const decoded =
    isSearched || isText || lookingAt(policy.rules, { direction: policy.direction, location: "cookie", name }, naming)
      ? decodePercent(value)
      : value;
  const rule = ruleFor(policy, "cookie", name, decoded) ?? others;
  const label = `cookie:${attributes}`;
  const readings = [value, decodePercent(value)];
  const named = nameOf(policy, name, decodePercent(name), at < 0);
  return { label, name: named, raw: value, value: decoded, readings, rule, location: placeOf("cookie", named, index) };
}

const nameOf = ({ rules, direction }: FieldPolicy, raw: string, text: string, isAll: boolean): Name => ({
  raw,
  text,
  isAll,
  rule: foundInName(rules, direction, text),
});

/** A name in which something was found is no place to tell. */
const placeOf = (kind: string, { text, rule }: Name, index: number): string =>
  rule ? `${kind}[${index}]` : `${kind}:${text}`;

function pathFields(policy: FieldPolicy, target: string): Field[] {
  const at = target.indexOf("?");
  const path = at < 0 ? target : target.slice(0, at);
  const fields: Field[] = segmentsOf(policy, path);
  if (at < 0) return fields;
  for (const [index, pair] of target
    .slice(at + 1)
    .split("&")
    .entries()) {
    if (pair === "") continue;
    const [, raw = pair, text = ""] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    const name = nameOf(policy, raw, decodeQuery(raw), !pair.includes("="));
    const rule =
      ruleFor(policy, "query", decodeQuery(raw), decodeQuery(text)) ??
      unmatchedRule(policy.unmatched, policy.direction);
    const value = rule === undefined ? text : decodeQuery(text);
    const readings = [value, decodeQuery(text)];
    const location = placeOf("query", name, index);
    fields.push({ label: "query", name, raw: text, value, readings, rule, location });
  }
  return fields;
}

/** Each segment with the rule whose template selects it; one field where no template matches. */
function segmentsOf(policy: FieldPolicy, path: string): Field[] {
  const { rules, direction } = policy;
  const plain: Field = { label: "path", raw: path, value: path, readings: [path], rule: undefined, location: "path" };
  const segments = path.split("/").slice(1);
  const names = segments.map(decodePercent);
  const templates = rules.flatMap((rule) =>
    rule.directions.includes(direction)
      ? selectorsAt(rule, "path").flatMap(({ expression, inside }) =>
          matchesTemplate(expression.split("/").slice(1), names) ? [{ rule, expression, inside }] : [],
        )
      : [],
  );
  const everywhere = rules.filter((rule) => rule.directions.includes(direction) && looksEverywhere(rule));
  if (templates.length === 0 && everywhere.length === 0) return [plain];
  return segments.map((raw, index) => {
    const here = templates.filter(({ expression }) => expression.split("/")[index + 1]?.startsWith("{"));
    const selecting = here.filter(({ inside }) => !inside);
    const acting = rules.filter((rule) => everywhere.includes(rule) || selecting.some((found) => found.rule === rule));
    const looking = [
      ...here.map(({ rule, inside }) => ({ view: rule, index: rules.indexOf(rule), chain: inside ?? [] })),
      ...everywhere.map((view) => ({ view, index: rules.indexOf(view), chain: [] })),
    ];
    const rule = here.some(({ inside }) => inside)
      ? viewOf(policy, looking, names[index]!)
      : firstActing(acting, names[index]!);
    const location = `path[${index}]`;
    const value = rule ? names[index]! : raw;
    return { label: location, raw, value, readings: [value, names[index]!], rule, location };
  });
}

/** With or without a last slash, on either side: receivers route both alike. */
function matchesTemplate(template: readonly string[], path: readonly string[]): boolean {
  const variants = (names: readonly string[]) => (/^(;|$)/.test(names.at(-1)!) ? [names, names.slice(0, -1)] : [names]);
  return variants(template).some((parts) => variants(path).some((names) => matchesSegments(parts, names)));
}

function matchesSegments(parts: readonly string[], names: readonly string[]): boolean {
  const isOpen = parts.at(-1) === "**";
  const fixed = isOpen ? parts.slice(0, -1) : parts;
  if (isOpen ? names.length < fixed.length : names.length !== parts.length) return false;
  return fixed.every((part, index) => part === "*" || part.startsWith("{") || isSegment(part, names[index]!));
}

/** Whether the segment is the part of a template, with parameters behind a semicolon or without. */
const isSegment = (part: string, name: string): boolean => name === part || name.startsWith(`${part};`);

/** Whether rules look there that look everywhere. */
const mayBeSearched = (location: string, name: string): boolean =>
  location !== "header" || !TRANSPORT_HEADERS.includes(name);

/** The rule that acts on the value of a name, which is decoded where the policy says so. */
function ruleFor(policy: FieldPolicy, location: string, name: string, value: string): RuleView | undefined {
  const rules = policy.rules.filter((rule) => rule.directions.includes(policy.direction));
  const field = { direction: policy.direction, location, name };
  const looking = lookingAt(rules, field, (rule) => [
    ...(mayBeSearched(location, name) ? selectorsAt(rule, "any") : []),
    ...selectorsNaming(rule, location, name),
  ]);
  if (looking === undefined) {
    const verdict = isNamedWhole(rules, location, name)
      ? "plain"
      : judgeField(field, Buffer.from(value), rules, policy);
    if (verdict !== "plain") return isReading(verdict) ? readingView(rules[0]!, verdict) : verdict;
    return plainRuleFor(policy, location, name, location === "header" ? decodeHeader(value) : value);
  }
  return viewOf(policy, looking, value);
}

/** Whether a rule on the whole value names it, or one that looks into it as it stands. */
const isNamedWhole = (rules: readonly RuleView[], location: string, name: string): boolean =>
  selectingByName(
    rules,
    location,
    name,
    (rule, reading) => selectsPath(rules, rule, location, reading) || selectorsOf(rule, location, reading).length > 0,
  ).length > 0;

/** The rule that acts on a text, or the view for what it spells. */
function viewOf(policy: FieldPolicy, looking: readonly Looking[], value: string): RuleView | undefined {
  const verdict = judgeText(Buffer.from(value), looking, policy, false);
  return isReading(verdict) ? readingView(looking[0]!.view, verdict) : verdict;
}

/** The rule that acts on the value of a name: the first whose pattern matches it, or that finds something in it. */
function plainRuleFor(
  { rules, direction }: FieldPolicy,
  location: string,
  name: string,
  value: string,
): RuleView | undefined {
  const all = rules.filter(({ directions }) => directions.includes(direction));
  const matching = selectingByName(
    all,
    location,
    name,
    (rule, reading) =>
      (looksEverywhere(rule) && mayBeSearched(location, name)) ||
      selectsPath(all, rule, location, reading) ||
      selectorsOf(rule, location, reading).some(({ inside }) => !inside),
  );
  return firstActing(matching, value);
}
