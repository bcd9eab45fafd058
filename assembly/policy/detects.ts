// The bounds check of what a binary policy says of detectors: the program and the rules that detect.
// Invariant: no load below happens before its bytes are known to lie inside the blob.

import { PROGRAM_TYPES } from "../detect/layout.gen";
import { check as checkProgram } from "../detect/sound";
import { inside, refInside, refsInside } from "./inside";
import {
  DETECT_CONTEXT,
  DETECT_EXCEPT,
  DETECT_RULE,
  DETECT_WANTED,
  HEADER_DETECTOR_PROGRAM,
  HEADER_DETECTS,
  HEADER_RULES,
  MAX_DETECTS,
  RULE_DETECTS,
  RULE_FLAGS,
  RULE_FLAG_DETECT,
  SIZE_DETECT,
  SIZE_RULE,
} from "./format.gen";

/** The rules have been found sound before. */
export function detectsSound(policy: usize): bool {
  const offset = load<u32>(policy, HEADER_DETECTS);
  const count = load<u32>(policy, HEADER_DETECTS + 4);
  if (count > MAX_DETECTS || !inside(policy, offset, count, SIZE_DETECT)) return false;
  if (!rulesNumbered(policy, policy + offset, count)) return false;
  const program = policy + load<u32>(policy, HEADER_DETECTOR_PROGRAM);
  const size = load<u32>(policy, HEADER_DETECTOR_PROGRAM + 4);
  if (!refInside(policy, policy + HEADER_DETECTOR_PROGRAM)) return false;
  if (count == 0) return size == 0;
  if (checkProgram(program, size) != 0) return false;
  const types = load<u32>(program, PROGRAM_TYPES + 4);
  for (let i: u32 = 0; i < count; i++) {
    const record = policy + offset + i * SIZE_DETECT;
    if (!refInside(policy, record + DETECT_WANTED) || load<u32>(record, DETECT_WANTED + 4) != types) return false;
    if (!refsInside(policy, offset + i * SIZE_DETECT + DETECT_CONTEXT)) return false;
    if (!refsInside(policy, offset + i * SIZE_DETECT + DETECT_EXCEPT)) return false;
  }
  return true;
}

/** Whether the rules that detect are those of the records, in order, and every rule knows how many come before it. */
function rulesNumbered(policy: usize, records: usize, count: u32): bool {
  const rules = policy + load<u32>(policy, HEADER_RULES);
  const ruleCount = load<u32>(policy, HEADER_RULES + 4);
  let seen: u32 = 0;
  for (let i: u32 = 0; i < ruleCount; i++) {
    const rule = rules + i * SIZE_RULE;
    if (<u32>load<u16>(rule, RULE_DETECTS) != seen) return false;
    if ((load<u8>(rule, RULE_FLAGS) & RULE_FLAG_DETECT) == 0) continue;
    if (seen == count || <u32>load<u16>(records + seen * SIZE_DETECT, DETECT_RULE) != i) return false;
    seen++;
  }
  return seen == count;
}

/** Whether a set has no bit beyond the rules that detect. */
export function setSound(policy: usize, set: u64): bool {
  const count = <u64>load<u32>(policy, HEADER_DETECTS + 4);
  return count >= 64 || set >> count == 0;
}
