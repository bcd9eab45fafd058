// Newline-delimited JSON (application/x-ndjson, application/jsonl): one RFC 8259 document a line.
// Invariants: resumable at any byte; each line is as strict as a JSON body of its own, so a document over two lines or two
// documents on one are refused; lines of white space alone pass.

import { findEither } from "../bytes/scan";
import { allocate, release } from "../bytes/pool";
import { FieldScope } from "../fields/scope";
import { closeDocument, openDocument, rewritePiece, startDocument } from "../json/document";
import { out } from "../json/output";
import { JsonState } from "../json/state";
import { INTERNAL } from "../policy/outcomes.gen";
import { beginFrame, cut, endFrame, framed } from "./output";

@unmanaged
export class LinesState {
  document: JsonState;
  root: u32;
  begun: bool; // a document stands on the current line
}

export function openLines(scope: FieldScope, root: u32): usize {
  const at = allocate(offsetof<LinesState>());
  const document = openDocument(scope, root);
  if (at == 0 || document == 0) return 0;
  const s = changetype<LinesState>(at);
  s.document = changetype<JsonState>(document);
  s.root = root;
  s.begun = false;
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

/** Rewrites [p, stop) of the document on the current line, which ends there when `last`. */
function piece(s: LinesState, p: usize, stop: usize, last: bool): u32 {
  const json = s.document;
  const outcome = rewritePiece(json, p, <u32>(stop - p), last);
  if (outcome) return outcome;
  if (json.edited) {
    cut(p, stop);
    framed.append(out.at, out.length);
  }
  if (last) s.begun = false;
  return 0;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteLines(s: LinesState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  let p = at;
  beginFrame(at);
  while (p < end) {
    if (!s.begun) {
      while (p < end && isSpace(<u32>load<u8>(p))) p++;
      if (p == end) break;
      s.begun = true;
      startDocument(s.document, s.root, s.document.unmatched);
    }
    const stop = findEither(p, end, 0x0a, 0x0a);
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
