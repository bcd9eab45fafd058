// Start tags, attributes, end tags (XML 1.0, productions [40] to [44]).
// Invariants: resumable at any byte; an end tag spells the name of its start tag; no name of an attribute comes twice.

import { LIMIT_ATTRIBUTES, LIMIT_DEPTH, XML_REFERENCE, XML_SYNTAX } from "../policy/outcomes.gen";
import { beginCharacter, findSpecial, isSpace } from "./character";
import { beginName, declaresNamespace, dropName, localAt, localLength, readName, splitName } from "./name";
import { holdFrom } from "./output";
import {
  ATTRIBUTE_EQUALS,
  ATTRIBUTE_NAME,
  ATTRIBUTE_QUOTE,
  ATTRIBUTE_VALUE,
  END_SPACE,
  FLOW,
  FRAME_CONTENT,
  FRAME_COVER,
  FRAME_DETECTS,
  FRAME_LIVE,
  FRAME_NAME,
  FRAME_NAMED_DETECTS,
  FRAME_NAMED_RULE,
  FRAME_RULE,
  FRAME_STATE,
  HOLD,
  REFERENCE,
  SIZE_FRAME,
  TAG,
  TAG_NAME,
  TAG_SLASH,
  TEXT,
  XmlState,
  namesOf,
  seenOf,
} from "./state";
import { endValue, keepLead, mayPoint, startAttribute, startValue } from "./attribute";
import { leaveTold, tellText } from "./pair";
import { endElement, nameContent, startElement } from "./element";
import { beginText, endTextAtStart, tellAll } from "./value";

/** More attributes than this in one tag are refused: each is compared with all before it. */
const ATTRIBUTES_LIMIT: u32 = 256;

function push(s: XmlState): void {
  const frame = s.frames + s.depth * SIZE_FRAME;
  store<u16>(frame, s.state, FRAME_STATE);
  store<u16>(frame, s.cover, FRAME_COVER);
  store<u16>(frame, s.textRule, FRAME_RULE);
  store<u64>(frame, s.textDetects, FRAME_DETECTS);
  store<u8>(frame, s.content, FRAME_CONTENT);
  store<u8>(frame, (s.live ? 1 : 0) | (s.sub << 1), FRAME_LIVE);
  store<u32>(frame, s.nameAt, FRAME_NAME);
  store<u16>(frame, s.namedRule, FRAME_NAMED_RULE);
  store<u64>(frame, s.namedDetects, FRAME_NAMED_DETECTS);
  s.depth++;
}

/** The element ends before `p`: back to the one around it. */
function leaveElement(s: XmlState, p: usize): void {
  const isLeftOut = endElement(s, p);
  s.namesLength = s.nameAt;
  s.depth--;
  const frame = s.frames + s.depth * SIZE_FRAME;
  s.state = <u32>load<u16>(frame, FRAME_STATE);
  s.cover = <u32>load<u16>(frame, FRAME_COVER);
  s.textRule = <u32>load<u16>(frame, FRAME_RULE);
  s.textDetects = load<u64>(frame, FRAME_DETECTS);
  s.content = <u32>load<u8>(frame, FRAME_CONTENT);
  s.live = (load<u8>(frame, FRAME_LIVE) & 1) != 0;
  s.nameAt = load<u32>(frame, FRAME_NAME);
  leaveTold(s, <u32>load<u16>(frame, FRAME_NAMED_RULE), load<u64>(frame, FRAME_NAMED_DETECTS));
  s.place = TEXT;
  // ]] before and > behind an element that is left out would meet, and be no text: refused as if they had.
  s.sub = isLeftOut ? <u32>load<u8>(frame, FRAME_LIVE) >> 1 : 0;
  beginText(s, p);
}

/** A start tag: its < stands before `p`. */
export function beginElement(s: XmlState, p: usize): void {
  if (s.depth == 0 && s.rooted) s.error = XML_SYNTAX;
  else if (s.depth >= s.limitDepth) s.error = LIMIT_DEPTH;
  if (s.error) return;
  s.rooted = true;
  endTextAtStart(s, p);
  beginName(s);
  s.place = TAG_NAME;
}

/** In the name of a start tag. */
export function readTagName(s: XmlState, p: usize, end: usize): usize {
  p = readName(s, p, end);
  if (p == end || s.due || s.error) return p;
  splitName(s);
  if (s.error) return p;
  push(s);
  s.nameAt = s.otherAt;
  seenOf(s).clear();
  startElement(s, localAt, localLength);
  s.spaced = false;
  s.place = TAG;
  return p;
}

/** In a start tag, behind its name or an attribute. */
export function readTag(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  if (isSpace(byte)) {
    if (s.judging && s.mode == FLOW) holdFrom(s, p);
    s.spaced = true;
    return p + 1;
  }
  if (byte == 0x3e || byte == 0x2f) {
    if (s.mode == HOLD) keepLead(s, p);
    if (byte == 0x2f) {
      s.place = TAG_SLASH;
    } else {
      s.place = TEXT;
      s.sub = 0;
      if (s.tagTold) nameContent(s);
      beginText(s, p + 1);
      tellText(s, p + 1);
    }
    return p + 1;
  }
  if (!s.spaced) s.error = XML_SYNTAX;
  beginName(s);
  s.place = ATTRIBUTE_NAME;
  return p;
}

/** Behind the slash of an empty-element tag. */
export function readTagSlash(s: XmlState, p: usize): usize {
  if (load<u8>(p) != 0x3e) s.error = XML_SYNTAX;
  else leaveElement(s, p + 1);
  return p + 1;
}

/** Sets `error` when the name that has just been read came before in this tag. Names count as equal by a hash of 64 bits
 * (FNV-1a), so that at worst a tag of unlucky names is refused. */
function checkUnique(s: XmlState): void {
  let hash: u64 = 0xcbf29ce484222325;
  const end = s.namesAt + s.namesLength;
  for (let p = s.namesAt + s.otherAt; p < end; p++) hash = (hash ^ <u64>load<u8>(p)) * 0x100000001b3;
  const seen = seenOf(s);
  const last = s.seenAt + s.seenLength;
  for (let p = s.seenAt; p < last; p += 8) if (load<u64>(p) == hash) s.error = XML_SYNTAX;
  if (seen.length >= ATTRIBUTES_LIMIT << 3) s.error = LIMIT_ATTRIBUTES;
  else if (seen.reserve(8)) {
    store<u64>(s.seenAt + s.seenLength, hash);
    s.seenLength += 8;
  }
}

/** In the name of an attribute. */
export function readAttributeName(s: XmlState, p: usize, end: usize): usize {
  p = readName(s, p, end);
  if (p == end || s.due || s.error) return p;
  splitName(s);
  if (s.error == 0) checkUnique(s);
  if (s.error) return p;
  s.points = false;
  if (declaresNamespace(s)) {
    if (s.mode == HOLD) keepLead(s, p);
  } else {
    startAttribute(s, p, localAt, localLength);
    s.points = mayPoint(s, localAt, localLength);
    s.isPlain = localAt == s.namesAt + s.otherAt;
  }
  dropName(s);
  s.place = ATTRIBUTE_EQUALS;
  return p;
}

/** Around the equals sign. */
export function readEquals(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  if (isSpace(byte)) return p + 1;
  if (s.place == ATTRIBUTE_EQUALS) {
    if (byte != 0x3d) s.error = XML_SYNTAX;
    s.place = ATTRIBUTE_QUOTE;
  } else {
    if (byte != 0x22 && byte != 0x27) s.error = XML_SYNTAX;
    s.quote = byte;
    s.place = ATTRIBUTE_VALUE;
    startValue(s, p + 1);
  }
  return p + 1;
}

/** In an attribute value. */
export function readAttributeValue(s: XmlState, p: usize, end: usize): usize {
  const from = p;
  if (s.points) {
    s.points = false;
    // A number sign, or what may spell one.
    if (load<u8>(p) == 0x23 || load<u8>(p) == 0x26) s.error = XML_REFERENCE;
  }
  p = findSpecial(p, <u8>s.quote, 0x3c, 0x26);
  tellAll(s, from, min<usize>(p, end));
  if (p >= end) return end;
  const byte = <u32>load<u8>(p);
  if (byte != 0x26 && byte != s.quote) tellAll(s, p, p + 1);
  if (byte == s.quote) {
    endValue(s, p);
    s.spaced = false;
    s.place = TAG;
  } else if (byte == 0x26) {
    s.back = ATTRIBUTE_VALUE;
    s.place = REFERENCE;
    s.sub = 0;
  } else if (byte >= 0x80) {
    beginCharacter(s, byte);
  } else if (!isSpace(byte)) {
    s.error = XML_SYNTAX;
  }
  return p + 1;
}

/** In the name of an end tag. */
export function readEndName(s: XmlState, p: usize, end: usize): usize {
  const names = namesOf(s);
  const length = names.length - s.nameAt;
  while (p < end && s.sub < length) {
    if (load<u8>(p) != load<u8>(names.at + s.nameAt + s.sub)) {
      s.error = XML_SYNTAX;
      return p;
    }
    s.sub++;
    p++;
  }
  if (s.sub == length) s.place = END_SPACE;
  return p;
}

/** Behind the name of an end tag. */
export function readEndSpace(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  if (byte == 0x3e) leaveElement(s, p + 1);
  else if (!isSpace(byte)) s.error = XML_SYNTAX;
  return p + 1;
}
