// Layout of a detector program, drawn in docs/detectors.md: offsets and limits that the toolchain and the wasm share.

/** "FGDP" */
export const DETECT_MAGIC = 0x50444746;
export const DETECT_VERSION = 7;

export const PROGRAM = {
  size: 72,
  version: 4,
  bytes: 8,
  crc: 12,
  crc_from: 16,
  main: 16,
  context: 20,
  filter: 24,
  sets: 28,
  detectors: 32,
  types: 40,
  leads: 48,
  longest: 56,
  context_sets: 60,
  words: 64,
  sieve: 68,
};

export const AUTOMATON = {
  size: 32,
  classes: 0,
  row: 4,
  transitions: 8,
  states: 12,
  start: 16,
  first_accepting: 20,
  accepts: 24,
  reach: 28,
};

/**
 * Detectors that an accepting state stands for. `contexts`: bit n for context sets n, n + 64, ...; `right`: a set of
 * bytes in front of which none of them ends below `most` bytes, or NO_SET.
 */
export const LIST = { size: 18, contexts: 0, count: 8, least: 10, most: 12, bare: 14, flags: 15, right: 16 };

/**
 * What an accepting state of the context automaton stands for: the sets whose words are seen when the word ends there, and
 * when it goes on. Sets: u64 with bit n for the sets n, n + 64, ..., and behind it a bit for each set.
 */
export const WORD_LIST = { size: 8, ending: 0, open: 4 };
export const CONTEXT_BITS = { size: 8, folded: 0 };

export const DETECTOR = {
  size: 16,
  type: 0,
  check: 2,
  right: 3,
  min: 4,
  max: 6,
  score: 8,
  context_score: 9,
  flags: 10,
  context_set: 12,
  value: 14,
  left: 15,
};

export const LEAD = { size: 8, pivot: 0, max: 1, run: 2, left: 3, start: 4 };

/**
 * A span in the list of results: offsets from the start of the text, in bytes. In the filter, the rule that it goes to,
 * and in its type the flag of what no winner covers of a find that a rule wanted.
 */
export const SPAN = { size: 16, start: 0, end: 4, type: 8, score: 10, detector: 12, rule: 14 };
export const SPAN_PART = 0x2000;

/** The filter: positions looked at (the byte before, and seven bytes), and groups of detectors at each, a bit each. */
export const FILTER_SLOTS = 8;
export const FILTER_GROUPS = 32;

/** The sieve behind the filter: the same positions, and four times as many groups. */
export const SIEVE_GROUPS = 128;

/**
 * The filter of context words: u32[32][32] sets of third bytes behind two, of fourth behind the second and third; folds; and
 * which bytes a word starts with, by the halves of a byte: a word starts with one whose two entries have a bit in common.
 */
export const WORDS = { size: 8480, third: 0, fourth: 4096, fold: 8192, low: 8448, high: 8464 };
/** Context words that are remembered: more than can start in the window before a match. */
export const MAX_WORDS = 128;
/** Bytes after which a walk asks whether any match can still be so long. */
export const WALK_STRIDE = 32;
/** Ends of matches from one place that wait until the automaton is dead. */
export const MAX_ENDS = 128;

/** Longest match that a detector may ask for. */
export const MAX_MATCH = 4096;
/** Bytes before a match in which a context word must start. */
export const CONTEXT_WINDOW = 80;
export const MAX_LEAD = 64;
/** Spans that wait for their rivals. */
export const MAX_RIVALS = 128;
export const MAX_DETECTORS = 1024;
export const MAX_TYPES = 512;
/** Sets of bytes: boundaries and runs of leads, a bit each. */
export const MAX_SETS = 64;
/** Flag of a list: of its matches from one place, up to `most` bytes, nothing but the longest counts. */
export const FLAG_LONGEST = 1;
/**
 * Flags of a detector: a match of the greatest length may go on; it must not go on with a dot and a digit; the automaton
 * accepts behind the byte that follows the match, which is one that may; the span starts behind
 * what assigns it.
 */
export const FLAG_OPEN = 1;
export const FLAG_NOT_DECIMAL = 2;
export const FLAG_AHEAD = 4;
export const FLAG_ASSIGNED = 8;
export const NO_CONTEXT = 0xffff;
export const NO_SET = 0xff;
