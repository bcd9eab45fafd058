// docs/presets.md: what each preset does, rule by rule, written from the presets themselves.
// Invariant: the page says nothing that the policies do not.

import { clausesOf } from "../audit/clauses.ts";
import type { Action } from "../policy/policy.gen.ts";
import { spellings } from "../policy/spelling.ts";
import { NAMES, type Named } from "./names.ts";
import type { Preset, PresetRule } from "./preset.ts";

const intro = (presets: readonly Preset[]) => `<!-- Written by scripts/presets/page.ts. Do not edit. -->

# Presets

\`"extends": ["pci-dss"]\` puts the rules of a preset behind a policy's own, which decide first. Each rule names the clause that
asks for it, and each record of what it did names it too. \`policies/presets\` has them as policies, for reading and copying:
${presets.map(({ name }) => `\`${name}\``).join(", ")}.

**Names.** A rule is about kinds of data, and knows what payment, health, identity, travel and commerce APIs call them, in
English and some twenty other languages: ${Object.keys(NAMES).length} kinds, ${count(Object.values(NAMES))} names. Each is known in the spellings that services use
(${spellings("card number")
  .map((name) => `\`${name}\``)
  .join(", ")};
with acronyms also \`userID\` and \`UserID\`), and in one alone where a standard fixes it: \`StrtNm\` in ISO 20022, \`SMTP_ADDR\` in SAP.
Some are known at the end of a name too, whoever's it is: \`tenant_ssn\`, \`guardianEmail\`, \`txtCVV\`, \`dob2\`.
In a policy \`named:~'card number'\` selects a name of your own so. \`named:~'* card number'\` whatever ends so. In JSON, XML and protobuf a text may tell the name of the value
beside it: \`{"name": "cvv", "value": "737"}\`, \`<field name="cvv">737</field>\`, \`KeyValue{key: "cvv", value: "737"}\`.
A name that means something else as often (\`name\`, \`number\`, \`value\`) counts below a parent that says what it is:
\`card.number\`, \`customer.name\`. They are looked for in JSON, lines, events, forms, parts, queries, XML elements and attributes
(\`<birthDate value="..."/>\` of FHIR, too), protobuf fields where the policy names a descriptor set, and headers of one or two
words behind \`x-\`. Names that only look alike (\`panel\`, \`tokenType\`, \`hostname\`) are left alone; \`frostglass discover\` finds
what your services call otherwise.

**Objects.** Where a rule redacts with \`keepStructure\`, an object or list of the name keeps its structure, and each value in it is
redacted: a bug about its shape still shows. Names of members stay, but for what detectors find in them. Biometrics, lists of
keys and codes, and in \`gdpr\` special categories and records of health go as a whole, since there the names may tell what must
not leave. \`mask\` and others keep structure anyway.

**Detectors.** What no name gives away is found by what it looks like, wherever it stands (\`docs/detectors.md\`). Of presets that
stand side by side in \`extends\` these rules come last: a card number in a note must not keep the note from the rule of another
preset for notes.

The names of a kind stand in \`scripts/presets/names\`, the headers in \`scripts/presets/headers.ts\`.
`;

function count(all: readonly Named[]): number {
  return all.reduce((sum, { names, exact = [], below = [] }) => sum + names.length + exact.length + below.length, 0);
}

export function presetsPage(presets: readonly Preset[]): string {
  return `${[intro(presets).trimEnd(), ...presets.map(sectionOf)].join("\n\n")}\n`;
}

function sectionOf({ name, description, rules }: Preset): string {
  const rows = rules.map((rule) => [
    `\`${rule.name}\``,
    clausesOf(rule.description).join(", "),
    about(rule),
    done(rule),
  ]);
  const table = [["rule", "clause", "about", "does"], ["---", "---", "---", "---"], ...rows];
  return [`## ${name}`, description, table.map((row) => `| ${row.join(" | ")} |`).join("\n")].join("\n\n");
}

/** otherDates -> other dates */
const spaced = (kind: string): string => kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function about({ kinds = [], headers = [], cookies = [], detect = [], except = [], on }: PresetRule): string {
  const parts = [
    kinds.map(spaced).join(", "),
    listed("headers", headers),
    listed("cookies", cookies),
    listed(kinds.length > 0 ? "what is found there:" : "anywhere:", detect),
    listed("not", except),
  ].filter((part) => part !== "");
  return `${on === "response" ? "answers: " : ""}${parts.join("; ")}`;
}

const listed = (what: string, names: readonly string[]): string =>
  names.length === 0 ? "" : `${what} ${names.map((name) => `\`${name}\``).join(", ")}`;

function done({ action }: PresetRule): string {
  if (typeof action === "string") return action;
  const [[kind, settings] = ["", {}]] = Object.entries(action satisfies Action);
  const said = typeof settings === "object" ? Object.entries(settings as object).map(setting) : [`\`${settings}\``];
  return said.length === 0 ? kind : `${kind}: ${said.join(", ")}`;
}

/** As in JSON, without the quotes: a line that ends would end the row. */
const setting = ([key, value]: [string, unknown]): string =>
  `${key} \`${JSON.stringify(value).replace(/^"(.*)"$/, "$1")}\``;
