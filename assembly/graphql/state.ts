// The reader of one GraphQL document: where it is, the path of names to there, and what leaves in place of the text.
// Invariants: there are as many readers as a selector may have decoders, since an argument may hold a document again;
// `result` is what becomes of the first `copied` bytes of the text; `source` ends with
// zeros, so looking ahead is safe.

import { Buffer } from "../bytes/buffer";
import { allocate } from "../bytes/pool";
import { SIZE_SPAN, SPAN_AT, SPAN_LENGTH, SPAN_SOURCE } from "../json/output";
import { MAX_DECODERS } from "../policy/format.gen";
import { isNamePart } from "./token";

const BUFFERS: usize = 6;
const SIZE: usize = offsetof<Reader>() + BUFFERS * offsetof<Buffer>();
const readers: usize = allocate(<usize>MAX_DECODERS * SIZE);
memory.fill(readers, 0, <usize>MAX_DECODERS * SIZE);

@unmanaged
export class Reader {
  /** Automaton state of the document of literals, and the rule that covers it. */
  root: u32 = 0;
  cover: u32 = 0;
  /** Level of nested/level.ts. */
  level: usize = 0;
  at: u32 = 0;
  end: u32 = 0;
  copied: u32 = 0;
  /** Objects that are open in `path`, and values and selections that are open in the text. */
  braces: u32 = 0;
  depth: u32 = 0;
  /** Place in the rewritten document of literals, the same in the one that was read, and the span that is next. */
  next: u32 = 0;
  from: u32 = 0;
  span: u32 = 0;
  isEdited: bool = false;
  /** Variables are being defined: no other one stands in their values. */
  isConstant: bool = false;
  /** Comments have been blanked: the text differs from the one that came at places that are no spans. */
  isBlanked: bool = false;
  /** SAME while all is well, or the verdict that ends the reading. */
  verdict: u32 = 0;

  @inline
  get source(): Buffer {
    return this.buffer(0);
  }

  @inline
  get result(): Buffer {
    return this.buffer(1);
  }

  /** Spans of the result that are spans of the text (json/output.ts). */
  @inline
  get spans(): Buffer {
    return this.buffer(2);
  }

  /** The document of literals up to the argument that is being read: `{"pay":{"card":{`. */
  @inline
  get path(): Buffer {
    return this.buffer(3);
  }

  @inline
  get scratch(): Buffer {
    return this.buffer(4);
  }

  @inline
  get block(): Buffer {
    return this.buffer(5);
  }

  @inline
  private buffer(index: usize): Buffer {
    return changetype<Buffer>(changetype<usize>(this) + offsetof<Reader>() + index * offsetof<Buffer>());
  }
}

@inline
export function readerAt(depth: u32): Reader {
  return changetype<Reader>(readers + <usize>depth * SIZE);
}

/** Ready for a text, which is copied: what is read on the way may take the place where it stands. False when memory ran out. */
export function begin(r: Reader, at: usize, length: u32): bool {
  r.source.clear();
  r.source.append(at, length);
  // Zeros for those who look ahead.
  r.source.byte(0);
  r.source.byte(0);
  r.source.byte(0);
  r.source.byte(0);
  if (r.source.failed) return false;
  r.result.clear();
  r.spans.clear();
  r.path.clear();
  r.at = 0;
  r.end = length;
  r.copied = 0;
  r.braces = 0;
  r.depth = 0;
  r.isConstant = false;
  r.isBlanked = blankComments(r.source.at, length);
  r.isEdited = r.isBlanked;
  r.verdict = 0;
  return true;
}

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const HASH: u8 = 0x23;

/**
 * Makes blanks of comments: they are free text that means nothing to a server, and that no rule could look into. Whether
 * there were any.
 */
function blankComments(at: usize, length: u32): bool {
  const end = at + length;
  let isAny = false;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == QUOTE) {
      at = stringEnd(at, end);
    } else if (byte == HASH) {
      isAny = true;
      for (; at < end && load<u8>(at) != 0x0a && load<u8>(at) != 0x0d; at++) store<u8>(at, 0x20);
    } else {
      at++;
    }
  }
  return isAny;
}

/** Behind the string whose quote stands at `at`, or at the end where it has none. No block string has three quotes in it. */
export function stringEnd(at: usize, end: usize): usize {
  const isBlock = isThree(at) && at + 3 <= end;
  at += isBlock ? 3 : 1;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == BACKSLASH) at += isBlock ? 1 : 2;
    else if (byte == QUOTE && (!isBlock || isThree(at))) return at + (isBlock ? 3 : 1);
    else if (!isBlock && (byte == 0x0a || byte == 0x0d)) return at;
    else at++;
  }
  return end;
}

@inline
function isThree(at: usize): bool {
  return load<u8>(at) == QUOTE && load<u8>(at, 1) == QUOTE && load<u8>(at, 2) == QUOTE;
}

/** What was read is wiped. */
export function finish(r: Reader): void {
  r.source.wipe();
  r.path.wipe();
  r.scratch.wipe();
  r.block.wipe();
}

@inline
export function peek(r: Reader): u32 {
  return <u32>load<u8>(r.source.at + r.at);
}

/** Keeps the next token, which starts with `byte`, from being read as one with the token before it. */
export function part(r: Reader, byte: u32): void {
  if (r.result.length == 0) return;
  const last = <u32>load<u8>(r.result.at + r.result.length - 1);
  if ((isNamePart(last) && isNamePart(byte)) || (last == <u32>QUOTE && byte == <u32>QUOTE)) r.result.byte(0x20);
}

/** The text up to `to` stays as it is. */
export function keepTo(r: Reader, to: u32): void {
  if (to == r.copied || !r.spans.reserve(SIZE_SPAN)) return;
  part(r, <u32>load<u8>(r.source.at + r.copied));
  const span = r.spans.at + r.spans.length;
  store<u32>(span, r.result.length, SPAN_AT);
  store<u32>(span, to - r.copied, SPAN_LENGTH);
  store<u32>(span, r.copied, SPAN_SOURCE);
  r.spans.length += SIZE_SPAN;
  r.result.append(r.source.at + r.copied, to - r.copied);
  r.copied = to;
}

/** The text from `from` to `to` goes; what takes its place may be appended to the result now. */
export function cut(r: Reader, from: u32, to: u32): void {
  keepTo(r, from);
  r.copied = to;
  r.isEdited = true;
}
