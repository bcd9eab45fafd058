// XML 1.0 (fifth edition) without a document type declaration, one line a place in the document. Tags are read in tag.ts,
// other markup in markup.ts, verdicts fall in value.ts, bytes leave in output.ts.
// Invariants: resumable at any byte; strict, so that no receiver finds an element where none was seen; constant memory:
// depth, names, attributes of a tag and values are limited.

import { allocate, release } from "../bytes/pool";
import { CHARSET_ASCII } from "../bytes/charset";
import { findWide } from "../bytes/scan";
import { FieldScope } from "../fields/scope";
import { stateAt } from "../policy/cursor";
import { HEADER_LIMIT_DEPTH, NO_RULE, STATE_FLAGS, STATE_FLAG_LIVE } from "../policy/format.gen";
import { INTERNAL, UNSUPPORTED_CHARSET, XML_SYNTAX } from "../policy/outcomes.gen";
import { findSpecial, fitsName, isSpace, stepCharacter } from "./character";
import {
  readBang,
  readBangDash,
  readCdata,
  readCdataOpen,
  readComment,
  readDeclaration,
  readInstruction,
  readReference,
  readTarget,
  takeCharacter,
} from "./markup";
import { Narrow, wide, widen } from "../framing/narrow";
import { beginName } from "./name";
import { forgetTold, keepTold } from "./pair";
import { beginChunk, endChunk, flush, keepHeld, out } from "./output";
import {
  ATTRIBUTE_EQUALS,
  ATTRIBUTE_NAME,
  ATTRIBUTE_QUOTE,
  ATTRIBUTE_VALUE,
  BANG,
  BANG_DASH,
  CDATA,
  CDATA_OPEN,
  COMMENT,
  CONTENT_JUDGED,
  CONTENT_PASSES,
  DECLARATION,
  END_NAME,
  END_SPACE,
  HOLD,
  LT,
  PI,
  PI_TARGET,
  REFERENCE,
  SIZE_FRAME,
  START,
  TAG,
  TAG_NAME,
  TAG_SLASH,
  TEXT,
  XmlState,
  carryOf,
  namesOf,
  seenOf,
  toldOf,
} from "./state";
import {
  beginElement,
  readAttributeName,
  readAttributeValue,
  readEndName,
  readEndSpace,
  readEquals,
  readTag,
  readTagName,
  readTagSlash,
} from "./tag";
import { checkLead, spillValue } from "./attribute";
import { beginText, endTextAtEnd, spillText, suspendText, tellAll, touchText } from "./value";

/** Bytes behind a chunk that `rewriteXml` overwrites with zeros: the caller provides them. */
const PADDING: u32 = 64;

@inline
function stateBytes(policy: usize): u32 {
  return <u32>offsetof<XmlState>() + load<u32>(policy, HEADER_LIMIT_DEPTH) * SIZE_FRAME;
}

/** A state for a document whose root is in the given automaton state, or 0 when memory ran out. */
export function openXml(scope: FieldScope, root: u32, charset: Narrow): usize {
  const policy = scope.policy;
  const at = allocate(stateBytes(policy));
  if (at == 0) return 0;
  memory.fill(at, 0, offsetof<XmlState>());
  const s = changetype<XmlState>(at);
  const unmatched = scope.unmatched;
  s.policy = policy;
  s.rules = scope.rules;
  s.unmatched = unmatched;
  s.unsupported = scope.unsupported;
  s.keys = scope.keys;
  s.counts = scope.counts;
  s.frames = at + offsetof<XmlState>();
  s.limitDepth = load<u32>(policy, HEADER_LIMIT_DEPTH);
  s.limitValue = scope.limit;
  s.state = root;
  s.charset = changetype<usize>(charset);
  s.cover = unmatched;
  s.textRule = unmatched;
  s.rule = NO_RULE;
  s.acting = NO_RULE;
  s.namedRule = NO_RULE;
  s.tagRule = NO_RULE;
  s.heldRule = NO_RULE;
  // Rules that look everywhere let no comment pass outside the root element either.
  s.content = unmatched == NO_RULE && scope.any == 0 ? CONTENT_PASSES : CONTENT_JUDGED;
  s.textDetects = scope.any;
  s.live = unmatched != NO_RULE || (load<u16>(stateAt(policy, root), STATE_FLAGS) & STATE_FLAG_LIVE) != 0;
  return at;
}

/** From now on a rule covers the whole document: nothing of it has been read. */
export function coverXml(s: XmlState, rule: u32): void {
  s.cover = rule;
  s.textRule = rule;
  s.content = CONTENT_JUDGED;
  s.live = true;
}

export function closeXml(s: XmlState): void {
  carryOf(s).wipe();
  carryOf(s).free();
  namesOf(s).free();
  seenOf(s).free();
  toldOf(s).wipe();
  toldOf(s).free();
  release(changetype<usize>(s), stateBytes(s.policy));
}

/** At the first byte, or in a byte order mark, which stays. */
function readStart(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  if (s.sub == 0 && byte == 0xef) {
    s.sub = 1;
    return p + 1;
  }
  if (s.sub == 1 || s.sub == 2) {
    if (byte != (s.sub == 1 ? 0xbb : 0xbf)) s.error = XML_SYNTAX;
    s.sub++;
    return p + 1;
  }
  s.marked = s.sub == 3;
  s.sub = 0;
  s.declarable = byte == 0x3c;
  s.place = TEXT;
  beginText(s, p);
  return p;
}

/** Between tags; `sub` closing brackets, two at most, stand before `p`. */
function readText(s: XmlState, p: usize, end: usize): usize {
  if (s.sub == 0) {
    const from = p;
    p = findSpecial(p, 0x3c, 0x26, 0x5d);
    if (p > from) {
      if (s.depth == 0) {
        for (let q = from; q < p && q < end; q++) if (!isSpace(<u32>load<u8>(q))) s.error = XML_SYNTAX;
        if (s.error) return end;
      }
      touchIfSolid(s, from, min<usize>(p, end));
      tellAll(s, from, min<usize>(p, end));
    }
    if (p >= end || s.error) return end;
  }
  const byte = <u32>load<u8>(p);
  if (byte == 0x3c) {
    suspendText(s, p);
    s.place = LT;
    return p + 1;
  }
  if (s.depth == 0) {
    if (!isSpace(byte)) s.error = XML_SYNTAX;
    return p + 1;
  }
  if (!isSpace(byte)) touchText(s, p);
  if (byte != 0x26) tellAll(s, p, p + 1);
  if (byte == 0x5d) {
    s.sub = min<u32>(s.sub + 1, 2);
  } else if (byte == 0x26) {
    s.back = TEXT;
    s.place = REFERENCE;
    s.sub = 0;
  } else {
    if (byte == 0x3e && s.sub == 2) s.error = XML_SYNTAX;
    s.sub = 0;
    takeCharacter(s, byte);
  }
  return p + 1;
}

/** Says of the plain text from `p` on, where something acts on it, whether it is more than spaces. */
function touchIfSolid(s: XmlState, p: usize, end: usize): void {
  if (s.content == CONTENT_PASSES || s.solid) return;
  while (p < end && load<u8>(p) == 0x20) p++;
  if (p < end) touchText(s, p);
}

/** Behind <. */
function readLt(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  if (byte != 0x3f) s.declarable = false;
  if (byte != 0x2f) forgetTold(s);
  if (byte == 0x2f) {
    if (s.depth == 0) s.error = XML_SYNTAX;
    else endTextAtEnd(s, p);
    s.place = END_NAME;
    s.sub = 0;
    return p + 1;
  }
  if (byte == 0x21) {
    s.place = BANG;
    return p + 1;
  }
  if (byte == 0x3f) {
    beginName(s);
    s.place = PI_TARGET;
    return p + 1;
  }
  beginElement(s, p);
  return p;
}

/** A character of several bytes, in a text or a name. */
function readWide(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  stepCharacter(s, byte);
  const inName = s.place == TAG_NAME || s.place == ATTRIBUTE_NAME || s.place == PI_TARGET;
  if (!inName) {
    if (s.place != COMMENT && s.place != PI) tellAll(s, p, p + 1);
    return p + 1;
  }
  namesOf(s).byte(byte);
  if (s.due == 0 && s.error == 0) {
    const width: u32 = s.code < 0x800 ? 2 : s.code < 0x10000 ? 3 : 4;
    if (!fitsName(s, s.namesLength - s.otherAt == width)) s.error = XML_SYNTAX;
  }
  return p + 1;
}

/** Reads on from `p`, one token or a part of one. */
function read(s: XmlState, p: usize, end: usize): usize {
  if (s.due) return readWide(s, p);
  switch (s.place) {
    case START:
      return readStart(s, p);
    case TEXT:
      return readText(s, p, end);
    case LT:
      return readLt(s, p);
    case BANG:
      return readBang(s, p);
    case BANG_DASH:
      return readBangDash(s, p);
    case CDATA_OPEN:
      return readCdataOpen(s, p);
    case CDATA:
      return readCdata(s, p, end);
    case COMMENT:
      return readComment(s, p, end);
    case PI_TARGET:
      return readTarget(s, p, end);
    case PI:
      return readInstruction(s, p, end);
    case DECLARATION:
      return readDeclaration(s, p);
    case TAG_NAME:
      return readTagName(s, p, end);
    case TAG:
      return readTag(s, p);
    case TAG_SLASH:
      return readTagSlash(s, p);
    case ATTRIBUTE_NAME:
      return readAttributeName(s, p, end);
    case ATTRIBUTE_EQUALS:
    case ATTRIBUTE_QUOTE:
      return readEquals(s, p);
    case ATTRIBUTE_VALUE:
      return readAttributeValue(s, p, end);
    case END_NAME:
      return readEndName(s, p, end);
    case END_SPACE:
      return readEndSpace(s, p);
    default:
      return readReference(s, p);
  }
}

/** What is held at a chunk border must stay within its limit. */
function outgrow(s: XmlState, end: usize): void {
  const place = s.place == REFERENCE ? s.back : s.place;
  if (place == TEXT || place == CDATA) spillText(s, end);
  else if (place == ATTRIBUTE_VALUE) spillValue(s, end);
  else if (place == TAG || place == ATTRIBUTE_NAME) checkLead(s, end);
}

let changedEnd: usize = 0;
let changeFault: u32 = 0;

/**
 * The declaration has changed the charset: where the rest of the chunk, [p, end), now stands, up to `changedEnd`, and
 * `changeFault` when more of it cannot be read.
 */
function changeCharset(s: XmlState, p: usize, end: usize): usize {
  const n = changetype<Narrow>(s.charset);
  changedEnd = end;
  changeFault = 0;
  const first = findWide(p, end);
  if (first == end) return p;
  if (n.charset == CHARSET_ASCII) {
    changeFault = UNSUPPORTED_CHARSET;
    changedEnd = first;
  } else {
    changeFault = widen(n, p, <u32>(end - p), wide, PADDING);
    flush(s, p);
    p = wide.at;
    changedEnd = p + wide.length;
    s.copyFrom = p;
    s.mark = p;
  }
  for (let i: usize = 0; i < PADDING; i += 16) v128.store(changedEnd + i, i64x2.splat(0));
  return p;
}

/**
 * Rewrites the next chunk of a document, `length` bytes at `at`, the last one when `last`. `at + length` and PADDING
 * bytes on are overwritten. Returns an outcome, 0 while all is well. Afterwards `s.edited` says whether the output is
 * `out` (output.ts) or the chunk as it stands.
 */
export function rewriteXml(s: XmlState, at: usize, length: u32, last: bool): u32 {
  let end = at + length;
  let fault: u32 = 0;
  for (let i: usize = 0; i < PADDING; i += 16) v128.store(end + i, i64x2.splat(0));
  beginChunk(s, at);
  s.tellFrom = at;
  let p = at;
  while (p < end) {
    p = read(s, p, end);
    if (s.declared && s.error == 0) {
      s.declared = false;
      p = changeCharset(s, p, end);
      end = changedEnd;
      fault = changeFault;
      if (fault == INTERNAL) break;
    }
    if (s.error) return s.error;
  }
  if (fault) {
    s.error = fault;
    return fault;
  }
  if (last) {
    if (s.place != TEXT || s.due || s.depth || !s.rooted) s.error = XML_SYNTAX;
    if (s.mode == HOLD) {
      outgrow(s, end);
      keepHeld(s);
    }
  } else if (s.mode == HOLD) {
    outgrow(s, end);
  }
  keepTold(s, end);
  endChunk(s, end);
  if (out.failed || s.carryFailed || s.namesFailed || s.seenFailed) s.error = INTERNAL;
  return s.error;
}
