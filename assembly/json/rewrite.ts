// The grammar of RFC 8259, one block a state of expectation. Tokens are read in string.ts and number.ts, verdicts fall in
// value.ts, bytes leave in output.ts.
// Invariants: resumable at any byte; strict (no trailing bytes, no lax forms, a BOM only where a body begins); never reads behind the padding.

import { BOOLEAN, NUMBER, STRING } from "../action/types";
import { INTERNAL, JSON_SYNTAX, LIMIT_DEPTH } from "../policy/outcomes.gen";
import { endName, passesBy, settleName } from "./name";
import { NUMBER_START, behindDecimal, numberMayEnd, scanNumber } from "./number";
import { beginChunk, endChunk, flush, out } from "./output";
import {
  DROP_SEPARATOR,
  EXPECT_AFTER,
  EXPECT_COLON,
  EXPECT_END,
  EXPECT_FIRST_ELEMENT,
  EXPECT_FIRST_NAME,
  EXPECT_NAME,
  EXPECT_VALUE,
  FLOW,
  HOLD_LEAD,
  HOLD_VALUE,
  IN_LITERAL,
  IN_MARK,
  IN_NAME,
  IN_NUMBER,
  IN_STRING,
  JsonState,
  KEPT_FLAG,
  LIVE_FLAG,
  OBJECT_FLAG,
  QUIET_FLAG,
  aheadOf,
} from "./state";
import { behindPlain, scanString } from "./string";
import { NULL } from "./rule";
import { endScalar, enterQuiet, enterSkipped, leaveContainer, spillScalar, startContainer, startMember, startScalar } from "./value";

/** Bytes behind a chunk that `rewrite` overwrites with zeros: the caller provides them. */
export const PADDING: u32 = 64;

/** The first byte from `p` on that is no whitespace. */
function skipSpace(p: usize): usize {
  while (true) {
    const bytes = v128.load(p);
    const space = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x0a))),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x0d)), i8x16.eq(bytes, i8x16.splat(0x09))),
    );
    const other = ~i8x16.bitmask(space) & 0xffff;
    if (other) return p + ctz(other);
    p += 16;
  }
}

/** Length of a literal by its first byte, 0 when none starts so. */
@inline
function literalLength(first: u32): u32 {
  return first == 0x66 ? 5 : first == 0x74 || first == 0x6e ? 4 : 0;
}

/** The spelling of a literal, its first byte lowest. */
@inline
function literalSpelling(first: u32): u64 {
  return first == 0x74 ? 0x65757274 : first == 0x66 ? 0x65736c6166 : 0x6c6c756e;
}

/** Whether a literal stands whole at `p`, where its first byte does. */
@inline
function startsLiteral(p: usize, first: u32): bool {
  if (first == 0x66) return load<u32>(p, 1) == 0x65736c61;
  return load<u32>(p) == <u32>literalSpelling(first);
}

/** Reads on in a literal that a border may cut; 0 when the chunk ended inside or `error` is set. */
function scanLiteral(s: JsonState, p: usize, end: usize): usize {
  const length = literalLength(s.literal);
  const spelling = literalSpelling(s.literal);
  while (s.sub < length) {
    if (p >= end) return 0;
    if (<u32>load<u8>(p) != (<u32>(spelling >> (s.sub << 3)) & 0xff)) {
      s.error = JSON_SYNTAX;
      return 0;
    }
    s.sub++;
    p++;
  }
  s.sub = 0;
  return p;
}

/**
 * Rewrites the next chunk of a document, `length` bytes at `at`, the last one when `last`. `at + length` and PADDING
 * bytes on are overwritten. Returns an outcome, 0 while all is well. Afterwards `s.edited` says whether the output is
 * `out` (output.ts) or the chunk as it stands.
 */
export function rewrite(s: JsonState, at: usize, length: u32, last: bool): u32 {
  const waited = s.pairWaits;
  if (waited) {
    const ahead = aheadOf(s);
    ahead.append(at, length);
    if (!ahead.reserve(PADDING)) return fail(s, INTERNAL);
    at = ahead.at;
    length = ahead.length;
  }
  const end = at + length;
  for (let i: usize = 0; i < PADDING; i += 16) v128.store(end + i, i64x2.splat(0));
  beginChunk(s, at);
  let expect = s.expect;
  let p = at;
  if (s.opening && length) {
    s.opening = false;
    if (load<u8>(p) == 0xef) expect = IN_MARK;
  }
  if (waited) {
    s.edited = true;
    settleName(s, waited, p, end, last);
    if (s.error) return fail(s, s.error);
    if (s.pairWaits) return 0;
  }

  while (true) {
    let byte = <u32>load<u8>(p);
    if (expect < IN_NAME && byte <= 0x20) {
      if (byte == 0x20 && <u32>load<u8>(p + 1) > 0x20) p++;
      else p = skipSpace(p);
      byte = <u32>load<u8>(p);
    }
    if (p >= end && !(last && expect == IN_NUMBER && s.depth == 0)) break;

    // In the order in which they follow each other, so that most go on in the next case without a look at `expect`.
    switch (expect) {
      case EXPECT_FIRST_NAME:
        if (byte == 0x7d) {
          leaveContainer(s, ++p);
          expect = s.depth ? EXPECT_AFTER : EXPECT_END;
          continue;
        }
      // Not empty: a name, as behind a comma.
      case EXPECT_NAME: {
        if (byte != 0x22) return fail(s, JSON_SYNTAX);
        const from = p;
        p = behindPlain(p + 1);
        const isWhole = <u32>load<u8>(p) == 0x22;
        if (s.flags & LIVE_FLAG && !(isWhole && passesBy(s, from, p))) {
          startMember(s, from);
          s.nameAt = s.carryLength + <u32>(from - s.mark);
          s.escaped = false;
          if (isWhole) {
            endName(s, p + 1, end, last);
            if (s.error) return fail(s, s.error);
            if (s.pairWaits) return wait(s, p + 1, end, waited != 0);
          }
        }
        if (!isWhole) {
          expect = IN_NAME;
          continue;
        }
        byte = <u32>load<u8>(++p);
        if (byte != 0x3a) {
          expect = EXPECT_COLON;
          continue;
        }
      }
      // Behind its name.
      case EXPECT_COLON:
        if (byte != 0x3a) return fail(s, JSON_SYNTAX);
        byte = <u32>load<u8>(++p);
        expect = EXPECT_VALUE;
        if (byte <= 0x20) {
          // Zeros stand behind the chunk.
          if (byte != 0x20 || <u32>load<u8>(p + 1) <= 0x20) continue;
          byte = <u32>load<u8>(++p);
        }
      // Behind its colon, or as an element.
      case EXPECT_FIRST_ELEMENT:
      case EXPECT_VALUE: {
        const flags = s.flags;
        const live = flags & LIVE_FLAG;
        // Whether a scalar here has a verdict to wait for.
        const judged = live && !(flags & OBJECT_FLAG ? s.quiet : (flags & QUIET_FLAG) != 0);
        if (byte == 0x22) {
          if (judged) {
            startScalar(s, p, STRING);
            if (s.error) return fail(s, s.error);
          }
          s.escaped = false;
          p = behindPlain(p + 1);
          if (<u32>load<u8>(p) != 0x22) {
            expect = IN_STRING;
            continue;
          }
          p++;
        } else if (byte == 0x7b || byte == 0x5b) {
          if (s.depth >= s.limitDepth) return fail(s, LIMIT_DEPTH);
          const kind = byte == 0x7b ? OBJECT_FLAG : 0;
          if (judged) {
            startContainer(s, p, kind);
            if (s.error) return fail(s, s.error);
          } else if (live) {
            enterQuiet(s, kind);
          } else {
            enterSkipped(s, kind);
          }
          p++;
          expect = kind ? EXPECT_FIRST_NAME : EXPECT_FIRST_ELEMENT;
          continue;
        } else if (literalLength(byte)) {
          if (judged) {
            startScalar(s, p, byte == 0x6e ? NULL : BOOLEAN);
            if (s.error) return fail(s, s.error);
          }
          if (!startsLiteral(p, byte)) {
            s.literal = byte;
            s.sub = 0;
            expect = IN_LITERAL;
            continue;
          }
          p += literalLength(byte);
        } else {
          if (byte != 0x2d && byte - 0x30 >= 10) {
            if (byte != 0x5d || expect != EXPECT_FIRST_ELEMENT) return fail(s, JSON_SYNTAX);
            leaveContainer(s, ++p);
            expect = s.depth ? EXPECT_AFTER : EXPECT_END;
            continue;
          }
          if (judged) {
            startScalar(s, p, NUMBER);
            if (s.error) return fail(s, s.error);
          }
          const q = behindDecimal(p);
          if (q == 0) {
            s.sub = NUMBER_START;
            expect = IN_NUMBER;
            continue;
          }
          p = q;
        }
        if (s.mode != FLOW) {
          endScalar(s, p);
          if (s.error) return fail(s, s.error);
        }
        if (s.depth == 0) {
          expect = EXPECT_END;
          continue;
        }
        expect = EXPECT_AFTER;
        byte = <u32>load<u8>(p);
        // Zeros stand behind the chunk.
        if (byte <= 0x20) continue;
      }
      // Behind a member or an element.
      case EXPECT_AFTER: {
        const flags = s.flags;
        if (byte == 0x2c) {
          if (flags & LIVE_FLAG) {
            if (flags & QUIET_FLAG) {
              // Nothing to wait for.
            } else if (flags & KEPT_FLAG) {
              s.mark = p;
              s.mode = HOLD_LEAD;
            } else {
              flush(s, p);
              s.mode = DROP_SEPARATOR;
            }
          }
          p++;
          expect = flags & OBJECT_FLAG ? EXPECT_NAME : EXPECT_VALUE;
          continue;
        }
        if (byte != (flags & OBJECT_FLAG ? 0x7d : 0x5d)) return fail(s, JSON_SYNTAX);
        leaveContainer(s, ++p);
        expect = s.depth ? EXPECT_AFTER : EXPECT_END;
        continue;
      }

      // A name that is escaped, not ASCII, or cut by the border.
      case IN_NAME: {
        const q = scanString(s, p, end);
        if (q == 0) {
          if (s.error) return fail(s, s.error);
          p = end;
          continue;
        }
        p = q;
        if (s.flags & LIVE_FLAG) {
          endName(s, p, end, last);
          if (s.error) return fail(s, s.error);
          if (s.pairWaits) return wait(s, p, end, waited != 0);
        }
        expect = EXPECT_COLON;
        continue;
      }

      // A number with an exponent, or one that goes on behind the border.
      case IN_NUMBER: {
        let q = scanNumber(s, p, end);
        if (q == 0) {
          if (s.error) return fail(s, s.error);
          p = end;
          if (!(last && s.depth == 0)) continue;
          // Only the end of the body says that a number as the whole document is complete.
          if (!numberMayEnd(s.sub)) return fail(s, JSON_SYNTAX);
          s.sub = 0;
          q = p;
        }
        p = q;
        if (s.mode != FLOW) {
          endScalar(s, p);
          if (s.error) return fail(s, s.error);
        }
        expect = s.depth ? EXPECT_AFTER : EXPECT_END;
        continue;
      }

      // A string that is escaped, not ASCII, or cut by the border; a literal that is cut, or none.
      case IN_STRING:
      case IN_LITERAL: {
        const q = expect == IN_STRING ? scanString(s, p, end) : scanLiteral(s, p, end);
        if (q == 0) {
          if (s.error) return fail(s, s.error);
          p = end;
          continue;
        }
        p = q;
        if (s.mode != FLOW) {
          endScalar(s, p);
          if (s.error) return fail(s, s.error);
        }
        expect = s.depth ? EXPECT_AFTER : EXPECT_END;
        continue;
      }

      // RFC 8259, 8.1: receivers skip a byte order mark or refuse it, and none reads it as something else. It stays.
      case IN_MARK:
        if (byte != ((0xbfbbef >> (s.sub << 3)) & 0xff)) return fail(s, JSON_SYNTAX);
        p++;
        if (++s.sub < 3) continue;
        s.sub = 0;
        expect = EXPECT_VALUE;
        continue;

      default:
        // EXPECT_END: nothing but whitespace may follow the document.
        return fail(s, JSON_SYNTAX);
    }
  }

  s.expect = expect;
  if (last && expect != EXPECT_END) return fail(s, JSON_SYNTAX);
  if (s.mode == HOLD_VALUE) spillScalar(s, end);
  endChunk(s, end);
  if (waited) aheadOf(s).clear();
  if (out.failed || s.carryFailed) s.error = INTERNAL;
  return s.error;
}

/**
 * What is behind `p` is not read before more of it has come, which tells what the member is whose name ends there. `isAhead`:
 * the chunk is in the same buffer already.
 */
function wait(s: JsonState, p: usize, end: usize, isAhead: bool): u32 {
  endChunk(s, p);
  const ahead = aheadOf(s);
  const length = <u32>(end - p);
  if (isAhead) {
    memory.copy(ahead.at, p, length);
    ahead.length = length;
  } else {
    ahead.clear();
    ahead.append(p, length);
  }
  s.expect = EXPECT_COLON;
  if (out.failed || s.carryFailed || s.aheadFailed) s.error = INTERNAL;
  return s.error;
}

function fail(s: JsonState, error: u32): u32 {
  s.error = error;
  return error;
}
