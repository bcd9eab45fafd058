/**
 * Fields of XML: texts of elements, and attributes.
 *
 * Invariant: a name that stands in a value is read as the filter reads it, in front of what it names.
 */
import { PAIR } from "../../policy/constants.ts";
import { LONGEST_TOLD } from "../../policy/name-path.ts";
import { pairKind } from "../../policy/pairs.ts";
import { attributeValue, type Content, textOf } from "../../replay/bodies/xml/document.ts";
import { isNamespace, type Telling, toldBy, toldIn } from "../../replay/bodies/xml/told.ts";
import type { Direction, Met } from "../field.ts";
import { type Knowledge, valueFields } from "./documents.ts";
import { type ToldName, toldName } from "./told.ts";

const telling: Telling<ToldName> = {
  told: (text, raw) => (Buffer.byteLength(raw) > LONGEST_TOLD ? undefined : toldName(text)),
};

const isHolding = (local: string): boolean => pairKind(local) === PAIR.VALUE;

export function* elementFields(
  knowledge: Knowledge,
  direction: Direction,
  content: readonly Content[],
  path = "",
  names: readonly string[] = [],
  /** What tells the text, and that of elements in it whose names hold values. */
  told?: ToldName,
): Generator<Met> {
  const raw = content.map((child) => (child.kind === "text" ? child.raw : "")).join("");
  const text = path === "" ? "" : textOf(raw).trim();
  const isLeaf = path !== "" && !content.some(({ kind }) => kind === "element");
  if (text !== "" || isLeaf) {
    const met: Met = { direction, place: "xml", expression: path, names, value: text };
    // Nothing is told of an element that is empty: its value may be an attribute.
    yield* toldOr(knowledge, met, text === "" ? undefined : told);
  }
  let before: ToldName | undefined;
  for (const child of content) {
    if (child.kind !== "element") continue;
    const below = `${path}/${child.local}`;
    const inside = [...names, child.local];
    const beside = isHolding(child.local) ? before : undefined;
    const around = isHolding(child.local) ? told : undefined;
    const own = beside ? undefined : toldIn(telling, child);
    for (const [at, each] of child.attributes.entries()) {
      if (isNamespace(each)) continue;
      const { local } = each;
      const value = attributeValue(each.raw, each.quote);
      const met: Met = { direction, place: "xml", expression: `${below}/@${local}`, names: [...inside, local], value };
      const inFront = own && own.at < at ? own.on : undefined;
      yield* toldOr(knowledge, met, isHolding(local) ? (beside ?? inFront ?? around) : undefined);
    }
    yield* elementFields(knowledge, direction, child.children, below, inside, beside ?? own?.on ?? around);
    before = toldBy(telling, child) ?? before;
  }
}

/** The value by the name that is told of it, else what it spells or is by its place. */
function* toldOr(knowledge: Knowledge, met: Met, told: ToldName | undefined): Generator<Met> {
  if (told) yield { direction: met.direction, place: "named", ...told, value: met.value };
  else yield* valueFields(knowledge, met);
}
