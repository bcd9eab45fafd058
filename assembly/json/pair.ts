// Names that stand in values: {"name": "cvv", "value": "737"}, as metadata, forms, telemetry, patches and logs of changes have
// them. What rules by name say of such a name holds for the value beside it, in whichever order the two stand.
// Invariants: the first member of an object that tells a name which a rule knows names all of its values, behind the first of them
// within limits.value bytes; how it is cut does not matter; nothing that was looked at has been read.

import { Buffer, newBuffer } from "../bytes/buffer";
import { pathDetects, pathRule } from "../fields/name-path";
import { LONGEST_NAME, isUntold, tellsName } from "../fields/told-name";
import { pairKind } from "../policy/cursor";
import { NO_RULE, PAIR_NAME, PAIR_VALUE } from "../policy/format.gen";
import { INTERNAL } from "../policy/outcomes.gen";
import { nameClass } from "../policy/symbols";
import { JsonState, NAMED_FLAG, NAMELESS_FLAG, OBJECT_FLAG, SEARCHED_FLAG } from "./state";
import { behindPlain } from "./string";
import { unescape } from "./text";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;

// Where looking ahead has come.
const FOUND: u32 = 0;
/** The object ends, or is no JSON. */
const NOTHING: u32 = 1;
/** What may be looked at ends. */
const CUT: u32 = 2;

const decoded: Buffer = newBuffer();

let stop: usize = 0;
let hasEscapes: bool = false;

/** Whether the value that follows is what a name stands for that a rule knows. */
@inline
export function isPaired(s: JsonState): bool {
  return (s.flags & OBJECT_FLAG) != 0 && (s.pairRule != NO_RULE || s.pairDetects != 0);
}

/**
 * The member whose name ends before `p` is of the given kind in a pair, and names are looked up from `pairs` on: says in
 * `pairRule` and `pairDetects` what holds for its value. False when the chunk, which ends before `end`, does not tell.
 */
export function settlesPair(s: JsonState, kind: u32, pairs: u32, p: usize, end: usize, last: bool): bool {
  // Once for each object: one with many values would else be looked through for each of them.
  const looks = kind == PAIR_NAME ? NAMED_FLAG | NAMELESS_FLAG : NAMED_FLAG | SEARCHED_FLAG;
  if ((s.flags & looks) == 0) {
    stop = min<usize>(end, p + s.limitValue);
    const found = kind == PAIR_NAME ? readName(s, pairs, p) : findName(s, pairs, p);
    if (found == CUT && !last && stop == end && end - p < <usize>s.limitValue) return false;
    if (kind == PAIR_VALUE) s.flags |= found == NOTHING ? SEARCHED_FLAG | NAMELESS_FLAG : SEARCHED_FLAG;
  }
  if (kind == PAIR_VALUE && s.flags & NAMED_FLAG) {
    s.pairRule = s.namedRule;
    s.pairDetects = s.namedDetects;
  }
  return true;
}

function skipBlank(p: usize): usize {
  while (p < stop && <u32>load<u8>(p) <= 0x20) p++;
  return p;
}

/** Behind the string whose inside begins at `p`, or 0 when it does not end. */
function behindString(p: usize): usize {
  hasEscapes = false;
  while (true) {
    p = behindPlain(p);
    if (p >= stop) return 0;
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) return p + 1;
    if (byte == BACKSLASH) {
      hasEscapes = true;
      p++;
    }
    p++;
  }
}

/** Behind the value at `p`, or 0 when it does not end. */
function behindValue(p: usize): usize {
  let depth: u32 = 0;
  while (p < stop) {
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) {
      p = behindString(p + 1);
      if (p == 0 || depth == 0) return p;
      continue;
    }
    if (byte == 0x7b || byte == 0x5b) depth++;
    else if (byte == 0x7d || byte == 0x5d) {
      if (depth == 0) return p;
      if (--depth == 0) return p + 1;
    } else if (depth == 0 && (byte == COMMA || byte <= 0x20)) return p;
    p++;
  }
  return 0;
}

/** The value behind the colon that follows at `p`; 0 when it has not come, and 1 when there is no colon. */
function valueAt(p: usize): usize {
  p = skipBlank(p);
  if (p >= stop) return 0;
  if (<u32>load<u8>(p) != COLON) return 1;
  p = skipBlank(p + 1);
  return p < stop ? p : 0;
}

/** Reads the text of a member with a name in it, whose own name ends before `p`. */
function readName(s: JsonState, pairs: u32, p: usize): u32 {
  const from = valueAt(p);
  if (from == 0) return CUT;
  if (from == 1 || <u32>load<u8>(from) != QUOTE) return NOTHING;
  const longest = from + 1 + LONGEST_NAME + 1;
  stop = min<usize>(stop, longest);
  const behind = behindString(from + 1);
  if (behind == 0) return stop == longest ? NOTHING : CUT;
  learn(s, pairs, from + 1, <u32>(behind - from) - 2);
  return s.flags & NAMED_FLAG ? FOUND : NOTHING;
}

/** Reads the members behind one whose name ends before `p`, up to the first that tells a name which a rule knows. */
function findName(s: JsonState, pairs: u32, p: usize): u32 {
  const last = stop;
  while (true) {
    p = valueAt(p);
    if (p == 0) return CUT;
    if (p == 1) return NOTHING;
    p = behindValue(p);
    if (p == 0) return CUT;
    p = skipBlank(p);
    if (p >= stop) return CUT;
    if (<u32>load<u8>(p) != COMMA) return NOTHING;
    p = skipBlank(p + 1);
    if (p >= stop) return CUT;
    if (<u32>load<u8>(p) != QUOTE) return NOTHING;
    const from = p + 1;
    p = behindString(from);
    if (p == 0) return CUT;
    if (kindOf(s, from, <u32>(p - from) - 1) != PAIR_NAME) continue;
    const found = readName(s, pairs, p);
    if (found != NOTHING) return found;
    stop = last;
  }
}

/** What the member is in a pair whose name is the string just read. */
function kindOf(s: JsonState, at: usize, length: u32): u32 {
  if (!hasEscapes) return pairKind(s.policy, nameClass(s.policy, at, length));
  decode(s, at, length);
  return s.error ? 0 : pairKind(s.policy, nameClass(s.policy, decoded.at, decoded.length));
}

/** The text of a string that has not been checked: of one that is no JSON it is any text, and the request is refused anyway. */
function decode(s: JsonState, at: usize, length: u32): void {
  decoded.clear();
  unescape(at, length, decoded);
  if (decoded.failed) s.error = INTERNAL;
}

/** What rules say of the name that the string just read tells: the name or path itself, or the label of a field. */
function learn(s: JsonState, pairs: u32, at: usize, length: u32): void {
  if (hasEscapes) {
    decode(s, at, length);
    if (s.error) return;
    at = decoded.at;
    length = decoded.length;
  }
  if (!tellsName(s.policy, pairs, at, length)) {
    if (isUntold) s.error = INTERNAL;
    return;
  }
  s.namedRule = pathRule;
  s.namedDetects = pathDetects;
  s.flags |= NAMED_FLAG;
}
