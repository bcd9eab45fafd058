// Server-sent events (WHATWG HTML, section 9.2.6): each event whose data is JSON is a document of its own.
// Invariants: resumable at any byte; an event waits whole, up to the greater of limits.value and limits.hold, so that
// nothing of it leaves before all of it is known; of what no rule changes every byte stays, comments and line ends
// included; a line that a lax receiver would take for data is data or is refused, and so is a
// stream that begins as a document of another format.

import { findEither } from "../bytes/scan";
import { allocate, release } from "../bytes/pool";
import { FieldScope } from "../fields/scope";
import { closeDocument, openDocument } from "../json/document";
import { JsonState } from "../json/state";
import { Pieces, closePieces, openPieces } from "../nested/pieces";
import { HEADER_LIMIT_HOLD, NO_RULE, UNSUPPORTED_BLOCK } from "../policy/format.gen";
import { EVENT_FIELD, INTERNAL, LIMIT_VALUE, NESTED_VALUE } from "../policy/outcomes.gen";
import { isMark } from "../text/disguise";
import { endEvent } from "./event";
import { Holder, beginHeld, endHeld, freeHeld, heldTo, holdFrom, isBroken } from "./held";
import { beginFrame, endFrame } from "./output";

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

@unmanaged
export class EventsState extends Holder {
  document: JsonState;
  root: u32; // automaton state of the documents
  cover: u32; // rule that covers each of them, or NO_RULE
  eventLimit: u32; // longest event
  begun: bool; // a byte that is no blank and of no byte order mark has come
  first: bool; // the event begins the stream: a byte order mark may stand there
  filled: bool; // the current line has a byte
  split: bool; // the line before ended with CR: an LF belongs to its end
}

export function openEvents(scope: FieldScope, root: u32): usize {
  const document = openDocument(scope, root);
  if (document == 0) return 0;
  const pieces = openPieces();
  const at = pieces ? allocate(offsetof<EventsState>()) : 0;
  if (at == 0) {
    if (pieces) closePieces(changetype<Pieces>(pieces));
    closeDocument(changetype<JsonState>(document));
    return 0;
  }
  changetype<JsonState>(document).pieces = pieces;
  memory.fill(at, 0, offsetof<EventsState>());
  memory.copy(at, changetype<usize>(scope), offsetof<FieldScope>());
  const s = changetype<EventsState>(at);
  s.document = changetype<JsonState>(document);
  s.root = root;
  s.cover = s.unmatched;
  s.eventLimit = max<u32>(s.limit, load<u32>(s.policy, HEADER_LIMIT_HOLD));
  s.rule = NO_RULE;
  s.first = true;
  s.holding = true;
  return at;
}

/** From now on a rule covers all data, of which none is let go that cannot be read. */
export function coverEvents(s: EventsState, rule: u32): void {
  s.cover = rule;
  s.unsupported = UNSUPPORTED_BLOCK;
}

export function closeEvents(s: EventsState): void {
  freeHeld(s);
  closePieces(changetype<Pieces>(s.document.pieces));
  closeDocument(s.document);
  release(changetype<usize>(s), offsetof<EventsState>());
}

/** Decides on the event held up to `p`. Returns an outcome. */
function dispatch(s: EventsState, p: usize): u32 {
  if (heldTo(s, p) > <u64>s.eventLimit) return LIMIT_VALUE;
  const outcome = endEvent(s, s.document, s.root, s.cover, s.unsupported, s.first, p);
  s.first = false;
  return outcome;
}

/** Whether the stream begins as a document, which receivers that look at no type read in what is no event. */
function isDocument(s: EventsState, at: usize, end: usize): bool {
  for (; at < end && !s.begun; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x7b || byte == 0x5b || byte == 0x3c) return true;
    s.begun = byte > 0x20 && !isMark(byte);
  }
  return false;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteEvents(s: EventsState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  let p = at;
  beginFrame(at);
  beginHeld(s, at);
  if (isDocument(s, at, end)) return EVENT_FIELD;
  while (p < end) {
    const stop = findEither(p, end, LF, CR);
    if (stop != p) {
      s.filled = true;
      s.split = false;
    }
    if (stop == end) break;
    p = stop + 1;
    const byte = load<u8>(stop);
    if (byte == LF && s.split) {
      s.split = false;
      continue;
    }
    s.split = byte == CR;
    if (!s.filled) {
      const outcome = dispatch(s, p);
      if (outcome) return outcome;
      holdFrom(s, p);
    }
    s.filled = false;
  }
  if (last) {
    const outcome = dispatch(s, end);
    if (outcome) return outcome;
    const pieces = changetype<Pieces>(s.document.pieces);
    if (pieces.isOpen && pieces.isFirm) return NESTED_VALUE;
    s.holding = false;
  } else if (heldTo(s, end) > <u64>s.eventLimit) {
    return LIMIT_VALUE;
  }
  endHeld(s, end);
  endFrame(end);
  return isBroken(s) ? INTERNAL : 0;
}
