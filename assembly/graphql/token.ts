// Tokens of a GraphQL document (specification of October 2021, section 2.1): what is ignored between them, and names.

import { isDigit } from "../bytes/text";
import { Reader, peek } from "./state";

const TAB: u32 = 0x09;
const LINE_FEED: u32 = 0x0a;
const RETURN: u32 = 0x0d;
const SPACE: u32 = 0x20;
const COMMA: u32 = 0x2c;

@inline
export function isNameStart(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte == 0x5f;
}

@inline
export function isNamePart(byte: u32): bool {
  return isNameStart(byte) || isDigit(byte);
}

@inline
function isByteOrderMark(r: Reader): bool {
  const at = r.source.at + r.at;
  return load<u8>(at) == 0xef && load<u8>(at, 1) == 0xbb && load<u8>(at, 2) == 0xbf;
}

/** Goes on to the next token, over blanks, commas and byte order marks (comments are blanks by now); the byte there, 0 at the end. */
export function skip(r: Reader): u32 {
  while (r.at < r.end) {
    const byte = peek(r);
    if (byte == SPACE || byte == TAB || byte == LINE_FEED || byte == RETURN || byte == COMMA) r.at++;
    else if (byte == 0xef && isByteOrderMark(r)) r.at += 3;
    else return byte;
  }
  return 0;
}

/** Goes over a name; false when none stands here. */
export function skipName(r: Reader): bool {
  if (r.at == r.end || !isNameStart(peek(r))) return false;
  while (r.at < r.end && isNamePart(peek(r))) r.at++;
  return true;
}

/** Goes over a punctuator of one byte; false when it does not stand here. */
export function skipByte(r: Reader, byte: u32): bool {
  if (skip(r) != byte) return false;
  r.at++;
  return true;
}

/** Whether the text from `from` to the place of the reader is this name. */
export function isName(r: Reader, from: u32, name: string): bool {
  if (r.at - from != <u32>name.length) return false;
  for (let i: i32 = 0; i < name.length; i++) {
    if (<u32>load<u8>(r.source.at + from + i) != <u32>load<u16>(changetype<usize>(name) + (<usize>i << 1))) return false;
  }
  return true;
}
