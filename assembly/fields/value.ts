// The verdict on the text of a header, cookie or query parameter.
// Invariant: `into` holds the whole replacement when the answer is REPLACE.

import { transform } from "../action/apply";
import { redactedText } from "../action/redact";
import { BLOCKED, DONE, FAILED, TEXT, UNCHANGED } from "../action/types";
import { Buffer } from "../bytes/buffer";
import { ACTION_BLOCK, ACTION_PASS, ACTION_REDACT, ACTION_REVEAL, ACTION_STRIP, NO_RULE, SIZE_RULE } from "../policy/format.gen";

export const KEEP: u32 = 0;
export const REPLACE: u32 = 1;
export const DROP: u32 = 2;
export const REFUSE: u32 = 3;
export const BROKEN: u32 = 4;

/** What `rule` makes of the text; an empty one stays empty under all actions that replace. */
export function actOnText(
  policy: usize,
  rules: usize,
  keys: usize,
  limit: u32,
  rule: u32,
  at: usize,
  length: u32,
  into: Buffer,
): u32 {
  if (rule == NO_RULE) return KEEP;
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
