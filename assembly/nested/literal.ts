// The literal of a JSON string whose text has changed in places: spans of the text that stay keep their spelling.
// Invariant: `spans` (json/output.ts) ascend in both texts and begin and end between characters.

import { Buffer } from "../bytes/buffer";
import { SIZE_SPAN, SPAN_AT, SPAN_LENGTH, SPAN_SOURCE, copyOut, out } from "../json/output";
import { appendEscaped } from "../json/text";

let raw: usize = 0; // where in the literal
let offset: u32 = 0; // the same place in its text

/** Goes on in the literal up to a place in its text. */
function advance(to: u32): void {
  while (offset < to) {
    // What spells the text is no shorter than it, so as much of the literal is left.
    if (to - offset >= 16) {
      const escapes = i8x16.bitmask(i8x16.eq(v128.load(raw), i8x16.splat(0x5c)));
      const plain: u32 = escapes ? ctz(escapes) : 16;
      raw += plain;
      offset += plain;
      if (escapes == 0) continue;
    }
    const byte = load<u8>(raw);
    if (byte != 0x5c) {
      raw++;
      offset++;
    } else if (load<u8>(raw + 1) != 0x75) {
      raw += 2;
      offset++;
    } else {
      escape();
    }
  }
}

function escape(): void {
  const high = hex(load<u8>(raw + 2)) << 4 | hex(load<u8>(raw + 3));
  const low = hex(load<u8>(raw + 4)) << 4 | hex(load<u8>(raw + 5));
  raw += 6;
  if (high >= 0xd8 && high < 0xdc && isLow(raw)) {
    raw += 6;
    offset += 4;
  } else {
    offset += high == 0 && low < 0x80 ? 1 : high < 8 ? 2 : 3;
  }
}

@inline
function hex(digit: u8): u32 {
  return digit <= 0x39 ? <u32>digit - 0x30 : (<u32>digit | 0x20) - 0x57;
}

/** Whether the second half of a surrogate pair stands at `p`. A literal ends with a quote, so nothing is read behind it. */
function isLow(p: usize): bool {
  if (load<u8>(p) != 0x5c || load<u8>(p + 1) != 0x75) return false;
  return (hex(load<u8>(p + 2)) << 4 | hex(load<u8>(p + 3))) >> 2 == 0x37;
}

/** Puts out the literal that begins with the quote at `at`, `length` bytes, with `text` in it. */
export function putLiteral(at: usize, length: u32, text: Buffer, spans: Buffer): void {
  raw = at + 1;
  offset = 0;
  copyOut(at, 1);
  let done: u32 = 0;
  for (let i: u32 = 0; i < spans.length; i += SIZE_SPAN) {
    const span = spans.at + i;
    const from = load<u32>(span, SPAN_AT);
    const size = load<u32>(span, SPAN_LENGTH);
    appendEscaped(text.at + done, from - done, out);
    advance(load<u32>(span, SPAN_SOURCE));
    const start = raw;
    advance(offset + size);
    copyOut(start, <u32>(raw - start));
    done = from + size;
  }
  appendEscaped(text.at + done, text.length - done, out);
  copyOut(at + length - 1, 1);
}
