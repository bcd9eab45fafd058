// Whether a text begins as a GraphQL document with operations does (specification of October 2021, section 2): a member `query`
// may as well hold words for a search, or a query in another language, and is decoded softly then.
// Invariants: no document that a server executes begins otherwise; the first tokens decide, as the laxest of servers reads them.
// Servers differ in what is beyond ASCII: some leave more of it out between tokens than byte order marks, as graphql-java does
// with separators of lines, and graph-gophers takes letters of any script for names. Each reading counts.

import { isNamePart, isNameStart } from "./token";

const QUOTE: u32 = 0x22;
const HASH: u32 = 0x23;
const DOLLAR: u32 = 0x24;
const PAREN: u32 = 0x28;
const PAREN_END: u32 = 0x29;
const COMMA: u32 = 0x2c;
const DOT: u32 = 0x2e;
const COLON: u32 = 0x3a;
const AT: u32 = 0x40;
const BACKSLASH: u32 = 0x5c;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;

let at: usize = 0;
let end: usize = 0;
/** Where the last name begins. */
let nameAt: usize = 0;
/** As graph-gophers reads: letters of any script are names, and no backslash keeps a block string from ending. */
let hasLetters: bool = false;

/** The text [from, from + length) is a part of one, behind which more stands, when `isPart`: it has to say that it is none. */
export function beginsQuery(from: usize, length: u32, isPart: bool): bool {
  return beginsAs(false, from, length, isPart) || beginsAs(true, from, length, isPart);
}

function beginsAs(letters: bool, from: usize, length: u32, isPart: bool): bool {
  hasLetters = letters;
  at = from;
  end = from + length;
  return beginsDefinition() || (isPart && at == end);
}

@inline
function isByteOrderMark(): bool {
  return at + 3 <= end && load<u16>(at) == 0xbbef && load<u8>(at, 2) == 0xbf;
}

/** Whether what stands here is beyond ASCII, and no byte order mark where those are not letters. */
@inline
function isLetter(byte: u32): bool {
  return hasLetters && byte >= 0x80 && !isByteOrderMark();
}

/** The next byte that is not ignored, 0 at the end. */
function next(): u32 {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == HASH) while (at < end && load<u8>(at) != 0x0a && load<u8>(at) != 0x0d) at++;
    else if (byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d || byte == COMMA) at++;
    else if (byte >= 0x80 && !isLetter(byte)) at += hasLetters ? 3 : 1;
    else return byte;
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

function isNamed(name: string): bool {
  if (<i32>(at - nameAt) != name.length) return false;
  for (let i: i32 = 0; i < name.length; i++) {
    if (<u32>load<u8>(nameAt + i) != <u32>load<u16>(changetype<usize>(name) + (<usize>i << 1))) return false;
  }
  return true;
}

/** graph-gophers takes them one by one. */
function takesDots(): bool {
  return takes(DOT) && takes(DOT) && takes(DOT);
}

@inline
function isBlockMark(): bool {
  return at + 3 <= end && load<u16>(at) == 0x2222 && load<u8>(at, 2) == <u8>QUOTE;
}

/** A description stands in front since September 2025. Of more than three quotes some servers take the last for its end. */
function skipString(): void {
  const isBlock = isBlockMark();
  const most: u32 = isBlock ? 3 : 1;
  let quotes: u32 = 0;
  at += most;
  while (at < end && quotes != most) {
    const byte = <u32>load<u8>(at++);
    quotes = byte == QUOTE ? quotes + 1 : 0;
    if (byte == BACKSLASH && at < end && (!isBlock || (!hasLetters && isBlockMark()))) at += most;
  }
  while (isBlock && at < end && load<u8>(at) == <u8>QUOTE) at++;
}

/** Behind a parenthesis where variables are defined; graph-gophers lets there be none. */
function beginsVariables(): bool {
  return takes(DOLLAR) || takes(QUOTE) || takes(PAREN_END);
}

function beginsDefinition(): bool {
  if (next() == QUOTE) skipString();
  if (takes(BRACE)) return beginsSelection();
  if (!takesName()) return false;
  if (isNamed("fragment")) {
    if (!takesName()) return false;
    // Some servers let fragments have variables.
    if (takes(PAREN)) return beginsVariables();
    return takesName() && isNamed("on") && takesName() && (takes(BRACE) || takes(AT));
  }
  if (!isNamed("query") && !isNamed("mutation") && !isNamed("subscription")) return false;
  takesName();
  if (takes(PAREN)) return beginsVariables();
  if (takes(AT)) return takesName() && (takes(PAREN) || takes(AT) || takes(BRACE));
  return takes(BRACE) && beginsSelection();
}

/** Behind a brace: a spread, or a field and what may stand behind it. */
function beginsSelection(): bool {
  if (next() == DOT) return takesDots() && (takesName() || takes(AT) || takes(BRACE));
  if (!takesName()) return false;
  if (takes(COLON) && !takesName()) return false;
  if (takes(PAREN)) return takes(PAREN_END) || (takesName() && takes(COLON));
  if (takes(AT)) return takesName();
  const byte = next();
  if (byte == DOT) return takesDots();
  return byte == BRACE || byte == BRACE_END || isNameStart(byte) || isLetter(byte);
}
