// Whether a text begins as a GraphQL document with operations does (specification of October 2021, section 2): a member `query`
// may as well hold words for a search, or a query in another language, and is decoded softly then.
// Invariants: no document that a server executes begins otherwise (with definitions of types none does, by section 5.1.1); the
// first tokens decide, as the laxest of servers reads them.
// Two readings count. Some servers leave out more between tokens than byte order marks, as graphql-java does with separators of
// lines: whatever is beyond ASCII is nothing. And graph-gophers reads tokens of Go: names in letters of any script, comments with
// slashes, dots that stand apart, and block strings that no backslash keeps from ending.

import { isNamePart, isNameStart } from "./token";

const QUOTE: u32 = 0x22;
const HASH: u32 = 0x23;
const DOLLAR: u32 = 0x24;
const PAREN: u32 = 0x28;
const PAREN_END: u32 = 0x29;
const COMMA: u32 = 0x2c;
const ASTERISK: u32 = 0x2a;
const DOT: u32 = 0x2e;
const SLASH: u32 = 0x2f;
const COLON: u32 = 0x3a;
const AT: u32 = 0x40;
const BACKSLASH: u32 = 0x5c;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;

let at: usize = 0;
let end: usize = 0;
/** Where the last name begins. */
let nameAt: usize = 0;
/** As graph-gophers reads. */
let isGo: bool = false;
/** A definition without selections has been passed over, as some servers take it: the next one decides. */
let isEmpty: bool = false;

/** The text [from, from + length) is a part of one, behind which more stands, when `isPart`: it has to say that it is none. */
export function beginsQuery(from: usize, length: u32, isPart: bool): bool {
  return beginsAs(false, from, length, isPart) || beginsAs(true, from, length, isPart);
}

function beginsAs(go: bool, from: usize, length: u32, isPart: bool): bool {
  isGo = go;
  at = from;
  end = from + length;
  do {
    isEmpty = false;
    if (beginsDefinition()) return true;
  } while (isEmpty);
  return isPart && at == end;
}

@inline
function isByteOrderMark(): bool {
  return at + 3 <= end && load<u16>(at) == 0xbbef && load<u8>(at, 2) == 0xbf;
}

/** Whether what stands here is beyond ASCII, and no byte order mark where those are not letters. */
@inline
function isLetter(byte: u32): bool {
  return isGo && byte >= 0x80 && !isByteOrderMark();
}

/** Goes over a comment of Go, of which no more than the slash may stand here. */
function skipComment(mark: u32): void {
  for (at = min(at + 2, end); at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (mark == SLASH ? byte == 0x0a : byte == ASTERISK && at + 1 < end && load<u8>(at, 1) == <u8>SLASH) break;
  }
  if (mark == ASTERISK) at = min(at + 2, end);
}

/** The next byte that is not ignored, 0 at the end. */
function next(): u32 {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == HASH) while (at < end && load<u8>(at) != 0x0a && load<u8>(at) != 0x0d) at++;
    else if (byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d || byte == COMMA) at++;
    else if (byte >= 0x80 && !isLetter(byte)) at += isGo ? 3 : 1;
    else if (byte == SLASH && isGo) {
      const mark = at + 1 < end ? <u32>load<u8>(at, 1) : SLASH;
      if (mark != SLASH && mark != ASTERISK) return byte;
      skipComment(mark);
    } else return byte;
  }
  return 0;
}

/** Goes over the next token if it is this byte. */
function takes(byte: u32): bool {
  if (next() != byte || at == end) return false;
  at++;
  return true;
}

function takesName(): bool {
  const first = next();
  nameAt = at;
  if (at == end || !(isNameStart(first) || isLetter(first))) return false;
  while (at < end && (isNamePart(<u32>load<u8>(at)) || isLetter(<u32>load<u8>(at)))) at++;
  return true;
}

/**
 * Whether the last name is this word, or begins with it and is gone back into: async-graphql takes the rest of it for the next
 * name.
 */
function isWord(word: string): bool {
  if (<i32>(at - nameAt) < word.length) return false;
  for (let i: i32 = 0; i < word.length; i++) {
    if (<u32>load<u8>(nameAt + i) != <u32>load<u16>(changetype<usize>(word) + (<usize>i << 1))) return false;
  }
  at = nameAt + word.length;
  return true;
}

function takesDots(): bool {
  return takes(DOT) && takes(DOT) && takes(DOT);
}

@inline
function isBlockMark(): bool {
  return at + 3 <= end && load<u16>(at) == 0x2222 && load<u8>(at, 2) == <u8>QUOTE;
}

/** A description stands in front since September 2025. */
function skipString(): void {
  const isBlock = !isGo && isBlockMark();
  at += isBlock ? 3 : 1;
  skipTo(isBlock ? 3 : 1, !isBlock);
  if (isGo && at < end && load<u8>(at) == <u8>QUOTE) {
    // A string with a quote right behind it is a block string, empty or not.
    at++;
    skipTo(3, false);
  }
  // Of more than three quotes some servers take the last for its end.
  while (isBlock && at < end && load<u8>(at) == <u8>QUOTE) at++;
}

/** Goes on behind the next quotes in a row. Before one that stands in a string, or three in a block, a backslash may stand. */
function skipTo(most: u32, isString: bool): void {
  for (let quotes: u32 = 0; at < end && quotes != most; ) {
    const byte = <u32>load<u8>(at++);
    quotes = byte == QUOTE ? quotes + 1 : 0;
    if (byte == BACKSLASH && at < end && (isString || (!isGo && isBlockMark()))) at += most;
  }
}

/** Behind a parenthesis where variables are defined; graph-gophers lets there be none. */
function beginsVariables(): bool {
  return takes(DOLLAR) || takes(QUOTE) || takes(PAREN_END);
}

function beginsDefinition(): bool {
  if (next() == QUOTE) skipString();
  if (takes(BRACE)) return beginsSelection();
  if (!takesName()) return false;
  if (isWord("fragment")) {
    if (!takesName()) return false;
    // Some servers let fragments have variables.
    if (takes(PAREN)) return beginsVariables();
    return takesName() && isWord("on") && takesName() && (takes(BRACE) || takes(AT));
  }
  if (!isWord("query") && !isWord("mutation") && !isWord("subscription")) return false;
  takesName();
  if (takes(PAREN)) return beginsVariables();
  if (takes(AT)) return takesName() && (takes(PAREN) || takes(AT) || takes(BRACE));
  return takes(BRACE) && beginsSelection();
}

/** Behind a brace: a spread, or a field and what may stand behind it. */
function beginsSelection(): bool {
  isEmpty = takes(BRACE_END);
  if (isEmpty) return false;
  if (next() == DOT) return takesDots() && (takesName() || takes(AT) || takes(BRACE));
  if (!takesName()) return false;
  if (takes(COLON) && !takesName()) return false;
  if (takes(PAREN)) return takes(PAREN_END) || (takesName() && takes(COLON));
  if (takes(AT)) return takesName();
  const byte = next();
  if (byte == DOT) return takesDots();
  return byte == BRACE || byte == BRACE_END || isNameStart(byte) || isLetter(byte);
}
