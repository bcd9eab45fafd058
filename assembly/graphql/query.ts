// A GraphQL document with operations (specification of October 2021, section 2): the literals that stand in it, each in
// the place that its names say, are judged as JSON.
//
//     mutation { pay(card: {number: "4111"}) { id } }      is read as {"pay":{"card":{"number":"4111"}}}
//     query Q($c: Card = {number: "4111"}) { ... }         as {"variables":{"c":{"number":"4111"}}}
//     { me @auth(token: "abc") { name } }                  as {"me":{"@auth":{"token":"abc"}}}
//
// One argument at a time is such a document, and what becomes of it is carried back (value.ts). Fields have the names of
// the schema, not their aliases; fragments are read as if they stood alone.
// Comments become blanks, descriptions go. Invariants: what is no such document is UNREADABLE; all but them and changed
// literals stays byte for byte; an argument that is gone takes its name with it, and the last one the parentheses.

import { NO_RULE } from "../policy/format.gen";
import { INTERNAL } from "../policy/outcomes.gen";
import { CHANGED, SAME, UNREADABLE, fail, readDocument } from "../nested/open";
import { swap } from "../bytes/buffer";
import { Level } from "../nested/level";
import { readString } from "./literal";
import { judgeNames } from "./names";
import { Reader, begin, cut, finish, keepTo, peek, readerAt } from "./state";
import { isName, skip, skipByte, skipName } from "./token";
import { BROKEN_VALUE, NO_LITERAL, appendKey, appendText, carry, isCarried, readValue } from "./value";

const BANG: u32 = 0x21;
const QUOTE: u32 = 0x22;
const DOLLAR: u32 = 0x24;
const PAREN: u32 = 0x28;
const PAREN_END: u32 = 0x29;
const DOT: u32 = 0x2e;
const COLON: u32 = 0x3a;
const EQUALS: u32 = 0x3d;
const AT: u32 = 0x40;
const BRACKET: u32 = 0x5b;
const BRACKET_END: u32 = 0x5d;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;

/** Selections in selections, and lists in types. */
const MAX_DEPTH: u32 = 128;
/** Bytes of the names on the way to an argument: they are read again for each argument there. */
const MAX_PATH: u32 = 2048;

/** Reads the text [at, at+length) on a level of nested/: SAME, CHANGED (the level's `out` and `spans`), UNREADABLE or FAULT. */
export function readQuery(level: Level, depth: u32, root: u32, cover: u32, at: usize, length: u32): u32 {
  const r = readerAt(depth);
  if (!begin(r, at, length)) return fail(INTERNAL, NO_RULE);
  r.root = root;
  r.cover = cover;
  r.level = changetype<usize>(level);
  r.path.byte(BRACE);
  r.braces = 1;
  const isRead = readDefinitions(r);
  let verdict = r.verdict;
  if (verdict == SAME) verdict = isRead ? judgeNames(r) : UNREADABLE;
  if (verdict == SAME && r.isEdited) verdict = CHANGED;
  if (verdict == CHANGED) {
    keepTo(r, r.end);
    if (r.spans.failed) r.result.failed = true;
    swap(level.out, r.result);
    // Where comments were, the literal around the text has something else: it is written anew.
    if (r.isBlanked) r.spans.clear();
    swap(level.spans, r.spans);
  }
  finish(r);
  return verdict;
}

function readDefinitions(r: Reader): bool {
  if (skip(r) == 0) return false;
  while (skip(r) != 0) if (!readDefinition(r)) return false;
  return r.at == r.end;
}

function readDefinition(r: Reader): bool {
  if (peek(r) == BRACE) return readSelections(r);
  if (!skipDescription(r)) return false;
  const from = r.at;
  if (!skipName(r)) return false;
  if (isName(r, from, "fragment")) return readFragment(r);
  if (!isName(r, from, "query") && !isName(r, from, "mutation") && !isName(r, from, "subscription")) return false;
  skip(r);
  skipName(r);
  if (skip(r) == PAREN && !readVariables(r)) return false;
  return readDirectives(r) && readSelections(r);
}

/**
 * What the edition of September 2025 lets stand before definitions, and before those of variables. Like a comment it is free
 * text that means nothing to a server, and goes.
 */
function skipDescription(r: Reader): bool {
  if (skip(r) != QUOTE) return true;
  const from = r.at;
  r.scratch.clear();
  if (!readString(r, r.scratch)) return false;
  cut(r, from, r.at);
  skip(r);
  return true;
}

/** Behind `fragment`: a name other than `on`, `on`, a type. */
function readFragment(r: Reader): bool {
  skip(r);
  let from = r.at;
  if (!skipName(r) || isName(r, from, "on")) return false;
  skip(r);
  from = r.at;
  if (!skipName(r) || !isName(r, from, "on")) return false;
  skip(r);
  return skipName(r) && readDirectives(r) && readSelections(r);
}

function readSelections(r: Reader): bool {
  if (!skipByte(r, BRACE) || ++r.depth > MAX_DEPTH) return false;
  if (skip(r) == BRACE_END) return false;
  while (r.verdict == SAME && !skipByte(r, BRACE_END)) {
    if (!(peek(r) == DOT ? readSpread(r) : readField(r))) return false;
  }
  r.depth--;
  return r.verdict == SAME;
}

/** `...name`, `... on Type {}` or `... {}`. */
function readSpread(r: Reader): bool {
  for (let i = 0; i < 3; i++, r.at++) if (peek(r) != DOT) return false;
  skip(r);
  const from = r.at;
  if (skipName(r)) {
    if (!isName(r, from, "on")) return readDirectives(r);
    skip(r);
    if (!skipName(r)) return false;
  }
  return readDirectives(r) && readSelections(r);
}

function readField(r: Reader): bool {
  let from = r.at;
  if (!skipName(r)) return false;
  let end = r.at;
  if (skipByte(r, COLON)) {
    skip(r);
    from = r.at;
    if (!skipName(r)) return false;
    end = r.at;
  }
  const before = r.path.length;
  appendKey(r.path, r.source.at + from, end - from);
  const isRead = readInside(r);
  r.path.length = before;
  return isRead;
}

/** What stands in the object whose name is the last of the path. */
function readInside(r: Reader): bool {
  r.path.byte(BRACE);
  r.braces++;
  let isRead = skip(r) != PAREN || readArguments(r);
  isRead = isRead && readDirectives(r) && (skip(r) != BRACE || readSelections(r));
  r.braces--;
  return isRead;
}

/** Directives: an object of the name with its sign, in the place where it stands. */
function readDirectives(r: Reader): bool {
  while (skip(r) == AT) {
    r.at++;
    skip(r);
    const from = r.at;
    if (!skipName(r)) return false;
    const before = r.path.length;
    r.path.byte(QUOTE);
    r.path.byte(AT);
    r.path.append(r.source.at + from, r.at - from);
    appendText(r.path, '":{');
    r.braces++;
    const isRead = skip(r) != PAREN || readArguments(r);
    r.braces--;
    r.path.length = before;
    if (!isRead) return false;
  }
  return true;
}

function readArguments(r: Reader): bool {
  const from = r.at++;
  const length = r.result.length;
  const spans = r.spans.length;
  const copied = r.copied;
  const wasEdited = r.isEdited;
  let isKept = false;
  if (skip(r) == PAREN_END) return false;
  while (!skipByte(r, PAREN_END)) {
    const start = r.at;
    if (!skipName(r)) return false;
    const end = r.at;
    if (!skipByte(r, COLON)) return false;
    if (readArgument(r, start, end, start)) isKept = true;
    else if (r.verdict != SAME) return false;
  }
  if (isKept) return true;
  // None is left: parentheses around nothing are no GraphQL.
  r.result.length = length;
  r.spans.length = spans;
  r.copied = copied;
  r.isEdited = wasEdited;
  cut(r, from, r.at);
  return true;
}

/** Definitions of variables, whose defaults are literals. */
function readVariables(r: Reader): bool {
  r.at++;
  if (skip(r) == PAREN_END) return false;
  const before = r.path.length;
  appendText(r.path, '"variables":{');
  r.braces++;
  r.isConstant = true;
  while (!skipByte(r, PAREN_END)) {
    if (!skipDescription(r) || !skipByte(r, DOLLAR)) return false;
    skip(r);
    const start = r.at;
    if (!skipName(r)) return false;
    const end = r.at;
    if (!skipByte(r, COLON) || !readType(r)) return false;
    if (skip(r) == EQUALS) {
      const from = r.at++;
      readArgument(r, start, end, from);
      if (r.verdict != SAME) return false;
    }
    if (!readDirectives(r)) return false;
  }
  r.isConstant = false;
  r.braces--;
  r.path.length = before;
  return true;
}

function readType(r: Reader): bool {
  let lists: u32 = 0;
  while (skipByte(r, BRACKET)) if (++lists > MAX_DEPTH) return false;
  skip(r);
  if (!skipName(r)) return false;
  skipByte(r, BANG);
  for (; lists != 0; lists--) {
    if (!skipByte(r, BRACKET_END)) return false;
    skipByte(r, BANG);
  }
  return true;
}

/**
 * Judges the value here, of the name from `start` to `end`. False when nothing of it is left: the text from `from` on has
 * been cut; or when the reading has ended.
 */
function readArgument(r: Reader, start: u32, end: u32, from: u32): bool {
  if (r.path.length > MAX_PATH) return stop(r, UNREADABLE);
  const level = changetype<Level>(r.level);
  const json = level.text;
  // A path that is cut short would be another place.
  if (r.path.failed) return stop(r, fail(INTERNAL, NO_RULE));
  json.clear();
  json.append(r.path.at, r.path.length);
  appendKey(json, r.source.at + start, end - start);
  const prefix = json.length;
  const at = r.at;
  const kind = readValue(r, json);
  const behind = r.at;
  if (kind == BROKEN_VALUE) return stop(r, UNREADABLE);
  if (kind == NO_LITERAL) return true;
  for (let i: u32 = 0; i < r.braces; i++) json.byte(BRACE_END);
  const verdict = readDocument(level, r.root, r.cover, false);
  if (verdict == SAME) return true;
  if (verdict != CHANGED) return stop(r, verdict);
  const out = level.out;
  if (out.failed) return stop(r, fail(INTERNAL, NO_RULE));
  const isThere = out.length >= prefix + r.braces && memory.compare(out.at, json.at, prefix) == 0;
  if (!isThere) {
    cut(r, from, behind);
    return false;
  }
  r.at = at;
  r.next = prefix;
  r.from = prefix;
  r.span = 0;
  if (!carry(r, out) || !isCarried(r, out.length - r.braces)) return stop(r, fail(INTERNAL, NO_RULE));
  return true;
}

function stop(r: Reader, verdict: u32): bool {
  r.verdict = verdict;
  return false;
}
