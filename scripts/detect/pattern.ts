// Patterns: refa reads the syntax of JavaScript, this file keeps the linear subset and turns characters into bytes, those of
// the folded text (fold.ts): a class that asks for characters with another reading asks for what they read as.
// Invariant: what comes out has neither assertions nor back-references, and its greatest length in bytes is known.

import { JS } from "refa";
import { foldOf } from "./fold.ts";
import { type ByteRange, utf8Sequences } from "./utf8.ts";

/** A pattern over bytes. */
export type Node =
  | { kind: "bytes"; ranges: readonly ByteRange[] }
  | { kind: "sequence"; items: readonly Node[] }
  | { kind: "choice"; items: readonly Node[] }
  | { kind: "repeat"; item: Node; min: number; max: number };

export interface Pattern {
  node: Node;
  min: number;
  /** Infinity for a pattern with an open repeat. */
  max: number;
}

/** A pattern that the toolchain refuses: stable code, cause, remedy. */
export class PatternError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, cause: string, remedy: string) {
    super(cause);
    this.code = code;
    this.remedy = remedy;
  }
}

type Element = ReturnType<JS.Parser["parse"]>["expression"]["alternatives"][number]["elements"][number];
type Alternatives = readonly { readonly elements: readonly Element[] }[];

export function parsePattern(source: string, ignoreCase: boolean): Pattern {
  const node = choice(read(source, "u"), ignoreCase ? read(source, "iu") : undefined);
  const pattern = { node, min: least(node), max: greatest(node) };
  if (pattern.min === 0) {
    throw new PatternError(
      "pattern-empty",
      `the pattern ${source} matches the empty text`,
      "let it match at least one character",
    );
  }
  return pattern;
}

/** The ASCII characters of a class, given by its inside. */
export function asciiClass(inside: string, ignoreCase = false): Set<number> {
  const node = parsePattern(`[${inside}]`, ignoreCase).node;
  const all = new Set<number>();
  collect(node, all);
  return all;
}

function collect(node: Node, into: Set<number>): void {
  if (node.kind === "bytes") {
    for (const [from, to] of node.ranges) for (let byte = from; byte <= to && byte < 0x80; byte++) into.add(byte);
  } else if (node.kind === "choice") {
    for (const item of node.items) collect(item, into);
  } else if (node.kind === "sequence" && node.items.length === 1) collect(node.items[0]!, into);
}

function read(source: string, flags: "u" | "iu"): Alternatives {
  try {
    const parser = JS.Parser.fromLiteral({ source, flags });
    return parser.parse({ assertions: "parse", backreferences: "throw", maxBackreferenceWords: 0 }).expression
      .alternatives;
  } catch (error) {
    if (/backreference/i.test(String(error)) || /\\[1-9k]/.test(source)) {
      throw new PatternError(
        "pattern-backreference",
        `the pattern ${source} refers back to a group`,
        "spell the repeated part out, or check it with a check function",
      );
    }
    throw new PatternError(
      "pattern-syntax",
      `the pattern ${source} is no regular expression (${error instanceof Error ? error.message : error})`,
      "write it in the syntax of JavaScript with the flag u",
    );
  }
}

/** `either`: the same pattern in which letters match in either case, or undefined where they do not. */
function choice(alternatives: Alternatives, either: Alternatives | undefined): Node {
  const items = alternatives.map(({ elements }, index): Node => {
    const parts = elements.map((element, place) => part(element, either?.[index]?.elements[place]));
    return parts.length === 1 ? parts[0]! : { kind: "sequence", items: parts };
  });
  return items.length === 1 ? items[0]! : { kind: "choice", items };
}

function part(element: Element, either: Element | undefined): Node {
  switch (element.type) {
    case "CharacterClass": {
      const ofEither = either?.type === "CharacterClass" ? either.characters.ranges : undefined;
      return characters(element.characters.ranges, ofEither);
    }
    case "Alternation":
      return choice(element.alternatives, either?.type === "Alternation" ? either.alternatives : undefined);
    case "Quantifier": {
      const ofEither = either?.type === "Quantifier" ? either.alternatives : undefined;
      return { kind: "repeat", item: choice(element.alternatives, ofEither), min: element.min, max: element.max };
    }
    default:
      throw new PatternError(
        "pattern-assertion",
        "the pattern looks around itself (anchor, \\b, look-ahead or look-behind)",
        "say what must not stand beside a match with left and right",
      );
  }
}

interface Range {
  min: number;
  max: number;
}

/** Letters of ASCII are taken as `either` has them, with what it leaves out: `[^a]` has no `A`. All others match in their case. */
function characters(ranges: readonly Range[], either: readonly Range[] = ranges): Node {
  const single: ByteRange[] = [];
  const longer: Node[] = [];
  for (const { min, max } of either) if (min < 0x80) single.push([min, Math.min(max, 0x7f)]);
  for (const { min, max } of ranges) {
    single.push(...folded(min, max));
    for (const sequence of utf8Sequences(Math.max(min, 0x80), max)) {
      longer.push({ kind: "sequence", items: sequence.map((range) => ({ kind: "bytes", ranges: [range] })) });
    }
  }
  const bytes: Node = { kind: "bytes", ranges: single };
  if (longer.length === 0) return bytes;
  return { kind: "choice", items: single.length === 0 ? longer : [bytes, ...longer] };
}

/** Longest range of characters of which each may have another reading. */
const FEW = 128;

/** What the characters of a range read as, where each of them has another reading: a wide range asks for none of them. */
function folded(min: number, max: number): ByteRange[] {
  if (min < 0x80 || max - min >= FEW) return [];
  const readings = Array.from({ length: max - min + 1 }, (_, index) => foldOf(min + index));
  if (readings.includes(undefined)) return [];
  return readings.filter((code) => code !== 0).map((code) => [code!, code!]);
}

function least(node: Node): number {
  if (node.kind === "bytes") return 1;
  if (node.kind === "sequence") return node.items.reduce((sum, item) => sum + least(item), 0);
  if (node.kind === "choice") return Math.min(...node.items.map(least));
  return node.min * least(node.item);
}

function greatest(node: Node): number {
  if (node.kind === "bytes") return 1;
  if (node.kind === "sequence") return node.items.reduce((sum, item) => sum + greatest(item), 0);
  if (node.kind === "choice") return Math.max(...node.items.map(greatest));
  return node.max === 0 ? 0 : node.max * greatest(node.item);
}
