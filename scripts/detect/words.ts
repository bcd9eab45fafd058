// The filter in front of the context automaton: which letters a context word can start with, four of them, in whatever
// case. It may let others through, never keep a word back.

import type { Automaton } from "./automaton.ts";
import { WORDS } from "./layout.ts";

/** Bytes as the filter tells them apart: a letter is its place in the alphabet, all else but what is not ASCII is one. */
const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return 27;
  return /[a-z]/i.test(String.fromCharCode(byte)) ? byte & 31 : 0;
});

/**
 * The table: for the first two bytes, folded, the set of third ones; for the second and the third, that of fourth ones;
 * how bytes are folded; and which bytes a word starts with.
 */
export function wordTable(automaton: Automaton): Uint8Array {
  const table = new Uint8Array(WORDS.size);
  const view = new DataView(table.buffer);
  const admit = (at: number, a: number, b: number, c: number) => {
    const entry = at + (a * 32 + b) * 4;
    view.setUint32(entry, view.getUint32(entry, true) | (1 << c), true);
  };
  table.set(FOLD, WORDS.fold);
  const folds = foldsOfClasses(automaton);
  const all = [...new Set(FOLD)];
  const visit = (state: number, word: readonly number[]): void => {
    if (word.length === 4) {
      const [a, b, c, d] = word as [number, number, number, number];
      admit(WORDS.third, a, b, c);
      admit(WORDS.fourth, b, c, d);
      return;
    }
    // Behind a word that ends here anything may stand.
    const isEnd = automaton.accepts[state]!.length > 0;
    if (isEnd) for (const fold of all) visit(state, [...word, fold]);
    for (let member = 0; member < automaton.classCount && !isEnd; member++) {
      const next = automaton.transitions[state * automaton.classCount + member]!;
      if (next !== 0) for (const fold of folds[member]!) visit(next, [...word, fold]);
    }
  };
  visit(automaton.entries[0]!, []);
  const start = automaton.entries[0]! * automaton.classCount;
  automaton.classes.forEach((member, byte) => {
    if (automaton.transitions[start + member] !== 0) admitFirst(table, byte);
  });
  return table;
}

/** A bit for each first half of ASCII; beyond it all bytes share the bit of controls, which no word starts with. */
function admitFirst(table: Uint8Array, byte: number): void {
  if (byte >= 0x80) {
    table.fill(1, WORDS.high + 8, WORDS.high + 16);
    for (let low = 0; low < 16; low++) table[WORDS.low + low]! |= 1;
  } else {
    table[WORDS.high + (byte >> 4)] = 1 << (byte >> 4);
    table[WORDS.low + (byte & 15)]! |= 1 << (byte >> 4);
  }
}

function foldsOfClasses({ classes, classCount }: Automaton): number[][] {
  const folds = Array.from({ length: classCount }, () => new Set<number>());
  classes.forEach((member, byte) => {
    folds[member]!.add(FOLD[byte]!);
  });
  return folds.map((set) => [...set]);
}
