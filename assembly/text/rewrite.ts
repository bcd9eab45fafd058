// Bodies of text: what detectors find in them, wherever it stands, becomes what its rule makes of it; all else stays byte
// for byte. HTML is text like any other: tags, attributes and comments are searched with it.
// What only says that it is a text (disguise.ts) is read as the JSON that it is where rules select in that, so that they act in it
// as in any other; XML is refused.
// Invariants: a text has no NUL; no byte leaves before every find that it could belong to is decided, so no verdict depends on where a chunk
// ends; what waits is at most `holdBack` (detect/state.ts) and the chunk, and before that the bytes that say nothing yet; a find
// goes to the first rule that wants it; no rule that looks into texts is lost where one is read as JSON.

import { before, prepare, putSpan } from "../action/detect";
import { BLOCKED, FAILED, UNCHANGED } from "../action/types";
import { Buffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { findEither } from "../bytes/scan";
import { SPAN_END, SPAN_RULE, SPAN_SIZE, SPAN_START } from "../detect/layout.gen";
import { decidedTo } from "../detect/marks";
import { read } from "../detect/read";
import { Scan, close, open } from "../detect/state";
import { fieldDetects, fieldRule } from "../fields/match";
import { FieldScope } from "../fields/scope";
import { beginFrame, framed, putOut, skipTo } from "../framing/output";
import { closeDocument, isLive, openWholeDocument } from "../json/document";
import { out } from "../json/output";
import { PADDING, rewrite } from "../json/rewrite";
import { JsonState } from "../json/state";
import { HEADER_DETECTOR_PROGRAM, HEADER_LIMIT_HOLD, LOCATION_TEXT, LOCATION_XML, NO_RULE } from "../policy/format.gen";
import { CONNECT_CALL, INTERNAL, LIMIT_BODY, LIMIT_VALUE, RULE_BLOCK, TEXT_DOCUMENT, UNSUPPORTED_CHARSET, UNSUPPORTED_MEDIA_TYPE } from "../policy/outcomes.gen";
import { JSON, TEXT, XML, disguise } from "./disguise";

/** Offsets of the scanner are u32. */
const LONGEST: u64 = 0xffff0000;

@unmanaged
export class TextState extends FieldScope {
  set: u64; // rules that detect; none where texts are not read, and only JSON is
  scan: Scan;
  spans: Buffer;
  wanted: Buffer;
  held: Buffer; // bytes that wait
  heldFrom: u32; // offset in the body of the first byte of `held`
  released: u32; // offset in the body of the first byte that has not left
  length: u64; // of the body so far
  root: u32; // automaton state of JSON bodies
  start: u32; // state of disguise.ts
  early: Buffer; // bytes that do not say yet what it is
  document: usize; // JsonState once it is JSON, or 0
  isForeign: bool; // as JSON it would be a message that rules select in by its type
}

const SIZE: usize = offsetof<TextState>() + offsetof<Scan>() + 4 * offsetof<Buffer>();

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
  part += offsetof<Buffer>();
  s.early = changetype<Buffer>(part);
  s.rule = NO_RULE;
  s.root = root;
  const rule = fieldRule(s.policy, s.table, LOCATION_TEXT, 0, 0);
  // What no rule names of a text is all that nothing is found in: `unmatched` and finds do not go together.
  s.set = s.unmatched == NO_RULE ? before(s.rules, fieldDetects, rule) : 0;
  if (s.set == 0) return at;
  s.scan.spans = s.spans;
  const program = s.policy + load<u32>(s.policy, HEADER_DETECTOR_PROGRAM);
  if (prepare(s.scan, s.policy, s.set, s.wanted) && open(s.scan, program)) return at;
  closeText(s);
  return 0;
}

export function closeText(s: TextState): void {
  if (s.scan.window != 0) close(s.scan);
  if (s.document) closeDocument(changetype<JsonState>(s.document));
  s.early.wipe();
  s.early.free();
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

/** The next chunk of a document of JSON. Returns an outcome. */
function rewriteDocument(s: TextState, at: usize, length: u32, last: bool): u32 {
  const json = changetype<JsonState>(s.document);
  const outcome = rewrite(json, at, length, last);
  s.rule = json.rule;
  if (json.edited) putOut(out.at, out.length);
  return outcome == 0 && framed.failed ? INTERNAL : outcome;
}

/** Begins to read the text as JSON; an outcome. */
function beginDocument(s: TextState): u32 {
  if (s.isForeign) return CONNECT_CALL;
  // Rules that look into texts alone would see nothing of it.
  if ((s.set & ~s.any) != 0) return TEXT_DOCUMENT;
  s.document = openWholeDocument(s, s.root);
  return s.document ? 0 : INTERNAL;
}

/** Takes what the next bytes say of the format; an outcome. Where they say nothing, `early` has them. */
function begin(s: TextState, at: usize, length: u32, last: bool): u32 {
  const mayBeJson = isLive(s.policy, s.root, s.unmatched);
  const most = max<u32>(s.limit, load<u32>(s.policy, HEADER_LIMIT_HOLD));
  const room = mayBeJson ? most - s.early.length : length;
  s.start = disguise(s.start, at, min<u32>(length, room));
  if (s.start == XML && fieldRule(s.policy, s.table, LOCATION_XML, 0, 0) != NO_RULE) return TEXT_DOCUMENT;
  if (!mayBeJson) return 0;
  if (s.start < TEXT && length > room) return LIMIT_VALUE;
  if (s.start == JSON) {
    const outcome = beginDocument(s);
    if (outcome) return outcome;
  } else if (s.set == 0 && (s.start >= TEXT || last)) {
    return UNSUPPORTED_MEDIA_TYPE;
  }
  if (s.early.length != 0 || s.start < TEXT) {
    s.early.append(at, length);
    if (!s.early.reserve(PADDING)) return INTERNAL;
  }
  return 0;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteText(s: TextState, at: usize, length: u32, last: bool): u32 {
  beginFrame(at);
  if (s.start < TEXT) {
    const outcome = begin(s, at, length, last);
    if (outcome) return outcome;
    if (s.early.length != 0) {
      // All that came so far is the chunk, and what stays of it as it is has to be put out.
      if (s.start < TEXT && !last) {
        skipTo(at + length);
        return 0;
      }
      at = s.early.at;
      length = s.early.length;
      putOut(at, length);
    }
  }
  if (s.document) return rewriteDocument(s, at, length, last);
  // UTF-16 and UTF-32 spell ASCII with NULs. Receivers know them by a byte order mark, whatever the charset is said to be.
  if (findEither(at, at + length, 0, 0) != at + length) return UNSUPPORTED_CHARSET;
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
