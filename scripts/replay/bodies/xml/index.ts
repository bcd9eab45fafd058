/** An XML body: saxes reads it, the text that must stay is compared character by character, the rest by its rule. */
import type { Comparison } from "../../compare.ts";
import { isKeyed, isRedacted, replacementFault } from "../../replacement.ts";
import { allow, type BodyReading, differ, merge } from "../reading.ts";
import { attributeValue, parseXml, referencesIn, textOf } from "./document.ts";
import { expectXml, type Hole, type Piece } from "./expect.ts";
import type { XmlRules } from "./rules.ts";

export { XmlRules } from "./rules.ts";

/** `isPart`: the document stands beside others to which it may refer. */
export function readXml(rules: XmlRules, body: Uint8Array, isPart = false): BodyReading | undefined {
  const document = parseXml(body);
  if (document === undefined) return undefined;
  const { pieces, secrets } = expectXml(rules, document, isPart);
  // Pieces that stand together may hold one tag: what may leave is searched as it leaves.
  const stays = (piece: Piece) => (typeof piece === "string" ? piece : `\n${piece.rule.reading?.passing ?? ""}\n`);
  const staying = pieces.map(stays).join("");
  return {
    secrets,
    passing: staying,
    compare(after) {
      const found = parseXml(after);
      const text = Buffer.from(after).toString("utf8");
      if (found !== undefined && isPart && referencesIn(found).join() !== referencesIn(document).join()) {
        return differ("body", "what was left out or replaced stands in a part that went on");
      }
      if (found !== undefined) return merge([compare(pieces, text), allow(staying)]);
      return merge([differ("body", "not a well-formed XML document any more"), allow(staying)]);
    },
  };
}

function compare(pieces: readonly Piece[], text: string): Comparison {
  const comparisons: Comparison[] = [];
  let at = 0;
  let last = "body";
  for (const piece of pieces) {
    if (typeof piece === "string") {
      if (!text.startsWith(piece, at)) return merge([...comparisons, differ(`behind ${last}`, "must stay as it is")]);
      at += piece.length;
    } else {
      const { end, comparison } = compareHole(piece, text, at);
      comparisons.push(comparison);
      at = end;
      last = piece.location;
    }
  }
  if (at < text.length) comparisons.push(differ("body", "more than was there before"));
  return merge(comparisons);
}

function compareHole(hole: Hole, text: string, at: number): { end: number; comparison: Comparison } {
  const { rule, location, value, quote, space, isEmptied } = hole;
  // A text that stays may hold CDATA sections, of which the < is no end.
  const pattern = quote === "<" ? /(?:<!\[CDATA\[[\s\S]*?\]\]>|[^<])*/y : quote === '"' ? /[^"]*/y : /[^']*/y;
  pattern.lastIndex = at;
  const raw = pattern.exec(text)![0];
  const end = at + raw.length;
  if (rule.action.kind === "block") {
    return { end, comparison: differ(location, "a value that must block the message went through", { rule }) };
  }
  const decode = (spelled: string) => (quote === "<" ? textOf(spelled) : attributeValue(spelled, quote));
  const whole = decode(raw);
  const hasWord = rule.action.kind === "redact" && rule.action.with !== undefined;
  if (isEmptied && (raw === "" || (hasWord && isRedacted(rule, "text", { kind: "text", value: whole })))) {
    return { end, comparison: allow(whole) };
  }
  if (rule.reading) {
    const comparison = rule.reading.compare(decode(raw.slice(0, raw.length - space.length)));
    const differences = comparison.differences.map((one) => ({ ...one, location: location + one.location }));
    return { end, comparison: merge([{ ...comparison, differences }, allow(whole)]) };
  }
  const isSpaced = raw.endsWith(space) && !isRedacted(rule, "text", { kind: "text", value: whole });
  const left = isSpaced ? decode(raw.slice(0, raw.length - space.length)) : whole;
  const fault = replacementFault(rule, { kind: "text", value }, { kind: "text", value: left });
  if (fault !== undefined) {
    return { end, comparison: differ(location, fault, { rule, kind: left === value ? "unredacted" : "changed" }) };
  }
  const texts = [left];
  const comparison = isKeyed(rule)
    ? { differences: [], allowed: [], hashed: texts }
    : { differences: [], allowed: texts, hashed: [] };
  return { end, comparison };
}
