// A text that the policy decodes: a JSON document, the claims of a signed token, or base64 of another text. What it spells
// is judged by the rules that select in it, and encoded again where they changed something.
// Invariants: a text in which nothing changed stays as it is; one that is not what the policy says is UNREADABLE, and
// nothing of it has gone anywhere; a token whose claims changed is no longer signed, and says so.

import { Buffer, swap } from "../bytes/buffer";
import { decodeBase64Url } from "../bytes/encoding";
import { FieldScope } from "../fields/scope";
import { beginsQuery } from "../graphql/begin";
import { readQuery } from "../graphql/query";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE, acted, actOnText, withoutSurrogates } from "../fields/value";
import { beginsJson, isEncoded } from "../json/begin";
import { closeDocument, openDocument, startDocument } from "../json/document";
import { out, spans, traceFrom } from "../json/output";
import { PADDING, rewrite } from "../json/rewrite";
import { JsonState } from "../json/state";
import { stateAt } from "../policy/cursor";
import { isBlank, isMark } from "../text/disguise";
import {
  ACTION_PASS,
  DECODER_BASE64URL,
  DECODER_GRAPHQL,
  DECODER_JSON,
  DECODER_JWT,
  DECODER_SOFT,
  HEADER_LIMIT_HOLD,
  MAX_DECODERS,
  NO_RULE,
  SIZE_RULE,
  STATE_DECODED,
  STATE_DECODER,
  STATE_DETECTS,
  STATE_FIRST,
  STATE_RULE,
  UNSUPPORTED_BLOCK,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { INTERNAL, JSON_NAME, JSON_SYNTAX, JSON_UTF8, NESTED_VALUE, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { decode, encode, isPadded } from "./base64";
import { Level, levelAt } from "./level";

/** Nothing changed. */
export const SAME: u32 = 0;
/** `opened` is the new text. */
export const CHANGED: u32 = 1;
/** It is not what the policy says. */
export const UNREADABLE: u32 = 2;
/** `fault` is the outcome, and `faultRule` the rule when one refused. */
export const FAULT: u32 = 3;

export let fault: u32 = 0;
export let faultRule: u32 = NO_RULE;
/** What became of the text, and the spans of it that are spans of the text as it was. */
export let opened: Buffer = levelAt(0).out;
export let openedSpans: Buffer = levelAt(0).spans;

/** The last text that was judged could not be decoded, and stays since no rule is about it. */
export let isUnread: bool = false;

/** Beside the fates of fields/value.ts. */
const UNDECIDED: u32 = 5;
/** The same, but for rules that detect, which find nothing in it as it stands. */
const UNFOUND: u32 = 6;

const SPACE: u8 = 0x20;
const COMMA: u8 = 0x2c;
const DOT: u8 = 0x2e;
const DASH: u32 = 0x2d;
const UNDERSCORE: u32 = 0x5f;
const BRACE: u32 = 0x7b;

/** {"alg":"none","typ":"JWT"} in base64url, and the dot behind it (RFC 7519, section 6). */
const STUB = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.";

/** What all levels of one message have in common. */
export const scope: FieldScope = changetype<FieldScope>(memory.data(offsetof<FieldScope>(), 16));
let depth: u32 = 0;

/** From now on texts are those of the message that has this scope. */
export function enter(message: FieldScope): void {
  memory.copy(changetype<usize>(scope), changetype<usize>(message), offsetof<FieldScope>());
}

/** The same for a reader that keeps what its message says in a state of its own. */
export function enterFor(policy: usize, rules: usize, keys: usize, limit: u32, unmatched: u32, unsupported: u32, counts: usize): void {
  scope.policy = policy;
  scope.rules = rules;
  scope.keys = keys;
  scope.limit = limit;
  scope.unmatched = unmatched;
  scope.unsupported = unsupported;
  scope.counts = counts;
}

/** Longest text that waits to be decoded. */
export function openLimit(policy: usize, limit: u32): u32 {
  return max<u32>(limit, load<u32>(policy, HEADER_LIMIT_HOLD));
}

/** The outcome of what cannot go on; FAULT. */
export function fail(outcome: u32, rule: u32): u32 {
  fault = outcome;
  faultRule = rule;
  return FAULT;
}

/** Whether the decoder of the state is one of texts that begin as it says alone. */
export function isSoft(policy: usize, state: u32): bool {
  return (<u32>load<u16>(stateAt(policy, state), STATE_DECODER) & DECODER_SOFT) != 0;
}

/**
 * Whether the text [at, at+length), on which `rule` acts, is left alone by the soft decoder of its state: it is what it would
 * be without. `isPart`: more stands behind it.
 */
export function isPlain(policy: usize, state: u32, rule: u32, at: usize, length: u32, isPart: bool = false): bool {
  if (!isSoft(policy, state)) return false;
  if (rule != NO_RULE) return true;
  const decoder = <u32>load<u16>(stateAt(policy, state), STATE_DECODER) ^ DECODER_SOFT;
  return decoder == DECODER_GRAPHQL ? !beginsQuery(at, length, isPart) : !beginsJson(at, length, isPart);
}

/** Whether it is one of texts that begin as JSON does. */
export function isSoftJson(policy: usize, state: u32): bool {
  return <u32>load<u16>(stateAt(policy, state), STATE_DECODER) == (DECODER_JSON | DECODER_SOFT);
}

/** Whether what they spell is JSON, softly or not. */
export function isJson(policy: usize, state: u32): bool {
  return (<u32>load<u16>(stateAt(policy, state), STATE_DECODER) & ~DECODER_SOFT) == DECODER_JSON;
}

/**
 * Whether texts in this automaton state are decoded although `rule` acts on the whole: it stands behind those inside. Where the
 * decoder is soft none does.
 */
export function opens(policy: usize, rules: usize, state: u32, rule: u32): bool {
  const record = stateAt(policy, state);
  if (load<u16>(record, STATE_DECODER) == 0) return false;
  if (isSoft(policy, state)) return rule == NO_RULE;
  return rule == NO_RULE || <u32>load<u8>(rules + rule * SIZE_RULE) == ACTION_PASS || rule > <u32>load<u16>(record, STATE_FIRST);
}

/** Whether no rule is about a text in the state on which `rule` acts: a pass around it exempts from `unmatched` alone. */
export function isUnruled(policy: usize, rules: usize, state: u32, rule: u32): bool {
  if (rule == NO_RULE) return true;
  const isPass = <u32>load<u8>(rules + rule * SIZE_RULE) == ACTION_PASS;
  return isPass && <u32>load<u16>(stateAt(policy, state), STATE_RULE) != rule;
}

/** The rule that covers what a text spells: a pass on the text, or else what acts where no rule does. */
function coverOf(rule: u32): u32 {
  const isPass = rule != NO_RULE && <u32>load<u8>(scope.rules + rule * SIZE_RULE) == ACTION_PASS;
  return isPass ? rule : scope.unmatched;
}

/** Decodes and judges the text [at, at+length), which is in the given automaton state; `rule` acts on the whole of it. */
export function open(state: u32, rule: u32, at: usize, length: u32): u32 {
  // Of texts that are told, no policy has more.
  if (depth == MAX_DECODERS) return isSoft(scope.policy, state) ? UNREADABLE : fail(INTERNAL, NO_RULE);
  const record = stateAt(scope.policy, state);
  const decoder = <u32>load<u16>(record, STATE_DECODER) & ~DECODER_SOFT;
  const target = <u32>load<u16>(record, STATE_DECODED);
  const level = levelAt(depth);
  level.text.clear();
  level.spans.clear();
  depth++;
  let verdict: u32;
  if (decoder == DECODER_JSON) {
    if (isSoft(scope.policy, state) && isEncoded(at, length)) {
      verdict = readEncoded(level, target, coverOf(rule), at, length);
    } else {
      level.text.append(at, length);
      verdict = readDocument(level, target, coverOf(rule));
    }
  } else if (decoder == DECODER_GRAPHQL) {
    verdict = readQuery(level, depth - 1, target, coverOf(rule), at, length);
  } else if (decoder == DECODER_JWT) {
    verdict = readToken(level, target, coverOf(rule), at, length);
  } else {
    verdict = readBase64(level, decoder == DECODER_BASE64URL, target, coverOf(rule), at, length);
  }
  depth--;
  if (verdict == CHANGED && (level.out.failed || level.spans.failed)) return fail(INTERNAL, NO_RULE);
  opened = level.out;
  openedSpans = level.spans;
  return verdict;
}

/**
 * The same for a text that came in pieces, of which the first `sent` bytes have left: `opened` is what has not, whether or not
 * anything changed.
 */
export function openJoined(state: u32, rule: u32, at: usize, length: u32, sent: u32): u32 {
  const verdict = open(state, rule, at, length);
  if (verdict != SAME && verdict != CHANGED) return verdict;
  const from = verdict == SAME ? at : opened.at;
  const size = verdict == SAME ? length : opened.length;
  // What has left were brackets, which no rule takes.
  if (size < sent || memory.compare(from, at, sent) != 0) return UNREADABLE;
  const level = levelAt(depth);
  level.text.clear();
  level.text.append(from + sent, size - sent);
  level.spans.clear();
  if (level.text.failed) return fail(INTERNAL, NO_RULE);
  opened = level.text;
  openedSpans = level.spans;
  return CHANGED;
}

/**
 * Judges the document that is the level's text: what `open` does with JSON, and GraphQL with its literals, whose names it
 * judges itself.
 */
export function readDocument(level: Level, root: u32, cover: u32, hasNames: bool = true): u32 {
  if (!level.text.reserve(PADDING)) return fail(INTERNAL, NO_RULE);
  const at = openDocument(scope, root);
  if (at == 0) return fail(INTERNAL, NO_RULE);
  const s = changetype<JsonState>(at);
  startDocument(s, root, cover);
  s.isNameless = !hasNames;
  // What is being put out around this text waits.
  swap(out, level.out);
  swap(spans, level.spans);
  spans.clear();
  const outer = traceFrom(level.text.at, level.text.length);
  const outcome = rewrite(s, level.text.at, level.text.length, true);
  traceFrom(<usize>(outer & 0xffffffff), <u32>(outer >> 32));
  swap(out, level.out);
  swap(spans, level.spans);
  const rule = s.rule;
  const isEdited = s.edited;
  closeDocument(s);
  if (outcome == JSON_SYNTAX || outcome == JSON_UTF8 || outcome == JSON_NAME) return UNREADABLE;
  if (outcome) return fail(outcome, rule);
  return isEdited ? CHANGED : SAME;
}

/** The same where only an object is a document. */
function readObject(level: Level, root: u32, cover: u32): u32 {
  if (level.text.failed) return fail(INTERNAL, NO_RULE);
  let at: u32 = 0;
  while (at < level.text.length && <u32>load<u8>(level.text.at + at) <= 0x20) at++;
  if (at == level.text.length || <u32>load<u8>(level.text.at + at) != BRACE) return UNREADABLE;
  return readDocument(level, root, cover);
}

/** A token in compact serialization (RFC 7515, section 3.1), behind the name of its scheme if there is one. */
function readToken(level: Level, root: u32, cover: u32, at: usize, length: u32): u32 {
  let from: u32 = length;
  while (from && load<u8>(at + from - 1) != SPACE) from--;
  // What has a point is no scheme, and may be a token itself; a comma stands between several, or in one that is JSON.
  for (let i: u32 = 0; i < from; i++) if (load<u8>(at + i) == DOT || load<u8>(at + i) == COMMA) return UNREADABLE;
  let first = from;
  while (first < length && load<u8>(at + first) != DOT) first++;
  let second = first + 1;
  while (second < length && load<u8>(at + second) != DOT) second++;
  if (second >= length) return UNREADABLE;
  const text = level.text;
  if (!decodeBase64Url(at + second + 1, length - second - 1, text)) return UNREADABLE;
  text.clear();
  if (!decodeBase64Url(at + from, first - from, text)) return UNREADABLE;
  // The header has nothing to be judged by, and must be one all the same.
  const header = readObject(level, 0, NO_RULE);
  if (header != SAME) return header;
  text.clear();
  if (!decodeBase64Url(at + first + 1, second - first - 1, text)) return UNREADABLE;
  const verdict = readObject(level, root, cover);
  if (verdict != CHANGED) return verdict;
  text.clear();
  text.append(at, from);
  for (let i: i32 = 0; i < STUB.length; i++) text.byte(<u32>load<u16>(changetype<usize>(STUB) + (<usize>i << 1)));
  encode(level.out.at, level.out.length, true, false, text);
  text.byte(DOT);
  return putOut(level);
}

/** A document in base64 of either alphabet, which may stand in lines: it is one line when something changed. */
function readEncoded(level: Level, root: u32, cover: u32, at: usize, length: u32): u32 {
  const digits = level.out;
  digits.clear();
  let isUrl = false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == DASH || byte == UNDERSCORE) isUrl = true;
    if (!isBlank(byte) && !isMark(byte)) digits.byte(byte);
  }
  if (digits.failed) return fail(INTERNAL, NO_RULE);
  if (!decode(digits.at, digits.length, isUrl, level.text)) return level.text.failed ? fail(INTERNAL, NO_RULE) : UNREADABLE;
  const padded = isPadded;
  const verdict = readDocument(level, root, cover);
  if (verdict != CHANGED) return verdict;
  level.text.clear();
  encode(level.out.at, level.out.length, isUrl, padded, level.text);
  return putOut(level);
}

function readBase64(level: Level, isUrl: bool, state: u32, cover: u32, at: usize, length: u32): u32 {
  const text = level.text;
  if (!decode(at, length, isUrl, text)) return text.failed ? fail(INTERNAL, NO_RULE) : UNREADABLE;
  const padded = isPadded;
  const record = stateAt(scope.policy, state);
  const own = <u32>load<u16>(record, STATE_RULE);
  const rule = own == NO_RULE ? cover : own;
  level.out.clear();
  const unruled = isUnruled(scope.policy, scope.rules, state, rule);
  const fate = judgeInside(state, rule, load<u64>(record, STATE_DETECTS), unruled, text.at, text.length, level.out);
  // Many a plain word is base64 by chance: what it spells says whether it is meant.
  if (fate == UNDECIDED || fate == UNFOUND) return UNREADABLE;
  if (fate == KEEP) return SAME;
  if (fate == REFUSE || fate == BROKEN) return fail(fate == BROKEN ? INTERNAL : fault, faultRule);
  text.clear();
  if (fate == REPLACE) {
    withoutSurrogates(scope.rules, level.out);
    encode(level.out.at, level.out.length, isUrl, padded, text);
  }
  return putOut(level);
}

/** What stands in the level's text is what became of it. */
function putOut(level: Level): u32 {
  swap(level.text, level.out);
  level.spans.clear();
  return level.out.failed ? fail(INTERNAL, NO_RULE) : CHANGED;
}

/**
 * What becomes of a text in an automaton state: KEEP, REPLACE (`into` has it), DROP, BROKEN, or REFUSE (`fault` says why).
 * The rules of the set `detects`, all of which come before it, and `rule` act where it is not decoded; `unruled`: that is
 * none that is about this text. Counted here.
 */
export function judge(state: u32, rule: u32, detects: u64, unruled: bool, at: usize, length: u32, into: Buffer): u32 {
  const fate = judgeInside(state, rule, detects, unruled, at, length, into);
  isUnread = fate == UNDECIDED || fate == UNFOUND;
  return fate == UNDECIDED ? undecided(into) : fate == UNFOUND ? KEEP : fate;
}

/** The same, and UNDECIDED or UNFOUND for a text that cannot be decoded, and that no rule is about. */
function judgeInside(state: u32, rule: u32, detects: u64, unruled: bool, at: usize, length: u32, into: Buffer): u32 {
  let isLeft = false;
  if (length != 0 && opens(scope.policy, scope.rules, state, unruled ? <u32>NO_RULE : rule)) {
    const verdict = open(state, rule, at, length);
    if (verdict == SAME) return KEEP;
    if (verdict == FAULT) return fault == INTERNAL ? BROKEN : REFUSE;
    if (verdict == CHANGED) {
      into.clear();
      into.append(opened.at, opened.length);
      return into.failed ? BROKEN : REPLACE;
    }
    // What begins as it should is meant to be that, whoever looks into it as it stands.
    if (isSoft(scope.policy, state)) {
      if (scope.unsupported != UNSUPPORTED_PASS) return UNDECIDED;
    } else {
      if (unruled && detects == 0) return UNDECIDED;
      isLeft = unruled;
    }
  }
  const fate = actOnText(scope.policy, scope.rules, scope.keys, scope.limit, detects, rule, scope.counts, at, length, into);
  if (fate == KEEP && isLeft) return UNFOUND;
  if (fate != KEEP) scope.count(acted);
  if (fate == REFUSE) fail(acted == scope.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK, acted);
  return fate;
}

/** What becomes of a text that cannot be decoded, and that no rule is about. */
function undecided(into: Buffer): u32 {
  const unsupported = scope.unsupported;
  if (unsupported == UNSUPPORTED_PASS) return KEEP;
  into.clear();
  if (unsupported != UNSUPPORTED_BLOCK) return REPLACE;
  fail(NESTED_VALUE, NO_RULE);
  return REFUSE;
}
