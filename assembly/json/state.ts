// State of one JSON document on its way through the filter: where the tokenizer stands, the stack of automaton states,
// and what is held back.
// Invariants between calls: `carry` holds exactly the bytes read but not yet released, `ahead` those not read; `error` never goes back to 0.

import { Buffer } from "../bytes/buffer";

// What the grammar of RFC 8259 allows next.
export const EXPECT_VALUE: u32 = 0;
export const EXPECT_FIRST_ELEMENT: u32 = 1; // a value or ]
export const EXPECT_FIRST_NAME: u32 = 2; // a name or }
export const EXPECT_NAME: u32 = 3;
export const EXPECT_COLON: u32 = 4;
export const EXPECT_AFTER: u32 = 5; // a comma or the end of the container
export const EXPECT_END: u32 = 6; // whitespace only
// Inside a token that the chunk border has cut; `sub` says where in it.
export const IN_NAME: u32 = 7;
export const IN_STRING: u32 = 8;
export const IN_NUMBER: u32 = 9;
export const IN_LITERAL: u32 = 10;
export const IN_MARK: u32 = 11; // a byte order mark at the start of a body

// What becomes of the bytes just read.
/** They go on with the span they stand in. */
export const FLOW: u32 = 0;
/** Separator, name and colon wait until the rule for the value is known. */
export const HOLD_LEAD: u32 = 1;
/** The value waits for its action. */
export const HOLD_VALUE: u32 = 2;
/** A value that was stripped or already replaced: dropped up to its end at `dropDepth`. */
export const DROP_VALUE: u32 = 3;
/** The separator behind a stripped first member: dropped up to the next name or value. */
export const DROP_SEPARATOR: u32 = 4;

// A frame of the stack: the enclosing container while a nested one is read.
export const FRAME_STATE: usize = 0; // u16 automaton state
export const FRAME_COVER: usize = 2; // u16 covering rule or NO_RULE
export const FRAME_INDEX: usize = 4; // u32 index of the current element
export const FRAME_FLAGS: usize = 8; // u32 OBJECT_FLAG | LIVE_FLAG | KEPT_FLAG | QUIET_FLAG | PLAIN_FLAG
export const FRAME_NAMED_RULE: usize = 12; // u16 as in the state
export const FRAME_NAMED_DETECTS: usize = 16; // u64 as in the state
export const SIZE_FRAME: u32 = 24;

export const OBJECT_FLAG: u32 = 1;
/** A rule can act inside this container, so names and indexes matter. */
export const LIVE_FLAG: u32 = 2;
/** A member or element of this container has been kept: the next separator belongs to what follows it. */
export const KEPT_FLAG: u32 = 4;
/** No rule acts on any element of this array itself: scalars pass and separators need not wait. */
export const QUIET_FLAG: u32 = 8;
/** No rule acts on a member of this object whose name is no symbol, nor on that name. */
export const PLAIN_FLAG: u32 = 16;
/** A member of this object has told a name that a rule knows (pair.ts). */
export const NAMED_FLAG: u32 = 32;
/** It has been looked through for one, from its first value on. */
export const SEARCHED_FLAG: u32 = 64;
/** Up to its end, and none was there. */
export const NAMELESS_FLAG: u32 = 128;

@unmanaged
export class JsonState {
  policy: usize; // first byte of the binary policy
  rules: usize; // first rule record
  unmatched: u32; // rule that acts on what no rule names, NO_RULE when that passes
  unsupported: u32; // what becomes of a text that cannot be read
  keys: usize; // Keyring of the session or 0
  counts: usize; // u32 per rule: values it acted on

  expect: u32;
  sub: u32;
  literal: u32; // first byte of the literal a border has cut
  flags: u32; // of the current container, as in FRAME_FLAGS
  state: u32; // automaton state of the current container
  cover: u32; // rule that covers the scalars of the current container, or NO_RULE
  index: u32; // of the current element
  depth: u32;
  frames: usize; // limits.depth frames

  mode: u32; // FLOW .. DROP_SEPARATOR
  dropDepth: u32;
  mark: usize; // start in this chunk of what is held
  copyFrom: usize; // start in this chunk of what has not been put out
  edited: bool; // the output differs from the chunk: `out` holds it
  escaped: bool; // the current string has an escape
  nameAt: u32; // offset of the current name in `carry`, when a border has cut its lead
  target: u32; // automaton state of the value that follows the name
  namedRule: u32; // rule on what the name stands for that a member of the current object has told, or NO_RULE
  namedDetects: u64; // rules that detect in that
  pairRule: u32; // the same for the value that follows the name, when it is what that name stands for
  pairDetects: u64;
  pairWaits: u32; // what the member is in a pair of which the chunk has not told enough, 0 for none
  quiet: bool; // no rule acts on that value itself: it was kept as soon as its name was read
  rule: u32; // rule that acts on the held value
  detects: u64; // rules that detect in it before that one acts
  opens: bool; // it is decoded and judged by the rules in it, before that one acts
  valueAt: u32; // bytes of its lead that are held with it, since it may yet be stripped
  kind: u32; // of the held value
  error: u32; // outcome, 0 while all is well

  limitDepth: u32;
  isNameless: bool; // rules on names do not act
  opening: bool; // nothing of the body has been read: a byte order mark may stand there
  limitValue: u32;
  pieces: usize; // Pieces of documents in its texts, which others like it go on with, or 0
  carryAt: usize; // the fields of a Buffer, laid out in place: see `carryOf`
  carryLength: u32;
  carryCapacity: u32;
  carryFailed: bool;
  aheadAt: usize; // the same: see `aheadOf`
  aheadLength: u32;
  aheadCapacity: u32;
  aheadFailed: bool;
}

/** What has come behind the name of a member of a pair, and has not been read. */
@inline
export function aheadOf(s: JsonState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<JsonState>("aheadAt"));
}

/** The held bytes of earlier chunks. */
@inline
export function carryOf(s: JsonState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<JsonState>("carryAt"));
}
