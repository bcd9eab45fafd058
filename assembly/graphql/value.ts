// A value of a GraphQL document as JSON, and what became of that JSON carried back into the document.
//
//     {number: "4111", brand: VISA, name: $n}  ->  {"number":"4111"}  ->  {"number":"t_9"}  ->  {number: "t_9", brand: VISA, ...}
//
// Variables and names of enumerations are no literals: they are left out, and in a list null stands for them, so that
// items keep their places. Invariant: a literal whose JSON has not changed keeps its spelling, and nothing that the
// rewritten JSON does not have stays in the document.

import { isDigit } from "../bytes/text";
import { Buffer } from "../bytes/buffer";
import { SIZE_SPAN, SPAN_AT, SPAN_LENGTH, SPAN_SOURCE } from "../json/output";
import { Level } from "../nested/level";
import { isQuotedBlock, readNumber, readString } from "./literal";
import { Reader, cut, part } from "./state";
import { isName, skip, skipByte, skipName } from "./token";

const QUOTE: u32 = 0x22;
const DOLLAR: u32 = 0x24;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const COLON: u32 = 0x3a;
const BRACKET: u32 = 0x5b;
const BACKSLASH: u32 = 0x5c;
const BRACKET_END: u32 = 0x5d;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;
const NULL = "null";

/** Values in values. */
const MAX_DEPTH: u32 = 64;

/** What a value is. */
export const BROKEN_VALUE: u32 = 0;
/** Nothing of it is a literal, and nothing was appended. */
export const NO_LITERAL: u32 = 1;
export const LITERAL: u32 = 2;

/** Goes over the value here and appends its JSON. */
export function readValue(r: Reader, into: Buffer): u32 {
  const byte = skip(r);
  if (byte == QUOTE) return readString(r, into) ? LITERAL : BROKEN_VALUE;
  if (byte == MINUS || isDigit(byte)) return readNumber(r, into) ? LITERAL : BROKEN_VALUE;
  if (byte == DOLLAR) {
    if (r.isConstant) return BROKEN_VALUE;
    r.at++;
    skip(r);
    return skipName(r) ? NO_LITERAL : BROKEN_VALUE;
  }
  if (byte == BRACKET || byte == BRACE) {
    if (++r.depth > MAX_DEPTH) return BROKEN_VALUE;
    const start = into.length;
    const kind = byte == BRACKET ? readList(r, into) : readObject(r, into);
    if (kind == NO_LITERAL) into.length = start;
    r.depth--;
    return kind;
  }
  const from = r.at;
  if (!skipName(r)) return BROKEN_VALUE;
  if (!isName(r, from, "true") && !isName(r, from, "false") && !isName(r, from, NULL)) return NO_LITERAL;
  into.append(r.source.at + from, r.at - from);
  return LITERAL;
}

function readList(r: Reader, into: Buffer): u32 {
  let kind = NO_LITERAL;
  into.byte(BRACKET);
  r.at++;
  for (let isFirst = true; !skipByte(r, BRACKET_END); isFirst = false) {
    if (!isFirst) into.byte(COMMA);
    const from = r.at;
    const item = readValue(r, into);
    if (item == BROKEN_VALUE || isQuotedBlock(r, from)) return BROKEN_VALUE;
    if (item == NO_LITERAL) appendText(into, NULL);
    else kind = LITERAL;
  }
  into.byte(BRACKET_END);
  return kind;
}

function readObject(r: Reader, into: Buffer): u32 {
  let kind = NO_LITERAL;
  into.byte(BRACE);
  r.at++;
  while (!skipByte(r, BRACE_END)) {
    const start = into.length;
    if (kind == LITERAL) into.byte(COMMA);
    if (!readKey(r, into)) return BROKEN_VALUE;
    const value = readValue(r, into);
    if (value == BROKEN_VALUE) return value;
    if (value == NO_LITERAL) into.length = start;
    else kind = LITERAL;
  }
  into.byte(BRACE_END);
  return kind;
}

/** `name:` as `"name":`. */
export function readKey(r: Reader, into: Buffer): bool {
  const from = r.at;
  if (!skipName(r)) return false;
  appendKey(into, r.source.at + from, r.at - from);
  return skipByte(r, COLON);
}

export function appendKey(into: Buffer, at: usize, length: u32): void {
  into.byte(QUOTE);
  into.append(at, length);
  into.byte(QUOTE);
  into.byte(COLON);
}

export function appendText(into: Buffer, text: string): void {
  for (let i: i32 = 0; i < text.length; i++) into.byte(<u32>load<u16>(changetype<usize>(text) + (<usize>i << 1)));
}

/**
 * Goes over the value here, of which the JSON at `next` in `json` is what became; false when they do not belong together.
 */
export function carry(r: Reader, json: Buffer): bool {
  const byte = skip(r);
  const from = r.at;
  const scratch = r.scratch;
  scratch.clear();
  const kind = readValue(r, scratch);
  if (kind != LITERAL) return kind == NO_LITERAL;
  const behind = r.from + scratch.length;
  const isCarried = carryLiteral(r, json, byte, from);
  r.from = behind;
  return isCarried;
}

/** The same with the literal at `from` that starts with `byte`, whose JSON is in the scratch and which the reader is behind. */
function carryLiteral(r: Reader, json: Buffer, byte: u32, from: u32): bool {
  if (startsWith(json, r.next, r.scratch)) {
    r.next += r.scratch.length;
    return true;
  }
  const first = <u32>load<u8>(json.at + r.next);
  const end = r.at;
  r.at = from;
  if (byte == BRACE && first == BRACE) return carryObject(r, json);
  if (byte == BRACKET && first == BRACKET) return carryList(r, json);
  r.at = end;
  cut(r, from, end);
  print(r, json);
  return true;
}

/** Whether the JSON at `from` is this value, and not one that begins with it. */
function startsWith(json: Buffer, from: u32, value: Buffer): bool {
  const end = from + value.length;
  if (end > json.length || memory.compare(json.at + from, value.at, value.length) != 0) return false;
  const behind = end < json.length ? <u32>load<u8>(json.at + end) : COMMA;
  return behind == COMMA || behind == BRACE_END || behind == BRACKET_END;
}

function carryObject(r: Reader, json: Buffer): bool {
  r.at++;
  r.next++;
  // Each member has one byte before it, the brace or a comma.
  while (!skipByte(r, BRACE_END)) {
    const from = r.at;
    const scratch = r.scratch;
    scratch.clear();
    if (!readKey(r, scratch)) return false;
    const key = scratch.length;
    const isKept = r.next + key <= json.length && memory.compare(json.at + r.next, scratch.at, key) == 0;
    const value = r.at;
    const kind = readValue(r, scratch);
    if (kind == BROKEN_VALUE) return false;
    if (kind == NO_LITERAL) continue;
    if (!isKept) {
      r.from += 1 + scratch.length;
      cut(r, from, r.at);
      continue;
    }
    r.next += key;
    r.from += 1 + key;
    r.at = value;
    if (!carry(r, json)) return false;
    if (load<u8>(json.at + r.next) == <u8>COMMA) r.next++;
  }
  return load<u8>(json.at + r.next++) == <u8>BRACE_END;
}

/**
 * Items that are gone are not the next one that is left, as long as there are too many. What begins as it did says which
 * one it was; what has come in the place of a value may stand for any of those that are not.
 */
function carryList(r: Reader, json: Buffer): bool {
  let items = itemsOf(r);
  let left = itemsIn(json, r.next);
  r.at++;
  r.next++;
  for (; !skipByte(r, BRACKET_END); items--) {
    const from = r.at;
    const scratch = r.scratch;
    scratch.clear();
    const kind = readValue(r, scratch);
    if (kind == NO_LITERAL) appendText(scratch, NULL);
    r.from++;
    if (items > left && (left == 0 || !isLeft(r, json, scratch))) {
      r.from += scratch.length;
      cut(r, from, r.at);
      continue;
    }
    if (left-- == 0) return false;
    if (kind == NO_LITERAL) {
      r.from += scratch.length;
      r.next = valueEnd(json, r.next);
    } else {
      r.at = from;
      if (!carry(r, json)) return false;
    }
    if (load<u8>(json.at + r.next) == <u8>COMMA) r.next++;
  }
  return left == 0 && load<u8>(json.at + r.next++) == <u8>BRACKET_END;
}

/** Whether the item whose JSON this was is the next one that is left. */
function isLeft(r: Reader, json: Buffer, item: Buffer): bool {
  const spans = changetype<Level>(r.level).spans;
  while (r.span < spans.length && endOf(spans, r.span) <= r.next) r.span += SIZE_SPAN;
  const span = spans.at + r.span;
  if (r.span < spans.length && load<u32>(span, SPAN_AT) <= r.next) {
    return load<u32>(span, SPAN_SOURCE) + r.next - load<u32>(span, SPAN_AT) == r.from;
  }
  return startsWith(json, r.next, item);
}

@inline
function endOf(spans: Buffer, span: u32): u32 {
  return load<u32>(spans.at + span, SPAN_AT) + load<u32>(spans.at + span, SPAN_LENGTH);
}

/** How many items the list here has. */
function itemsOf(r: Reader): u32 {
  const from = r.at;
  let count: u32 = 0;
  r.at++;
  for (; !skipByte(r, BRACKET_END); count++) if (readValue(r, r.scratch) == BROKEN_VALUE) break;
  r.at = from;
  return count;
}

/** How many items the list at `at` of the JSON has. */
function itemsIn(json: Buffer, at: u32): u32 {
  at++;
  if (load<u8>(json.at + at) == <u8>BRACKET_END) return 0;
  let count: u32 = 1;
  while (at < json.length) {
    at = valueEnd(json, at);
    if (load<u8>(json.at + at) != <u8>COMMA) break;
    at++;
    count++;
  }
  return count;
}

/** Where the JSON value at `at` ends. It has no blanks. */
function valueEnd(json: Buffer, at: u32): u32 {
  let depth: u32 = 0;
  while (at < json.length) {
    const byte = <u32>load<u8>(json.at + at);
    if (byte == QUOTE) {
      at = stringEnd(json, at);
      continue;
    }
    if (byte == BRACE || byte == BRACKET) depth++;
    else if (depth == 0 && (byte == COMMA || byte == BRACE_END || byte == BRACKET_END)) break;
    else if (byte == BRACE_END || byte == BRACKET_END) depth--;
    at++;
  }
  return at;
}

function stringEnd(json: Buffer, at: u32): u32 {
  at++;
  while (at < json.length && load<u8>(json.at + at) != <u8>QUOTE) at += load<u8>(json.at + at) == <u8>BACKSLASH ? 2 : 1;
  return min<u32>(at + 1, json.length);
}

/** Appends the JSON value at `next` as GraphQL, whose objects have no quotes around names. */
function print(r: Reader, json: Buffer): void {
  const end = valueEnd(json, r.next);
  part(r, <u32>load<u8>(json.at + r.next));
  for (let at = r.next; at < end; ) {
    if (<u32>load<u8>(json.at + at) != QUOTE) {
      r.result.byte(<u32>load<u8>(json.at + at++));
      continue;
    }
    const behind = stringEnd(json, at);
    const isName = behind < end && <u32>load<u8>(json.at + behind) == COLON;
    if (isName) r.result.append(json.at + at + 1, behind - at - 2);
    else r.result.append(json.at + at, behind - at);
    at = behind;
  }
  r.next = end;
}

/** Whether the reader stands at a value's end that is also the end of the JSON's value. */
@inline
export function isCarried(r: Reader, end: u32): bool {
  return r.next == end;
}
