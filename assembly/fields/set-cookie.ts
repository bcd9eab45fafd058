// The Set-Cookie header: a cookie, and attributes behind it (RFC 6265bis). Some receivers read more in it: another cookie
// behind a comma, as headers are joined (.NET, the JDK, Ruby, helpers of fetch), or in whatever is no attribute (Python).
// Invariants: what any of them takes for a cookie is judged as one, or the answer is refused; an attribute that is well
// written stays as it is, dates with their comma, but for the path where a rule that looks everywhere finds something.

import { Buffer, newBuffer } from "../bytes/buffer";
import { isDigit, isLetter, spellsOneOf } from "../bytes/text";
import { isBlank, judgeCookie, receive } from "./cookie";
import { encodeCookie } from "./percent";
import { FieldScope } from "./scope";
import { BROKEN, DROP, KEEP, REPLACE } from "./value";

const COMMA: u8 = 0x2c;
const EQUALS: u8 = 0x3d;
const SEMICOLON: u8 = 0x3b;
/** Digits of a day, a year and a time, in the shortest form and in the longest. */
const LEAST_DIGITS: u32 = 8;
const MOST_DIGITS: u32 = 12;

const text: Buffer = newBuffer();

/** Where the comma stands behind which another cookie begins in [at, end), or `end`. */
function nextCookie(at: usize, end: usize): usize {
  for (; at < end; at++) {
    if (load<u8>(at) != COMMA) continue;
    let from = at + 1;
    while (from < end && isBlank(from)) from++;
    let p = from;
    while (p < end && load<u8>(p) != COMMA && load<u8>(p) != EQUALS) p++;
    if (p > from && p < end && load<u8>(p) == EQUALS) return at;
  }
  return end;
}

/** Whether the value is written as a date behind a day of the week, or as what servers end a cookie with (0, -1). */
function isDate(at: usize, length: u32): bool {
  if (length <= 2) return isNumber(at, length);
  if (!isLetter(load<u8>(at)) || length > 40) return false;
  let digits: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (isDigit(byte)) digits++;
    else if (!isLetter(byte) && byte != 0x20 && byte != 0x2c && byte != 0x3a && byte != 0x2d) return false;
  }
  return digits >= LEAST_DIGITS && digits <= MOST_DIGITS;
}

/** Whether the value is a whole number of seconds, or a version. */
function isNumber(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (!isDigit(load<u8>(at + i)) && (i != 0 || load<u8>(at) != 0x2d)) return false;
  }
  return length <= 11;
}

function isWord(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (!isLetter(load<u8>(at + i))) return false;
  return length <= 8;
}

function isHost(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (!isDigit(byte) && !isLetter(byte) && byte != 0x2d && byte != 0x2e && byte != 0x3a) return false;
  }
  return true;
}

/** Nothing in it ends a value for anyone. */
function isPath(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte <= 0x20 || byte == 0x22 || byte == 0x2c || byte == 0x3d) return false;
  }
  return length == 0 || load<u8>(at) == 0x2f;
}

// The attribute that `readAttribute` has read.
let valueAt: usize = 0;
let valueLength: u32 = 0;
let isOfPath: bool = false;

/** Whether [at, end) is an attribute that all receivers know, and well written; nothing is one, too. */
function readAttribute(at: usize, end: usize): bool {
  while (at < end && isBlank(at)) at++;
  while (end > at && isBlank(end - 1)) end--;
  let equals = at;
  while (equals < end && load<u8>(equals) != EQUALS) equals++;
  let nameEnd = equals;
  while (nameEnd > at && isBlank(nameEnd - 1)) nameEnd--;
  const length = <u32>(nameEnd - at);
  valueAt = min<usize>(equals + 1, end);
  while (valueAt < end && isBlank(valueAt)) valueAt++;
  valueLength = <u32>(end - valueAt);
  isOfPath = spellsOneOf(at, length, "path ");
  if (isOfPath) return isPath(valueAt, valueLength);
  if (spellsOneOf(at, length, "expires ")) return isDate(valueAt, valueLength);
  if (spellsOneOf(at, length, "max-age version ")) return isNumber(valueAt, valueLength);
  if (spellsOneOf(at, length, "domain ")) return isHost(valueAt, valueLength);
  if (spellsOneOf(at, length, "secure httponly samesite partitioned priority sameparty discard ")) {
    return isWord(valueAt, valueLength);
  }
  return at == end;
}

/** Judges the attribute in [at, end) that was read, and appends what stays of it. */
function judgeAttribute(scope: FieldScope, at: usize, end: usize, out: Buffer): u32 {
  const fate = isOfPath ? scope.judgeName(valueAt, valueLength, text, true) : KEEP;
  if (fate == KEEP) out.append(at, <u32>(end - at));
  if (fate != REPLACE) return fate;
  out.append(at, <u32>(valueAt - at));
  encodeCookie(text.at, text.length, out);
  out.append(valueAt + valueLength, <u32>(end - valueAt - valueLength));
  return REPLACE;
}

/** Judges what stands between two semicolons behind the cookie. */
function judgePart(scope: FieldScope, at: usize, end: usize, out: Buffer): u32 {
  const comma = nextCookie(at, end);
  if (!readAttribute(at, comma)) return judgeCookie(scope, at, end, out);
  const fate = judgeAttribute(scope, at, comma, out);
  if ((fate != KEEP && fate != REPLACE) || comma == end) return fate;
  const before = out.length;
  out.byte(COMMA);
  const other = judgeCookie(scope, comma + 1, end, out);
  if (other == KEEP) return fate;
  if (other != DROP) return other;
  out.length = before;
  return REPLACE;
}

/** The value of a Set-Cookie header; a verdict as of `cookiesOf`. Attributes go with the cookie that they are of. */
export function setCookieOf(scope: FieldScope, at: usize, length: u32, out: Buffer): u32 {
  const end = at + length;
  receive(end);
  let changed = false;
  for (let isFirst = true; at <= end; isFirst = false) {
    let stop = at;
    while (stop < end && load<u8>(stop) != SEMICOLON) stop++;
    const before = out.length;
    if (!isFirst) out.byte(SEMICOLON);
    const fate = isFirst ? judgeCookie(scope, at, stop, out) : judgePart(scope, at, stop, out);
    if (fate == DROP && !isFirst) out.length = before;
    else if (fate != KEEP && fate != REPLACE) return fate;
    if (fate != KEEP) changed = true;
    at = stop + 1;
  }
  return out.failed ? BROKEN : changed ? REPLACE : KEEP;
}
