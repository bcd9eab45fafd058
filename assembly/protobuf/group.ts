// Groups of protobuf (protobuf.dev, "Encoding", "Groups"; editions: message_encoding = DELIMITED): the fields between a start
// tag and the end tag of the same number.
// Invariants: an end tag ends the group that was begun last, or is refused; nesting is bounded, of what is skipped too.

import { LIMIT_DEPTH, PROTOBUF_SYNTAX } from "../policy/outcomes.gen";
import { WIRE_END, WIRE_START, fieldNumber, fieldWire, readField, valueEnd } from "./wire";

// The group that ended last.
/** Where its end tag begins. */
export let closing: usize = 0;
/** What stands behind that. */
export let closed: usize = 0;

/** Ends the group, 0 for none, at the end tag that was read at `at`. Returns an outcome. */
export function endGroup(group: u32, at: usize): u32 {
  if (fieldNumber != group) return PROTOBUF_SYNTAX;
  closing = at;
  closed = valueEnd;
  return 0;
}

/** Skips the group whose fields begin at `p`. Returns an outcome. */
export function skipGroup(p: usize, end: usize, group: u32, depth: u32, depthLimit: u32): u32 {
  if (depth > depthLimit) return LIMIT_DEPTH;
  while (p < end) {
    const start = p;
    if (!readField(p, end)) return PROTOBUF_SYNTAX;
    if (fieldWire == WIRE_END) return endGroup(group, start);
    p = valueEnd;
    if (fieldWire != WIRE_START) continue;
    const fault = skipGroup(p, end, fieldNumber, depth + 1, depthLimit);
    if (fault) return fault;
    p = closed;
  }
  return PROTOBUF_SYNTAX;
}
