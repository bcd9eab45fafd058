// A JSON document as a body, or as a part of one: its state, opened, started again for the next document, and closed.
// Invariants: the state and its stack come from the pool and go back to it; held values are wiped with it.

import { Buffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { FieldScope } from "../fields/scope";
import { stateAt } from "../policy/cursor";
import { HEADER_LIMIT_DEPTH, NO_RULE, STATE_DECODED, STATE_DETECTS, STATE_FLAGS, STATE_FLAG_LIVE } from "../policy/format.gen";
import { PADDING, rewrite } from "./rewrite";
import { JsonState, LIVE_FLAG, SIZE_FRAME, aheadOf, carryOf } from "./state";

/** Bytes of a state with its stack behind it. */
@inline
function documentBytes(policy: usize): u32 {
  return <u32>offsetof<JsonState>() + load<u32>(policy, HEADER_LIMIT_DEPTH) * SIZE_FRAME;
}

/** Whether a rule can act in a document that starts in this automaton state. */
export function isLive(policy: usize, root: u32, unmatched: u32): bool {
  const state = stateAt(policy, root);
  return load<u16>(state) != <u16>NO_RULE || load<u64>(state, STATE_DETECTS) != 0 || (load<u16>(state, STATE_FLAGS) & STATE_FLAG_LIVE) != 0 || load<u16>(state, STATE_DECODED) != 0 || unmatched != NO_RULE;
}

/** A state for the document whose root is in the given automaton state, or 0 when memory ran out. */
export function openDocument(scope: FieldScope, root: u32): usize {
  const at = allocate(documentBytes(scope.policy));
  if (at == 0) return 0;
  memory.fill(at, 0, offsetof<JsonState>());
  const s = changetype<JsonState>(at);
  s.policy = scope.policy;
  s.rules = scope.rules;
  s.unmatched = scope.unmatched;
  s.unsupported = scope.unsupported;
  s.keys = scope.keys;
  s.counts = scope.counts;
  s.frames = at + offsetof<JsonState>();
  s.limitDepth = load<u32>(scope.policy, HEADER_LIMIT_DEPTH);
  s.limitValue = scope.limit;
  startDocument(s, root, scope.unmatched);
  return at;
}

/** The same for a document at the very start of a body: a byte order mark may stand in front of it. */
export function openWholeDocument(scope: FieldScope, root: u32): usize {
  const at = openDocument(scope, root);
  if (at) changetype<JsonState>(at).opening = true;
  return at;
}

/** Begins a new document; `cover` is the rule that covers all of it, or NO_RULE. */
export function startDocument(s: JsonState, root: u32, cover: u32): void {
  const from = offsetof<JsonState>("expect");
  const stack = s.frames;
  memory.fill(changetype<usize>(s) + from, 0, offsetof<JsonState>("limitDepth") - from);
  s.frames = stack;
  s.cover = cover;
  s.target = root;
  s.rule = NO_RULE;
  s.flags = isLive(s.policy, root, cover) ? LIVE_FLAG : 0;
}

function drop(buffer: Buffer): void {
  if (buffer.capacity == 0) return;
  buffer.wipe();
  buffer.free();
}

export function closeDocument(s: JsonState): void {
  drop(carryOf(s));
  drop(aheadOf(s));
  release(changetype<usize>(s), documentBytes(s.policy));
}

const behind = memory.data(PADDING, 16);

/** `rewrite` of a piece with more of the chunk behind it: the bytes that the padding takes are put back. */
export function rewritePiece(s: JsonState, at: usize, length: u32, last: bool): u32 {
  memory.copy(behind, at + length, PADDING);
  const outcome = rewrite(s, at, length, last);
  memory.copy(at + length, behind, PADDING);
  return outcome;
}
