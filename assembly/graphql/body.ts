// A body that is a GraphQL document itself (application/graphql): judged as the text of the member `query` of a request in
// JSON is, since that is what servers make of it.
// Invariants: it waits whole, up to the greater of limits.value and limits.hold; what is no document of operations and no
// rule is about is not let go (nested/open.ts).

import { before } from "../action/detect";
import { Buffer, newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { FieldScope } from "../fields/scope";
import { BROKEN, KEEP, REFUSE, REPLACE } from "../fields/value";
import { Holder, beginHeld, endHeld, freeHeld, heldTo, isBroken, join, joinedAt, joinedLength, leaveOut, letGo } from "../framing/held";
import { beginFrame, endFrame, framed } from "../framing/output";
import { enter, fault, faultRule, isUnruled, judge, openLimit } from "../nested/open";
import { memberState, stateAt } from "../policy/cursor";
import {
  ACTION_PASS,
  NO_RULE,
  SIZE_RULE,
  STATE_DECODER,
  STATE_DETECTS,
  STATE_RULE,
} from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE } from "../policy/outcomes.gen";
import { takesWhole } from "../policy/whole";

const QUERY = memory.data<u8>([0x71, 0x75, 0x65, 0x72, 0x79]);
const text: Buffer = newBuffer();

@unmanaged
export class GraphqlState extends Holder {
  root: u32; // automaton state of the document whose member the text would be
  cover: u32; // rule that covers it from outside, or NO_RULE
}

@inline
function queryState(policy: usize, root: u32): u32 {
  return memberState(policy, stateAt(policy, root), QUERY, 5);
}

/** Whether a rule is about such a text, where documents are in the automaton state `root`. */
export function readsQueries(policy: usize, root: u32): bool {
  const state = stateAt(policy, queryState(policy, root));
  const isRuled = load<u16>(state) != <u16>NO_RULE || load<u16>(stateAt(policy, root)) != <u16>NO_RULE;
  return isRuled || load<u64>(state, STATE_DETECTS) != 0 || load<u16>(state, STATE_DECODER) != 0;
}

export function openGraphql(scope: FieldScope, root: u32): usize {
  const at = allocate(offsetof<GraphqlState>());
  if (at == 0) return 0;
  memory.fill(at, 0, offsetof<GraphqlState>());
  memory.copy(at, changetype<usize>(scope), offsetof<FieldScope>());
  const s = changetype<GraphqlState>(at);
  s.rule = NO_RULE;
  s.root = root;
  s.cover = NO_RULE;
  s.holding = true;
  return at;
}

export function closeGraphql(s: GraphqlState): void {
  freeHeld(s);
  release(changetype<usize>(s), offsetof<GraphqlState>());
}

/** The rule on the whole document. */
function outerRule(s: GraphqlState): u32 {
  return min<u32>(<u32>load<u16>(stateAt(s.policy, s.root), STATE_RULE), s.cover);
}

/** Whether that leaves no members: nothing of the text is looked at. */
function isTaken(s: GraphqlState): bool {
  const outer = outerRule(s);
  return outer != NO_RULE && takesWhole(s.rules + outer * SIZE_RULE);
}

/** The rule that acts on the text: its own, or one on the whole document. */
function ruleOn(s: GraphqlState, state: usize): u32 {
  const own = <u32>load<u16>(state, STATE_RULE);
  const outer = outerRule(s);
  let rule = own;
  if (isTaken(s)) rule = outer;
  else if (outer != NO_RULE && (<u32>load<u8>(s.rules + outer * SIZE_RULE) != ACTION_PASS || own == NO_RULE)) {
    rule = min(own, outer);
  }
  return rule == NO_RULE ? s.unmatched : rule;
}

/** Decides on all that is held up to `p`. Returns an outcome. */
function decide(s: GraphqlState, p: usize): u32 {
  join(s, p);
  if (s.heldFailed) return INTERNAL;
  // In state 0 nothing is decoded or searched.
  const target = isTaken(s) ? 0 : queryState(s.policy, s.root);
  const state = stateAt(s.policy, target);
  const rule = ruleOn(s, state);
  enter(s);
  const unruled = isUnruled(s.policy, s.rules, target, rule);
  // A pass around the text yields to what detects in it; of any other rule, what stands behind it has nothing to say.
  const detects = load<u64>(state, STATE_DETECTS);
  const set = unruled ? detects : before(s.rules, detects, rule);
  const fate = judge(target, rule, set, unruled, joinedAt, joinedLength, text);
  if (fate == KEEP) {
    letGo(s, 0);
    return 0;
  }
  if (fate == BROKEN) return INTERNAL;
  if (fate == REFUSE) {
    s.rule = faultRule;
    return fault;
  }
  leaveOut(s, p);
  if (fate == REPLACE) framed.append(text.at, text.length);
  return 0;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteGraphql(s: GraphqlState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  beginFrame(at);
  beginHeld(s, at);
  if (heldTo(s, end) > <u64>openLimit(s.policy, s.limit)) return LIMIT_VALUE;
  if (last) {
    const outcome = decide(s, end);
    if (outcome) return outcome;
    s.holding = false;
  }
  endHeld(s, end);
  endFrame(end);
  return isBroken(s) ? INTERNAL : 0;
}
