// One server-sent event as a whole: its lines, the document or text that its data lines hold, and what stands in its place.
// Invariants: data is a text only where nobody could take it for a document; where the data of an event is rewritten, its lines stand where the first one stood; of another line only the
// value is, by rules that look everywhere, and it stays one line.

import { Buffer, newBuffer } from "../bytes/buffer";
import { OVERREAD, findEither } from "../bytes/scan";
import { spells, spellsAnyCase } from "../bytes/text";
import { encodeHeader } from "../fields/percent";
import { BROKEN, KEEP, REFUSE, REPLACE } from "../fields/value";
import { startDocument } from "../json/document";
import { out } from "../json/output";
import { PADDING, rewrite } from "../json/rewrite";
import { JsonState } from "../json/state";
import { Pieces, startTexts } from "../nested/pieces";
import { NO_RULE, UNSUPPORTED_BLOCK, UNSUPPORTED_EMPTY } from "../policy/format.gen";
import { EVENT_FIELD, INTERNAL, JSON_SYNTAX, JSON_UTF8, NESTED_VALUE, RULE_BLOCK } from "../policy/outcomes.gen";
import { BLANK, TEXT, disguise } from "../text/disguise";
import { Holder, join, joinedAt, joinedLength, leaveOut, letGo } from "./held";
import { framed } from "./output";

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

const data: Buffer = newBuffer();
const event: Buffer = newBuffer();
const value: Buffer = newBuffer();
const encoded: Buffer = newBuffer();
const text: Buffer = newBuffer();
/** `rebuild` has rewritten a line other than data. */
let altered: bool = false;

// The line that `readLine` has read.
let nameLength: u32 = 0;
let valueAt: usize = 0;
let lineEnd: usize = 0; // behind its text
let lineNext: usize = 0; // behind its end

/** Reads the line at `at` of an event that ends before `end`. */
function readLine(at: usize, end: usize): void {
  lineEnd = findEither(at, end, LF, CR);
  lineNext = min<usize>(lineEnd + 1, end);
  if (lineNext < end && load<u8>(lineEnd) == CR && load<u8>(lineNext) == LF) lineNext++;
  const colon = findEither(at, lineEnd, 0x3a, 0x3a);
  nameLength = <u32>(colon - at);
  valueAt = min<usize>(colon + 1, lineEnd);
  if (valueAt < lineEnd && load<u8>(valueAt) == 0x20) valueAt++;
}

@inline
function isVisible(at: usize): bool {
  return <u32>load<u8>(at) - 0x21 < 0x5e;
}

/** Whether a separator of lines for Python ends at `p`: a control but TAB, U+0085, U+2028 or U+2029. */
function isSeparator(p: usize): bool {
  const byte = <u32>load<u8>(p);
  if (byte < 0x20) return byte != 0x09;
  if (byte == 0x85) return load<u8>(p - 1) == 0xc2;
  return (byte == 0xa8 || byte == 0xa9) && load<u16>(p - 2) == 0x80e2;
}

/**
 * Whether a line that is not data is that for a receiver that trims names, skips marks or ignores case, or ends lines at other
 * separators than CR and LF.
 */
function looksLikeData(at: usize, end: usize): bool {
  let starts = true;
  for (; at + 4 <= end; at++) {
    if (isVisible(at)) {
      if (starts && spellsAnyCase(at, 4, "data") && (at + 4 == end || load<u8>(at + 4) == 0x3a || !isVisible(at + 4))) return true;
      starts = false;
    } else if (isSeparator(at)) {
      starts = true;
    }
  }
  return false;
}

/** Joins the data of the event [at, end) in `data`; an outcome. */
function collect(at: usize, end: usize): u32 {
  let count: u32 = 0;
  data.clear();
  while (at < end) {
    readLine(at, end);
    if (spells(at, nameLength, "data")) {
      if (count++) data.byte(0x0a);
      data.append(valueAt, <u32>(lineEnd - valueAt));
    } else if (looksLikeData(at, lineEnd)) {
      return EVENT_FIELD;
    }
    at = lineNext;
  }
  return data.reserve(PADDING) ? 0 : INTERNAL;
}

/** Whether a line other than data says something of the exchange itself, as transport headers do. */
function isExempt(at: usize): bool {
  return at == lineEnd || spells(at, nameLength, "event") || spells(at, nameLength, "retry");
}

/**
 * Appends the line at `line` with [from, to) in place of its value, without its end; one that is only a name gets its colon.
 * A receiver takes one blank behind the colon away: a value that begins with one gets another in front.
 */
function appendLine(line: usize, from: usize, to: usize): void {
  event.append(line, <u32>(valueAt - line));
  if (<u32>(lineEnd - line) == nameLength) event.byte(0x3a);
  const isBlank = from < to && load<u8>(from) == 0x20;
  if (isBlank && !event.failed && load<u8>(event.at + event.length - 1) == 0x3a) event.byte(0x20);
  event.append(from, <u32>(to - from));
}

/** Appends a data line like the one at `line`, its end included, for each line of [from, from+length). */
function appendData(line: usize, from: usize, length: u32): void {
  const close = <u32>(lineNext - lineEnd);
  const end = from + length;
  while (true) {
    const stop = findEither(from, end, LF, CR);
    appendLine(line, from, stop);
    if (stop == end) break;
    from = stop + 1;
    if (close) event.append(lineEnd, close);
    else event.byte(LF);
  }
  event.append(lineEnd, close);
}

/** Appends the line at `at`, which no rule can name, but into which one that looks everywhere looks; an outcome. */
function appendOther(s: Holder, at: usize): u32 {
  const fate = s.judgeName(valueAt, <u32>(lineEnd - valueAt), value);
  if (fate == REFUSE) return RULE_BLOCK;
  if (fate == BROKEN) return INTERNAL;
  if (fate != REPLACE) {
    event.append(at, <u32>(lineNext - at));
    return 0;
  }
  altered = true;
  encoded.clear();
  encodeHeader(value.at, value.length, encoded);
  if (encoded.failed) return INTERNAL;
  appendLine(at, encoded.at, encoded.at + encoded.length);
  event.append(lineEnd, <u32>(lineNext - lineEnd));
  return 0;
}

/** Writes the event [at, end) to `event`: with other data when `isEdited`, without unexempt lines when `strict`; an outcome. */
function rebuild(s: Holder, at: usize, end: usize, isEdited: bool, from: usize, length: u32, strict: bool): u32 {
  let written = false;
  altered = false;
  event.clear();
  while (at < end) {
    readLine(at, end);
    // Where a line between them went, CR and LF would be one line end instead of two.
    if (load<u8>(at) == LF && event.length != 0 && load<u8>(event.at + event.length - 1) == CR) {
      store<u8>(event.at + event.length - 1, LF);
    }
    if (spells(at, nameLength, "data")) {
      if (!isEdited) event.append(at, <u32>(lineNext - at));
      else if (!written) appendData(at, from, length);
      written = true;
    } else if (!strict || isExempt(at)) {
      const fault = appendOther(s, at);
      if (fault) return fault;
    }
    at = lineNext;
  }
  return event.failed ? INTERNAL : 0;
}

/** Whether the data is no document, nor has one in it that a lax receiver could read. */
function isText(): bool {
  const end = data.at + data.length;
  let at = data.at;
  while (at < end && load<u8>(at) <= 0x20) at++;
  if (at == end || load<u8>(at) == 0x22 || disguise(BLANK, at, <u32>(end - at)) != TEXT) return false;
  // A list may be one of documents; "[INFO] ready" is none.
  if (load<u8>(at) == 0x5b && at + 1 < end && (<u32>load<u8>(at, 1) | 0x20) - 0x61 >= 26) return false;
  // Behind other words an object of JSON is one all the same.
  return findEither(at, end, 0x7b, 0x7b) == end;
}

/** Whether the data is no JSON. No rule acts meanwhile: in a text a number may stand in front of other words. */
function isForeign(json: JsonState): bool {
  startDocument(json, 0, NO_RULE);
  return rewrite(json, data.at, data.length, true) != 0;
}

/**
 * Decides on the event held up to `p`, whose document begins in the state `root`, and is covered by the rule `cover`. Returns an
 * outcome.
 */
export function endEvent(s: Holder, json: JsonState, root: u32, cover: u32, unsupported: u32, isFirst: bool, p: usize): u32 {
  join(s, p);
  const end = joinedAt + joinedLength;
  // WHATWG HTML, 9.2.5: one byte order mark at the start of the stream is skipped.
  const isMarked = isFirst && joinedLength >= 3 && load<u16>(joinedAt) == 0xbbef && load<u8>(joinedAt + 2) == 0xbf;
  const mark: u32 = isMarked ? 3 : 0;
  const at = joinedAt + mark;
  const fault = collect(at, end);
  if (fault) return fault;
  // What acts on all there is acts on lines that are no data, too; what turns back leaves them alone.
  const strict = s.unmatched != NO_RULE || (cover != NO_RULE && !s.reveals(cover));
  let isEdited = false;
  let from = out.at;
  let length: u32 = 0;
  // "[DONE]" ends the streams of several APIs, and says nothing else.
  if (data.length != 0 && !spells(data.at, data.length, "[DONE]")) {
    // Rules that look everywhere look into a text, unless it is demanded that somebody names it.
    if (s.any != 0 && !strict && isText() && isForeign(json)) {
      const fate = s.judgeName(data.at, data.length, text);
      if (fate == REFUSE) return RULE_BLOCK;
      if (fate == BROKEN || !text.reserve(OVERREAD)) return INTERNAL;
      isEdited = fate != KEEP;
      from = text.at;
      length = text.length;
    } else {
      startDocument(json, root, cover);
      if (!startTexts(changetype<Pieces>(json.pieces), data.at, data.length)) return NESTED_VALUE;
      const outcome = rewrite(json, data.at, data.length, true);
      const isUnread = outcome == JSON_SYNTAX || outcome == JSON_UTF8;
      if (outcome != 0 && (!isUnread || unsupported == UNSUPPORTED_BLOCK)) {
        s.rule = json.rule;
        return outcome;
      }
      isEdited = outcome == 0 ? json.edited : unsupported == UNSUPPORTED_EMPTY;
      if (!out.reserve(OVERREAD)) return INTERNAL;
      from = out.at;
      length = outcome == 0 ? out.length : 0;
    }
  }
  if (!isEdited && !strict && s.any == 0) {
    letGo(s, 0);
    return 0;
  }
  const broken = rebuild(s, at, end, isEdited, from, length, strict);
  if (broken) return broken;
  if (event.length == joinedLength - mark && !isEdited && !altered) {
    letGo(s, 0);
    return 0;
  }
  leaveOut(s, p);
  if (isMarked) {
    framed.byte(0xef);
    framed.byte(0xbb);
    framed.byte(0xbf);
  }
  framed.append(event.at, event.length);
  return 0;
}
