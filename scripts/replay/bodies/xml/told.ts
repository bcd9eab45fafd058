/**
 * Names that stand in values of XML (docs/internals.md): what the text of an element, or an attribute, tells.
 *
 * Invariant: a name stands in front of what it names.
 */
import { PAIR } from "../../../policy/constants.ts";
import { pairKind } from "../../../policy/pairs.ts";
import { type Attribute, attributeValue, type Element, textOf } from "./document.ts";

/** What a text tells, as it reads and as it is spelled. */
export interface Telling<Told> {
  told(text: string, raw: string): Told | undefined;
}

export const isNamespace = ({ name }: Attribute): boolean => name === "xmlns" || name.startsWith("xmlns:");

/** What an element tells of those behind it, by its text or by an attribute that stands for that. */
export function toldBy<Told>(telling: Telling<Told>, { local, attributes, children }: Element): Told | undefined {
  if (pairKind(local) !== PAIR.NAME) return undefined;
  let raw = "";
  for (const child of children) {
    if (child.kind !== "text" || child.raw.includes("<")) return undefined;
    raw += child.raw;
  }
  const values = attributes.filter((each) => pairKind(each.local) === PAIR.VALUE && !isNamespace(each));
  const texts = values.map((each) => telling.told(attributeValue(each.raw, each.quote), each.raw));
  return [...texts, telling.told(textOf(raw), raw)].findLast((one) => one !== undefined);
}

/** What the attributes of an element tell of what it holds, and which of them. */
export function toldIn<Told>(telling: Telling<Told>, { attributes }: Element): { at: number; on: Told } | undefined {
  for (const [at, each] of attributes.entries()) {
    if (each.name !== each.local || isNamespace(each) || pairKind(each.local) !== PAIR.NAME) continue;
    const on = telling.told(attributeValue(each.raw, each.quote), each.raw);
    if (on) return { at, on };
  }
  return undefined;
}
