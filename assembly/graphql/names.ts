// Names of a GraphQL document: rules that look everywhere (`any:`) look into them as into names of members, wherever they
// stand, values of enumerations among them. Clients make up aliases and names of operations, fragments and variables.
//
//     { DE89370400440532013000: me { id } }      becomes      { _redacted_: me { id } }
//
// Invariants: the document has been read, by the names that it came with; what becomes of a name is a name, so that it
// still is a document; what rules have put into it is not looked into again.

import { isDigit } from "../bytes/text";
import { Buffer, swap } from "../bytes/buffer";
import { KEEP, REFUSE, REPLACE } from "../fields/value";
import { SIZE_SPAN, SPAN_AT, SPAN_LENGTH, SPAN_SOURCE } from "../json/output";
import { CHANGED, FAULT, SAME, fail, scope } from "../nested/open";
import { otherState, stateAt } from "../policy/cursor";
import { NO_RULE, STATE_NAME_DETECTS } from "../policy/format.gen";
import { INTERNAL, RULE_BLOCK } from "../policy/outcomes.gen";
import { Reader, cut, keepTo, peek, stringEnd } from "./state";
import { isNamePart } from "./token";

const QUOTE: u32 = 0x22;
const UNDERSCORE: u32 = 0x5f;

/** Judges the names in what the reader, which is done, leaves of its text: SAME, CHANGED or FAULT. */
export function judgeNames(r: Reader): u32 {
  const detects = load<u64>(stateAt(scope.policy, otherState(stateAt(scope.policy, r.root))), STATE_NAME_DETECTS);
  if (detects == 0) return SAME;
  keepTo(r, r.end);
  if (r.result.failed || r.spans.failed) return fail(INTERNAL, NO_RULE);
  // From here on the spans that have been kept are the text.
  const kept = r.scratch;
  const spans = r.block;
  kept.clear();
  spans.clear();
  swap(kept, r.result);
  swap(spans, r.spans);
  let isChanged = false;
  let done: u32 = 0;
  for (let i: u32 = 0; i < spans.length; i += SIZE_SPAN) {
    const from = load<u32>(spans.at + i, SPAN_AT);
    const length = load<u32>(spans.at + i, SPAN_LENGTH);
    r.result.append(kept.at + done, from - done);
    done = from + length;
    r.at = load<u32>(spans.at + i, SPAN_SOURCE);
    r.copied = r.at;
    const verdict = judgeSpan(r, detects, r.at + length);
    if (verdict == FAULT) return FAULT;
    if (verdict == CHANGED) isChanged = true;
  }
  r.result.append(kept.at + done, kept.length - done);
  return isChanged ? CHANGED : SAME;
}

/** The same in the text up to `end`, which is put out. */
function judgeSpan(r: Reader, detects: u64, end: u32): u32 {
  let verdict = SAME;
  const name = r.path;
  while (r.at < end) {
    const byte = peek(r);
    const from = r.at++;
    if (byte == QUOTE) r.at = <u32>(stringEnd(r.source.at + from, r.source.at + end) - r.source.at);
    if (!isNamePart(byte)) continue;
    while (isNamePart(peek(r))) r.at++;
    if (isDigit(byte)) continue;
    const fate = scope.judge(NO_RULE, detects, r.source.at + from, r.at - from, name);
    if (fate == KEEP) continue;
    if (fate != REPLACE || name.failed) return fate == REFUSE ? fail(RULE_BLOCK, scope.rule) : fail(INTERNAL, NO_RULE);
    cut(r, from, r.at);
    appendName(name, r.result);
    verdict = CHANGED;
  }
  keepTo(r, end);
  return verdict;
}

/** Appends the text as a name (2.1.9): a character that none may hold is an underscore. */
function appendName(text: Buffer, into: Buffer): void {
  if (text.length == 0 || isDigit(<u32>load<u8>(text.at))) into.byte(UNDERSCORE);
  for (let i: u32 = 0; i < text.length; i++) {
    const byte = <u32>load<u8>(text.at + i);
    if ((byte & 0xc0) != 0x80) into.byte(isNamePart(byte) ? byte : UNDERSCORE);
  }
}
