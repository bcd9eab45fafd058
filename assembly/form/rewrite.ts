// application/x-www-form-urlencoded as receivers read it (WHATWG URL, section 5.1), one block a place in a field.
// Names, verdicts: name.ts, value.ts. Invariants: resumable at any byte; what no rule changes leaves as it came; a
// stripped field goes with its separator; a semicolon, which some receivers take for a separator, never hides a field
// from its rule.

import { findAny, findEither } from "../bytes/scan";
import { FieldScope } from "../fields/scope";
import { allocate, release } from "../bytes/pool";
import { isMark } from "../text/disguise";
import { beginFrame, endFrame, skipTo } from "../framing/output";
import { beginHeld, endHeld, freeHeld, holdFrom, isBroken, join, joinedAt, joinedLength, letGo } from "../framing/held";
import { beginsQuery } from "../graphql/begin";
import { closeDocument } from "../json/document";
import { JsonState } from "../json/state";
import { HEADER_LIMIT_HOLD, NO_RULE } from "../policy/format.gen";
import { FORM_NAME, FORM_SEPARATOR, INTERNAL, LIMIT_VALUE, UNSUPPORTED_CHARSET } from "../policy/outcomes.gen";
import { nameDecodes, nameDetects, namesCharset, nameRoot, nameRule, namesWide, readName } from "./name";
import {
  FormState,
  IN_CHARSET,
  IN_DOCUMENT,
  IN_DROPPED,
  IN_JUDGED,
  IN_NAME,
  IN_OTHER_NAME,
  IN_START,
  IN_VALUE,
} from "./state";
import {
  acts,
  endCharset,
  endDocument,
  endJudged,
  endStart,
  findStart,
  isHeldPlace,
  isPassing,
  isPassingName,
  outgrow,
  startField,
  startOther,
} from "./value";

const AND: u8 = 0x26;
const EQUALS: u8 = 0x3d;
const SEMICOLON: u8 = 0x3b;

/** A state for a form, whose charset is `foreign` when it is not UTF-8, or 0 when memory ran out. */
export function openForm(scope: FieldScope, foreign: bool): usize {
  const at = allocate(offsetof<FormState>());
  if (at == 0) return 0;
  memory.fill(at, 0, offsetof<FormState>());
  memory.copy(at, changetype<usize>(scope), offsetof<FieldScope>());
  const s = changetype<FormState>(at);
  s.rule = NO_RULE;
  s.cover = NO_RULE;
  s.holding = true;
  s.foreign = foreign;
  s.documentLimit = max<u32>(s.limit, load<u32>(s.policy, HEADER_LIMIT_HOLD));
  return at;
}

export function closeForm(s: FormState): void {
  freeHeld(s);
  if (s.document) closeDocument(changetype<JsonState>(s.document));
  release(changetype<usize>(s), offsetof<FormState>());
}

/**
 * Ends the held name at `p`; `valued` when an equals sign stands there. Returns an outcome. Where a name holds a
 * semicolon, what stands behind the last one is the name for receivers that separate there. A name that begins as GraphQL does
 * is a query by itself, sent under this media type by mistake and read all the same (gqlgen).
 */
function endName(s: FormState, p: usize, valued: bool): u32 {
  join(s, p);
  const skip: u32 = s.separated ? 1 : 0;
  const at = joinedAt + skip;
  const length = joinedLength - skip;
  if (length > s.limit) return LIMIT_VALUE;
  if (beginsQuery(at, length, false)) return FORM_NAME;
  let other: u32 = length;
  while (other && load<u8>(at + other - 1) != SEMICOLON) other--;
  const isOtherPassing = other == 0 || isPassing(s, at + other, length - other);
  if (!readName(s, at, length)) return FORM_NAME;
  if (s.foreign && namesWide) return UNSUPPORTED_CHARSET;
  if (length == 0 && !valued) return startField(s, p, NO_RULE, 0, 0, false, false);
  // What covers all fields acts on no name: a text by itself is none.
  if (!valued && s.acts(s.cover) && !s.reveals(s.cover)) return FORM_NAME;
  if (!isOtherPassing && !acts(s, nameRule) && nameDetects == 0) return FORM_SEPARATOR;
  return startField(s, p, nameRule, nameDetects, nameRoot, nameDecodes, namesCharset);
}

/** Ends the held text behind a semicolon at `p`: for some receivers it is the name of a field. */
function endOtherName(s: FormState, p: usize, valued: bool): u32 {
  join(s, p);
  if (joinedLength > s.limit + 1) return LIMIT_VALUE;
  if (!isPassingName(s, joinedAt + 1, joinedLength - 1)) return FORM_SEPARATOR;
  letGo(s, 0);
  if (!valued || !startOther(s)) s.place = IN_VALUE;
  return 0;
}

/** Ends a field at `p`, where a separator or the end of the body stands. Returns an outcome. */
function endField(s: FormState, p: usize): u32 {
  switch (s.place) {
    case IN_NAME: {
      const outcome = endName(s, p, false);
      if (s.place == IN_DROPPED) skipTo(p);
      return outcome;
    }
    case IN_OTHER_NAME:
      return endOtherName(s, p, false);
    case IN_JUDGED:
      return endJudged(s, p);
    case IN_DOCUMENT:
      return endDocument(s, p);
    case IN_CHARSET:
      return endCharset(s, p);
    case IN_START: {
      // Blanks, a bracket with nothing behind it, or nothing but digits of base64.
      const outcome = endStart(s, p);
      if (outcome == 0 && s.place == IN_DOCUMENT) return endDocument(s, p);
      return outcome == 0 && s.place == IN_JUDGED ? endJudged(s, p) : outcome;
    }
    case IN_DROPPED:
      skipTo(p);
      return 0;
    default:
      return 0;
  }
}

/** The next byte that ends something at the current place, `end` when there is none in this chunk. */
@inline
function nextStop(s: FormState, p: usize, end: usize): usize {
  switch (s.place) {
    case IN_NAME:
      return findEither(p, end, AND, EQUALS);
    case IN_VALUE:
      return findEither(p, end, AND, SEMICOLON);
    case IN_OTHER_NAME:
      return findAny(p, end, AND, EQUALS, SEMICOLON);
    default:
      return findEither(p, end, AND, AND);
  }
}

/**
 * Whether the body begins as JSON or XML does. Clients send both under this media type by mistake, receivers read them all
 * the same, and as a form all of it would be the name of one field.
 */
function isDisguised(s: FormState, p: usize, end: usize): bool {
  while (p < end && (load<u8>(p) <= 0x20 || isMark(<u32>load<u8>(p)))) p++;
  if (p == end) return false;
  s.begun = true;
  const first = load<u8>(p);
  return first == 0x7b || first == 0x5b || first == 0x22 || first == 0x3c;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteForm(s: FormState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  if (!s.begun && isDisguised(s, at, end)) return FORM_NAME;
  beginFrame(at);
  beginHeld(s, at);
  let p = at;
  let outcome: u32 = 0;
  while (true) {
    if (s.place == IN_START) {
      p = findStart(s, p, end);
      if (p == end) break;
      outcome = load<u8>(p) != AND ? endStart(s, p) : 0;
      if (outcome) return outcome;
    }
    const stop = nextStop(s, p, end);
    if (stop == end) break;
    const byte = load<u8>(stop);
    p = stop + 1;
    if (byte == AND) {
      outcome = endField(s, stop);
      holdFrom(s, stop);
      s.place = IN_NAME;
      s.separated = true;
    } else if (byte == SEMICOLON) {
      if (s.place == IN_OTHER_NAME) outcome = endOtherName(s, stop, false);
      holdFrom(s, stop);
      s.place = IN_OTHER_NAME;
    } else if (s.place == IN_NAME) {
      outcome = endName(s, stop, true);
      if (isHeldPlace(s.place)) holdFrom(s, p);
    } else {
      outcome = endOtherName(s, stop, true);
      if (isHeldPlace(s.place)) holdFrom(s, p);
    }
    if (outcome) return outcome;
  }
  outcome = last ? endField(s, end) : outgrow(s, end);
  if (outcome) return outcome;
  if (last) s.holding = false;
  if (s.place == IN_DROPPED) skipTo(end);
  endHeld(s, end);
  endFrame(end);
  return isBroken(s) ? INTERNAL : 0;
}
