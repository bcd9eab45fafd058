// Generated from scripts/detect/layout.ts by scripts/policy/generate.ts. Do not edit.

export const AUTOMATON_SIZE: u32 = 32;
export const AUTOMATON_CLASSES: u32 = 0;
export const AUTOMATON_ROW: u32 = 4;
export const AUTOMATON_TRANSITIONS: u32 = 8;
export const AUTOMATON_STATES: u32 = 12;
export const AUTOMATON_START: u32 = 16;
export const AUTOMATON_FIRST_ACCEPTING: u32 = 20;
export const AUTOMATON_ACCEPTS: u32 = 24;
export const AUTOMATON_REACH: u32 = 28;

export const CONTEXT_BITS_SIZE: u32 = 8;
export const CONTEXT_BITS_FOLDED: u32 = 0;

export const CONTEXT_WINDOW: u32 = 80;
export const DETECTOR_SIZE: u32 = 16;
export const DETECTOR_TYPE: u32 = 0;
export const DETECTOR_CHECK: u32 = 2;
export const DETECTOR_RIGHT: u32 = 3;
export const DETECTOR_MIN: u32 = 4;
export const DETECTOR_MAX: u32 = 6;
export const DETECTOR_SCORE: u32 = 8;
export const DETECTOR_CONTEXT_SCORE: u32 = 9;
export const DETECTOR_FLAGS: u32 = 10;
export const DETECTOR_CONTEXT_SET: u32 = 12;
export const DETECTOR_VALUE: u32 = 14;
export const DETECTOR_LEFT: u32 = 15;

export const DETECT_MAGIC: u32 = 0x50444746;
export const DETECT_VERSION: u32 = 7;
export const FILTER_GROUPS: u32 = 32;
export const FILTER_SLOTS: u32 = 8;
export const FLAG_AHEAD: u32 = 4;
export const FLAG_ASSIGNED: u32 = 8;
export const FLAG_LONGEST: u32 = 1;
export const FLAG_NOT_DECIMAL: u32 = 2;
export const FLAG_OPEN: u32 = 1;
export const LEAD_SIZE: u32 = 8;
export const LEAD_PIVOT: u32 = 0;
export const LEAD_MAX: u32 = 1;
export const LEAD_RUN: u32 = 2;
export const LEAD_LEFT: u32 = 3;
export const LEAD_START: u32 = 4;

export const LIST_SIZE: u32 = 18;
export const LIST_CONTEXTS: u32 = 0;
export const LIST_COUNT: u32 = 8;
export const LIST_LEAST: u32 = 10;
export const LIST_MOST: u32 = 12;
export const LIST_BARE: u32 = 14;
export const LIST_FLAGS: u32 = 15;
export const LIST_RIGHT: u32 = 16;

export const MAX_DETECTORS: u32 = 1024;
export const MAX_ENDS: u32 = 128;
export const MAX_LEAD: u32 = 64;
export const MAX_MATCH: u32 = 4096;
export const MAX_RIVALS: u32 = 128;
export const MAX_SETS: u32 = 64;
export const MAX_TYPES: u32 = 512;
export const MAX_WORDS: u32 = 128;
export const NO_CONTEXT: u32 = 65535;
export const NO_SET: u32 = 255;
export const PROGRAM_SIZE: u32 = 72;
export const PROGRAM_VERSION: u32 = 4;
export const PROGRAM_BYTES: u32 = 8;
export const PROGRAM_CRC: u32 = 12;
export const PROGRAM_CRC_FROM: u32 = 16;
export const PROGRAM_MAIN: u32 = 16;
export const PROGRAM_CONTEXT: u32 = 20;
export const PROGRAM_FILTER: u32 = 24;
export const PROGRAM_SETS: u32 = 28;
export const PROGRAM_DETECTORS: u32 = 32;
export const PROGRAM_TYPES: u32 = 40;
export const PROGRAM_LEADS: u32 = 48;
export const PROGRAM_LONGEST: u32 = 56;
export const PROGRAM_CONTEXT_SETS: u32 = 60;
export const PROGRAM_WORDS: u32 = 64;
export const PROGRAM_SIEVE: u32 = 68;

export const SIEVE_GROUPS: u32 = 128;
export const SPAN_SIZE: u32 = 16;
export const SPAN_START: u32 = 0;
export const SPAN_END: u32 = 4;
export const SPAN_TYPE: u32 = 8;
export const SPAN_SCORE: u32 = 10;
export const SPAN_DETECTOR: u32 = 12;
export const SPAN_RULE: u32 = 14;

export const SPAN_PART: u32 = 8192;
export const WALK_STRIDE: u32 = 32;
export const WORDS_SIZE: u32 = 8480;
export const WORDS_THIRD: u32 = 0;
export const WORDS_FOURTH: u32 = 4096;
export const WORDS_FOLD: u32 = 8192;
export const WORDS_LOW: u32 = 8448;
export const WORDS_HIGH: u32 = 8464;

export const WORD_LIST_SIZE: u32 = 8;
export const WORD_LIST_ENDING: u32 = 0;
export const WORD_LIST_OPEN: u32 = 4;
