// Presets as policies: every kind of name in every spelling, as selectors of each location.
// Invariant: the text depends on the presets and names.ts only; no selector is longer than the schema allows.

import { spellings } from "../policy/spelling.ts";
import { isListedName } from "../policy/xpath.ts";
import type { Below, Named } from "./names/named.ts";
import { NAMES, type NameKind } from "./names.ts";
import type { Preset, PresetRule } from "./preset.ts";

/** The schema has 4,096; brackets and locations take a few of them. */
const longest = 4000;

/** The text of policies/presets/NAME.json. */
export function presetText({ name, description, rules }: Preset): string {
  const taken = new Set<string>();
  // A header, cookie or parameter that an earlier rule of the preset names would never get to a later one.
  const isFirst = (rule: PresetRule, selector: string): boolean => {
    const key = `${rule.on ?? "request"} ${selector}`;
    const isNew = !taken.has(key);
    taken.add(key);
    return isNew;
  };
  const policy = {
    $schema: "../policy.schema.json",
    name,
    description,
    rules: rules.map((rule) => ({
      name: rule.name,
      description: rule.description,
      ...(rule.on === undefined ? {} : { on: rule.on }),
      select: rule.detect ? "any:" : selectors(rule).filter((selector) => isFirst(rule, selector)),
      ...(rule.detect && { detect: rule.detect }),
      ...(rule.except && { except: rule.except }),
      action: rule.action,
    })),
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

const all = (names: readonly string[]): string[] => [...new Set(names.flatMap(spellings))];

function selectors({ kinds = [], headers = [], cookies = [] }: PresetRule): string[] {
  const named = kinds.map((kind: NameKind): Named => NAMES[kind]);
  const exact = named.flatMap(({ exact: verbatim = [] }) => verbatim);
  const alone = [...new Set([...all(named.flatMap(({ names }) => names)), ...exact])];
  const below = named.flatMap(({ below: nested = [] }): readonly Below[] => nested).flatMap(belowOf);
  // Headers have short names.
  const short = named.flatMap(({ names }) => names).filter((words) => words.split(" ").length <= 2);
  const inHeaders = [...new Set(short.map((words) => words.replaceAll(" ", "-")))];
  return [
    ...lists(alone.map(quoted), ",").map((list) => `named:[${list}]`),
    ...below,
    ...valuesOf(alone),
    ...headers.map((header) => `header:${header}`),
    ...inHeaders.map((header) => `header:x-${header}`),
    ...cookies.map((cookie) => `cookie:${cookie}`),
  ];
}

function belowOf({ parents, names, holds, through = [] }: Below): string[] {
  const leaves = all(names);
  const leaf = leaves.map(quoted).join(",");
  const tags = leaves.filter(isListedName).join("|");
  const around = all(parents);
  const between = all(through).map(quoted).join(",");
  return [
    ...lists(around.map(quoted), ",", leaf + between).flatMap((list) => [
      `named:[${list}][${leaf}]`,
      ...(between === "" ? [] : [`named:[${list}][${between}][${leaf}]`]),
      ...(holds === "one" ? [] : [`named:[${list}][${holds === "several" ? "*" : ":"}][${leaf}]`]),
    ]),
    ...lists(around.filter(isListedName), "|", tags).map((list) => `xml://(${list})/(${tags})/@value`),
  ];
}

/** FHIR and CDA write `<birthDate value="1970-01-01"/>`: an attribute that a rule on the element does not reach. */
const valuesOf = (names: readonly string[]): string[] =>
  lists(names.filter(isListedName), "|").map((list) => `xml://(${list})/@value`);

const quoted = (name: string): string => `'${name}'`;

/** Names in as many lists as it takes, each as long as a selector may be that has something else, too. */
function lists(names: readonly string[], separator: string, beside = ""): string[] {
  const found: string[] = [];
  for (const name of names) {
    const last = found.at(-1);
    if (last !== undefined && last.length + name.length + beside.length < longest)
      found[found.length - 1] = last + separator + name;
    else found.push(name);
  }
  return found;
}
