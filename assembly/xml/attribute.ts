// The verdict on an attribute: its name waits until its rule is known, its value until the action is done.
// Invariant: no byte of a value that a rule changes leaves before its replacement is complete.

import { before } from "../action/detect";
import { beforeHost, lower, spells, spellsAnyCase } from "../bytes/text";
import { BLANK, TEXT as NO_JSON, hasBegun } from "../json/begin";
import { isSoft, opens } from "../nested/open";
import { classState, isListing, pairKind, pairsOf, stateAt } from "../policy/cursor";
import { ACTION_BLOCK, ACTION_PASS, ACTION_REVEAL, ACTION_STRIP, NO_RULE, PAIR_VALUE } from "../policy/format.gen";
import { LIMIT_VALUE, MULTIPART_REFERENCE } from "../policy/outcomes.gen";
import { nameClass } from "../policy/symbols";
import { cutJoined, dropHeld, endDrop, heldLength, holdFrom, join, joinedAt, keepHeld } from "./output";
import { DROP_ATTRIBUTE, DROP_VALUE, HOLD, XmlState } from "./state";
import {
  actionOf,
  block,
  checkOpened,
  count,
  detectsOf,
  isFreeOf,
  isSimple,
  putSimple,
  replace,
  replaceOpened,
  ruleFor,
} from "./verdict";
import { endTelling, tellAttribute } from "./pair";
import { tell } from "./value";

/** The name of an attribute, whose local part is given, ends before `p`, and it is no namespace declaration. */
export function startAttribute(s: XmlState, p: usize, name: usize, length: u32): void {
  s.acting = NO_RULE;
  s.detects = 0;
  s.opened = 0;
  s.pairKind = 0;
  if (!s.judging) return;
  checkLead(s, p);
  const pairs = pairsOf(stateAt(s.policy, s.state));
  const axis = stateAt(s.policy, s.axis);
  const number = pairs != 0 || isListing(axis) ? nameClass(s.policy, name, length) : -1;
  if (pairs != 0) s.pairKind = pairKind(s.policy, number);
  const target = classState(s.policy, axis, number);
  const record = stateAt(s.policy, target);
  const isNamed = s.pairKind == PAIR_VALUE;
  const own = isNamed ? min<u32>(<u32>load<u16>(record), s.tagRule) : <u32>load<u16>(record);
  const rule = ruleFor(s, own, s.tagCover);
  const action = actionOf(s, rule);
  s.detects = detectsOf(s, record, own, rule, isNamed ? s.tagDetects : 0);
  const isFree = isFreeOf(s, target, rule, isNamed);
  if (opens(s.policy, s.rules, target, isFree ? <u32>NO_RULE : rule)) s.opened = target;
  // What looks into it by its name looks into it as it stands.
  if (isNamed && s.tagDetects != 0 && isSoft(s.policy, target)) s.opened = 0;
  if (s.detects != 0 || s.opened != 0) {
    keepHeld(s);
    s.acting = rule;
  } else if (action == ACTION_BLOCK) {
    block(s, rule);
  } else if (action == ACTION_STRIP) {
    count(s, rule);
    dropHeld(s, DROP_ATTRIBUTE);
  } else {
    keepHeld(s);
    if (action != ACTION_PASS) s.acting = rule;
    else if (rule != NO_RULE && rule != s.tagCover) count(s, rule);
  }
}

/** Whether a rule on the element, on one around it, or on a name beside what it holds takes that. */
function isTaken(s: XmlState): bool {
  return takes(s, s.textRule) || takes(s, s.tagRule);
}

function takes(s: XmlState, rule: u32): bool {
  const action = actionOf(s, rule);
  return rule != s.unmatched && action != ACTION_PASS && action != ACTION_REVEAL;
}

/**
 * Whether the attribute of the name may say that what the element holds stands elsewhere in the document (SOAP 1.1, section 5.4.1:
 * multiRef), where a rule that takes it does not reach. Links of HTML say something else.
 */
export function mayPoint(s: XmlState, name: usize, length: u32): bool {
  if (!isTaken(s) || (!spells(name, length, "href") && !spells(name, length, "ref"))) return false;
  const tag = s.namesAt + s.nameAt;
  const last = s.namesAt + s.otherAt - 1;
  return load<u8>(last) != 0x61 || (last != tag && load<u8>(last - 1) != 0x3a);
}

/** Whether the attribute value at `p` refers to another part of the message. */
function isReference(s: XmlState, p: usize): bool {
  return s.inPart && spellsAnyCase(p, 4, "cid:");
}

/** Whether it may be read as one: behind blanks of any alphabet, and with characters that are spelled as references. */
function mayRefer(s: XmlState, p: usize): bool {
  if (!s.inPart) return false;
  while (isBlank(<u32>load<u8>(p))) p++;
  for (let i: u32 = 0; i < 4; i++) {
    const byte = <u32>load<u8>(p + i);
    if (byte == 0x26) return true;
    if (lower(byte) != <u32>"cid:".charCodeAt(i)) return false;
  }
  return true;
}

/** Whether the byte is no visible ASCII, nor the NUL behind what has come (PADDING of json/rewrite.ts). */
@inline
function isBlank(byte: u32): bool {
  return byte - 1 < 0x20 || byte >= 0x7f;
}

/** An attribute value begins at `p`. */
export function startValue(s: XmlState, p: usize): void {
  // What the element holds stands in another part (XOP, SOAP with attachments), where the rule does not reach.
  if (isTaken(s) && mayRefer(s, p)) s.error = MULTIPART_REFERENCE;
  tellAttribute(s, p);
  s.begins = s.opened != 0 && isSoft(s.policy, s.opened) ? BLANK : NO_JSON;
  if (s.acting != NO_RULE || s.detects != 0 || s.opened != 0) holdFrom(s, p);
}

/** An attribute value ends at `p`, where its quote stands. */
export function endValue(s: XmlState, p: usize): void {
  endTelling(s, p, true);
  // What has not begun as JSON by its end never will.
  if (s.begins < NO_JSON && !hasBegun(s.begins)) tell(s, 0, p);
  if (s.mode == DROP_ATTRIBUTE) {
    endDrop(s, p + 1);
  } else if (s.mode == DROP_VALUE) {
    endDrop(s, p);
  } else if (s.mode == HOLD) {
    join(s, p);
    const at = joinedAt;
    const whole = <u32>heldLength(s, p);
    // A reference is written as an address of mail, as the content-id that it names.
    const length = isReference(s, at) ? beforeHost(at, whole) : whole;
    s.torn = false;
    cutJoined(s, 0);
    const isReplaced = s.opened != 0
      ? replaceOpened(s, s.opened, s.detects, s.acting, at, length, s.quote)
      : replace(s, s.detects, s.acting, at, length, s.quote, length > s.limitValue);
    if (isReplaced) cutJoined(s, length);
    keepHeld(s);
  }
  s.acting = NO_RULE;
  s.detects = 0;
  s.opened = 0;
}

/** At a chunk border in a held value: what will be redacted whatever follows need not be kept. */
export function spillValue(s: XmlState, end: usize): void {
  const length = heldLength(s, end);
  if (s.opened != 0) {
    checkOpened(s, length);
    return;
  }
  const action = actionOf(s, s.acting);
  if (length == 0 || !isSimple(s, s.detects, action, length)) {
    if (length > <u64>s.limitValue) keepHeld(s);
    return;
  }
  dropHeld(s, DROP_VALUE);
  putSimple(s, s.detects, s.acting, s.quote);
}

/** At a chunk border in a tag, or where its name ends: what waits for the name of an attribute must stay short. */
export function checkLead(s: XmlState, end: usize): void {
  if (heldLength(s, end) > <u64>s.limitValue) s.error = LIMIT_VALUE;
}

/** What waits up to `p` for the name of an attribute has none that is judged. */
export function keepLead(s: XmlState, p: usize): void {
  checkLead(s, p);
  keepHeld(s);
}
