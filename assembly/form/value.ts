// The verdict on a form field, and what stands in the place of its value.
// Invariants: no byte of a value that a rule changes leaves before its replacement is complete; a value longer than
// limits.value, as it is spelled, is redacted; a value is encoded again only where it was changed.

import { CHARSET_REGIONAL, charsetOf } from "../bytes/charset";
import { before, firstOf } from "../action/detect";
import { redactedText } from "../action/redact";
import { Buffer, newBuffer } from "../bytes/buffer";
import { decodePercent, encodePercent } from "../fields/percent";
import { BROKEN, DROP, KEEP, REFUSE, actOnText, acted, isSpelling, withoutSurrogates } from "../fields/value";
import { heldTo, join, joinedAt, joinedLength, leaveOut, letGo } from "../framing/held";
import { framed } from "../framing/output";
import { BLANK, TEXT, beginning, hasBegun } from "../json/begin";
import { openDocument, startDocument } from "../json/document";
import { out } from "../json/output";
import { PADDING, rewrite } from "../json/rewrite";
import { JsonState } from "../json/state";
import { isPlain, isSoftJson, opens } from "../nested/open";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  NO_RULE,
  SIZE_RULE,
} from "../policy/format.gen";
import { FORM_SEPARATOR, INTERNAL, LIMIT_VALUE, RULE_BLOCK, UNMATCHED_BLOCK, UNSUPPORTED_CHARSET } from "../policy/outcomes.gen";
import { judgeName, nameDecodes, nameDetects, nameRoot, nameRule, readName, renamed } from "./name";
import {
  FormState,
  IN_CHARSET,
  IN_DOCUMENT,
  IN_DROPPED,
  IN_JUDGED,
  IN_NAME,
  IN_OTHER_NAME,
  IN_REST,
  IN_START,
  IN_VALUE,
} from "./state";

/** Names of charsets are short. */
const LONGEST_CHARSET: u32 = 40;
const AND: u8 = 0x26;
const SEMICOLON: u8 = 0x3b;
const PERCENT: u8 = 0x25;
const PLUS: u8 = 0x2b;

const plain: Buffer = newBuffer();
const text: Buffer = newBuffer();

@inline
function actionOf(s: FormState, rule: u32): u32 {
  return rule == NO_RULE ? ACTION_PASS : <u32>load<u8>(s.rules + rule * SIZE_RULE);
}

/** Whether the rule does anything to a value. */
@inline
export function acts(s: FormState, rule: u32): bool {
  return actionOf(s, rule) != ACTION_PASS;
}

@inline
export function isHeldPlace(place: u32): bool {
  return place == IN_START || place == IN_JUDGED || place == IN_DOCUMENT || place == IN_CHARSET;
}

/** Whether the name that is [at, at+length) leaves its value alone, which the rules of the set `searching` look into. */
export function isPassing(s: FormState, at: usize, length: u32, searching: u64 = 0): bool {
  return readName(s, at, length) && !acts(s, nameRule) && (nameDetects & ~searching) == 0 && (nameRoot == 0 || nameBegins(s));
}

/** Whether the value of the name that was read last is a document only where it begins as one. */
function nameBegins(s: FormState): bool {
  return nameDecodes && isSoftJson(s.policy, nameRoot);
}

/** Begins a value that is a document if it begins as one. */
function begin(s: FormState, isOther: bool): void {
  s.place = IN_START;
  s.isOther = isOther;
  s.begins = BLANK;
  s.escape = 0;
}

/** The same behind a semicolon, which for some receivers begins a field of the name that was read last; whether it does. */
export function startOther(s: FormState): bool {
  if (!nameBegins(s) || !opens(s.policy, s.rules, nameRoot, nameRule)) return false;
  s.detects = 0;
  begin(s, true);
  return true;
}

/** Goes on in the beginning of a value until it tells what the value is; where that is, or `end`. */
export function findStart(s: FormState, p: usize, end: usize): usize {
  for (; p < end; p++) {
    let byte = <u32>load<u8>(p);
    if (byte == AND) return p;
    if (s.escape == 0 && byte == PERCENT) {
      s.escape = 1;
      continue;
    }
    if (s.escape != 0) {
      // What is no escape is a text, and so is NUL.
      const digit = byte - 0x30 < 10 ? byte - 0x30 : (byte | 0x20) - 0x61 < 6 ? (byte | 0x20) - 0x57 : 0xff;
      s.escape = digit == 0xff ? 0x100 : (s.escape << 4) | digit;
      if (s.escape < 0x100) continue;
      byte = digit == 0xff ? 0 : s.escape & 0xff;
      s.escape = 0;
    } else if (byte == PLUS) {
      byte = 0x20;
    }
    s.begins = beginning(s.begins, byte);
    if (s.begins >= TEXT) return p;
  }
  return end;
}

/** Where the beginning, held up to `p`, told what the value is. Returns an outcome: a document behind a semicolon is hidden. */
export function endStart(s: FormState, p: usize): u32 {
  if (heldTo(s, p) > <u64>s.documentLimit) return LIMIT_VALUE;
  if (hasBegun(s.begins)) {
    if (s.isOther) return FORM_SEPARATOR;
    s.place = IN_DOCUMENT;
  } else if (s.detects != 0) {
    s.place = IN_JUDGED;
  } else {
    letGo(s, 0);
    s.place = IN_VALUE;
  }
  return 0;
}

/** Lets the held name go that ends at `p`, or puts out what the rules that look into names make of it. Returns an outcome. */
function putName(s: FormState, p: usize): u32 {
  const fate = judgeName(s);
  if (fate == REFUSE) return RULE_BLOCK;
  if (fate == BROKEN) return INTERNAL;
  if (fate == KEEP) {
    letGo(s, s.separated && !s.kept ? 1 : 0);
  } else {
    leaveOut(s, p);
    if (s.separated && s.kept) framed.byte(AND);
    s.putEncoded(renamed, framed);
  }
  s.kept = true;
  return 0;
}

/**
 * Whether rules find something in [at, at+length), for receivers that separate at semicolons a name, that do not look into
 * the value around it.
 */
function hidesName(s: FormState, at: usize, length: u32): bool {
  if ((s.any & ~s.detects) == 0) return false;
  return !readName(s, at, length) || judgeName(s) != KEEP;
}

/** Whether what follows a semicolon in a value that passes may go: for some receivers it is the name of a field. */
export function isPassingName(s: FormState, at: usize, length: u32): bool {
  return isPassing(s, at, length) && (s.any == 0 || judgeName(s) == KEEP);
}

/** Decides on the field whose held name, which was read last, ends at `p`. Returns an outcome. */
export function startField(s: FormState, p: usize, rule: u32, detects: u64, root: u32, decodes: bool, isCharset: bool): u32 {
  const action = actionOf(s, rule);
  s.acting = rule;
  s.detects = before(s.rules, detects, rule);
  s.root = root;
  const isBegun = decodes && isSoftJson(s.policy, root);
  const isLeft = isBegun && (isCharset || s.isSearched(root, s.detects));
  s.decodes = decodes && !isLeft && opens(s.policy, s.rules, root, rule);
  if (s.decodes) {
    if (isBegun) begin(s, false);
    else s.place = IN_DOCUMENT;
    return putName(s, p);
  }
  // What the charset says of the other values comes before what is found in it: it is a charset, or refused.
  if (isCharset && action == ACTION_PASS && (root == 0 || isBegun)) {
    s.place = IN_CHARSET;
    return putName(s, p);
  }
  if (s.detects != 0) {
    s.place = IN_JUDGED;
    return putName(s, p);
  }
  if (action == ACTION_BLOCK) {
    s.rule = rule;
    s.count(rule);
    return rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
  }
  if (action == ACTION_STRIP) {
    s.count(rule);
    leaveOut(s, p);
    s.place = IN_DROPPED;
    return 0;
  }
  s.place = action != ACTION_PASS ? IN_JUDGED : root && !decodes ? IN_DOCUMENT : IN_VALUE;
  return putName(s, p);
}

/** Puts what redact makes of it in the place of the value held up to `p`, which nobody can look into. */
function redact(s: FormState, p: usize): void {
  const rule = s.detects != 0 ? firstOf(s.policy, s.detects) : s.acting;
  s.count(rule);
  text.clear();
  redactedText(s.rules + rule * SIZE_RULE, s.policy, text);
  leaveOut(s, p);
  encodePercent(text.at, text.length, framed);
}

/** Ends the value that waits for its action. Returns an outcome. */
export function endJudged(s: FormState, p: usize): u32 {
  join(s, p);
  if (joinedLength > s.limit && (s.detects != 0 || actionOf(s, s.acting) != ACTION_REVEAL)) {
    redact(s, p);
    return 0;
  }
  if (s.detects != 0 && hidesField(s, joinedAt, joinedLength)) return FORM_SEPARATOR;
  plain.clear();
  decodePercent(joinedAt, joinedLength, plain);
  if (plain.failed) return INTERNAL;
  const limit: u32 = joinedLength > s.limit ? 0 : s.limit;
  const end = joinedAt + joinedLength;
  const fate = actOnText(
    s.policy, s.rules, s.keys, limit, s.detects, s.acting, s.counts, plain.at, plain.length, text, false, joinedAt, end,
  );
  if (fate == KEEP) {
    letGo(s, 0);
    return 0;
  }
  s.count(acted);
  if (fate == BROKEN) return INTERNAL;
  if (fate == REFUSE) {
    s.rule = acted;
    return acted == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
  }
  leaveOut(s, p);
  // The name has gone before the value was looked into, and stays without one.
  if (fate == DROP) return 0;
  withoutSurrogates(s.rules, text);
  s.isSpelled = isSpelling;
  s.putEncoded(text, framed);
  return 0;
}

/** Whether a semicolon in the text begins, for some receivers, a field with a value that a rule acts on. */
function hidesField(s: FormState, at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(at + i) != SEMICOLON) continue;
    let stop = i + 1;
    while (stop < length && load<u8>(at + stop) != SEMICOLON && load<u8>(at + stop) != 0x3d) stop++;
    const next = at + i + 1;
    if (stop < length && load<u8>(at + stop) == 0x3d) {
      if (!isPassing(s, next, stop - i - 1, s.detects)) return true;
      if (hidesDocument(s, at + stop + 1, length - stop - 1)) return true;
    }
    if (hidesName(s, next, stop - i - 1)) return true;
  }
  return false;
}

/** Whether for such receivers the value of the name that was read last, at the beginning of the text, is a document. */
function hidesDocument(s: FormState, at: usize, length: u32): bool {
  if (!nameBegins(s)) return false;
  plain.clear();
  decodePercent(at, length, plain);
  return plain.failed || !isPlain(s.policy, nameRoot, NO_RULE, plain.at, plain.length);
}

/** Ends the value that holds a document. Returns an outcome. */
export function endDocument(s: FormState, p: usize): u32 {
  join(s, p);
  if (joinedLength > s.documentLimit) return tooLong(s, p);
  if (joinedLength == 0) {
    letGo(s, 0);
    return 0;
  }
  if (hidesField(s, joinedAt, joinedLength)) return FORM_SEPARATOR;
  if (s.decodes) return endDecoded(s, p);
  if (s.document == 0) s.document = openDocument(s, s.root);
  if (s.document == 0) return INTERNAL;
  const json = changetype<JsonState>(s.document);
  startDocument(json, s.root, s.acting == NO_RULE ? s.unmatched : s.acting);
  plain.clear();
  decodePercent(joinedAt, joinedLength, plain);
  if (!plain.reserve(PADDING)) return INTERNAL;
  const outcome = rewrite(json, plain.at, plain.length, true);
  if (outcome) {
    s.rule = json.rule;
    return outcome;
  }
  if (!json.edited) {
    letGo(s, 0);
    return 0;
  }
  leaveOut(s, p);
  encodePercent(out.at, out.length, framed);
  return 0;
}

/** What becomes of the value held up to `p`, which is too long to be read, though what detects would have redacted it undecoded. */
function tooLong(s: FormState, p: usize): u32 {
  join(s, p);
  let length = s.documentLimit;
  // An escape is not cut.
  if (length < 2) length = 0;
  else if (load<u8>(joinedAt + length - 1) == PERCENT) length--;
  else if (load<u8>(joinedAt + length - 2) == PERCENT) length -= 2;
  plain.clear();
  decodePercent(joinedAt, length, plain);
  const isSearched = s.decodes && s.detects != 0;
  if (!isSearched || plain.failed || !isPlain(s.policy, s.root, s.acting, plain.at, plain.length, true)) return LIMIT_VALUE;
  redact(s, p);
  return 0;
}

/** Ends the value that is decoded, whose spelling `join` has made one run. Returns an outcome. */
function endDecoded(s: FormState, p: usize): u32 {
  plain.clear();
  decodePercent(joinedAt, joinedLength, plain);
  if (plain.failed) return INTERNAL;
  const fate = s.judgeIn(s.root, s.acting, s.detects, plain.at, plain.length, text, joinedAt, joinedAt + joinedLength);
  if (fate == KEEP) {
    letGo(s, 0);
    return 0;
  }
  if (fate == BROKEN) return INTERNAL;
  if (fate == REFUSE) return s.fault;
  leaveOut(s, p);
  if (fate != DROP) s.putEncoded(text, framed);
  return 0;
}

/** Ends the value of _charset_: receivers may read every other value, and name, as it says. */
export function endCharset(s: FormState, p: usize): u32 {
  join(s, p);
  const fits = joinedLength == 0 || charsetOf(joinedAt, joinedLength) < CHARSET_REGIONAL;
  letGo(s, 0);
  return fits ? 0 : UNSUPPORTED_CHARSET;
}

/** At a chunk border: what is held must stay within its limit. Returns an outcome. */
export function outgrow(s: FormState, end: usize): u32 {
  const length = s.holding ? heldTo(s, end) : 0;
  switch (s.place) {
    case IN_NAME:
    case IN_OTHER_NAME:
      return length > <u64>s.limit + 1 ? LIMIT_VALUE : 0;
    case IN_START:
      return length > <u64>s.documentLimit ? LIMIT_VALUE : 0;
    case IN_DOCUMENT: {
      if (length <= <u64>s.documentLimit) return 0;
      s.place = IN_DROPPED;
      return tooLong(s, end);
    }
    case IN_CHARSET:
      return length > <u64>LONGEST_CHARSET ? UNSUPPORTED_CHARSET : 0;
    case IN_JUDGED: {
      const action = actionOf(s, s.acting);
      const isSimple = s.detects == 0 && action == ACTION_REDACT;
      if (length <= <u64>s.limit && (!isSimple || length == 0)) return 0;
      if (s.detects == 0 && action == ACTION_REVEAL) {
        letGo(s, 0);
        s.place = IN_REST;
      } else {
        redact(s, end);
        s.place = IN_DROPPED;
      }
      return 0;
    }
    default:
      return 0;
  }
}
