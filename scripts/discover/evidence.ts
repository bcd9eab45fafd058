/**
 * What speaks for a field being sensitive: its name, and what detectors find in its values.
 *
 * Invariant: evidence is names of kinds and detectors, and counts; never a value.
 */

import { Endings, endingOf } from "../policy/endings.ts";
import { plainName, spellings } from "../policy/spelling.ts";
import { NAMES, type Named, type NameKind } from "../presets/names.ts";
import type { Spot } from "./field.ts";

export interface Evidence {
  /** What the name says: a kind of names.ts. */
  readonly kind: NameKind | undefined;
  /** How often each detector found something. */
  readonly detectors: Map<string, number>;
  /** What a description says of it, in its words. */
  readonly marks?: string[];
  /** Something was found in a longer text. */
  isPartial?: boolean;
}

const words = new Map<string, NameKind>();
/** What says it at the end of a name, spelled. */
const byEnding = new Map<string, NameKind>();
const below: { parents: ReadonlySet<string>; names: ReadonlySet<string>; kind: NameKind }[] = [];
for (const [kind, named] of Object.entries(NAMES) as [NameKind, Named][]) {
  for (const name of named.names) if (!words.has(plainName(name))) words.set(plainName(name), kind);
  for (const ending of named.endings ?? []) for (const name of spellings(ending)) byEnding.set(endingOf(name), kind);
  for (const { parents, names } of named.below ?? [])
    below.push({ kind, parents: new Set(parents.map(plainName)), names: new Set(names.map(plainName)) });
}

const endings = new Endings(byEnding.keys());

/** The kind that a name says alone, or by what it ends with. */
const kindOfName = (name: string): NameKind | undefined =>
  words.get(plainName(name)) ?? byEnding.get(endings.of(name)[0] ?? "");

/** Whether a name says what it holds. */
export const isTelling = (name: string): boolean => kindOfName(name) !== undefined;

/** Headers that carry persons or credentials by habit, whatever their names say. */
const habits: Readonly<Record<string, NameKind>> = {
  authorization: "secret",
  "proxy-authorization": "secret",
  "x-forwarded-for": "ip",
  forwarded: "ip",
  "x-real-ip": "ip",
  "true-client-ip": "ip",
  "cf-connecting-ip": "ip",
  "x-client-ip": "ip",
  from: "email",
  referer: "url",
  "user-agent": "device",
  baggage: "freeText",
};

/** The kind that the field's name speaks for, under its parents. */
export function kindOf({ names, place, expression }: Spot): NameKind | undefined {
  if (place === "json-key" || place === "text" || place === "any" || place === "multipart-filename") return undefined;
  if (place === "header" && Object.hasOwn(habits, expression)) return habits[expression];
  // A cookie is a person's browser; which ones are sessions, their names do not say reliably.
  if (place === "cookie" && /sess|sid$|token|auth|jwt/i.test(expression)) return "secret";
  // RFC 7519, 4.1.2: whom the token is about.
  if (/\|jwt:\$\.sub$/.test(expression)) return "login";
  const own = plainName(names.at(-1) ?? "");
  const parents = names
    .slice(0, -1)
    .map(plainName)
    .filter((name) => name !== "");
  const near = parents.slice(-2);
  const under = below.find((entry) => entry.names.has(own) && near.some((parent) => entry.parents.has(parent)));
  return under?.kind ?? kindOfName(names.at(-1) ?? "") ?? words.get((parents.at(-1) ?? "") + own);
}
