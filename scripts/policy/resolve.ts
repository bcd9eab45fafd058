// A validated policy -> its settings with all defaults, and its rules in final order.
// Invariants: own rules first, then those of `extends`, depth first, each file once, and of presets those last that look
// everywhere; a setting comes from the first file in that order that has it. Nothing that this version cannot enforce gets
// through without an error.

import type { Detector } from "../detect/detector.ts";
import { type ResolvedAction, redactText, resolveAction } from "./action.ts";
import { MAX } from "./constants.ts";
import { type ResolvedDetect, resolveDetect, resolveDetectors } from "./detect.ts";
import { spellingIn } from "./endings.ts";
import type { ResolvedSelector } from "./location.ts";
import type { Activation, Policy, Rule, Direction as RuleDirection, Tokenize } from "./policy.gen.ts";
import { type ResolvedProtobuf, resolveProtobuf } from "./protobuf/index.ts";
import { resolveReveal } from "./reveal.ts";
import { resolveSelector } from "./selector.ts";
import { type ResolvedSession, resolveSession } from "./session.ts";
import { parseSize } from "./sizes.ts";
import type { Path, Source } from "./source.ts";
import { domainFault } from "./token-domain.ts";
import { type ResolvedUnsupported, resolveUnsupported } from "./unsupported.ts";

/** Which half of an exchange, as the filter sees it where it stands. */
export type Direction = "request" | "response";

/** Where the filter stands: before the tunnel, or where the hotfix calls out through the gateway. */
export type Role = "edge" | "egress";

export interface ResolvedRule {
  name: string;
  action: ResolvedAction;
  /** Where it acts, in the words of the policy and of the role that the policy was compiled for (roles.ts). */
  directions: RuleDirection[];
  selectors: ResolvedSelector[];
  /** It acts on what is found in the selected values. */
  detect?: ResolvedDetect;
  /** The file that holds the rule, and the rule's path in it. */
  source: Source;
  path: Path;
}

export interface ResolvedLimits {
  hold: number;
  value: number;
  depth: number;
  body: number;
}

export interface ResolvedPolicy {
  name: string;
  description: string | undefined;
  activation: {
    /** Undefined: no header activates. */
    header: string | undefined;
    verify: "presence" | "jwt" | undefined;
    /** What a session token must be; there exactly with "jwt". */
    session: ResolvedSession | undefined;
    keepHeader: boolean;
    clusters: string[];
    always: boolean;
  };
  /** The roots, the current one first. */
  roots: [Root, ...Root[]];
  egress: { clusters: string[]; hosts: string[]; otherwise: "keep" | "block" };
  limits: ResolvedLimits;
  unmatched: "pass" | "redact" | "strip" | "block";
  unsupported: ResolvedUnsupported;
  compressed: "block" | "decode";
  /** What the policy says of protobuf; undefined where it says nothing. */
  protobuf: ResolvedProtobuf | undefined;
}

/** A root key: the environment variable that holds it, its name in opaque tokens, and until when (Unix seconds) it was
 * the current one; 0 for the one that is. */
export interface Root {
  variable: string;
  id: string;
  until: number;
}

/** One file of the chain, own file first; `broken` are the paths that the schema refuses. */
export interface Part {
  source: Source;
  isPreset: boolean;
  policy: Policy;
  broken: Path[];
}

const isBroken = (part: Part, path: Path) =>
  part.broken.some((broken) => path.every((step, index) => index >= broken.length || broken[index] === step));

/** The first file that has the setting, and the setting. */
function setting<T>(parts: Part[], path: Path, pick: (policy: Policy) => T | undefined): [Part, T] | undefined {
  for (const part of parts) {
    if (isBroken(part, path)) continue;
    const value = pick(part.policy);
    if (value !== undefined) return [part, value];
  }
  return undefined;
}

export function resolvePolicy(parts: Part[]): ResolvedPolicy {
  const own = parts[0]!;
  const get = <T>(path: Path, pick: (policy: Policy) => T | undefined, fallback: T): T =>
    setting(parts, path, pick)?.[1] ?? fallback;
  return {
    name: own.policy.name,
    description: own.policy.description,
    activation: resolveActivation(parts),
    roots: resolveRoots(parts),
    egress: {
      clusters: get(["egress", "clusters"], (policy) => policy.egress?.clusters, []),
      hosts: get(["egress", "hosts"], (policy) => policy.egress?.hosts, []).map((host) => host.toLowerCase()),
      otherwise: get(["egress", "otherwise"], (policy) => policy.egress?.otherwise, "block"),
    },
    limits: {
      hold: size(parts, "hold", 64 * 1024, 0, MAX.HOLD),
      value: size(parts, "value", 16 * 1024, 1, MAX.VALUE),
      depth: get(["limits", "depth"], (policy) => policy.limits?.depth, 128),
      body: size(parts, "body", 1024 ** 3, 1, Number.MAX_SAFE_INTEGER),
    },
    unmatched: get(["unmatched"], (policy) => policy.unmatched, "pass"),
    unsupported: resolveUnsupported(get(["unsupported"], (policy) => policy.unsupported, "block")),
    compressed: get(["compressed"], (policy) => policy.compressed, "block"),
    protobuf: resolveTypes(parts),
  };
}

function resolveTypes(parts: Part[]): ResolvedProtobuf | undefined {
  const [part, protobuf] = setting(parts, ["protobuf"], (policy) => policy.protobuf) ?? [];
  const isSound = part !== undefined && !part.broken.some(([first]) => first === "protobuf");
  return isSound ? resolveProtobuf(part.source, protobuf!) : undefined;
}

function size(parts: Part[], key: "hold" | "value" | "body", fallback: number, least: number, most: number): number {
  const path = ["limits", key];
  const found = setting(parts, path, (policy) => policy.limits?.[key]);
  if (!found) return fallback;
  const bytes = parseSize(found[1]);
  if (bytes >= least && bytes <= most) return bytes;
  const message = `limits.${key} is ${bytes} bytes`;
  found[0].source.error("out-of-range", { path }, message, `choose ${least} to ${most} bytes`);
  return fallback;
}

function resolveRoots(parts: Part[]): [Root, ...Root[]] {
  const [own, current] = setting(parts, ["keys", "root"], (policy) => policy.keys?.root) ?? [];
  const previous = setting(parts, ["keys", "previous"], (policy) => policy.keys?.previous);
  const roots: [Root, ...Root[]] = [{ variable: current?.env ?? "FROSTGLASS_KEY", id: current?.id ?? "k0", until: 0 }];
  if (current && own) refuseKeyAsName(own.source, ["keys", "root", "env"], current.env);
  previous?.[1].forEach(({ env, id, until }, index) => {
    const path = ["keys", "previous", index];
    refuseKeyAsName(previous[0].source, [...path, "env"], env);
    const taken = roots.find((root) => root.id === id || root.variable === env);
    const seconds = Date.parse(until) / 1000;
    if (Number.isNaN(seconds)) {
      const remedy = "write YYYY-MM-DDTHH:MM:SSZ";
      previous[0].source.error("invalid-time", { path: [...path, "until"] }, `${until} is no time`, remedy);
    } else if (taken) {
      const message = `id or variable of this key is taken by another one: ${taken.id}, ${taken.variable}`;
      previous[0].source.error("duplicate-key", { path }, message, "give each root its own id and variable");
    } else if (index > 0 && seconds >= roots[index]!.until) {
      const message = "a root cannot have been current longer than the one before it in the list";
      previous[0].source.error("key-order", { path: [...path, "until"] }, message, "list the newest first");
    }
    roots.push({ variable: env, id, until: seconds });
  });
  return roots;
}

/** 32 bytes or more as hex or base64url are a key, whatever else they could be: the name of a variable is shorter. */
export function refuseKeyAsName(source: Source, path: Path, name: string): void {
  const looksRandom =
    /^[0-9a-f]{64,}$/i.test(name) || (/^[\w-]{43,}$/.test(name) && /[a-z]/.test(name) && /\d/.test(name));
  if (!looksRandom) return;
  const message = `\`${path.join(".")}\` looks like a key, and whoever reads the policy has it now`;
  source.error("key-in-policy", { path }, message, "put a new key into an environment variable, and its name here");
}

function resolveActivation(parts: Part[]): ResolvedPolicy["activation"] {
  const find = <K extends keyof Activation>(key: K) =>
    setting(parts, ["activation", key], (policy) => policy.activation?.[key]);
  const header = find("header");
  const verify = find("verify");
  const clusters = find("clusters")?.[1] ?? [];
  const always = find("always")?.[1] ?? false;
  const keepHeader = find("keepHeader")?.[1] ?? false;
  const otherwise = always || clusters.length > 0;
  const session = resolveProofOfSession(parts, verify?.[1] === "jwt");
  if (!header && !verify && otherwise) {
    return { header: undefined, verify: undefined, session, keepHeader, clusters, always };
  }
  const name = (header?.[1] ?? "x-emergency-tunnel").toLowerCase();
  if (session?.sessionHeader === name) {
    const path = ["activation", "sessionHeader"];
    const message = "the session cannot be told in the header that proves it";
    parts[0]!.source.error("duplicate-header", { path }, message, "choose another name");
  }
  return { header: name, verify: verify?.[1] ?? "presence", session, keepHeader, clusters, always };
}

/** The settings of `verify: "jwt"`; without it they would be read by nobody, and are refused. */
function resolveProofOfSession(parts: Part[], isDemanded: boolean): ResolvedSession | undefined {
  const jwt = setting(parts, ["activation", "jwt"], (policy) => policy.activation?.jwt);
  const invalid = setting(parts, ["activation", "invalid"], (policy) => policy.activation?.invalid);
  const header = setting(parts, ["activation", "sessionHeader"], (policy) => policy.activation?.sessionHeader);
  if (!isDemanded) {
    for (const [key, found] of Object.entries({ jwt, invalid, sessionHeader: header })) {
      if (!found || parts.some((part) => isBroken(part, ["activation", "verify"]))) continue;
      const message = `\`${key}\` is not used, since no token is demanded`;
      found[0].source.error("unused-setting", { path: ["activation"], key }, message, 'add "verify": "jwt"');
    }
    return undefined;
  }
  if (!jwt) {
    if (parts.some((part) => isBroken(part, ["activation", "jwt"]))) return undefined;
    const remedy = 'add "jwt": {"algorithm": "HS256", "key": {"env": "FROSTGLASS_TOKEN_KEY"}, "audience": "..."}';
    parts[0]!.source.error("missing-property", { path: ["activation"] }, "`activation` lacks `jwt`", remedy);
    return undefined;
  }
  return resolveSession(jwt[0].source, jwt[1], parts[0]!.policy.name, {
    invalid: invalid?.[1] ?? "refuse",
    sessionHeader: header?.[1].toLowerCase(),
  });
}

/** The detectors of all files, own file first. */
export const detectorsOf = (parts: readonly Part[]): Detector[] =>
  resolveDetectors(
    parts.map((part) => ({
      source: part.source,
      detectors: Array.isArray(part.policy.detectors)
        ? part.policy.detectors.filter((_, index) => !isBroken(part, ["detectors", index]))
        : [],
    })),
  );

/**
 * Of presets in a row the rules that look everywhere stand behind all others, since what a detector finds in a text decides
 * about that text: a card number in a note must not keep the note from the rule of another preset.
 */
function inOrder(rules: readonly { part: Part; rule: ResolvedRule }[]): ResolvedRule[] {
  const ordered: ResolvedRule[] = [];
  const everywhere: ResolvedRule[] = [];
  for (const { part, rule } of rules) {
    if (!part.isPreset) ordered.push(...everywhere.splice(0));
    const isEverywhere = part.isPreset && rule.selectors.every(({ location }) => location === "any");
    (isEverywhere ? everywhere : ordered).push(rule);
  }
  return [...ordered, ...everywhere];
}

export function resolveRules(parts: Part[]): ResolvedRule[] {
  // Of all detectors, since one that is broken has had its say already.
  const detectors = parts.flatMap(({ policy }) => (Array.isArray(policy.detectors) ? policy.detectors : []));
  const detectorNames = detectors.map((detector) => String(detector?.name));
  const found: { part: Part; rule: ResolvedRule }[] = [];
  const names = new Map<string, ResolvedRule>();
  for (const part of parts) {
    if (!Array.isArray(part.policy.rules)) continue;
    part.policy.rules.forEach((rule, index) => {
      if (typeof rule !== "object" || rule === null) return;
      const resolved = resolveRule(part, ["rules", index], rule, detectorNames);
      found.push({ part, rule: resolved });
      const first = names.get(rule.name);
      if (first) {
        const { line } = first.source.position({ path: first.path });
        const message = `the rule name ${rule.name} is taken by ${first.source.path}:${line}`;
        const place = { path: [...resolved.path, "name"] };
        part.source.error("duplicate-rule", place, message, "name each rule differently");
      } else names.set(rule.name, resolved);
    });
  }
  const rules = inOrder(found);
  if (rules.length > MAX.RULES) {
    const message = `${rules.length} rules are too many`;
    parts[0]!.source.error("too-many-rules", { path: ["rules"] }, message, `use at most ${MAX.RULES}`);
  }
  if (rules.filter(({ detect }) => detect).length > MAX.DETECTS) {
    const message = `more than ${MAX.DETECTS} rules detect`;
    parts[0]!.source.error("too-many-detects", { path: ["rules"] }, message, "join those with the same action");
  }
  const domains = new Set(rules.flatMap(({ action }) => (action.kind === "tokenize" ? action.token.domain : [])));
  if (domains.size > MAX.DOMAINS) {
    const message = `${domains.size} domains of tokens are too many`;
    parts[0]!.source.error("too-many-domains", { path: ["rules"] }, message, `use at most ${MAX.DOMAINS}`);
  }
  for (const rule of rules) resolveReveal(rule, names);
  return rules;
}

/** Resolves what the schema accepts of a rule, so that one broken property does not hide problems of the others. */
function resolveRule(part: Part, path: Path, rule: Rule, detectorNames: readonly string[]): ResolvedRule {
  const { source } = part;
  const sound = (...steps: Path) => !isBroken(part, [...path, ...steps]);
  if (rule.name === "unmatched") {
    const message = 'the rule name "unmatched" is reserved for what no rule names';
    source.error("reserved-name", { path: [...path, "name"] }, message, "choose another name");
  }
  const selectors = list(rule.select).flatMap((text, index) => {
    const steps = Array.isArray(rule.select) ? ["select", index] : ["select"];
    return sound(...steps) ? resolveSelector(source, { path: [...path, ...steps] }, text) : [];
  });
  const action = sound("action") ? resolveAction(source, [...path, "action"], rule.action) : undefined;
  if (action?.kind === "tokenize") {
    const fault = domainFault((rule.action as { tokenize: Tokenize }).tokenize, selectors.flatMap(lastNames));
    if (fault) source.error("small-domain", { path: [...path, "action", "tokenize"] }, fault.message, fault.remedy);
  }
  if (action?.kind === "strip" && selectors.some(({ location }) => location === "json-key")) {
    const message = "a member without its name is no member";
    source.error("conflict", { path: [...path, "action"] }, message, 'strip the member itself with "json:"');
  }
  if (action?.kind === "strip" && selectors.some(takesSegment)) {
    const message = "a path without one of its segments is another path";
    source.error("conflict", { path: [...path, "action"] }, message, 'use "redact", "hash" or "tokenize"');
  }
  const detect = ["detect", "whole", "threshold", "context", "except"].every((key) => sound(key))
    ? resolveDetect(source, path, rule, detectorNames)
    : undefined;
  if (action && rule.detect) checkDetect(source, path, action, rule.whole === true, selectors);
  if (!rule.detect) {
    for (const { location, place } of selectors) {
      if (location !== "any" && location !== "text") continue;
      const message = `${location}: selects text in which something has to be found`;
      source.error("missing-detect", place, message, 'add "detect": ["CREDIT_CARD", "EMAIL_ADDRESS"]');
    }
  }
  if (action) checkFieldText(source, [...path, "action"], action, selectors);
  return {
    name: rule.name,
    // What could not be resolved is an error, and no binary is written.
    action: action ?? { kind: "block" },
    directions: sound("on") ? list(rule.on ?? "request") : [],
    selectors,
    ...(detect && { detect }),
    source,
    path,
  };
}

/** What an action cannot do with a find, or with the values in which it is found. */
function checkDetect(
  source: Source,
  path: Path,
  action: ResolvedAction,
  isWhole: boolean,
  selectors: readonly ResolvedSelector[],
): void {
  const { kind } = action;
  if (kind === "redact" && action.keepStructure) {
    const message = "`keepStructure` is not used, since what is found is text or a number";
    source.error(
      "unused-setting",
      { path: [...path, "action", "redact"], key: "keepStructure" },
      message,
      "leave it out",
    );
  }
  if (isWhole && kind === "strip" && selectors.some(({ location }) => location === "any")) {
    const message = "any: selects names and path segments too, and those cannot be stripped as a whole";
    source.error("conflict", { path: [...path, "action"] }, message, 'use "redact", or leave "whole" out');
  }
  if (isWhole && selectors.some(({ location }) => location === "text")) {
    const message = "a body of text has no end to wait for";
    source.error("conflict", { path: [...path, "whole"] }, message, "leave it out: finds are acted on one by one");
  }
}

/** The names that a selector ends in, a header's without the "x-" of names made up. */
/** Whether the selector selects a segment as a whole, or all that it spells. */
const takesSegment = ({ location, inside }: ResolvedSelector): boolean =>
  location === "path" && inside?.at(-1)?.expression === undefined;

function lastNames({ query, path, expression }: ResolvedSelector): string[] {
  const step = query ? undefined : path?.steps.at(-1);
  if (step) return step.kind === "field" ? [step.name] : [];
  if (!query) return [expression.replace(/^x-/i, "")];
  const last = query.segments.at(-1)?.selectors ?? [];
  return last.flatMap((step) => (step.kind === "name" ? spellingIn(step.name).replace(/^@/, "") : []));
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? [...value] : [value]);

/** A replacement must be able to stand in a header: RFC 9110, 5.5, and for cookies RFC 6265, 4.1.1. */
function checkFieldText(source: Source, path: Path, action: ResolvedAction, selectors: ResolvedSelector[]): void {
  const text = action.kind === "mask" ? action.char : action.kind === "redact" ? redactText(action) : "";
  const has = (location: string) => selectors.some((selector) => selector.location === location);
  if (has("header") && /[^\x20-\x7e]/.test(text)) {
    const message = "the replacement holds a character that no header may hold";
    source.error("invalid-replacement", { path }, message, "use visible ASCII, or split the rule");
  } else if (has("cookie") && /[^\x21-\x7e]|[",;\\]/.test(text)) {
    const message = "the replacement holds a character that no cookie may hold";
    source.error("invalid-replacement", { path }, message, 'use visible ASCII without " , ; and \\, or split the rule');
  }
}
