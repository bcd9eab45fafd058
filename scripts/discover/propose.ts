/**
 * From fields with evidence to a policy: one rule a kind, its action as the presets have it.
 *
 * Invariant: the proposal compiles; a field for which nothing speaks has no rule.
 */

import type { Action, Policy, Rule } from "../policy/policy.gen.ts";
import type { NameKind } from "../presets/names.ts";
import type { Evidence } from "./evidence.ts";
import { type Field, selectorOf } from "./inventory.ts";

export interface Finding {
  readonly field: Field;
  readonly evidence: Evidence;
}

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

function decide({ evidence: { kind, detectors } }: Finding): [name: string, action: Action] {
  if (kind !== undefined) return [ruleName(kind), byKind[kind] ?? "redact"];
  const [first = ""] = [...detectors].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return byDetector[first] ?? [first.toLowerCase().replaceAll("_", "-"), "redact"];
}

/** `descriptors` are the files that tell what `grpc:` selectors mean. */
export function proposePolicy(name: string, findings: readonly Finding[], descriptors: readonly string[] = []): Policy {
  const rules = new Map<string, Rule & { select: string[] }>();
  for (const finding of findings) {
    const [base, proposed] = decide(finding);
    const { direction, place, isBlunt = false, isRequired = false } = finding.field;
    const isBack = direction === "response";
    // A path without a segment is another path, and a message without a required field is none.
    const mustStay = proposed === "strip" && (place === "path" || isRequired);
    const action = mustStay || isBlunt ? "redact" : proposed;
    // What the service sends back was a token when it came in; what never was one is anonymized all the same.
    const key = `${base}${isBack ? "-back" : ""}${action === proposed ? "" : isBlunt ? "-redact" : `-${place}`}`;
    const found = rules.get(key);
    if (found) found.select.push(selectorOf(finding.field));
    else
      rules.set(key, {
        name: key,
        ...(isBack ? { on: "response" as const } : {}),
        select: [selectorOf(finding.field)],
        action,
      });
  }
  for (const [key, rule] of rules) {
    const undone = key.endsWith("-back") ? rules.get(key.slice(0, -"-back".length)) : undefined;
    if (undone && typeof undone.action === "object" && "tokenize" in undone.action)
      rule.action = { reveal: undone.name };
  }
  return {
    $schema: "./policy.schema.json",
    name,
    description:
      "Proposed from recorded traffic: names and detectors, no guarantee. Read every rule before it protects anything.",
    activation: { verify: "presence" },
    keys: { root: { env: "FROSTGLASS_KEY" } },
    ...(descriptors.length > 0 && { protobuf: { descriptors: [...descriptors] } }),
    rules: [...rules.values()] as Rule[],
  } as Policy;
}
