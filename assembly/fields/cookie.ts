// Cookies (RFC 6265bis): the pairs of a Cookie header, and one pair alone, as Set-Cookie has it.
// Invariants: a value is judged by the name that it came with; bytes of cookies that stay are copied as they are; a stripped
// cookie goes with its separator; a cookie without "=" has an empty name and its text as value, as browsers read it.

import { Buffer, newBuffer } from "../bytes/buffer";
import { isSoft } from "../nested/open";
import { LOCATION_COOKIE, LOCATION_COOKIE_TEXT, NO_RULE } from "../policy/format.gen";
import { fieldDetects, fieldRule, fieldState, textState } from "./match";
import { decodePercentOnly, encodeCookie } from "./percent";
import { FieldScope } from "./scope";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE, SPLIT } from "./value";

const text: Buffer = newBuffer();
const plain: Buffer = newBuffer();
const name: Buffer = newBuffer();
const renamed: Buffer = newBuffer();

export function isBlank(at: usize): bool {
  const byte = <u32>load<u8>(at);
  return byte == 0x20 || byte == 0x09;
}

/** Where the header ends in which some receivers see other cookies. */
let headerEnd: usize = 0;

/** Cookies are judged from here on that stand in a header that ends at `end`. */
export function receive(end: usize): void {
  headerEnd = end;
}

/** Whether Python ends a name or a value there. */
function separates(at: usize): bool {
  const byte = <u32>load<u8>(at);
  return isBlank(at) || byte == 0x2c || byte == 0x22;
}

/** Whether Python keeps the semicolon at `end` as one in quotes, which begin in the value at `at` and close behind it. */
function isQuotedBeyond(at: usize, end: usize): bool {
  let quoted = false;
  for (; at < headerEnd && (quoted || at < end); at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x22) {
      if (at > end) return true;
      quoted = !quoted;
    } else if (quoted && byte == 0x5c) {
      at++;
    }
  }
  return false;
}

/** Where JSON begins that Express marks as such with j: in front. */
function behindMark(at: usize, end: usize): usize {
  if (end - at > 2 && load<u16>(at) == 0x3a6a) return at + 2;
  const isEscaped = end - at > 4 && load<u16>(at) == 0x256a && load<u8>(at, 2) == 0x33 && (load<u8>(at, 3) | 0x20) == 0x61;
  return isEscaped ? at + 4 : at;
}

/** Whether a selector says how the value of the cookie is decoded. */
function isDecoded(scope: FieldScope, name: usize, length: u32): bool {
  const state = fieldState(scope.policy, scope.table, LOCATION_COOKIE_TEXT, name, length);
  return state != 0 && !isSoft(scope.policy, state);
}

/**
 * Whether Python, which ends cookies at blanks, commas and quotes too, sees one in [at, end) that a rule acts on, or receivers do
 * that leave out an equals sign in front of it (browsers, once it comes back; tough-cookie).
 */
function hidesCookie(scope: FieldScope, at: usize, end: usize): bool {
  const detects = fieldDetects;
  let found = false;
  let word = end;
  for (let p = at; p < end && !found; p++) {
    if (load<u8>(p) == 0x3d) {
      if (word < p) {
        const rule = fieldRule(scope.policy, scope.table, LOCATION_COOKIE, word, <u32>(p - word));
        found = scope.acts(rule) || (fieldDetects & ~detects) != 0 || isDecoded(scope, word, <u32>(p - word));
      }
      word = p == at ? p + 1 : end;
    } else if (separates(p) && load<u8>(p, 1) != 0x3d && !separates(p + 1)) {
      word = p + 1;
    }
  }
  fieldDetects = detects;
  return found;
}

/** Judges the cookie in [at, end) and appends what stays of it to `out`. */
export function judgeCookie(scope: FieldScope, at: usize, end: usize, out: Buffer): u32 {
  let from = at;
  while (from < end && isBlank(from)) from++;
  let equals = from;
  while (equals < end && load<u8>(equals) != 0x3d) equals++;
  let nameEnd = equals;
  while (nameEnd > from && isBlank(nameEnd - 1)) nameEnd--;
  const named = equals < end;
  let valueFrom = named ? equals + 1 : from;
  let valueEnd = end;
  while (valueFrom < valueEnd && isBlank(valueFrom)) valueFrom++;
  while (valueEnd > valueFrom && isBlank(valueEnd - 1)) valueEnd--;
  // A quoted value: the quotes are not part of what the rule acts on.
  if (valueEnd - valueFrom >= 2 && load<u8>(valueFrom) == 0x22 && load<u8>(valueEnd - 1) == 0x22) {
    valueFrom++;
    valueEnd--;
  }
  if (!named && valueFrom == valueEnd) {
    out.append(at, <u32>(end - at));
    return KEEP;
  }
  const rule = fieldRule(scope.policy, scope.table, LOCATION_COOKIE, from, named ? <u32>(nameEnd - from) : 0);
  const acting = rule == NO_RULE ? scope.unmatched : rule;
  // What turns tokens back leaves all else in the value as it is.
  const isTaken = scope.acts(acting) && !scope.reveals(acting);
  if (isTaken ? isQuotedBeyond(from, end) : hidesCookie(scope, from, end)) return SPLIT;
  const state = textState(scope.policy, scope.table, LOCATION_COOKIE_TEXT, acting, from, named ? <u32>(nameEnd - from) : 0);
  if (state != 0 && isSoft(scope.policy, state)) valueFrom = behindMark(valueFrom, valueEnd);
  const length = <u32>(valueEnd - valueFrom);
  plain.clear();
  // JSON cannot stand in a cookie as it is, so that what is decoded is percent-encoded as a rule; and what is searched is
  // read as receivers that decode cookies read it.
  if (state != 0 || fieldDetects != 0) decodePercentOnly(valueFrom, length, plain);
  if (plain.failed) return BROKEN;
  const isEncoded = plain.length != 0 && plain.length != length;
  const first = isEncoded ? plain.at : valueFrom;
  const raw: usize = isEncoded ? valueFrom : 0;
  const fate = scope.judgeIn(state, acting, fieldDetects, first, isEncoded ? plain.length : length, text, raw, valueEnd);
  const isSpelled = scope.isSpelled;
  if (fate != KEEP && fate != REPLACE) return fate;
  const nameFate = named && scope.any != 0 ? judgeName(scope, from, nameEnd) : KEEP;
  if (nameFate != KEEP && nameFate != REPLACE) return nameFate;
  if (nameFate == REPLACE) {
    out.append(at, <u32>(from - at));
    scope.putEncoded(renamed, out);
    at = nameEnd;
  }
  if (fate == KEEP) {
    out.append(at, <u32>(end - at));
    return nameFate;
  }
  out.append(at, <u32>(valueFrom - at));
  scope.isSpelled = isSpelled;
  if (isEncoded) scope.putEncoded(text, out);
  else encodeCookie(text.at, text.length, out);
  out.append(valueEnd, <u32>(end - valueEnd));
  return fate;
}

/** What becomes of a name, read as receivers that decode cookies read it; `renamed` is the new one. */
function judgeName(scope: FieldScope, at: usize, end: usize): u32 {
  name.clear();
  decodePercentOnly(at, <u32>(end - at), name);
  return name.failed ? BROKEN : scope.judgeName(name.at, name.length, renamed, false, at, end);
}

/**
 * The value of a Cookie header. REPLACE leaves the new one in `out`; DROP says that no cookie stays, SPLIT that the request
 * must not go on.
 */
export function cookiesOf(scope: FieldScope, at: usize, length: u32, out: Buffer): u32 {
  const end = at + length;
  receive(end);
  let changed = false;
  let kept = false;
  let isLeft = false;
  while (at <= end) {
    let stop = at;
    while (stop < end && load<u8>(stop) != 0x3b) stop++;
    const before = out.length;
    let from = at;
    if (kept) out.byte(0x3b);
    // The space behind a separator goes with it.
    else while (changed && from < stop && isBlank(from)) from++;
    const fate = judgeCookie(scope, from, stop, out);
    if (fate == REFUSE || fate == BROKEN || fate == SPLIT) return fate;
    if (fate == DROP) out.length = before;
    else {
      kept = true;
      while (from < stop && isBlank(from)) from++;
      // Behind the last separator there may be nothing.
      if (from < stop) isLeft = true;
    }
    if (fate != KEEP) changed = true;
    at = stop + 1;
  }
  if (out.failed) return BROKEN;
  return changed ? (isLeft ? REPLACE : DROP) : KEEP;
}
