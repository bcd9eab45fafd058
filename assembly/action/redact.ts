// redact: a value becomes a fixed replacement of its type, so that a parser on the other side still reads it.
// Policy language, Actions; docs/internals.md, rule parameters of action 3.
// Invariants: the replacement depends on the rule and the kind, never on the value; a rule of another action (a value
// that did not fit, `unmatched`) gets the default, since its parameters mean something else.

import { Buffer } from "../bytes/buffer";
import { ACTION_REDACT, RULE_ACTION, RULE_P0, RULE_P1, RULE_P2, RULE_P3 } from "../policy/format.gen";
import { ARRAY, BOOLEAN, NUMBER, OBJECT } from "./types";

// "[redacted]" with its JSON quotes, then 0, false, {}, [].
@lazy const DEFAULTS = memory.data<u8>([
  0x22, 0x5b, 0x72, 0x65, 0x64, 0x61, 0x63, 0x74, 0x65, 0x64, 0x5d, 0x22,
  0x30,
  0x66, 0x61, 0x6c, 0x73, 0x65,
  0x7b, 0x7d,
  0x5b, 0x5d,
]);

/** Whether the rule has a replacement of its own. As JSON that has a byte at least, as a text it may be empty. */
@inline
function hasOwn(rule: usize): bool {
  return <u32>load<u8>(rule, RULE_ACTION) == ACTION_REDACT && load<u32>(rule, RULE_P1) != 0;
}

/** Appends what stands for a text where the rule has no replacement. */
export function redactedDefault(out: Buffer): void {
  out.append(DEFAULTS + 1, 10);
}

/** Appends what stands for a header, cookie or query parameter. */
export function redactedText(rule: usize, policy: usize, out: Buffer): void {
  if (hasOwn(rule)) out.append(policy + load<u32>(rule, RULE_P2), load<u32>(rule, RULE_P3));
  else redactedDefault(out);
}

/** Appends raw JSON that stands for a value of `kind` (STRING, NUMBER, BOOLEAN, OBJECT, ARRAY). */
export function redactedJson(rule: usize, policy: usize, kind: u32, out: Buffer): void {
  if (hasOwn(rule)) out.append(policy + load<u32>(rule, RULE_P0), load<u32>(rule, RULE_P1));
  else if (kind == NUMBER) out.append(DEFAULTS + 12, 1);
  else if (kind == BOOLEAN) out.append(DEFAULTS + 13, 5);
  else if (kind == OBJECT) out.append(DEFAULTS + 18, 2);
  else if (kind == ARRAY) out.append(DEFAULTS + 20, 2);
  else out.append(DEFAULTS, 12);
}
