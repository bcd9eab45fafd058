// Path templates: `path:/users/{id}/cards/{pan}`. A segment in braces is selected, `*` is any segment, a last `**` any rest, or none.
// Invariants: segments are compared and judged percent-decoded, as receivers read them (a plus is a plus, unlike in a
// query); whatever stays is copied as it is, also around a find; a path that receivers cut into segments differently is not
// judged at all, and its message is refused; no replacement makes one of a path.

import { redactedDefault } from "../action/redact";
import { Buffer, newBuffer } from "../bytes/buffer";
import { spells } from "../bytes/text";
import { EVERY_SEGMENT, FIELD_LOCATION, FIELD_PATTERN, LOCATION_PATH, LOCATION_PATH_TEXT, NO_RULE, SIZE_FIELD } from "../policy/format.gen";
import { NESTED_VALUE } from "../policy/outcomes.gen";
import { same } from "../bytes/glob";
import { addDetect, clearDetects, fieldDetects } from "./match";
import { decodePercentOnly, encodePercent } from "./percent";
import { FieldScope } from "./scope";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE } from "./value";

/** Beside the fates of value.ts: nobody can say which segments a receiver will see. */
export const AMBIGUOUS: u32 = 6;

const segment: Buffer = newBuffer();
const text: Buffer = newBuffer();

const SLASH: u32 = 0x2f;
const SEMICOLON: u32 = 0x3b;

@inline
function segmentEnd(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) != SLASH) at++;
  return at;
}

/** The table names no segment by its place: every path passes, or is searched segment by segment, as it is cut here. */
let isPlaceless: bool = true;

/** Whether the table has a template at all: without one a path is nobody's business. */
export function hasPaths(policy: usize, table: usize): bool {
  const count = load<u32>(policy + table, 4);
  const fields = policy + load<u32>(policy + table);
  let found = false;
  isPlaceless = true;
  for (let i: u32 = 0; i < count; i++) {
    const field = fields + i * SIZE_FIELD;
    const location = <u32>load<u8>(field, FIELD_LOCATION);
    if (location != LOCATION_PATH && location != LOCATION_PATH_TEXT) continue;
    found = true;
    if (!isEverySegment(policy, field)) isPlaceless = false;
  }
  return found;
}

/** Whether the decoded segment is "." or "..", which receivers take out of a path (RFC 3986, section 5.2.4). */
function isDots(): bool {
  const length = segment.length;
  if (length == 0 || length > 2 || load<u8>(segment.at) != 0x2e) return false;
  return length == 1 || load<u8>(segment.at, 1) == 0x2e;
}

/**
 * Whether a segment can mean something else: "", ".", "..", with and without its parameters, which Tomcat and Spring take out
 * (RFC 3986, section 3.3), or a decoded slash or backslash (section 6.2.2).
 */
function isAmbiguous(at: usize, end: usize, isLast: bool): bool {
  segment.clear();
  decodePercentOnly(at, <u32>(end - at), segment);
  const length = segment.length;
  // A trailing slash leaves one empty segment at the end, which nobody reads differently.
  if (length == 0) return !isLast;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(segment.at + i);
    if (byte == SLASH || byte == 0x5c || byte == 0) return true;
    if (byte == SEMICOLON && segment.length == length) segment.length = i;
  }
  if (segment.length == 0) return !isLast;
  return isDots();
}

/** Puts the replacement of a segment; one that would leave another path, "", "." or "..", is the default of `redact` instead. */
function putSegment(scope: FieldScope, out: Buffer): void {
  const from = out.length;
  scope.putEncoded(text, out);
  segment.clear();
  decodePercentOnly(out.at + from, out.length - from, segment);
  if (segment.length != 0 && !isDots()) return;
  out.length = from;
  text.clear();
  redactedDefault(text);
  encodePercent(text.at, text.length, out);
}

/** Whether nothing follows but perhaps a slash, and parameters: many receivers route a path with one and without it alike. */
function isLastSegment(stop: usize, end: usize): bool {
  return stop == end || stop + 1 == end || <u32>load<u8>(stop, 1) == SEMICOLON;
}

/** Whether what follows in a template stands for no segment as well. */
@inline
function isOpenRest(part: usize, end: usize): bool {
  return part + 3 == end && load<u16>(part, 1) == 0x2a2a;
}

/** Whether the template selects segment `index` of the path [at, end): it matches as a whole, with braces there. */
function selects(template: usize, templateEnd: usize, at: usize, end: usize, index: u32): bool {
  let hit = false;
  for (let i: u32 = 0; ; i++) {
    const part = segmentEnd(template, templateEnd);
    const stop = segmentEnd(at, end);
    const size = <u32>(part - template);
    if (size == 2 && load<u16>(template) == 0x2a2a) return hit;
    if (size >= 2 && load<u8>(template) == 0x7b) {
      if (i == index) hit = true;
    } else if (!(size == 1 && load<u8>(template) == 0x2a)) {
      segment.clear();
      decodePercentOnly(at, <u32>(stop - at), segment);
      if (segment.length > size && <u32>load<u8>(segment.at + size) == SEMICOLON) segment.length = size;
      if (segment.length != size || !same(segment.at, template, size)) return false;
    }
    const isEnd = (isLastSegment(part, templateEnd) || isOpenRest(part, templateEnd)) && isLastSegment(stop, end);
    if (isEnd || part == templateEnd || stop == end) return hit && isEnd;
    template = part + 1;
    at = stop + 1;
  }
  return false;
}

@inline
function templateOf(policy: usize, field: usize): usize {
  return policy + load<u32>(field, FIELD_PATTERN) + 1;
}

@inline
function templateEnd(policy: usize, field: usize): usize {
  return policy + load<u32>(field, FIELD_PATTERN) + load<u32>(field, FIELD_PATTERN + 4);
}

/** Whether the template stands for every segment of every path: what detectors look into everywhere. */
function isEverySegment(policy: usize, field: usize): bool {
  return spells(policy + load<u32>(field, FIELD_PATTERN), load<u32>(field, FIELD_PATTERN + 4), EVERY_SEGMENT);
}

/** The rule of the first template, in policy order, that selects segment `index` and does not detect, or NO_RULE. */
function ruleOf(scope: FieldScope, at: usize, end: usize, index: u32): u32 {
  const policy = scope.policy;
  const count = load<u32>(policy + scope.table, 4);
  let field = policy + load<u32>(policy + scope.table);
  clearDetects();
  for (let i: u32 = 0; i < count; i++, field += SIZE_FIELD) {
    if (<u32>load<u8>(field, FIELD_LOCATION) != LOCATION_PATH) continue;
    // Behind the leading slashes of both.
    const hit = isEverySegment(policy, field) || selects(templateOf(policy, field), templateEnd(policy, field), at, end, index);
    const rule = <u32>load<u16>(field);
    if (hit && !addDetect(policy, rule)) return rule;
  }
  return NO_RULE;
}

/** The automaton state of segment `index`, when a template says that it is decoded; else 0. */
function stateOf(scope: FieldScope, at: usize, end: usize, index: u32): u32 {
  const policy = scope.policy;
  const count = load<u32>(policy + scope.table, 4);
  let field = policy + load<u32>(policy + scope.table);
  for (let i: u32 = 0; i < count; i++, field += SIZE_FIELD) {
    if (<u32>load<u8>(field, FIELD_LOCATION) != LOCATION_PATH_TEXT) continue;
    if (selects(templateOf(policy, field), templateEnd(policy, field), at, end, index)) return <u32>load<u16>(field);
  }
  return 0;
}

/**
 * The path of a request target, `length` bytes without the query. REPLACE leaves the new one in `out`; AMBIGUOUS says
 * that the request must not go on.
 */
export function pathOf(scope: FieldScope, at: usize, length: u32, out: Buffer): u32 {
  // OPTIONS of the server itself has no segments; any other form may have some, and no template says where.
  if (length == 0 || (length == 1 && load<u8>(at) == 0x2a)) return KEEP;
  if (<u32>load<u8>(at) != SLASH) return AMBIGUOUS;
  const end = at + length;
  const first = at + 1;
  for (let from = first; !isPlaceless; ) {
    const stop = segmentEnd(from, end);
    if (isAmbiguous(from, stop, stop == end)) return AMBIGUOUS;
    if (stop == end) break;
    from = stop + 1;
  }
  let changed = false;
  let from = first;
  for (let index: u32 = 0; ; index++) {
    const stop = segmentEnd(from, end);
    out.byte(SLASH);
    const rule = ruleOf(scope, first, end, index);
    const detects = fieldDetects;
    const state = stateOf(scope, first, end, index);
    // Comparing with templates has used the buffer.
    segment.clear();
    decodePercentOnly(from, <u32>(stop - from), segment);
    const length = segment.length;
    let fate = scope.judgeIn(state, rule, detects, segment.at, length, text, from, stop);
    if (state != 0 && length != 0 && (fate == DROP || (fate == REPLACE && text.length == 0))) {
      // Without the segment it would be another path, whatever left it out.
      scope.fault = NESTED_VALUE;
      scope.rule = NO_RULE;
      fate = REFUSE;
    }
    if (fate == REFUSE || fate == BROKEN) return fate;
    // A path without one of its segments is another path: the compiler refuses `strip` here.
    if (fate == DROP) return BROKEN;
    if (fate == REPLACE) {
      putSegment(scope, out);
      changed = true;
    } else {
      out.append(from, <u32>(stop - from));
    }
    if (stop == end) break;
    from = stop + 1;
  }
  if (out.failed || segment.failed) return BROKEN;
  return changed ? REPLACE : KEEP;
}
