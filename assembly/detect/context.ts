// Context words: which of them start in the window before a match. They are looked for only when a match asks, and no
// byte is looked at twice, whatever the number of matches.

import {
  AUTOMATON_ACCEPTS,
  AUTOMATON_CLASS_COUNT,
  AUTOMATON_CLASSES,
  AUTOMATON_FIRST_ACCEPTING,
  AUTOMATON_START,
  AUTOMATON_TRANSITIONS,
  CONTEXT_WINDOW,
  PROGRAM_CONTEXT,
} from "./layout.gen";
import { PAD, Scan } from "./state";

/** Whether a word of `set` starts in the window before `at` (a place in the window's text). */
export function hasContext(scan: Scan, set: u32, at: u32): bool {
  const to = scan.base + at;
  const from = to > CONTEXT_WINDOW ? to - CONTEXT_WINDOW : 0;
  if (scan.contextAt < to) look(scan, max<u32>(scan.contextAt, from), to);
  const seen = load<u32>(scan.contexts + (set << 2));
  return seen != 0 && seen - 1 >= from && seen - 1 < to;
}

@inline
function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}

@inline
function isLower(byte: u32): bool {
  return byte - 0x61 < 26;
}

/** Notes the words that start from `from` on, before `to`: behind a non-letter, or where camelCase starts a word. */
function look(scan: Scan, from: u32, to: u32): void {
  const program = scan.program;
  const automaton = program + load<u32>(program, PROGRAM_CONTEXT);
  const classes = program + load<u32>(automaton, AUTOMATON_CLASSES);
  const transitions = program + load<u32>(automaton, AUTOMATON_TRANSITIONS);
  const classCount = load<u32>(automaton, AUTOMATON_CLASS_COUNT);
  const firstAccepting = load<u32>(automaton, AUTOMATON_FIRST_ACCEPTING);
  const accepts = program + load<u32>(automaton, AUTOMATON_ACCEPTS) - (<usize>firstAccepting << 2);
  const start = transitions + ((load<u32>(automaton, AUTOMATON_START) * classCount) << 1);
  const text = scan.window + PAD - scan.base;
  const end = text + scan.base + scan.fill;
  const stop = text + to;
  let before = <u32>load<u8>(text + from - 1);
  for (let at = text + from; at < stop; at++) {
    const first = <u32>load<u8>(at);
    const isInside = isLetter(before) && !(isLower(before) && isLetter(first) && !isLower(first));
    before = first;
    if (isInside) continue;
    let state = <u32>load<u16>(start + (<usize>load<u8>(classes + first) << 1));
    for (let next = at + 1; state != 0; next++) {
      if (state >= firstAccepting) {
        note(scan, program + load<u32>(accepts + (<usize>state << 2)), <u32>(at - text), next, end);
      }
      if (next == end) break;
      state = <u32>load<u16>(transitions + ((state * classCount + <u32>load<u8>(classes + <usize>load<u8>(next))) << 1));
    }
  }
  scan.contextAt = to;
}

/** Items of a list: twice the set, plus 1 for a word that must end there. The word starts at the offset `from`. */
function note(scan: Scan, list: usize, from: u32, to: usize, end: usize): void {
  const count = <u32>load<u16>(list, 8);
  const next = to < end ? <u32>load<u8>(to) : 0;
  const last = <u32>load<u8>(to - 1);
  const isEnd = !isLetter(next) || (isLower(last) && !isLower(next));
  for (let i: u32 = 0; i < count; i++) {
    const item = <u32>load<u16>(list + (i << 1), 10);
    if ((item & 1) == 0 || isEnd) store<u32>(scan.contexts + ((item >> 1) << 2), from + 1);
  }
}
