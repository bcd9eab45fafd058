// The bounds check of a detector program (drawn in docs/detectors.md): what passes here can be run unchecked for ever.
// Invariant: no load below happens before its bytes are known to lie inside the program.

import { crc32 } from "../compression/checksum";
import { CHECK_COUNT } from "./checks.gen";
import {
  AUTOMATON_ACCEPTS,
  AUTOMATON_CLASSES,
  AUTOMATON_REACH,
  AUTOMATON_ROW,
  AUTOMATON_FIRST_ACCEPTING,
  AUTOMATON_SIZE,
  AUTOMATON_START,
  AUTOMATON_STATES,
  AUTOMATON_TRANSITIONS,
  CONTEXT_BITS_SIZE,
  DETECTOR_CHECK,
  DETECTOR_CONTEXT_SET,
  DETECTOR_LEFT,
  DETECTOR_MAX,
  DETECTOR_RIGHT,
  DETECTOR_SIZE,
  DETECTOR_TYPE,
  DETECTOR_VALUE,
  FILTER_GROUPS,
  FILTER_SLOTS,
  LEAD_LEFT,
  LEAD_MAX,
  LEAD_RUN,
  LEAD_SIZE,
  LEAD_START,
  LIST_COUNT,
  LIST_RIGHT,
  LIST_SIZE,
  MAX_DETECTORS,
  MAX_LEAD,
  MAX_MATCH,
  MAX_SETS,
  MAX_TYPES,
  NO_CONTEXT,
  NO_SET,
  PROGRAM_BYTES,
  PROGRAM_CONTEXT,
  PROGRAM_CONTEXT_SETS,
  PROGRAM_CRC,
  PROGRAM_CRC_FROM,
  PROGRAM_DETECTORS,
  PROGRAM_FILTER,
  PROGRAM_LEADS,
  PROGRAM_LONGEST,
  DETECT_MAGIC,
  PROGRAM_MAIN,
  PROGRAM_SETS,
  PROGRAM_SIEVE,
  PROGRAM_SIZE,
  PROGRAM_TYPES,
  PROGRAM_VERSION,
  PROGRAM_WORDS,
  SIEVE_GROUPS,
  DETECT_VERSION,
  WORDS_FOLD,
  WORDS_SIZE,
  WORD_LIST_ENDING,
  WORD_LIST_OPEN,
  WORD_LIST_SIZE,
} from "./layout.gen";

export const SOUND: u32 = 0;
export const FOREIGN: u32 = 1;
export const OTHER_VERSION: u32 = 2;
export const TRUNCATED: u32 = 3;
export const DAMAGED: u32 = 4;


function inside(program: usize, offset: u32, count: u32, size: u32): bool {
  const end = <u64>offset + <u64>count * <u64>size;
  return count == 0 || (offset >= PROGRAM_SIZE && end <= <u64>load<u32>(program, PROGRAM_BYTES));
}

/** The main automaton, or that of context words, whose accepting states have lists of another kind. */
function automatonSound(program: usize, offset: u32, isMain: bool): bool {
  if (!inside(program, offset, 1, AUTOMATON_SIZE)) return false;
  const automaton = program + offset;
  const states = load<u32>(automaton, AUTOMATON_STATES);
  const row = load<u32>(automaton, AUTOMATON_ROW);
  const classes = load<u32>(automaton, AUTOMATON_CLASSES);
  const transitions = load<u32>(automaton, AUTOMATON_TRANSITIONS);
  const firstAccepting = load<u32>(automaton, AUTOMATON_FIRST_ACCEPTING);
  const accepts = load<u32>(automaton, AUTOMATON_ACCEPTS);
  if (states == 0 || states > 0x10000 || row == 0 || row > 9 || firstAccepting > states) return false;
  if (firstAccepting == 0 || !inside(program, classes, 256, 1)) return false;
  if (!inside(program, transitions, states, 1 << row)) return false;
  if (!inside(program, accepts, states - firstAccepting, 4)) return false;
  if (isMain && !inside(program, load<u32>(automaton, AUTOMATON_REACH), states, 2)) return false;
  for (let byte: u32 = 0; byte < 256; byte++) {
    if ((<u32>load<u8>(program + classes + byte) << 1) >= (<u32>1 << row)) return false;
  }
  for (let i: u32 = 0; i < (states << row) >> 1; i++) {
    if (<u32>load<u16>(program + transitions + (i << 1)) >= states) return false;
  }
  for (let i: u32 = 0; i < states - firstAccepting; i++) {
    const list = load<u32>(program + accepts + (i << 2));
    if (isMain ? !listSound(program, list) : !wordListSound(program, list)) return false;
  }
  return load<u32>(automaton, AUTOMATON_START) < states;
}

function listSound(program: usize, offset: u32): bool {
  if (!inside(program, offset, 1, LIST_SIZE)) return false;
  const detectors = load<u32>(program, PROGRAM_DETECTORS + 4);
  const count = <u32>load<u16>(program + offset, LIST_COUNT);
  const right = <u32>load<u8>(program + offset, LIST_RIGHT);
  if (right != NO_SET && right >= MAX_SETS) return false;
  if (!inside(program, offset + LIST_SIZE, count, 2)) return false;
  for (let i: u32 = 0; i < count; i++) {
    if (<u32>load<u16>(program + offset + (i << 1), LIST_SIZE) >= detectors) return false;
  }
  return true;
}

function wordListSound(program: usize, offset: u32): bool {
  if (!inside(program, offset, 1, WORD_LIST_SIZE)) return false;
  const size = CONTEXT_BITS_SIZE + (((load<u32>(program, PROGRAM_CONTEXT_SETS) + 63) >> 6) << 3);
  return (
    inside(program, load<u32>(program + offset, WORD_LIST_ENDING), 1, size) &&
    inside(program, load<u32>(program + offset, WORD_LIST_OPEN), 1, size)
  );
}

function detectorsSound(program: usize): bool {
  const offset = load<u32>(program, PROGRAM_DETECTORS);
  const count = load<u32>(program, PROGRAM_DETECTORS + 4);
  const types = load<u32>(program, PROGRAM_TYPES + 4);
  const sets = load<u32>(program, PROGRAM_CONTEXT_SETS);
  if (count > MAX_DETECTORS || types > MAX_TYPES || sets > MAX_DETECTORS) return false;
  if (!inside(program, offset, count, DETECTOR_SIZE)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const detector = program + offset + i * DETECTOR_SIZE;
    if (<u32>load<u16>(detector, DETECTOR_TYPE) >= types || <u32>load<u8>(detector, DETECTOR_RIGHT) >= MAX_SETS) return false;
    if (<u32>load<u8>(detector, DETECTOR_LEFT) >= MAX_SETS) return false;
    // A check that this build does not know would find nothing.
    if (<u32>load<u8>(detector, DETECTOR_CHECK) >= CHECK_COUNT) return false;
    if (<u32>load<u16>(detector, DETECTOR_MAX) > load<u32>(program, PROGRAM_LONGEST)) return false;
    const value = <u32>load<u8>(detector, DETECTOR_VALUE);
    if (value != NO_SET && value >= MAX_SETS) return false;
    const set = <u32>load<u16>(detector, DETECTOR_CONTEXT_SET);
    if (set != NO_CONTEXT && set >= sets) return false;
  }
  const names = load<u32>(program, PROGRAM_TYPES);
  if (!inside(program, names, types, 8)) return false;
  for (let i: u32 = 0; i < types; i++) {
    const name = program + names + (i << 3);
    if (!inside(program, load<u32>(name), load<u32>(name, 4), 1)) return false;
  }
  return true;
}

/** Folded bytes are places in rows of 32. */
function wordsSound(program: usize): bool {
  const offset = load<u32>(program, PROGRAM_WORDS);
  if (!inside(program, offset, 1, WORDS_SIZE)) return false;
  for (let byte: u32 = 0; byte < 256; byte++) {
    if (<u32>load<u8>(program + offset + byte, WORDS_FOLD) >= 32) return false;
  }
  return true;
}

function leadsSound(program: usize): bool {
  const offset = load<u32>(program, PROGRAM_LEADS);
  const count = load<u32>(program, PROGRAM_LEADS + 4);
  if (count >= FILTER_GROUPS / 2 || !inside(program, offset, count, LEAD_SIZE)) return false;
  const states = load<u32>(program + load<u32>(program, PROGRAM_MAIN), AUTOMATON_STATES);
  for (let i: u32 = 0; i < count; i++) {
    const lead = program + offset + i * LEAD_SIZE;
    if (<u32>load<u8>(lead, LEAD_MAX) > MAX_LEAD || <u32>load<u8>(lead, LEAD_RUN) >= MAX_SETS) return false;
    if (<u32>load<u8>(lead, LEAD_LEFT) >= MAX_SETS || load<u32>(lead, LEAD_START) >= states) return false;
  }
  return true;
}

/** Verdict on `length` bytes at `program`: SOUND, or why it must not be used. */
export function check(program: usize, length: u32): u32 {
  if (length < 4 || load<u32>(program) != DETECT_MAGIC) return FOREIGN;
  if (length < 8) return TRUNCATED;
  if (<u32>load<u16>(program, PROGRAM_VERSION) != DETECT_VERSION) return OTHER_VERSION;
  if (length < PROGRAM_SIZE || load<u32>(program, PROGRAM_BYTES) > length) return TRUNCATED;
  if (load<u32>(program, PROGRAM_BYTES) != length) return DAMAGED;
  const crc = crc32(crc32(0, program, PROGRAM_CRC), program + PROGRAM_CRC_FROM, length - PROGRAM_CRC_FROM);
  if (crc != load<u32>(program, PROGRAM_CRC)) return DAMAGED;
  const longest = load<u32>(program, PROGRAM_LONGEST);
  const sound =
    longest >= 8 &&
    longest <= MAX_MATCH &&
    inside(program, load<u32>(program, PROGRAM_FILTER), 256, (FILTER_SLOTS * FILTER_GROUPS) / 8) &&
    (load<u32>(program, PROGRAM_SIEVE) == 0 ||
      inside(program, load<u32>(program, PROGRAM_SIEVE), 256, (FILTER_SLOTS * SIEVE_GROUPS) / 8)) &&
    inside(program, load<u32>(program, PROGRAM_SETS), 256, 8) &&
    wordsSound(program) &&
    detectorsSound(program) &&
    automatonSound(program, load<u32>(program, PROGRAM_MAIN), true) &&
    automatonSound(program, load<u32>(program, PROGRAM_CONTEXT), false) &&
    leadsSound(program);
  return sound ? SOUND : DAMAGED;
}
