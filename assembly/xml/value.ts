// The verdict on the text of an element, and on comments and processing instructions in it (semantics:
// docs/internals.md, "Rules on XML").
// Invariants: no byte of a value that a rule changes leaves before its replacement is complete; a value that does not fit
// its action, or is longer than limits.value, is redacted; white space around a text stays.

import { BLANK, TEXT as NO_JSON, beginning, hasBegun } from "../json/begin";
import { isUnruled } from "../nested/open";
import { stateAt } from "../policy/cursor";
import {
  ACTION_BLOCK,
  ACTION_PASS,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_STRIP,
  NO_RULE,
  RULE_P1,
  SIZE_RULE,
  STATE_FLAGS,
  STATE_FLAG_LIVE,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { LIMIT_VALUE, NESTED_VALUE } from "../policy/outcomes.gen";
import { takesWhole } from "../policy/whole";
import { isSpace } from "./character";
import { endTelling } from "./pair";
import {
  cutJoined,
  cutTail,
  dropHeld,
  endDrop,
  endDropBeforeTag,
  heldLength,
  holdFrom,
  holdTagBehindDrop,
  join,
  joinedAt,
  keepHeld,
  passJoined,
} from "./output";
import {
  ATTRIBUTE_VALUE,
  CONTENT_JUDGED,
  CONTENT_OPENED,
  CONTENT_PASSES,
  CONTENT_SOFT,
  CONTENT_WHOLE,
  DROP_CONTENT,
  DROP_ELEMENT,
  DROP_MARKUP,
  DROP_TEXT,
  FLOW,
  HOLD,
  XmlState,
} from "./state";
import { actionOf, block, checkOpened, count, isSimple, putRedacted, putSimple, replace, replaceOpened } from "./verdict";

// Text.

/** Whether nothing acts on the text unless it begins as JSON. */
@inline
function isIdle(s: XmlState): bool {
  return s.content == CONTENT_SOFT && s.textDetects == 0;
}

/** Whether the text has turned out not to begin as JSON, and nothing else acts on it: it goes on as it comes. */
@inline
function isLeft(s: XmlState): bool {
  return s.content == CONTENT_SOFT && s.spent;
}

/** The next byte, as it is decoded before `p`, of a text or attribute value that may still begin as JSON. */
export function tell(s: XmlState, byte: u32, p: usize): void {
  s.begins = beginning(s.begins, byte);
  if (s.begins != NO_JSON || s.mode != HOLD) return;
  checkWaiting(s, p);
  if (s.place == ATTRIBUTE_VALUE) {
    s.opened = 0;
    if (s.detects == 0) keepHeld(s);
  } else if (s.textDetects == 0) {
    keepHeld(s);
    s.spent = true;
  }
}

/** The same with the bytes [p, end), which are spelled as they are. */
export function tellAll(s: XmlState, p: usize, end: usize): void {
  for (; p < end && s.begins < NO_JSON; p++) tell(s, <u32>load<u8>(p), p);
}

/** Whether what may begin as JSON, and is held up to `p`, may wait; the white space in front of a text need not. */
function checkWaiting(s: XmlState, p: usize): void {
  const length = heldLength(s, p);
  let lead: u64 = 0;
  if (s.place != ATTRIBUTE_VALUE) {
    join(s, p);
    lead = <u64>(skipSpace(joinedAt, joinedAt + <usize>length) - joinedAt);
    passJoined(s, <u32>lead);
  }
  checkOpened(s, length - lead);
}

/** Text may begin at `p`: where something acts on it, it is held. */
export function beginText(s: XmlState, p: usize): void {
  s.begins = NO_JSON;
  if (s.content == CONTENT_PASSES || s.mode != FLOW) return;
  if (s.content == CONTENT_SOFT) s.begins = BLANK;
  holdFrom(s, p);
  s.solid = false;
  s.torn = false;
  s.spent = false;
}

/** At `p` the text turns out not to be white space alone. */
export function touchText(s: XmlState, p: usize): void {
  if (s.content == CONTENT_PASSES || s.solid) return;
  s.solid = true;
  if (s.mode != HOLD) return;
  if (heldLength(s, p) > <u64>s.limitValue && !isIdle(s)) s.error = LIMIT_VALUE;
  if (s.content == CONTENT_WHOLE) dropContent(s);
  else if (s.content == CONTENT_JUDGED && s.textDetects == 0 && actionOf(s, s.textRule) == ACTION_BLOCK) block(s, s.textRule);
}

/** The content of an element that is redacted as a whole goes. */
function dropContent(s: XmlState): void {
  dropHeld(s, DROP_CONTENT);
  s.dropDepth = s.depth;
  s.nested = false;
}

/** A CDATA section begins: it belongs to the text. An empty one says nothing. */
export function joinCdata(s: XmlState): void {
  if (s.mode == HOLD && (s.content == CONTENT_PASSES || s.spent)) keepHeld(s);
}

/** A < at `p`: what was held until here is text. */
export function suspendText(s: XmlState, p: usize): void {
  endTelling(s, p, false);
  if (s.mode == HOLD) {
    s.textLength = <u32>heldLength(s, p);
  } else if (s.mode == FLOW && s.live) {
    holdFrom(s, p);
    s.textLength = 0;
  }
}

@inline
function skipSpace(at: usize, end: usize): usize {
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  return at;
}

/** The verdict on the held text; `p` is behind it and the markup that ends it, and that markup stays held. */
function judgeText(s: XmlState, p: usize): void {
  const length = s.textLength;
  if (s.content == CONTENT_PASSES || isLeft(s)) return;
  if (length > s.limitValue && !s.solid && !isIdle(s)) {
    s.error = LIMIT_VALUE;
    return;
  }
  join(s, p);
  const end = joinedAt + length;
  const from = skipSpace(joinedAt, end);
  if (s.begins != NO_JSON) checkOpened(s, end - from);
  if (!s.solid || length == 0) {
    passJoined(s, length);
    return;
  }
  passJoined(s, <u32>(from - joinedAt));
  const at = s.carryLength ? s.carryAt : s.mark;
  const whole = length - <u32>(from - joinedAt);
  const isOpened = s.content == CONTENT_OPENED || (s.content == CONTENT_SOFT && hasBegun(s.begins));
  if (!isOpened && isIdle(s)) {
    passJoined(s, whole);
    return;
  }
  if (!isOpened && isSimple(s, s.textDetects, actionOf(s, s.textRule), length)) {
    cutJoined(s, 0);
    putSimple(s, s.textDetects, s.textRule, 0);
    cutJoined(s, whole);
    return;
  }
  let size = whole;
  while (isSpace(<u32>load<u8>(at + size - 1))) size--;
  // What stands before must be out before its replacement; when the text stays, that has been too early but not wrong.
  cutJoined(s, 0);
  const isReplaced = isOpened
    ? replaceOpened(s, s.state, s.textDetects, s.textRule, at, size, 0)
    : replace(s, s.textDetects, s.textRule, at, size, 0, length > s.limitValue);
  if (isReplaced) cutJoined(s, size);
  else passJoined(s, size);
  // The markup that ends the text may go, and alone.
  passJoined(s, whole - size);
}

/** At a chunk border in a text: what will be redacted whatever follows need not be kept, so that its length does not matter. */
export function spillText(s: XmlState, end: usize): void {
  const length = heldLength(s, end);
  if (isIdle(s) || (s.content == CONTENT_SOFT && s.solid && s.begins != NO_JSON)) {
    checkWaiting(s, end);
    return;
  }
  if (s.content == CONTENT_OPENED && s.solid) {
    checkOpened(s, length);
    return;
  }
  if ((s.content != CONTENT_JUDGED && s.content != CONTENT_SOFT) || !s.solid) {
    if (length > <u64>s.limitValue && s.content != CONTENT_PASSES) s.error = LIMIT_VALUE;
    return;
  }
  const action = actionOf(s, s.textRule);
  if (!isSimple(s, s.textDetects, action, length)) {
    if (length > <u64>s.limitValue) {
      keepHeld(s);
      s.spent = true;
    }
    return;
  }
  join(s, end);
  const from = skipSpace(joinedAt, joinedAt + <usize>length);
  passJoined(s, <u32>(from - joinedAt));
  dropHeld(s, DROP_TEXT);
  putSimple(s, s.textDetects, s.textRule, 0);
}

/** A start tag: the < before `p` has been read. Afterwards, where a rule can act on the element, the tag is held. */
export function endTextAtStart(s: XmlState, p: usize): void {
  if (s.content == CONTENT_OPENED) closeContent(s);
  if (s.mode == HOLD) {
    if (s.content == CONTENT_WHOLE) dropContent(s);
    else judgeText(s, p);
  } else if (s.mode == DROP_TEXT) {
    holdTagBehindDrop(s, p);
  }
  if (s.mode == DROP_CONTENT && s.dropDepth == s.depth && !s.nested) {
    s.nested = true;
    putContent(s);
  }
}

/** An element in what would be decoded: it is no text, and what no rule is about is refused as a value of JSON is. */
function closeContent(s: XmlState): void {
  const rule = s.textRule;
  const action = actionOf(s, rule);
  const unruled = s.textDetects == 0 && isUnruled(s.policy, s.rules, s.state, rule);
  if (unruled && s.unsupported != UNSUPPORTED_PASS) {
    s.error = NESTED_VALUE;
  } else if (takesElement(s, rule, s.state)) {
    if (action == ACTION_BLOCK) block(s, rule);
    s.content = CONTENT_WHOLE;
    s.live = false;
  } else {
    s.content = action != ACTION_PASS || s.textDetects != 0 ? CONTENT_JUDGED : CONTENT_PASSES;
  }
}

/** Whether the rule takes this element as a whole: `unmatched` leaves one in which a rule can select. */
export function takesElement(s: XmlState, rule: u32, state: u32): bool {
  if (rule == NO_RULE || !takesWhole(s.rules + rule * SIZE_RULE)) return false;
  return rule != s.unmatched || (load<u16>(stateAt(s.policy, state), STATE_FLAGS) & STATE_FLAG_LIVE) == 0;
}

/** An end tag: the < before `p` has been read. */
export function endTextAtEnd(s: XmlState, p: usize): void {
  if (s.mode == HOLD) {
    judgeText(s, p);
    keepHeld(s);
  } else if (s.mode == DROP_TEXT) {
    endDropBeforeTag(s, p);
  } else if (s.mode == DROP_CONTENT && s.dropDepth == s.depth) {
    if (!s.nested && s.solid) putWhole(s);
    endDropBeforeTag(s, p);
  }
}

/** Nothing but a text stood in it: one that is left out leaves the element, unless that is the whole document. */
function putWhole(s: XmlState): void {
  if (actionOf(s, s.textRule) == ACTION_STRIP && s.depth > 1) count(s, s.textRule);
  else putRedacted(s, s.textRule, 0);
}

/** An element stood in the content that is redacted as a whole: it becomes empty, or the text that the rule gives. */
function putContent(s: XmlState): void {
  const rule = s.rules + s.textRule * SIZE_RULE;
  if (<u32>load<u8>(rule) == ACTION_REDACT && load<u32>(rule, RULE_P1) != 0) putRedacted(s, s.textRule, 0);
  else count(s, s.textRule);
}

// Comments and processing instructions.

/** One begins; `p` is behind what was read of it. */
export function beginMarkup(s: XmlState, p: usize): void {
  if (s.mode >= DROP_ELEMENT) return;
  if (s.content == CONTENT_PASSES || isLeft(s) || (isIdle(s) && !s.solid)) {
    if (s.mode == HOLD) keepHeld(s);
    return;
  }
  if (s.content == CONTENT_WHOLE) {
    dropContent(s);
    return;
  }
  const action = actionOf(s, s.textRule);
  const isOpened = s.content == CONTENT_OPENED;
  if (action == ACTION_BLOCK && (!isOpened || s.textRule == s.unmatched)) {
    block(s, s.textRule);
  } else if (action == ACTION_REVEAL && !isOpened) {
    if (s.mode != HOLD) return;
    judgeText(s, p);
    keepHeld(s);
  } else if (s.mode == HOLD) {
    s.torn = true;
    cutTail(s, p, s.textLength, DROP_MARKUP);
  }
}

/** It ends before `p`. */
export function endMarkup(s: XmlState, p: usize): void {
  if (s.mode == DROP_MARKUP) {
    endDrop(s, p);
    holdFrom(s, p);
  } else if (!isLeft(s)) {
    beginText(s, p);
  }
}
