// Names that end with given words: `named:~'* card number'` selects cardNumber, billing_card_number, altCardNumber, card-number-2.
// Among the names of a selector such an ending stands behind a mark that no name begins with.
//
// A name ends so when, but for a number behind it, one of the spellings of the words stands last in it and begins a word there.
// Invariants: assembly/policy/symbols.ts finds the same endings; of those that a name has each is an ending of every longer one,
// so that the longest tells them all.

/** A noncharacter (Unicode 16, 23.7). */
const MARK = "\uffff";

/** Of an ending, spelled: two letters alone end half of all names. */
const SHORTEST = 3;

export const isEnding = (name: string): boolean => name.startsWith(MARK);

export const endingOf = (spelling: string): string => MARK + spelling;

/** The name as it is spelled, of an ending what it ends with. */
export const spellingIn = (name: string): string => (isEnding(name) ? name.slice(MARK.length) : name);

/** Whether the words may stand in an ending: a number behind them is understood. */
export const canEnd = (words: string): boolean => words.length >= SHORTEST && /[a-z]$/.test(words);

/** Whether a text holds the mark, which no selector may. */
export const hasMark = (text: string): boolean => text.includes(MARK);

const withoutNumber = (name: string): string => name.replace(/[ _-]?[0-9]+$/, "");

/** Whether a word begins at the letter there, behind another one. What is beyond ASCII counts as small letters. */
function beginsWord(name: string, at: number): boolean {
  const [before = "", letter = "", after = ""] = [name[at - 1], name[at], name[at + 1]];
  if (/[A-Z]/.test(letter)) return !/[A-Z]/.test(before) || /[a-z\x80-\uffff]/.test(after);
  return !/[A-Za-z\x80-\uffff]/.test(before);
}

function endsWith(name: string, spelling: string): boolean {
  if (!name.endsWith(spelling)) return false;
  const at = name.length - spelling.length;
  return at === 0 || beginsWord(name, at);
}

/** Whether one of the names that a selector lists is the name, or an ending that it has. */
export const takesName = (listed: string, name: string): boolean =>
  isEnding(listed) ? endsWith(withoutNumber(name), spellingIn(listed)) : listed === name;

/** The endings in a list that a name, or another ending, has, the longest first. */
export class Endings {
  readonly #spellings: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#spellings = new Set([...names].filter(isEnding).map(spellingIn));
  }

  get isEmpty(): boolean {
    return this.#spellings.size === 0;
  }

  of(name: string): string[] {
    if (this.isEmpty) return [];
    const last = withoutNumber(spellingIn(name));
    const found: string[] = [];
    for (let at = 0; at + SHORTEST <= last.length; at++) {
      const spelling = last.slice(at);
      if (this.#spellings.has(spelling) && endsWith(last, spelling)) found.push(endingOf(spelling));
    }
    return found;
  }
}

/** Names, and what names end with. */
export class NameList {
  readonly names: ReadonlySet<string>;
  readonly #endings: Endings;

  constructor(names: Iterable<string>) {
    this.names = new Set(names);
    this.#endings = new Endings(this.names);
  }

  takes(name: string): boolean {
    return this.names.has(name) || this.#endings.of(name).length > 0;
  }
}

/** Adds to what is listed by each name what is listed by its endings. */
export function addEndings<T>(listing: ReadonlyMap<string, Set<T>>): void {
  const endings = new Endings(listing.keys());
  for (const [name, all] of listing) {
    for (const ending of endings.of(name)) for (const one of listing.get(ending)!) all.add(one);
  }
}
