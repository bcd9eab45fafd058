// truncate: the first and the last few characters stay, what is between them goes.
// Policy language, Actions; docs/internals.md, rule parameters of action 6.
// Invariants: a value is never emptied (a rule that keeps nothing redacts); a number stays a plain JSON integer.

import { Buffer } from "../bytes/buffer";
import { RULE_P0, RULE_P1 } from "../policy/format.gen";
import { allDigits, characterLength } from "./text";
import { DONE, NUMBER, REDACT, UNCHANGED } from "./types";

export function truncate(rule: usize, type: u32, at: usize, length: u32, out: Buffer): u32 {
  const first = load<u32>(rule, RULE_P0);
  const last = load<u32>(rule, RULE_P1);
  // Without the digits that tell its size a sign, fraction or exponent says something else than before.
  if (type == NUMBER && !allDigits(at, length)) return REDACT;
  const end = at + length;
  let count: u32 = 0;
  for (let p = at; p < end; p += characterLength(p, end)) count++;
  if (<u64>first + <u64>last >= <u64>count) return UNCHANGED;
  if (first + last == 0) return REDACT;
  let head = at;
  for (let i: u32 = 0; i < first; i++) head += characterLength(head, end);
  let tail = head;
  for (let i = first; i < count - last; i++) tail += characterLength(tail, end);
  out.append(at, <u32>(head - at));
  out.append(tail, <u32>(end - tail));
  // The first digit of a longer JSON integer is not 0, so only a kept tail can begin with one.
  if (type == NUMBER && first == 0 && last > 1 && load<u8>(tail) == 0x30) return REDACT;
  return DONE;
}
