// Whether a text begins as a GraphQL document with operations does (specification of October 2021, section 2): a member `query`
// may as well hold words for a search, or a query in another language, and is decoded softly then.
// Invariants: no document that a server executes begins otherwise; the first tokens decide, as the laxest of servers reads them.

import { isNamePart, isNameStart } from "./token";

const QUOTE: u32 = 0x22;
const HASH: u32 = 0x23;
const DOLLAR: u32 = 0x24;
const PAREN: u32 = 0x28;
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

/** The text [from, from + length) is a part of one, behind which more stands, when `isPart`: it has to say that it is none. */
export function beginsQuery(from: usize, length: u32, isPart: bool): bool {
  at = from;
  end = from + length;
  return beginsDefinition() || (isPart && at == end);
}

/** The next byte that is not ignored, 0 at the end. */
function next(): u32 {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == HASH) while (at < end && load<u8>(at) != 0x0a && load<u8>(at) != 0x0d) at++;
    // Beyond ASCII byte order marks are left out; graphql-java leaves out separators of lines, and Go takes letters for names.
    else if (byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d || byte == COMMA || byte - 0x80 < 0x40 || byte - 0xc2 < 0x33) at++;
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
  nameAt = at;
  if (!isNameStart(next())) return false;
  nameAt = at;
  while (at < end && isNamePart(<u32>load<u8>(at))) at++;
  return true;
}

function isNamed(name: string): bool {
  if (<i32>(at - nameAt) != name.length) return false;
  for (let i: i32 = 0; i < name.length; i++) {
    if (<u32>load<u8>(nameAt + i) != <u32>load<u16>(changetype<usize>(name) + (<usize>i << 1))) return false;
  }
  return true;
}

function takesDots(): bool {
  for (let i = 0; i < 3; i++, at++) if (at == end || load<u8>(at) != <u8>DOT) return false;
  return true;
}

/** A description stands in front since September 2025. */
function skipString(): void {
  const isBlock = at + 3 <= end && load<u16>(at) == 0x2222 && load<u8>(at, 2) == <u8>QUOTE;
  const most: u32 = isBlock ? 3 : 1;
  let quotes: u32 = 0;
  for (at += most; at < end && quotes != most; at++) {
    const byte = <u32>load<u8>(at);
    quotes = byte == QUOTE ? quotes + 1 : 0;
    if (byte == BACKSLASH && at + 1 < end) at++;
  }
}

function beginsDefinition(): bool {
  if (next() == QUOTE) skipString();
  if (takes(BRACE)) return beginsSelection();
  if (!takesName()) return false;
  if (isNamed("fragment")) {
    if (!takesName()) return false;
    // Some servers let fragments have variables.
    if (takes(PAREN)) return takes(DOLLAR);
    return takesName() && isNamed("on") && takesName() && (takes(BRACE) || takes(AT));
  }
  if (!isNamed("query") && !isNamed("mutation") && !isNamed("subscription")) return false;
  takesName();
  if (takes(PAREN)) return takes(DOLLAR) || takes(QUOTE);
  if (takes(AT)) return takesName() && (takes(PAREN) || takes(AT) || takes(BRACE));
  return takes(BRACE) && beginsSelection();
}

/** Behind a brace: a spread, or a field and what may stand behind it. */
function beginsSelection(): bool {
  if (next() == DOT) return takesDots() && (takesName() || takes(AT) || takes(BRACE));
  if (!takesName()) return false;
  if (takes(COLON) && !takesName()) return false;
  if (takes(PAREN)) return takesName() && takes(COLON);
  if (takes(AT)) return takesName();
  const byte = next();
  if (byte == DOT) return takesDots();
  return byte == BRACE || byte == BRACE_END || isNameStart(byte);
}
