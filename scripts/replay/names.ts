/**
 * The names that receivers read in the name of a field, seen from outside (docs/internals.md, "Names as receivers read them").
 *
 * Invariant: the first is the name as it stands.
 */
import { withoutPosition } from "../policy/name-path.ts";
import type { RuleView } from "./oracle.ts";
import { type Selector, selectorsOf } from "./selectors.ts";
import { decodePercent } from "./text.ts";

/** Up to a NUL, without what is no visible ASCII around it, and what some receivers leave out in front of it or behind. */
function trimmedName(name: string): string {
  const inner = name
    .replace(/^\0+|(?<=[^\0])\0.*$/gs, "")
    .replace(/^(?:[^!-~]|[!#,/:;=?[\\\]])+|(?:[^!-~]|[,:;=])+$/g, "");
  return withoutPosition(inner.includes("[") ? inner : inner.replace(/\]+$/, ""));
}

/** As the name of a variable in PHP, or of a header in CGI. */
const mangledName = (location: string, name: string): string =>
  location === "header" ? name.replace(/[._]/g, "-") : name.replace(/[. ]|\[(?![^\]]*\])/g, "_");

/** Without what parts a path and has nothing on its other side. */
function baredName(name: string): string {
  const inner = name.replace(/^[.!#,/:;=?[\\\]]+|[.[]+$/g, "");
  return inner.includes("[") ? inner : inner.replace(/\]+$/, "");
}

/** In windows-1252, where it is no UTF-8: its bytes stand in it as they are (text.ts). */
const widenedName = (name: string): string =>
  name.replace(/[\x80-\x9f]/g, (byte) => new TextDecoder("windows-1252").decode(Buffer.of(byte.charCodeAt(0))));

function readings(location: string, name: string): string[] {
  const trimmed = trimmedName(name);
  const bared = location === "header" ? "" : baredName(trimmed);
  const others = trimmed === "" ? [] : [trimmed, mangledName(location, trimmed), ...(bared === "" ? [] : [bared])];
  return [name, ...others, widenedName(name)];
}

/** Those of a cookie without escapes as well. */
export function readingsOf(location: string, name: string): string[] {
  const plain = location === "cookie" ? decodePercent(name) : name;
  return [...new Set([...readings(location, name), ...readings(location, plain)])];
}

/**
 * The rules that select the field of the name in one of these readings. Of those that select it by another one than the name
 * as it stands, what detects counts, and the others where the first of them acts.
 */
export function selectingByName(
  rules: readonly RuleView[],
  location: string,
  name: string,
  selects: (rule: RuleView, name: string) => boolean,
): RuleView[] {
  const [asItStands = name, ...others] = readingsOf(location, name);
  const found = new Set(rules.filter((rule) => selects(rule, asItStands)));
  for (const reading of others) {
    const all = rules.filter((rule) => selects(rule, reading));
    const isPassing = all.find(({ detect }) => detect === undefined)?.action.kind === "pass";
    for (const rule of all) if (rule.detect !== undefined || !isPassing) found.add(rule);
  }
  return rules.filter((rule) => found.has(rule));
}

/** The selectors of the rule whose pattern is that of the field, in one of these readings. */
export const selectorsNaming = (rule: RuleView, location: string, name: string): Selector[] =>
  selectorsOf(rule, location, ...readingsOf(location, name));
