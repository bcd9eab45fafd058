// The verdict on a text that is judged as a whole: a field of a message or a form, a part, a name, a text of XML or protobuf.
// Invariant: `into` holds the whole replacement when the answer is REPLACE.

import { transform } from "../action/apply";
import { NOTHING, WHOLE, detect, finder, firstOf } from "../action/detect";
import { redactedText } from "../action/redact";
import { BLOCKED, DONE, FAILED, TEXT, UNCHANGED } from "../action/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import { replaceSurrogates } from "../bytes/utf8";
import { ACTION_BLOCK, ACTION_PASS, ACTION_REDACT, ACTION_REVEAL, ACTION_STRIP, NO_RULE, SIZE_RULE } from "../policy/format.gen";
import { decodePercent, decodePercentOnly, hasEscape, hasPlus, queryIn } from "./percent";

export const KEEP: u32 = 0;
export const REPLACE: u32 = 1;
export const DROP: u32 = 2;
export const REFUSE: u32 = 3;
export const BROKEN: u32 = 4;
/** Nobody can say which parameters or cookies a receiver will see. */
export const SPLIT: u32 = 7;

const plain: Buffer = newBuffer();

/** The rule that made the last verdict, of any but KEEP. */
export let acted: u32 = NO_RULE;
/** What it left is the new spelling of the text, in which what was not found is spelled as before. */
export let isSpelling: bool = false;

/**
 * What the rules of the set `detects`, and where they find nothing `rule`, make of the text; an empty one stays empty under
 * all actions that replace. The caller counts `acted`. `mayBeSpelled`: the text is no decoded one, and where it holds percent
 * escapes, or plus signs in the query of an address, it is searched as receivers decode it. `raw` to `rawEnd`: the text is
 * the decoded one of this part of an address; what is left may then be a spelling (`isSpelling`).
 */
export function actOnText(
  policy: usize,
  rules: usize,
  keys: usize,
  limit: u32,
  detects: u64,
  rule: u32,
  counts: usize,
  at: usize,
  length: u32,
  into: Buffer,
  mayBeSpelled: bool = false,
  raw: usize = 0,
  rawEnd: usize = 0,
): u32 {
  acted = rule;
  isSpelling = false;
  if (detects != 0 && length != 0) {
    const end = at + length;
    const query = mayBeSpelled ? queryIn(at, end) : end;
    const isSpelled = mayBeSpelled && (hasEscape(at, end) || hasPlus(query, end));
    if (isSpelled) {
      plain.clear();
      decodePercentOnly(at, <u32>(query - at), plain);
      decodePercent(query, <u32>(end - query), plain);
      if (plain.failed) {
        acted = firstOf(policy, detects);
        return BROKEN;
      }
    }
    const text = isSpelled ? plain.at : at;
    const size = isSpelled ? plain.length : length;
    if (size > limit) {
      // Nobody can say what a text hides that is too long to be looked into.
      acted = firstOf(policy, detects);
      into.clear();
      redactedText(rules + acted * SIZE_RULE, policy, into);
      return into.failed ? BROKEN : REPLACE;
    }
    const spelled: usize = isSpelled ? at : raw;
    const spelledEnd = isSpelled ? end : rawEnd;
    const verdict = detect(policy, rules, keys, counts, detects, TEXT, text, size, into, spelled, spelledEnd, raw != 0);
    if (verdict != NOTHING) {
      acted = finder;
      if (verdict == WHOLE) return act(policy, rules, keys, limit, finder, at, length, into);
      isSpelling = verdict == DONE && raw != 0;
      return verdict == DONE ? REPLACE : verdict == UNCHANGED ? KEEP : verdict == BLOCKED ? REFUSE : BROKEN;
    }
  }
  return rule == NO_RULE ? KEEP : act(policy, rules, keys, limit, rule, at, length, into);
}

/**
 * Makes UTF-8 of what the rule of the last verdict turned back, for a place that is no JSON: an original may be of a JSON string
 * that holds half a surrogate pair, for which receivers would refuse all of the message.
 */
export function withoutSurrogates(rules: usize, text: Buffer): void {
  if (acted == NO_RULE || <u32>load<u8>(rules + acted * SIZE_RULE) != ACTION_REVEAL) return;
  replaceSurrogates(text.at, text.at + text.length);
}

/** What `rule` makes of the text. */
function act(policy: usize, rules: usize, keys: usize, limit: u32, rule: u32, at: usize, length: u32, into: Buffer): u32 {
  const record = rules + rule * SIZE_RULE;
  const action = <u32>load<u8>(record);
  if (action == ACTION_PASS) return KEEP;
  if (action == ACTION_BLOCK) return REFUSE;
  if (action == ACTION_STRIP) return DROP;
  if (length == 0) return KEEP;
  into.clear();
  if (action != ACTION_REDACT && length <= limit) {
    const verdict = transform(record, policy, TEXT, at, length, keys, into);
    if (verdict == UNCHANGED) return KEEP;
    if (verdict == FAILED) return BROKEN;
    if (verdict == BLOCKED) return REFUSE;
    if (verdict == DONE) return REPLACE;
    into.clear();
  }
  // What is too long to be revealed is a token at most, and may go on.
  if (action == ACTION_REVEAL) return KEEP;
  redactedText(record, policy, into);
  return into.failed ? BROKEN : REPLACE;
}
