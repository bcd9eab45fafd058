// What is neither tag nor text: comments, processing instructions, the XML declaration, CDATA sections (XML 1.0,
// productions [15], [16], [18], [23]); and references ([66], [68]).
// Invariants: resumable at any byte, `sub` says how far; a document type declaration is refused, so the five predefined
// entities are all there are.

import { spells, spellsAnyCase } from "../bytes/text";
import { CHARSET_ASCII, CHARSET_OTHER, CHARSET_REGIONAL, CHARSET_UTF8, charsetOf } from "../bytes/charset";
import { Narrow } from "../framing/narrow";
import { TEXT as NO_JSON } from "../json/begin";
import { UNSUPPORTED_CHARSET, XML_DOCTYPE, XML_SYNTAX } from "../policy/outcomes.gen";
import { beginCharacter, findSpecial, isCharacter, isSpace } from "./character";
import { dropName, readName } from "./name";
import { keepHeld } from "./output";
import {
  BANG_DASH,
  CDATA,
  CDATA_OPEN,
  COMMENT,
  DECLARATION,
  HOLD,
  PI,
  TEXT,
  XmlState,
  namesOf,
} from "./state";
import { beginMarkup, endMarkup, joinCdata, tell, tellAll, touchText } from "./value";

const DECLARATION_LIMIT: u32 = 256;
const BRACKET: u32 = 0x5d;

/** Back to the text, behind markup that ended before `p`. */
function leaveMarkup(s: XmlState, p: usize): void {
  s.place = TEXT;
  s.sub = 0;
  endMarkup(s, p);
}

/** Behind <! */
export function readBang(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  s.sub = 0;
  if (byte == 0x2d) s.place = BANG_DASH;
  else if (byte == 0x5b && s.depth) s.place = CDATA_OPEN;
  else s.error = byte == 0x44 && s.depth == 0 ? XML_DOCTYPE : XML_SYNTAX;
  return p + 1;
}

/** Behind <!- */
export function readBangDash(s: XmlState, p: usize): usize {
  if (load<u8>(p) != 0x2d) s.error = XML_SYNTAX;
  else beginMarkup(s, p + 1);
  s.place = COMMENT;
  return p + 1;
}

/** In a comment; `sub` dashes stand before `p`. */
export function readComment(s: XmlState, p: usize, end: usize): usize {
  if (s.sub == 0) p = findSpecial(p, 0x2d, 0x2d, 0x2d);
  if (p >= end) return end;
  const byte = <u32>load<u8>(p);
  if (s.sub == 2) {
    if (byte == 0x3e) leaveMarkup(s, p + 1);
    else s.error = XML_SYNTAX;
  } else if (byte == 0x2d) {
    s.sub++;
  } else {
    s.sub = 0;
    takeCharacter(s, byte);
  }
  return p + 1;
}

/** A byte of text: ASCII, or the first one of a character. */
export function takeCharacter(s: XmlState, byte: u32): void {
  if (byte >= 0x80) beginCharacter(s, byte);
  else if (byte < 0x20 && !isSpace(byte)) s.error = XML_SYNTAX;
}

/** In <![CDATA[ behind its first three bytes. */
export function readCdataOpen(s: XmlState, p: usize): usize {
  // "CDATA[", its first byte lowest.
  const spelling: u64 = 0x5b4154414443;
  if (<u64>load<u8>(p) != ((spelling >> (<u64>s.sub << 3)) & 0xff)) {
    s.error = XML_SYNTAX;
  } else if (++s.sub == 6) {
    s.place = CDATA;
    s.sub = 0;
    joinCdata(s);
  }
  return p + 1;
}

/** In a CDATA section; `sub` brackets, two at most, stand before `p`. */
export function readCdata(s: XmlState, p: usize, end: usize): usize {
  if (s.sub == 0) {
    const from = p;
    p = min<usize>(findSpecial(p, 0x5d, 0x5d, 0x5d), end);
    if (p > from) touchText(s, from);
    tellAll(s, from, p);
    if (p == end || s.error) return end;
  }
  const byte = <u32>load<u8>(p);
  if (byte == 0x5d) {
    if (s.sub == 2) {
      touchText(s, p);
      tellAll(s, p, p + 1);
    }
    s.sub = min<u32>(s.sub + 1, 2);
  } else if (byte == 0x3e && s.sub == 2) {
    s.place = TEXT;
    s.sub = 0;
  } else {
    touchText(s, p);
    // The brackets before it are text.
    if (s.begins < NO_JSON) tell(s, s.sub ? BRACKET : byte, p);
    s.sub = 0;
    takeCharacter(s, byte);
  }
  return p + 1;
}

/** In the target of a processing instruction. */
export function readTarget(s: XmlState, p: usize, end: usize): usize {
  p = readName(s, p, end);
  if (p == end || s.due || s.error) return p;
  const byte = <u32>load<u8>(p);
  if (byte != 0x3f && !isSpace(byte)) s.error = XML_SYNTAX;
  const at = s.namesAt + s.otherAt;
  const length = s.namesLength - s.otherAt;
  const isXml = spellsAnyCase(at, length, "xml");
  // Namespaces in XML 1.0, section 7: the target of an instruction has no colon.
  for (let i: u32 = 0; i < length; i++) if (load<u8>(at + i) == 0x3a) s.error = XML_SYNTAX;
  if (isXml && !(s.declarable && spells(at, length, "xml"))) s.error = XML_SYNTAX;
  dropName(s);
  s.sub = byte == 0x3f ? BARE : 0;
  if (isXml) {
    if (s.mode == HOLD) keepHeld(s);
    s.place = DECLARATION;
  } else {
    beginMarkup(s, p);
    s.place = PI;
  }
  s.declarable = false;
  return p;
}

// How far the end of an instruction has been read.
const MARK: u32 = 1; // its question mark
const BARE: u32 = 2; // its target: nothing but the end may follow
const BARE_MARK: u32 = 3;

/** In a processing instruction, behind its target. */
export function readInstruction(s: XmlState, p: usize, end: usize): usize {
  if (s.sub == 0) p = findSpecial(p, 0x3f, 0x3f, 0x3f);
  if (p >= end) return end;
  const byte = <u32>load<u8>(p);
  if (byte == 0x3e && (s.sub == MARK || s.sub == BARE_MARK)) {
    leaveMarkup(s, p + 1);
  } else if (s.sub == BARE_MARK) {
    s.error = XML_SYNTAX;
  } else if (byte == 0x3f) {
    s.sub = s.sub == BARE ? BARE_MARK : MARK;
  } else {
    s.sub = 0;
    takeCharacter(s, byte);
  }
  return p + 1;
}

/** In the XML declaration, which is collected behind the names. */
export function readDeclaration(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  const names = namesOf(s);
  if (byte == 0x3e && s.sub == MARK) {
    judgeDeclaration(s, names.at + s.otherAt, names.at + names.length - 1);
    dropName(s);
    leaveMarkup(s, p + 1);
  } else {
    s.sub = byte == 0x3f ? MARK : 0;
    if (byte < 0x20 && !isSpace(byte)) s.error = XML_SYNTAX;
    if (names.length - s.otherAt >= DECLARATION_LIMIT) s.error = XML_SYNTAX;
    names.byte(byte);
  }
  return p + 1;
}

// The value that `pseudo` has read.
let valueAt: usize = 0;
let valueLength: u32 = 0;

/** Reads ` name = "value"` from `p` on; returns the address behind it, or `p` when something else stands there. */
function pseudo(p: usize, end: usize, name: string): usize {
  let at = p;
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  if (at == p || at + name.length > end || !spellsAnyCase(at, name.length, name)) return p;
  for (let i: i32 = 0; i < name.length; i++) if (load<u8>(at + i) < 0x61) return p;
  at += name.length;
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  if (at >= end || load<u8>(at) != 0x3d) return p;
  at++;
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  const quote = at < end ? <u32>load<u8>(at) : 0;
  if (quote != 0x22 && quote != 0x27) return p;
  valueAt = ++at;
  while (at < end && <u32>load<u8>(at) != quote) at++;
  valueLength = <u32>(at - valueAt);
  return at < end ? at + 1 : p;
}

/**
 * Takes the encoding that `pseudo` has read; false when it is none in which the document can be read. Receivers differ on
 * which counts where content-type names another one, so then only ASCII is read.
 */
function takeEncoding(s: XmlState): bool {
  let found = charsetOf(valueAt, valueLength);
  if (found == CHARSET_REGIONAL) found = CHARSET_ASCII;
  if (found == CHARSET_OTHER || (s.marked && found != CHARSET_UTF8)) return false;
  const n = changetype<Narrow>(s.charset);
  if (found == n.charset) return true;
  n.charset = found != CHARSET_UTF8 && n.charset == CHARSET_UTF8 && n.named == 0 ? found : CHARSET_ASCII;
  s.declared = true;
  return true;
}

/** Version 1.0, an encoding that can be read when there is one, standalone yes or no when it is there, and nothing else. */
function judgeDeclaration(s: XmlState, at: usize, end: usize): void {
  const version = pseudo(at, end, "version");
  if (version == at || !spellsAnyCase(valueAt, valueLength, "1.0")) {
    s.error = XML_SYNTAX;
    return;
  }
  const encoding = pseudo(version, end, "encoding");
  if (encoding != version && !takeEncoding(s)) {
    s.error = UNSUPPORTED_CHARSET;
    return;
  }
  let p = pseudo(encoding, end, "standalone");
  if (p != encoding) {
    // Only these two spellings, in lower case.
    const isYes = valueLength == 3 && spellsAnyCase(valueAt, 3, "yes") && load<u8>(valueAt) == 0x79;
    const isNo = valueLength == 2 && load<u16>(valueAt) == 0x6f6e;
    if (!isYes && !isNo) s.error = XML_SYNTAX;
  }
  while (p < end && isSpace(<u32>load<u8>(p))) p++;
  if (p != end) s.error = XML_SYNTAX;
}

// How far a reference has been read.
const NAMED: u32 = 1;
const HASH: u32 = 2;
const HEX: u32 = 3; // a digit must follow
const HEX_DIGITS: u32 = 4;
const DIGITS: u32 = 5;

/** The word quot, its first byte lowest. */
const QUOT: u64 = 0x746f7571;

/** Whether the word, its first byte lowest, is lt, gt, amp, quot or apos. */
@inline
function isPredefined(word: u64): bool {
  return word == 0x746c || word == 0x7467 || word == 0x706d61 || word == QUOT || word == 0x736f7061;
}

/** The first byte of a character in UTF-8, as far as it says how a text begins: all but a byte order mark begin none. */
function firstByte(code: u32): u32 {
  return code < 0x80 ? code : code == 0xfeff ? 0xef : 0xff;
}

/** Behind the & of a reference, which ends up behind its semicolon in the place it stands in. */
export function readReference(s: XmlState, p: usize): usize {
  const byte = <u32>load<u8>(p);
  const digit = byte - 0x30;
  const hex = digit < 10 ? digit : (byte | 0x20) - 0x61 < 6 ? (byte | 0x20) - 0x57 : 16;
  if (byte == 0x3b) {
    const isWhole = s.sub == NAMED ? isPredefined(s.word) : s.sub >= HEX_DIGITS && isCharacter(s.code);
    if (!isWhole) s.error = XML_SYNTAX;
    s.place = s.back;
    if (s.begins < NO_JSON) tell(s, s.sub == NAMED ? (s.word == QUOT ? 0x22 : 0x26) : firstByte(s.code), p);
    s.sub = 0;
    return p + 1;
  }
  switch (s.sub) {
    case 0:
      s.code = 0;
      s.word = byte;
      s.sub = byte == 0x23 ? HASH : NAMED;
      break;
    case NAMED:
      if (s.word >> 24) s.error = XML_SYNTAX;
      s.word |= <u64>byte << (s.word >> 16 ? 24 : s.word >> 8 ? 16 : 8);
      break;
    case HASH:
      if (byte == 0x78) s.sub = HEX;
      else if (digit < 10) {
        s.sub = DIGITS;
        s.code = digit;
      } else s.error = XML_SYNTAX;
      break;
    case DIGITS:
      if (digit >= 10) s.error = XML_SYNTAX;
      s.code = min<u32>(s.code * 10 + digit, 0x110000);
      break;
    default:
      if (hex == 16) s.error = XML_SYNTAX;
      s.sub = HEX_DIGITS;
      s.code = min<u32>((s.code << 4) | hex, 0x110000);
      break;
  }
  return p + 1;
}
