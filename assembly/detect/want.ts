// What rules ask of a find, beside its type: a least score, a word before it, that it is no exception.
// Invariant: asked of each match as it becomes a rival, so that what no rule wants hides nothing of another type.

import { globMatches } from "../bytes/glob";
import {
  DETECT_CONTEXT,
  DETECT_EXCEPT,
  DETECT_RULE,
  DETECT_THRESHOLD,
  DETECT_WANTED,
  HEADER_DETECTS,
  NO_RULE,
  SIZE_DETECT,
  SIZE_REF,
} from "../policy/format.gen";

/** Bytes before a find in which a word of a rule's context must stand. */
const CONTEXT_BEFORE: u32 = 80;

@inline
function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Whether a word of the table stands in [from, to), in whatever case. */
function hasWord(policy: usize, table: usize, from: usize, to: usize): bool {
  const count = load<u32>(table, 4);
  for (let i: u32 = 0; i < count; i++) {
    const ref = policy + load<u32>(table) + i * SIZE_REF;
    const word = policy + load<u32>(ref);
    const size = load<u32>(ref, 4);
    for (let at = from; at + size <= to; at++) {
      let k: u32 = 0;
      while (k < size && lower(<u32>load<u8>(at + k)) == <u32>load<u8>(word + k)) k++;
      if (k == size) return true;
    }
  }
  return false;
}

function isExcepted(policy: usize, table: usize, at: usize, length: u32): bool {
  const count = load<u32>(table, 4);
  for (let i: u32 = 0; i < count; i++) {
    const ref = policy + load<u32>(table) + i * SIZE_REF;
    if (globMatches(policy + load<u32>(ref), load<u32>(ref, 4), at, length)) return true;
  }
  return false;
}

/** The first rule of the set that wants a find, whose text is [at, at+length) with `known` bytes before it; or NO_RULE. */
export function wantedBy(policy: usize, set: u64, type: u32, score: u32, at: usize, length: u32, known: u32): u32 {
  const records = policy + load<u32>(policy, HEADER_DETECTS);
  for (let rest = set; rest != 0; rest &= rest - 1) {
    const record = records + <usize>ctz(rest) * SIZE_DETECT;
    if (load<u8>(policy + load<u32>(record, DETECT_WANTED) + type) == 0) continue;
    if (score < <u32>load<u16>(record, DETECT_THRESHOLD)) continue;
    const words = record + DETECT_CONTEXT;
    if (load<u32>(words, 4) != 0 && !hasWord(policy, words, at - min<u32>(known, CONTEXT_BEFORE), at)) continue;
    if (isExcepted(policy, record + DETECT_EXCEPT, at, length)) continue;
    return <u32>load<u16>(record, DETECT_RULE);
  }
  return NO_RULE;
}
