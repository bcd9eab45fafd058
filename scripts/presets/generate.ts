// Presets as policies: every kind of name, in every spelling but for those that a standard fixes, as selectors of each location.
// Invariant: the text depends on the presets and names.ts only.

import { isListedName } from "../policy/xpath.ts";
import type { Below, Named } from "./names/named.ts";
import { NAMES, type NameKind } from "./names.ts";
import type { Preset, PresetRule } from "./preset.ts";

/** Of a list of names, for those who read the file. */
const longest = 100;

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
      select: selecting(rule, (selector) => isFirst(rule, selector)),
      ...(rule.detect && { detect: rule.detect }),
      ...(rule.except && { except: rule.except }),
      action: rule.action,
    })),
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

/** Where rules that detect find nothing, later ones decide: they take no selector from those. */
function selecting(rule: PresetRule, isFirst: (selector: string) => boolean): string | string[] {
  if (rule.detect) return rule.kinds ? selectors(rule) : "any:";
  return selectors(rule).filter(isFirst);
}

function selectors({ kinds = [], headers = [], cookies = [] }: PresetRule): string[] {
  const named = kinds.map((kind: NameKind): Named => NAMES[kind]);
  const words = [...new Set(named.flatMap(({ names }) => names))];
  const endings = [...new Set(named.flatMap(({ endings: last = [] }) => last))];
  const exact = [...new Set(named.flatMap(({ exact: verbatim = [] }) => verbatim))];
  const below = named.flatMap(({ below: nested = [] }): readonly Below[] => nested).flatMap(belowOf);
  // Headers have short names.
  const inHeaders = words.filter((name) => name.split(" ").length <= 2).map((name) => name.replaceAll(" ", "-"));
  return [
    ...lists([...words.map(spelled), ...endings.map(ending), ...exact.map(quoted)], ",").map(
      (list) => `named:[${list}]`,
    ),
    ...below,
    ...valuesOf([...words, ...endings.map((name) => `* ${name}`)], exact),
    ...headers.map((header) => `header:${header}`),
    ...inHeaders.map((header) => `header:x-${header}`),
    ...cookies.map((cookie) => `cookie:${cookie}`),
  ];
}

function belowOf({ parents, names, holds, through = [] }: Below): string[] {
  const leaf = names.map(spelled).join(",");
  const tags = elements(names).join("|");
  const between = through.map(spelled).join(",");
  return [
    ...lists(parents.map(spelled), ",").flatMap((list) => [
      `named:[${list}][${leaf}]`,
      ...(between === "" ? [] : [`named:[${list}][${between}][${leaf}]`]),
      ...(holds === "one" ? [] : [`named:[${list}][${holds === "several" ? "*" : ":"}][${leaf}]`]),
    ]),
    ...lists(elements(parents), "|").map((list) => `xml://(${list})/(${tags})/@value`),
  ];
}

/** FHIR and CDA write `<birthDate value="1970-01-01"/>`: an attribute that a rule on the element does not reach. */
const valuesOf = (words: readonly string[], exact: readonly string[]): string[] =>
  lists([...elements(words), ...exact.filter(isListedName)], "|").map((list) => `xml://(${list})/@value`);

const quoted = (name: string): string => `'${name}'`;

/** The words of a name, for each of its spellings. */
const spelled = (words: string): string => `~${quoted(words)}`;

const ending = (words: string): string => spelled(`* ${words}`);

const elements = (words: readonly string[]): string[] =>
  words.filter((name) => isListedName(name.replace(/^\* /, ""))).map((name) => `~${name}`);

/** Names in as many lists as it takes, each as long as a line is read. */
function lists(names: readonly string[], separator: string): string[] {
  const found: string[] = [];
  for (const name of names) {
    const last = found.at(-1);
    if (last !== undefined && last.length + name.length < longest) found[found.length - 1] = last + separator + name;
    else found.push(name);
  }
  return found;
}
