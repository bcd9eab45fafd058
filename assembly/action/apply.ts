// From a rule to the action that changes a scalar: mask, hash, truncate, generalize, tokenize,
// reveal.
// docs/internals.md, "Which rule acts on a value", sentences 3 and 7.
// Invariants: the output is whole when DONE is returned and meaningless otherwise; an empty value stays empty; a boolean
// has no part that could stay and is redacted, and so is whatever does not fit its action.

import { Buffer } from "../bytes/buffer";
import {
  ACTION_GENERALIZE,
  ACTION_HASH,
  ACTION_MASK,
  ACTION_REVEAL,
  ACTION_TOKENIZE,
  ACTION_TRUNCATE,
  RULE_ACTION,
} from "../policy/format.gen";
import { generalize } from "./generalize";
import { hash } from "./hash";
import { mask } from "./mask";
import { reveal } from "./reveal";
import { tokenize } from "./tokenize";
import { truncate } from "./truncate";
import { BOOLEAN, DONE, FAILED, REDACT, UNCHANGED } from "./types";

/**
 * Writes the replacement of the value [at, at+length) to the empty buffer `out`. `rule` is the rule's record, `policy` the
 * first byte of the binary policy, `keys` the Keyring of the session or 0.
 */
export function transform(
  rule: usize,
  policy: usize,
  type: u32,
  at: usize,
  length: u32,
  keys: usize,
  out: Buffer,
): u32 {
  const action = <u32>load<u8>(rule, RULE_ACTION);
  if (type == BOOLEAN) return action == ACTION_REVEAL ? UNCHANGED : REDACT;
  if (length == 0) return UNCHANGED;
  let result = REDACT;
  if (action == ACTION_MASK) result = mask(rule, policy, type, at, length, out);
  else if (action == ACTION_HASH) result = hash(rule, type, at, length, keys, out);
  else if (action == ACTION_TRUNCATE) result = truncate(rule, type, at, length, out);
  else if (action == ACTION_TOKENIZE) result = tokenize(rule, policy, type, at, length, keys, out);
  else if (action == ACTION_REVEAL) result = reveal(rule, policy, type, at, length, keys, out);
  else if (action == ACTION_GENERALIZE) result = generalize(rule, policy, type, at, length, out);
  return result == DONE && out.failed ? FAILED : result;
}
