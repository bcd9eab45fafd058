// Context words as patterns. A word of three letters or less must end where it ends ("pan" is not in "panel"); a longer
// one may go on ("passport" is in "passports").

import { foldText } from "./fold.ts";
import { CONTEXT_WINDOW } from "./layout.ts";
import { type Node, parsePattern } from "./pattern.ts";
import { Positions } from "./positions.ts";

const SHORT = 3;

export class ContextSets {
  readonly positions = new Positions();
  readonly first: number[] = [];
  longest = 0;
  readonly #sets = new Map<string, number>();

  get count(): number {
    return this.#sets.size;
  }

  /** The number of the set of these words. */
  add(words: readonly string[]): number {
    const key = [...words].sort().join("\n");
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = this.#sets.size;
    this.#sets.set(key, set);
    for (const word of words) {
      const { node, max } = wordPattern(word);
      if (max > CONTEXT_WINDOW) throw new Error(`the context word ${word} is longer than the window`);
      this.longest = Math.max(this.longest, max);
      const mustEnd = /^[\x20-\x7e]*$/.test(word) && word.length <= SHORT;
      this.first.push(...this.positions.add(node, set * 2 + (mustEnd ? 1 : 0)));
    }
    return set;
  }
}

function wordPattern(word: string): { node: Node; max: number } {
  const source = [...foldText(word)]
    .map((character) => (character === " " ? "[ _-]?" : character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&")))
    .join("");
  return parsePattern(source.replaceAll("\\-", "-"), true);
}
