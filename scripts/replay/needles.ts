/**
 * A selected value in every disguise in which it could leave: as it is, JSON-escaped, percent-encoded, in base64 and
 * base64url at each of the three alignments.
 *
 * Escapes can be mixed at will, so the other side is decoded instead of spelling out every variant: a value is looked for
 * in several readings of what left: texts inside texts included, JSON in strings and whatever base64 spells, four levels
 * deep. Base64 hides its alignment, so there the value itself is encoded, too.
 * Invariant: a value that is too short to be told from chance counts only as a word of its own, and only where all that
 * may leave is known; one of a character or two, or without a letter or digit, as all that is between values is, is left
 * to the comparison by position.
 */
import type { RuleView } from "./oracle.ts";
import { decodePercent, decodeQuery } from "./text.ts";

export interface Secret {
  readonly rule: RuleView;
  readonly location: string;
  /** The decoded text of a string, the spelling of a number. */
  readonly value: string;
}

export type Encoding = "raw" | "json-escaped" | "percent-encoded" | "nested" | "base64" | "base64url";

/** Bytes from which a text, or digits from which a number, is told from chance wherever it stands. */
const distinctiveText = 4;
const distinctiveNumber = 6;
/** What JSON is written with, which tells nothing. */
const syntax = /[\s{}[\]",:]/g;
/** Characters from which a value is worth a search where all that may leave is known, as verification codes are. */
const searchable = 3;

const isPunctuation = (value: string): boolean => !/[\p{L}\p{N}]/u.test(value);

export function isDistinctive(value: string): boolean {
  if (isPunctuation(value)) return false;
  if (/^-?[\d.eE+-]+$/.test(value)) return value.replace(/\D/g, "").length >= distinctiveNumber;
  return Buffer.byteLength(value.replace(syntax, "")) >= distinctiveText;
}

export const isSearchable = (value: string): boolean => value.length >= searchable && !isPunctuation(value);

/** A text, read in every way, ready to be searched for many values. */
export class Haystack {
  private readonly raw: Reading;
  private readonly decoded: readonly (readonly [Encoding, Reading])[];
  private readonly nested: Reading;

  constructor(text: string) {
    this.raw = new Reading(text);
    const decoded: [Encoding, Reading][] = [];
    if (text.includes("\\")) decoded.push(["json-escaped", new Reading(unescapeJson(text))]);
    if (/%[0-9a-fA-F]{2}/.test(text)) {
      decoded.push(["percent-encoded", new Reading(decodePercent(text))]);
      if (text.includes("+")) decoded.push(["percent-encoded", new Reading(decodeQuery(text))]);
    }
    this.decoded = decoded;
    this.nested = new Reading(textsInside(text));
  }

  /** How often a value stands in each encoding, as far as it does; a short one only as a word of its own. */
  count(value: string): Map<Encoding, number> {
    const isShort = !isDistinctive(value);
    const counts = new Map<Encoding, number>();
    const put = (encoding: Encoding, count: number): void => {
      if (count > (counts.get(encoding) ?? 0)) counts.set(encoding, count);
    };
    const plain = this.raw.count(value, isShort);
    put("raw", plain);
    // A text without escapes reads the same decoded: it may be held against one that has some.
    for (const encoding of ["json-escaped", "percent-encoded"] as const) {
      if (!this.decoded.some(([other]) => other === encoding)) put(encoding, plain);
    }
    for (const [encoding, reading] of this.decoded) put(encoding, reading.count(value, isShort));
    if (isShort) return counts;
    for (const encoding of ["base64", "base64url"] as const) {
      put(
        encoding,
        base64Forms(value, encoding).reduce((sum, form) => sum + this.raw.count(form), 0),
      );
    }
    put("nested", this.nested.count(value));
    return counts;
  }
}

/** The first encoding in which a value left more often than it stands in what may leave. */
export function leakedAs(left: Haystack, allowed: Haystack, value: string): Encoding | undefined {
  const found = left.count(value);
  if (found.size === 0) return undefined;
  const may = allowed.count(value);
  for (const [encoding, count] of found) if (count > (may.get(encoding) ?? 0)) return encoding;
  return undefined;
}

const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** One text, with filters for the values that cannot stand in it. */
class Reading {
  private readonly text: string;
  private readonly short: Grams;
  private readonly long: Grams;

  constructor(text: string) {
    this.text = text;
    this.short = new Grams(text, 4);
    // Any four digits stand somewhere in a text full of numbers; any eight do not.
    this.long = new Grams(text, 8);
  }

  count(value: string, isWord = false): number {
    if (!this.short.mayHold(value) || !this.long.mayHold(value)) return 0;
    let count = 0;
    for (let at = this.text.indexOf(value); at >= 0; at = this.text.indexOf(value, at + 1)) {
      if (!isWord || !(isLetter(this.text[at - 1]) || isLetter(this.text[at + value.length]))) count++;
    }
    return count;
  }
}

/**
 * The runs of `length` characters of a text, as a set that may hold too many. A value of which one run never occurs
 * cannot stand in the text, so that a large body with many selected values is not scanned once for each of them.
 */
class Grams {
  private readonly length: number;
  private readonly shift: number;
  private readonly bits: Uint8Array;

  constructor(text: string, length: number) {
    this.length = length;
    const log2 = Math.min(30, Math.max(10, Math.ceil(Math.log2(text.length + 1)) + 3));
    this.shift = 32 - log2;
    this.bits = new Uint8Array(2 ** (log2 - 3));
    for (let at = 0; at + length <= text.length; at++) {
      const slot = this.slot(text, at);
      this.bits[slot >>> 3]! |= 1 << (slot & 7);
    }
  }

  mayHold(value: string): boolean {
    for (let at = 0; at + this.length <= value.length; at++) {
      const slot = this.slot(value, at);
      if ((this.bits[slot >>> 3]! & (1 << (slot & 7))) === 0) return false;
    }
    return true;
  }

  private slot(text: string, at: number): number {
    let hash = 0;
    for (let i = 0; i < this.length; i++) hash = Math.imul(hash ^ text.charCodeAt(at + i), 0x9e3779b1);
    return hash >>> this.shift;
  }
}

/** Decoders behind one another that a policy may name. */
const levels = 4;

/** What a text spells in base64, and what stands in JSON strings in it that are JSON again, level by level. */
function textsInside(text: string, left = levels): string {
  if (left === 0) return "";
  const inside: string[] = [];
  const unescaped = text.includes("\\") ? unescapeJson(text) : text;
  for (const reading of new Set([text, unescaped])) {
    for (const [run] of reading.matchAll(/[A-Za-z0-9+/_-]{8,}/g)) {
      const spelled = textOf(Buffer.from(run, "base64"));
      if (spelled !== undefined) inside.push(spelled, textsInside(spelled, left - 1));
    }
  }
  if (unescaped.includes("\\")) inside.push(unescapeJson(unescaped), textsInside(unescaped, left - 1));
  return inside.filter((part) => part !== "").join("\n");
}

/** Bytes as a text; undefined when they are none. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The characters of the encoding that depend on the value alone, with 0, 1 and 2 foreign bytes before it. */
function base64Forms(value: string, encoding: "base64" | "base64url"): string[] {
  const bytes = Buffer.from(value);
  const forms = new Set<string>();
  for (let before = 0; before < 3; before++) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(encoding)
      .replaceAll("=", "");
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    forms.add(encoded.slice(from, to));
  }
  return [...forms];
}

const short: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_all, hex: string | undefined, letter: string) =>
    hex === undefined ? (short[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
