// Context words: which of them start in the window before a match. They are looked for only when a match asks, and no
// byte is looked at twice, whatever the number of matches.

import { isLetter } from "../bytes/text";
import {
  AUTOMATON_ACCEPTS,
  AUTOMATON_CLASSES,
  AUTOMATON_FIRST_ACCEPTING,
  AUTOMATON_ROW,
  AUTOMATON_START,
  AUTOMATON_TRANSITIONS,
  CONTEXT_BITS_FOLDED,
  CONTEXT_BITS_SIZE,
  CONTEXT_WINDOW,
  MAX_WORDS,
  PROGRAM_CONTEXT,
  PROGRAM_WORDS,
  WORDS_FOLD,
  WORDS_FOURTH,
  WORDS_HIGH,
  WORDS_LOW,
  WORDS_THIRD,
  WORD_LIST_ENDING,
  WORD_LIST_OPEN,
} from "./layout.gen";
import { PAD, Scan } from "./state";

/** Whether a word of `set` starts in the window before `at` (a place in the window's text). */
export function hasContext(scan: Scan, set: u32, at: u32): bool {
  const to = scan.base + at;
  // What is known of all sets together says of most that they have none.
  if (scan.nearAt == to + 1 && (scan.near & ((<u64>1) << <u64>(set & 63))) == 0) return false;
  const from = lookUpTo(scan, to);
  const word = (set >> 6) << 3;
  const bit: u64 = 1 << <u64>(set & 63);
  for (let count = scan.wordCount; count != 0 && isNear(scan, count, from); count--) {
    const entry = wordEntry(scan, count);
    if ((load<u64>(scan.program + load<u32>(entry, 4) + word, CONTEXT_BITS_SIZE) & bit) != 0 && load<u32>(entry) < to) {
      return true;
    }
  }
  return false;
}

/** False when no word of `sets` (bit n for the sets n, n + 64, ...) starts in the window before `at`. */
export function mayHaveContext(scan: Scan, sets: u64, at: u32): bool {
  if (sets == 0) return false;
  const to = scan.base + at;
  if (scan.nearAt != to + 1) {
    const from = lookUpTo(scan, to);
    let near: u64 = 0;
    for (let count = scan.wordCount; count != 0 && isNear(scan, count, from); count--) {
      near |= load<u64>(scan.program + load<u32>(wordEntry(scan, count), 4), CONTEXT_BITS_FOLDED);
    }
    scan.near = near;
    scan.nearAt = to + 1;
  }
  return (scan.near & sets) != 0;
}

/** Where the `count`th word is remembered, counted from 1. */
@inline
function wordEntry(scan: Scan, count: u32): usize {
  return scan.words + (<usize>((count - 1) & (MAX_WORDS - 1)) << 3);
}

/** Whether the `count`th word starts at the offset `from` or behind it. All that start in a window are remembered. */
@inline
function isNear(scan: Scan, count: u32, from: u32): bool {
  return load<u32>(wordEntry(scan, count)) >= from && scan.wordCount - count < MAX_WORDS;
}

/** Looks for the words that start before the offset `to`; where the window before it starts. */
@inline
function lookUpTo(scan: Scan, to: u32): u32 {
  const from = to > CONTEXT_WINDOW ? to - CONTEXT_WINDOW : 0;
  if (scan.contextAt < to) look(scan, max<u32>(scan.contextAt, from), to);
  return from;
}

@inline
function isLower(byte: u32): bool {
  return byte - 0x61 < 26;
}

/** Lanes of letters, in either case where `bytes` are ORed with 0x20. */
@inline
function letters(bytes: v128): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(26));
}

/** A bit for each of the sixteen bytes at `at` where no word starts: behind a letter, unless camelCase starts a word there. */
@inline
function insideWords(at: usize): u32 {
  const small = i8x16.splat(0x20);
  const before = v128.load(at - 1);
  const bytes = v128.load(at);
  const isCapital = v128.andnot(letters(v128.or(bytes, small)), letters(bytes));
  const isStart = v128.and(letters(before), isCapital);
  return i8x16.bitmask(v128.andnot(letters(v128.or(before, small)), isStart));
}

@inline
function fold(words: usize, at: usize): u32 {
  return <u32>load<u8>(words + <usize>load<u8>(at), WORDS_FOLD);
}

/** A bit for each of the sixteen bytes at `at` that a word can start with. */
@inline
function firsts(at: usize, low: v128, high: v128): u32 {
  const bytes = v128.load(at);
  const halves = v128.and(
    i8x16.swizzle(low, v128.and(bytes, i8x16.splat(0x0f))),
    i8x16.swizzle(high, i8x16.shr_u(bytes, 4)),
  );
  return i8x16.bitmask(i8x16.ne(halves, i8x16.splat(0)));
}

/** Notes the words that start from the offset `from` on, before `to`. */
function look(scan: Scan, from: u32, to: u32): void {
  const words = scan.program + load<u32>(scan.program, PROGRAM_WORDS);
  const low = v128.load(words, WORDS_LOW);
  const high = v128.load(words, WORDS_HIGH);
  const text = scan.window + PAD - scan.base;
  for (let at = text + from; at < text + to; at += 16) {
    let starts = firsts(at, low, high) & ~insideWords(at);
    const left = <u32>(text + to - at);
    if (left < 16) starts &= (1 << left) - 1;
    for (; starts != 0; starts &= starts - 1) {
      const word = at + ctz(starts);
      const first = fold(words, word);
      const second = fold(words, word + 1);
      const third = fold(words, word + 2);
      const thirds = load<u32>(words + (((first << 5) + second) << 2), WORDS_THIRD);
      const fourths = load<u32>(words + (((second << 5) + third) << 2), WORDS_FOURTH);
      if (((thirds >> third) & (fourths >> fold(words, word + 3)) & 1) != 0) read(scan, word);
    }
  }
  scan.contextAt = to;
}

/** Notes the words that start at `word`. */
function read(scan: Scan, word: usize): void {
  const program = scan.program;
  const automaton = program + load<u32>(program, PROGRAM_CONTEXT);
  const classes = program + load<u32>(automaton, AUTOMATON_CLASSES);
  const transitions = program + load<u32>(automaton, AUTOMATON_TRANSITIONS);
  const row = <usize>load<u32>(automaton, AUTOMATON_ROW);
  const firstAccepting = load<u32>(automaton, AUTOMATON_FIRST_ACCEPTING);
  const accepts = program + load<u32>(automaton, AUTOMATON_ACCEPTS) - (<usize>firstAccepting << 2);
  const text = scan.window + PAD;
  const end = text + scan.fill;
  const offset = scan.base + <u32>(word - text);
  let state = load<u32>(automaton, AUTOMATON_START);
  for (let next = word; next < end; ) {
    state = <u32>load<u16>(transitions + (<usize>state << row) + (<usize>load<u8>(classes + <usize>load<u8>(next)) << 1));
    next++;
    if (state == 0) return;
    if (state >= firstAccepting) note(scan, program + load<u32>(accepts + (<usize>state << 2)), offset, next, end);
  }
}

/** Remembers a word that starts at the offset `from` and, as far as the automaton read, ends before `to`. */
function note(scan: Scan, list: usize, from: u32, to: usize, end: usize): void {
  const next = to < end ? <u32>load<u8>(to) : 0;
  const last = <u32>load<u8>(to - 1);
  const isEnd = !isLetter(next) || (isLower(last) && !isLower(next));
  const bits = isEnd ? load<u32>(list, WORD_LIST_ENDING) : load<u32>(list, WORD_LIST_OPEN);
  if (load<u64>(scan.program + bits, CONTEXT_BITS_FOLDED) == 0) return;
  const entry = wordEntry(scan, ++scan.wordCount);
  store<u32>(entry, from);
  store<u32>(entry, bits, 4);
}
