// The verdict on an element: by its place, or by a name beside it (pair.ts), when its name has been read, and when a tag that
// has told a name ends (semantics: docs/internals.md, "Rules on XML").
// Invariant: an element that a rule takes as a whole is decided before any of its content is read.

import { isSoft, opens } from "../nested/open";
import { classState, elementState, isListing, pairKind, pairsOf, stateAt } from "../policy/cursor";
import { ACTION_BLOCK, ACTION_PASS, ACTION_STRIP, NO_RULE, STATE_FLAGS, STATE_FLAG_LIVE } from "../policy/format.gen";
import { nameClass } from "../policy/symbols";
import { dropHeld, endDrop, keepHeld } from "./output";
import { startPair } from "./pair";
import {
  CONTENT_JUDGED,
  CONTENT_OPENED,
  CONTENT_PASSES,
  CONTENT_SOFT,
  CONTENT_WHOLE,
  DROP_ELEMENT,
  FLOW,
  HOLD,
  XmlState,
} from "./state";
import { takesElement } from "./value";
import { actionOf, block, count, detectsOf, isFreeOf, ruleFor } from "./verdict";

/** The start tag of an element, whose local name is given, has been read up to `p`; its frame has been pushed. */
export function startElement(s: XmlState, name: usize, length: u32): void {
  s.judging = false;
  if (!s.live || s.mode != HOLD) {
    startPair(s, 0);
    s.live = false;
    s.textDetects = 0;
    s.content = CONTENT_PASSES;
    return;
  }
  const around = stateAt(s.policy, s.state);
  const isPaired = pairsOf(around) != 0;
  const number = isPaired || isListing(around) ? nameClass(s.policy, name, length) : -1;
  startPair(s, isPaired ? pairKind(s.policy, number) : 0);
  const target = classState(s.policy, around, number);
  const record = stateAt(s.policy, target);
  const cover = s.cover;
  s.ownRule = min<u32>(<u32>load<u16>(record), s.tagRule);
  const rule = ruleFor(s, s.ownRule, cover);
  const action = actionOf(s, rule);
  const isWhole = !isOpenedBy(s, target, rule) && takesElement(s, rule, target);
  s.textRule = rule;
  s.textDetects = 0;
  if (isWhole && action == ACTION_BLOCK) {
    block(s, rule);
    return;
  }
  if (isWhole && action == ACTION_STRIP && s.depth > 1) {
    count(s, rule);
    dropHeld(s, DROP_ELEMENT);
    s.dropDepth = s.depth;
    s.live = false;
    s.content = CONTENT_PASSES;
    return;
  }
  keepHeld(s);
  s.axis = elementState(s.policy, record, 0);
  s.tagCover = cover;
  s.judging = s.axis != 0 || actionOf(s, cover) != ACTION_PASS;
  if (isWhole) {
    s.live = false;
    s.content = CONTENT_WHOLE;
    return;
  }
  if (action == ACTION_PASS && rule != NO_RULE && rule != cover) count(s, rule);
  s.state = target;
  settleContent(s, rule);
}

/** Whether texts in the state are decoded before `rule` acts on them. */
function isOpenedBy(s: XmlState, state: u32, rule: u32): bool {
  if (s.tagDetects != 0 && isSoft(s.policy, state)) return false;
  return opens(s.policy, s.rules, state, isFreeOf(s, state, rule, true) ? <u32>NO_RULE : rule);
}

/** What holds in an element that `rule` does not take as a whole. */
function settleContent(s: XmlState, rule: u32): void {
  const record = stateAt(s.policy, s.state);
  const action = actionOf(s, rule);
  const isOpened = isOpenedBy(s, s.state, rule);
  s.textRule = rule;
  s.cover = rule;
  s.textDetects = detectsOf(s, record, s.ownRule, rule, s.tagDetects);
  const isActing = action != ACTION_PASS || s.textDetects != 0;
  s.live = (load<u16>(record, STATE_FLAGS) & STATE_FLAG_LIVE) != 0 || isActing || isOpened;
  if (isOpened) s.content = isSoft(s.policy, s.state) ? CONTENT_SOFT : CONTENT_OPENED;
  else s.content = isActing ? CONTENT_JUDGED : CONTENT_PASSES;
}

/** An attribute has named what the element holds, whose start tag ends here: a rule on that name takes it, or covers what is in it. */
export function nameContent(s: XmlState): void {
  if (!s.judging || s.mode != FLOW || s.content == CONTENT_WHOLE) return;
  const earlier = s.textRule;
  s.ownRule = min<u32>(s.ownRule, s.tagRule);
  const rule = ruleFor(s, s.ownRule, s.tagCover);
  const action = actionOf(s, rule);
  if (rule != earlier && action == ACTION_PASS && rule != s.tagCover) count(s, rule);
  if (isOpenedBy(s, s.state, rule) || !takesElement(s, rule, s.state)) {
    settleContent(s, rule);
  } else if (action == ACTION_BLOCK) {
    block(s, rule);
  } else {
    s.textRule = rule;
    s.textDetects = 0;
    s.live = false;
    s.content = CONTENT_WHOLE;
  }
}

/** The element at the current depth has ended before `p`; its frame has not been popped. Whether it has been left out. */
export function endElement(s: XmlState, p: usize): bool {
  if (s.mode != DROP_ELEMENT || s.dropDepth != s.depth) return false;
  endDrop(s, p);
  return true;
}
