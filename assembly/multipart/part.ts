// The verdict on a part, and what becomes of its bytes.
// Invariants: the headers of a part wait until its name has been judged; no byte of a value that a rule changes leaves
// before its replacement is complete; a value longer than limits.value is redacted; a document is rewritten as it comes.

import { before, firstOf } from "../action/detect";
import { redactedText } from "../action/redact";
import { Buffer, newBuffer } from "../bytes/buffer";
import { CHARSET_UTF8 } from "../bytes/charset";
import { BROKEN, DROP as LEAVE_OUT, KEEP, REFUSE, REPLACE, actOnText, acted, withoutSurrogates } from "../fields/value";
import { TYPE_OTHER } from "../framing/content";
import { heldTo, join, joinedAt, joinedLength, leaveOut, letGo } from "../framing/held";
import { cut, framed, insert } from "../framing/output";
import { openDocument, rewritePiece, startDocument } from "../json/document";
import { out } from "../json/output";
import { PADDING, rewrite } from "../json/rewrite";
import { JsonState } from "../json/state";
import { isPlain, isSoft, opens } from "../nested/open";
import { ACTION_BLOCK, ACTION_PASS, ACTION_REVEAL, ACTION_STRIP, FORMAT_JSON, HEADER_LIMIT_HOLD, NO_RULE, SIZE_RULE, UNSUPPORTED_BLOCK, UNSUPPORTED_EMPTY } from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE, MULTIPART_DELIMITER, MULTIPART_HEADER, UNSUPPORTED_CHARSET } from "../policy/outcomes.gen";
import { nameAt, nameLength } from "./disposition";
import { blocked, headers, rewriteHeaders } from "./fields";
import { containsAscii, readHeaders } from "./header";
import { namesCharset, partDecodes, partDetects, partRoot, partRule, readPartName } from "./name";
import { CHARSET, DROP, HYPHEN, JUDGE, MultipartState, OPEN, PASS, READ, TYPED, delimiterOf, valueOf } from "./state";
import { isRewritten, readTyped, takeBodyType, takeType } from "./typed";

/** Names of charsets are short. */
const LONGEST_CHARSET: u32 = 40;

const text: Buffer = newBuffer();
const typed: Buffer = newBuffer();
const nothing = memory.data(PADDING, 16);

@inline
function actionOf(s: MultipartState, rule: u32): u32 {
  return rule == NO_RULE ? ACTION_PASS : <u32>load<u8>(s.rules + rule * SIZE_RULE);
}

/** Bytes of a part that say whether it begins as its soft decoder reads it; where they do not, it waits whole. */
const BEGINNING: u32 = 64;

/** Ends the headers, held up to `p`: decides on the part. Returns an outcome. */
export function startPart(s: MultipartState, p: usize): u32 {
  join(s, p);
  const at = joinedAt + s.headersFrom;
  const end = joinedAt + joinedLength - 2;
  if (<u32>(end - at) > s.limit) return LIMIT_VALUE;
  const fault = readHeaders(at, end, s.isForm);
  if (fault) return fault;
  const refusal = s.isForm ? planNamed(s) : planUnnamed(s);
  if (refusal) return refusal;
  const isFirst = s.first;
  s.first = false;
  if (s.isForm && s.fate == DROP) {
    leaveOut(s, p);
    return 0;
  }
  s.begun = false;
  const skip: u32 = s.kept || isFirst ? 0 : 2;
  s.kept = true;
  const outcome = rewriteHeaders(s, at, end);
  if (outcome) return outcome;
  if (headers.length == 0) {
    letGo(s, skip);
    return 0;
  }
  text.clear();
  text.append(joinedAt + skip, s.headersFrom - skip);
  leaveOut(s, p);
  framed.append(text.at, text.length);
  framed.append(headers.at, headers.length);
  return text.failed ? INTERNAL : 0;
}

/** What becomes of a part of a form, by its name and type. Returns an outcome. */
function planNamed(s: MultipartState): u32 {
  if (!readPartName(s, nameAt, nameLength)) return MULTIPART_HEADER;
  const own = actionOf(s, partRule);
  s.acting = partRule;
  s.detects = before(s.rules, partDetects, partRule);
  s.root = partRoot;
  s.format = TYPE_OTHER;
  const isSoftly = partDecodes && isSoft(s.policy, partRoot);
  const isLeft = isSoftly && (namesCharset || s.isSearched(partRoot, s.detects));
  const isTold = partRoot != 0 && !isSoftly;
  const isRuled = own != ACTION_PASS && partRule != s.unmatched;
  // What a rule takes by the name of the part stays a document, unless it goes or others look into its spelling.
  const isCovered = isRuled && own != ACTION_STRIP && own != ACTION_BLOCK && (s.detects & ~s.any) == 0;
  const isTaken = namesCharset || (isCovered ? isTold && partDecodes : isTold || isRuled);
  if (!isTaken && !takeType(s, partRule, isTold)) return UNSUPPORTED_CHARSET;
  // What stands in a part of such a type is decided one by one, and searched there by rules that look everywhere.
  const isTyped = s.format != TYPE_OTHER;
  const action: u32 = isTyped ? ACTION_PASS : own;
  if (isTyped) s.detects &= ~s.any;
  const decodes = partDecodes && !isLeft && !(isSoftly && isTyped) && opens(s.policy, s.rules, partRoot, partRule);
  if (action == ACTION_BLOCK && s.detects == 0 && !decodes) return blocked(s, partRule);
  if (action == ACTION_STRIP && s.detects == 0 && !decodes) {
    s.count(partRule);
    s.fate = DROP;
    return 0;
  }
  if (decodes) s.fate = OPEN;
  else if (isTyped) s.fate = readingFate(s);
  else if (namesCharset && action == ACTION_PASS && (partRoot == 0 || isLeft)) s.fate = CHARSET;
  else if (action != ACTION_PASS || s.detects != 0) s.fate = JUDGE;
  else s.fate = partRoot != 0 && !partDecodes ? READ : PASS;
  return 0;
}

/** Of a part that is read as a body of its type: JSON as it comes, all else when it is whole. */
function readingFate(s: MultipartState): u32 {
  return s.format == FORMAT_JSON && s.charset == CHARSET_UTF8 && s.detects == 0 ? READ : TYPED;
}

/** What becomes of a part without a name: what would of a body of its type. Returns an outcome. */
function planUnnamed(s: MultipartState): u32 {
  s.acting = NO_RULE;
  s.detects = 0;
  const fault = takeBodyType(s);
  if (fault == 0) {
    s.fate = readingFate(s);
    return 0;
  }
  const unsupported = s.unsupported;
  if (unsupported == UNSUPPORTED_BLOCK) return fault;
  s.fate = unsupported == UNSUPPORTED_EMPTY ? DROP : PASS;
  return 0;
}

/** Takes [at, at+length) of the chunk, bytes of the current part. Returns an outcome. */
export function takeSpan(s: MultipartState, at: usize, end: usize): u32 {
  if (s.fate == PASS || at == end) return 0;
  if (s.fate == READ) {
    const outcome = readDocument(s, at, <u32>(end - at), false);
    if (outcome) return outcome;
    const json = changetype<JsonState>(s.document);
    if (!json.edited) return 0;
    cut(at, end);
    framed.append(out.at, out.length);
    return 0;
  }
  cut(at, end);
  return takeValue(s, at, <u32>(end - at));
}

/** Takes what is held up to `p`: it looked like a delimiter and is part of the part. Returns an outcome. */
export function takeHeld(s: MultipartState, p: usize): u32 {
  if (s.fate == PASS) {
    letGo(s, 0);
    return 0;
  }
  join(s, p);
  text.clear();
  text.append(joinedAt, joinedLength);
  if (!text.reserve(PADDING)) return INTERNAL;
  leaveOut(s, p);
  if (s.fate != READ) return takeValue(s, text.at, text.length);
  const outcome = readDocument(s, text.at, text.length, false);
  if (outcome) return outcome;
  if (changetype<JsonState>(s.document).edited) framed.append(out.at, out.length);
  else framed.append(text.at, text.length);
  return 0;
}

function takeValue(s: MultipartState, at: usize, length: u32): u32 {
  if (s.fate == DROP) return 0;
  const value = valueOf(s);
  if (s.fate == OPEN && value.length < BEGINNING && isSoft(s.policy, s.root)) {
    const part = min<u32>(length, BEGINNING - value.length);
    value.append(at, part);
    if (value.failed) return INTERNAL;
    at += part;
    length -= part;
    if (isPlain(s.policy, s.root, s.acting, value.at, value.length, true)) {
      s.fate = s.detects != 0 ? JUDGE : PASS;
      if (s.fate == PASS) {
        framed.append(value.at, value.length);
        framed.append(at, length);
        value.wipe();
        return 0;
      }
    }
  }
  const waitsWhole = s.fate == OPEN || s.fate == TYPED;
  const most = waitsWhole ? max<u32>(s.limit, load<u32>(s.policy, HEADER_LIMIT_HOLD)) : s.limit;
  const limit = s.fate == CHARSET ? LONGEST_CHARSET : most;
  if (<u64>value.length + <u64>length <= <u64>limit) {
    value.append(at, length);
    return value.failed ? INTERNAL : 0;
  }
  if (s.fate == CHARSET) return UNSUPPORTED_CHARSET;
  if (waitsWhole) {
    const rest = most - value.length;
    value.append(at, rest);
    if (value.failed) return INTERNAL;
    if (s.fate == TYPED || !isPlain(s.policy, s.root, s.acting, value.at, value.length, true)) return LIMIT_VALUE;
    at += rest;
    length -= rest;
  }
  if (s.detects == 0 && s.acting == NO_RULE) {
    framed.append(value.at, value.length);
    framed.append(at, length);
    s.fate = PASS;
  } else if (s.detects == 0 && actionOf(s, s.acting) == ACTION_REVEAL) {
    // What is too long to be revealed is a token at most, and may go on.
    framed.append(value.at, value.length);
    framed.append(at, length);
    s.fate = PASS;
  } else {
    const rule = s.detects != 0 ? firstOf(s.policy, s.detects) : s.acting;
    s.count(rule);
    redactedText(s.rules + rule * SIZE_RULE, s.policy, framed);
    s.fate = DROP;
  }
  value.wipe();
  return 0;
}

function readDocument(s: MultipartState, at: usize, length: u32, last: bool): u32 {
  if (s.document == 0) s.document = openDocument(s, s.root);
  if (s.document == 0) return INTERNAL;
  const json = changetype<JsonState>(s.document);
  if (!s.begun) {
    startDocument(json, s.root, s.acting == NO_RULE ? s.unmatched : s.acting);
    json.opening = s.format == FORMAT_JSON;
    s.begun = true;
  }
  const outcome = last ? rewrite(json, at, length, true) : rewritePiece(json, at, length, false);
  if (outcome) s.rule = json.rule;
  // A value that was replaced has come out as a whole.
  else if (json.edited && holdsDelimiter(s, out)) return MULTIPART_DELIMITER;
  return outcome;
}

/** Whether the value begins with a byte order mark of UTF-16 or UTF-32, as texts in files do: nothing would be found in it. */
function isWide(value: Buffer): bool {
  if (value.length < 2) return false;
  const mark = load<u16>(value.at);
  return mark == 0xfeff || mark == 0xfffe;
}

/** Whether a delimiter stands in what has become of a value: an original may hold one. */
function holdsDelimiter(s: MultipartState, value: Buffer): bool {
  const size = s.delimiterLength - 2;
  for (let i: u32 = 0; i + size <= value.length; i++) {
    const p = value.at + i;
    if (load<u8>(p) == HYPHEN && memory.compare(p, delimiterOf(s) + 2, size) == 0) return true;
  }
  return false;
}

/** Puts what the value has become, which no delimiter may stand in. Returns an outcome. */
function putValue(s: MultipartState, value: Buffer): u32 {
  if (holdsDelimiter(s, value)) return MULTIPART_DELIMITER;
  insert(s.mark, value.at, value.length);
  return 0;
}

/** Ends the part, behind which a delimiter is held. Returns an outcome. */
export function endPart(s: MultipartState): u32 {
  if (s.fate == READ && s.begun) {
    const outcome = readDocument(s, nothing, 0, true);
    if (outcome) return outcome;
    if (changetype<JsonState>(s.document).edited) insert(s.mark, out.at, out.length);
  }
  if (s.fate == OPEN) return endDecoded(s);
  if (s.fate == TYPED) return endTyped(s);
  if (s.fate != JUDGE && s.fate != CHARSET) return 0;
  const value = valueOf(s);
  if (s.fate == CHARSET && value.length != 0 && !containsAscii(value.at, value.length)) return UNSUPPORTED_CHARSET;
  const rule = s.fate == CHARSET ? NO_RULE : s.acting;
  const set = s.fate == CHARSET ? 0 : s.detects;
  if (set != 0 && isWide(value)) return UNSUPPORTED_CHARSET;
  const fate = actOnText(s.policy, s.rules, s.keys, s.limit, set, rule, s.counts, value.at, value.length, text);
  if (fate == REFUSE) return blocked(s, acted);
  if (fate == BROKEN) return INTERNAL;
  if (fate == KEEP) {
    if (value.length) insert(s.mark, value.at, value.length);
  } else {
    s.count(acted);
    if (fate == REPLACE) withoutSurrogates(s.rules, text);
    // The headers have gone before the value was looked into: the part stays without one.
    const outcome = fate == LEAVE_OUT ? 0 : putValue(s, text);
    if (outcome) return outcome;
  }
  value.wipe();
  return 0;
}

/** Ends the part that is decoded. Returns an outcome. */
function endDecoded(s: MultipartState): u32 {
  const value = valueOf(s);
  const fate = s.judgeIn(s.root, s.acting, s.detects, value.at, value.length, text);
  if (fate == REFUSE) return s.fault;
  if (fate == BROKEN) return INTERNAL;
  const outcome = fate == REPLACE ? putValue(s, text) : 0;
  if (outcome) return outcome;
  if (fate == KEEP && value.length) insert(s.mark, value.at, value.length);
  value.wipe();
  return 0;
}

/** Ends the part that is read as a body of its type; rules that detect in it by its name look into what that leaves. */
function endTyped(s: MultipartState): u32 {
  const value = valueOf(s);
  let outcome = readTyped(s, typed);
  if (outcome) return outcome;
  const left = isRewritten ? typed : value;
  const fate = actOnText(s.policy, s.rules, s.keys, s.limit, s.detects, NO_RULE, s.counts, left.at, left.length, text);
  if (fate == REFUSE) return blocked(s, acted);
  if (fate == BROKEN) return INTERNAL;
  if (fate == KEEP) {
    if (isRewritten) outcome = putValue(s, left);
    else if (left.length) insert(s.mark, left.at, left.length);
  } else {
    s.count(acted);
    if (fate != LEAVE_OUT) outcome = putValue(s, text);
  }
  value.wipe();
  return outcome;
}

/** Whether more is held up to `p` than headers may have. */
export function isOutgrown(s: MultipartState, p: usize): bool {
  return heldTo(s, p) > <u64>s.headersFrom + <u64>s.limit + 4;
}
