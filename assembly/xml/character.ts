// Characters and names of XML 1.0 (fifth edition), productions [2] Char, [4] NameStartChar, [4a] NameChar, in UTF-8 as
// RFC 3629 has it.
// Invariants: resumable at any byte (`due` says what is missing of a character); bytes behind the chunk are zeros, which
// no document may hold.

import { XML_SYNTAX, XML_UTF8 } from "../policy/outcomes.gen";
import { XmlState } from "./state";

// What is due of a character: 1..3 continuation bytes 80..BF, or a first one of a narrower range.
const AFTER_E0: u32 = 4; // A0..BF, then one more
const AFTER_ED: u32 = 5; // 80..9F, then one more: surrogates are no characters
const AFTER_F0: u32 = 6; // 90..BF, then two more
const AFTER_F4: u32 = 7; // 80..8F, then two more

@inline
export function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Whether an ASCII byte may begin a name. The colon is looked at where names end. */
@inline
export function startsName(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte == 0x5f || byte == 0x3a;
}

/** Whether an ASCII byte may stand in a name. */
@inline
export function isNameByte(byte: u32): bool {
  return startsName(byte) || byte - 0x30 < 10 || byte == 0x2d || byte == 0x2e;
}

/** Whether a character beyond ASCII may begin a name. */
function startsNameWide(code: u32): bool {
  if (code < 0x300) return code >= 0xc0 && code != 0xd7 && code != 0xf7;
  if (code < 0x2000) return code >= 0x370 && code != 0x37e;
  if (code < 0x3001) {
    return code == 0x200c || code == 0x200d || code - 0x2070 <= 0x11f || code - 0x2c00 <= 0x3ef;
  }
  return code <= 0xd7ff || code - 0xf900 <= 0x4cf || code - 0xfdf0 <= 0x20d || code - 0x10000 <= 0xdffff;
}

/** Whether a character beyond ASCII may stand in a name. */
function isNameWide(code: u32): bool {
  return startsNameWide(code) || code == 0xb7 || code - 0x300 <= 0x6f || code == 0x203f || code == 0x2040;
}

/** Whether a character reference may name this code point. */
export function isCharacter(code: u32): bool {
  if (code < 0x20) return code == 0x09 || code == 0x0a || code == 0x0d;
  return code <= 0xd7ff || code - 0xe000 <= 0x1ffd || code - 0x10000 <= 0xfffff;
}

/** Begins a character of several bytes with its first one; sets `error` when none starts so. */
export function beginCharacter(s: XmlState, lead: u32): void {
  if (lead < 0xc2 || lead > 0xf4) {
    s.error = XML_UTF8;
  } else if (lead < 0xe0) {
    s.due = 1;
    s.code = lead & 0x1f;
  } else if (lead < 0xf0) {
    s.due = lead == 0xe0 ? AFTER_E0 : lead == 0xed ? AFTER_ED : 2;
    s.code = lead & 0x0f;
  } else {
    s.due = lead == 0xf0 ? AFTER_F0 : lead == 0xf4 ? AFTER_F4 : 3;
    s.code = lead & 0x07;
  }
}

/** The next byte of a character of several bytes; afterwards `due` is 0 when `code` is whole. Sets `error` on a misfit. */
export function stepCharacter(s: XmlState, byte: u32): void {
  const due = s.due;
  const low: u32 = due == AFTER_E0 ? 0xa0 : due == AFTER_F0 ? 0x90 : 0x80;
  const high: u32 = due == AFTER_ED ? 0x9f : due == AFTER_F4 ? 0x8f : 0xbf;
  if (byte < low || byte > high) {
    s.error = XML_UTF8;
    return;
  }
  s.due = due < AFTER_E0 ? due - 1 : due <= AFTER_ED ? 1 : 2;
  s.code = (s.code << 6) | (byte & 0x3f);
  if (s.due == 0 && (s.code | 1) == 0xffff) s.error = XML_SYNTAX;
}

/** Whether the whole character in `code` fits the name that is being read. */
@inline
export function fitsName(s: XmlState, isFirst: bool): bool {
  return isFirst ? startsNameWide(s.code) : isNameWide(s.code);
}

/**
 * The first byte from `p` on that is `a`, `b`, `c`, a control or beyond ASCII, 16 at a time. The zeros behind the chunk
 * are controls.
 */
@inline
export function findSpecial(p: usize, a: u8, b: u8, c: u8): usize {
  while (true) {
    const bytes = v128.load(p);
    const hits = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.lt_s(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(a))),
        v128.or(i8x16.eq(bytes, i8x16.splat(b)), i8x16.eq(bytes, i8x16.splat(c))),
      ),
    );
    if (hits) return p + ctz(hits);
    p += 16;
  }
}
