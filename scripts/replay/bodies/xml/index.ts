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
  for (const piece of joined(pieces)) {
    if (typeof piece === "string") {
      if (!text.startsWith(piece, at)) return merge([...comparisons, differ(`behind ${last}`, "must stay as it is")]);
      at += piece.length;
    } else {
      const { end, comparison } = Array.isArray(piece) ? compareRun(piece, text, at) : compareHole(piece, text, at);
      comparisons.push(comparison);
      at = end;
      last = Array.isArray(piece) ? piece[0]!.location : piece.location;
    }
  }
  if (at < text.length) comparisons.push(differ("body", "more than was there before"));
  return merge(comparisons);
}

/** A text of which something becomes, and what stands behind it with no tag between: an element there was left out. */
type Run = [Hole, ...Piece[]];

function joined(pieces: readonly Piece[]): (Piece | Run)[] {
  const found: (Piece | Run)[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    const run: Run | undefined = Array.isArray(last) ? last : isText(last) ? [last] : undefined;
    const length = typeof piece === "string" ? piece.indexOf("<") : -1;
    if (run === undefined || length === 0) found.push(piece);
    else if (piece !== "") {
      run.push(length < 0 ? piece : (piece as string).slice(0, length));
      found[found.length - 1] = run;
      if (length > 0) found.push((piece as string).slice(length));
    }
  }
  return found;
}

const isText = (piece: Piece | undefined): piece is Hole => typeof piece === "object" && piece.quote === "<";

function compareRun(run: Run, text: string, at: number): { end: number; comparison: Comparison } {
  const raw = spelledAt(text, at, "<");
  const [{ rule, location }] = run;
  const comparison = divide(run, raw) ?? differ(location, "not what its rules make of it", { rule });
  return { end: at + raw.length, comparison };
}

/** The comparison of the pieces with a text that they make up, wherever one ends in it; undefined where they do not. */
function divide([first, ...others]: readonly Piece[], raw: string): Comparison | undefined {
  if (first === undefined) return raw === "" ? merge([]) : undefined;
  if (typeof first === "string") return raw.startsWith(first) ? divide(others, raw.slice(first.length)) : undefined;
  for (let end = 0; end <= raw.length; end++) {
    const spelled = raw.slice(0, end);
    if (/&[^;]*$/.test(spelled) || spelledAt(spelled, 0, "<") !== spelled) continue;
    const { comparison } = compareHole(first, spelled, 0);
    const rest = comparison.differences.length === 0 ? divide(others, raw.slice(end)) : undefined;
    if (rest !== undefined) return merge([comparison, rest]);
  }
  return undefined;
}

/** Up to the next tag, or the quote. A text that stays may hold CDATA sections, of which the < is no end. */
function spelledAt(text: string, at: number, quote: string): string {
  const pattern = quote === "<" ? /(?:<!\[CDATA\[[\s\S]*?\]\]>|[^<])*/y : quote === '"' ? /[^"]*/y : /[^']*/y;
  pattern.lastIndex = at;
  return pattern.exec(text)![0];
}

function compareHole(hole: Hole, text: string, at: number): { end: number; comparison: Comparison } {
  const { rule, location, value, quote, space, isEmptied } = hole;
  const raw = spelledAt(text, at, quote);
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
