/**
 * Headers, cookies, query parameters and segments of paths as fields: each with the rule that acts on it.
 *
 * Invariant: whatever no rule names is a field of its own, too, so that all of a header is in one of its fields.
 */
import { TRANSPORT_HEADERS } from "../policy/fields.ts";
import { isBinary, textsIn } from "./binary-header.ts";
import { firstActing, found, foundInName } from "./detection.ts";
import { selectingByName, selectorsNaming } from "./names.ts";
import { judgeField, judgeText, type Looking, lookingAt, readingView, type Setting } from "./nested.ts";
import { type Direction, type RuleView, type Unmatched, unmatchedRule } from "./oracle.ts";
import { pathsNaming, selectsPath } from "./paths.ts";
import { replacementFault } from "./replacement.ts";
import { looksEverywhere, selectorsAt, selectorsOf } from "./selectors.ts";
import { type Part, partsOf } from "./set-cookie.ts";
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

/** They say how long a message is, and so follow the body. */
export const lengths: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);
/** No rule selects these: changing one would change what the bytes around it mean. */
const framing = new Set([...lengths, "content-encoding", "content-type", "connection", "host"]);

export interface Field {
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
  /** The rule on a cookie that only some receivers see in it: it must not leave. */
  readonly hidden?: RuleView;
}

export interface Name {
  readonly raw: string;
  readonly text: string;
  /** What rules find in it. */
  readonly rule: RuleView | undefined;
  /** No equals sign follows: without the name there is no field. */
  readonly isAll: boolean;
}

export const setCookies: ReadonlySet<string> = new Set(["set-cookie", "set-cookie2"]);

/** A header as one field, or as its cookies or query parameters. */
export function fieldsOf(policy: FieldPolicy, [name, value]: Header, isWhole = false): Field[] {
  if (name === ":path") return pathFields(policy, value);
  const location = `header:${name}`;
  const readings = [...new Set([value, decodePercent(value), decodeHeader(value), decodeQuery(value)])];
  const plain = { label: location, raw: value, value, readings, location };
  if (framing.has(name) || name.startsWith(":")) return [{ ...plain, rule: undefined }];
  if (isWhole) return [{ ...plain, rule: undefined }];
  const hiding = isBinary(name) ? hidingIn(policy, name, value) : undefined;
  if (hiding !== undefined) return [{ ...plain, rule: hiding }];
  const rule = ruleFor(policy, "header", name, value);
  // What was found in it was found in what its escapes spell.
  if (rule?.finds) return [{ ...plain, value: decodeHeader(value), rule }];
  if (rule !== undefined) return [{ ...plain, rule }];
  if (name === "cookie") {
    return value
      .split(";")
      .filter((pair) => pair.trim() !== "")
      .map((pair, index) => cookie(policy, pair, index));
  }
  if (setCookies.has(name)) {
    const fields = partsOf(value).map((part, index) => fieldOf(policy, part, index));
    // Attributes go with the cookie that they are of.
    return isRemoved(fields[0]!) ? fields.slice(0, 1) : fields;
  }
  const isExempt = TRANSPORT_HEADERS.includes(name);
  return [{ ...plain, rule: isExempt ? undefined : unmatchedRule(policy.unmatched, policy.direction) }];
}

/** What stands in a Set-Cookie header: whatever it was, what rules leave of a cookie may be read as an attribute. */
function fieldOf(policy: FieldPolicy, part: Part, index: number): Field {
  if (part.kind === "cookie") return cookie(policy, part.text, index);
  const [raw, value, isAll] = pairIn(part.text);
  const name = { raw, text: raw, isAll, rule: undefined };
  const plain = { label: "cookie", name, raw: value, value, readings: [value], location: `set-cookie:${raw}` };
  if (part.kind === "attribute") return { ...plain, rule: undefined };
  const text = decodeHeader(value);
  const rule = foundInName(policy.rules, policy.direction, text);
  const readings = [...new Set([value, decodePercent(value), text])];
  return { ...plain, readings, rule, value: rule ? text : value };
}

/** The name and the value of a cookie, without blanks and quotes around it; a text without equals sign is a value. */
function pairIn(text: string): [name: string, value: string, isAll: boolean] {
  const at = text.indexOf("=");
  const [, quoted, bare] = /^"(.*)"$|^(.*)$/s.exec(text.slice(at + 1).trim()) ?? [];
  return [text.slice(0, Math.max(at, 0)).trim(), quoted ?? bare ?? "", at < 0];
}

/**
 * What receivers make of a cookie who end one at blanks and commas, or leave out a first equals sign: others, on one of which
 * a rule acts.
 */
function hiddenIn(policy: FieldPolicy, pair: string): RuleView | undefined {
  for (const [, name = "", value = ""] of pair.trimStart().matchAll(/(?<=[ \t,]|^=)([\w-]+)=([^ \t,;]*)/g)) {
    const rule = ruleFor(policy, "cookie", name, value);
    if (rule !== undefined && rule.action.kind !== "pass") return rule;
  }
  return undefined;
}

function cookie(policy: FieldPolicy, pair: string, index: number): Field {
  const [name, spelled, isAll] = pairIn(pair);
  // A cookie that is decoded or searched is percent-encoded as a rule; for all others the text is its own reading.
  const naming = (rule: RuleView) => selectorsNaming(rule, "cookie", name);
  const first = policy.rules.find(
    (rule) => rule.directions.includes(policy.direction) && (looksEverywhere(rule) || naming(rule).length > 0),
  );
  const isSearched = first?.detect !== undefined;
  const others = unmatchedRule(policy.unmatched, policy.direction);
  const isWhole = others !== undefined || isNamedWhole(policy.rules, "cookie", name);
  const isTold = policy.rules.some((rule) => naming(rule).some(({ inside }) => inside));
  const isSoft = !isWhole && !isTold && looksSoftly(policy.rules, policy.direction);
  // Express marks JSON so.
  const [, mark = "", value = spelled] = (isSoft && /^(j(?::|%3a))(.+)$/is.exec(spelled)) || [];
  const isText = isSoft && beginsAs("json", decodePercent(value));
  const decoded =
    isSearched || isText || lookingAt(policy.rules, { direction: policy.direction, location: "cookie", name }, naming)
      ? decodePercent(value)
      : value;
  const rule = ruleFor(policy, "cookie", name, decoded) ?? others;
  const readings = [value, decodePercent(value)];
  const named = nameOf(policy, name, decodePercent(name), isAll);
  const location = placeOf("cookie", named, index);
  const isTaken = rule !== undefined && rule.action.kind !== "pass" && rule.action.kind !== "reveal";
  const hidden = isTaken ? undefined : hiddenIn(policy, pair);
  return {
    label: `cookie${mark}`,
    name: named,
    raw: value,
    value: decoded,
    readings,
    rule,
    location,
    ...(hidden && { hidden }),
  };
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
      ? viewOf(policy, looking, names[index]!, false)
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
    ...pathsNaming(rules, rule, location, name),
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

/** What rules that detect make of a binary header in which they find something: nothing stays of it. */
function hidingIn({ rules, direction }: FieldPolicy, name: string, value: string): RuleView | undefined {
  const all = rules.filter(({ directions }) => directions.includes(direction));
  const selects = (rule: RuleView, reading: string) =>
    (looksEverywhere(rule) && mayBeSearched("header", name)) ||
    selectorsOf(rule, "header", reading).some(({ inside }) => !inside);
  const looking = selectingByName(all, "header", name, selects);
  const own = looking.findIndex(({ detect }) => detect === undefined);
  const detecting = looking.slice(0, own < 0 ? looking.length : own).filter(({ action }) => action.kind !== "reveal");
  for (const text of textsIn(value)) {
    const view = found(detecting, text.toString("utf8"), false, text);
    if (view === undefined || view.finds?.every(({ rule }) => rule.action.kind === "pass")) continue;
    const { finds: _, ...rule } = view;
    return { ...rule, action: { kind: rule.action.kind === "block" ? "block" : "strip" } };
  }
  return undefined;
}

/** Whether a rule on the whole value names it, or one that looks into it as it stands, and not everywhere. */
const isNamedWhole = (rules: readonly RuleView[], location: string, name: string): boolean =>
  selectingByName(
    rules,
    location,
    name,
    (rule, reading) =>
      (rule.detect === undefined || !looksEverywhere(rule)) &&
      (selectsPath(rules, rule, location, reading) || selectorsOf(rule, location, reading).length > 0),
  ).length > 0;

/** The rule that acts on a text, or the view for what it spells. */
function viewOf(
  policy: FieldPolicy,
  looking: readonly Looking[],
  value: string,
  isUnmatched = true,
): RuleView | undefined {
  const verdict = judgeText(Buffer.from(value), looking, policy, false, isUnmatched);
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

export function isRemoved({ rule, location, name }: Field): boolean {
  if (name?.rule !== undefined && name.isAll && fits(name.rule, name.text, "")) return true;
  // What `unmatched` blocks in a header is stripped, since proxies add headers on their own.
  const isUnmatchedHeader = rule?.selectors.length === 0 && location.startsWith("header:");
  return rule?.action.kind === "strip" || (rule?.action.kind === "block" && isUnmatchedHeader);
}

export const fits = (rule: RuleView, before: string, after: string): boolean =>
  replacementFault(rule, { kind: "text", value: before }, { kind: "text", value: after }) === undefined;
