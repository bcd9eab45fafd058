// What the field rules of one message have in common. One message at a time, so one scope serves all.

import { before } from "../action/detect";
import { Buffer } from "../bytes/buffer";
import { enter, fault, faultRule, isPlain, isSoft, isUnread, judge as judgeDecoded } from "../nested/open";
import { stateAt } from "../policy/cursor";
import { ACTION_PASS, ACTION_REVEAL, NO_RULE, SIZE_RULE, STATE_DETECTS } from "../policy/format.gen";
import { encodePercent } from "./percent";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE, actOnText, acted, isSpelling, withoutSurrogates } from "./value";

@unmanaged
export class FieldScope {
  policy: usize; // first byte of the binary policy
  rules: usize; // first rule record
  keys: usize; // Keyring of the session or 0
  limit: u32; // limits.value
  table: usize; // header offset of the field table of the direction
  unmatched: u32; // rule for what no rule names, or NO_RULE
  unsupported: u32; // what becomes of what cannot be read
  counts: usize; // u32 per rule
  any: u64; // rules that look into names of fields
  rule: u32; // the last rule that decided
  fault: u32; // why the last verdict refuses, 0 for the rule
  isSpelled: bool; // what the last verdict replaces by is percent-encoded already
  isUnread: bool; // the last text could not be decoded, and what it is in any other reading has not been judged

  /**
   * What the rules of the set `detects`, and then `rule`, make of a text; a verdict of value.ts, counted unless it is KEEP.
   * `mayBeSpelled`, `raw` and `rawEnd` are those of `actOnText`.
   */
  judge(
    rule: u32,
    detects: u64,
    at: usize,
    length: u32,
    into: Buffer,
    mayBeSpelled: bool = false,
    raw: usize = 0,
    rawEnd: usize = 0,
  ): u32 {
    const set = before(this.rules, detects, rule);
    const fate = actOnText(
      this.policy, this.rules, this.keys, this.limit, set, rule, this.counts, at, length, into, mayBeSpelled, raw, rawEnd,
    );
    this.isSpelled = isSpelling;
    this.isUnread = false;
    this.rule = acted;
    this.fault = 0;
    if (fate == REPLACE) withoutSurrogates(this.rules, into);
    if (fate != KEEP) this.count(acted);
    return fate;
  }

  /** What the rules that look everywhere make of a name, line or text that no rule can name; none of them can leave it out. */
  judgeName(at: usize, length: u32, into: Buffer, mayBeSpelled: bool = false, raw: usize = 0, rawEnd: usize = 0): u32 {
    if (this.any == 0) return KEEP;
    const fate = this.judge(NO_RULE, this.any, at, length, into, mayBeSpelled, raw, rawEnd);
    return fate == DROP ? BROKEN : fate;
  }

  /**
   * Whether rules of the set look into the text as it stands that do not look into what a soft decoder of its state reads. Those
   * that look everywhere do, also where the state leaves them out, since others leave them nothing to find.
   */
  isSearched(state: u32, detects: u64): bool {
    if (!isSoft(this.policy, state)) return false;
    return (detects & ~this.any & ~load<u64>(stateAt(this.policy, state), STATE_DETECTS)) != 0;
  }

  /**
   * The same for a text that is in an automaton state of its own (0: none), since it may be decoded; `raw` to `rawEnd` is
   * how an address spells it, or 0.
   */
  judgeIn(state: u32, rule: u32, detects: u64, at: usize, length: u32, into: Buffer, raw: usize = 0, rawEnd: usize = 0): u32 {
    const isText = state == 0 || this.isSearched(state, detects);
    if (isText || isPlain(this.policy, state, rule, at, length)) {
      return this.judge(rule, detects, at, length, into, false, raw, rawEnd);
    }
    enter(this);
    const fate = judgeDecoded(state, rule, before(this.rules, detects, rule), rule == NO_RULE, at, length, into);
    if (fate == REPLACE) withoutSurrogates(this.rules, into);
    this.rule = fate == REFUSE ? faultRule : acted;
    this.fault = fate == REFUSE ? fault : 0;
    this.isSpelled = false;
    this.isUnread = fate == KEEP && isUnread;
    return fate;
  }

  /** Puts the replacement of the last verdict into an address. */
  putEncoded(text: Buffer, out: Buffer): void {
    if (this.isSpelled) out.append(text.at, text.length);
    else encodePercent(text.at, text.length, out);
  }

  acts(rule: u32): bool {
    return rule != NO_RULE && <u32>load<u8>(this.rules + rule * SIZE_RULE) != ACTION_PASS;
  }

  reveals(rule: u32): bool {
    return rule != NO_RULE && <u32>load<u8>(this.rules + rule * SIZE_RULE) == ACTION_REVEAL;
  }

  count(rule: u32): void {
    const at = this.counts + (rule << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

const place = memory.data(offsetof<FieldScope>(), 16);
export const fieldScope: FieldScope = changetype<FieldScope>(place);
