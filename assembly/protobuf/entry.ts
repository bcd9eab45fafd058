// Entries of maps by their keys, which are names to rules by name: members of a google.protobuf.Struct are such.
// Invariants: a key counts before and behind the value; what acts by the key of one entry acts in no other one.

import { memberState, stateAt } from "../policy/cursor";
import { NO_RULE, STATE_DETECTS, STATE_HELD } from "../policy/format.gen";
import { PROTOBUF_ENTRY, PROTOBUF_SYNTAX } from "../policy/outcomes.gen";
import { closed, skipGroup } from "./group";
import { ProtoState } from "./state";
import { KEY } from "./tables";
import { WIRE_END, WIRE_LENGTH, WIRE_START, fieldNumber, fieldWire, readField, valueAt, valueEnd } from "./wire";

// Of the entry that is walked next: the rule on the value by its key, those that detect in it, and the state of the message or
// text that it holds, or 0 for that of the field.
export let namedBy: u32 = NO_RULE;
export let namedDetects: u64 = 0;
export let namedState: u32 = 0;

/** Forgets the key of the last entry. */
export function forgetKey(): void {
  namedBy = NO_RULE;
  namedDetects = 0;
  namedState = 0;
}

/** Looks up the key of the entry [at, end) in the automaton state. Returns an outcome. */
export function lookUpKey(s: ProtoState, keys: u32, at: usize, end: usize, depth: u32): u32 {
  forgetKey();
  let hasKey = false;
  for (let p = at; p < end; ) {
    if (!readField(p, end) || fieldWire == WIRE_END) return PROTOBUF_SYNTAX;
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      const fault = skipGroup(p, end, fieldNumber, depth, s.depthLimit);
      if (fault) return fault;
      p = closed;
    } else if (fieldNumber == KEY && fieldWire == WIRE_LENGTH) {
      hasKey = true;
      const fault = addKey(s, keys, valueAt, <u32>(valueEnd - valueAt));
      if (fault) return fault;
    }
  }
  return hasKey ? 0 : addKey(s, keys, at, 0);
}

/**
 * Of several keys the last one counts to receivers; what one of them names is acted on. Behind a name stands what stands behind
 * any key, and more: so the state of one serves for all but another such name.
 */
function addKey(s: ProtoState, keys: u32, key: usize, length: u32): u32 {
  const state = stateAt(s.policy, memberState(s.policy, stateAt(s.policy, keys), key, length));
  namedBy = min<u32>(namedBy, <u32>load<u16>(state));
  namedDetects |= load<u64>(state, STATE_DETECTS);
  const held = <u32>load<u16>(state, STATE_HELD);
  if (held == 0) return 0;
  if (namedState != 0 && namedState != held) return PROTOBUF_ENTRY;
  namedState = held;
  return 0;
}
