/**
 * From fields with evidence to a policy: one rule a kind, its action as the presets have it.
 *
 * Invariant: the proposal compiles; a field for which nothing speaks has no rule.
 */

import type { Action, Policy, Rule } from "../policy/policy.gen.ts";
import type { NameKind } from "../presets/names.ts";
import { type Spot, selectorOf } from "./field.ts";
import type { Finding } from "./group.ts";
import { contains, patternOf, touches } from "./overlap.ts";

const pan: Action = {
  tokenize: { format: "pan", keepFirst: 6, luhn: "valid", domain: "card", fallback: "redact" },
};
const email: Action = { tokenize: { format: "email", domain: "email", fallback: "opaque" } };
const people: Action = { mask: { skip: " -'." } };
const phone: Action = { mask: { keepLast: 2, skip: "+ -()./" } };

/** What is not listed is redacted. */
const byKind: Partial<Record<NameKind, Action>> = {
  pan,
  authenticationData: "strip",
  cardHolder: people,
  name: people,
  address: { mask: { skip: " ,.-/" } },
  postalCode: { generalize: { zip: 3 } },
  email,
  phone,
  fax: phone,
  birthDate: { generalize: { date: "year" } },
  otherDates: { generalize: { date: "year" } },
  age: { generalize: { age: 90 } },
  ip: { generalize: { ip: { v4: 24, v6: 48 } } },
  location: { generalize: { geo: 1 } },
};

const byDetector: Record<string, [name: string, action: Action]> = {
  CREDIT_CARD: ["pan", pan],
  EMAIL_ADDRESS: ["email", email],
  PHONE_NUMBER: ["phone", phone],
  IP_ADDRESS: ["ip", byKind.ip!],
};

/** camelCase -> camel-case: how rules are named. */
const ruleName = (kind: string): string => kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Where card numbers travel, verification codes do sooner or later. */
const codes: RuleOf = {
  name: "authentication-data",
  description: "None was seen; PCI DSS 3.3.1: verification codes are never kept.",
  on: ["request", "response"],
  select: ["named:cvc", "named:cvv", "named:securityCode"],
  action: "strip",
};

/** What a description says, in the words of `marks`. */
const byMark: Record<string, NameKind> = {
  credential: "secret",
  "format: password": "password",
  "format: email": "email",
  "format: idn-email": "email",
  "format: ipv4": "ip",
  "format: ipv6": "ip",
  "format: phone": "phone",
};

interface Decision {
  readonly name: string;
  readonly action: Action;
  /** Detectors, where the rule acts on what they find. */
  readonly detect?: readonly string[];
}

/** Kinds of names that say who somebody is, and not how: an e-mail address is a `userName` and a `fromAddress` too. */
const vague: ReadonlySet<NameKind> = new Set(["name", "login", "address", "identity", "identifier", "account"]);

function decide({ field, evidence: { kind, marks = [], detectors, isPartial = false } }: Finding): Decision {
  const [mark] = marks;
  const [only, ...others] = detectors;
  if (only && others.length === 0 && !isPartial && kind !== undefined && vague.has(kind) && only[1] >= field.values) {
    const held = byDetector[only[0]];
    if (held) return { name: held[0], action: held[1] };
  }
  const told = kind ?? (mark === undefined ? undefined : byMark[mark]);
  if (told !== undefined) return { name: ruleName(told), action: byKind[told] ?? "redact" };
  if (mark !== undefined) return { name: "described", action: "redact" };
  const sorted = [...detectors].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  if (field.place === "any") return { name: "in-names", action: "redact", detect: sorted.sort() };
  const [first = ""] = sorted;
  const [name, action] = byDetector[first] ?? [first.toLowerCase().replaceAll("_", "-"), "redact"];
  if (field.place === "json-key") {
    // Names of members that are names stay; those that go must not become equal, since a parser keeps one of them.
    if (sorted.length > 1) return { name: "in-keys", action: "hash", detect: sorted.sort() };
    const isApart = typeof action === "object" && "tokenize" in action;
    return { name: `${name}-keys`, action: isApart ? action : "hash", detect: sorted };
  }
  const isText = field.place === "text";
  if (isText || isPartial) return { name: isText ? "in-texts" : "in-values", action: "redact", detect: sorted.sort() };
  return { name, action };
}

/** Under a name that is data: its selector takes every name, those that have a selector of their own among them. */
const isWild = ({ names }: Spot): boolean => names.includes("*");

/** What stands in the way of other findings: wild ones of those by name, and all of those in what they select as a whole. */
function standingInTheWay(findings: readonly Finding[]): ReadonlySet<Spot> {
  // A rule on the names of members leaves what stands under them alone.
  const values = findings.filter(({ field }) => field.place !== "json-key");
  const all = values.map(({ field }) => ({ field, pattern: patternOf(field) }));
  const isInTheWay = (one: (typeof all)[number], other: (typeof all)[number]): boolean =>
    isWild(one.field) !== isWild(other.field)
      ? isWild(one.field) && touches(one.pattern, other.pattern)
      : contains(one.pattern, other.pattern);
  // By its type a field is selected where traffic told what it is, too.
  const isMet = values.some(({ field }) => field.place === "grpc" && field.values > 0);
  const isTooWide = (one: (typeof all)[number]): boolean =>
    (isMet && one.field.place === "proto") || all.some((other) => isInTheWay(one, other));
  return new Set(all.filter(isTooWide).map(({ field }) => field));
}

/** Behind a decoder, for which the text must still be there. */
const isInside = ({ expression }: Spot): boolean => expression.includes("|");

export interface Setting {
  /** The files that tell what `grpc:` selectors mean. */
  readonly descriptors?: readonly string[];
  /** Traffic has compressed bodies. */
  readonly isCompressed?: boolean;
  /** Names of the rules of a policy to which these are added. */
  readonly taken?: readonly string[];
}

export function proposePolicy(name: string, findings: readonly Finding[], setting: Setting = {}): Policy {
  const { descriptors = [], isCompressed = false, taken = [] } = setting;
  // A rule on the whole of a text stands behind those on what it spells.
  const wide = standingInTheWay(findings);
  // What looks everywhere comes last, so that all else was decided by name.
  const rankOf = ({ field }: Finding): number =>
    field.place === "any" ? 4 : (wide.has(field) ? 2 : 0) + (isInside(field) ? 0 : 1);
  const inOrder = [0, 1, 2, 3, 4].flatMap((rank) => findings.filter((one) => rankOf(one) === rank));
  const rules = new Map<string, RuleOf>();
  for (const finding of inOrder) addRule(rules, finding, wide.has(finding.field));
  for (const [key, rule] of rules) {
    const undone = key.endsWith("-back") ? rules.get(key.slice(0, -"-back".length)) : undefined;
    if (undone && typeof undone.action === "object" && "tokenize" in undone.action)
      rule.action = { reveal: freeOf(undone.name, taken) };
  }
  const names = [...rules.keys()];
  const isFor = (base: string) => names.some((rule) => rule.startsWith(base));
  const hasCodes = isFor("authentication-data") || taken.length > 0;
  if ((isFor("pan") || isFor("account")) && !hasCodes) rules.set(codes.name, { ...codes });
  for (const rule of rules.values()) rule.name = freeOf(rule.name, taken);
  return {
    $schema: "./policy.schema.json",
    name,
    description:
      "Proposed from recorded traffic: names and detectors, no guarantee. Read every rule before it protects anything.",
    activation: { verify: "jwt", jwt: { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: name } },
    keys: { root: { env: "FROSTGLASS_KEY" } },
    ...(isCompressed && { compressed: "decode" }),
    ...(descriptors.length > 0 && { protobuf: { descriptors: [...descriptors] } }),
    rules: [...rules.values()].map(withoutRepeats),
  } as Policy;
}

type RuleOf = Rule & { select: string[] };

function addRule(rules: Map<string, RuleOf>, finding: Finding, isWide: boolean): void {
  const { name: base, action: proposed, detect } = decide(finding);
  const { direction, place, isBlunt = false, isRequired = false } = finding.field;
  const isBack = direction === "response";
  // A path without a segment is another path, and a message without a required field is none.
  const mustStay = proposed === "strip" && (place === "path" || isRequired);
  const action = mustStay || isBlunt ? "redact" : proposed;
  // What the service sends back was a token when it came in; what never was one is anonymized all the same.
  const suffix = action === proposed ? "" : isBlunt ? "-redact" : `-${place}`;
  const name = `${base}${isInside(finding.field) ? "-inside" : ""}${isWide ? "-others" : ""}${isBack ? "-back" : ""}${suffix}`;
  const key = detect ? freeName(rules, name, detect) : name;
  const selector = selectorOf(finding.field);
  const found = rules.get(key);
  if (found) found.select.push(selector);
  else
    rules.set(key, {
      name: key,
      ...(isBack ? { on: "response" as const } : {}),
      select: [selector],
      ...(detect && { detect: [...detect] as [string, ...string[]] }),
      action,
    } as RuleOf);
}

function freeOf(name: string, taken: readonly string[]): string {
  let free = name;
  for (let count = 2; taken.includes(free); count++) free = `${name}-${count}`;
  return free;
}

/** Selectors that select nothing beside what others of the rule do are left out. */
const withoutRepeats = (rule: RuleOf): Rule => {
  const select = rule.select.filter((one) => !rule.select.some((other) => isWithin(one, other)));
  return { ...rule, select: select as [string, ...string[]] };
};

/**
 * Whether a JSONPath selects what another one selects too, or something in it: the other has `[*]` or `..` where this one
 * has names, or ends earlier.
 */
function isWithin(selector: string, other: string): boolean {
  if (selector === other) return false;
  const [one, two] = [pathOf(selector), pathOf(other)];
  if (one === undefined || two === undefined || one.before !== two.before) return false;
  const [steps, others] = [one.steps, two.steps];
  if (others[0]!.startsWith("..")) {
    const tail = others.map((step, index) => (index === 0 ? step.slice(1) : step));
    return !steps[0]!.startsWith("..") && String(steps.slice(-tail.length)) === String(tail);
  }
  return (
    others.length <= steps.length &&
    others.every((step, index) => step === steps[index] || (step === "[*]" && !steps[index]!.startsWith("..")))
  );
}

/** The last path of a selector, in steps, and what stands before it. */
function pathOf(selector: string): { before: string; steps: string[] } | undefined {
  const step = String.raw`\[\*\]|\.\.?[A-Za-z_]\w*|(?:\.\.)?\['(?:[^'\\]|\\.)*'\]`;
  const [, before, path] = new RegExp(`^(.*json:|.*jwt:)\\$((?:${step})+)$`, "s").exec(selector) ?? [];
  const steps = path?.match(new RegExp(step, "g"));
  return before !== undefined && steps ? { before, steps } : undefined;
}

/** What detectors found differs from place to place: each list of them is a rule. */
function freeName(rules: ReadonlyMap<string, RuleOf>, name: string, detect: readonly string[]): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    const taken = rules.get(candidate);
    if (taken === undefined || String(taken.detect) === String(detect)) return candidate;
  }
}
