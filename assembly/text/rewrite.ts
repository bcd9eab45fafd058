// Bodies of text: what detectors find in them, wherever it stands, becomes what its rule makes of it; all else stays byte
// for byte. HTML is text like any other: tags, attributes and comments are searched with it.
// What only says that it is a text is refused where rules select in what it is (disguise.ts).
// Invariants: no byte leaves before every find that it could belong to is decided, so no verdict depends on where a chunk
// ends; what waits is at most `holdBack` (detect/state.ts) and the chunk; a find goes to the first rule that wants it.

import { before, prepare, putSpan } from "../action/detect";
import { BLOCKED, FAILED, UNCHANGED } from "../action/types";
import { Buffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { SPAN_END, SPAN_RULE, SPAN_SIZE, SPAN_START } from "../detect/layout.gen";
import { decidedTo } from "../detect/marks";
import { read } from "../detect/read";
import { Scan, close, open } from "../detect/state";
import { fieldDetects, fieldRule } from "../fields/match";
import { FieldScope } from "../fields/scope";
import { beginFrame, framed, skipTo } from "../framing/output";
import { isLive } from "../json/document";
import { HEADER_DETECTOR_PROGRAM, LOCATION_TEXT, LOCATION_XML, NO_RULE } from "../policy/format.gen";
import { INTERNAL, LIMIT_BODY, RULE_BLOCK, TEXT_DOCUMENT } from "../policy/outcomes.gen";
import { JSON, TEXT, XML, disguise } from "./disguise";

/** Offsets of the scanner are u32. */
const LONGEST: u64 = 0xffff0000;

@unmanaged
export class TextState extends FieldScope {
  set: u64; // rules that detect
  scan: Scan;
  spans: Buffer;
  wanted: Buffer;
  held: Buffer; // bytes that wait
  heldFrom: u32; // offset in the body of the first byte of `held`
  released: u32; // offset in the body of the first byte that has not left
  length: u64; // of the body so far
  root: u32; // automaton state of JSON bodies
  start: u32; // state of disguise.ts
}

const SIZE: usize = offsetof<TextState>() + offsetof<Scan>() + 3 * offsetof<Buffer>();

/** A state for a text, or 0 when memory ran out; `root` is the automaton state of JSON bodies. */
export function openText(scope: FieldScope, root: u32): usize {
  const at = allocate(SIZE);
  if (at == 0) return 0;
  memory.fill(at, 0, SIZE);
  memory.copy(at, changetype<usize>(scope), offsetof<FieldScope>());
  const s = changetype<TextState>(at);
  let part = at + offsetof<TextState>();
  s.scan = changetype<Scan>(part);
  part += offsetof<Scan>();
  s.spans = changetype<Buffer>(part);
  part += offsetof<Buffer>();
  s.wanted = changetype<Buffer>(part);
  part += offsetof<Buffer>();
  s.held = changetype<Buffer>(part);
  s.rule = NO_RULE;
  s.root = root;
  const rule = fieldRule(s.policy, s.table, LOCATION_TEXT, 0, 0);
  s.set = before(s.rules, fieldDetects, rule);
  s.scan.spans = s.spans;
  const program = s.policy + load<u32>(s.policy, HEADER_DETECTOR_PROGRAM);
  if (s.set != 0 && prepare(s.scan, s.policy, s.set, s.wanted) && open(s.scan, program)) return at;
  closeText(s);
  return 0;
}

export function closeText(s: TextState): void {
  if (s.scan.window != 0) close(s.scan);
  s.held.wipe();
  s.held.free();
  s.spans.free();
  s.wanted.free();
  release(changetype<usize>(s), SIZE);
}

/** Puts out the held bytes up to an offset, unless they are out already. */
function releaseTo(s: TextState, offset: u32): void {
  if (offset <= s.released) return;
  framed.append(s.held.at + (s.released - s.heldFrom), offset - s.released);
  s.released = offset;
}

/** Puts out what becomes of the find at `span`. Returns an outcome. */
function releaseFind(s: TextState, span: usize): u32 {
  const from = load<u32>(span, SPAN_START);
  const to = load<u32>(span, SPAN_END);
  const at = s.held.at + (from - s.heldFrom);
  const rule = <u32>load<u16>(span, SPAN_RULE);
  releaseTo(s, from);
  const verdict = putSpan(s.policy, s.rules, s.keys, span, at, to - from, framed);
  s.released = to;
  if (verdict == FAILED) return INTERNAL;
  if (verdict != UNCHANGED) s.count(rule);
  if (verdict != BLOCKED) return 0;
  s.rule = rule;
  return RULE_BLOCK;
}

/** Whether the text begins as a document in which rules select. */
function isDisguised(s: TextState, at: usize, length: u32): bool {
  if (s.start >= TEXT) return false;
  s.start = disguise(s.start, at, length);
  if (s.start == JSON) return isLive(s.policy, s.root, NO_RULE);
  return s.start == XML && fieldRule(s.policy, s.table, LOCATION_XML, 0, 0) != NO_RULE;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteText(s: TextState, at: usize, length: u32, last: bool): u32 {
  if (isDisguised(s, at, length)) return TEXT_DOCUMENT;
  beginFrame(at);
  skipTo(at + length);
  s.length += length;
  if (s.length > LONGEST) return LIMIT_BODY;
  s.held.append(at, length);
  if (s.held.failed) return INTERNAL;
  s.spans.clear();
  read(s.scan, at, length, last);
  if (s.spans.failed) return INTERNAL;
  for (let offset: u32 = 0; offset < s.spans.length; offset += SPAN_SIZE) {
    const outcome = releaseFind(s, s.spans.at + offset);
    if (outcome) return outcome;
  }
  releaseTo(s, last ? <u32>s.length : decidedTo(s.scan));
  forget(s);
  return framed.failed ? INTERNAL : 0;
}

/** Lets go of held bytes that have left. */
function forget(s: TextState): void {
  const gone = s.released - s.heldFrom;
  if (gone == 0) return;
  const rest = s.held.length - gone;
  memory.copy(s.held.at, s.held.at + gone, rest);
  memory.fill(s.held.at + rest, 0, gone);
  s.held.length = rest;
  s.heldFrom = s.released;
}
