// multipart/form-data (RFC 7578), and multipart bodies whose parts have no names (RFC 2046, section 5.1; RFC 2387), one
// block a place of the reader.
// Headers: header.ts, disposition.ts; verdicts and bytes of parts: part.ts. Invariants: resumable at any byte; what no
// rule changes leaves as it came; a stripped part goes with its delimiter; strict where receivers differ: nothing stands
// before the first delimiter but one CRLF, nothing behind the last one but one CRLF, a delimiter begins with CRLF and
// ends with CRLF, and the boundary behind two hyphens stands nowhere else.

import { allocate, release } from "../bytes/pool";
import { findEither } from "../bytes/scan";
import { FieldScope } from "../fields/scope";
import { beginHeld, endHeld, freeHeld, heldTo, holdFrom, isBroken, letGo } from "../framing/held";
import { beginFrame, endFrame } from "../framing/output";
import { closeDocument } from "../json/document";
import { JsonState } from "../json/state";
import { NO_RULE } from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE, MULTIPART_DELIMITER, MULTIPART_HEADER } from "../policy/outcomes.gen";
import { boundaryAt, boundaryLength } from "./boundary";
import { endPart, isOutgrown, startPart, takeHeld, takeSpan } from "./part";
import {
  BEHIND_ALL,
  BEHIND_DELIMITER,
  DROP,
  HYPHEN,
  IN_HEADERS,
  IN_PART,
  MAX_DELIMITER,
  MultipartState,
  SIZE_MULTIPART,
  borderOf,
  delimiterOf,
  valueOf,
} from "./state";

const CR: u8 = 0x0d;
const LF: u8 = 0x0a;

/** A state for a body, of form-data or not, with the boundary that has been read last, or 0 when memory ran out. */
export function openMultipart(scope: FieldScope, isForm: bool): usize {
  const at = allocate(SIZE_MULTIPART);
  if (at == 0) return 0;
  memory.fill(at, 0, SIZE_MULTIPART);
  memory.copy(at, changetype<usize>(scope), offsetof<FieldScope>());
  const s = changetype<MultipartState>(at);
  s.rule = NO_RULE;
  s.isForm = isForm;
  s.fate = DROP;
  s.first = true;
  s.holding = true;
  // As if a CRLF stood before the body: the first delimiter needs none.
  s.matched = 2;
  s.delimiterLength = boundaryLength + 4;
  const delimiter = delimiterOf(s);
  store<u32>(delimiter, 0x2d2d0a0d);
  memory.copy(delimiter + 4, boundaryAt, boundaryLength);
  let border: u32 = 0;
  for (let i: u32 = 1; i < boundaryLength + 2; i++) {
    const byte = load<u8>(delimiter + 2 + i);
    while (border && load<u8>(delimiter + 2 + border) != byte) border = borderOf(s, border - 1);
    if (load<u8>(delimiter + 2 + border) == byte) border++;
    store<u8>(delimiter + MAX_DELIMITER + i, border);
  }
  return at;
}

export function closeMultipart(s: MultipartState): void {
  freeHeld(s);
  const value = valueOf(s);
  if (value.capacity) {
    value.wipe();
    value.free();
  }
  if (s.document) closeDocument(changetype<JsonState>(s.document));
  release(changetype<usize>(s), SIZE_MULTIPART);
}

// Where in the chunk the bytes of the part begin that have not been taken, and an outcome, beside the answer of a step.
let taken: usize = 0;
let fault: u32 = 0;

/** Reads on in a part up to the end of a delimiter; answers where to go on. */
function readPart(s: MultipartState, p: usize, end: usize): usize {
  const delimiter = delimiterOf(s);
  const inner = s.delimiterLength - 2;
  while (p < end) {
    if (s.matched == 0 && s.inner == 0) {
      p = findEither(p, end, CR, HYPHEN);
      if (p == end) break;
    }
    const byte = load<u8>(p);
    if (s.matched && load<u8>(delimiter + s.matched) == byte) {
      s.matched++;
    } else {
      if (s.matched) {
        // Nothing may stand before the first delimiter, but the line end of an empty line.
        if (s.first && !(s.matched == 2 && byte == CR && heldTo(s, p) == 0)) {
          fault = MULTIPART_DELIMITER;
          return p;
        }
        if (!s.first) fault = takeHeld(s, p);
        if (fault) return p;
        taken = p;
      }
      s.matched = 0;
      if (byte == CR) {
        fault = takeSpan(s, taken, p);
        if (fault) return p;
        holdFrom(s, p);
        s.matched = 1;
      }
    }
    p++;
    while (s.inner && load<u8>(delimiter + 2 + s.inner) != byte) s.inner = borderOf(s, s.inner - 1);
    if (load<u8>(delimiter + 2 + s.inner) == byte) s.inner++;
    if (s.inner < inner) continue;
    if (s.matched != s.delimiterLength) {
      fault = MULTIPART_DELIMITER;
      return p;
    }
    if (!s.first) fault = endPart(s);
    s.place = BEHIND_DELIMITER;
    s.step = 0;
    s.matched = 0;
    s.inner = 0;
    return p;
  }
  if (!s.holding) fault = takeSpan(s, taken, end);
  return p;
}

/** Behind a delimiter: the line end of one that begins a part, or the hyphens of the last one. */
function readDelimiterEnd(s: MultipartState, p: usize): usize {
  const byte = load<u8>(p++);
  if (s.step == 0 && (byte == CR || byte == HYPHEN)) {
    s.step = byte;
  } else if (s.step == CR && byte == LF) {
    s.place = IN_HEADERS;
    s.step = 2;
    s.headersFrom = <u32>heldTo(s, p);
  } else if (s.step == HYPHEN && byte == HYPHEN) {
    letGo(s, s.kept || s.first ? 0 : 2);
    s.first = false;
    s.place = BEHIND_ALL;
    s.step = 0;
  } else {
    fault = MULTIPART_DELIMITER;
  }
  return p;
}

/** Reads on in headers up to their empty line. `step` counts the bytes of two line ends. */
function readHeaderBytes(s: MultipartState, p: usize, end: usize): usize {
  while (p < end) {
    if (s.step == 0) {
      p = findEither(p, end, CR, LF);
      if (p == end) break;
    }
    const byte = load<u8>(p++);
    if (byte == (s.step & 1 ? LF : CR)) {
      if (++s.step < 4) continue;
      fault = startPart(s, p);
      s.place = IN_PART;
      taken = p;
      return p;
    }
    if (s.step & 1 || byte == LF) {
      fault = MULTIPART_HEADER;
      return p;
    }
    s.step = 0;
  }
  if (isOutgrown(s, p)) fault = LIMIT_VALUE;
  return p;
}

/** Behind the last delimiter: one line end, and no more. */
function readEpilogue(s: MultipartState, p: usize): usize {
  if (s.step > 1 || load<u8>(p) != (s.step ? LF : CR)) fault = MULTIPART_DELIMITER;
  s.step++;
  return p + 1;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteMultipart(s: MultipartState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  beginFrame(at);
  beginHeld(s, at);
  taken = at;
  fault = 0;
  let p = at;
  while (p < end && fault == 0) {
    if (s.place == IN_PART) p = readPart(s, p, end);
    else if (s.place == BEHIND_DELIMITER) p = readDelimiterEnd(s, p);
    else if (s.place == IN_HEADERS) p = readHeaderBytes(s, p, end);
    else p = readEpilogue(s, p);
  }
  if (fault) return fault;
  // A body without its last delimiter, or cut in the line end behind it, has lost something.
  if (last && (s.place != BEHIND_ALL || s.step == 1)) return MULTIPART_DELIMITER;
  endHeld(s, end);
  endFrame(end);
  return isBroken(s) || s.valueFailed ? INTERNAL : 0;
}
