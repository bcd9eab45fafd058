// Text of an element or attribute: references, CDATA sections and line ends to UTF-8, and back (XML 1.0, sections 2.11,
// 3.3.3, 4.1).
// Invariant: the input of `decode` is what the tokenizer accepted; no comment and no processing instruction is in it.

import { appendCodePoint } from "../action/text";
import { Buffer } from "../bytes/buffer";

/** Appends the character that the reference at `at`, behind its &, stands for; returns the address behind it. */
function decodeReference(at: usize, into: Buffer): usize {
  const first = <u32>load<u8>(at);
  if (first == 0x23) {
    let code: u32 = 0;
    const isHex = load<u8>(at + 1) == 0x78;
    for (at += isHex ? 2 : 1; load<u8>(at) != 0x3b; at++) {
      const byte = <u32>load<u8>(at);
      code = isHex ? (code << 4) | (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57) : code * 10 + byte - 0x30;
    }
    appendCodePoint(into, code);
    return at + 1;
  }
  if (first == 0x6c) into.byte(0x3c);
  else if (first == 0x67) into.byte(0x3e);
  else if (first == 0x71) into.byte(0x22);
  else into.byte(load<u8>(at + 1) == 0x6d ? 0x26 : 0x27);
  while (load<u8>(at) != 0x3b) at++;
  return at + 1;
}

@inline
function endsCdata(at: usize): bool {
  return load<u16>(at) == 0x5d5d && load<u8>(at + 2) == 0x3e;
}

/** Appends the text as a receiver reads it; in an attribute white space is spaces. */
export function decode(at: usize, length: u32, isAttribute: bool, into: Buffer): void {
  const end = at + length;
  let isCdata = false;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x0d) {
      into.byte(isAttribute ? 0x20 : 0x0a);
      at += at + 1 < end && load<u8>(at + 1) == 0x0a ? 2 : 1;
    } else if (isAttribute && (byte == 0x0a || byte == 0x09)) {
      into.byte(0x20);
      at++;
    } else if (isCdata && byte == 0x5d && endsCdata(at)) {
      isCdata = false;
      at += 3;
    } else if (!isCdata && byte == 0x26) {
      at = decodeReference(at + 1, into);
    } else if (!isCdata && byte == 0x3c) {
      isCdata = true;
      at += 9;
    } else {
      into.byte(byte);
      at++;
    }
  }
}

@inline
function entity(into: Buffer, a: u32, b: u32, c: u32, d: u32): void {
  into.byte(0x26);
  into.byte(a);
  into.byte(b);
  if (c) into.byte(c);
  if (d) into.byte(d);
  into.byte(0x3b);
}

/**
 * Appends text as the content of an element (`quote` 0) or of an attribute value. Characters that no XML document can hold
 * become U+FFFD.
 */
export function encode(at: usize, length: u32, quote: u32, into: Buffer): void {
  const end = at + length;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x26) entity(into, 0x61, 0x6d, 0x70, 0);
    else if (byte == 0x3c) entity(into, 0x6c, 0x74, 0, 0);
    else if (byte == 0x3e) entity(into, 0x67, 0x74, 0, 0);
    else if (byte == 0x22 && quote == 0x22) entity(into, 0x71, 0x75, 0x6f, 0x74);
    else if (byte == 0x27 && quote == 0x27) entity(into, 0x61, 0x70, 0x6f, 0x73);
    else if (byte == 0x0d) entity(into, 0x23, 0x31, 0x33, 0);
    else if (byte == 0x0a && quote) entity(into, 0x23, 0x31, 0x30, 0);
    else if (byte == 0x09 && quote) entity(into, 0x23, 0x39, 0, 0);
    else if (byte < 0x20 && byte != 0x0a && byte != 0x09) appendCodePoint(into, 0xfffd);
    else if (at + 2 < end && isOutside(at)) {
      appendCodePoint(into, 0xfffd);
      at += 2;
    } else into.byte(byte);
    at++;
  }
}

/** Whether the three bytes are a lone surrogate (a JSON text may have held it), U+FFFE or U+FFFF. */
@inline
function isOutside(at: usize): bool {
  const pair = <u32>load<u16>(at);
  return (pair & 0xe0ff) == 0xa0ed || (pair == 0xbfef && load<u8>(at + 2) >= 0xbe);
}
