// Scalars of a GraphQL document as JSON (specification of October 2021, section 2.9): numbers are the same, strings nearly,
// and a block string (section 2.9.4) is the string that it stands for.
// Invariants: what is appended is a JSON value, or the answer is false and the document no GraphQL; a block string ends where
// it does for all servers, or it is none.

import { isDigit } from "../bytes/text";
import { Buffer } from "../bytes/buffer";
import { appendCodePoint, appendEscaped } from "../json/text";
import { Reader, peek } from "./state";
import { isNameStart } from "./token";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const DOT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;
const TAB: u32 = 0x09;
const LINE_FEED: u32 = 0x0a;
const RETURN: u32 = 0x0d;

const NO_CODE: u32 = 0xffffffff;

function digits(r: Reader): bool {
  const from = r.at;
  while (r.at < r.end && isDigit(peek(r))) r.at++;
  return r.at != from;
}

/** IntValue or FloatValue (2.9.1, 2.9.2): the grammar of JSON, and no name or dot right behind it. */
export function readNumber(r: Reader, into: Buffer): bool {
  const from = r.at;
  if (peek(r) == MINUS) r.at++;
  if (peek(r) == ZERO) r.at++;
  else if (!digits(r)) return false;
  if (isDigit(peek(r))) return false;
  if (peek(r) == DOT) {
    r.at++;
    if (!digits(r)) return false;
  }
  if ((peek(r) | 0x20) == 0x65) {
    r.at++;
    if (peek(r) == PLUS || peek(r) == MINUS) r.at++;
    if (!digits(r)) return false;
  }
  if (isNameStart(peek(r)) || peek(r) == DOT) return false;
  into.append(r.source.at + from, r.at - from);
  return true;
}

@inline
function isBlockMark(at: usize): bool {
  return load<u8>(at) == <u8>QUOTE && load<u8>(at, 1) == <u8>QUOTE && load<u8>(at, 2) == <u8>QUOTE;
}

/** StringValue (2.9.4), at its quote. */
export function readString(r: Reader, into: Buffer): bool {
  if (r.end - r.at >= 3 && isBlockMark(r.source.at + r.at)) return readBlock(r, into);
  into.byte(QUOTE);
  r.at++;
  while (r.at < r.end) {
    const byte = peek(r);
    r.at++;
    if (byte == QUOTE) {
      into.byte(QUOTE);
      // To graph-gophers a quote behind it makes it a block string.
      return peek(r) != QUOTE;
    }
    if (byte == BACKSLASH) {
      if (!readEscape(r, into)) return false;
    } else if (byte == TAB) {
      into.byte(BACKSLASH);
      into.byte(0x74);
    } else if (byte < 0x20) {
      return false;
    } else {
      into.byte(byte);
    }
  }
  return false;
}

/** What stands behind a backslash. */
function readEscape(r: Reader, into: Buffer): bool {
  const byte = peek(r);
  if (byte == 0x75) return readUnicode(r, into);
  const isSimple = byte == QUOTE || byte == BACKSLASH || byte == 0x2f || byte == 0x62 || byte == 0x66 || byte == 0x6e || byte == 0x72 || byte == 0x74;
  if (!isSimple || r.at == r.end) return false;
  into.byte(BACKSLASH);
  into.byte(byte);
  r.at++;
  return true;
}

/** The digit's value, or 16 for what is none. */
@inline
function hexDigit(byte: u32): u32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** The number that four digits spell, or what is none. */
function readFour(r: Reader): u32 {
  let code: u32 = 0;
  for (let i = 0; i < 4; i++, r.at++) {
    if (hexDigit(peek(r)) == 16) return NO_CODE;
    code = (code << 4) | hexDigit(peek(r));
  }
  return code;
}

/** `u` and four digits, which JSON has too, surrogates in pairs; or `u{...}` with the number of any character. */
function readUnicode(r: Reader, into: Buffer): bool {
  const from = r.at++;
  if (peek(r) != BRACE) {
    const high = readFour(r);
    if (high == NO_CODE || high - 0xdc00 < 0x400) return false;
    if (high - 0xd800 < 0x400) {
      if (peek(r) != BACKSLASH || load<u8>(r.source.at + r.at, 1) != 0x75) return false;
      r.at += 2;
      if (readFour(r) - 0xdc00 >= 0x400) return false;
    }
    into.byte(BACKSLASH);
    into.append(r.source.at + from, r.at - from);
    return true;
  }
  r.at++;
  let code: u32 = 0;
  const first = r.at;
  for (; hexDigit(peek(r)) != 16; r.at++) {
    code = (code << 4) | hexDigit(peek(r));
    if (code > 0x10ffff) return false;
  }
  if (r.at == first || peek(r) != BRACE_END || code - 0xd800 < 0x800) return false;
  r.at++;
  r.block.clear();
  appendCodePoint(r.block, code);
  appendEscaped(r.block.at, r.block.length, into);
  return true;
}

/**
 * Servers end one at other places than the specification does: graph-gophers knows no backslash in front of three quotes, and
 * graphql-go forgets it; gqlparser and graphql-ruby take the last three of more quotes.
 */
function readBlock(r: Reader, into: Buffer): bool {
  const raw = r.block;
  raw.clear();
  r.at += 3;
  while (r.at < r.end) {
    const at = r.source.at + r.at;
    if (isBlockMark(at)) {
      r.at += 3;
      if (peek(r) == QUOTE) return false;
      // What is not all there must not be judged.
      if (raw.failed) into.failed = true;
      appendBlock(raw, into);
      return true;
    }
    const byte = peek(r);
    if (byte == BACKSLASH && isBlockMark(at + 1)) return false;
    if (byte < 0x20 && byte != TAB && byte != LINE_FEED && byte != RETURN) return false;
    raw.byte(byte);
    r.at++;
  }
  return false;
}

/**
 * Whether the item of a list from `from` to here is a block string with quotes in it: servers that know none (juniper up to 0.16,
 * graph-gophers up to 1.9) read an empty string, others, and what stands between them. Elsewhere they refuse such a row.
 */
export function isQuotedBlock(r: Reader, from: u32): bool {
  if (r.at - from < 6 || !isBlockMark(r.source.at + from)) return false;
  for (let at = from + 3; at < r.at - 3; at++) if (load<u8>(r.source.at + at) == <u8>QUOTE) return true;
  return false;
}

/** Where the line that starts at `from` ends, in front of its line break. */
function lineEnd(raw: Buffer, from: u32): u32 {
  while (from < raw.length && load<u8>(raw.at + from) != <u8>LINE_FEED && load<u8>(raw.at + from) != <u8>RETURN) from++;
  return from;
}

/** Where the line behind the break at `end` starts; behind the text when there is none. */
function nextLine(raw: Buffer, end: u32): u32 {
  const isPair = end + 1 < raw.length && load<u8>(raw.at + end) == <u8>RETURN && load<u8>(raw.at + end + 1) == <u8>LINE_FEED;
  return end + (isPair ? 2 : 1);
}

/** Blanks at the start of a line. */
function indentOf(raw: Buffer, from: u32, end: u32): u32 {
  let at = from;
  while (at < end && (load<u8>(raw.at + at) == 0x20 || load<u8>(raw.at + at) == <u8>TAB)) at++;
  return at - from;
}

/** BlockStringValue (2.9.4): without the indent that all lines but the first share, and without blank lines around. */
function appendBlock(raw: Buffer, into: Buffer): void {
  let common = u32.MAX_VALUE;
  let first = u32.MAX_VALUE;
  let last: u32 = 0;
  let line: u32 = 0;
  for (let from: u32 = 0; from <= raw.length; line++) {
    const end = lineEnd(raw, from);
    const indent = indentOf(raw, from, end);
    if (from + indent < end) {
      if (line != 0) common = min<u32>(common, indent);
      first = min<u32>(first, line);
      last = line;
    }
    from = nextLine(raw, end);
  }
  into.byte(QUOTE);
  line = 0;
  for (let from: u32 = 0; from <= raw.length && first != u32.MAX_VALUE && line <= last; line++) {
    const end = lineEnd(raw, from);
    const start = line == 0 || common == u32.MAX_VALUE ? from : min<u32>(from + common, end);
    if (line > first) {
      into.byte(BACKSLASH);
      into.byte(0x6e);
    }
    if (line >= first) appendEscaped(raw.at + start, end - start, into);
    from = nextLine(raw, end);
  }
  into.byte(QUOTE);
}
