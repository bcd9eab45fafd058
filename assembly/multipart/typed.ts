// A part whose content-type names a format: judged as a body of that type would be (RFC 7578, section 4.4; RFC 2046,
// section 5.1).
// Invariants: a rule that says how the part is decoded comes first; one that takes it by its name covers the document, as a
// rule on its root does; what the part is read by is
// what a body is read by; the rules with `any:` act in it, and not on its spelling beside; what a document refers to in
// another part (`cid:`, RFC 2392) stays referred to, since that part holds what a rule on the reference is about.

import { CHARSET_ASCII, CHARSET_OTHER } from "../bytes/charset";
import { Buffer } from "../bytes/buffer";
import { hexDigit } from "../bytes/encoding";
import { lower, spellsAnyCase } from "../bytes/text";
import { TYPE_OTHER, charset, readType } from "../framing/content";
import { closeReader, coverAll, edited, openReader, readIn, ruleOf, written, writtenLength } from "../framing/format";
import { Narrow } from "../framing/narrow";
import { setAside, takeBack } from "../framing/output";
import { isRead, xmlRoot } from "../framing/reads";
import { isLive } from "../json/document";
import { PADDING } from "../json/rewrite";
import {
  FORMAT_EVENTS,
  FORMAT_FORM,
  FORMAT_GRAPHQL,
  FORMAT_JSON,
  FORMAT_LINES,
  FORMAT_SEQUENCE,
  FORMAT_TEXT,
  FORMAT_XML,
  HEADER_REQUEST_FIELDS,
  HEADER_REQUEST_ROOT,
  HEADER_RESPONSE_ROOT,
  NO_RULE,
} from "../policy/format.gen";
import { INTERNAL, MULTIPART_REFERENCE, TEXT_DOCUMENT, UNSUPPORTED_CHARSET, UNSUPPORTED_MEDIA_TYPE } from "../policy/outcomes.gen";
import { isBlank, isMark } from "../text/disguise";
import { XmlState } from "../xml/state";
import { typeAt, typeEnd } from "./header";
import { MultipartState, valueOf } from "./state";

const narrow = changetype<Narrow>(memory.data(offsetof<Narrow>(), 16));

/** What no rule names in a part that `rule` selects: one that passes exempts all of it. */
function unmatchedIn(s: MultipartState, rule: u32): u32 {
  return rule != NO_RULE && !s.acts(rule) ? <u32>NO_RULE : s.unmatched;
}

/** Whether `rule`, which selects the part, covers the document in it. */
function covers(s: MultipartState, rule: u32): bool {
  return rule != s.unmatched && s.acts(rule);
}

/** Whether parts in the format are read. Text is a value, and calls and messages have no method here. */
function isReadable(format: u32): bool {
  switch (format) {
    case FORMAT_JSON:
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
    case FORMAT_EVENTS:
    case FORMAT_FORM:
    case FORMAT_XML:
    case FORMAT_GRAPHQL:
      return true;
    default:
      return false;
  }
}

/**
 * Takes the type of the part whose headers have been read: sets `format`, TYPE_OTHER when it is a value, `root` and `charset`.
 * `rule` selects the part, or is NO_RULE; one that acts covers the document. `isTold`: a rule says that the part is JSON, whose
 * state is `root` already. False when its charset cannot be read.
 */
export function takeType(s: MultipartState, rule: u32, isTold: bool): bool {
  s.format = TYPE_OTHER;
  if (typeEnd == 0) return true;
  const format = readType(typeAt, <u32>(typeEnd - typeAt));
  if (!isReadable(format) || (isTold && format != FORMAT_JSON)) return true;
  const unmatched = covers(s, rule) ? rule : unmatchedIn(s, rule);
  const root = isTold ? s.root : rootOf(s);
  const reads = format == FORMAT_JSON ? isLive(s.policy, root, unmatched) : isRead(s.policy, format, <u32>s.table, root, unmatched);
  if (!reads) return true;
  if (charset == CHARSET_OTHER) return false;
  setType(s, format, root, charset);
  return true;
}

/** The automaton state of the documents of bodies. */
function rootOf(s: MultipartState): u32 {
  const isRequest = s.table == HEADER_REQUEST_FIELDS;
  return isRequest ? load<u32>(s.policy, HEADER_REQUEST_ROOT) : load<u32>(s.policy, HEADER_RESPONSE_ROOT);
}

function setType(s: MultipartState, format: u32, root: u32, charset: u32): void {
  s.format = format;
  s.root = format == FORMAT_XML ? xmlRoot(s.policy, <u32>s.table) : root;
  s.charset = charset;
}

/** The same for a part without a name, which is read where a body of its type is. Returns an outcome. */
export function takeBodyType(s: MultipartState): u32 {
  // A part that names no type is a text in ASCII (RFC 2046, section 5.2).
  let format = FORMAT_TEXT;
  let named = CHARSET_ASCII;
  s.isPlain = typeEnd == 0 || spellsAnyCase(typeAt, 10, "text/plain");
  if (typeEnd) {
    format = readType(typeAt, <u32>(typeEnd - typeAt));
    named = charset;
  }
  const root = rootOf(s);
  const reads = (format == FORMAT_TEXT || isReadable(format)) && isRead(s.policy, format, <u32>s.table, root, s.unmatched);
  if (!reads) return UNSUPPORTED_MEDIA_TYPE;
  if (named == CHARSET_OTHER) return UNSUPPORTED_CHARSET;
  setType(s, format, root, named);
  return 0;
}

/**
 * Whether the part is XML that says it is a text: receivers of SOAP take the type of the first part from the content-type of
 * the message.
 */
function isDisguised(s: MultipartState, at: usize, length: u32): bool {
  if (s.format != FORMAT_TEXT || !s.isPlain || xmlRoot(s.policy, <u32>s.table) == 0) return false;
  let i: u32 = 0;
  while (i < length && (isBlank(<u32>load<u8>(at + i)) || isMark(<u32>load<u8>(at + i)))) i++;
  return i < length && load<u8>(at + i) == 0x3c;
}

/**
 * The next reference to another part behind `p`, or `end`. A letter or colon that is spelled by its number is taken for one,
 * since it may be of a `cid:` and nobody has to spell it so.
 */
function nextReference(p: usize, end: usize): usize {
  for (p++; p + 4 <= end; p++) {
    const isWord = (<u32>load<u8>(p - 1) | 0x20) - 0x61 < 26;
    if ((!isWord && mayRefer(p, end)) || isNumbered(p, end)) return p;
  }
  return end;
}

/**
 * Whether `cid:` may be spelled at `p`. Borders of sections divide no text, and behind a comment or an instruction within the
 * word, which nobody has to put there, it is not sought.
 */
function mayRefer(p: usize, end: usize): bool {
  for (let i: u32 = 0; i < 4; i++, p++) {
    while (i && isSectionBorder(p)) p += load<u8>(p) == 0x3c ? SECTION_START : SECTION_END;
    if (p >= end) return false;
    const byte = <u32>load<u8>(p);
    if (lower(byte) != <u32>"cid:".charCodeAt(i)) return i != 0 && byte == 0x3c && isMarkup(<u32>load<u8>(p + 1));
  }
  return true;
}

const SECTION_START: u32 = 9; // <![CDATA[
const SECTION_END: u32 = 3; // ]]>

@inline
function isSectionBorder(p: usize): bool {
  return load<u32>(p) == 0x435b213c || (load<u32>(p) & 0xffffff) == 0x3e5d5d;
}

/** Whether the byte behind a < begins a comment or an instruction. */
@inline
function isMarkup(byte: u32): bool {
  return byte == 0x21 || byte == 0x3f;
}

/** Whether a reference to a letter or a colon stands at `p`: &#99; or &#x63; */
function isNumbered(p: usize, end: usize): bool {
  if (load<u16>(p) != 0x2326) return false;
  const isHex = load<u8>(p, 2) == 0x78;
  let code: u32 = 0;
  for (p += isHex ? 3 : 2; p < end && load<u8>(p) != 0x3b; p++) {
    const digit = hexDigit(<u32>load<u8>(p));
    code = isHex ? (code << 4) + digit : code * 10 + digit;
  }
  return code == 0x3a || (code | 0x20) - 0x61 < 26;
}

/** Whether the references to other parts in [at, end) are those in [to, toEnd), up to a quote or tag. */
function keepsReferences(at: usize, end: usize, to: usize, toEnd: usize): bool {
  while (true) {
    at = nextReference(at, end);
    to = nextReference(to, toEnd);
    if (at == end || to == toEnd) return at == end && to == toEnd;
    while (at < end && to < toEnd && load<u8>(at) == load<u8>(to) && !isBorder(<u32>load<u8>(at))) {
      at++;
      to++;
    }
    if (at < end && to < toEnd && load<u8>(at) != load<u8>(to)) return false;
  }
}

@inline
function isBorder(byte: u32): bool {
  return byte <= 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x3c;
}

/** The part that `readTyped` has read has become something else. */
export let isRewritten: bool = false;

/** Reads the part, which has come as a whole; what it has become goes to `to`. Returns an outcome. */
export function readTyped(s: MultipartState, to: Buffer): u32 {
  const value = valueOf(s);
  const unmatched = s.unmatched;
  to.clear();
  isRewritten = false;
  if (value.length == 0) return 0;
  if (isDisguised(s, value.at, value.length)) return TEXT_DOCUMENT;
  if (!value.reserve(PADDING)) return INTERNAL;
  memory.fill(changetype<usize>(narrow), 0, offsetof<Narrow>());
  narrow.charset = s.charset;
  setAside();
  s.unmatched = unmatchedIn(s, s.acting);
  const reader = openReader(s.format, narrow, s, s.root);
  s.unmatched = unmatched;
  let outcome: u32 = INTERNAL;
  if (reader) {
    if (covers(s, s.acting)) coverAll(s.format, reader, s.root, s.acting);
    const refers = s.format == FORMAT_XML && !s.isForm;
    if (refers) changetype<XmlState>(reader).inPart = true;
    outcome = readIn(narrow, s.format, reader, value.at, value.length, true);
    if (outcome) s.rule = ruleOf(s.format, reader);
    isRewritten = edited;
    if (edited) to.append(written, writtenLength);
    if (outcome == 0 && edited && refers && !keepsReferences(value.at, value.at + value.length, to.at, to.at + to.length)) {
      outcome = MULTIPART_REFERENCE;
    }
    closeReader(s.format, reader);
  }
  takeBack();
  return outcome == 0 && to.failed ? INTERNAL : outcome;
}
