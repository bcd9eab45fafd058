// Member names in the binary policy, drawn in docs/internals.md: one text without offsets, from which the filter makes the
// index that finds them. A preset has thousands of names, and offsets and slots of a hash are noise that no gzip shortens.
// Most of them are spellings of the same words: where a class has all of those, the words stand for them.
// Invariant: names stand by class, the classes in order, so that a name's class is its place.

import { SLOTS, SYMBOL } from "./constants.ts";
import { isEnding, spellingIn } from "./endings.ts";
import { forms, isLoud } from "./spelling.ts";

export interface SymbolText {
  bytes: Uint8Array;
  /** Of names, as the filter makes them of the text: of words whose spellings are alike each counts. */
  count: number;
  /** Of these, the endings. */
  endings: number;
  slotsLog2: number;
  /** Bit min(length, 63) is set when a name has that length, other than an ending. */
  lengths: bigint;
}

/** Names by their class, which are numbered from 0 on without gaps. */
export function symbolText(classes: ReadonlyMap<string, number>): SymbolText {
  const parts: Uint8Array[] = [];
  let count = 0;
  let endings = 0;
  let lengths = 0n;
  for (const names of byClass(classes)) {
    const whole = familiesOf(names.filter((name) => !isEnding(name)));
    const last = familiesOf(names.filter(isEnding).map(spellingIn));
    const entries = [...entriesOf(whole), ...entriesOf(last).map((entry) => [SYMBOL.ENDING, ...entry])];
    entries.forEach((entry, index) => {
      parts.push(Uint8Array.of(...entry, index === entries.length - 1 ? SYMBOL.CLASS_END : SYMBOL.END));
    });
    const spelled = spelledOf(whole);
    const ending = spelledOf(last).length;
    count += spelled.length + ending;
    endings += ending;
    for (const name of spelled) lengths |= 1n << BigInt(Math.min(Buffer.byteLength(name), 63));
  }
  let slotsLog2: number = SLOTS.MIN_LOG2;
  while (2 ** slotsLog2 < count * 2) slotsLog2++;
  return { bytes: Buffer.concat(parts), count, endings, slotsLog2, lengths };
}

interface Families {
  readonly families: readonly string[];
  readonly others: readonly string[];
}

const entriesOf = ({ families, others }: Families): number[][] => [
  ...families.map((words) => [SYMBOL.WORDS, ...Buffer.from(marked(words))]),
  ...others.map((name) => [...Buffer.from(name)]),
];

const spelledOf = ({ families, others }: Families): string[] => [...families.flatMap(forms), ...others];

/** The names of each class, in order: neighbours that begin alike pack well. */
function byClass(classes: ReadonlyMap<string, number>): string[][] {
  const lists: string[][] = Array.from({ length: new Set(classes.values()).size }, () => []);
  for (const [name, number] of classes) lists[number]!.push(name);
  return lists.map((names) => names.sort());
}

/** Words all of whose spellings are among the names, and the names that are no spelling of any. */
function familiesOf(names: readonly string[]): Families {
  const left = new Set(names);
  const all: ReadonlySet<string> = new Set(names);
  const families: string[] = [];
  const candidates = names
    .filter((name) => /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
    .map((name) => name.replaceAll("_", " "))
    // Of address_1 and of address1 the former has the spellings of the latter, too.
    .sort((a, b) => b.split(" ").length - a.split(" ").length || (a < b ? -1 : 1));
  for (const words of candidates) {
    const spelled = forms(words);
    if (!spelled.every((name) => all.has(name)) || !spelled.some((name) => left.has(name))) continue;
    families.push(words);
    for (const name of spelled) left.delete(name);
  }
  return { families: families.sort(), others: [...left] };
}

/** The filter has no list of acronyms: they begin with a capital. */
const marked = (words: string): string =>
  words.replaceAll(/[a-z0-9]+/g, (word) => (isLoud(word) ? word[0]!.toUpperCase() + word.slice(1) : word));
