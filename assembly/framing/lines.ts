// Several RFC 8259 documents in a row: newline-delimited JSON (application/x-ndjson, application/jsonl), one a line, and JSON
// text sequences (RFC 7464), one behind each record separator.
// Invariants: resumable at any byte; each document is as strict as a JSON body of its own, so one over two lines or two on
// one are refused; lines of white space alone, and records of it, pass; nothing but blanks stands before the first record.

import { findEither } from "../bytes/scan";
import { allocate, release } from "../bytes/pool";
import { FieldScope } from "../fields/scope";
import { closeDocument, openDocument, openWholeDocument, rewritePiece, startDocument } from "../json/document";
import { out } from "../json/output";
import { JsonState } from "../json/state";
import { INTERNAL, JSON_SYNTAX } from "../policy/outcomes.gen";
import { beginFrame, cut, endFrame, framed } from "./output";

const LF: u32 = 0x0a;
const RS: u32 = 0x1e;

@unmanaged
export class LinesState {
  document: JsonState;
  root: u32;
  cover: u32; // rule that covers each document, or NO_RULE
  separator: u32; // byte behind each line, or in front of each record
  begun: bool; // a document stands on the current line, or in the current record
  opened: bool; // a record separator, or no line needs any
}

export function openLines(scope: FieldScope, root: u32, isSequence: bool): usize {
  const document = isSequence ? openDocument(scope, root) : openWholeDocument(scope, root);
  if (document == 0) return 0;
  const at = allocate(offsetof<LinesState>());
  if (at == 0) {
    closeDocument(changetype<JsonState>(document));
    return 0;
  }
  const s = changetype<LinesState>(at);
  s.document = changetype<JsonState>(document);
  s.root = root;
  s.cover = s.document.unmatched;
  s.separator = isSequence ? RS : LF;
  s.begun = false;
  s.opened = !isSequence;
  return at;
}

export function closeLines(s: LinesState): void {
  closeDocument(s.document);
  release(changetype<usize>(s), offsetof<LinesState>());
}

@inline
function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Skips what stands between documents from `p` on, where the next one begins or the chunk ends. */
function skipBetween(s: LinesState, p: usize, end: usize): usize {
  const from = p;
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte == RS && s.separator == RS) s.opened = true;
    else if (!isSpace(byte)) break;
    p++;
  }
  if (p != from) s.document.opening = false;
  return p;
}

/** Rewrites [p, stop) of the document on the current line, which ends there when `last`. */
function piece(s: LinesState, p: usize, stop: usize, last: bool): u32 {
  const json = s.document;
  const outcome = rewritePiece(json, p, <u32>(stop - p), last);
  if (outcome) return outcome;
  if (json.edited) {
    cut(p, stop);
    framed.append(out.at, out.length);
  }
  if (!last) return 0;
  s.begun = false;
  s.opened = s.separator == LF;
  return 0;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteLines(s: LinesState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  let p = at;
  beginFrame(at);
  while (p < end) {
    if (!s.begun) {
      p = skipBetween(s, p, end);
      if (p == end) break;
      if (!s.opened) return JSON_SYNTAX;
      s.begun = true;
      startDocument(s.document, s.root, s.cover);
    }
    const stop = findEither(p, end, <u8>s.separator, <u8>s.separator);
    const outcome = piece(s, p, stop, stop < end || last);
    if (outcome) return outcome;
    p = stop;
  }
  if (last && s.begun) {
    const outcome = piece(s, end, end, true);
    if (outcome) return outcome;
  }
  endFrame(end);
  return framed.failed ? INTERNAL : 0;
}
