// What an Any says that it holds.
// Invariant: an Any of which receivers could read another type or another value is refused.

import { spells } from "../bytes/text";
import { NO_MESSAGE } from "../policy/format.gen";
import { PROTOBUF_ANY, PROTOBUF_SYNTAX, PROTOBUF_WIRE } from "../policy/outcomes.gen";
import { closed, endGroup, skipGroup } from "./group";
import { ProtoState } from "./state";
import { TYPE_URL, VALUE, typeState } from "./tables";
import { WIRE_END, WIRE_LENGTH, WIRE_START, fieldNumber, fieldWire, readField, valueAt, valueEnd } from "./wire";

/** The state of what the Any holds that was read last; NO_MESSAGE when its type is not known. */
export let anyContent: u32 = NO_MESSAGE;
/** Its type_url says no more than the type. */
export let anyIsTyped: bool = false;

/** Finds the type of the Any [at, end), or that ends before as the group with that number does. Returns an outcome. */
export function readAny(s: ProtoState, message: usize, at: usize, end: usize, depth: u32, group: u32): u32 {
  let values: u32 = 0;
  let urls: u32 = 0;
  anyContent = NO_MESSAGE;
  anyIsTyped = false;
  for (let p = at; p < end; ) {
    const start = p;
    if (!readField(p, end)) return PROTOBUF_SYNTAX;
    if (fieldWire == WIRE_END) {
      const fault = endGroup(group, start);
      if (fault) return fault;
      break;
    }
    p = valueEnd;
    if (fieldWire == WIRE_START) {
      if (fieldNumber <= VALUE) return PROTOBUF_WIRE;
      const fault = skipGroup(p, end, fieldNumber, depth + 1, s.depthLimit);
      if (fault) return fault;
      p = closed;
      continue;
    }
    if (fieldNumber == VALUE) values++;
    if (fieldNumber != TYPE_URL) continue;
    if (fieldWire != WIRE_LENGTH) return PROTOBUF_WIRE;
    urls++;
    let name = valueEnd;
    while (name > valueAt && load<u8>(name - 1) != 0x2f) name--;
    // Full names may begin with a dot, and some receivers look them up without.
    while (name < valueEnd && load<u8>(name) == 0x2e) name++;
    // Without a slash it is no type_url, but some receivers take all of it for the name.
    anyContent = typeState(s.policy, message, name, <u32>(valueEnd - name));
    anyIsTyped = anyContent != NO_MESSAGE && spells(valueAt, <u32>(name - valueAt), "type.googleapis.com/");
  }
  return values > 1 || urls > 1 ? PROTOBUF_ANY : 0;
}
