// The sections of a detector program that hold automata: classes, transitions, and the lists that accepting states stand
// for, as docs/detectors.md draws them.

import type { Writer } from "../policy/writer.ts";
import type { Automaton } from "./automaton.ts";
import { AUTOMATON, CONTEXT_BITS, LIST, WORD_LIST } from "./layout.ts";

/** What a list says of its items together, so that most matches are judged without looking at one of them. */
export interface ListHead {
  /** Context sets of the items: bit n for the sets n, n + 64, .... */
  contexts: bigint;
  /** Bytes read below which no item matches, and up to which all items that the flag is about do. */
  least: number;
  most: number;
  /** Greatest score, in hundredths, without a context word. */
  bare: number;
  flags: number;
  /** The set of bytes in front of which, below `most`, none of the items ends; NO_SET for none. */
  right: number;
}

/** Numbers of context sets as bits, n for the sets n, n + 64, .... */
export const contextBits = (sets: readonly number[]): bigint =>
  sets.reduce((all, set) => all | (1n << BigInt(set % 64)), 0n);

/** `writeItems` writes the list of an accepting state, and says where; `reach` (reach.ts) is the main automaton's. */
export function writeAutomaton(
  writer: Writer,
  automaton: Automaton,
  writeItems: (list: readonly number[]) => number,
  reach?: Uint16Array,
): number {
  const at = writer.reserve(AUTOMATON.size);
  const states = automaton.accepts.length;
  const classes = writer.reserve(256);
  automaton.classes.forEach((member, byte) => {
    writer.u8(classes + byte, member);
  });
  // Rows of a power of two, so that a step is a shift and a load.
  const row = Math.ceil(Math.log2(automaton.classCount * 2));
  const transitions = writer.reserve(states << row);
  automaton.transitions.forEach((target, index) => {
    const state = Math.floor(index / automaton.classCount);
    writer.u16(transitions + (state << row) + (index % automaton.classCount) * 2, target);
  });
  const found = automaton.accepts.findIndex((list) => list.length > 0);
  const firstAccepting = found < 0 ? states : found;
  const accepts = writer.reserve((states - firstAccepting) * 4);
  const lists = new Map<string, number>();
  for (let state = firstAccepting; state < states; state++) {
    const list = automaton.accepts[state]!;
    const key = list.join();
    let offset = lists.get(key);
    if (offset === undefined) {
      offset = writeItems(list);
      lists.set(key, offset);
    }
    writer.u32(accepts + (state - firstAccepting) * 4, offset);
  }
  writer.u32(at + AUTOMATON.classes, classes);
  writer.u32(at + AUTOMATON.row, row);
  writer.u32(at + AUTOMATON.transitions, transitions);
  writer.u32(at + AUTOMATON.states, states);
  writer.u32(at + AUTOMATON.start, automaton.entries[0]!);
  writer.u32(at + AUTOMATON.first_accepting, firstAccepting);
  writer.u32(at + AUTOMATON.accepts, accepts);
  if (reach) writer.u32(at + AUTOMATON.reach, writeReach(writer, reach));
  return at;
}

function writeReach(writer: Writer, reach: Uint16Array): number {
  const at = writer.reserve(reach.length * 2);
  reach.forEach((length, state) => {
    writer.u16(at + state * 2, length);
  });
  return at;
}

/** Detectors of an accepting state of the main automaton. */
export function writeList(writer: Writer, list: readonly number[], head: ListHead): number {
  const at = writer.reserve(LIST.size + list.length * 2);
  writer.u64(at + LIST.contexts, head.contexts);
  writer.u16(at + LIST.count, list.length);
  writer.u16(at + LIST.least, head.least);
  writer.u16(at + LIST.most, head.most);
  writer.u8(at + LIST.bare, head.bare);
  writer.u8(at + LIST.flags, head.flags);
  writer.u8(at + LIST.right, head.right);
  list.forEach((item, index) => {
    writer.u16(at + LIST.size + index * 2, item);
  });
  return at;
}

/** Items: context sets, each twice its number, plus 1 for a word that must end. */
export function writeWordList(writer: Writer, list: readonly number[], count: number): number {
  const at = writer.reserve(WORD_LIST.size);
  const sets = (items: readonly number[]) => items.map((item) => item >> 1);
  writer.u32(at + WORD_LIST.ending, writeContexts(writer, sets(list), count));
  writer.u32(at + WORD_LIST.open, writeContexts(writer, sets(list.filter((item) => item % 2 === 0)), count));
  return at;
}

function writeContexts(writer: Writer, sets: readonly number[], count: number): number {
  const at = writer.reserve(CONTEXT_BITS.size + ((count + 63) >> 6) * 8);
  writer.u64(at + CONTEXT_BITS.folded, contextBits(sets));
  for (let word = 0; word * 64 < count; word++) {
    writer.u64(at + CONTEXT_BITS.size + word * 8, contextBits(sets.filter((set) => set >> 6 === word)));
  }
  return at;
}
