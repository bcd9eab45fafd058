// What becomes of the header fields of a part, once its fate is known.
// Invariants: no field changes but those that a rule acts on or that an edit of the value would belie; a file name that
// changes takes its other spelling (filename*) with it.

import { before } from "../action/detect";
import { Buffer, newBuffer } from "../bytes/buffer";
import { beforeHost, spellsAnyCase } from "../bytes/text";
import { encodeHeader, encodeQuoted } from "../fields/percent";
import { BROKEN, KEEP, REFUSE, REPLACE, actOnText, acted, withoutSurrogates } from "../fields/value";
import { NO_RULE } from "../policy/format.gen";
import { INTERNAL, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { fileAt, fileEnd, fileFrom, fileLength, nameAt, nameLength, wideEnd, wideFrom } from "./disposition";
import { DISPOSITION, LENGTH, OTHER, hasOthers, headerKinds, lineEnd, lineKind, lineNext, lineValue, readLine } from "./header";
import { fileDetects, fileRule } from "./name";
import { MultipartState, PASS } from "./state";

/** What `rewriteHeaders` made of them, with the empty line behind; empty where they stay. */
export const headers: Buffer = newBuffer();
const file: Buffer = newBuffer();
const renamed: Buffer = newBuffer();
const line: Buffer = newBuffer();

/** The outcome of a message that the rule refuses. */
export function blocked(s: MultipartState, rule: u32): u32 {
  s.rule = rule;
  s.count(rule);
  return rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
}

/** Writes the headers [at, end) with their empty line to `headers` where they change; else that stays empty. Returns an outcome. */
export function rewriteHeaders(s: MultipartState, at: usize, end: usize): u32 {
  let changed = false;
  headers.clear();
  const isFileless = !s.isForm || (!fileEnd && !wideEnd);
  if (s.any == 0 && (headerKinds & LENGTH) == 0 && isFileless && (!hasOthers || s.unmatched == NO_RULE)) return 0;
  while (at < end) {
    readLine(at, end);
    const kind = lineKind;
    const next = lineNext;
    const from = lineValue;
    const isId = !s.isForm && spellsAnyCase(at, 11, "content-id:");
    // Written as an address of mail by its grammar, whatever it is (RFC 2392).
    const to = isId ? from + beforeHost(from, <u32>(lineEnd - from)) : lineEnd;
    // A length would be wrong behind an edit; other lines are values that no rule names, but for the name of a part that
    // others refer to.
    const isOther = kind == OTHER || (kind == DISPOSITION && !s.isForm);
    const leaves =
      (kind == LENGTH && s.fate != PASS) ||
      (isOther && s.unmatched != NO_RULE && !isId);
    if (leaves) {
      changed = true;
    } else if (kind == DISPOSITION && s.isForm) {
      const fate = isFileless ? KEEP : judgeFile(s);
      if (fate == REFUSE) return blocked(s, acted);
      const nameFate = s.judgeName(nameAt, nameLength, renamed, true);
      if (nameFate == REFUSE) return RULE_BLOCK;
      if (fate == BROKEN || nameFate == BROKEN) return INTERNAL;
      if (fate != KEEP || nameFate != KEEP) changed = true;
      appendDisposition(at, next, nameFate == REPLACE, fate);
    } else {
      // No rule names such a line, but one that looks everywhere looks into it.
      const fate = s.judgeName(from, <u32>(to - from), line, true);
      if (fate == REFUSE) return RULE_BLOCK;
      if (fate == BROKEN) return INTERNAL;
      if (fate == KEEP) {
        headers.append(at, <u32>(next - at));
      } else {
        changed = true;
        headers.append(at, <u32>(from - at));
        encodeHeader(line.at, line.length, headers);
        headers.append(to, <u32>(next - to));
      }
    }
    at = next;
  }
  headers.byte(0x0d);
  headers.byte(0x0a);
  if (headers.failed) return INTERNAL;
  if (!changed) headers.clear();
  return 0;
}

/** What its rule makes of the file name; `file` is the new one. Of filename* it is said that it goes when that changes. */
function judgeFile(s: MultipartState): u32 {
  // Without a plain one there is nothing to act on, so the other one is dealt with as if it were too long.
  const length = fileEnd ? fileLength : 1;
  const limit = fileEnd ? s.limit : 0;
  const at = fileEnd ? fileAt : wideFrom;
  const set = before(s.rules, fileDetects, fileRule);
  const fate = actOnText(s.policy, s.rules, s.keys, limit, set, fileRule, s.counts, at, length, file);
  if (fate == REPLACE) withoutSurrogates(s.rules, file);
  if (fate != KEEP && fate != REFUSE) s.count(acted);
  return fate;
}

/** Appends the line [at, next), with another name, and where the file name does not stay without filename*. */
function appendDisposition(at: usize, next: usize, isRenamed: bool, fate: u32): void {
  let p = at;
  while (p < next) {
    if (p == wideFrom && wideEnd && fate != KEEP) {
      p = wideEnd;
    } else if (p == fileFrom && fileEnd && fate != KEEP) {
      headers.append(fileFrom, fate == REPLACE ? <u32>(fileAt - fileFrom) : 0);
      if (fate == REPLACE) appendQuoted(fileAt, file);
      p = fileEnd;
    } else if (p == nameAt && isRenamed) {
      appendQuoted(nameAt, renamed);
      p = nameAt + nameLength + (load<u8>(nameAt - 1) == 0x22 ? 1 : 0);
    } else {
      headers.byte(load<u8>(p++));
    }
  }
}

/** Appends a value in quotes, of which the first stands there already when it stood before `old`. */
function appendQuoted(old: usize, value: Buffer): void {
  if (load<u8>(old - 1) != 0x22) headers.byte(0x22);
  encodeQuoted(value.at, value.length, headers);
  headers.byte(0x22);
}
